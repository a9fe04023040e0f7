"""One training step of a multi-layer perceptron: forward, backward of softmax cross-entropy, SGD with momentum."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.harness.workload import Bar, Workload, draw, threads

work = Workload(
    "MLP training step 784-512-256-10, batch 128",
    cases={"batch 128": {"batch": 128, "widths": (784, 512, 256, 10)}},
    tiny={"batch": 4, "widths": (6, 5, 4, 3)},
    check_after=2,
    bars=(
        Bar("numpy", 0.7, "MXNet"),
        Bar("numpy", 1.1, "torch eager"),
        Bar("numba", 0.95, "torch eager"),
    ),
)
LR, MOMENTUM, WD = 0.01, 0.9, 1e-4


def inputs(batch, widths):
    """Draw a batch and its classes."""
    return draw("x", (batch, widths[0])), (np.arange(batch) % widths[-1]).astype(np.float32)


def parameters(widths):
    """Draw weights and biases by name."""
    named = {}
    for i, (below, above) in enumerate(pairwise(widths)):
        named |= {f"f{i}_weight": (above, below), f"f{i}_bias": (above,)}
    return {name: draw(name, shape) for name, shape in named.items()}


def moved(weight, widths):
    """Mean step of the second layer's weights."""
    return np.abs(np.asarray(weight, "d") - parameters(widths)["f1_weight"]).mean()


def training(mx, batch, widths, multi):
    h = mx.sym.Variable("data")
    for i, width in enumerate(widths[1:]):
        h = mx.sym.FullyConnected(h if not i else mx.sym.Activation(h, act_type="relu"), num_hidden=width, name=f"f{i}")
    symbol = mx.sym.SoftmaxOutput(h, name="softmax")
    named = parameters(widths)
    requests = {name: "write" if name in named else "null" for name in symbol.list_arguments()}
    exe = symbol.simple_bind(mx.cpu(), data=(batch, widths[0]), softmax_label=(batch,), grad_req=requests)
    exe.copy_params_from({name: mx.nd.array(array) for name, array in named.items()})
    exe.arg_dict["data"][:], exe.arg_dict["softmax_label"][:] = inputs(batch, widths)
    weights, grads = [exe.arg_dict[name] for name in named], [exe.grad_dict[name] for name in named]
    momenta = [mx.nd.zeros(weight.shape) for weight in weights]
    together = [array for three in zip(weights, grads, momenta, strict=True) for array in three]
    count = len(weights)

    def step():
        exe.forward(is_train=True)
        exe.backward()
        if multi:
            settings = {"lrs": [LR] * count, "wds": [WD] * count, "num_weights": count}
            mx.nd.multi_sgd_mom_update(*together, **settings, momentum=MOMENTUM, rescale_grad=1 / batch, out=weights)
        else:
            for weight, grad, momentum in zip(weights, grads, momenta, strict=True):
                mx.nd.sgd_mom_update(weight, grad, momentum, lr=LR, wd=WD, momentum=MOMENTUM, rescale_grad=1 / batch, out=weight)
        mx.nd.waitall()

    return step, lambda: moved(exe.arg_dict["f1_weight"].asnumpy(), widths)


@work.ours("sgd_mom_update")
@work.mxnet("sgd_mom_update")
def each(mx, batch, widths):
    return training(mx, batch, widths, multi=False)


@work.ours("multi_sgd_mom_update")
@work.mxnet("multi_sgd_mom_update")
def together(mx, batch, widths):
    return training(mx, batch, widths, multi=True)


@work.other("torch eager")
def torch_eager(batch, widths):
    import torch
    from torch import nn

    torch.set_num_threads(threads())
    layers = [nn.Linear(*pair) for pair in pairwise(widths)]
    net = nn.Sequential(*[part for layer in layers[:-1] for part in (layer, nn.ReLU())], layers[-1])
    for parameter, array in zip(net.parameters(), parameters(widths).values(), strict=True):
        parameter.data.copy_(torch.from_numpy(array))
    sgd = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=WD)
    x, y = map(torch.from_numpy, inputs(batch, widths))
    y, loss = y.long(), nn.CrossEntropyLoss()

    def step():
        sgd.zero_grad()
        loss(net(x), y).backward()
        sgd.step()

    return step, lambda: moved(layers[1].weight.detach(), widths)


@work.other("jax.jit")
def jax_jit(batch, widths):
    import jax
    import jax.numpy as jnp

    x, y = map(jnp.asarray, inputs(batch, widths))
    y = y.astype(int)

    def loss(named):
        h = x
        for i in range(len(widths) - 1):
            h = (jax.nn.relu(h) if i else h) @ named[f"f{i}_weight"].T + named[f"f{i}_bias"]
        return -jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], 1).mean()

    def update(weights, momenta):
        grads = jax.grad(loss)(weights)
        momenta = jax.tree.map(lambda m, g, w: MOMENTUM * m - LR * (g + WD * w), momenta, grads, weights)
        return jax.tree.map(jnp.add, weights, momenta), momenta

    update = jax.jit(update, donate_argnums=(0, 1))
    weights = jax.tree.map(jnp.asarray, parameters(widths))
    state = [weights, jax.tree.map(jnp.zeros_like, weights)]

    def step():
        state[:] = update(*state)
        jax.block_until_ready(state)

    return step, lambda: moved(state[0]["f1_weight"], widths)


@work.other("plain NumPy")
def plain(batch, widths):
    x, y = inputs(batch, widths)
    wanted = np.eye(widths[-1], dtype=np.float32)[y.astype(int)]
    weights = parameters(widths)
    momenta = {name: np.zeros_like(array) for name, array in weights.items()}
    last = len(widths) - 2

    def step():
        values = [x]
        for i in range(last + 1):
            z = values[i] @ weights[f"f{i}_weight"].T + weights[f"f{i}_bias"]
            values.append(np.maximum(z, 0) if i < last else z)
        exponents = np.exp(values[-1] - values[-1].max(1, keepdims=True))
        delta = (exponents / exponents.sum(1, keepdims=True) - wanted) / batch
        grads = {}
        for i in range(last, -1, -1):
            grads |= {f"f{i}_weight": delta.T @ values[i], f"f{i}_bias": delta.sum(0)}
            if i:
                delta = (delta @ weights[f"f{i}_weight"]) * (values[i] > 0)
        for name, grad in grads.items():
            momenta[name] = MOMENTUM * momenta[name] - LR * (grad + WD * weights[name])
            weights[name] = weights[name] + momenta[name]

    return step, lambda: moved(weights["f1_weight"], widths)
