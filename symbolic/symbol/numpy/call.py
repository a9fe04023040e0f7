"""What all of NumPy's functions on symbols are made with: operators by name, and arguments put on common ground."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.registry import find
from symbolic.symbol.arithmetic import Arithmetic
from symbolic.symbol.constant import constant, is_array
from symbolic.symbol.known import is_integer, known_shape, known_type
from symbolic.values.dtype import dtype_of
from symbolic.values.shape import NO_RANK, complete

__all__ = ["Function", "as_symbol", "call", "cast", "floating", "is_symbol", "refused", "select", "stretched", "table", "together"]

Function = Any  # a NumPy function, by identity


class table(dict[Any, Any]):
    """A table of NumPy's functions, filled by decorators: ``@functions(np.sum)``."""

    def __call__(self, *functions: Function) -> Any:
        def enter(composed: Any) -> Any:
            self.update(dict.fromkeys(functions, composed))
            return composed

        return enter


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    """Call an operator by name; arrays among its inputs become constants."""
    return find(name)(*[constant(arg) if is_array(arg) else arg for arg in args], **kwargs)


def is_symbol(value: Any) -> bool:
    """Whether a value is a Symbol."""
    return isinstance(value, Arithmetic)


def as_symbol(value: Any, who: str) -> Any:
    """Make a symbol of an array, a list of numbers or a number; leave a symbol as it is."""
    if is_symbol(value):
        if len(value) != 1:
            facts = {"got": value.list_outputs(), "expected": "a Symbol with one output"}
            raise ArgumentError(describe(f"{who} takes one value", operator=who, facts=facts, hint="pick one output: symbol[0]"))
        return value
    if is_array(value):
        return constant(value)
    if isinstance(value, (numbers.Number, list, tuple)):
        array = np.asarray(value)
        if array.dtype.kind in "iufb":
            return constant(np.atleast_1d(array))
    raise refused(who, f"{value!r} ({type(value).__name__})", "a Symbol, a number or an array")


def together(values: Iterable[Any], who: str) -> list[Any]:
    """Make symbols of values that one operator takes, in the type that NumPy gives them together.

    That is done for what declares its type. Numbers, and NumPy's arrays beside symbols that declare none, take the type of
    the first symbol, whatever it will be.
    """
    values = list(values)
    first = next((value for value in values if is_symbol(value) and len(value) == 1), None)
    if first is not None:
        values = [call("ones_like", first) * value if isinstance(value, numbers.Number) else value for value in values]
    types = [found for value in values if is_symbol(value) and len(value) == 1 and (found := known_type(value)) is not None]
    arrays = [np.asarray(value) for value in values if isinstance(value, (np.ndarray, list, tuple))]
    if not types:
        found = [(value, as_symbol(value, who)) for value in values]
        return [call("_cast_like", made, first) if first is not None and isinstance(value, np.ndarray) else made for value, made in found]
    wide = np.result_type(*types)
    if wide.kind in "iub" and any(array.dtype.kind == "f" for array in arrays):
        wide = np.dtype("float64")
    return [_in_type(value, wide, who) for value in values]


def _in_type(value: Any, wide: np.dtype, who: str) -> Any:
    if isinstance(value, (np.ndarray, list, tuple)) and np.asarray(value).dtype.kind in "iufb":
        return constant(np.atleast_1d(value), wide)
    symbol = as_symbol(value, who)
    return cast(symbol, wide) if known_type(symbol) not in (None, wide) else symbol


def refused(who: str, got: Any, expected: str, hint: str | None = None) -> ArgumentError:
    """Make the error about an argument that cannot be composed."""
    return ArgumentError(describe(f"{who} cannot be composed", operator=who, facts={"got": got, "expected": expected}, hint=hint))


def cast(symbol: Any, dtype: Any) -> Any:
    """Convert to a type; ``None`` leaves a symbol as it is."""
    return symbol if dtype is None else call("Cast", symbol, dtype=dtype_of(dtype).name)


def floating(symbol: Any) -> Any:
    """Convert what is known to be integers to float64, as NumPy does before it computes fractions."""
    return cast(symbol, "float64") if is_integer(symbol) else symbol


def whole(value: Any, who: str, argument: str) -> int:
    """Read an integer.

    Raises
    ------
    ArgumentError
        If it is none.
    """
    try:
        return operator.index(value)
    except TypeError:
        raise refused(who, f"{argument}={value!r}", "an integer") from None


def axes_of(axis: Any, who: str) -> tuple[int, ...]:
    """Read one axis or several."""
    return tuple(whole(one, who, "axis") for one in axis) if isinstance(axis, (tuple, list)) else (whole(axis, who, "axis"),)


def counted(axis: int, rank: int, who: str) -> int:
    """Count an axis from the first.

    Raises
    ------
    ArgumentError
        If there is none of that number.
    """
    if not -rank <= axis < rank:
        raise refused(who, f"axis {axis}", f"an axis of {rank}")
    return axis % rank


def alike(symbols: Iterable[Any]) -> bool:
    """Whether the shapes of some symbols are known and equal."""
    shapes = [known_shape(symbol) for symbol in symbols]
    return all(shape is not NO_RANK and complete(shape) for shape in shapes) and len({*shapes}) == 1


def stretched(symbols: Sequence[Any]) -> list[Any]:
    """Stretch symbols to the shape that they have together; those of known and equal shapes stay as they are."""
    if len(symbols) == 1 or alike(symbols):
        return list(symbols)
    common = None
    for symbol in symbols:  # zeros: their shapes stretch each other, whatever the types of the symbols
        zeros = cast(call("zeros_like", symbol), "float32")
        common = zeros if common is None else call("broadcast_add", common, zeros)
    return [call("broadcast_like", symbol, common) for symbol in symbols]


def select(condition: Any, x: Any, y: Any) -> Any:
    """Compose NumPy's ``where``: all three stretch; ``x`` and ``y`` may be numbers."""
    given = [value for value in (x, y) if not isinstance(value, numbers.Number)]
    condition, *wide = stretched([condition, *given])
    rest = iter(wide)
    like = wide[0] if wide else condition
    x, y = (call("ones_like", like) * value if isinstance(value, numbers.Number) else next(rest) for value in (x, y))
    return call("where", condition, x, y)
