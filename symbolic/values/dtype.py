"""Types of elements: NumPy's, with the numbers that MXNet's files and parameters use for them."""

from __future__ import annotations

import re
from typing import Any, cast

import numpy as np

from symbolic.errors import DTypeError, closest, describe

__all__ = ["CODES", "NAMES", "code_of", "dtype_of", "name_of"]

CODES: dict[int, str] = {
    0: "float32",
    1: "float64",
    2: "float16",
    3: "uint8",
    4: "int32",
    5: "int8",
    6: "int64",
    7: "bool",
    8: "int16",
    9: "uint16",
    10: "uint32",
    11: "uint64",
    12: "bfloat16",
}
NAMES = {name: code for code, name in CODES.items()}
_BY_NAME = {name: np.dtype(name) for name in NAMES if name != "bfloat16"}
_BY_NAME["bool_"] = _BY_NAME["bool"]

SPELLING = re.compile(r"[<>=|]?[?bBhHiIlLqQefd]|[<>=|]?[biuf]\d{1,2}|[a-z]{3,}\d{0,3}_?", re.ASCII)  # as NumPy spells numbers


def dtype_of(value: Any, what: str = "dtype") -> np.dtype:
    """Read a type given as a name, a number, a NumPy type or a Python one; native byte order.

    Raises
    ------
    DTypeError
        If it is none that the library knows; bfloat16 needs ``pip install 'symbind[bfloat16]'``.
    """
    if isinstance(value, str):
        known = _BY_NAME.get(value)
        if known is not None:
            return known
        if value.isascii() and value.lstrip("-").isdigit():
            value = int(value)
        elif not SPELLING.fullmatch(value):  # NumPy would read, and warn of, much else
            raise _unknown(what, value)
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        name = CODES.get(int(value))
        if name is None:
            raise _unknown(what, value, ", ".join(f"{code} for {name}" for code, name in CODES.items()))
        value = name
    if isinstance(value, str) and value == "bfloat16":  # an array compares each of its elements
        return _bfloat16(what)
    try:
        found = np.dtype(cast(Any, value)).newbyteorder("=")
    except (TypeError, ValueError, SyntaxError):  # whatever NumPy makes of text
        raise _unknown(what, value) from None
    if found.name not in NAMES:
        raise _unknown(what, value)
    return np.dtype(found.type)  # NumPy's one object for it: the solver tells facts apart by identity


def _unknown(what: str, value: Any, known: str = ", ".join(NAMES)) -> DTypeError:
    facts = {"argument": what, "got": f"{value!r} ({type(value).__name__})", "expected": known}
    return DTypeError(describe(f"{what} cannot be {value!r}{closest(str(value), NAMES)}", facts=facts))


def _bfloat16(what: str) -> np.dtype:
    try:
        import ml_dtypes  # type: ignore[import-not-found]
    except ImportError:
        raise DTypeError(f"{what} bfloat16 needs an extra: pip install 'symbind[bfloat16]'") from None
    return np.dtype(ml_dtypes.bfloat16)


def code_of(dtype: Any) -> int:
    """Number of a type in MXNet's files."""
    return NAMES[np.dtype(dtype).name]


def name_of(dtype: Any) -> str:
    """Name of a type, as in ``dtype="float32"``."""
    return np.dtype(dtype).name
