"""Local response normalisation across channels (Krizhevsky, Sutskever and Hinton, 2012, ImageNet classification)."""

from functools import partial

import numpy as np

from executors.numpy.kernels.nn.steps import Room, computing_dtype, narrowed, run_all, widened
from executors.numpy.kernels.nn.windows import gather
from executors.numpy.table import kernel

CHANNELS = 1


@kernel("LRN", prepared=True)
def lrn(op, data, output, tmp_norm, scratch):
    """``output = data / tmp_norm ** beta``, ``tmp_norm = knorm + alpha / nsize * sum of squares of the neighbours``."""
    dtype, steps = computing_dtype(data.dtype), []
    wide, squares, norms, results = (Room(scratch, dtype) for _ in range(4))
    for image in range(len(data)):
        part = slice(image, image + 1)
        source, square = widened(data[part], wide, steps), squares.of(data[part].shape)
        kept = None if tmp_norm is None else tmp_norm[part]
        norm, result = written(kept, norms, source.shape), written(output[part], results, source.shape)
        steps += [
            partial(np.square, source, out=square),
            *around(op, square, norm),
            partial(np.multiply, norm, dtype.type(op.alpha / op.nsize), out=norm),
            partial(np.add, norm, dtype.type(op.knorm), out=norm),
            *lowered(norm, op.beta, square, result),
            partial(np.multiply, result, source, out=result),
            *narrowed(result, output[part]),
            *([] if kept is None else narrowed(norm, kept)),
        ]
    return run_all(steps)


@kernel("_backward_LRN", prepared=True)
def lrn_gradient(op, data, tmp_norm, d_output, d_data, scratch):
    """``d_output / tmp_norm^beta - 2 alpha beta / nsize data around(d_output data / tmp_norm^(beta + 1))``."""
    dtype, steps = computing_dtype(data.dtype), []
    rooms = [Room(scratch, dtype) for _ in range(6)]
    for image in range(len(data)):
        part = slice(image, image + 1)
        source, norm, head = (widened(array[part], room, steps) for array, room in zip((data, tmp_norm, d_output), rooms[:3], strict=True))
        term, sums, result = rooms[3].of(source.shape), rooms[4].of(source.shape), written(d_data[part], rooms[5], source.shape)
        steps += [
            *lowered(norm, op.beta, term, result),
            partial(np.multiply, result, head, out=result),
            partial(np.divide, result, norm, out=term),
            partial(np.multiply, term, source, out=term),
            *around(op, term, sums),
            partial(np.multiply, sums, dtype.type(2 * op.alpha * op.beta / op.nsize), out=sums),
            partial(np.multiply, sums, source, out=sums),
            partial(np.subtract, result, sums, out=result),
            *narrowed(result, d_data[part]),
        ]
    return run_all(steps)


def written(target, room, shape):
    """Choose where to compute: in the target, if it is wanted and has the type, or in scratch."""
    return target if target is not None and target.dtype == room.dtype else room.of(shape)


def around(op, source, target):
    """Make the steps that sum over the channels up to ``nsize // 2`` away."""
    return gather(np.add, 0, source, target, CHANNELS, op.nsize, 1, op.nsize // 2)


def lowered(values, exponent, room, out):
    """Make the steps of ``out = values ** -exponent``; for the usual 3/4 by roots, which are faster than a power."""
    if exponent != 0.75:
        return [partial(np.power, values, values.dtype.type(-exponent), out=out)]
    return [
        partial(np.sqrt, values, out=out),
        partial(np.sqrt, out, out=room),
        partial(np.multiply, out, room, out=out),
        partial(np.reciprocal, out, out=out),
    ]
