"""Batch normalisation, forward and backward (Ioffe and Szegedy 2015, *Batch normalization*, algorithm 1).

Arrays are taken as ``(outer, channels, inner)`` whatever the rank and the axis. Passes over them go block by block, with
scratch that stays in the cache; sums over a block are added up, which also keeps them precise. Threads share the blocks;
each block's sum has a place of its own, so that the order in which they are added stays the same.
"""

import math
from functools import partial

import numpy as np

from executors.numpy.kernels.nn.steps import dealt, run_all
from executors.numpy.table import kernel

BLOCK = 1 << 16  # elements
SHARED = 1 << 18  # elements from which on threads share blocks


@kernel("BatchNorm", inplace=("data",), prepared=True)
def batch_norm(op, data, gamma, beta, moving_mean, moving_var, output, mean, var, is_train, scratch):
    x, y = by_channel(data, op.axis), by_channel(output, op.axis)
    center, spread, scale = scratch((3, 1, x.shape[1], 1), gamma.dtype)
    blocks = Blocks(scratch, gamma.dtype, x, y)
    given = None if is_train and not op.use_global_stats else (moving_mean, moving_var)

    def normalise(_, part, result, work):
        np.subtract(part, center, out=work)
        np.multiply(work, scale, out=work)
        np.add(work, beta[:, None], out=result, casting="same_kind")

    compute_moments, finish = moments(blocks, center, spread), blocks.each(normalise)

    def run():
        if given is None:
            compute_moments()
        else:
            center[0, :, 0], spread[0, :, 0] = given
        np.add(spread, op.eps, out=scale)
        np.sqrt(scale, out=scale)
        np.reciprocal(scale, out=scale)
        if mean is not None:
            mean[:] = center[0, :, 0]
        if var is not None:
            var[:] = scale[0, :, 0]
        if not op.fix_gamma:
            np.multiply(scale, gamma[:, None], out=scale)
        finish()

    return run


def moments(blocks, center, spread):
    """Make the callable that computes mean and biased variance of each channel.

    Squares are taken of differences from the mean: ``mean(x ** 2) - mean(x) ** 2`` cancels where the mean is large.
    """

    def add_up(number, part, _, work):
        np.einsum("ncx->c", part, dtype=center.dtype, out=blocks.sums[number])

    def add_squares(number, part, _, work):
        np.subtract(part, center, out=work)
        np.einsum("ncx,ncx->c", work, work, out=blocks.sums[number])

    first, second = blocks.each(add_up), blocks.each(add_squares)

    def run():
        first()
        np.divide(blocks.total(), blocks.count, out=center[0, :, 0])
        second()
        np.divide(blocks.total(), blocks.count, out=spread[0, :, 0])

    return run


@kernel("_backward_BatchNorm", inplace=("data", "d_output"), prepared=True)
def batch_norm_gradient(
    op,
    d_output,
    data,
    gamma,
    mean,
    var,
    moving_mean,
    moving_var,
    d_data,
    d_gamma,
    d_beta,
    new_moving_mean,
    new_moving_var,
    is_train,
    scratch,
):
    """Differentiate ``x_hat * gamma + beta`` with ``x_hat = (x - mean) * r``, ``r = 1 / sqrt(variance + eps)``.

    ``d_gamma = sum(dy * x_hat)`` and ``d_beta = sum(dy)``. If mean and variance are those of the batch they depend on
    each ``x``, too: ``d_x = gamma * r * (dy - d_beta / n - x_hat * d_gamma / n)``, else ``d_x = gamma * r * dy``.
    Slot ``var`` holds ``r``.
    """
    x, dy = by_channel(data, op.axis), by_channel(d_output, op.axis)
    dx = dy if d_data is None else by_channel(d_data, op.axis)  # no d_data: the place is not used
    blocks = Blocks(scratch, gamma.dtype, x, dy, dx)
    follows_batch = is_train and not op.use_global_stats
    reads_gamma_sum = (d_data is not None and follows_batch) or (d_gamma is not None and not op.fix_gamma)
    center, rate = mean[:, None], var[:, None]
    gamma_sum, beta_sum, slope, scale = scratch((4, x.shape[1], 1), gamma.dtype)
    sum_heads = head_sums(blocks, center, rate, gamma_sum if reads_gamma_sum else None, beta_sum)
    go_back = blocks.each(slope_back(center, slope, beta_sum, scale))

    def run():
        sum_heads()
        if d_gamma is not None:
            d_gamma[:] = 0 if op.fix_gamma else gamma_sum[:, 0]
        if d_beta is not None:
            d_beta[:] = beta_sum[:, 0]
        if d_data is not None:
            np.multiply(rate, 1 if op.fix_gamma else gamma[:, None], out=scale)
            if follows_batch:
                np.multiply(gamma_sum, rate, out=slope)
                np.divide(slope, blocks.count, out=slope)
                np.divide(beta_sum, blocks.count, out=beta_sum)
                go_back()
            else:
                np.multiply(dy, scale, out=dx, casting="same_kind")
        # Forward has published r alone, so that the variance is got back from it.
        for new, old, fresh in (new_moving_mean, moving_mean, mean), (new_moving_var, moving_var, 1 / np.square(var) - op.eps):
            if new is not None:
                new[:] = op.momentum * old + (1 - op.momentum) * fresh if follows_batch else old

    return run


