"""Pooling: the greatest, the mean, the sum or a power mean of each window.

A window is a box, so its elements are reduced along one spatial axis after the other: ``3 + 3`` passes over rows in place of
``3 * 3`` over elements. Gradients take the axes one by one too.
"""

from functools import cached_property, partial
from math import prod

import numpy as np

from executors.numpy.kernels.nn.steps import Room, computing_dtype, dealt, narrowed, run_all, widened
from executors.numpy.kernels.nn.windows import Window, along, axis_taps, gather, is_channels_last, scatter
from executors.numpy.table import kernel
from executors.parallel import shares

PIECE_ELEMENTS = 128 << 10  # of the data: they and what is computed from them stay in the cache
SHARED_ELEMENTS = 512 << 10  # of all arrays, from which on threads share the planes


@kernel("Pooling", prepared=True)
def pooling(op, data, output, scratch):
    pool = Pool(op, scratch, data=data, output=output)
    return run_all(pool.dealt(partial(pooled, op, pool)))


def pooled(op, pool, part):
    """Make the steps for some planes."""
    steps = []
    ufunc, nothing = (np.maximum, -np.inf) if op.pool_type == "max" else (np.add, 0)
    source, (result, target) = pool.read("data", part, steps), pool.written("output", part)
    if op.pool_type == "lp" and op.p_value > 1:
        source = pool.power(source, steps)
    pool.reduce(ufunc, nothing, source, result, steps)
    if op.pool_type == "max":
        # As in the reference, a window without elements gives the least finite number.
        steps += [partial(view.fill, np.finfo(target.dtype).min) for view in pool.empty(result)]
    elif op.pool_type == "avg":
        steps.append(partial(np.multiply, result, pool.share, out=result))
    elif op.pool_type == "lp" and op.p_value > 1:
        steps.append(partial(np.sqrt if op.p_value == 2 else np.cbrt, result, out=result))
    steps += narrowed(result, target)
    return steps


@kernel("_backward_Pooling", prepared=True)
def pooling_gradient(op, data, output, d_output, d_data, scratch):
    pool = Pool(op, scratch, data=data, output=output, d_output=d_output, d_data=d_data)
    return run_all(pool.dealt(partial(routed, op, pool)))


def routed(op, pool, part):
    """Make the steps of the gradient for some planes."""
    steps = []
    head, (result, target) = pool.read("d_output", part, steps), pool.written("d_data", part)
    if op.pool_type == "max":
        pool.route(pool.read("data", part, steps), pool.read("output", part, steps), head, result, steps)
    elif op.pool_type == "lp" and op.p_value > 1:
        # d_output (x / output)^(p - 1); the reference has 0 where the output is 0.
        source, norm = pool.read("data", part, steps), pool.read("output", part, steps)
        pool.spread(pool.divided(head, norm, steps), result, steps)
        steps += [partial(np.multiply, result, source, out=result)] * (op.p_value - 1)
    elif op.pool_type == "avg":
        pool.spread(pool.scaled(head, steps), result, steps)
    else:
        pool.spread(head, result, steps)
    steps += narrowed(result, target)
    return steps


