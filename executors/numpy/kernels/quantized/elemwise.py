"""Sums of integers that stand for real numbers."""

import numpy as np

from executors.numpy.kernels.quantized.convert import FULL, INT8, INT32, UINT8, chunks, round_into, write_range
from executors.numpy.table import kernel


@kernel("_contrib_quantized_elemwise_add", prepared=True)
def elemwise_add(op, lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, output, min_output, max_output, scratch):
    """Compute ``round(lhs * scale + rhs * scale)``; each scale is rounded to float32 as in the reference."""
    pieces = list(zip(chunks(lhs, output, scratch), chunks(rhs, output, scratch), strict=True))
    # beside int8, oneDNN rounds what is unsigned to int8 first; where the output has 32 bits, that would be wrong
    is_rounded = [output.dtype == INT8 and array.dtype == UINT8 for array in (lhs, rhs)]

    def run():
        limits = [max(abs(low[0]), abs(high[0])) for low, high in ((lhs_min, lhs_max), (rhs_min, rhs_max))]
        if output.dtype == INT32:
            high = limits[0] + limits[1]
            low = -high
        else:
            low, high = np.float32((op.min_calib_range, op.max_calib_range))
        limit = max(abs(low), abs(high))
        scales = [own * FULL[output.dtype] / (FULL[array.dtype] * limit) for own, array in zip(limits, (lhs, rhs), strict=True)]
        for (left, target, total), (right, _, term) in pieces:
            scale_into(total, left, scales[0], is_rounded[0])
            scale_into(term, right, scales[1], is_rounded[1])
            np.add(total, term, total)
            round_into(total, target)
        write_range(min_output, max_output, low, high)

    return run


def scale_into(work, source, scale, is_rounded):
    """Write ``source * scale``, maybe rounded to what int8 holds."""
    np.multiply(source, scale, work, dtype=np.float32, casting="unsafe")
    if is_rounded:
        np.rint(work, work)
        np.clip(work, -128, 127, work)
