"""Rows added by number, as the gradient of an embedding adds them."""

import importlib
from functools import partial

import numpy as np

from executors.numba.table import kernel
from executors.numpy.kernels import index as other
from executors.numpy.kernels.nn.steps import run_all
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

WORTH_THREADS = 1 << 18  # elements


def adding(read, rows, places, sums):
    """Prepare adding rows, once their numbers are read; each thread has sums of its own."""
    loops = importlib.import_module("executors.numba.loops.scatter")  # numba takes longer to load than most graphs
    parts = shares(len(sums), num_threads() if sums.size + rows.size >= WORTH_THREADS else 1)
    return run_all([read, parallel([partial(loops.add_rows, rows, places, sums, part.start, part.stop) for part in parts])])


def is_plain(data, output):
    """Whether the loops know such arrays."""
    alike = data.dtype == output.dtype and data.dtype in (np.float32, np.float64)
    return alike and data.size and output.size and data.flags.c_contiguous and output.flags.c_contiguous


@kernel("_scatter_add", prepared=True)
def scatter_add(op, data, indices, output):
    before, size, behind = other.around(output.shape, op.axis)
    if before != 1 or not is_plain(data, output):
        return other.scatter_add(op, data, indices, output)
    places, read = other.numbers(indices, size, op.mode)
    return adding(read, data.reshape(-1, behind), places.reshape(-1), output.reshape(size, behind))


@kernel("_scatter_add_nd", prepared=True)
def add_cells(data, indices, output):
    if not is_plain(data, output):
        return other.add_cells(data, indices, output)
    axes, rows, locate = other.cell_places(indices, output.shape)
    target = other.cells(output, axes)
    return adding(locate, data.reshape(rows.size, target.shape[1]), rows, target)
