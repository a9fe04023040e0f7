"""Integers that stand for real numbers, joined."""

from itertools import accumulate, pairwise
from math import prod

import numpy as np

from executors.numpy.kernels.quantized.convert import CHUNK, FULL, round_into, write_range
from executors.numpy.table import kernel


@kernel("_contrib_quantized_concat", prepared=True)
def concatenate(op, data, output, min_output, max_output, scratch):
    """Write each array into its part of the output, in terms of the range that holds them all."""
    arrays, ends = data[: op.num_args], data[op.num_args :]
    outer = prod(output.shape[: op.dim % output.ndim])
    lines = [array.reshape(outer, -1 if outer else 0) for array in arrays]
    places = list(accumulate([line.shape[1] for line in lines], initial=0))
    targets = [output.reshape(outer, places[-1])[:, start:end] for start, end in pairwise(places)]
    widest = max(line.shape[1] for line in lines)
    room = scratch((max(1, min(outer, CHUNK // max(1, widest))), widest), np.float32)

    def run():
        low, high = (np.float32(bound([0, *[end[0] for end in ends[first::2]]])) for bound, first in ((min, 0), (max, 1)))
        step = max(-low, high) / FULL[output.dtype]
        for line, target, minimum, maximum in zip(lines, targets, ends[::2], ends[1::2], strict=True):
            scale = max(abs(minimum[0]), abs(maximum[0])) / FULL[line.dtype] / step
            for start in range(0, outer, len(room)):
                source = line[start : start + len(room)]
                work = room[: len(source), : source.shape[1]]
                np.multiply(source, scale, work, dtype=np.float32, casting="unsafe")
                round_into(work, target[start : start + len(room)])
        write_range(min_output, max_output, low, high)

    return run
