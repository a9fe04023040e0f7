"""The three products behind convolution: each computes one of data, weight and output from the other two.

Patches of the data are copied into the columns of a matrix, so that BLAS does the arithmetic (Chellapilla, Puri and
Simard, 2006, High performance convolutional neural networks for document processing); a window of one element needs no
copy. With ``k`` numbers in a patch and ``m`` positions, for each group of channels::

    channels first   output (o, m) = weight (o, k)   patches (k, m)
    channels last    output (m, o) = patches (m, k)  weight' (k, o)

A batch is cut into pieces, so that the copies stay in bounds and the products are wide enough.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from itertools import product
from math import prod

import numpy as np

from executors.numpy.kernels.nn.steps import Room, computing_dtype, narrowed, widened
from executors.numpy.kernels.nn.windows import Window, along, patches

__all__ = ["Triple", "data_of", "output_of", "weight_of"]

PIECE_BYTES = 32 << 20  # most that the patches of one piece take
WIDE = 512  # positions from which on a wider product is no faster
CACHED = 64 << 10  # elements of a few arrays that stay in the cache together


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

    def pieces(self, wide=WIDE, in_place=True):
        """Cut the batch into ``(images, rows)``, slices: ``wide`` positions together if the bound on copies allows it.

        Where nothing has to be copied nothing is, unless ``in_place`` is false.
        """
        images, (rows, *others) = len(self.output), self.counts
        row_bytes = max(1, prod(others) * self.groups * self.weight.shape[2] * self.dtype.itemsize)
        if self.window.is_point and self.data.dtype == self.dtype and in_place:
            together = max(1, images) if self.channels_last else 1
        elif rows * row_bytes <= PIECE_BYTES:
            together = max(1, min(-(-wide // (rows * prod(others))), PIECE_BYTES // (rows * row_bytes)))
        else:
            step = max(1, PIECE_BYTES // row_bytes)
            return [(slice(i, i + 1), slice(row, min(row + step, rows))) for i in range(images) for row in range(0, rows, step)]
        return [(slice(i, min(i + together, images)), slice(0, rows)) for i in range(0, images, together)]

    def pixels(self, array, piece):
        """Take a piece of ``(n, groups, channels, *counts)``, its axes in the order of a matrix."""
        images, rows = piece
        part = array[images, :, :, rows]
        spatial = range(3, part.ndim)
        return part.transpose((1, 0, *spatial, 2) if self.channels_last else (1, 2, 0, *spatial))

    def patch_order(self):
        """Tell which axes of ``(n, groups, c, *kernel, *counts)`` follow each other in a matrix."""
        middle = 3 + len(self.counts)
        kernel, counts = range(3, middle), range(middle, 2 * middle - 3)
        return (1, 0, *counts, *kernel, 2) if self.channels_last else (1, 2, *kernel, 0, *counts)

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

    def read(self, piece, steps):
        """Give the matrix of a piece; append the step that fills it, if it is a copy."""
        part = self.triple.pixels(self.array, piece)
        if not self.triple.is_matrix(part, piece):
            copy = self.room.of(part.shape)
            steps.append(partial(np.copyto, copy, part))
            part = copy
        return self.triple.as_matrix(part, self.array.shape[2])

    def write(self, piece, bias=None):
        """Give the matrix to be written, and the steps after that: add ``bias (groups, channels)``, move it to its place."""
        part = self.triple.pixels(self.array, piece)
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
        self.padded, self.images = None, None

    def read(self, piece, steps):
        """Give the matrix of a piece; append the steps that fill it."""
        triple = self.triple
        if triple.window.is_point:
            return self.pixels.read(piece, steps)
        every = patches(self.with_padding(piece[0], steps), triple.window, triple.counts)
        part = every[along(3 + len(triple.counts), piece[1])].transpose(triple.patch_order())
        matrix = self.room.of(part.shape)
        steps.append(partial(np.copyto, matrix, part))
        return triple.as_matrix(matrix, triple.weight.shape[2])

    def with_padding(self, images, steps):
        """Give some images with padding; append the steps that copy them, if they are not the ones copied last."""
        data, pads = self.triple.data[images], self.triple.window.pad
        if not any(pads):
            return data
        if images != self.images:
            spans = self.triple.window.spans(self.triple.counts)
            lengths = [max(0, min(size, span - pad)) for size, span, pad in zip(data.shape[3:], spans, pads, strict=True)]
            padded = self.like(data, spans)
            inside = tuple(slice(pad, pad + length) for pad, length in zip(pads, lengths, strict=True))
            if self.images is None:  # later images leave the zeros as they are
                steps.extend(partial(padded[(..., *border)].fill, 0) for border in borders(inside, spans))
            steps.append(partial(np.copyto, padded[(..., *inside)], data[(..., *map(slice, lengths))]))
            self.images, self.padded = images, padded
        return self.padded

    def like(self, data, sizes):
        """Take room for images of other sizes, laid out as ``data`` is."""
        n, groups, channels = data.shape[:3]
        if self.triple.channels_last:
            return np.moveaxis(self.padding.of((n, *sizes, groups, channels)), (-2, -1), (1, 2))
        return self.padding.of((n, groups, channels, *sizes))


def borders(inside, sizes):
    """List what lies around a box: disjoint tuples of slices."""
    found = []
    for axis, (part, size) in enumerate(zip(inside, sizes, strict=True)):
        rest = [slice(None)] * (len(sizes) - axis - 1)
        for side in (slice(0, part.start), slice(part.stop, size)):
            if side.start < side.stop:
                found.append((*inside[:axis], side, *rest))
    return found


def split_bias(triple, bias, steps):
    """Give the bias as ``(groups, channels)``, in the type to compute in; append the step that converts it."""
    return None if bias is None else widened(bias, triple.room(), steps).reshape(triple.groups, bias.size // triple.groups)


def multiply(triple, weight, matrix, out):
    """Make the step that multiplies with ``weight (groups, to, from)`` on the side where the layout has it."""
    if triple.channels_last:
        return partial(np.matmul, matrix, weight.transpose(0, 2, 1), out=out)
    return partial(np.matmul, weight, matrix, out=out)


def mapped(triple, weight, source, target, bias, steps):
    """Append the steps of ``target = weight * source + bias``, matrix by matrix."""
    for piece in triple.pieces():
        matrix = source.read(piece, steps)
        result, after = target.write(piece, bias)
        steps += [multiply(triple, weight, matrix, result), *after]
    return steps


def output_of(triple, bias=None):
    """Make the steps of ``output = weight * data + bias``."""
    steps = []
    weight, bias = widened(triple.weight, triple.room(), steps), split_bias(triple, bias, steps)
    return mapped(triple, weight, Patches(triple), Pixels(triple, triple.output), bias, steps)


def data_of(triple, bias=None):
    """Make the steps of the transpose: ``data = weight' * output + bias``, patches added where they overlap."""
    steps = []
    weight, bias = widened(triple.weight, triple.room(), steps).transpose(0, 2, 1), split_bias(triple, bias, steps)
    source = Pixels(triple, triple.output)
    if triple.window.is_point:
        return mapped(triple, weight, source, Pixels(triple, triple.data), bias, steps)
    if triple.groups > 1 and triple.data.shape[2] == 1:
        return spread_channels(triple, weight, bias, steps)
    room, sums = triple.room(), triple.room()
    for piece in triple.pieces():
        output_matrix = source.read(piece, steps)
        images, rows = piece
        shape = (images.stop - images.start, *triple.data.shape[1:3], *triple.window.kernel, rows.stop - rows.start, *triple.counts[1:])
        part = room.of([shape[axis] for axis in triple.patch_order()])
        steps.append(multiply(triple, weight, output_matrix, triple.as_matrix(part, triple.weight.shape[2])))
        target = triple.data[images] if triple.data.dtype == triple.dtype else sums.of(triple.data[images].shape)
        steps += add_patches(triple, piece, part.transpose(np.argsort(triple.patch_order())), target)
        if rows.stop == triple.counts[0]:
            steps += finished(triple.data[images], target, bias)
    return steps


