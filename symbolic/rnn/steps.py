"""What the gates of plain, LSTM and GRU cells do in a step, whatever transforms input and state: products or convolutions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from symbolic import symbol
from symbolic.errors import NotSupported, describe
from symbolic.rnn.cell import BaseRNNCell, RNNParams
from symbolic.symbol.handle import Symbol

__all__ = ["GRUStep", "GatedCell", "LSTMStep", "RNNStep"]


class GatedCell(BaseRNNCell):
    """A cell that transforms input and state affinely, to one part for each gate, and mixes them.

    Subclasses say how (`_transform`), and what the gates do (`__call__`).
    """

    _num_hidden: int
    _activation: str | Callable[..., Symbol] = "tanh"
    _state_count = 1
    _state_shape: tuple[int, ...]
    _state_layout = "NC"
    _gate_mark = ""  # between the name of a step and those of its nodes
    _gate_axis: dict[str, Any] = {}  # where an LSTM's gates lie, if not on axis 1

    def __init__(self, prefix: str, params: RNNParams | None):
        super().__init__(prefix, params)

    def _make_variables(self, **initializers: Any) -> None:
        """Make the weights and biases, each with its initializer if one is named."""
        self._iW, self._iB, self._hW, self._hB = [
            self.params.get(name, **({"init": initializers[name]} if name in initializers else {}))
            for name in ("i2h_weight", "i2h_bias", "h2h_weight", "h2h_bias")
        ]

    @property
    def state_info(self) -> list[dict[str, Any]]:
        return [{"shape": self._state_shape, "__layout__": self._state_layout} for _ in range(self._state_count)]

    @property
    def _num_gates(self) -> int:
        return len(self._gate_names)

    def _next_name(self) -> str:
        """Count a step; return what the names of its nodes begin with."""
        self._counter += 1
        return f"{self._prefix}t{self._counter}_"

    def _transform(self, inputs: Symbol, state: Symbol, name: str) -> tuple[Symbol, Symbol]:
        raise NotSupported(describe(f"{type(self).__name__} is the base of cells, and none itself", operator=type(self).__name__))

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        raise NotSupported(describe(f"{type(self).__name__} is the base of cells, and none itself", operator=type(self).__name__))


class RNNStep(GatedCell):
    """``h = act(Wx x + bx + Wh h + bh)``."""

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("",)

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        name = self._next_name()
        i2h, h2h = self._transform(inputs, states[0], name)
        output = self._get_activation(i2h + h2h, self._activation, name=f"{name}out")
        return output, [output]


class LSTMStep(GatedCell):
    """``c = sigmoid(f) c + sigmoid(i) act(g);  h = sigmoid(o) act(c)``, with i, f, g, o from ``Wx x + bx + Wh h + bh``."""

    _state_count = 2

    @property
    def _gate_names(self) -> Sequence[str]:
        return ["_i", "_f", "_c", "_o"]

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        name = self._next_name()
        i2h, h2h = self._transform(inputs, states[0], name)
        gates = symbol.SliceChannel(i2h + h2h, num_outputs=4, name=f"{name}slice", **self._gate_axis)
        into, keep, out = [symbol.Activation(gates[i], act_type="sigmoid", name=name + "ifco"[i]) for i in (0, 1, 3)]
        new = self._get_activation(gates[2], self._activation, name=f"{name}c")
        cell = symbol.elemwise_add(keep * states[1], into * new, name=f"{name}state")
        output = symbol.elemwise_mul(out, self._get_activation(cell, self._activation), name=f"{name}out")
        return output, [output, cell]


class GRUStep(GatedCell):
    """``m = act(n + sigmoid(r + u) w);  h = (1 - sigmoid(z + v)) m + sigmoid(z + v) h``.

    Here r, z, n are the parts of ``Wx x + bx``, and u, v, w those of ``Wh h + bh``.
    """

    @property
    def _gate_names(self) -> Sequence[str]:
        return ["_r", "_z", "_o"]

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        name = self._next_name()
        i2h, h2h = self._transform(inputs, states[0], name + self._gate_mark)
        r, z, n = symbol.SliceChannel(i2h, num_outputs=3, name=f"{name}_i2h_slice")
        u, v, w = symbol.SliceChannel(h2h, num_outputs=3, name=f"{name}_h2h_slice")
        reset = symbol.Activation(r + u, act_type="sigmoid", name=f"{name}_r_act")
        update = symbol.Activation(z + v, act_type="sigmoid", name=f"{name}_z_act")
        new = self._get_activation(n + reset * w, self._activation, name=f"{name}_h_act")
        output = symbol.elemwise_add((1.0 - update) * new, update * states[0], name=f"{name}out")
        return output, [output]
