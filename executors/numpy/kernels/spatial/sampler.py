"""Images sampled at any places, and the transpose of that."""

from executors.numpy.kernels.nn.steps import computing_dtype
from executors.numpy.kernels.spatial.interpolation import blend, corners, spread
from executors.numpy.table import kernel


def map_of(op, y, x, shape):
    """Set up the map from images of ``shape`` to the places ``(n, *p)``: elements and shares ``(4, n, p)``."""
    y, x = (at.reshape(len(at), -1).astype(computing_dtype(at.dtype), copy=False) for at in (y, x))
    return corners(y, x, shape, op.border, op.slope_y, op.slope_x)


@kernel("_sample")
def sample(op, data, y, x, output):
    n, channels, *shape = data.shape
    source = data.reshape(n, channels, -1).astype(computing_dtype(data.dtype), copy=False)
    blend(source, *map_of(op, y, x, shape), output.reshape(n, channels, -1))


@kernel("_spread")
def spread_values(op, data, y, x, output):
    n, channels, *shape = output.shape
    spread(data.reshape(n, channels, -1), *map_of(op, y, x, shape), output.reshape(n, channels, -1))
