"""What the recurrent cells share: where the weights lie, what a pass over time reads and writes, and what it keeps.

Inside the kernels arrays are *feature-major*, ``(features, batch)`` for one step: each gate of a step is one block of
memory, and the product with the weights at each step is ``(rows, k) @ (k, batch)``, which BLAS does faster than
``(batch, k) @ (k, rows)`` at the usual batch sizes.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from executors.numpy.kernels.nn.steps import computing_dtype

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}  # rows of a weight matrix, per feature of the state
KEPT = {"rnn_relu": 0, "rnn_tanh": 0, "lstm": 4, "gru": 4}  # rows of gate values that the backward pass reads, likewise


@dataclass(frozen=True)
class Weights:
    """The parameters of one direction of one layer, as views of the parameter vector (or of its gradient)."""

    input: np.ndarray  # (rows, inputs)
    recurrent: np.ndarray  # (rows, out)
    projection: Any  # (out, size), or None
    input_bias: np.ndarray  # (rows,)
    recurrent_bias: np.ndarray  # (rows,)


@dataclass(frozen=True)
class Record:
    """What the forward pass over one layer leaves for the backward pass."""

    trace: np.ndarray  # (t, directions * out, n): the state after each step
    gates: np.ndarray | list  # by direction (t, kept rows, n): their values after the activation; no rows for a plain cell
    cells: np.ndarray | list  # by direction (t, size, n); no rows but for the LSTM
    mask: np.ndarray | None  # (t, directions * out, n): dropout's factors on the way to the next layer


@dataclass(frozen=True)
class Pass:
    """One direction of one layer: the arrays that a cell reads and writes, step by step.

    Steps are listed in the order in which they are computed, which is against time for the second direction.
    """

    weights: Weights
    start: np.ndarray  # (out, n)
    start_cell: Any  # (size, n); None but for the LSTM
    gates: list  # for each step (kept rows, n), in it the input's share when the pass begins
    trace: list  # for each step (out, n)
    cells: list  # for each step (size, n)
    absent: list  # for each step (n,), true for sequences that have ended, or not begun; or None


@dataclass(frozen=True)
class PassBack:
    """The gradients that go with a `Pass`, in the same order of steps."""

    trace: list  # for each step (out, n): of the output, zero where absent; overwritten with that of the state
    gates: list  # for each step (rows, n), written: of what enters the activations
    state: np.ndarray  # (out, n): of the last state, overwritten with that of the first
    cell: Any  # (size, n): likewise; None but for the LSTM
    unprojected: list  # for each step (size, n), written: what the projection multiplies; or None


@dataclass(frozen=True)
class Layout:
    """The sizes of a fused recurrent network."""

    mode: str
    steps: int
    batch: int
    inputs: int
    size: int
    out: int
    layers: int
    directions: int
    is_projected: bool
    has_dropout: bool
    dtype: np.dtype

    @classmethod
    def of(cls, op, data):
        """Read the sizes off the parameters and the data, ``(t, n, k)``; float16 is computed in float32."""
        steps, batch, inputs = data.shape
        is_projected = op.projection_size is not None
        return cls(
            mode=op.mode,
            steps=steps,
            batch=batch,
            inputs=inputs,
            size=op.state_size,
            out=op.projection_size if is_projected else op.state_size,
            layers=op.num_layers,
            directions=1 + op.bidirectional,
            is_projected=is_projected,
            has_dropout=op.p > 0,
            dtype=computing_dtype(data.dtype),
        )

    def weights(self, parameters):
        """Cut the parameter vector: the matrices of each layer and direction, then the two biases of each.

        Returns
        -------
        list of list of Weights
            By layer, by direction.
        """
        rows = GATES[self.mode] * self.size
        shapes = []
        for layer in range(self.layers):
            inputs = self.inputs if layer == 0 else self.directions * self.out
            projection = (self.out, self.size) if self.is_projected else (0,)
            shapes += [(rows, inputs), (rows, self.out), projection] * self.directions
        pieces = cut(parameters, shapes + [(rows,), (rows,)] * (self.layers * self.directions))
        matrices, biases = iter(pieces[: len(shapes)]), iter(pieces[len(shapes) :])

        def one():
            matrix, recurrent, projection = (next(matrices) for _ in range(3))
            return Weights(matrix, recurrent, projection if self.is_projected else None, next(biases), next(biases))

        return [[one() for _ in range(self.directions)] for _ in range(self.layers)]

    def records(self, reserve):
        """Cut the reserve: a record for each layer."""
        kept, cells = KEPT[self.mode] * self.size, self.size if self.mode == "lstm" else 0
        trace = (self.steps, self.directions * self.out, self.batch)
        by_direction = (self.directions, self.steps)
        shapes = [trace, (*by_direction, kept, self.batch), (*by_direction, cells, self.batch)] * self.layers
        masks = [trace] * (self.layers - 1 if self.has_dropout else 0)
        pieces = cut(reserve, shapes + masks)
        arrays, masks = iter(pieces[: len(shapes)]), pieces[len(shapes) :] + [None] * (self.layers - len(masks))
        return [Record(next(arrays), next(arrays), next(arrays), masks[layer]) for layer in range(self.layers)]

    def scratch_records(self, is_train, scratch):
        """Make records that nobody will read: layers take turns with two traces, all share the gates and two cells."""
        shape = (self.steps, self.directions * self.out, self.batch)
        traces = [scratch(shape, self.dtype) for _ in range(min(2, self.layers))]
        gates = scratch((self.steps, KEPT[self.mode] * self.size, self.batch), self.dtype)
        cells = scratch((2, self.size, self.batch), self.dtype)
        turns = [cells[t % 2] for t in range(self.steps)]
        mask = scratch(shape, self.dtype) if is_train and self.has_dropout else None
        return [
            Record(traces[layer % 2], [gates] * self.directions, [turns] * self.directions, mask if layer < self.layers - 1 else None)
            for layer in range(self.layers)
        ]

    def in_order(self, array, direction):
        """List an array's steps in the order in which a direction takes them."""
        return list(array) if direction == 0 else list(array)[::-1]


