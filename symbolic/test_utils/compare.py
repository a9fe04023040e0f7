"""Whether arrays agree, and where they do not."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic.errors import ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.test_utils.tolerance import get_atol, get_etol, get_rtol, get_tols

__all__ = [
    "almost_equal",
    "almost_equal_ignore_nan",
    "assert_allclose",
    "assert_almost_equal",
    "assert_almost_equal_ignore_nan",
    "assert_almost_equal_with_err",
    "checkShapes",
    "compare_ndarray_tuple",
    "find_max_violation",
    "locationError",
    "same",
    "same_array",
]


def _plain(value: Any) -> np.ndarray:
    return value.asnumpy() if hasattr(value, "asnumpy") else np.asarray(value)


def _pair(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """Make NumPy arrays of one shape, wide enough that their difference is exact."""
    first, second = _plain(a), _plain(b)
    try:
        first, second = np.broadcast_arrays(first, second)
    except ValueError:
        facts = {"a": first.shape, "b": second.shape, "needed": "shapes that stretch to one"}
        raise ShapeError(describe("the arrays cannot be compared", facts=facts)) from None
    if first.dtype.kind in "biu" and second.dtype.kind in "biu":
        return first, second
    wide = np.float64 if np.float64 in (first.dtype, second.dtype) or "c" not in (first.dtype.kind, second.dtype.kind) else np.complex128
    return first.astype(wide), second.astype(wide)


def _close(a: np.ndarray, b: np.ndarray, rtol: float, atol: float, equal_nan: bool) -> np.ndarray:
    """Tell element by element whether ``|a - b| <= atol + rtol |b|``."""
    if not rtol and not atol and a.dtype.kind in "biu":
        return a == b  # integers beyond 2 ** 53 differ, too
    with np.errstate(all="ignore"):
        return np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)


def _violation(a: np.ndarray, b: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Divide differences by their tolerances; nan where only one is nan counts as infinite."""
    with np.errstate(all="ignore"):
        size = np.abs(a.astype(np.float64) - b.astype(np.float64)) if a.dtype.kind in "biu" else np.abs(a - b)
        found = np.where(a == b, 0.0, size) / (atol + rtol * np.abs(b) + 1e-20)
    return np.nan_to_num(found, nan=np.inf, posinf=np.inf)


def find_max_violation(a: Any, b: Any, rtol: float | None = None, atol: float | None = None) -> tuple[tuple[Any, ...], Any]:
    """Find where two arrays differ most, measured by the tolerance.

    Returns
    -------
    index : tuple of int
        Where.
    violation : float
        The difference there, divided by the tolerance: above 1 it is too large.
    """
    found = _violation(*_pair(a, b), get_rtol(rtol), get_atol(atol))
    index = np.unravel_index(np.argmax(found), found.shape)
    return index, found[index]


def same(a: Any, b: Any) -> bool:
    """Whether two arrays have the same shape and elements."""
    return np.array_equal(_plain(a), _plain(b))


def checkShapes(a: Any, b: Any) -> None:
    """Raise AssertionError if two arrays differ in shape."""
    if a.shape != b.shape:
        raise AssertionError(f"the arrays differ in shape: {a.shape} and {b.shape}")


def almost_equal(
    a: Any, b: Any, rtol: float | None = None, atol: float | None = None, equal_nan: bool = False, use_broadcast: bool = True
) -> bool:
    """Whether ``|a - b| <= atol + rtol |b|`` for all elements.

    Parameters
    ----------
    a, b : array or number
        What is compared.
    rtol, atol : float, optional
        Tolerances, by default those of float64.
    equal_nan : bool, default False
        Count nan as equal to nan.
    use_broadcast : bool, default True
        Let shapes stretch to each other; otherwise AssertionError if they differ.
    """
    if not use_broadcast:
        checkShapes(a, b)
    return bool(_close(*_pair(a, b), get_rtol(rtol), get_atol(atol), equal_nan).all())


def almost_equal_ignore_nan(a: Any, b: Any, rtol: float | None = None, atol: float | None = None) -> bool:
    """Whether `almost_equal`, where neither is nan."""
    return almost_equal(*_without_nan(a, b), rtol, atol)


def locationError(a: Any, b: Any, index: Any, names: tuple[str, str], maxError: bool = False) -> str:
    """Say what two arrays hold at ``index``."""
    return f"{'largest error' if maxError else 'error'} at {tuple(map(int, index))}: {names[0]}={a[index]}, {names[1]}={b[index]}"


