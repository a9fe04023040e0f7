"""Names that NumPy had when scripts for MXNet were written, and has dropped since."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

__all__ = ["restore_numpy_names"]

BUILTINS = {"bool": "bool", "int": "int", "float": "float", "complex": "complex", "object": "object", "str": "str"}
BUILTINS |= {"long": "int", "unicode": "str"}  # gone in NumPy 1.24, in favour of Python's own types
SPELLED_ANEW = {
    "Inf": "inf",
    "Infinity": "inf",
    "NaN": "nan",
    "PINF": "inf",
    "alltrue": "all",
    "cfloat": "complex128",
    "complex_": "complex128",
    "cumproduct": "cumprod",
    "float_": "float64",
    "in1d": "isin",
    "infty": "inf",
    "int0": "intp",
    "object0": "object_",
    "product": "prod",
    "round_": "round",
    "row_stack": "vstack",
    "sometrue": "any",
    "string_": "bytes_",
    "trapz": "trapezoid",
    "unicode_": "str_",
}  # gone in NumPy 2


def _asscalar(a: Any) -> Any:
    """Return the one element of an array as a Python number."""
    return np.asarray(a).item()


def restore_numpy_names() -> list[str]:
    """Give NumPy the names back that it has dropped; those that it has stay as they are. Return what was added.

    This is seen by the whole process: ``python -m symbolic.compat`` does it for the script that it runs, a library should not.
    """
    values = {name: getattr(builtins, kind) for name, kind in BUILTINS.items()}
    values |= {name: getattr(np, new) for name, new in SPELLED_ANEW.items() if hasattr(np, new)}
    values["asscalar"] = _asscalar
    missing = [name for name in values if name not in vars(np)]
    for name in missing:
        setattr(np, name, values[name])
    return missing