class Program(list):
    """Calls in the order in which a run makes them, and the working memory that they use."""

    def __init__(self, scratch, dtype):
        super().__init__()
        self.scratch, self.dtype = scratch, dtype

    def add(self, function, *arguments, **keywords):
        self.append(partial(function, *arguments, **keywords))

    def empty(self, *shape):
        return self.scratch(shape, self.dtype)

    def widened(self, array):
        """Take an array as it is, or a copy of it in the type to compute in, made anew at each run."""
        if array.dtype == self.dtype:
            return array
        copy = self.empty(*array.shape)
        self.add(np.copyto, copy, array)
        return copy

    def turned(self, array):
        """Exchange the last two axes, batch and features: a copy made at each run, or a view if one of them is 1."""
        turned = array.transpose(0, 2, 1)
        if array.dtype == self.dtype and turned.flags.c_contiguous:
            return turned
        copy = self.empty(*turned.shape)
        self.add(np.copyto, copy, turned)
        return copy


def cut(vector, shapes):
    """Cut a vector into views of the given shapes, which follow each other in it."""
    views, begin = [], 0
    for shape in shapes:
        end = begin + int(np.prod(shape, dtype=np.int64))
        views.append(vector[begin:end].reshape(shape))
        begin = end
    if begin != len(vector):
        raise ValueError(f"{len(vector)} elements where {begin} are needed")
    return views


def sigmoid(x, one):
    """Overwrite ``x`` with ``1 / (1 + exp(-x))``, right to a few ulp in both tails (by tanh the lower one would be lost)."""
    np.negative(x, x)
    np.exp(x, x)
    np.add(x, one, x)
    np.reciprocal(x, x)
