"""The three products behind convolution: each computes one of data, weight and output from the other two.

Patches of the data are copied into the columns of a matrix, so that BLAS does the arithmetic (Chellapilla, Puri and
Simard, 2006, High performance convolutional neural networks for document processing); a window of one element needs no
copy. With ``k`` numbers in a patch and ``m`` positions, for each group of channels::

    channels first   output (o, m) = weight (o, k)   patches (k, m)
    channels last    output (m, o) = patches (m, k)  weight' (k, o)

A batch is cut into pieces of some images, or of some rows of one, which threads share: their patches stay in the cache,
their products are wide enough. Where positions are few and weights many, each thread makes some channels of the patches
of all, and then some channels of the output. What is cut how depends on shapes alone: so does the result.
"""

from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import product
from math import prod

import numpy as np

from executors.numpy.kernels.nn.steps import WORTH_THREADS, Room, computing_dtype, dealt, narrowed, widened
from executors.numpy.kernels.nn.windows import Window, patches
from executors.parallel import shares

__all__ = ["Triple", "data_of", "output_of", "weight_of"]

PIECE_BYTES = 32 << 20  # most that the patches of one piece take
CACHED_BYTES = 1 << 20  # of patches that stay in the cache
NARROW, WIDE = 192, 1024  # positions: below, products are slower; above, they are no faster
FEW = 512  # positions that are left together
PIECES = 8  # for few threads to share evenly
COPIES = 1 << 18  # elements of patches that threads share
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


