"""One training step of LeNet on 28 x 28 images: convolution, pooling, dense layers, and SGD."""

from __future__ import annotations

import numpy as np

from benchmarks.harness.workload import Bar, Workload, draw, threads

work = Workload(
    "LeNet training step, batch 64",
    cases={"batch 64": {"batch": 64}},
    tiny={"batch": 2},
    check_after=2,
    bars=(Bar("numpy", 0.9, "MXNet"), Bar("numba", 1.1, "torch eager")),
)
LR = 0.01
SHAPES = {"c0": (20, 1, 5, 5), "c1": (50, 20, 5, 5), "f0": (500, 800), "f1": (10, 500)}


def inputs(batch):
    """Draw a batch and its classes."""
    return draw("x", (batch, 1, 28, 28)), (np.arange(batch) % 10).astype(np.float32)


def parameters():
    """Draw weights and biases by name."""
    named = {}
    for name, shape in SHAPES.items():
        named |= {f"{name}_weight": shape, f"{name}_bias": shape[:1]}
    return {name: draw(name, shape) for name, shape in named.items()}


def moved(weight):
    """Mean step of the first layer's weights."""
    return np.abs(np.asarray(weight, "d") - parameters()["c0_weight"]).mean()


@work.ours()
@work.mxnet()
def bound(mx, batch):
    sym, h = mx.sym, mx.sym.Variable("data")
    for name, filters in (("c0", 20), ("c1", 50)):
        h = sym.Activation(sym.Convolution(h, kernel=(5, 5), num_filter=filters, name=name), act_type="tanh")
        h = sym.Pooling(h, kernel=(2, 2), stride=(2, 2), pool_type="max")
    h = sym.Activation(sym.FullyConnected(h, num_hidden=500, name="f0"), act_type="tanh")
    symbol = sym.SoftmaxOutput(sym.FullyConnected(h, num_hidden=10, name="f1"), name="softmax")
    named = parameters()
    requests = {name: "write" if name in named else "null" for name in symbol.list_arguments()}
    exe = symbol.simple_bind(mx.cpu(), data=(batch, 1, 28, 28), softmax_label=(batch,), grad_req=requests)
    exe.copy_params_from({name: mx.nd.array(array) for name, array in named.items()})
    exe.arg_dict["data"][:], exe.arg_dict["softmax_label"][:] = inputs(batch)
    pairs = [(exe.arg_dict[name], exe.grad_dict[name]) for name in named]

    def step():
        exe.forward(is_train=True)
        exe.backward()
        for weight, grad in pairs:
            mx.nd.sgd_update(weight, grad, lr=LR, rescale_grad=1 / batch, out=weight)
        mx.nd.waitall()

    return step, lambda: moved(exe.arg_dict["c0_weight"].asnumpy())


@work.other("torch eager")
def torch_eager(batch):
    import torch
    from torch import nn

    torch.set_num_threads(threads())
    convolutions = [nn.Conv2d(1, 20, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.Tanh(), nn.MaxPool2d(2)]
    net = nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(800, 500), nn.Tanh(), nn.Linear(500, 10))
    for parameter, array in zip(net.parameters(), parameters().values(), strict=True):
        parameter.data.copy_(torch.from_numpy(array))
    sgd = torch.optim.SGD(net.parameters(), lr=LR)
    x, y = map(torch.from_numpy, inputs(batch))
    y, loss = y.long(), nn.CrossEntropyLoss()

    def step():
        sgd.zero_grad()
        loss(net(x), y).backward()
        sgd.step()

    return step, lambda: moved(net[0].weight.detach())


@work.other("jax.jit")
def jax_jit(batch):
    import jax
    import jax.numpy as jnp

    x, y = map(jnp.asarray, inputs(batch))
    y = y.astype(int)

    def loss(p):
        h = x
        for name in ("c0", "c1"):
            h = jnp.tanh(jax.lax.conv(h, p[f"{name}_weight"], (1, 1), "VALID") + p[f"{name}_bias"][:, None, None])
            n, c, rows, columns = h.shape
            h = h.reshape(n, c, rows // 2, 2, columns // 2, 2).max((3, 5))
        h = jnp.tanh(h.reshape(batch, -1) @ p["f0_weight"].T + p["f0_bias"])
        h = h @ p["f1_weight"].T + p["f1_bias"]
        return -jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], 1).mean()

    update = jax.jit(lambda p: jax.tree.map(lambda w, g: w - LR * g, p, jax.grad(loss)(p)), donate_argnums=0)
    state = [jax.tree.map(jnp.asarray, parameters())]

    def step():
        state[0] = jax.block_until_ready(update(state[0]))

    return step, lambda: moved(state[0]["c0_weight"])
