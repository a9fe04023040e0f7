"""Recurrent cells in lanes: samples do not meet, so that each thread takes some of them through all steps, and waits for nobody::

samples  0 to 15:   step 1 -> step 2 -> ... -> step t        one thread
samples 16 to 31:   step 1 -> step 2 -> ... -> step t        another
"""

from functools import partial

import numpy as np

from executors.numba.tiles import lanes_of, multiplied
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

ALL = slice(None)


def in_lanes(batch, dtype, prepare):
    """Run what ``prepare(lane, product)`` makes, for each lane: a slice of the batch, and what prepares products of its matrices.

    A lane is some whole registers wide. A batch that cannot be cut so is multiplied by BLAS: that follows from shapes alone, so that
    results do not depend on how many threads there are.
    """
    width = lanes_of(dtype)
    if batch % width or batch < 2 * width:
        return prepare(ALL, by_blas)
    cuts = [slice(part.start * width, part.stop * width) for part in shares(batch // width, num_threads())]
    return parallel([prepare(cut, by_tiles) for cut in cuts])


def by_blas(matrix, x, y):
    return partial(np.dot, matrix, x, y)


def by_tiles(matrix, x, y):
    return multiplied(matrix, x[None], y[None], 1)