def spread_channels(triple, weight, bias, steps):
    """Append the steps of `data_of` for one channel a group: matrices of one column would only cost memory.

    The output times one number of the window, for each channel, is added to the elements that this number multiplied.
    """
    images, groups = len(triple.data), triple.groups
    together = min(groups, max(1, CACHED // prod(triple.counts)))
    weight = weight.reshape(groups, *triple.window.kernel, weight.shape[2])
    taps, every = triple.window.taps(triple.data.shape[3:], triple.counts), (slice(None),) * 2
    ones = (None,) * len(triple.counts)
    room, sums = triple.room(), triple.room()
    room.of((together, *triple.counts))  # the largest term first
    for image, group in product(range(images), range(0, groups, together)):
        part = (slice(image, image + 1), slice(group, group + together))
        data, output = triple.data[part], triple.output[part]
        target = data if data.dtype == triple.dtype else sums.of(data.shape)
        steps.append(partial(target.fill, 0))
        for tap, positions, elements in taps:
            place = target[(*every, slice(None), *elements)]
            for o in range(triple.weight.shape[1]):
                source, factor = output[(*every, slice(o, o + 1), *positions)], weight[(part[1], *tap, slice(o, o + 1), *ones)]
                term = room.of(source.shape)
                steps += [partial(np.multiply, source, factor, out=term), partial(np.add, place, term, out=place)]
        steps += finished(data, target, None if bias is None else bias[part[1]])
    return steps


def add_patches(triple, piece, part, target):
    """Make the steps that add the patches ``(n, groups, c, *kernel, *counts)`` of a piece to images."""
    _, rows = piece
    every = (slice(None),) * 3
    taps = triple.window.taps(target.shape[3:], part.shape[3 + len(triple.counts) :], rows.start)
    pairs = [(target[(*every, *elements)], part[(*every, *tap, *positions)]) for tap, positions, elements in taps]
    steps = []
    if rows.start == 0:
        pairs.sort(key=lambda pair: pair[0].shape != target.shape)
        if pairs and pairs[0][0].shape == target.shape:  # this tap reaches every element: no need to begin with zeros
            steps.append(partial(np.copyto, *pairs.pop(0)))
        else:
            steps.append(partial(target.fill, 0))
    return steps + [partial(np.add, elements, values, out=elements) for elements, values in pairs]


def finished(data, sums, bias):
    """Make the steps that add ``bias (groups, c)`` to finished images and move them to their place."""
    if bias is not None:
        return [partial(np.add, sums, bias.reshape(*bias.shape, *[1] * (data.ndim - 3)), out=data, casting="same_kind")]
    return [] if sums.dtype == data.dtype else narrowed(sums, data)


def weight_of(triple):
    """Make the steps of the gradient of the weight: the product of output and patches, summed over the positions."""
    pieces = triple.pieces(2 * WIDE, in_place=prod(triple.counts) >= WIDE)  # each piece costs a sum over the weight too
    if not pieces:
        return [partial(triple.weight.fill, 0)]
    steps, source, heads, term = [], Patches(triple), Pixels(triple, triple.output), triple.room()
    total = triple.weight if triple.weight.dtype == triple.dtype else triple.scratch(triple.weight.shape, triple.dtype)
    for piece in pieces:
        patches_matrix, output_matrix = source.read(piece, steps), heads.read(piece, steps)
        if triple.channels_last:
            output_matrix = output_matrix.transpose(0, 2, 1)
        else:
            patches_matrix = patches_matrix.transpose(0, 2, 1)
        is_first = piece is pieces[0]
        out = total if is_first else term.of(total.shape)
        steps.append(partial(np.matmul, output_matrix, patches_matrix, out=out))
        if not is_first:
            steps.append(partial(np.add, total, out, out=total))
    return steps + narrowed(total, triple.weight)
