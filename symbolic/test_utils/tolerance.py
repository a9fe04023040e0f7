"""How far two values may lie apart, by the type of their elements."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

__all__ = [
    "default_atols",
    "default_dtype",
    "default_numeric_eps",
    "default_rtols",
    "effective_dtype",
    "get_atol",
    "get_etol",
    "get_rtol",
    "get_tolerance",
    "get_tols",
]

EXACT = [np.dtype(name) for name in ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")]
Tolerance = float | dict[np.dtype, float] | None


def _by_type(float16: float, float32: float, float64: float) -> dict[np.dtype, float]:
    floats = zip((np.float16, np.float32, np.float64), (float16, float32, float64), strict=True)
    return {np.dtype(kind): value for kind, value in floats}


def default_dtype() -> type:
    """Return the type that arrays of tests have if nothing is said: float32."""
    return np.float32


def default_rtols() -> dict[np.dtype, float]:
    """Return the relative tolerance of each type: 1e-2, 1e-4, 1e-5 from float16 to float64, 0 for integers."""
    return {**_by_type(1e-2, 1e-4, 1e-5), **dict.fromkeys(EXACT, 0)}


def default_atols() -> dict[np.dtype, float]:
    """Return the absolute tolerance of each type: 1e-1, 1e-3, 1e-20 from float16 to float64, 0 for integers."""
    return {**_by_type(1e-1, 1e-3, 1e-20), **dict.fromkeys(EXACT, 0)}


def default_numeric_eps() -> dict[np.dtype, float]:
    """Return the step of finite differences for each type: powers of two, which lose no bits of what they are added to."""
    return _by_type(2**-6, 2**-9, 2**-14)


def effective_dtype(dat: Any) -> np.dtype:
    """Return the type that decides on the tolerance: that of the elements."""
    return np.dtype(dat.dtype)


def get_tolerance(dat: Any, tol: Tolerance, default_tol: dict[np.dtype, float]) -> float:
    """Choose the tolerance of an array.

    Parameters
    ----------
    dat : array
        Its type decides.
    tol : float or dict, optional
        A number, or a number for some types.
    default_tol : dict
        A number for each type, where ``tol`` has none.
    """
    if isinstance(tol, numbers.Number):
        return tol  # type: ignore[return-value]
    dtype = effective_dtype(dat)
    found = (tol or {}).get(dtype, default_tol.get(dtype))  # type: ignore[union-attr]
    return default_tol[np.dtype(np.float16)] if found is None else found  # bfloat16, and what else rounds coarsely


def get_tols(x: Any, y: Any, rtol: Tolerance, atol: Tolerance) -> tuple[float, float]:
    """Choose relative and absolute tolerance of two arrays: of those that were not given, the coarser one's."""
    pair = [value if hasattr(value, "dtype") else np.asarray(value) for value in (x, y)]
    return (
        max(get_tolerance(value, rtol, default_rtols()) for value in pair),
        max(get_tolerance(value, atol, default_atols()) for value in pair),
    )


def get_atol(atol: float | None = None, dtype: Any = np.float64) -> float:
    """Return ``atol``, or the absolute tolerance of ``dtype`` if it is None."""
    return default_atols()[np.dtype(dtype)] if atol is None else atol


def get_rtol(rtol: float | None = None, dtype: Any = np.float64) -> float:
    """Return ``rtol``, or the relative tolerance of ``dtype`` if it is None."""
    return default_rtols()[np.dtype(dtype)] if rtol is None else rtol


def get_etol(etol: float | None = None) -> float:
    """Return ``etol``, the share of elements that may be off, or 0 if it is None."""
    return 0 if etol is None else etol
