"""Which way of computing a convolution is faster, and whether the numba executor's rule chooses it.

The rule goes by shapes (`executors.numba.direct.is_direct`): nothing is measured when a graph is bound, nothing is kept
on disk, and results are the same on every machine of a kind. This shows what that costs::

    python -m benchmarks.strategies
"""

from __future__ import annotations

import math
import statistics
from time import perf_counter

import numpy as np

import symbolic as mx
from executors.numba.kernels.nn import convolution

ROUNDS = 15
CASES = [  # data, filters, kernel, stride, pad: layers of ResNet-18 and -50, VGG, Inception, SSD, LeNet, CIFAR networks
    ((1, 3, 224, 224), 64, 7, 2, 3),
    ((1, 64, 56, 56), 64, 3, 1, 1),
    ((1, 128, 28, 28), 128, 3, 1, 1),
    ((1, 256, 14, 14), 256, 3, 1, 1),
    ((1, 512, 7, 7), 512, 3, 1, 1),
    ((1, 128, 56, 56), 128, 3, 2, 1),
    ((1, 512, 14, 14), 512, 3, 2, 1),
    ((1, 256, 56, 56), 256, 3, 1, 1),
    ((1, 32, 149, 149), 32, 3, 1, 0),
    ((1, 48, 35, 35), 64, 5, 1, 2),
    ((1, 448, 8, 8), 384, 3, 1, 1),
    ((1, 512, 5, 5), 24, 3, 1, 1),
    ((1, 256, 1, 1), 126, 3, 1, 1),
    ((64, 1, 28, 28), 20, 5, 1, 0),
    ((64, 20, 12, 12), 50, 5, 1, 0),
    ((32, 3, 32, 32), 32, 3, 1, 1),
    ((8, 64, 56, 56), 64, 3, 1, 1),
    ((8, 256, 14, 14), 256, 3, 1, 1),
    ((8, 512, 7, 7), 512, 3, 1, 1),
    ((1, 64, 56, 56), 256, 1, 1, 0),
    ((1, 256, 56, 56), 64, 1, 1, 0),
    ((1, 256, 56, 56), 512, 1, 2, 0),
    ((1, 128, 28, 28), 512, 1, 1, 0),
    ((1, 1024, 14, 14), 256, 1, 1, 0),
    ((1, 2048, 7, 7), 512, 1, 1, 0),
    ((8, 512, 28, 28), 128, 1, 1, 0),
    ((8, 1024, 14, 14), 256, 1, 1, 0),
    ((8, 2048, 7, 7), 512, 1, 1, 0),
    ((1, 512, 1, 1), 1000, 1, 1, 0),
]


def bound(case, rule):
    """Bind one layer, with ``rule`` in place of `is_direct`."""
    shape, filters, kernel, stride, pad = case
    symbol = mx.sym.Convolution(mx.sym.Variable("data"), num_filter=filters, kernel=(kernel,) * 2, stride=(stride,) * 2, pad=(pad,) * 2)
    before, convolution.is_direct = convolution.is_direct, rule
    try:
        exe = symbol.simple_bind(mx.cpu(), grad_req="null", executor="numba", data=shape)
        exe.forward(is_train=False)
    finally:
        convolution.is_direct = before
    for array in exe.arg_arrays:
        array[:] = np.random.default_rng(0).standard_normal(array.shape)
    return exe


def seconds(exe):
    """Time one run, the caches filled by another."""
    exe.forward(is_train=False)
    begin = perf_counter()
    exe.forward(is_train=False)
    return perf_counter() - begin


def main():
    losses = []
    print(f"{'data':>20} {'filters':>8} {'window':>7} {'tiles, ms':>10} {'patches, ms':>12} {'chosen':>8} {'of best':>8}")
    for case in CASES:
        chosen = []

        def noted(*args, rule=convolution.is_direct, chosen=chosen):
            chosen.append(rule(*args))
            return chosen[-1]

        bound(case, noted)
        ways = [bound(case, lambda *args: True), bound(case, lambda *args: False)]
        times = list(zip(*[[seconds(exe) for exe in ways] for _ in range(ROUNDS)], strict=True))
        tiles, patches = (1e3 * statistics.median(samples) for samples in times)
        losses.append((tiles if chosen[0] else patches) / min(tiles, patches))
        shape, filters, kernel, stride, _ = case
        window, word = f"{kernel}/{stride}", "tiles" if chosen[0] else "patches"
        print(f"{'x'.join(map(str, shape)):>20} {filters:8} {window:>7} {tiles:10.2f} {patches:12.2f} {word:>8} {losses[-1]:8.2f}")
    mean = math.exp(statistics.fmean(map(math.log, losses)))
    print(f"\nthe rule takes {mean:.3f} times what the best choice takes (geometric mean), {max(losses):.2f} at most")


if __name__ == "__main__":
    main()
