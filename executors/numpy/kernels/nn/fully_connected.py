"""The affine map of features."""

import numpy as np

from executors.numpy.table import kernel


@kernel("FullyConnected")
def fully_connected(data, weight, bias, output):
    """Compute ``data @ weight.T + bias`` on rows of features."""
    num_hidden, features = weight.shape
    rows = output.size // num_hidden
    x, y = data.reshape(rows, features), output.reshape(rows, num_hidden)
    if output.dtype == np.float16:
        wide = np.matmul(x.astype(np.float32), weight.T.astype(np.float32))
        np.copyto(y, wide if bias is None else wide + bias, casting="same_kind")
        return
    np.matmul(x, weight.T, out=y)
    if bias is not None:
        y += bias
