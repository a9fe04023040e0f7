"""A thousand RMSProp updates of small tensors in one graph: bound by what one call costs."""

from __future__ import annotations

import ctypes

import numpy as np

from benchmarks.harness.machine_code import address, build
from benchmarks.harness.workload import Bar, Workload, draw, threads
from benchmarks.rmsprop import EPSILON, GAMMA, LR, RESCALE, SETTINGS, WD, C

work = Workload(
    "1,000 rmsprop updates of 1,000 values",
    cases={"1,000 x 1,000": {"count": 1000, "size": 1000}},
    tiny={"count": 5, "size": 20},
    bars=(
        Bar("numpy", 0.10, "MXNet"),
        Bar("numpy", 0.15, "torch foreach"),
        Bar("numba", 0.10, "MXNet"),
        Bar("numba", 0.15, "torch foreach"),
    ),
)


def arrays(count, size):
    """Draw weights, gradients and mean squares, each a list."""
    grad = draw("grads", (count, size))
    return [[part.copy() for part in whole] for whole in (draw("w", (count, size)), grad, 0.1 * grad * grad)]


def moved(new, count, size):
    """Mean step of a weight."""
    return np.abs(np.array([np.asarray(part, "d") for part in new]) - draw("w", (count, size))).mean()


@work.ours("one graph")
def bound(mx, count, size):
    updates, arguments, states = [], {}, {}
    for i, (w, g, n) in enumerate(zip(*arrays(count, size), strict=True)):
        slots = [mx.sym.Variable(f"{slot}{i}") for slot in ("weight", "grad", "n")]
        updates.append(mx.sym.rmsprop_update(*slots, name=f"update{i}", **SETTINGS))
        arguments |= {f"weight{i}": mx.nd.array(w), f"grad{i}": mx.nd.array(g)}
        states[f"n{i}"] = mx.nd.array(n)
    exe = mx.sym.Group(updates).bind(mx.cpu(), arguments, aux_states=states, grad_req="null")
    return exe.forward, lambda: moved([output.asnumpy() for output in exe.outputs], count, size)


@work.mxnet("nd, one after another")
def one_by_one(mx, count, size):
    weights, grads, squares = ([mx.nd.array(part) for part in parts] for parts in arrays(count, size))

    def step():
        for w, g, n in zip(weights, grads, squares, strict=True):
            mx.nd.rmsprop_update(w, g, n, out=w, **SETTINGS)
        mx.nd.waitall()

    return step, lambda: moved([w.asnumpy() for w in weights], count, size)


@work.other("torch foreach")
def torch_foreach(count, size):
    import torch

    torch.set_num_threads(threads())
    weights, grads, squares = ([torch.from_numpy(part) for part in parts] for parts in arrays(count, size))
    weights = [torch.nn.Parameter(w) for w in weights]
    rmsprop = torch.optim.RMSprop(weights, lr=LR, alpha=GAMMA, eps=EPSILON, weight_decay=WD, foreach=True)
    for w, g, n in zip(weights, grads, squares, strict=True):
        w.grad = g * RESCALE
        rmsprop.state[w] = {"step": torch.tensor(0.0), "square_avg": n}
    return rmsprop.step, lambda: moved([w.detach() for w in weights], count, size)


@work.other("jax.jit")
def jax_jit(count, size):
    import jax
    import jax.numpy as jnp

    def update(w, n, g):
        g = g * RESCALE + WD * w
        n = GAMMA * n + (1 - GAMMA) * g * g
        return w - LR * g / jnp.sqrt(n + EPSILON), n

    weights, grads, squares = ([jnp.asarray(part) for part in parts] for parts in arrays(count, size))
    updates = jax.jit(lambda w, n, g: tuple(map(list, zip(*map(update, w, n, g), strict=True))), donate_argnums=(0, 1))
    state = [weights, squares]

    def step():
        state[:] = updates(*state, grads)
        jax.block_until_ready(state)

    return step, lambda: moved(state[0], count, size)


MANY = """
void updates(float **w, const float **g, float **n, size_t count, size_t size, float lr, float gamma, float eps, float wd, float rescale) {
    for (size_t i = 0; i < count; i++) update(w[i], w[i], g[i], n[i], size, lr, gamma, eps, wd, rescale);
}
"""


@work.other("generated C")
def compiled(count, size):
    library = build(C.replace("parallel for simd schedule(static)", "simd") + MANY)
    parts = arrays(count, size)
    pointers = [(ctypes.c_void_p * count)(*map(address, arrays)) for arrays in parts]
    numbers = [ctypes.c_float(value) for value in (LR, GAMMA, EPSILON, WD, RESCALE)]
    sizes = ctypes.c_size_t(count), ctypes.c_size_t(size)

    def step(kept=parts):  # pointers keep no array alive
        library.updates(*pointers, *sizes, *numbers)

    return step, lambda: moved(parts[0], count, size)


@work.other("plain NumPy")
def plain(count, size):
    weights, grads, squares = arrays(count, size)

    def step():
        for i, g in enumerate(grads):
            d = RESCALE * g + WD * weights[i]
            squares[i] = GAMMA * squares[i] + (1 - GAMMA) * d * d
            weights[i] = weights[i] - LR * d / np.sqrt(squares[i] + EPSILON)

    return step, lambda: moved(weights, count, size)
