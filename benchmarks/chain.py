"""A chain of twelve element-wise operators: what keeping values in the cache, and vector math, are worth."""

from __future__ import annotations

import ctypes

import numpy as np

from benchmarks.harness.machine_code import address, build
from benchmarks.harness.workload import Bar, Workload, draw, threads

work = Workload(
    "chain of 12 element-wise operators, 4 M float32",
    cases={"4 M": {"size": 4 * 2**20}},
    tiny={"size": 100},
    bars=(
        Bar("numpy", 0.08, "MXNet"),
        Bar("numpy", 0.6, "torch eager"),
        Bar("numba", 1.3, "generated C"),
        Bar("numba", 1.0, "jax.jit"),
    ),
)


def chain(a, b, c, sigmoid, tanh, exp):
    """Twelve operators, three of them transcendental."""
    return sigmoid(a * b + c) * tanh(a - b) + exp(-(a * a)) * 0.5 - c


def arrays(size):
    return [draw(name, (size,)) for name in "abc"]


def mean(output):
    return np.abs(np.asarray(output, "d")).mean()


@work.ours()
@work.mxnet()
def bound(mx, size):
    symbol = chain(*map(mx.sym.Variable, "abc"), mx.sym.sigmoid, mx.sym.tanh, mx.sym.exp)
    exe = symbol.bind(mx.cpu(), dict(zip("abc", map(mx.nd.array, arrays(size)), strict=True)), grad_req="null")

    def step():
        exe.forward(is_train=False)[0].wait_to_read()

    return step, lambda: mean(exe.outputs[0].asnumpy())


@work.other("torch eager")
def torch_eager(size):
    import torch

    torch.set_num_threads(threads())
    inputs = [torch.from_numpy(array) for array in arrays(size)]
    kept = []

    def step():
        with torch.inference_mode():
            kept[:] = [chain(*inputs, torch.sigmoid, torch.tanh, torch.exp)]

    return step, lambda: mean(kept[0])


@work.other("jax.jit")
def jax_jit(size):
    import jax
    import jax.numpy as jnp

    run = jax.jit(lambda a, b, c: chain(a, b, c, jax.nn.sigmoid, jnp.tanh, jnp.exp))
    inputs = [jnp.asarray(array) for array in arrays(size)]
    kept = []

    def step():
        kept[:] = [run(*inputs).block_until_ready()]

    return step, lambda: mean(kept[0])


C = r"""
#include <math.h>
#include <stddef.h>
void chain(const float *restrict a, const float *restrict b, const float *restrict c, float *restrict out, size_t size) {
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < size; i++) {
        float gate = 1 / (1 + expf(-(a[i] * b[i] + c[i])));
        out[i] = gate * tanhf(a[i] - b[i]) + expf(-(a[i] * a[i])) * 0.5f - c[i];
    }
}
"""


@work.other("generated C")
def compiled(size):
    library = build(C)
    inputs = arrays(size)
    output = np.zeros(size, np.float32)

    def step():
        library.chain(*map(address, (*inputs, output)), ctypes.c_size_t(size))

    return step, lambda: mean(output)


@work.other("plain NumPy")
def plain(size):
    inputs = arrays(size)
    kept = []

    def step():
        kept[:] = [chain(*inputs, lambda x: 1 / (1 + np.exp(-x)), np.tanh, np.exp)]

    return step, lambda: mean(kept[0])
