"""The same elements several times: broadcast, tiled, and added up again."""

from functools import partial

import numpy as np

from executors.numpy.kernels.movement.reshape import same_size
from executors.numpy.table import kernel, view

view("broadcast_to", "broadcast_axis", "broadcast_like", "tile", when=same_size)


@kernel("broadcast_to", "broadcast_axis")
def broadcast(data, output):
    np.copyto(output, data)


@kernel("broadcast_like")
def broadcast_like(lhs, output):
    np.copyto(output, lhs)


def tile_axes(reps, shape):
    """Split each axis of a tiled array into copies and elements: the shape of that, and the shape of one tile."""
    rank = max(len(reps), len(shape))
    reps = (1,) * (rank - len(reps)) + tuple(reps)
    shape = (1,) * (rank - len(shape)) + tuple(shape)
    tiled = [size for pair in zip(reps, shape, strict=True) for size in pair]
    single = [size for n in shape for size in (1, n)]
    return tiled, single


@kernel("tile", prepared=True)
def tile(op, data, output):
    tiled, single = tile_axes(op.reps, data.shape)
    return partial(np.copyto, output.reshape(tiled), data.reshape(single))


@kernel("_sum_tiles", prepared=True)
def sum_tiles(op, data, output):
    tiled, single = tile_axes(op.reps, output.shape)
    copies = tuple(range(0, len(tiled), 2))
    wide = np.float32 if output.dtype == np.float16 else output.dtype
    return partial(np.add.reduce, data.reshape(tiled), axis=copies, dtype=wide, out=output.reshape(single[1::2]))
