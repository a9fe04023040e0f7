"""The likelihood of events that excite each other: all sequences together, event by event."""

from dataclasses import dataclass

import numpy as np

from executors.numpy.table import kernel


@dataclass(frozen=True)
class Interval:
    """Time from one event of some kinds to the next; each array has an entry for each pair of sequence and kind.

    Attributes
    ----------
    at : tuple of arrays
        Index of sequence and kind.
    length : array
    decay : array
        ``exp(-beta * length)``.
    before : array
        The sum over past events at the beginning of the interval.
    ends_in_event : bool
        Or with the sequence.
    """

    at: tuple
    length: np.ndarray
    decay: np.ndarray
    before: np.ndarray
    ends_in_event: bool


def intervals(beta, state, lags, marks, valid_length, max_time):
    """Walk through the events of all sequences; ``state`` becomes that at the end."""
    last, now = np.zeros(state.shape), np.zeros(len(state))
    kinds = state.shape[1]
    for step in range(lags.shape[1]):
        rows = np.flatnonzero(step < valid_length)
        if not len(rows):
            break
        kind = marks[rows, step]
        if kind.min() < 0 or kind.max() >= kinds:
            raise IndexError(f"marks reach from {kind.min()} to {kind.max()}, there are {kinds} kinds")
        at = rows, kind
        now[rows] += lags[rows, step]
        yield (interval := passed(beta, state, now[rows] - last[at], at, True))
        state[at] = 1 + interval.before * interval.decay
        last[at] = now[rows]
    at = tuple(np.indices(state.shape))
    yield (interval := passed(beta, state, max_time[:, None] - last, at, False))
    state *= interval.decay


def passed(beta, state, length, at, ends_in_event):
    return Interval(at, length, np.exp(-beta[at[1]] * length), state[at].copy(), ends_in_event)


def doubles(*arrays):
    """Compute in float64: likelihoods are sums of many terms."""
    return [array.astype(np.float64) for array in arrays]


@kernel("_contrib_hawkesll")
def likelihood(lda, alpha, beta, state, lags, marks, valid_length, max_time, output, out_state):
    lda, alpha, beta, state, lags, valid_length, max_time = doubles(lda, alpha, beta, state, lags, valid_length, max_time)
    total = np.zeros(len(lda))
    for past in intervals(beta, state, lags, marks, valid_length, max_time):
        (rows, kind), rest = past.at, 1 - past.decay
        term = -(lda[past.at] * past.length + alpha[kind] * past.before * rest)
        if past.ends_in_event:
            term += np.log(lda[past.at] + alpha[kind] * beta[kind] * past.before * past.decay)
        np.add.at(total, rows, term)
    output[...] = total
    if out_state is not None:
        out_state[...] = state


@kernel("_backward__contrib_hawkesll")
def likelihood_gradient(
    d_output,
    lda,
    alpha,
    beta,
    state,
    lags,
    marks,
    valid_length,
    max_time,
    d_lda,
    d_alpha,
    d_beta,
    d_state,
    d_lags,
    d_marks,
    d_valid_length,
    d_max_time,
):
    """Differentiate term by term; of the sums over past events, only the decay depends on a parameter, on ``beta``."""
    for target in (d_state, d_lags, d_marks, d_valid_length, d_max_time):
        if target is not None:
            target.fill(0)
    d_output, lda, alpha, beta, state, lags, valid_length, max_time = doubles(
        d_output, lda, alpha, beta, state, lags, valid_length, max_time
    )
    by_rate, by_alpha, by_beta = np.zeros(lda.shape), np.zeros(lda.shape), np.zeros(lda.shape)
    slope = np.zeros(state.shape)  # of the sums over past events, along beta
    for past in intervals(beta, state, lags, marks, valid_length, max_time):
        at, (_, kind) = past.at, past.at
        decayed, lost = past.before * past.decay, past.before * (1 - past.decay)
        decayed_slope = slope[at] * past.decay - decayed * past.length
        lost_slope = slope[at] - decayed_slope
        by_rate[at] -= past.length
        by_alpha[at] -= lost
        by_beta[at] -= alpha[kind] * lost_slope
        if past.ends_in_event:
            rate = lda[at] + alpha[kind] * beta[kind] * decayed
            by_rate[at] += 1 / rate
            by_alpha[at] += beta[kind] * decayed / rate
            by_beta[at] += alpha[kind] * (decayed + beta[kind] * decayed_slope) / rate
        slope[at] = decayed_slope
    if d_lda is not None:
        d_lda[...] = d_output[:, None] * by_rate
    if d_alpha is not None:
        d_alpha[...] = d_output @ by_alpha
    if d_beta is not None:
        d_beta[...] = d_output @ by_beta
