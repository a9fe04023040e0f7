"""Images sampled at any places, and the transpose of that."""

from math import prod

from executors.numpy.kernels.nn.steps import computing_dtype
from executors.numpy.kernels.spatial.interpolation import blend, corners, spread
from executors.numpy.table import kernel


def rows_of(array, axes):
    """Join all but the first axes."""
    return array.reshape(*array.shape[:axes], prod(array.shape[axes:]))


def map_of(op, y, x, shape):
    """Set up the map from images of ``shape`` to the places ``(n, *p)``: elements and shares ``(4, n, p)``."""
    y, x = (rows_of(at, 1).astype(computing_dtype(at.dtype), copy=False) for at in (y, x))
    return corners(y, x, shape, op.border, op.slope_y, op.slope_x)


@kernel("_sample")
def sample(op, data, y, x, output):
    source = rows_of(data, 2).astype(computing_dtype(data.dtype), copy=False)
    blend(source, *map_of(op, y, x, data.shape[2:]), rows_of(output, 2))


@kernel("_spread")
def spread_values(op, data, y, x, output):
    spread(rows_of(data, 2), *map_of(op, y, x, output.shape[2:]), rows_of(output, 2))
