"""Correlation of two images over a neighbourhood of shifts: one pass over the images for each shift."""

from dataclasses import dataclass

import numpy as np

from executors.numpy.kernels.nn.steps import computing_dtype
from executors.numpy.table import kernel


@dataclass(frozen=True)
class Neighbourhood:
    """Which parts of the padded images ``(n, h, w, c)`` are compared at each shift.

    Attributes
    ----------
    size : int
        Of a window.
    stride : int
        Steps between windows.
    counts : (int, int)
        Windows along each axis.
    reach : int
        The first window begins here.
    shifts : list of (int, int)
        In y and in x.
    """

    size: int
    stride: int
    counts: tuple[int, int]
    reach: int
    shifts: list[tuple[int, int]]

    @classmethod
    def of(cls, op, counts):
        most = op.max_displacement // op.stride2 * op.stride2
        steps = range(-most, most + 1, op.stride2)
        return cls(op.kernel_size, op.stride1, counts, op.max_displacement, [(y, x) for y in steps for x in steps])

    def part(self, shift=(0, 0)):
        """Index all that the windows reach, shifted."""
        starts = [self.reach + by for by in shift]
        return (slice(None), *[slice(start, start + length) for start, length in zip(starts, self.lengths(), strict=True)])

    def lengths(self):
        return [(count - 1) * self.stride + self.size for count in self.counts]

    def taps(self, axis):
        """Index what each tap of the windows reads along one axis of ``(n, *lengths)``."""
        last = (self.counts[axis - 1] - 1) * self.stride
        return [(slice(None),) * axis + (slice(tap, tap + last + 1, self.stride),) for tap in range(self.size)]

    def sums(self, values):
        """Add up each window: ``(n, *lengths)`` becomes ``(n, *counts)``."""
        for axis in (1, 2):
            values = sum(values[tap] for tap in self.taps(axis))
        return values

    def spread(self, values):
        """Give each element the sum over the windows it is in: the transpose of `sums`."""
        for axis in (2, 1):
            shape = list(values.shape)
            shape[axis] = self.lengths()[axis - 1]
            wide = np.zeros(shape, values.dtype)
            for tap in self.taps(axis):
                wide[tap] += values
            values = wide
        return values


def padded(op, data):
    """Copy images ``(n, c, h, w)`` as ``(n, h, w, c)`` with zeros around: a sum over channels then reads one row of memory."""
    n, channels, height, width = data.shape
    pad = op.pad_size
    copy = np.zeros((n, height + 2 * pad, width + 2 * pad, channels), computing_dtype(data.dtype))
    copy[:, pad : pad + height, pad : pad + width] = data.transpose(0, 2, 3, 1)
    return copy


@kernel("Correlation")
def correlation(op, data1, data2, output):
    around = Neighbourhood.of(op, output.shape[2:])
    first, second = padded(op, data1)[around.part()], padded(op, data2)
    elements = op.kernel_size**2 * data1.shape[1]
    for channel, shift in enumerate(around.shifts):
        other = second[around.part(shift)]
        each = np.einsum("nyxc,nyxc->nyx", first, other) if op.is_multiply else np.abs(first - other).sum(3)
        np.divide(around.sums(each), elements, out=output[:, channel], casting="same_kind")


@kernel("_backward_Correlation")
def correlation_gradient(op, d_output, data1, data2, d_data1, d_data2):
    around = Neighbourhood.of(op, d_output.shape[2:])
    images = [padded(op, data) for data in (data1, data2)]
    sums = [None if target is None else np.zeros_like(image) for target, image in zip((d_data1, d_data2), images, strict=True)]
    elements = op.kernel_size**2 * data1.shape[1]
    here = around.part()
    for channel, shift in enumerate(around.shifts):
        there = around.part(shift)
        head = around.spread(d_output[:, channel].astype(images[0].dtype) / elements)[..., None]
        first, second = images[0][here], images[1][there]
        if not op.is_multiply:  # equal elements count as if the first were larger
            first, second = np.where(first >= second, -1, 1), np.where(first >= second, 1, -1)
        if sums[0] is not None:
            sums[0][here] += head * second
        if sums[1] is not None:
            sums[1][there] += head * first
    for target, total in zip((d_data1, d_data2), sums, strict=True):
        if target is not None:
            pad, (height, width) = op.pad_size, target.shape[2:]
            np.copyto(target, total[:, pad : pad + height, pad : pad + width].transpose(0, 3, 1, 2), casting="same_kind")
