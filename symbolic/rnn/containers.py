"""Cells made of cells: one after the other, or in both directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from symbolic import symbol
from symbolic.errors import InputError, NotSupported, describe
from symbolic.rnn.cell import BaseRNNCell, RNNParams, Sequences, laid_out
from symbolic.symbol.handle import Symbol

__all__ = ["BidirectionalCell", "SequentialRNNCell"]


class _Cells(BaseRNNCell):
    """Several cells, whose states and weights are joined."""

    def __init__(self, params: RNNParams | None):
        super().__init__(prefix="", params=params)
        self._override_cell_params = params is not None

    def _adopt(self, cell: BaseRNNCell) -> None:
        """Take in a cell and its variables, or give it those of the container."""
        if self._override_cell_params:
            if not cell._own_params:
                hint = "give params to the container or to its cells, not to both"
                raise InputError(describe("the cell shares its variables already", operator=type(self).__name__, hint=hint))
            cell.params._params.update(self.params._params)
        self.params._params.update(cell.params._params)
        self._cells.append(cell)

    @property
    def state_info(self) -> list[Any]:
        return [info for cell in self._cells for info in cell.state_info]

    def begin_state(self, func: Callable[..., Symbol] = symbol.zeros, **kwargs: Any) -> list[Symbol]:
        """Make the states before the first step, of one cell after the other; see `BaseRNNCell.begin_state`."""
        self._refuse_if_modified()
        return [state for cell in self._cells for state in cell.begin_state(func=func, **kwargs)]

    def unpack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Split the packed weights of each cell; see `BaseRNNCell.unpack_weights`."""
        for cell in self._cells:
            args = cell.unpack_weights(args)
        return dict(args)

    def pack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Join the weights of each cell; see `BaseRNNCell.pack_weights`."""
        for cell in self._cells:
            args = cell.pack_weights(args)
        return dict(args)


class SequentialRNNCell(_Cells):
    """Cells stacked, each reading the output of the one before.

    Parameters
    ----------
    params : RNNParams, optional
        Variables that all of them share.
    """

    def __init__(self, params: RNNParams | None = None):
        super().__init__(params)

    @property
    def _can_step(self) -> bool:
        return all(cell._can_step for cell in self._cells)

    def add(self, cell: BaseRNNCell) -> None:
        """Put a cell on top."""
        self._adopt(cell)

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        self._counter += 1
        after: list[Symbol] = []
        first = 0
        for cell in self._cells:
            if not cell._can_step:
                raise InputError(describe(f"{type(cell).__name__} has no single steps", operator="SequentialRNNCell", hint="use unroll"))
            count = len(cell.state_info)
            inputs, state = cell(inputs, states[first : first + count])
            first += count
            after += state
        return inputs, after

    def unroll(
        self,
        length: int,
        inputs: Sequences,
        begin_state: list[Symbol] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Compose ``length`` steps of each cell, one cell after the other; see `BaseRNNCell.unroll`."""
        self.reset()
        states = self.begin_state() if begin_state is None else begin_state
        after: list[Any] = []
        first = 0
        for cell in self._cells:
            count = len(cell.state_info)
            inputs, state = cell.unroll(
                length,
                inputs=inputs,
                begin_state=states[first : first + count],
                layout=layout,
                merge_outputs=merge_outputs if cell is self._cells[-1] else None,
            )
            first += count
            after += state
        return inputs, after


class BidirectionalCell(_Cells):
    """Two cells, one of which reads the sequence from its end; their outputs are joined.

    Parameters
    ----------
    l_cell, r_cell : BaseRNNCell
        Forward and backward.
    params : RNNParams, optional
        Variables that both share.
    output_prefix : str, default "bi_"
        Put before the names of outputs.

    Source: Schuster and Paliwal (1997), Bidirectional recurrent neural networks.
    """

    def __init__(self, l_cell: BaseRNNCell, r_cell: BaseRNNCell, params: RNNParams | None = None, output_prefix: str = "bi_"):
        super().__init__(params)
        self._output_prefix = output_prefix
        self._adopt(l_cell)
        self._adopt(r_cell)

    @property
    def _can_step(self) -> bool:
        return False

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> NoReturn:
        raise NotSupported(describe("it has no single steps", operator="BidirectionalCell", hint="use unroll"))

    def unroll(
        self,
        length: int,
        inputs: Sequences,
        begin_state: list[Symbol] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Compose ``length`` steps in both directions; see `BaseRNNCell.unroll`.

        Returns
        -------
        outputs : Symbol or list of Symbol
            Features of both cells, joined.
        states : list of list of Symbol
            Those of ``l_cell``, then those of ``r_cell``.
        """
        self.reset()
        steps, axis = laid_out(length, inputs, layout, False)
        begin = self.begin_state() if begin_state is None else begin_state
        l_cell, r_cell = self._cells
        count = len(l_cell.state_info)
        words: dict[str, Any] = {"layout": layout, "merge_outputs": merge_outputs}
        left, l_states = l_cell.unroll(length, inputs=steps, begin_state=begin[:count], **words)
        right, r_states = r_cell.unroll(length, inputs=list(reversed(list(steps))), begin_state=begin[count:], **words)
        if merge_outputs is None:
            merge_outputs = isinstance(left, Symbol) and isinstance(right, Symbol)
        if merge_outputs:
            outputs: Any = symbol.Concat(left, symbol.reverse(right, axis=axis), dim=2, name=f"{self._output_prefix}out")
        else:
            left, right = [
                list(symbol.SliceChannel(side, axis=axis, num_outputs=length, squeeze_axis=True)) if isinstance(side, Symbol) else side
                for side in (left, right)
            ]
            outputs = [
                symbol.Concat(forward, backward, dim=1, name=f"{self._output_prefix}t{step}")
                for step, (forward, backward) in enumerate(zip(left, reversed(right), strict=True))
            ]
        return outputs, [l_states, r_states]
