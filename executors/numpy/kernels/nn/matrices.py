"""Matrices of pixels and of patches, piece after piece of a batch."""

from dataclasses import dataclass
from functools import cached_property, partial
from math import prod

import numpy as np

from executors.numpy.kernels.nn.steps import Room, computing_dtype, narrowed
from executors.numpy.kernels.nn.windows import Window, patches
from executors.parallel import shares

__all__ = ["PIECES", "Patches", "Pixels", "Triple", "cut"]

PIECE_BYTES = 32 << 20  # most that the patches of one piece take
CACHED_BYTES = 1 << 20  # of patches that stay in the cache
NARROW, WIDE = 192, 1024  # positions: below, products are slower; above, they are no faster
PIECES = 8  # for few threads to share evenly


@dataclass(frozen=True)
class Triple:
    """Data, weight and output of a convolution as views whose axes are in one order, whatever the layout."""

    window: Window
    channels_last: bool
    data: np.ndarray  # (n, groups, c, *sizes)
    weight: np.ndarray  # (groups, o, k)
    output: np.ndarray  # (n, groups, o, *counts)
    scratch: object  # shape, dtype -> array that lives as long as the step

    @classmethod
    def of(cls, window, groups, channels_last, data, weight, output, scratch):
        """Split the channels of whole arrays into groups, and bring their axes into order."""
        return cls(
            window,
            channels_last,
            split_channels(data, groups, channels_last),
            weight.reshape(groups, weight.shape[0] // groups, prod(weight.shape[1:])),
            split_channels(output, groups, channels_last),
            scratch,
        )

    @cached_property
    def groups(self):
        return self.data.shape[1]

    @cached_property
    def counts(self):
        return self.output.shape[3:]

    @cached_property
    def dtype(self):
        return computing_dtype(self.data.dtype)

    def room(self):
        """Ask for scratch in the type to compute in."""
        return Room(self.scratch, self.dtype)

    @cached_property
    def work(self):
        """Count multiplications; a patch's number to be copied takes as long as many of them."""
        groups, channels, depth = self.weight.shape
        copies = 0 if self.window.is_point else 32
        return len(self.output) * prod(self.counts) * groups * depth * (channels + copies)

    def pieces(self, depth=None):
        """Cut the batch into ``(images, rows)``, slices, for products whose matrices have ``depth`` numbers for a position."""
        images, (rows, *others) = len(self.output), self.counts
        positions = rows * prod(others)
        if positions == 0:
            return [(slice(i, i + 1), slice(0, rows)) for i in range(images)] if rows else []
        position_bytes = max(1, self.groups * (depth or self.weight.shape[2]) * self.dtype.itemsize)
        wide = min(max(min(CACHED_BYTES // position_bytes, images * positions // PIECES), NARROW), WIDE)
        wide = max(1, min(wide, PIECE_BYTES // position_bytes))
        if positions <= wide:
            count = images if positions >= NARROW else -(-images * positions // wide)
            return [(part, slice(0, rows)) for part in cut(images, count + (count % 2 if count > 1 else 0))]
        count = min(rows, max(round(positions / wide), -(-positions * position_bytes // PIECE_BYTES)))
        count += count % 2 if 1 < count < rows else 0  # two threads get as much each
        ends = [rows * number // count for number in range(count + 1)]
        return [(slice(i, i + 1), slice(*rows)) for i in range(images) for rows in zip(ends, ends[1:])]  # noqa: B905, RUF007

    def pixels(self, array, piece):
        """Take a piece of ``(n, groups, channels, *counts)``, its axes in the order of a matrix."""
        images, rows = piece
        part = array[images, :, :, rows]
        spatial = range(3, part.ndim)
        return part.transpose((1, 0, *spatial, 2) if self.channels_last else (1, 2, *spatial, 0))

    def patch_order(self):
        """Tell which axes of ``(n, groups, c, *kernel, *counts)`` follow each other in a matrix."""
        middle = 3 + len(self.counts)
        kernel, counts = range(3, middle), range(middle, 2 * middle - 3)
        return (1, 0, *counts, *kernel, 2) if self.channels_last else (1, 2, *kernel, *counts, 0)

    def like(self, room, images, sizes):
        """Take room for images with the channels of the data, laid out as it suits the order of a matrix.

        With channels first, images lie next to each other: what is copied together is longer than a row of one.
        """
        groups, channels = self.data.shape[1:3]
        if self.channels_last:
            return np.moveaxis(room.of((images, *sizes, groups, channels)), (-2, -1), (1, 2))
        return np.moveaxis(room.of((groups, channels, *sizes, images)), -1, 0)

    def as_matrix(self, part, depth):
        """See a part in matrix order as a matrix with ``depth`` numbers for each position."""
        axes = 1 + len(self.counts)  # images and positions
        if self.channels_last:
            return part.reshape(self.groups, prod(part.shape[1 : 1 + axes]), depth)
        return part.reshape(self.groups, depth, prod(part.shape[-axes:]))

    def is_matrix(self, part, piece):
        """Tell whether the pixels of a piece are a matrix as they lie there, of the right type."""
        images, _ = piece
        return part.dtype == self.dtype and (self.channels_last or images.stop - images.start == 1)


def split_channels(array, groups, channels_last):
    """View ``(n, channels, *x)``, or ``(n, *x, channels)``, as ``(n, groups, channels of a group, *x)``."""
    if channels_last:
        split = array.reshape(*array.shape[:-1], groups, array.shape[-1] // groups)
        return np.moveaxis(split, (-2, -1), (1, 2))
    return array.reshape(array.shape[0], groups, array.shape[1] // groups, *array.shape[2:])


class Pixels:
    """Matrices of the pixels of an array, piece after piece: views where possible, else copies."""

    def __init__(self, triple, array):
        self.triple = triple
        self.array = array
        self.room = triple.room()

    def part(self, piece):
        return self.triple.pixels(self.array, piece)

    def read(self, piece, steps):
        """Give the matrix of a piece; append the step that fills it, if it is a copy."""
        part = self.part(piece)
        if not self.triple.is_matrix(part, piece):
            copy = self.room.of(part.shape)
            steps.append(partial(np.copyto, copy, part))
            part = copy
        return self.triple.as_matrix(part, self.array.shape[2])

    def write(self, piece, bias=None):
        """Give the matrix to be written, and the steps after that: add ``bias (groups, channels)``, move it to its place."""
        part = self.part(piece)
        here = part if self.triple.is_matrix(part, piece) else self.room.of(part.shape)
        matrix = self.triple.as_matrix(here, self.array.shape[2])
        if bias is None:
            return matrix, narrowed(here, part)
        (groups, channels), ones = bias.shape, (1,) * (part.ndim - 2)
        beside = bias.reshape((groups, *ones, channels) if self.triple.channels_last else (groups, channels, *ones))
        return matrix, [partial(np.add, here, beside, out=part, casting="same_kind")]


class Patches:
    """Matrices of the patches of the data, piece after piece."""

    def __init__(self, triple):
        self.triple = triple
        self.pixels = Pixels(triple, triple.data)
        self.room, self.padding = triple.room(), triple.room()

    def read(self, piece, steps):
        """Give the matrix of a piece; append the steps that fill it."""
        triple = self.triple
        if triple.window.is_point:
            return self.pixels.read(piece, steps)
        part = self.view(piece, steps)
        matrix = self.room.of(part.shape)
        steps.append(partial(np.copyto, matrix, part))
        return triple.as_matrix(matrix, triple.weight.shape[2])

    def view(self, piece, steps):
        """View the patches of a piece in the order of a matrix; append the steps that put padding around the data."""
        (images, rows), triple = piece, self.triple
        counts = (rows.stop - rows.start, *triple.counts[1:])
        return patches(self.with_padding(images, rows, counts, steps), triple.window, counts).transpose(triple.patch_order())

    def with_padding(self, images, rows, counts, steps):
        """Give what the windows at some rows reach of some images; where that is padding, append the steps that copy it."""
        triple = self.triple
        data, window = triple.data[images], triple.window
        spans = window.spans(counts)
        firsts = [-pad for pad in window.pad]
        firsts[0] += rows.start * window.stride[0]
        reached = [
            slice(max(0, first), max(0, min(size, first + span))) for first, span, size in zip(firsts, spans, data.shape[3:], strict=True)
        ]
        lengths = [max(0, part.stop - part.start) for part in reached]
        if lengths == [*spans] and (triple.channels_last or len(data) == 1):
            return data[(..., *reached)]
        inside = tuple([slice(max(0, -first), max(0, -first) + length) for first, length in zip(firsts, lengths, strict=True)])
        padded = triple.like(self.padding, len(data), spans)
        steps.extend(partial(padded[(..., *border)].fill, 0) for border in borders(inside, spans))
        steps.append(partial(np.copyto, padded[(..., *inside)], data[(..., *reached)]))
        return padded


def borders(inside, sizes):
    """List what lies around a box: disjoint tuples of slices."""
    found = []
    for axis, (part, size) in enumerate(zip(inside, sizes, strict=True)):
        rest = [slice(None)] * (len(sizes) - axis - 1)
        for side in (slice(0, part.start), slice(part.stop, size)):
            if side.start < side.stop:
                found.append((*inside[:axis], side, *rest))
    return found


def cut(length, count):
    """Cut an axis into slices."""
    return [slice(part.start, part.stop) for part in shares(length, count)]
