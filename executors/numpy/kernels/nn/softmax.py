"""Softmax and its logarithm along one axis.

The maximum is subtracted first, so that nothing overflows. Arrays are taken as ``(outer, size, inner)`` and worked
through in blocks that stay in the cache.
"""

import math
from functools import partial

import numpy as np

from executors.numpy.kernels.nn.steps import dealt, run_all
from executors.numpy.table import kernel

BLOCK = 1 << 16  # elements
SHORT = 32  # NumPy reduces rows one by one: short ones cost more than turning them into columns


@kernel("softmax", inplace=("data",), prepared=True)
def softmax(op, data, length, output, scratch):
    axis = op.axis % data.ndim
    if length is None:
        return run_all(blockwise(Block.soften, op.temperature, scratch, axis, data, output))
    beyond = scratch(data.shape, bool)
    steps = np.arange(data.shape[axis]).reshape(-1, *[1] * (data.ndim - axis - 1))
    lengths = np.expand_dims(length, axis) if data.ndim > 1 else length  # the length of a vector has shape (1,)
    mask = partial(np.greater_equal, steps, lengths, out=beyond)
    return run_all([mask, *blockwise(Block.soften, op.temperature, scratch, axis, data, output, beyond)])


@kernel("log_softmax", inplace=("data",), prepared=True)
def log_softmax(op, data, output, scratch):
    return run_all(blockwise(Block.soften_log, op.temperature, scratch, op.axis % data.ndim, data, output))


class Block:
    """A part ``(outer, size, inner)`` of the data and of the output, and places to compute it in.

    Computed is in the wider of the two types, in float32 at least: in the output itself, if that will do.
    """

    def __init__(self, temperature, places, data, output, beyond=None):
        is_turned = data.strides[-1] != data.itemsize
        self.temperature, self.data, self.output, self.beyond = temperature, data, output, beyond
        self.loads = is_turned or beyond is not None
        work, self.top, self.exponentials = (place[: data.shape[0], :, : data.shape[2]] for place in places)
        self.work = work if is_turned or output.dtype != work.dtype else output

    def soften(self):
        """Make the calls that compute the softmax."""
        steps = [*self.centered(), partial(np.exp, self.work, self.work), self.reducing(np.add, self.work)]
        steps.append(partial(np.divide, self.work, self.top, self.output))
        if self.beyond is not None:
            steps.append(partial(np.copyto, self.output, 0, where=self.beyond))  # rows of length zero have become nan
        return steps

    def soften_log(self):
        """Make those that compute its logarithm: the sum of exponentials needs a place of its own."""
        steps = [*self.centered(), partial(np.exp, self.work, self.exponentials), self.reducing(np.add, self.exponentials)]
        return [*steps, partial(np.log, self.top, self.top), partial(np.subtract, self.work, self.top, self.output)]

    def centered(self):
        """Make those that divide by the temperature, which may be negative, and then subtract the maximum."""
        data, steps = self.data, []
        if self.loads:
            steps.append(partial(np.copyto, self.work, data))
            data = self.work
        if self.temperature is not None:
            steps.append(partial(np.divide, data, self.temperature, self.work))
            data = self.work
        if self.beyond is not None:
            steps.append(partial(np.copyto, data, -np.inf, where=self.beyond))
        return [*steps, self.reducing(np.maximum, data), partial(np.subtract, data, self.top, self.work)]

    def reducing(self, ufunc, array):
        """Make the one that reduces each distribution: along axis 1, in the type of the result, which keeps that axis."""
        return partial(ufunc.reduce, array, 1, None, self.top, True)


def blockwise(method, temperature, scratch, axis, data, output, *beyond):
    """Make the calls of each block, which a method lists.

    Arrays of one shape are seen as ``(outer, size, inner)`` and cut alike, along one of the other axes. Threads share blocks.
    """
    outer, size, inner = math.prod(data.shape[:axis]), data.shape[axis], math.prod(data.shape[axis + 1 :])
    if data.size == 0:
        return []
    views = [array.reshape(outer, size, inner) for array in (data, output, *beyond)]
    if inner == 1 and size <= SHORT:
        views = [view.T for view in views]
    outer, size, inner = views[0].shape
    across, count = (0, outer) if outer > 1 else (2, inner)
    step = min(count, max(1, BLOCK * count // data.size))
    outer, inner = (step, inner) if across == 0 else (outer, step)
    dtype = np.result_type(data, output, np.float32)

    def prepare(starts):
        places = [scratch(shape, dtype) for shape in ((outer, size, inner), (outer, 1, inner), (outer, size, inner))]
        steps = []
        for start in starts:
            part = np.s_[start : start + step] if across == 0 else np.s_[:, :, start : start + step]
            steps += method(Block(temperature, places, *[view[part] for view in views]))
        return steps

    return dealt(range(0, count, step), data.size, prepare, 2 * BLOCK, has_products=False)
