"""Batches of sequences, padded to one length: mask the padding, take the last step, reverse what is there.

The first two axes are time and batch; with ``axis=1`` batch and time.
"""

from __future__ import annotations

from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import agreeing
from symbolic.values.shape import NO_RANK, UNKNOWN

DATA = tensor("Sequences.", shape="(t, n, *x)")
SEQUENCE_LENGTH = tensor("Steps of each sequence; fractions are dropped.", shape="(n,)", when=lambda op: op.use_sequence_length)
USE_SEQUENCE_LENGTH = param("Take ``sequence_length``; without it all steps count.", default=False)


def at_least_two(data: Any) -> Any:
    """Check that data have time and batch.

    Raises
    ------
    ShapeError
        If they do not.
    """
    if len(data) < 2:
        raise ShapeError(f"{data} has {len(data)} axes; at least two, time and batch, are needed")
    return data


def words_of(op: Any, sequence_length: Any) -> tuple[list[Any], dict[str, Any]]:
    """Repeat the lengths, and the words that say whether and along which axis they count."""
    return [] if sequence_length is None else [sequence_length], {"use_sequence_length": op.use_sequence_length, "axis": op.axis}


def typed_as_data(self, data, sequence_length, output):
    """Type rule: lengths of no type of their own have that of the data."""
    found = agreeing(data, output)
    yield "data", found
    yield "output", found
    if sequence_length is None:
        yield "sequence_length", found


@operator(aliases=("_npx_sequence_mask",))
class SequenceMask(Operator):
    """Overwrite the steps behind the end of each sequence by ``value``."""

    data: Tensor = DATA
    sequence_length: Tensor = SEQUENCE_LENGTH
    use_sequence_length: bool = USE_SEQUENCE_LENGTH
    value: float = param("What padding is overwritten by.", default=0.0)
    axis: int = param("Axis of time.", default=0, ge=0, le=1)

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        yield "sequence_length", (at_least_two(data)[1 - self.axis],)

    infer_dtype = typed_as_data

    def gradient(self, sequence_length, d_output):
        lengths, words = words_of(self, sequence_length)
        yield "data", ops.SequenceMask(d_output, *lengths, **words)


def gradient_of_gradient(self, sequence_length, d_d_data):
    """Differentiate the gradient, which is linear: the last step of what enters at its output."""
    lengths, words = words_of(self, sequence_length)
    yield "d_output", ops.SequenceLast(d_d_data, *lengths, **words)


@operator
class SequenceLast(Operator):
    """Take the last step of each sequence; zeros for one without steps."""

    data: Tensor = DATA
    sequence_length: Tensor = SEQUENCE_LENGTH
    output: Tensor = result("The last steps.", shape="(n, *x)")
    use_sequence_length: bool = USE_SEQUENCE_LENGTH
    axis: int = param("Axis of time.", default=0, ge=0, le=1)

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            at_least_two(data)
            yield "output", (data[1 - self.axis], *data[2:])
            yield "sequence_length", (data[1 - self.axis],)
        yield "data", (UNKNOWN, *output) if self.axis == 0 else (output[0], UNKNOWN, *output[1:])

    infer_dtype = typed_as_data

    gradient = backward_op(needs=("data", "sequence_length"), only_shape={"data": True}, gradient=gradient_of_gradient)


@operator
class SequenceReverse(Operator):
    """Reverse each sequence; padding stays where it is."""

    data: Tensor = DATA
    sequence_length: Tensor = SEQUENCE_LENGTH
    use_sequence_length: bool = USE_SEQUENCE_LENGTH
    axis: int = param("Axis of time; there is no choice.", default=0, ge=0, le=0)

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        yield "sequence_length", (at_least_two(data)[1],)

    infer_dtype = typed_as_data

    def gradient(self, sequence_length, d_output):
        lengths, words = words_of(self, sequence_length)
        yield "data", ops.SequenceReverse(d_output, *lengths, **words)