def head_sums(blocks, center, rate, gamma_sum, beta_sum):
    """Make the callable that sums ``dy`` and, if that is wanted, ``dy * x_hat`` over each channel."""

    def add_heads(number, part, head, result, work):
        np.einsum("ncx->c", head, dtype=beta_sum.dtype, out=blocks.sums[number])

    def add_products(number, part, head, result, work):
        np.subtract(part, center, out=work)
        np.einsum("ncx,ncx->c", work, head, dtype=beta_sum.dtype, out=blocks.sums[number])

    heads, products = blocks.each(add_heads), blocks.each(add_products)

    def run():
        heads()
        beta_sum[:, 0] = blocks.total()
        if gamma_sum is not None:
            products()
            np.multiply(blocks.total(), rate[:, 0], out=gamma_sum[:, 0])

    return run


def slope_back(center, slope, shift, scale):
    """Make the function of a block: ``d_x = (dy - shift - (x - center) * slope) * scale``."""

    def compute(_, part, head, result, work):
        np.subtract(part, center, out=work)
        np.multiply(work, slope, out=work)
        np.subtract(head, work, out=work)
        np.subtract(work, shift, out=work)
        np.multiply(work, scale, out=result, casting="same_kind")

    return compute


def by_channel(array, axis):
    """View an array as ``(outer, channels, inner)``."""
    axis %= array.ndim
    return array.reshape(math.prod(array.shape[:axis]), array.shape[axis], math.prod(array.shape[axis + 1 :]))


class Blocks:
    """Arrays of one shape cut along their first axis, and a place for the sums over each block."""

    def __init__(self, scratch, dtype, *arrays):
        self.scratch, self.dtype, self.arrays = scratch, dtype, arrays
        outer, channels, inner = arrays[0].shape
        self.count = outer * inner
        self.step = max(1, min(outer, BLOCK // max(1, channels * inner)))
        self.starts = range(0, outer, self.step)
        self.sums = scratch((len(self.starts), channels), dtype)
        self.whole = scratch((channels,), dtype)
        self.works = []

    def each(self, function):
        """Make the callable that calls a function of each block: its number, the parts of the arrays, a place of their shape."""
        taken = iter(range(len(self.starts)))  # threads are numbered in the order in which they are prepared

        def prepare(starts):
            thread = next(taken)
            if thread == len(self.works):
                self.works.append(self.scratch((self.step, *self.arrays[0].shape[1:]), self.dtype))
            parts = [[array[start : start + self.step] for array in self.arrays] for start in starts]
            work = self.works[thread]
            return [partial(function, start // self.step, *part, work[: len(part[0])]) for start, part in zip(starts, parts, strict=True)]

        return run_all(dealt(self.starts, self.arrays[0].size, prepare, SHARED, has_products=False))

    def total(self):
        """Add up the sums over the blocks."""
        return np.add.reduce(self.sums, 0, None, self.whole)
