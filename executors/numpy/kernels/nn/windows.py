"""Windows that slide over the spatial axes of an array: where they reach, and passes over one axis at a time.

A window at position ``p`` reads, with its tap ``t``, the element ``p stride + t dilate - pad``. Taps that fall outside the
axis read nothing: no kernel pads its input unless a copy is needed anyway.
"""

from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided


@dataclass(frozen=True)
class Window:
    """The parameters of sliding windows, one number for each spatial axis.

    ``pad`` counts the elements in front of an axis; how many follow it, the number of positions decides.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilate: tuple[int, ...]
    pad: tuple[int, ...]

    @property
    def is_point(self):
        """Whether each position reads the one element under it."""
        return {*self.kernel, *self.stride} == {1} and not any(self.pad)

    def spans(self, counts):
        """Count, for each axis, the elements from the first that a window reads to the last, padding included."""
        return tuple(
            (count - 1) * stride + (kernel - 1) * dilate + 1
            for count, kernel, stride, dilate in zip(counts, self.kernel, self.stride, self.dilate, strict=True)
        )

    def taps(self, sizes, counts, first_row=0):
        """List the taps that reach an element: ``(tap, positions, elements)``, the last two as tuples of slices.

        The positions are counted from ``first_row`` on the first axis; ``counts`` says how many there are.
        """
        firsts = (first_row, *[0] * (len(counts) - 1))
        taps = []
        for tap in product(*map(range, self.kernel)):
            offsets = [
                first * stride + t * dilate - pad
                for first, t, stride, dilate, pad in zip(firsts, tap, self.stride, self.dilate, self.pad, strict=True)
            ]
            reached = [reach(*axis) for axis in zip(sizes, counts, self.stride, offsets, strict=True)]
            if None not in reached:
                positions, elements = zip(*reached, strict=True)
                taps.append((tap, positions, elements))
        return taps


def completed(op):
    """Take the window of a convolution from its parameters; an empty one stands for ones, or for no padding."""
    ones = (1,) * len(op.kernel)
    return Window(op.kernel, op.stride or ones, op.dilate or ones, op.pad or (0,) * len(op.kernel))


def is_channels_last(op):
    """Tell whether the layout puts the channels behind the spatial axes."""
    return bool(op.layout) and op.layout.endswith("C")


def reach(size, count, stride, offset):
    """Find where a tap meets an axis: slice of positions ``p``, slice of elements ``p stride + offset``; or None."""
    low = max(0, -(offset // stride))
    high = min(count, (size - 1 - offset) // stride + 1)
    if low >= high:
        return None
    return slice(low, high), slice(low * stride + offset, (high - 1) * stride + offset + 1, stride)


def patches(array, window, counts):
    """View ``(*rest, *sizes)``, padding included, as ``(*rest, *kernel, *counts)``: what each tap reads at each position."""
    rest = array.ndim - len(counts)
    outer, inner = array.strides[:rest], array.strides[rest:]
    along_kernel = [stride * dilate for stride, dilate in zip(inner, window.dilate, strict=True)]
    along_positions = [stride * step for stride, step in zip(inner, window.stride, strict=True)]
    shape = array.shape[:rest] + window.kernel + tuple(counts)
    return as_strided(array, shape, (*outer, *along_kernel, *along_positions), writeable=False)


def along(axis, part):
    """Index that takes ``part`` of one axis and all of those before it."""
    return (slice(None),) * axis + (part,)


def axis_taps(elements, positions, axis, kernel, stride, pad):
    """List, for each tap of a window along one axis, the views that it brings together: of elements, of positions."""
    reached = [reach(elements.shape[axis], positions.shape[axis], stride, tap - pad) for tap in range(kernel)]
    return [(elements[along(axis, read)], positions[along(axis, written)]) for written, read in filter(None, reached)]


def gather(ufunc, nothing, source, target, axis, kernel, stride, pad):
    """Make steps that reduce the windows along one axis: ``target[p] = ufunc.reduce(source[window p])``.

    Parameters
    ----------
    ufunc : np.ufunc
        ``np.add`` or ``np.maximum``.
    nothing : float
        What an empty window gives.
    """
    taps = axis_taps(source, target, axis, kernel, stride, pad)
    whole = [elements for elements, view in taps if view.shape == target.shape]
    if len(whole) > 1:
        steps = [partial(ufunc, *whole[:2], out=target)]
    elif whole:
        steps = [partial(np.copyto, target, whole[0])]
    else:
        steps = [partial(target.fill, nothing)]
    rest = [(elements, target) for elements in whole[2:]] + [pair for pair in taps if pair[1].shape != target.shape]
    return steps + [partial(ufunc, view, elements, out=view) for elements, view in rest]


def scatter(source, target, axis, kernel, stride, pad):
    """Make steps that give each element the sum over the windows it lies in: the transpose of ``gather(np.add, ...)``."""
    taps = axis_taps(target, source, axis, kernel, stride, pad)
    return [partial(target.fill, 0), *(partial(np.add, elements, view, out=elements) for elements, view in taps)]
