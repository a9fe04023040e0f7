"""What is given to a module: checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symbolic.errors import ArgumentError, MXNetError, ShapeError, WrongBatch, WrongSymbol, describe
from symbolic.nd.array import NDArray
from symbolic.operator.match import shown
from symbolic.symbol.handle import Symbol

__all__ = ["check_batch", "check_initializer", "check_symbol", "check_value", "not_presented"]


def check_symbol(symbol: Any) -> None:
    """Check that a module is made of a symbol.

    Raises
    ------
    WrongSymbol
        If it is something else.
    """
    if not isinstance(symbol, Symbol):
        facts = {"argument": "symbol", "got": shown(symbol), "expected": "Symbol"}
        raise WrongSymbol(describe("a module is made of a symbol", operator="Module", facts=facts))


def check_initializer(initializer: Any) -> None:
    """Check that an initializer, if there is one, can be called.

    Raises
    ------
    ArgumentError
        If it cannot.
    """
    if initializer is not None and not callable(initializer):
        facts = {"argument": "initializer", "got": shown(initializer), "expected": "an Initializer, as mx.init.Xavier(), or a function"}
        hint = "mx.init.create(...) makes one by its name" if isinstance(initializer, str) else None
        raise ArgumentError(describe("this is no initializer", operator="init_params", facts=facts, hint=hint))


def check_batch(batch: Any, names: Sequence[str]) -> None:
    """Check that a batch, or a list of them, has an array for each input.

    Raises
    ------
    ArgumentError
        If it is no batch, or has too few arrays, or too many.
    """
    for part in batch if isinstance(batch, list) else [batch]:
        arrays = getattr(part, "data", None)
        if not isinstance(arrays, (list, tuple)):
            facts = {"argument": "data_batch", "got": shown(part), "expected": "DataBatch, or what has a list of arrays as its data"}
            raise WrongBatch(describe("this is no batch", operator="forward", facts=facts, hint="mx.io.DataBatch([array]) makes one"))
        if len(arrays) != len(names):
            facts = {"argument": "data_batch.data", "got": f"{len(arrays)} arrays", "expected": f"{len(names)}: {', '.join(names)}"}
            raise ArgumentError(describe("a batch has one array for each input", operator="forward", facts=facts))


def check_value(name: str, value: Any, like: Any, argument: str) -> None:
    """Check that a parameter's value has the shape of its array.

    Raises
    ------
    ArgumentError
        If it is no NDArray.
    ShapeError
        If it has another shape.
    """
    if not isinstance(value, NDArray):
        facts = {"argument": f"{argument}[{name!r}]", "got": shown(value), "expected": f"an NDArray of shape {like.shape}"}
        raise ArgumentError(describe(f"the value of {name!r} is no array", operator="init_params", facts=facts))
    if value.shape != like.shape:
        facts = {"argument": f"{argument}[{name!r}]", "got": f"shape {value.shape}", "expected": f"shape {like.shape}"}
        raise ShapeError(describe(f"the value of {name!r} has another shape than was bound", operator="init_params", facts=facts))


def not_presented(argument: str, given: Mapping[str, Any], needed: Mapping[str, Any]) -> MXNetError:
    """Say which parameters are missing."""
    missing = [name for name in sorted(needed) if given.get(name) is None]
    facts = {"argument": argument, "missing": ", ".join(missing), "got": ", ".join(sorted(given)) or "nothing"}
    hint = "set allow_missing=True, and the initializer fills what is missing"
    return MXNetError(describe(f"{missing[0]} is not presented", operator="init_params", facts=facts, hint=hint))
