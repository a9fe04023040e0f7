"""Batch normalisation, forward and backward (Ioffe and Szegedy 2015, *Batch normalization*, algorithm 1).

Arrays are taken as ``(outer, channels, inner)`` whatever the rank and the axis. Passes over them go block by block, with
scratch that stays in the cache; sums over a block are added up, which also keeps them precise.
"""

import math

import numpy as np

from executors.numpy.table import kernel

BLOCK = 1 << 16  # elements


@kernel("BatchNorm", inplace=("data",), prepared=True)
def batch_norm(op, data, gamma, beta, moving_mean, moving_var, output, mean, var, is_train, scratch):
    x, y = by_channel(data, op.axis), by_channel(output, op.axis)
    center, spread, scale = scratch((3, 1, x.shape[1], 1), gamma.dtype)
    blocks = list(blocks_of(scratch, gamma.dtype, x, y))
    given = None if is_train and not op.use_global_stats else (moving_mean, moving_var)

    def run():
        if given is None:
            moments(x, blocks, center, spread)
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
        shift = beta[:, None]
        for part, result, work in blocks:
            np.subtract(part, center, out=work)
            np.multiply(work, scale, out=work)
            np.add(work, shift, out=result, casting="same_kind")

    return run


def moments(x, blocks, center, spread):
    """Compute mean and biased variance of each channel.

    Squares are taken of differences from the mean: ``mean(x ** 2) - mean(x) ** 2`` cancels where the mean is large.
    """
    count = x.shape[0] * x.shape[2]
    center[:] = spread[:] = 0
    for part, *_ in blocks:
        center[0, :, 0] += np.einsum("ncx->c", part, dtype=center.dtype)
    center /= count
    for part, _, work in blocks:
        np.subtract(part, center, out=work)
        spread[0, :, 0] += np.einsum("ncx,ncx->c", work, work)
    spread /= count


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
    blocks = list(blocks_of(scratch, gamma.dtype, x, dy, dx))
    count = x.shape[0] * x.shape[2]
    follows_batch = is_train and not op.use_global_stats
    reads_gamma_sum = (d_data is not None and follows_batch) or (d_gamma is not None and not op.fix_gamma)
    center, rate = mean[:, None], var[:, None]
    gamma_sum, beta_sum, slope, scale = scratch((4, x.shape[1], 1), gamma.dtype)

    def run():
        sum_heads(blocks, center, rate, gamma_sum if reads_gamma_sum else None, beta_sum)
        if d_gamma is not None:
            d_gamma[:] = 0 if op.fix_gamma else gamma_sum[:, 0]
        if d_beta is not None:
            d_beta[:] = beta_sum[:, 0]
        if d_data is not None:
            np.multiply(rate, 1 if op.fix_gamma else gamma[:, None], out=scale)
            if follows_batch:
                np.multiply(gamma_sum, rate, out=slope)
                slope_back(blocks, center, np.divide(slope, count, out=slope), np.divide(beta_sum, count, out=beta_sum), scale)
            else:
                np.multiply(dy, scale, out=dx, casting="same_kind")
        # Forward has published r alone, so that the variance is got back from it.
        for new, old, fresh in (new_moving_mean, moving_mean, mean), (new_moving_var, moving_var, 1 / np.square(var) - op.eps):
            if new is not None:
                new[:] = op.momentum * old + (1 - op.momentum) * fresh if follows_batch else old

    return run


def sum_heads(blocks, center, rate, gamma_sum, beta_sum):
    """Sum ``dy * x_hat``, if that is wanted, and ``dy`` over each channel."""
    beta_sum[:] = 0
    for _, head, _, _ in blocks:
        beta_sum[:, 0] += np.einsum("ncx->c", head, dtype=beta_sum.dtype)
    if gamma_sum is not None:
        gamma_sum[:] = 0
        for part, head, _, work in blocks:
            np.subtract(part, center, out=work)
            gamma_sum[:, 0] += np.einsum("ncx,ncx->c", work, head, dtype=gamma_sum.dtype)
        gamma_sum *= rate


def slope_back(blocks, center, slope, shift, scale):
    """Compute ``d_x = (dy - shift - (x - center) * slope) * scale``."""
    for part, head, result, work in blocks:
        np.subtract(part, center, out=work)
        np.multiply(work, slope, out=work)
        np.subtract(head, work, out=work)
        np.subtract(work, shift, out=work)
        np.multiply(work, scale, out=result, casting="same_kind")


def by_channel(array, axis):
    """View an array as ``(outer, channels, inner)``."""
    axis %= array.ndim
    return array.reshape(math.prod(array.shape[:axis]), array.shape[axis], math.prod(array.shape[axis + 1 :]))


def blocks_of(scratch, dtype, *arrays):
    """Cut arrays of one shape along their first axis; with each cut comes a place of its shape, the same for all."""
    outer, channels, inner = arrays[0].shape
    step = max(1, min(outer, BLOCK // max(1, channels * inner)))
    work = scratch((step, channels, inner), dtype)
    for start in range(0, outer, step):
        parts = [array[start : start + step] for array in arrays]
        yield *parts, work[: len(parts[0])]
