"""Dropout (Srivastava et al. 2014, *Dropout: a simple way to prevent neural networks from overfitting*)."""

import numpy as np

from executors.numpy.table import kernel


@kernel("Dropout", inplace=("data",), prepared=True)
def dropout(op, data, output, mask, is_train, rng, scratch):
    """Multiply by a mask of zeros and ``1 / (1 - p)``, which keeps the expected value."""
    if op.p == 0 or not (is_train or op.mode == "always"):

        def keep():
            if output is not None:  # a gradient reads the mask alone
                np.copyto(output, data)
            if mask is not None:
                mask.fill(1)

        return keep

    share = 1 - op.p
    weight = 1 / share if share else 0.0
    if mask is None:
        axes = {axis % data.ndim for axis in op.axes}
        mask = scratch(tuple(1 if axis in axes else size for axis, size in enumerate(data.shape)), data.dtype)
    draws = mask if mask.dtype in (np.float32, np.float64) else scratch(mask.shape, np.float32)

    def drop():
        rng.random(out=draws, dtype=draws.dtype)
        np.less(draws, share, out=draws)
        np.multiply(draws, weight, out=mask, casting="same_kind")
        if output is not None:
            np.multiply(data, mask, out=output)

    return drop