class Pool:
    """One pooling: its window, and its arrays as ``(planes, *x)`` or ``(n, *x, channels)``: spatial axes begin with axis 1."""

    def __init__(self, op, scratch, **arrays):
        self.op, self.scratch, self.rooms = op, scratch, {}
        self.dtype = computing_dtype(arrays["data"].dtype)
        self.spatial = range(1, arrays["data"].ndim - 1)
        self.arrays = {name: planes(array, op) for name, array in arrays.items()}
        self.sizes, self.counts = (self.arrays[name].shape[1 : 1 + len(self.spatial)] for name in ("data", "output"))
        self.window = window_of(op, self.sizes)

    @cached_property
    def passes(self):
        """Keyword arguments for `gather` and `scatter`, for each axis on which the window does anything."""
        window = self.window
        every = [
            {"axis": axis, "kernel": kernel, "stride": stride, "pad": pad}
            for axis, kernel, stride, pad in zip(self.spatial, window.kernel, window.stride, window.pad, strict=True)
        ]
        return [one for one in every if (one["kernel"], one["stride"], one["pad"]) != (1, 1, 0)] or every[:1]

    def dealt(self, prepare):
        """Cut the planes into pieces, which threads share; ``prepare`` lists the steps of one."""
        planes = len(self.arrays["data"])
        count = 2 * -(-self.arrays["data"].size // (2 * PIECE_ELEMENTS))
        pieces = [slice(part.start, part.stop) for part in shares(planes, count)] if planes else []

        def of_thread(mine):
            self.rooms = {}
            return [step for piece in mine for step in prepare(piece)]

        work = self.arrays["data"].size * len(self.arrays)  # gradients take longer
        return dealt(pieces, work, of_thread, SHARED_ELEMENTS, has_products=False)

    def room(self, name, dtype=None):
        """Find the scratch array of this name; the pieces share it."""
        return self.rooms.setdefault(name, Room(self.scratch, dtype or self.dtype))

    def read(self, name, part, steps):
        """Give a piece of an array in the type to compute in; append the step that converts it."""
        return widened(self.arrays[name][part], self.room(name), steps)

    def written(self, name, part):
        """Give the array to compute a piece in, and the piece."""
        target = self.arrays[name][part]
        return target if target.dtype == self.dtype else self.room(name).of(target.shape), target

    @cached_property
    def share(self):
        """One divided by the number of elements that each mean is taken over.

        Padding counts unless ``count_include_pad`` is false; what lies behind it, where the last window of the convention
        "full" or "same" may reach, never does. A window without elements has the sum 0, divided by 1.
        """
        with_pad = self.op.count_include_pad is None or self.op.count_include_pad
        numbers = np.ones((1,) * (self.arrays["data"].ndim - 1))
        for one in self.passes:
            axis, pad = one["axis"] - 1, one["pad"]
            starts = np.arange(self.counts[axis]) * one["stride"] - pad
            ends = np.minimum(starts + one["kernel"], self.sizes[axis] + (pad if with_pad else 0))
            lengths = np.maximum(ends - (starts if with_pad else np.maximum(starts, 0)), 1)
            numbers = numbers * lengths.reshape([-1 if other == axis else 1 for other in range(numbers.ndim)])
        share = (1 / numbers).astype(self.dtype)
        return share.flat[0] if (numbers == numbers.flat[0]).all() else share

    def empty(self, output):
        """List the views of ``output`` that belong to windows without elements."""
        found = []
        for one in self.passes:
            axis = one["axis"]
            starts = np.arange(self.counts[axis - 1]) * one["stride"] - one["pad"]
            outside = np.flatnonzero((starts + one["kernel"] <= 0) | (starts >= self.sizes[axis - 1]))
            found += [output[along(axis, slice(position, position + 1))] for position in outside]
        return found

    def reduce(self, ufunc, nothing, source, result, steps):
        """Append the steps of ``result[p] = ufunc.reduce(source[window p])``."""
        if self.op.global_pool:
            steps.append(partial(ufunc.reduce, source, tuple(self.spatial), None, result, True))
        else:
            self.gathered(ufunc, nothing, source, result, self.passes, steps)

    def gathered(self, ufunc, nothing, source, result, passes, steps):
        """Append the steps that reduce along one axis after the other; list the values that they lead through."""
        values = [source]
        for number, one in enumerate(passes, 1):
            is_last = number == len(passes) and result is not None
            target = result if is_last else self.between(values[-1], one["axis"], self.counts, f"gathered{number}")
            steps += gather(ufunc, nothing, values[-1], target, **one)
            values.append(target)
        return values

    def spread(self, head, result, steps):
        """Append the steps of the transpose of a sum: each element takes from all windows it lies in."""
        if self.op.global_pool:
            steps.append(partial(np.copyto, result, head))
            return
        for number, one in enumerate(reversed(self.passes), 1):
            is_last = number == len(self.passes)
            target = result if is_last else self.between(head, one["axis"], self.sizes, f"spread{number}")
            steps += scatter(head, target, **one)
            head = target

    def between(self, values, axis, lengths, name):
        """Ask for room for what a pass makes of ``values``."""
        return self.room(name).of((*values.shape[:axis], lengths[axis - 1], *values.shape[axis + 1 :]))

    def route(self, source, greatest, head, result, steps):
        """Append the steps that give each window's gradient to its greatest element, the first in memory if several are.

        That one lies in the first row that holds the maximum: rows are reduced to their maxima again, then the gradient
        goes to a row, and within the row to an element.
        """
        passes = self.passes[::-1]
        values = [*self.gathered(np.maximum, -np.inf, source, None, passes[:-1], steps), greatest]
        for number in reversed(range(len(passes))):
            one = passes[number]
            target = result if number == 0 else self.between(head, one["axis"], self.sizes, f"routed{number}")
            steps += self.to_first(values[number], values[number + 1], head, target, one)
            head = target

    def to_first(self, values, greatest, head, result, one):
        """Make the steps of `route` along one axis.

        The gradient is selected by its bits: zero times a gradient that is infinite would be nan.
        """
        bits, number = np.dtype(f"i{self.dtype.itemsize}"), one["axis"]
        is_free = self.room(f"free{number}", np.bool_).of(greatest.shape)
        is_here, selected = self.room(f"here{number}", np.bool_), self.room(f"selected{number}", bits)
        for room in (is_here, selected):
            room.of(greatest.shape)  # the largest first
        steps = [partial(is_free.fill, True), partial(result.fill, 0)]
        triples = zip(axis_taps(values, greatest, **one), axis_taps(result, head, **one), axis_taps(values, is_free, **one), strict=True)
        for (elements, maxima), (place, heads), (_, free) in triples:
            here, chosen = is_here.of(free.shape), selected.of(free.shape)
            steps += [
                partial(np.equal, elements, maxima, out=here),
                partial(np.logical_and, here, free, out=here),
                partial(np.logical_xor, free, here, out=free),
                partial(np.negative, here.view(np.int8), out=chosen),  # all bits where it is
                partial(np.bitwise_and, chosen, heads.view(bits), out=chosen),
                partial(np.add, place, chosen.view(self.dtype), out=place),
            ]
        return steps

    def scaled(self, head, steps):
        """Give ``head`` times `share`; append the step that computes it."""
        scaled = self.room("scaled").of(head.shape)
        steps.append(partial(np.multiply, head, self.share, out=scaled))
        return scaled

    def power(self, source, steps):
        """Give the second or third power; append the steps that compute it. The sign stays, as in the reference."""
        power = self.room("power").of(source.shape)
        steps.append(partial(np.square, source, out=power))
        if self.op.p_value == 3:
            steps.append(partial(np.multiply, power, source, out=power))
        return power

    def divided(self, head, norm, steps):
        """Give ``head / norm^(p - 1)``, 0 where the norm is; append the steps that compute it."""
        result, is_zero = self.room("divided").of(head.shape), self.room("is zero", np.bool_).of(head.shape)
        steps += [
            partial(np.copyto, result, norm),
            partial(np.equal, norm, 0, out=is_zero),
            partial(np.putmask, result, is_zero, np.inf),
            *[partial(np.square, result, out=result)] * (self.op.p_value == 3),
            partial(np.divide, head, result, out=result),
        ]
        return result


def planes(array, op):
    """View images as planes, ``(n * channels, *x)``; leave them as they are if the channels come last."""
    return array if is_channels_last(op) else array.reshape(prod(array.shape[:2]), *array.shape[2:])


def window_of(op, sizes):
    """Complete the parameters; the reference admits longer ``stride`` and ``pad`` than needed, and reads their beginning."""
    axes = len(sizes)
    ones = (1,) * axes
    if op.global_pool:
        return Window(tuple(sizes), ones, ones, (0,) * axes)
    return Window(op.kernel, op.stride[:axes] or ones, ones, op.pad[:axes] or (0,) * axes)
