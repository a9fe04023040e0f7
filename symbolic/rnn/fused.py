"""Layers of cells in one operator, ``RNN``, with all weights in one vector."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, NoReturn

from symbolic import nd, symbol
from symbolic.errors import ArgumentError, InputError, NotSupported, ShapeError, closest, describe
from symbolic.rnn.basic import GRUCell, LSTMCell, RNNCell
from symbolic.rnn.cell import BaseRNNCell, RNNParams, Sequences, _taken, laid_out
from symbolic.rnn.containers import BidirectionalCell, SequentialRNNCell
from symbolic.rnn.modifiers import DropoutCell
from symbolic.symbol.handle import Symbol
from symbolic.training import initializer

__all__ = ["FusedRNNCell"]


class FusedRNNCell(BaseRNNCell):
    """Layers of recurrent cells that run as one operator.

    The vector of weights holds, for each layer and in it for each direction (``l``, ``r``), input weights and state
    weights, gate by gate; then in the same order the biases. `unpack_weights` names the parts as the cells of `unfuse`
    name theirs.

    Parameters
    ----------
    num_hidden : int
        Features of the state of a layer and direction.
    num_layers : int, default 1
        Number of layers.
    mode : {"lstm", "gru", "rnn_tanh", "rnn_relu"}
        Kind of cell.
    bidirectional : bool, default False
        Run over the sequence in both directions.
    dropout : float, default 0
        Share of a layer's output that does not reach the next layer, in training.
    get_next_state : bool, default False
        Let `unroll` return the last states; otherwise it returns none.
    forget_bias : float, default 1
        Where biases of an LSTM's forget gates start.
    prefix : str, optional
        Put before names, by default ``mode_``.
    params : RNNParams, optional
        Variables to share with other cells.
    """

    _GATES: ClassVar[dict[str, list[str]]] = {
        "rnn_relu": [""],
        "rnn_tanh": [""],
        "lstm": ["_i", "_f", "_c", "_o"],
        "gru": ["_r", "_z", "_o"],
    }

    def __init__(
        self,
        num_hidden: int,
        num_layers: int = 1,
        mode: str = "lstm",
        bidirectional: bool = False,
        dropout: float = 0.0,
        get_next_state: bool = False,
        forget_bias: float = 1.0,
        prefix: str | None = None,
        params: RNNParams | None = None,
    ):
        super().__init__(prefix=f"{mode}_" if prefix is None else prefix, params=params)
        if mode not in self._GATES:
            facts = {"argument": "mode", "got": repr(mode), "expected": ", ".join(self._GATES)}
            raise ArgumentError(describe(f"there is no such cell{closest(str(mode), self._GATES)}", operator="FusedRNNCell", facts=facts))
        self._num_hidden, self._num_layers, self._mode = num_hidden, num_layers, mode
        self._bidirectional, self._dropout = bidirectional, dropout
        self._get_next_state, self._forget_bias = get_next_state, forget_bias
        self._directions = ["l", "r"] if bidirectional else ["l"]
        weights = initializer.FusedRNN(None, num_hidden, num_layers, mode, bidirectional, forget_bias)
        self._parameter = self.params.get("parameters", init=weights)

    @property
    def state_info(self) -> list[dict[str, Any]]:
        shape = (len(self._directions) * self._num_layers, 0, self._num_hidden)
        return [{"shape": shape, "__layout__": "LNC"} for _ in range(2 if self._mode == "lstm" else 1)]

    @property
    def _gate_names(self) -> Sequence[str]:
        return self._GATES[self._mode]

    @property
    def _num_gates(self) -> int:
        return len(self._gate_names)

    # -- weights ------------------------------------------------------------------------------------------------------

    def _parts(self, inputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Name the parts of the vector in order, with their shapes, for ``inputs`` features."""
        size, directions = self._num_hidden, self._directions
        for kind in ("weight", "bias"):
            for layer in range(self._num_layers):
                width = inputs if layer == 0 else size * len(directions)
                for direction in directions:
                    for group, columns in (("i2h", width), ("h2h", size)):
                        for gate in self._gate_names:
                            shape = (size, columns) if kind == "weight" else (size,)
                            yield f"{self._prefix}{direction}{layer}_{group}{gate}_{kind}", shape

    def _inputs_of(self, count: int) -> int:
        """Find the number of input features from the number of weights."""
        size, directions = self._num_hidden, len(self._directions)
        later = (self._num_layers - 1) * (size + directions * size + 2)
        inputs, rest = divmod(count, directions * size * self._num_gates)
        inputs -= later + size + 2
        if rest or inputs < 0:
            facts = {"got": f"{count} numbers", "expected": f"those of {self._num_layers} layers of {size} features, {self._mode}"}
            raise InputError(describe("the vector of weights does not fit the cell", name=self._parameter.name, facts=facts))
        return inputs

    def _slice_weights(self, arr: Any, li: int, lh: int) -> dict[str, Any]:
        """Give the parts of a vector by name, in its memory; ``li`` input features, ``lh`` of the state."""
        parts, start = {}, 0
        for name, shape in self._parts(li):
            parts[name] = arr[start : start + math.prod(shape)].reshape(shape)
            start += math.prod(shape)
        if start != arr.size or lh != self._num_hidden:
            facts = {"got": f"{arr.size} numbers", "expected": f"{start}: {li} input features, {self._num_hidden} of the state"}
            raise InputError(describe("the vector of weights does not fit the cell", name=self._parameter.name, facts=facts))
        return parts

    def unpack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Split the vector into what the cells of `unfuse` have, gate by gate; see `BaseRNNCell.unpack_weights`."""
        args = dict(args)
        vector = _taken(args, str(self._parameter.name), "cannot unpack weights")
        parts = self._slice_weights(vector, self._inputs_of(vector.size), self._num_hidden)
        args.update({name: part.copy() for name, part in parts.items()})
        return args

    def pack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Join weights gate by gate into one vector: undo `unpack_weights`."""
        args = dict(args)
        first = f"{self._prefix}l0_i2h{self._gate_names[0]}_weight"
        inputs = _taken(dict(args), first, "cannot pack weights").shape[1]
        parts = []
        for name, shape in self._parts(inputs):
            part = _taken(args, name, "cannot pack weights")
            if part.shape != shape:
                raise ShapeError(describe("this weight does not fit the cell", name=name, facts={"got": part.shape, "expected": shape}))
            parts.append(part.reshape((-1,)))
        args[str(self._parameter.name)] = nd.concatenate(parts)
        return args

    # -- composing ----------------------------------------------------------------------------------------------------

    @property
    def _can_step(self) -> bool:
        return False

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> NoReturn:
        raise NotSupported(describe("it has no single steps", operator="FusedRNNCell", hint="use unroll, or unfuse() and step that"))

    def unroll(
        self,
        length: int,
        inputs: Sequences,
        begin_state: list[Symbol] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Symbol]]:
        """Compose the operator ``RNN`` over ``length`` steps; see `BaseRNNCell.unroll`."""
        self.reset()
        data, axis = laid_out(length, inputs, layout, True)
        if axis == 1:
            warnings.warn("FusedRNNCell runs over time first: with the layout TNC nothing needs to be transposed", stacklevel=2)
            data = symbol.swapaxes(data, dim1=0, dim2=1)
        elif axis != 0:
            facts = {"argument": "layout", "got": repr(layout), "expected": "NTC or TNC"}
            raise InputError(describe("the layout is not supported", operator="FusedRNNCell", facts=facts))
        begin = self.begin_state() if begin_state is None else begin_state
        words: dict[str, Any] = dict(zip(("state", "state_cell"), begin[: len(self.state_info)], strict=False))
        words.update(state_size=self._num_hidden, num_layers=self._num_layers, bidirectional=self._bidirectional, p=self._dropout)
        words.update(mode=self._mode, state_outputs=self._get_next_state, name=f"{self._prefix}rnn")
        rnn = symbol.RNN(data=data, parameters=self._parameter, **words)
        outputs, *states = list(rnn) if self._get_next_state else [rnn]
        for state in states:
            state._set_attr(__layout__="LNC")
        if axis == 1:
            outputs = symbol.swapaxes(outputs, dim1=0, dim2=1)
        return laid_out(length, outputs, layout, merge_outputs)[0], states

    def unfuse(self) -> SequentialRNNCell:
        """Make a stack of ordinary cells that computes the same from the unpacked weights."""
        make = {
            "rnn_relu": lambda prefix: RNNCell(self._num_hidden, activation="relu", prefix=prefix),
            "rnn_tanh": lambda prefix: RNNCell(self._num_hidden, activation="tanh", prefix=prefix),
            "lstm": lambda prefix: LSTMCell(self._num_hidden, prefix=prefix, forget_bias=self._forget_bias),
            "gru": lambda prefix: GRUCell(self._num_hidden, prefix=prefix),
        }[self._mode]
        stack = SequentialRNNCell()
        for layer in range(self._num_layers):
            cells = [make(f"{self._prefix}{direction}{layer}_") for direction in self._directions]
            stack.add(BidirectionalCell(*cells, output_prefix=f"{self._prefix}bi_l{layer}_") if self._bidirectional else cells[0])
            if self._dropout > 0 and layer != self._num_layers - 1:
                stack.add(DropoutCell(self._dropout, prefix=f"{self._prefix}_dropout{layer}_"))
        return stack
