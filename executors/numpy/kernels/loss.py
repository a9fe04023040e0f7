"""Gradients of output heads."""

import math
from functools import partial

import numpy as np

from executors.numpy.kernels.reduce import reduced_axes
from executors.numpy.table import kernel


@kernel("_count", prepared=True)
def count(op, data, output):
    return partial(output.fill, math.prod(data.shape[axis] for axis in reduced_axes(op, data.ndim)))


@kernel("_backward_SoftmaxOutput", inplace=("output",), prepared=True)
def softmax_output_gradient(op, d_output, label, output, d_data, d_label, scratch):
    """Subtract the wanted distribution from the probabilities: the gradient of their cross entropy.

    The label holds a class for each distribution, or a distribution itself if its shape is that of the data;
    ``ignore_label``, smoothing and normalization are for classes.
    """
    work = d_data
    if d_data is not None and d_data.dtype == np.float16:
        work = scratch(d_data.shape, np.float32)
    is_distribution = label.shape == output.shape

    def run():
        if d_label is not None:
            d_label.fill(0)
        if d_data is None:
            return
        if is_distribution:
            np.subtract(output, label, out=work)
        else:
            np.copyto(work, output)
        np.multiply(work, op.grad_scale if is_distribution else subtract_classes(op, label, work), out=work)
        if d_output is not None:
            np.multiply(work, d_output, out=work)
        if work is not d_data:
            np.copyto(d_data, work, casting="same_kind")

    return run


def subtract_classes(op, label, work):
    """Subtract from each distribution the one wanted; return the factor by which all is to be multiplied.

    Of class ``c`` out of ``k`` that is ``1 - smooth_alpha`` at ``c``, ``smooth_alpha / (k - 1)`` elsewhere. A class out of
    range has no place, the others get their share; ``multi_output`` knows no smoothing.
    """
    work = distributions(op, work)
    outer, classes, inner = work.shape
    if label.size != outer * inner:
        raise ValueError(f"{label.shape} labels for {outer * inner} distributions: is preserve_shape or multi_output missing?")
    wanted = label.astype(np.int64).reshape(outer, inner)
    share = 0 if op.multi_output else op.smooth_alpha
    elsewhere = share / max(classes - 1, 1)
    if elsewhere:
        np.subtract(work, elsewhere, out=work)
    row, column = np.nonzero((wanted >= 0) & (wanted < classes))
    work[row, wanted[row, column], column] -= 1 - share - elsewhere
    is_valid = wanted != int(op.ignore_label)
    if op.use_ignore:
        np.copyto(work, 0, where=~is_valid[:, None])
    if op.normalization == "valid":
        return op.grad_scale / max(np.count_nonzero(is_valid), 1)
    return op.grad_scale / inner / (max(outer, 1) if op.normalization == "batch" else 1)


def distributions(op, array):
    """View an array as ``(outer, classes, inner)``."""
    shape = array.shape
    if op.multi_output:
        return array.reshape(*shape[:2], math.prod(shape[2:]))
    rank = len(shape) - 1 if op.preserve_shape else 1
    return array.reshape(math.prod(shape[:rank]), math.prod(shape[rank:]), 1)
