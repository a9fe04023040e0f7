"""Rounding to integers of eight bits, chunk by chunk: what is computed on the way stays in the cache."""

import numpy as np

from executors.numpy.table import kernel

CHUNK = 1 << 15  # elements
INT8, UINT8, INT32 = map(np.dtype, (np.int8, np.uint8, np.int32))
FULL = {INT8: np.float32(127.5), UINT8: np.float32(255.5), INT32: np.float32(2**31)}
ENDS = {INT8: (-128, 127), UINT8: (0, 255), INT32: (-(2**31), 2**31 - 128)}  # as float32 holds them


def chunks(data, output, scratch):
    """Cut arrays alike, and give each piece room to compute it in: ``(data, output, float32)``."""
    source, target = data.reshape(-1), output.reshape(-1)
    work = scratch((min(CHUNK, source.size),), np.float32)
    parts = [slice(start, start + CHUNK) for start in range(0, source.size, CHUNK)]
    return [(source[part], target[part], work[: source[part].size]) for part in parts]


def round_scaled(pieces, scale):
    """Write ``scale * data``, computed in float32, to the outputs."""
    for source, target, work in pieces:
        np.multiply(source, scale, work, dtype=np.float32, casting="unsafe")
        round_into(work, target)


def round_into(work, target):
    """Round to the nearest integer, halves to the even one, no further than the ends of the type; overwrites ``work``.

    As in the reference, nan becomes the greatest integer, or 0 in a type without sign.
    """
    least, most = ENDS[target.dtype]
    np.clip(work, least, most, work)
    np.rint(work, work)
    is_nan = np.isnan(work)
    if is_nan.any():
        np.copyto(work, most if least < 0 else 0, where=is_nan)
    np.copyto(target, work, casting="unsafe")


@kernel("_to_integers", prepared=True)
def to_integers(data, scale, output, scratch):
    pieces = chunks(data, output, scratch)
    return lambda: round_scaled(pieces, scale)


@kernel("_full_scale")
def full_scale(data, output):
    output.fill(FULL[data.dtype])


@kernel("_contrib_quantize_v2", prepared=True)
def quantize(op, data, output0, output1, output2, scratch):
    pieces = chunks(data, output0, scratch)
    given = None if op.min_calib_range is None or op.max_calib_range is None else (op.min_calib_range, op.max_calib_range)
    is_signed = output0.dtype == INT8

    def run():
        low, high = np.float32(given or ends_of(data))
        limit = max(abs(low), abs(high))
        round_scaled(pieces, FULL[output0.dtype] / limit)
        write_range(output1, output2, -limit if is_signed else low, limit if is_signed else high)

    def pass_on():
        np.copyto(output0, data, casting="unsafe")
        full = FULL[data.dtype]
        write_range(output1, output2, *(given or (-full if data.dtype == INT8 else 0, full)))

    return run if data.dtype == np.float32 else pass_on


def ends_of(data):
    """Find the least and the greatest number, but for nan."""
    return (np.fmin.reduce(data, None), np.fmax.reduce(data, None)) if data.size else (0, 0)


def write_range(minimum, maximum, low, high):
    if minimum is not None:
        minimum.fill(low)
    if maximum is not None:
        maximum.fill(high)
