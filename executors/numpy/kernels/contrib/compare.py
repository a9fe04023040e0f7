"""Whether two arrays agree, and where the elements of one are."""

import numpy as np

from executors.numpy.table import kernel


@kernel("_contrib_allclose")
def allclose(op, a, b, output):
    output[...] = np.allclose(a, b, op.rtol, op.atol, op.equal_nan)


@kernel("_contrib_index_array")
def index_array(op, data, output):
    axes = range(data.ndim) if op.axes is None else op.axes
    for place, axis in enumerate(axes):
        axis %= data.ndim
        output[..., place] = np.arange(data.shape[axis]).reshape((-1,) + (1,) * (data.ndim - 1 - axis))