def _complaint(
    a: np.ndarray, b: np.ndarray, close: np.ndarray, rtol: float, atol: float, names: tuple[str, str], mismatches: tuple[int, int]
) -> str:
    """Say how many elements are off, where the worst are, and what they are."""
    violation = np.where(close, 0.0, _violation(a, b, rtol, atol))
    count, size = int((~close).sum()), close.size
    worst = np.argsort(-violation, axis=None, kind="stable")[: max(1, min(count, mismatches[0]))]
    places = [np.unravel_index(place, close.shape) for place in worst]
    lines = [
        f"{names[0]} and {names[1]} differ: the error is {violation.flat[worst[0]]:.6f} times the tolerance rtol={rtol:g}, atol={atol:g}; "
        f"{count} of {size} elements are off ({100 * count / size:g}%)",
        f"  {locationError(a, b, places[0], names, maxError=True)}",
        *[f"  {locationError(a, b, place, names)}, {violation[place]:.6f} times the tolerance" for place in places[1:]],
    ]
    with np.printoptions(threshold=20, edgeitems=2):
        return "\n".join([*lines, f"  {names[0]} {a.shape}: {a}", f"  {names[1]} {b.shape}: {b}"])


def assert_almost_equal(
    a: Any,
    b: Any,
    rtol: Any = None,
    atol: Any = None,
    names: tuple[str, str] = ("a", "b"),
    equal_nan: bool = False,
    use_broadcast: bool = True,
    mismatches: tuple[int, int] = (10, 10),
) -> None:
    """Raise AssertionError unless ``|a - b| <= atol + rtol |b|`` for all elements.

    Parameters
    ----------
    a, b : NDArray, numpy.ndarray or number
        What is compared; ``b`` is what is wanted.
    rtol, atol : float or dict, optional
        Tolerances, or such for some types. By default the coarser of what the types of ``a`` and ``b`` have in
        `default_rtols` and `default_atols`.
    names : (str, str)
        What the message calls them.
    equal_nan : bool, default False
        Count nan as equal to nan.
    use_broadcast : bool, default True
        Let shapes stretch to each other. Two NDArrays of one type must be of one shape all the same, as in MXNet.
    mismatches : (int, int)
        How many elements that are off the message lists at most; the second number has no effect.

    Raises
    ------
    AssertionError
        It says how many elements are off, where the worst is and what it is.
    ShapeError
        If the shapes do not fit.
    """
    if not use_broadcast:
        checkShapes(a, b)
    rtol, atol = get_tols(a, b, rtol, atol)
    if isinstance(a, NDArray) and isinstance(b, NDArray) and a.dtype == b.dtype and a.context == b.context and a.shape != b.shape:
        raise ShapeError(describe("the arrays cannot be compared", facts={"a": a.shape, "b": b.shape, "needed": "one shape"}))
    first, second = _pair(a, b)
    close = _close(first, second, rtol, atol, equal_nan)
    if not close.all():
        raise AssertionError(_complaint(first, second, close, rtol, atol, names, mismatches))


def assert_allclose(a: Any, b: Any, rtol: Any = 1e-07, atol: Any = 0, equal_nan: bool = True) -> None:
    """Do `assert_almost_equal` with the defaults of NumPy's function of this name."""
    assert_almost_equal(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)


def assert_almost_equal_with_err(
    a: Any,
    b: Any,
    rtol: Any = None,
    atol: Any = None,
    etol: float | None = None,
    names: tuple[str, str] = ("a", "b"),
    equal_nan: bool = False,
    mismatches: tuple[int, int] = (10, 10),
) -> None:
    """Raise AssertionError if more than the share ``etol`` of elements are off; else as `assert_almost_equal`."""
    etol = get_etol(etol)
    if not etol > 0:
        assert_almost_equal(a, b, rtol=rtol, atol=atol, names=names, equal_nan=equal_nan, mismatches=mismatches)
        return
    rtol, atol = get_tols(a, b, rtol, atol)
    first, second = _pair(a, b)
    close = _close(first, second, rtol, atol, equal_nan)
    if (~close).sum() > etol * close.size:
        raise AssertionError(_complaint(first, second, close, rtol, atol, names, mismatches))


def _without_nan(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """Copy both, with 0 where one is nan."""
    first, second = _plain(a).copy(), _plain(b).copy()
    hidden = np.isnan(first) | np.isnan(second)
    first[hidden] = second[hidden] = 0
    return first, second


def assert_almost_equal_ignore_nan(a: Any, b: Any, rtol: Any = None, atol: Any = None, names: tuple[str, str] = ("a", "b")) -> None:
    """Do `assert_almost_equal` where neither is nan."""
    assert_almost_equal(*_without_nan(a, b), rtol, atol, names)


def same_array(array1: NDArray, array2: NDArray) -> bool:
    """Whether two NDArrays share their memory: what is written into one is seen in the other."""
    before = array1.asnumpy()
    array1[:] = before + 1 if before.dtype != bool else ~before
    shared = same(array1, array2)
    array1[:] = before
    return shared and same(array1, array2)


def compare_ndarray_tuple(t1: Any, t2: Any, rtol: Any = None, atol: Any = None) -> None:
    """Do `assert_almost_equal` for arrays in tuples in tuples; None goes with anything."""
    if t1 is None or t2 is None:
        return
    if isinstance(t1, tuple):
        for first, second in zip(t1, t2, strict=False):
            compare_ndarray_tuple(first, second, rtol, atol)
    else:
        assert_almost_equal(t1, t2, rtol=rtol, atol=atol)
