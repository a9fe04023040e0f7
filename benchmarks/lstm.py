"""Forward and backward of one LSTM layer, gradients of the data and of all weights."""

from __future__ import annotations

import numpy as np

from benchmarks.harness.workload import Bar, Workload, draw, threads

work = Workload(
    "LSTM T=50 N=32 I=128 H=256, forward + backward",
    cases={"T=50": {"steps": 50, "batch": 32, "features": 128, "hidden": 256}},
    tiny={"steps": 3, "batch": 2, "features": 4, "hidden": 5},
    bars=(Bar("numpy", 0.85, "MXNet"), Bar("numba", 1.2, "torch nn.LSTM")),
)


def arrays(steps, batch, features, hidden):
    """Draw data, the weights of both matrix products, and a bias (for the input; that of the state is zero)."""
    weights = [draw(f"{name}_weight", (4 * hidden, width)) for name, width in (("input", features), ("state", hidden))]
    return draw("x", (steps, batch, features)), *weights, draw("bias", (4 * hidden,))


def magnitude(grad):
    return np.abs(np.asarray(grad, "d")).sum()


@work.ours()
@work.mxnet()
def bound(mx, steps, batch, features, hidden):
    x, input_weight, state_weight, bias = arrays(steps, batch, features, hidden)
    slots = {slot: mx.sym.Variable(slot) for slot in ("data", "parameters", "state", "state_cell")}
    symbol = mx.sym.RNN(**slots, state_size=hidden, num_layers=1, mode="lstm", name="lstm")
    values = {
        "data": mx.nd.array(x),
        "parameters": mx.nd.array(np.concatenate([input_weight.ravel(), state_weight.ravel(), bias, 0 * bias])),
        "state": mx.nd.zeros((1, batch, hidden)),
        "state_cell": mx.nd.zeros((1, batch, hidden)),
    }
    grads = {name: mx.nd.zeros(values[name].shape) for name in ("data", "parameters")}
    requests = {name: "write" if name in grads else "null" for name in values}
    exe = symbol.bind(mx.cpu(), values, args_grad=grads, grad_req=requests)
    head = mx.nd.ones((steps, batch, hidden))
    place = slice(input_weight.size, input_weight.size + state_weight.size)

    def step():
        exe.forward(is_train=True)
        exe.backward([head])
        mx.nd.waitall()

    return step, lambda: magnitude(grads["parameters"].asnumpy()[place])


@work.other("torch nn.LSTM")
def torch_lstm(steps, batch, features, hidden):
    import torch

    torch.set_num_threads(threads())
    x, *weights = map(torch.from_numpy, arrays(steps, batch, features, hidden))
    lstm = torch.nn.LSTM(features, hidden)
    for parameter, array in zip(lstm.parameters(), [*weights, 0 * weights[-1]], strict=True):
        parameter.data.copy_(array)
    x.requires_grad_()
    head = torch.ones(steps, batch, hidden)

    def step():
        lstm.zero_grad()
        x.grad = None
        lstm(x)[0].backward(head)

    return step, lambda: magnitude(lstm.weight_hh_l0.grad)


@work.other("jax.jit")
def jax_jit(steps, batch, features, hidden):
    import jax
    import jax.numpy as jnp

    def loss(x, input_weight, state_weight, bias):
        def cell(carried, z):
            h, c = carried
            i, f, g, o = jnp.split(z + h @ state_weight.T, 4, 1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zero = jnp.zeros((batch, hidden), "float32")
        return jax.lax.scan(cell, (zero, zero), x @ input_weight.T + bias)[1].sum()

    run = jax.jit(jax.grad(loss, argnums=(0, 1, 2, 3)))
    inputs = [jnp.asarray(array) for array in arrays(steps, batch, features, hidden)]
    kept = []

    def step():
        kept[:] = jax.block_until_ready(run(*inputs))

    return step, lambda: magnitude(kept[2])
