"""A thousand nodes on 8 x 8 arrays: what running one node costs, whatever it computes."""

from __future__ import annotations

import numpy as np

from benchmarks.harness.workload import Bar, Workload, draw, threads

work = Workload(
    "1,000 tiny nodes (8 x 8)",
    cases={"1,000 nodes": {"layers": 250}},
    tiny={"layers": 3},
    unit="µs/node",
    scale=1e6 / 1000,
    bars=(
        Bar("numpy", 0.6),
        Bar("numpy", 1.0, "jax.jit"),
        Bar("numba", 0.6),
        Bar("numba", 1.0, "jax.jit"),
    ),
)
SHAPE = (8, 8)


def run(x, y, parameters, tanh, affine):
    """Four nodes a layer: add, multiply, tanh, fully connected."""
    h = x
    for weight, bias in parameters:
        h = affine(tanh((h + x) * y), weight, bias)
    return h


def drawn(count):
    return [(draw(f"f{i}_weight", SHAPE), draw(f"f{i}_bias", SHAPE[:1])) for i in range(count)]


def magnitude(output):
    return np.abs(np.asarray(output, "d")).mean()


@work.ours()
@work.mxnet()
def bound(mx, layers):
    h = x = mx.sym.Variable("x")
    y = mx.sym.Variable("y")
    for i in range(layers):
        h = mx.sym.FullyConnected(mx.sym.tanh((h + x) * y), num_hidden=8, name=f"f{i}")
    arguments = {name: draw(name, SHAPE[:1] if name.endswith("bias") else SHAPE) for name in h.list_arguments()}
    exe = h.bind(mx.cpu(), {name: mx.nd.array(array) for name, array in arguments.items()}, grad_req="null")

    def step():
        exe.forward(is_train=False)[0].wait_to_read()

    return step, lambda: magnitude(exe.outputs[0].asnumpy())


@work.other("torch eager")
def torch_eager(layers):
    import torch

    torch.set_num_threads(threads())
    x, y = (torch.from_numpy(draw(name, SHAPE)) for name in "xy")
    parameters = [tuple(map(torch.from_numpy, pair)) for pair in drawn(layers)]
    kept = []

    def step():
        with torch.inference_mode():
            kept[:] = [run(x, y, parameters, torch.tanh, torch.nn.functional.linear)]

    return step, lambda: magnitude(kept[0])


@work.other("jax.jit")
def jax_jit(layers):
    import jax
    import jax.numpy as jnp

    compiled = jax.jit(lambda x, y, p: run(x, y, p, jnp.tanh, lambda h, w, b: h @ w.T + b))
    inputs = jax.tree.map(jnp.asarray, (draw("x", SHAPE), draw("y", SHAPE), drawn(layers)))
    kept = []

    def step():
        kept[:] = [compiled(*inputs).block_until_ready()]

    return step, lambda: magnitude(kept[0])


@work.other("plain NumPy")
def plain(layers):
    x, y, parameters = draw("x", SHAPE), draw("y", SHAPE), drawn(layers)
    kept = []

    def step():
        kept[:] = [run(x, y, parameters, np.tanh, lambda h, w, b: h @ w.T + b)]

    return step, lambda: magnitude(kept[0])
