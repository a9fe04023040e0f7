"""NDArray: values in memory, over a NumPy array."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, DTypeError, NotSupported, ShapeError, UnknownName, describe
from symbolic.fluent import Fluent
from symbolic.values.context import Context, current_context
from symbolic.values.dtype import dtype_of

__all__ = ["NDArray", "array", "from_numpy"]


class NDArray(Fluent):
    """An array that executors read and write.

    Its memory is a NumPy array in C order and native byte order; `asnumpy` copies it, ``np.asarray(x)`` and
    `as_numpy_view` do not.
    """

    __slots__ = ("__weakref__", "_context", "_data", "_grad", "_stype")
    __hash__ = object.__hash__  # == compares elements; an array is still itself
    __array_priority__ = 1000.0

    def __init__(self, data: np.ndarray, ctx: Context | None = None, stype: str = "default"):
        if not isinstance(data, np.ndarray):
            raise ArgumentError(f"NDArray wraps a numpy.ndarray, not {type(data).__name__}; use mx.nd.array")
        dtype = data.dtype.newbyteorder("=")
        if not (data.flags.c_contiguous and data.flags.aligned and data.flags.writeable and data.dtype == dtype and data.dtype.isnative):
            data = np.array(data, dtype=dtype_of(dtype), order="C")
        self._data = data
        self._context = ctx or current_context()
        self._stype = stype
        self._grad: NDArray | None = None

    # -- what it is ---------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        return self._data.shape

    @property
    def dtype(self) -> type:
        """Type of the elements, as a NumPy scalar class."""
        return self._data.dtype.type

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._data.size

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._data.ndim

    @property
    def context(self) -> Context:
        """The device it is said to be on."""
        return self._context

    ctx = context

    @property
    def stype(self) -> str:
        """Storage type; the memory is dense whatever it says."""
        return self._stype

    @property
    def T(self) -> NDArray:
        """The transpose."""
        return self.transpose()

    @property
    def handle(self) -> NDArray:
        """Itself: there is no other handle."""
        return self

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        sizes = "x".join(map(str, self.shape))
        return f"\n{self._data}\n<NDArray {sizes} @{self._context}>"

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ShapeError(f"the truth value of an array of {self.size} elements is ambiguous")
        return bool(self._data.item())

    def __iter__(self) -> Iterator[NDArray]:
        return (self[i] for i in range(len(self)))

    # -- values out ---------------------------------------------------------------------------------------------------

    def asnumpy(self) -> np.ndarray:
        """Copy the values into a new NumPy array."""
        return self._data.copy()

    def as_numpy_view(self) -> np.ndarray:
        """Return the memory itself as a NumPy array: writes are seen on both sides."""
        return self._data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy:
            return np.array(self._data, dtype=dtype)
        return self._data if dtype is None else self._data.astype(dtype, copy=False)

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self._data.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._data.__dlpack_device__()

    def _as_constant(self) -> np.ndarray:
        return self._data

    def asscalar(self) -> Any:
        """Return the value of an array of one element."""
        if self.size != 1:
            raise ShapeError(f"asscalar needs an array of one element; this one has the shape {self.shape}")
        return self._data.item() if self._data.dtype.kind != "f" else self._data.reshape(-1)[0]

    def item(self) -> Any:
        """Return the value of an array of one element as a Python number."""
        return self.asscalar().item() if hasattr(self.asscalar(), "item") else self.asscalar()

    def __float__(self) -> float:
        return float(self.asscalar())

    def __int__(self) -> int:
        return int(self.asscalar())

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu":
            raise DTypeError("only an integer array of one element is an index")
        return int(self.asscalar())

    # -- copies -------------------------------------------------------------------------------------------------------

    def copy(self) -> NDArray:
        """Copy it."""
        return NDArray(self._data.copy(), self._context, self._stype)

    def __copy__(self) -> NDArray:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> NDArray:
        return self.copy()

    def copyto(self, other: Any) -> NDArray:
        """Copy the values into another array, or into a new one on a context."""
        if isinstance(other, Context):
            return NDArray(self._data.copy(), other, self._stype)
        if not isinstance(other, NDArray):
            raise ArgumentError(f"copyto needs an NDArray or a Context, not {other!r}")
        if other is not self:
            other[:] = self
        return other

    def astype(self, dtype: Any, copy: bool = True, **kwargs: Any) -> NDArray:
        """Convert the elements to another type."""
        wanted = dtype_of(dtype)
        if not copy and wanted == self._data.dtype:
            return self
        with np.errstate(all="ignore"):
            return NDArray(self._data.astype(wanted), self._context)

    def as_in_context(self, context: Context) -> NDArray:
        """Return it on another context; itself if it is there."""
        return self if context == self._context else NDArray(self._data.copy(), context, self._stype)

    as_in_ctx = as_in_context

    def as_nd_ndarray(self) -> NDArray:
        """Return itself."""
        return self

    def tostype(self, stype: str) -> NDArray:
        """Return it under another storage type; the memory is dense whatever it says."""
        if stype not in ("default", "row_sparse", "csr"):
            raise ArgumentError(f"storage types are default, row_sparse and csr, not {stype!r}")
        return NDArray(self._data.copy(), self._context, stype)

    def detach(self) -> NDArray:
        """Return it without its place in a recorded computation; the memory is shared."""
        return NDArray(self._data, self._context, self._stype)

    def wait_to_read(self) -> None:
        """Return at once: values are computed when they are asked for."""

    wait_to_write = wait_to_read

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self._data, str(self._context.device_type), self._context.device_id, self._stype)

    # -- indexing -----------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> NDArray:
        """Pick a part: a view where it is contiguous, as in MXNet, else a copy."""
        try:
            part = self._data[_plain(key)]
        except IndexError as error:
            raise UnknownName(f"index {key!r} does not fit an array of shape {self.shape}: {error}") from None
        if not isinstance(part, np.ndarray) or part.ndim == 0:
            part = np.asarray(part).reshape(1)
        return NDArray(part, self._context)

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(value, NDArray):
            value = value._data
        elif not isinstance(value, (numbers.Number, np.ndarray, np.generic, list, tuple)):
            raise ArgumentError(f"assign a number or an array, not {type(value).__name__}")
        try:
            with np.errstate(all="ignore"):
                target = self._data[_plain(key)]
                if isinstance(target, np.ndarray) and isinstance(value, np.ndarray) and value.size == 1 and value.ndim > target.ndim:
                    value = value.reshape(())
                self._data[_plain(key)] = value
        except (ValueError, TypeError) as error:
            raise ShapeError(f"value does not fit [{key!r}] of an array of shape {self.shape}: {error}") from None
        except IndexError as error:
            raise UnknownName(f"index {key!r} does not fit an array of shape {self.shape}: {error}") from None

    # -- operators ----------------------------------------------------------------------------------------------------

    def _operator(self, name: str) -> Any:
        from symbolic.nd.call import on_arrays

        return on_arrays(name)

    def reshape(self, *shape: Any, **kwargs: Any) -> NDArray:
        """Give it another shape, codes as in the operator ``Reshape``; the memory is shared."""
        from symbolic.nd.call import reshaped

        if shape:
            kwargs["shape"] = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        return reshaped(self, **kwargs)

    def _asked(self) -> NotSupported:
        return NotSupported("gradients of arrays come with mx.autograd")

    def __add__(self, other: Any) -> Any:
        return _binary("broadcast_add", "_plus_scalar", self, other)

    __radd__ = __add__

    def __iadd__(self, other: Any) -> NDArray:
        return self._into(self + other)

    def __sub__(self, other: Any) -> Any:
        return _binary("broadcast_sub", "_minus_scalar", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary("broadcast_sub", "_rminus_scalar", other, self)

    def __isub__(self, other: Any) -> NDArray:
        return self._into(self - other)

    def __mul__(self, other: Any) -> Any:
        return _binary("broadcast_mul", "_mul_scalar", self, other)

    __rmul__ = __mul__

    def __imul__(self, other: Any) -> NDArray:
        return self._into(self * other)

    def __truediv__(self, other: Any) -> Any:
        return _binary("broadcast_div", "_div_scalar", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary("broadcast_div", "_rdiv_scalar", other, self)

    def __itruediv__(self, other: Any) -> NDArray:
        return self._into(self / other)

    __div__, __rdiv__, __idiv__ = __truediv__, __rtruediv__, __itruediv__

    def __mod__(self, other: Any) -> Any:
        return _binary("broadcast_mod", "_mod_scalar", self, other)

    def __rmod__(self, other: Any) -> Any:
        return _binary("broadcast_mod", "_rmod_scalar", other, self)

    def __imod__(self, other: Any) -> NDArray:
        return self._into(self % other)

    def __pow__(self, other: Any) -> Any:
        return _binary("broadcast_power", "_power_scalar", self, other)

    def __rpow__(self, other: Any) -> Any:
        return _binary("broadcast_power", "_rpower_scalar", other, self)

    def __neg__(self) -> NDArray:
        return self * -1.0 if self._data.dtype.kind == "f" else self._operator("negative")(self)

    def __pos__(self) -> NDArray:
        return self

    def __abs__(self) -> NDArray:
        return self._operator("abs")(self)

    def __matmul__(self, other: Any) -> NDArray:
        return self._operator("dot")(self, other)

    def __eq__(self, other: object) -> Any:
        return False if other is None else _binary("broadcast_equal", "_equal_scalar", self, other)

    def __ne__(self, other: object) -> Any:
        return True if other is None else _binary("broadcast_not_equal", "_not_equal_scalar", self, other)

    def __gt__(self, other: Any) -> Any:
        return _binary("broadcast_greater", "_greater_scalar", self, other)

    def __ge__(self, other: Any) -> Any:
        return _binary("broadcast_greater_equal", "_greater_equal_scalar", self, other)

    def __lt__(self, other: Any) -> Any:
        return _binary("broadcast_lesser", "_lesser_scalar", self, other)

    def __le__(self, other: Any) -> Any:
        return _binary("broadcast_lesser_equal", "_lesser_equal_scalar", self, other)

    def _into(self, result: NDArray) -> NDArray:
        """Write a result into this array's memory."""
        if result.shape != self.shape:
            raise ShapeError(describe("an array keeps its shape in place", facts={"got": result.shape, "expected": self.shape}))
        np.copyto(self._data, result._data, casting="unsafe")
        return self


