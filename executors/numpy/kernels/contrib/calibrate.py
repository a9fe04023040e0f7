"""The range of numbers that quantisation should keep."""

import numpy as np

from executors.numpy.table import kernel

LEAST = 1e-4  # what an empty bin counts as


@kernel("_contrib_calibrate_entropy")
def calibrate(op, hist, hist_edges, threshold, divergence):
    counts = hist.astype(np.float64)
    middle, few = len(counts) // 2, op.num_quantized_bins
    reaches = np.arange(few // 2, (len(counts) - 1) // 2 + 1)
    found = [divergence_within(counts, middle - reach, middle + reach + 1, few) for reach in reaches]
    best = int(np.argmin(found))
    threshold[0] = hist_edges[middle + reaches[best] + 1]
    if divergence is not None:
        divergence[0] = min(found[best], np.finfo(np.float32).max)


def divergence_within(counts, start, stop, few):
    """Compare the distribution between two bins with itself in few bins."""
    true = counts[start:stop].copy()
    true[0] += counts[:start].sum()
    true[-1] += counts[stop:].sum()
    kept = np.trunc(counts[start:stop])
    kept[0] = 0  # as MXNet does
    length = len(kept) // few
    begins = np.arange(few) * length
    sums, filled = np.add.reduceat(kept, begins), np.add.reduceat((kept != 0).astype(int), begins)
    means = np.divide(sums, filled, out=np.zeros(few), where=filled > 0)
    coarse = np.repeat(means, np.diff(begins, append=len(kept))) * (true != 0)
    one, other = smoothed(true), smoothed(coarse)
    if one is None or other is None:
        return np.inf
    return float((one * np.log(one / other)).sum())


def smoothed(distribution):
    """Take a little from each bin for the empty ones, and scale to a sum of one; None if there is too little."""
    is_empty = distribution == 0
    empty, filled = is_empty.sum(), (~is_empty).sum()
    if not filled or LEAST * empty >= filled:
        return None
    smooth = np.where(is_empty, LEAST, distribution - LEAST * empty / filled)
    return smooth / smooth.sum()
