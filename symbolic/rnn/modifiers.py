"""Cells that change what other cells take in or give out: dropout, zoneout, residual connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Number
from typing import Any

from symbolic import symbol
from symbolic.errors import InputError, describe
from symbolic.rnn.cell import BaseRNNCell, RNNParams, Sequences, laid_out
from symbolic.symbol.handle import Symbol

__all__ = ["DropoutCell", "ModifierCell", "ResidualCell", "ZoneoutCell"]


class DropoutCell(BaseRNNCell):
    """Set some of the input to zero in training; it has no states.

    Parameters
    ----------
    dropout : float
        Share that is set to zero.
    prefix : str, default "dropout_"
        Put before names.
    params : RNNParams, optional
        Variables to share; it has none.
    """

    def __init__(self, dropout: float, prefix: str = "dropout_", params: RNNParams | None = None):
        super().__init__(prefix, params)
        if not isinstance(dropout, Number):
            facts = {"argument": "dropout", "got": repr(dropout), "expected": "a number from 0 to 1"}
            raise InputError(describe("the share to drop must be a number", operator="DropoutCell", facts=facts))
        self.dropout = dropout

    @property
    def state_info(self) -> list[Any]:
        return []

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        return symbol.Dropout(data=inputs, p=self.dropout) if self.dropout > 0 else inputs, list(states)

    def unroll(
        self,
        length: int,
        inputs: Sequences,
        begin_state: list[Symbol] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Drop from the whole sequence at once if it is one Symbol, else step by step; see `BaseRNNCell.unroll`."""
        self.reset()
        data, _ = laid_out(length, inputs, layout, merge_outputs)
        if isinstance(data, Symbol):
            return self(data, [])
        return super().unroll(length, data, begin_state=begin_state, layout=layout, merge_outputs=merge_outputs)


class ModifierCell(BaseRNNCell):
    """Base of cells that step another cell and change what comes of it.

    The other cell's variables and states are used, and it must no longer be called itself.

    Parameters
    ----------
    base_cell : BaseRNNCell
        The other cell.
    """

    def __init__(self, base_cell: BaseRNNCell):
        super().__init__()
        base_cell._modified = True
        self.base_cell = base_cell

    @property
    def params(self) -> RNNParams:
        self._own_params = False
        return self.base_cell.params

    @property
    def state_info(self) -> list[Any]:
        return self.base_cell.state_info

    @property
    def _can_step(self) -> bool:
        return self.base_cell._can_step

    @contextmanager
    def _unmodified(self) -> Iterator[BaseRNNCell]:
        """Let the base cell be called within the block."""
        self.base_cell._modified = False
        try:
            yield self.base_cell
        finally:
            self.base_cell._modified = True

    def begin_state(self, init_sym: Callable[..., Symbol] = symbol.zeros, **kwargs: Any) -> list[Symbol]:
        """Make the states of the base cell before the first step; see `BaseRNNCell.begin_state`."""
        self._refuse_if_modified()
        with self._unmodified() as base:
            return base.begin_state(**{"func": init_sym, **kwargs})

    def unpack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Split the packed weights of the base cell."""
        return self.base_cell.unpack_weights(args)

    def pack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Join the weights of the base cell."""
        return self.base_cell.pack_weights(args)


class ZoneoutCell(ModifierCell):
    """Keep outputs or states of the step before, each element by chance, in training.

    Parameters
    ----------
    base_cell : BaseRNNCell
        A cell that can be stepped.
    zoneout_outputs, zoneout_states : float, default 0
        Shares that are kept.

    Source: Krueger et al. (2016), Zoneout: regularizing RNNs by randomly preserving hidden activations.
    """

    def __init__(self, base_cell: BaseRNNCell, zoneout_outputs: float = 0.0, zoneout_states: float = 0.0):
        if not base_cell._can_step:
            hint = "unfuse() a FusedRNNCell first; in a BidirectionalCell, apply zoneout to the cells within"
            facts = {"argument": "base_cell", "got": type(base_cell).__name__, "expected": "a cell that can be stepped"}
            raise InputError(describe("the cell cannot be stepped", operator="ZoneoutCell", facts=facts, hint=hint))
        super().__init__(base_cell)
        self.zoneout_outputs = zoneout_outputs
        self.zoneout_states = zoneout_states
        self.prev_output: Symbol | None = None

    def reset(self) -> None:
        super().reset()
        self.prev_output = None

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        output, after = self.base_cell(inputs, states)
        if self.zoneout_outputs:
            before = self.prev_output
            if before is None:
                shapes = self.state_shape
                before = symbol.zeros((0,) * (len(shapes[0]) if shapes else 2))
            output = _mixed(self.zoneout_outputs, output, before)
        if self.zoneout_states:
            after = [_mixed(self.zoneout_states, new, old) for new, old in zip(after, states, strict=True)]
        self.prev_output = output
        return output, after


def _mixed(share: float, new: Symbol, old: Symbol) -> Symbol:
    """Take ``new``, but with the probability ``share`` the element of ``old``; in inference always ``new``."""
    return symbol.where(symbol.Dropout(symbol.ones_like(new), p=share), new, old)


class ResidualCell(ModifierCell):
    """Add the input to the output of the base cell; both have as many features.

    Parameters
    ----------
    base_cell : BaseRNNCell
        The cell whose output is added to.

    Source: Wu et al. (2016), Google's neural machine translation system.
    """

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        output, states = self.base_cell(inputs, states)
        return _summed(output, inputs), states

    def unroll(
        self,
        length: int,
        inputs: Sequences,
        begin_state: list[Symbol] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Unroll the base cell, then add; see `BaseRNNCell.unroll`."""
        self.reset()
        with self._unmodified() as base:
            outputs, states = base.unroll(length, inputs=inputs, begin_state=begin_state, layout=layout, merge_outputs=merge_outputs)
        merged = isinstance(outputs, Symbol)
        inputs, _ = laid_out(length, inputs, layout, merged)
        if merged:
            return _summed(outputs, inputs), states
        return [_summed(output, step) for output, step in zip(outputs, inputs, strict=True)], states


def _summed(output: Any, inputs: Any) -> Symbol:
    return symbol.elemwise_add(output, inputs, name=f"{output.name}_plus_residual")
