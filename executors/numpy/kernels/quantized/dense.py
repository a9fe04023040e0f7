"""Exact products of integers, at the speed of BLAS on float32.

A product of eight-bit integers is at most 255 * 128, so float32, which holds every integer up to 2 ** 24, holds each
partial sum of 512 of them, in whatever order they are added. Longer sums are cut into such parts, whose results are
added as integers of 32 bits, where they wrap around. That takes half the time of float64.
"""

from functools import partial
from math import prod

import numpy as np

from executors.numpy.kernels.nn.products import Triple, output_of
from executors.numpy.kernels.nn.steps import Room, run_all, widened
from executors.numpy.kernels.nn.windows import completed, is_channels_last
from executors.numpy.table import kernel

TERMS = 512  # products in a sum that float32 holds


@kernel("_integer_product", prepared=True)
def product(op, data, weight, output, scratch):
    features = weight.shape[1]
    target = output.reshape(prod(output.shape[:-1]), len(weight))
    rows = data.reshape(len(target), features)
    total = Sum(target, np.float32, scratch)
    left, right = Room(scratch, np.float32), Room(scratch, np.float32)
    for start in range(0, features, TERMS):
        part = np.s_[:, start : start + TERMS]
        one, other = widened(rows[part], left, total.steps), widened(weight[part], right, total.steps)
        total.steps.append(partial(np.matmul, one, other.T, out=total.part))
        total.add()
    return run_all(total.steps or [partial(output.fill, 0)])


@kernel("_integer_convolution", prepared=True)
def convolution(op, data, weight, output, scratch):
    window, channels_last = completed(op), is_channels_last(op)
    parts, dtype = channel_parts(op, weight, channels_last)
    total = Sum(output, dtype, scratch)
    left, right = Room(scratch, dtype), Room(scratch, dtype)
    for part in parts:
        one, other = widened(data[:, part], left, total.steps), widened(weight[:, part], right, total.steps)
        total.steps += output_of(Triple.of(window, op.num_group, channels_last, one, other, total.part, scratch))
        total.add()
    return run_all(total.steps)


def channel_parts(op, weight, channels_last):
    """Cut the channels into parts whose products float32 can add; where that is not easy, leave them to float64."""
    if prod(weight.shape[1:]) <= TERMS:
        return [slice(None)], np.float32
    if prod(op.kernel) > TERMS or op.num_group > 1 or channels_last:
        return [slice(None)], np.float64
    together = TERMS // prod(op.kernel)
    return [slice(start, start + together) for start in range(0, weight.shape[1], together)], np.float32


class Sum:
    """A sum of integers in ``target``, whose parts come as floating-point numbers."""

    def __init__(self, target, dtype, scratch):
        self.target, self.steps = target, []
        self.part = scratch(target.shape, dtype)
        self.whole = scratch(target.shape, np.int32 if dtype == np.float32 else np.int64)

    def add(self):
        """Append the steps that add what lies in ``part``; the first time, the target has no content yet."""
        is_first = not any(step.args[0] is self.target for step in self.steps)
        self.steps.append(partial(np.copyto, self.whole, self.part, casting="unsafe"))
        if is_first:
            self.steps.append(partial(np.copyto, self.target, self.whole, casting="unsafe"))
        else:
            self.steps.append(partial(np.add, self.target, self.whole, self.target))
