"""The fused LSTM on unsigned integers; see ``ranges.py``, but here scale and shift are given as they are."""

from __future__ import annotations

from typing import Literal

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.ops.quantized.ranges import FLOAT32, UINT8, numbers, shapes_of, types


@operator
class _contrib_quantized_rnn(Operator):
    """Run layers of LSTM cells over a batch of sequences, in products of integers; see `RNN` for the formula.

    An integer ``q`` of the data stands for ``(q - data_shift) / data_scale``, and the state is rounded to such an integer
    after each step. Each row of a layer's weights is rounded to integers from -127 to 127, with one factor for both
    matrices and directions. Biases and cells stay real numbers.
    """

    data: Tensor = tensor("Input, time first, uint8.", shape="(t, n, k)")
    parameters: Tensor = tensor("All weights, then all biases.", shape="(p,)")
    state: Tensor = tensor("First state of each layer and direction.", shape="(num_layers * directions, n, state_size)")
    state_cell: Tensor = tensor("First cell, likewise.", shape="(num_layers * directions, n, state_size)")
    data_scale: Tensor = tensor("Integers per unit of the data.", shape="(1,)")
    data_shift: Tensor = tensor("The integer that stands for zero.", shape="(1,)")
    output: Tensor = result("States of the last layer.", shape="(t, n, directions * state_size)")
    state_output: Tensor = result(
        "Last state of each layer and direction.", shape="(num_layers * directions, n, state_size)", when=lambda op: op.state_outputs
    )
    statecell_ouput: Tensor = result(  # the reference's spelling
        "Last cell, likewise.", shape="(num_layers * directions, n, state_size)", when=lambda op: op.state_outputs
    )
    state_size: int = param("Features of the state.", ge=1)
    num_layers: int = param("Number of layers.", ge=1)
    bidirectional: bool = param("Run over the sequence in both directions.", default=False)
    mode: Literal["rnn_relu", "rnn_tanh", "lstm", "gru"] = param("Kind of cell: ``lstm`` is the only one.")
    p: float = param("No effect.", default=0.0, ge=0, le=1)
    state_outputs: bool = param("Return the last states too.", default=False)
    projection_size: int | None = param("Must be None.", default=None)
    lstm_state_clip_min: float | None = param("No effect.", default=None)
    lstm_state_clip_max: float | None = param("No effect.", default=None)
    lstm_state_clip_nan: bool = param("No effect.", default=False)
    use_sequence_length: bool = param("Must be False.", default=False)

    gradient = not_differentiable

    def check(self) -> str | None:
        if self.mode != "lstm":
            return f"integers have no mode but lstm, so not {self.mode}"
        if self.projection_size is not None or self.use_sequence_length:
            return "integers have neither projections nor lengths of sequences"
        return None

    def infer_shape(self, data, parameters, state, state_cell, output, state_output, statecell_ouput):
        yield from numbers("data_scale", "data_shift")
        slots = {"data": data, "parameters": parameters, "state": state, "state_cell": state_cell, "output": output}
        yield from shapes_of(ops.RNN, self._words, **slots)
        yield "state_output", state
        yield "statecell_ouput", state_cell
        yield "state", state_output
        yield "state_cell", statecell_ouput

    def infer_dtype(self):
        yield "data", UINT8
        yield from types(
            FLOAT32, "parameters", "state", "state_cell", "data_scale", "data_shift", "output", "state_output", "statecell_ouput"
        )
