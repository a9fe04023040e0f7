"""One RMSProp update of a large tensor: bound by memory, 3 reads and 2 writes of each element.

A bound graph writes the new weight beside the old one; `nd.rmsprop_update(..., out=weight)` and the other libraries write over it.
"""

from __future__ import annotations

import ctypes

import numpy as np

from benchmarks.harness.machine_code import address, build
from benchmarks.harness.workload import Bar, Workload, draw, threads

work = Workload(
    "rmsprop_update of 10 M float32",
    cases={"10 M": {"size": 10_000_000}},
    tiny={"size": 1000},
    bars=(
        Bar("numpy", 1.1, "MXNet"),
        Bar("numpy", 0.45, "torch.optim"),
        Bar("numba", 1.15, "generated C"),
    ),
)
SETTINGS = {"lr": 1e-3, "gamma1": 0.9, "epsilon": 1e-8, "wd": 1e-4, "rescale_grad": 0.5}
LR, GAMMA, EPSILON, WD, RESCALE = SETTINGS.values()


def arrays(size):
    """Draw weight, gradient and mean square."""
    grad = draw("grad", (size,))
    return draw("w", (size,)), grad, 0.1 * grad * grad


def moved(new, size):
    """Mean step of a weight."""
    return np.abs(np.asarray(new, "d") - draw("w", (size,))).mean()


@work.ours()
def bound(mx, size):
    names = ("weight", "grad", "n")
    weight, grad, n = map(mx.sym.Variable, names)
    symbol = mx.sym.rmsprop_update(weight, grad, n, **SETTINGS)
    w, g, n = map(mx.nd.array, arrays(size))
    exe = symbol.bind(mx.cpu(), {"weight": w, "grad": g}, aux_states={"n": n}, grad_req="null")
    return exe.forward, lambda: moved(exe.outputs[0].asnumpy(), size)


@work.mxnet("nd")
def at_once(mx, size):
    w, g, n = map(mx.nd.array, arrays(size))

    def step():
        mx.nd.rmsprop_update(w, g, n, out=w, **SETTINGS)
        w.wait_to_read()

    return step, lambda: moved(w.asnumpy(), size)


def optimizer(size, foreach):
    import torch

    torch.set_num_threads(threads())
    weight, grad, n = map(torch.from_numpy, arrays(size))
    weight = torch.nn.Parameter(weight)
    weight.grad = grad * RESCALE
    rmsprop = torch.optim.RMSprop([weight], lr=LR, alpha=GAMMA, eps=EPSILON, weight_decay=WD, foreach=foreach)
    rmsprop.state[weight] = {"step": torch.tensor(0.0), "square_avg": n}
    return rmsprop.step, lambda: moved(weight.detach(), size)


@work.other("torch.optim")
def torch_plain(size):
    return optimizer(size, foreach=False)


@work.other("torch.optim foreach")
def torch_foreach(size):
    return optimizer(size, foreach=True)


@work.other("jax.jit")
def jax_jit(size):
    import jax
    import jax.numpy as jnp

    def update(w, n, g):
        g = g * RESCALE + WD * w
        n = GAMMA * n + (1 - GAMMA) * g * g
        return w - LR * g / jnp.sqrt(n + EPSILON), n

    update = jax.jit(update, donate_argnums=(0, 1))
    w, g, n = map(jnp.asarray, arrays(size))
    state = [w, n]

    def step():
        state[:] = update(*state, g)
        state[0].block_until_ready()

    return step, lambda: moved(state[0], size)


C = r"""
#include <math.h>
#include <stddef.h>
void update(float *out, const float *w, const float *g, float *n, size_t size, float lr, float gamma, float eps, float wd, float rescale) {
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < size; i++) {
        float d = g[i] * rescale + wd * w[i];
        float m = gamma * n[i] + (1 - gamma) * d * d;
        n[i] = m;
        out[i] = w[i] - lr * d / sqrtf(m + eps);
    }
}
"""


def compiled(size, beside):
    library = build(C)
    w, g, n = arrays(size)
    out = np.zeros_like(w) if beside else w
    numbers = [ctypes.c_float(value) for value in (LR, GAMMA, EPSILON, WD, RESCALE)]

    def step():
        library.update(address(out), address(w), address(g), address(n), ctypes.c_size_t(size), *numbers)

    return step, lambda: moved(out, size)


@work.other("generated C, in place")
def c_in_place(size):
    return compiled(size, beside=False)


@work.other("generated C, beside")
def c_beside(size):
    return compiled(size, beside=True)


@work.other("plain NumPy")
def plain(size):
    state = list(arrays(size))

    def step():
        w, g, n = state
        d = RESCALE * g + WD * w
        n = GAMMA * n + (1 - GAMMA) * d * d
        state[:] = w - LR * d / np.sqrt(n + EPSILON), g, n

    return step, lambda: moved(state[0], size)
