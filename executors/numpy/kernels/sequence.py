"""Sequences of different lengths, padded to one: mask the padding, take the last step, reverse what is there.

The first two axes are time and batch, or batch and time where ``axis`` is 1. A length counts whole steps, at most those
that there are.
"""

from math import prod

import numpy as np

from executors.numpy.table import kernel


def whole(sequence_length, steps):
    """Count whole steps: fractions are dropped, and what the data does not have."""
    return np.clip(sequence_length.astype(np.intp), 0, steps)


def rows(array):
    """View data as one row per step and sequence."""
    return array.reshape(array.shape[0] * array.shape[1], prod(array.shape[2:]))


def row_numbers(step, axis, shape):
    """Find the row of a step, given for each sequence along the last axis."""
    return step * shape[1] + np.arange(shape[1]) if axis == 0 else np.arange(shape[0]) * shape[1] + step


@kernel("SequenceMask", inplace=("data",))
def sequence_mask(op, data, sequence_length, output):
    if not np.may_share_memory(data, output):
        np.copyto(output, data)
    if sequence_length is not None:
        steps = np.arange(data.shape[op.axis])[:, None]
        is_padding = steps >= whole(sequence_length, len(steps))
        where = (is_padding if op.axis == 0 else is_padding.T).reshape(data.shape[:2] + (1,) * (data.ndim - 2))
        np.copyto(output, np.asarray(op.value).astype(output.dtype), where=where)


@kernel("SequenceLast")
def sequence_last(op, data, sequence_length, output):
    steps = data.shape[op.axis]
    if steps == 0:
        output.fill(0)
    elif sequence_length is None:
        np.copyto(output, data[-1] if op.axis == 0 else data[:, -1])
    else:
        count = whole(sequence_length, steps)
        taken = row_numbers(count - 1, op.axis, data.shape)
        rows(data).take(taken, 0, output.reshape(len(count), prod(data.shape[2:])), "clip")
        output[count == 0] = 0  # an empty sequence has no last step


@kernel("_backward_SequenceLast")
def sequence_last_gradient(op, sequence_length, d_output, d_data, d_sequence_length):
    if d_data is not None:
        d_data.fill(0)
        steps, batch = d_data.shape[op.axis], d_data.shape[1 - op.axis]
        count = np.full(batch, steps) if sequence_length is None else whole(sequence_length, steps)
        taken, has_last = row_numbers(count - 1, op.axis, d_data.shape), count > 0
        rows(d_data)[taken[has_last]] = d_output.reshape(batch, prod(d_data.shape[2:]))[has_last]
    if d_sequence_length is not None:
        d_sequence_length.fill(0)


@kernel("SequenceReverse")
def sequence_reverse(op, data, sequence_length, output):
    if sequence_length is None:
        np.copyto(output, data[::-1] if op.axis == 0 else data[:, ::-1])
        return
    steps = np.arange(data.shape[op.axis])[:, None]
    count = whole(sequence_length, len(steps))
    source = np.where(steps < count, count - 1 - steps, steps)
    taken = row_numbers(source, op.axis, data.shape)
    rows(data).take((taken if op.axis == 0 else taken.T).reshape(-1), 0, rows(output), "clip")
