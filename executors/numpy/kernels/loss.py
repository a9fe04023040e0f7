"""Gradients of output heads."""

import math
from functools import partial

import numpy as np

from executors.numpy.kernels.reduce import reduced_axes
from executors.numpy.table import kernel

FEW_CLASSES = 128  # up to here, comparing them all with the label takes no longer than finding the elements
SMALL = 1 << 18  # elements; beyond, the comparisons would take too much memory


@kernel("_count", prepared=True)
def count(op, data, output):
    return partial(output.fill, math.prod(data.shape[axis] for axis in reduced_axes(op, data.ndim)))


@kernel("_backward_SoftmaxOutput", inplace=("output",), prepared=True)
def softmax_output_gradient(op, d_output, label, output, d_data, d_label, scratch):
    """Subtract the wanted distribution from the probabilities: the gradient of their cross entropy.

    The label holds a class for each distribution, or a distribution itself if its shape is that of the data;
    ``ignore_label``, smoothing and normalization are for classes.
    """
    steps = [] if d_label is None else [partial(d_label.fill, 0)]
    if d_data is None:
        return tuple(steps)
    work = scratch(d_data.shape, np.float32) if d_data.dtype == np.float16 else d_data
    if label.shape == output.shape:
        steps += [partial(np.subtract, output, label, work), *scaled(work, op.grad_scale)]
    else:
        classes = distributions(op, work).shape[1]
        subtracted = subtracted_by_mask if classes <= FEW_CLASSES and work.size <= SMALL else subtracted_by_place
        steps += subtracted(op, label, output, work, scratch)
    if d_output is not None:
        steps.append(partial(np.multiply, work, d_output, work))
    if work is not d_data:
        steps.append(partial(np.copyto, d_data, work, casting="same_kind"))
    return tuple(steps)


def scaled(work, factor):
    """Make the call that multiplies by a number."""
    return [] if factor == 1 else [partial(np.multiply, work, np.asarray(factor, work.dtype), work)]


def shares_of(op, classes):
    """Tell what is wanted of a label's class, above what is wanted of each; ``multi_output`` knows no smoothing."""
    share = 0 if op.multi_output else op.smooth_alpha
    elsewhere = share / max(classes - 1, 1)
    return 1 - share - elsewhere, elsewhere


def subtracted_by_mask(op, label, output, work, scratch):
    """Make the calls that subtract from each distribution the one wanted, by comparing each class with the label."""
    places = distributions(op, work)
    outer, classes, inner = places.shape
    if label.size != outer * inner:
        return subtracted_by_place(op, label, output, work, scratch)  # tells so when it runs
    wanted, mask = scratch((outer, 1, inner), np.int64), scratch(places.shape, bool)
    at_class, elsewhere = shares_of(op, classes)
    steps = [
        partial(np.copyto, wanted, label.reshape(wanted.shape), "unsafe"),
        partial(np.equal, wanted, np.arange(classes).reshape(classes, 1), mask),
    ]
    source = distributions(op, output)
    if elsewhere or output.dtype != work.dtype:
        steps.append(partial(np.copyto, places, source))
        source = places
    if elsewhere:
        steps.append(partial(np.subtract, places, np.asarray(elsewhere, work.dtype), places))
        steps.append(partial(np.subtract, places, np.asarray(at_class, work.dtype), places, where=mask))
    else:
        steps.append(partial(np.subtract, source, mask, places))
    ignored = scratch(wanted.shape, bool)
    if op.use_ignore or op.normalization == "valid":
        steps.append(partial(np.equal, wanted, int(op.ignore_label), ignored))
    if op.use_ignore:
        steps.append(partial(np.copyto, places, 0, where=ignored))
    if op.normalization == "valid":
        return [*steps, partial(scale_by_count, op.grad_scale, ignored, work)]
    return steps + scaled(work, fixed_factor(op, outer, inner))


def scale_by_count(scale, ignored, work):
    np.multiply(work, scale / max(ignored.size - np.count_nonzero(ignored), 1), work)


def fixed_factor(op, outer, inner):
    """Find the factor by which all is to be multiplied, if it does not depend on how many labels are valid."""
    return op.grad_scale / max(inner, 1) / (max(outer, 1) if op.normalization == "batch" else 1)


def subtracted_by_place(op, label, output, work, scratch):
    """Make the calls that do so where there are many classes: only the elements of the labels are looked at."""
    return [partial(np.copyto, work, output), partial(subtract_and_scale, op, label, work)]


def subtract_and_scale(op, label, work):
    np.multiply(work, subtract_classes(op, label, work), out=work)


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
    at_class, elsewhere = shares_of(op, classes)
    if elsewhere:
        np.subtract(work, elsewhere, out=work)
    row, column = np.nonzero((wanted >= 0) & (wanted < classes))
    work[row, wanted[row, column], column] -= at_class
    is_valid = wanted != int(op.ignore_label)
    if op.use_ignore:
        np.copyto(work, 0, where=~is_valid[:, None])
    if op.normalization == "valid":
        return op.grad_scale / max(np.count_nonzero(is_valid), 1)
    return fixed_factor(op, outer, inner)


def distributions(op, array):
    """View an array as ``(outer, classes, inner)``."""
    shape = array.shape
    if op.multi_output:
        return array.reshape(*shape[:2], math.prod(shape[2:]))
    rank = len(shape) - 1 if op.preserve_shape else 1
    return array.reshape(math.prod(shape[:rank]), math.prod(shape[rank:]), 1)
