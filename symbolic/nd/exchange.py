"""Values of arrays for others: NumPy arrays and functions, other libraries, Python's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, DTypeError, ShapeError, describe

__all__ = ["Exchange"]


class Exchange:
    """How an array's values get out; the subclass has them as ``_data``, and knows its ``shape`` and ``size``."""

    __slots__ = ()
    _data: np.ndarray
    shape: Any
    size: Any

    def asnumpy(self) -> np.ndarray:
        """Copy the values into a new NumPy array."""
        return self._data.copy()

    def as_numpy_view(self) -> np.ndarray:
        """Return the memory itself as a NumPy array: writes are seen on both sides."""
        return self._data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy:
            return np.array(self._data, dtype=dtype)
        found = self._data if dtype is None else self._data.astype(dtype, copy=False)
        if copy is False and found is not self._data:
            raise DTypeError(f"elements of type {self._data.dtype} are no {np.dtype(dtype)} without a copy")
        return found

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let NumPy's functions compute on the values: ``np.mean(x)`` is a NumPy number."""
        if not all(issubclass(kind, (Exchange, np.ndarray)) for kind in types):
            return NotImplemented
        return function(*_as_numpy(args), **_as_numpy(kwargs))

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self._data.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._data.__dlpack_device__()

    def to_dlpack_for_read(self) -> Any:
        """Hand the memory to another library, as a DLPack capsule."""
        return self._data.__dlpack__()

    to_dlpack_for_write = to_dlpack_for_read

    def _as_constant(self) -> np.ndarray:
        return self._data

    def asscalar(self) -> Any:
        """Return the value of an array of one element, as a NumPy number."""
        if self.size != 1:
            raise ShapeError(
                describe("the array is not a scalar", operator="asscalar", facts={"got": f"shape {self.shape}", "expected": "1 element"})
            )
        return self._data.reshape(1)[0]

    def item(self) -> Any:
        """Return the value of an array of one element, as a Python number."""
        return self.asscalar().item()

    def _number(self, kind: type) -> Any:
        if self.size != 1:
            facts = {"got": f"shape {self.shape}", "expected": "1 element"}
            raise ArgumentError(describe(f"only an array of one element, a scalar, is {kind.__name__}", facts=facts))
        return kind(self.item())

    def __float__(self) -> float:
        return self._number(float)

    def __int__(self) -> int:
        return self._number(int)

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu":
            facts = {"got": self._data.dtype, "expected": "an integer type"}
            raise DTypeError(describe("an array of this type is no index", facts=facts))
        return self._number(int)


def _as_numpy(value: Any) -> Any:
    """Put NumPy arrays in the place of NDArrays, in arguments and in lists among them."""
    if isinstance(value, Exchange):
        return value._data
    if isinstance(value, tuple):
        return tuple([_as_numpy(member) for member in value])
    if isinstance(value, list):
        return [_as_numpy(member) for member in value]
    if isinstance(value, dict):
        return {key: _as_numpy(member) for key, member in value.items()}
    return value
