"""Checkpoints whose weights are stored gate by gate, so that fused and ordinary cells can read each other's."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symbolic.model import PathLike, load_checkpoint, save_checkpoint
from symbolic.rnn.cell import BaseRNNCell
from symbolic.symbol.handle import Symbol

__all__ = ["do_rnn_checkpoint", "load_rnn_checkpoint", "rnn_unroll", "save_rnn_checkpoint"]

Cells = BaseRNNCell | Sequence[BaseRNNCell]


def _listed(cells: Cells) -> Sequence[BaseRNNCell]:
    return [cells] if isinstance(cells, BaseRNNCell) else cells


def rnn_unroll(
    cell: BaseRNNCell, length: int, inputs: Any = None, begin_state: Any = None, input_prefix: str = "", layout: str = "NTC"
) -> tuple[Any, list[Any]]:
    """Call ``cell.unroll``, as old scripts do; ``input_prefix`` has no effect."""
    warnings.warn("rnn_unroll is an old name: call cell.unroll", stacklevel=2)
    return cell.unroll(length=length, inputs=inputs, begin_state=begin_state, layout=layout)


def save_rnn_checkpoint(
    cells: Cells, prefix: PathLike, epoch: int, symbol: Symbol | None, arg_params: Mapping[str, Any], aux_params: Mapping[str, Any]
) -> None:
    """Write a checkpoint with unpacked weights.

    Parameters
    ----------
    cells : BaseRNNCell or list of BaseRNNCell
        The cells whose weights are unpacked.
    prefix, epoch, symbol, arg_params, aux_params
        As in ``mx.model.save_checkpoint``.
    """
    for cell in _listed(cells):
        arg_params = cell.unpack_weights(arg_params)
    save_checkpoint(prefix, epoch, symbol, arg_params, aux_params)


def load_rnn_checkpoint(cells: Cells, prefix: PathLike, epoch: int) -> tuple[Symbol, dict[str, Any], dict[str, Any]]:
    """Read a checkpoint of `save_rnn_checkpoint`, and pack the weights again.

    Parameters
    ----------
    cells : BaseRNNCell or list of BaseRNNCell
        The cells whose weights are packed.
    prefix, epoch
        As in ``mx.model.load_checkpoint``.

    Returns
    -------
    symbol : Symbol
        The graph.
    arg_params, aux_params : dict of NDArray
        Arguments and auxiliary states.
    """
    symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
    for cell in _listed(cells):
        arg_params = cell.pack_weights(arg_params)
    return symbol, arg_params, aux_params


def do_rnn_checkpoint(cells: Cells, prefix: PathLike, period: int = 1) -> Callable[..., None]:
    """Make a callback for the end of an epoch that calls `save_rnn_checkpoint`.

    Parameters
    ----------
    cells : BaseRNNCell or list of BaseRNNCell
        The cells whose weights are unpacked.
    prefix : str
        Beginning of the files' names.
    period : int, default 1
        Save after every so many epochs.
    """
    period = int(max(1, period))

    def callback(iter_no: int, sym: Any = None, arg: Any = None, aux: Any = None) -> None:
        if (iter_no + 1) % period == 0:
            save_rnn_checkpoint(cells, prefix, iter_no + 1, sym, arg, aux)

    return callback
