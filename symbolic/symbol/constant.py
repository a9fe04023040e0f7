"""Arrays as constants of a graph: what ``x + np.ones(3)`` makes of its array."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.registry import find
from symbolic.symbol.known import known_type
from symbolic.values.dtype import dtype_of

__all__ = ["beside", "constant", "is_array"]

FLOAT64 = np.dtype("float64")


def is_array(value: Any) -> bool:
    """Whether a value is an array: NumPy's, or an NDArray."""
    return isinstance(value, np.ndarray) or hasattr(value, "_as_constant")


def beside(symbol: Any, array: Any) -> tuple[Any, Any]:
    """Make an array a constant that can be computed with a symbol, in the type that NumPy gives the two together.

    That is only done if the symbol's variables declare its type; else a NumPy array becomes float32.

    Returns
    -------
    symbol, constant : Symbol
        The symbol is converted if it holds integers and the array fractions.
    """
    found = known_type(symbol) if isinstance(array, np.ndarray) else None
    if found is None or found.kind not in "iuf":
        return symbol, constant(array)
    wide = found if array.dtype.kind != "f" or found.kind == "f" else FLOAT64
    if array.dtype.kind in "iu" and found.kind in "iu" and not np.array_equal(array.astype(found), array):
        wide = np.result_type(found, array.dtype)
    if wide != found:
        symbol = find("Cast")(symbol, dtype=wide.name)
    return symbol, constant(array, wide)


def constant(value: Any, as_type: np.dtype | None = None) -> Any:
    """Make an array a constant of the graph; its values are copied.

    An NDArray keeps its type. A NumPy array becomes float32, as ``mx.nd.array`` makes an NDArray of it, or ``as_type``.

    Raises
    ------
    ArgumentError
        If the array holds integers that float32 cannot; ``mx.nd.array(a, dtype="int64")`` keeps them.
    """
    array = value if isinstance(value, np.ndarray) else value._as_constant()
    dtype = dtype_of(array.dtype)
    if as_type is not None:
        array, dtype = array.astype(as_type), as_type
    elif isinstance(value, np.ndarray) and dtype != np.float32:
        with np.errstate(over="ignore"):
            rounded = array.astype(np.float32)
        if dtype.kind in "iu" and not np.array_equal(rounded.astype(dtype), array):
            raise ArgumentError(
                describe(
                    "these integers do not fit float32, which a NumPy array becomes in a graph",
                    facts={"got": f"{dtype.name} array of shape {array.shape}", "expected": f"mx.nd.array(array, dtype={dtype.name!r})"},
                )
            )
        array, dtype = rounded, rounded.dtype
    text = base64.b64encode(np.ascontiguousarray(array, dtype.newbyteorder("<")).tobytes()).decode("ascii")
    return find("_constant")(shape=array.shape, dtype=dtype, values=text)
