"""The fused recurrent network."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from symbolic.errors import DTypeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import agreeing
from symbolic.values.shape import UNKNOWN

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}  # rows of a weight matrix, per feature of the state
KEPT = {"rnn_relu": 0, "rnn_tanh": 0, "lstm": 5, "gru": 4}  # numbers that the gradient reads, per feature of a state


@operator(aliases=("_npx_rnn",))
class RNN(Operator):
    """Run layers of recurrent cells over a batch of sequences.

    With ``x`` the input of a layer, ``h`` its state and ``c`` its cell, each step computes::

        rnn_tanh, rnn_relu    h = act(Wx x + bx + Wh h + bh)
        lstm                  i, f, g, o = Wx x + bx + Wh h + bh
                              c = sigmoid(f) c + sigmoid(i) tanh(g)
                              h = sigmoid(o) tanh(c)
        gru                   r, z, n = Wx x + bx;  u, v, w = Wh h + bh
                              m = tanh(n + sigmoid(r + u) w)
                              h = m + sigmoid(z + v) (h - m)

    ``parameters`` holds, for each layer and in it for each direction, ``Wx`` (gates * state_size, k) and ``Wh`` (gates *
    state_size, state_size), with a projection also ``Wr`` (projection_size, state_size), by which ``h`` is multiplied;
    then, in the same order, ``bx`` and ``bh``. A second layer reads the states of both directions, joined.

    With lengths, the output behind the end of a sequence is zero, its last state that of its last step, and the second
    direction begins there.

    Source: Hochreiter and Schmidhuber (1997), Long short-term memory; Cho et al. (2014), Learning phrase representations
    using RNN encoder-decoder; Sak et al. (2014), Long short-term memory recurrent neural network architectures.
    """

    data: Tensor = tensor("Input, time first.", shape="(t, n, k)")
    parameters: Tensor = tensor("All weights, then all biases.", shape="(p,)")
    state: Tensor = tensor("First state of each layer and direction.", shape="(num_layers * directions, n, state_size)")
    state_cell: Tensor = tensor(
        "First cell, likewise.", shape="(num_layers * directions, n, state_size)", when=lambda op: op.mode == "lstm"
    )
    sequence_length: Tensor = tensor("Steps of each sequence.", shape="(n,)", when=lambda op: op.use_sequence_length)
    output: Tensor = result("States of the last layer.", shape="(t, n, directions * state_size)")
    state_output: Tensor = result(
        "Last state of each layer and direction.", shape="(num_layers * directions, n, state_size)", when=lambda op: op.state_outputs
    )
    statecell_output: Tensor = result(
        "Last cell, likewise.",
        shape="(num_layers * directions, n, state_size)",
        when=lambda op: op.state_outputs and op.mode == "lstm",
    )
    reserve: Tensor = result("States, gates and masks, for the gradient.", hidden=True)
    state_size: int = param("Features of the state.", ge=1)
    num_layers: int = param("Number of layers.", ge=1)
    bidirectional: bool = param("Run over the sequence in both directions.", default=False)
    mode: Literal["rnn_relu", "rnn_tanh", "lstm", "gru"] = param("Kind of cell.")
    p: float = param("Share of a layer's output that does not reach the next one, in training.", default=0.0, ge=0, le=1)
    state_outputs: bool = param("Return the last states too.", default=False)
    projection_size: int | None = param("Features that an LSTM's state is projected to; none by default.", default=None, ge=1)
    lstm_state_clip_min: float | None = param("Lower bound of the cell; none by default.", default=None)
    lstm_state_clip_max: float | None = param("Upper bound of the cell; none by default.", default=None)
    lstm_state_clip_nan: bool = param("Turn nan in the cell into a bound, if there is one.", default=False)
    use_sequence_length: bool = param("Take the length of each sequence as an input.", default=False)

    random = True

    def check(self) -> str | None:
        if self.projection_size is not None and self.mode != "lstm":
            return f"projection_size is for mode lstm, not {self.mode}"
        return None

    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def features(self) -> int:
        """Count the features of a state as the next step and layer see it."""
        return self.state_size if self.projection_size is None else self.projection_size

    def parameter_count(self, inputs: Any) -> Any:
        """Count the parameters for data of that many features."""
        rows, out = GATES[self.mode] * self.state_size, self.features()
        projection = 0 if self.projection_size is None else out * self.state_size
        first = rows * (inputs + out + 2) + projection
        later = rows * (self.directions() * out + out + 2) + projection
        return self.directions() * (first + (self.num_layers - 1) * later)

    def reserve_count(self, steps: Any, batch: Any) -> Any:
        """Count the numbers kept for the gradient: states, gates and cells, and the masks between layers."""
        out = self.features()
        masks = self.num_layers - 1 if self.p > 0 else 0
        return steps * batch * self.directions() * (self.num_layers * (out + KEPT[self.mode] * self.state_size) + masks * out)

    def infer_shape(self, data, state, output):
        states, out = self.num_layers * self.directions(), self.features()
        yield "data", (UNKNOWN, UNKNOWN, UNKNOWN)
        steps, batch, inputs = data
        yield "parameters", (self.parameter_count(inputs),)
        yield "reserve", (self.reserve_count(steps, batch),)
        yield "sequence_length", (batch,)
        yield "output", (steps, batch, self.directions() * out)
        for slot in ("state", "state_output"):
            yield slot, (states, batch, out)
        for slot in ("state_cell", "statecell_output"):
            yield slot, (states, batch, self.state_size)
        yield "data", (output[0], state[1], UNKNOWN)
        yield "data", (output[0], output[1], UNKNOWN)

    def infer_dtype(self, data, parameters, state, output):
        found = agreeing(data, parameters, state, output)
        if found is None:
            return
        if found.kind != "f":
            raise DTypeError(f"data must be of a floating-point type, not {found.name}")
        for slot in ("data", "parameters", "state", "state_cell", "output", "state_output", "statecell_output"):
            yield slot, found
        yield "reserve", max(found, np.dtype(np.float32))  # float16 is computed in float32

    gradient = backward_op(needs=("data", "parameters", "state", "state_cell", "sequence_length", "reserve"))
