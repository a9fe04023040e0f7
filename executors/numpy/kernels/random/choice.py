"""Draws of whole numbers: evenly, by given probabilities, without repetition; and orders."""

import numpy as np

from executors.numpy.table import kernel


@kernel("_random_randint")
def integers(op, output, rng):
    np.copyto(output, rng.integers(op.low, op.high, output.shape, output.dtype))


@kernel("_draw_category")
def draw_category(data, number, place, rng):
    """Find, for numbers from ``[0, 1)``, the first category up to which the probabilities add up to more.

    The sums of all rows, each from its own number on, lie in one rising sequence, so that one search finds all.
    """
    target = place if number is None else number
    if not target.size:
        return
    weights = data.reshape(-1, data.shape[-1])
    sums = np.cumsum(weights, axis=1, dtype=np.float64)
    if weights.min() < 0 or not np.all(sums[:, -1] > 0):
        raise ValueError("the probabilities of a distribution must not be negative, and not all zero")
    row = np.arange(len(weights))[:, None]
    sums = sums / sums[:, -1:] + row
    draws = rng.random((len(weights), target.size // len(weights))) + row
    np.minimum(draws, np.nextafter(row + 1.0, 0), out=draws)
    found = np.searchsorted(sums.reshape(-1), draws, side="right")
    if place is not None:
        place[...] = found.reshape(place.shape)
    if number is not None:
        number[...] = (found - row * weights.shape[1]).reshape(number.shape)


@kernel("_sample_unique_zipfian")
def unique_zipfian(op, output0, output1, rng):
    for row in range(op.shape[0]):
        classes, tries = different(op.range_max, op.shape[1], rng)
        if output0 is not None:
            output0[row] = classes
        if output1 is not None:
            output1[row] = tries


def different(range_max, count, rng):
    """Draw classes until there are ``count`` different ones; return them in order of appearance, and the number of tries."""
    kept, tries = np.empty(0, np.int64), 0
    while True:
        logarithms = rng.random(count + 16) * np.log1p(range_max)
        drawn = np.minimum(np.expm1(logarithms).astype(np.int64), range_max - 1)
        first = np.sort(np.unique(drawn, return_index=True)[1])
        first = first[~np.isin(drawn[first], kept)]
        missing = count - len(kept)
        kept = np.concatenate([kept, drawn[first[:missing]]])
        if len(kept) == count:
            return kept, tries + (first[missing - 1] + 1 if missing else 0)
        tries += len(drawn)


@kernel("_permutation")
def permutation(output, rng):
    output[...] = rng.permutation(len(output))
