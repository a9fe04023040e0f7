"""What MXNet has for sparse arrays alone."""

import numpy as np

from executors.numpy.table import kernel


@kernel("_sparse_retain")
def retain(data, indices, output):
    rows = indices.astype(np.intp)
    rows = rows[(rows >= 0) & (rows < len(data))]
    output.fill(0)
    output[rows] = data[rows]