def split_bias(triple, bias, steps):
    """Give the bias as ``(groups, channels)``, in the type to compute in; append the step that converts it."""
    return None if bias is None else widened(bias, triple.room(), steps).reshape(triple.groups, bias.size // triple.groups)


def multiply(triple, weight, matrix, out):
    """Make the step that multiplies with ``weight (groups, to, from)`` on the side where the layout has it."""
    if triple.channels_last:
        return partial(np.matmul, matrix, weight.transpose(0, 2, 1), out=out)
    return partial(np.matmul, weight, matrix, out=out)


def mapped(triple, weight, source, target, depth, bias, steps):
    """Append the steps of ``target = weight * source + bias``, matrix by matrix; the first two are made by calls."""

    def prepare(pieces):
        mine, (read, write) = [], (source(), target())
        for piece in pieces:
            matrix = read.read(piece, mine)
            result, after = write.write(piece, bias)
            mine += [multiply(triple, weight, matrix, result), *after]
        return mine

    return steps + dealt(triple.pieces(depth), triple.work, prepare)


def output_of(triple, bias=None):
    """Make the steps of ``output = weight * data + bias``."""
    steps = []
    weight, bias = widened(triple.weight, triple.room(), steps), split_bias(triple, bias, steps)
    if 0 < len(triple.output) * prod(triple.counts) <= FEW and triple.work >= WORTH_THREADS:
        return steps + by_channels(triple, weight, bias)
    source, target = partial(Patches, triple), partial(Pixels, triple, triple.output)
    return mapped(triple, weight, source, target, triple.weight.shape[2], bias, steps)


def by_channels(triple, weight, bias):
    """Make the steps of `output_of` for few positions: threads share the channels."""
    piece, steps = (slice(0, len(triple.output)), slice(0, triple.counts[0])), []
    pixels = Pixels(triple, triple.data)
    if triple.window.is_point and triple.is_matrix(pixels.part(piece), piece):
        matrix = pixels.read(piece, steps)
    else:
        lengths = (len(triple.output), *triple.data.shape[1:3], *triple.window.kernel, *triple.counts)
        order = triple.patch_order()
        every = triple.scratch(tuple([lengths[axis] for axis in order]), triple.dtype)

        def copy(parts):
            mine = []
            for part in parts:
                source = Patches(replace(triple, data=triple.data[:, :, part]))
                target = every[(slice(None),) * order.index(2) + (part,)]
                mine.append(partial(np.copyto, target, source.view(piece, mine)))
            return mine

        steps += dealt(cut(triple.data.shape[2], PIECES), every.size, copy, COPIES, has_products=False)
        matrix = triple.as_matrix(every, triple.weight.shape[2])

    def compute(parts):
        mine = []
        for part in parts:
            target = Pixels(triple, triple.output[:, :, part])
            result, after = target.write(piece, None if bias is None else bias[:, part])
            mine += [multiply(triple, weight[:, part], matrix, result), *after]
        return mine

    return steps + dealt(cut(triple.output.shape[2], 2 if triple.work < WORTH_THREADS << 4 else 4), triple.work, compute)


def cut(length, count):
    """Cut an axis into slices."""
    return [slice(part.start, part.stop) for part in shares(length, count)]


def data_of(triple, bias=None):
    """Make the steps of the transpose: ``data = weight' * output + bias``, patches added where they overlap."""
    steps = []
    weight, bias = widened(triple.weight, triple.room(), steps).transpose(0, 2, 1), split_bias(triple, bias, steps)
    if triple.window.is_point:
        source, target = partial(Pixels, triple, triple.output), partial(Pixels, triple, triple.data)
        return mapped(triple, weight, source, target, triple.weight.shape[1], bias, steps)
    if triple.groups > 1 and triple.data.shape[2] == 1:
        return spread_channels(triple, weight, bias, steps)
    together = {}
    for piece in triple.pieces():
        together.setdefault(piece[0].start, []).append(piece)  # rows of an image overlap: one thread adds them
    if not together and triple.data.size:
        return [*steps, *spread(triple, weight, bias, [(slice(0, len(triple.data)), slice(0, 0))])]

    def prepare(images):
        return spread(triple, weight, bias, [piece for rows in images for piece in rows])

    return steps + dealt([*together.values()], triple.work, prepare)


def spread(triple, weight, bias, pieces):
    """Make the steps of `data_of` for some pieces."""
    steps, source, room, sums = [], Pixels(triple, triple.output), triple.room(), triple.room()
    for piece in pieces:
        output_matrix = source.read(piece, steps)
        images, rows = piece
        shape = (images.stop - images.start, *triple.data.shape[1:3], *triple.window.kernel, rows.stop - rows.start, *triple.counts[1:])
        part = room.of([shape[axis] for axis in triple.patch_order()])
        steps.append(multiply(triple, weight, output_matrix, triple.as_matrix(part, triple.weight.shape[2])))
        data = target = triple.data[images]
        if data.dtype != triple.dtype or (len(data) > 1 and not triple.channels_last):
            target = triple.like(sums, len(data), data.shape[3:])
        steps += add_patches(triple, piece, part.transpose(np.argsort(triple.patch_order())), target)
        if rows.stop == triple.counts[0]:
            steps += finished(data, target, bias)
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
    return narrowed(sums, data)


def weight_of(triple):
    """Make the steps of the gradient of the weight: the product of output and patches, summed over the positions."""
    pieces = triple.pieces()
    if not pieces:
        return [partial(triple.weight.fill, 0)]
    steps, count = [], min(len(pieces), PIECES if triple.weight.size <= CACHED else 2)
    runs = [pieces[part.start : part.stop] for part in shares(len(pieces), count)]
    is_direct = triple.weight.dtype == triple.dtype
    totals = [
        triple.weight if is_direct and not run.start else triple.scratch(triple.weight.shape, triple.dtype)
        for run in shares(len(pieces), count)
    ]

    def prepare(numbers):
        source, heads, term = Patches(triple), Pixels(triple, triple.output), triple.room()
        return [step for number in numbers for step in products_of(triple, runs[number], source, heads, term, totals[number])]

    steps += dealt(range(len(runs)), triple.work, prepare)
    steps += [partial(np.add, totals[0], total, totals[0]) for total in totals[1:]]
    return steps + narrowed(totals[0], triple.weight)


def products_of(triple, pieces, source, heads, term, total):
    """Make the steps that sum the products of some pieces."""
    steps = []
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
    return steps
