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

from dataclasses import replace
from functools import partial
from itertools import product
from math import prod

import numpy as np

from executors.numpy.kernels.nn.matrices import PIECES, Patches, Pixels, Triple, cut
from executors.numpy.kernels.nn.steps import WORTH_THREADS, dealt, narrowed, widened

__all__ = ["Triple", "data_of", "output_of", "weight_of"]

FEW = 512  # positions that are left together
COPIES = 1 << 18  # elements of patches that threads share
CACHED = 64 << 10  # elements of a few arrays that stay in the cache together


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
    runs = [pieces[part] for part in cut(len(pieces), count)]
    is_direct = triple.weight.dtype == triple.dtype
    totals = [triple.scratch(triple.weight.shape, triple.dtype) for _ in runs[1 if is_direct else 0 :]]
    totals = [triple.weight, *totals] if is_direct else totals

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