def _binary(two: str, scalar: str, left: Any, right: Any) -> Any:
    from symbolic.nd.call import on_arrays

    for value in (left, right):
        if isinstance(value, numbers.Number) and not isinstance(value, complex):
            other = right if value is left else left
            return on_arrays(scalar)(other, scalar=value)
    for value in (left, right):
        if not isinstance(value, (NDArray, np.ndarray)):
            return NotImplemented
    left, right = (value if isinstance(value, NDArray) else NDArray(value) for value in (left, right))
    return on_arrays(two)(left, right)


def _plain(key: Any) -> Any:
    """Turn NDArrays in an index into NumPy ones; floating-point indices count as integers, as in MXNet."""
    if isinstance(key, tuple):
        return tuple([_plain(part) for part in key])
    if isinstance(key, NDArray):
        return key._data.astype(np.int64) if key._data.dtype.kind == "f" else key._data
    return key


def _rebuild(data: np.ndarray, device: str, number: int, stype: str) -> NDArray:
    return NDArray(data, Context(device, number), stype)


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Copy an array, a list or a number into a new NDArray.

    The type is float32 unless ``dtype``, or an NDArray given, says otherwise; a NumPy array's is not kept, as in MXNet.
    """
    if isinstance(source_array, NDArray):
        data = source_array._data
        dtype = data.dtype if dtype is None else dtype
    else:
        if dtype is None:
            dtype = np.float32
        try:
            data = np.asarray(source_array)
        except ValueError as error:
            raise ArgumentError(f"no array can be made of this: {error}") from None
        if data.dtype.kind not in "biuf" and data.dtype.name != "bfloat16":
            raise ArgumentError(f"no array of numbers can be made of {type(source_array).__name__} of type {data.dtype}")
    with np.errstate(all="ignore"):
        return NDArray(np.array(data, dtype=dtype_of(dtype), order="C"), ctx)


def from_numpy(ndarray: np.ndarray, zero_copy: bool = True) -> NDArray:
    """Wrap a NumPy array; the memory is shared if it is in C order, unless ``zero_copy`` is off."""
    return NDArray(ndarray if zero_copy else ndarray.copy())


