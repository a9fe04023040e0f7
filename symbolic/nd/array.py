"""NDArray: values in memory, over a NumPy array."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, DTypeError, IndexingError, InputError, NotSupported, ShapeError, describe
from symbolic.fluent import Fluent
from symbolic.nd.arithmetic import Arithmetic
from symbolic.values.context import Context, current_context
from symbolic.values.dtype import CODES, dtype_of

__all__ = ["BaseSparseNDArray", "CSRNDArray", "NDArray", "RowSparseNDArray", "wrap"]

NATIVE = frozenset(np.dtype(name) for name in CODES.values() if name != "bfloat16")


class Later:
    """A module that is loaded when something of it is asked for: arrays and what computes on them need each other."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(importlib.import_module(self._name), attribute)
        setattr(self, attribute, found)
        return found


call = Later("symbolic.nd.call")
functions = Later("symbolic.nd.functions")
indexing = Later("symbolic.nd.indexing")

AUTOGRAD = "gradients of arrays are not recorded yet; compose a Symbol, bind it, and call backward on the executor"


class NDArray(Arithmetic, Fluent):
    """An array that operators and executors read and write.

    Its memory is a NumPy array in C order, native byte order, aligned and writeable. ``np.asarray(x)`` and
    `as_numpy_view` are that memory itself, `asnumpy` is a copy.

    Parameters
    ----------
    data : numpy.ndarray
        Taken as it is if its layout allows, else copied. Users rather call ``mx.nd.array``.
    ctx : Context, optional
        The device it is said to be on.

    Notes
    -----
    A slice of neighbouring elements shares the memory, any other is a copy; see `__getitem__`.
    """

    __slots__ = ("__weakref__", "_context", "_data")
    __array_priority__ = 1000.0  # np.ones(3) + x is x.__radd__
    stype = "default"
    grad, writable = None, True

    def __init__(self, data: np.ndarray, ctx: Context | None = None):
        if not isinstance(data, np.ndarray):
            facts = {"argument": "data", "got": type(data).__name__, "expected": "numpy.ndarray"}
            raise InputError(describe("NDArray wraps a NumPy array; make one of anything else by mx.nd.array", facts=facts))
        self._data = _owned(data)
        self._context = ctx or current_context()

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
    def T(self) -> NDArray:
        """The transpose, a copy."""
        return self.transpose()

    @property
    def handle(self) -> NDArray:
        """Itself: there is no other handle."""
        return self

    def __len__(self) -> int:
        if not self._data.ndim:
            raise IndexingError(describe("an array without axes has no length", facts={"got": "shape ()", "expected": "one axis or more"}))
        return len(self._data)

    def __repr__(self) -> str:
        sizes = "x".join(map(str, self.shape))
        return f"\n{self._data}\n<{type(self).__name__} {sizes} @{self._context}>"

    def __bool__(self) -> bool:
        if self.size > 1:
            facts = {"got": f"shape {self.shape}", "expected": "a single element"}
            raise ShapeError(describe("the truth value of an NDArray with several elements is ambiguous", facts=facts))
        return bool(self._data.any())

    def __iter__(self) -> Iterator[NDArray]:
        return (self[place] for place in range(len(self)))

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
        found = self._data if dtype is None else self._data.astype(dtype, copy=False)
        if copy is False and found is not self._data:
            raise DTypeError(f"elements of type {self._data.dtype} are no {np.dtype(dtype)} without a copy")
        return found

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let NumPy's functions compute on the values: ``np.mean(x)`` is a NumPy number."""
        if not all(issubclass(kind, (NDArray, np.ndarray)) for kind in types):
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

    # -- copies -------------------------------------------------------------------------------------------------------

    def copy(self) -> NDArray:
        """Copy it."""
        return wrap(self._data.copy(), self._context, type(self))

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> NDArray:
        return self.copy()

    def copyto(self, other: NDArray | Context) -> NDArray:
        """Copy the values into another array of this shape, or into a new one on a context.

        Raises
        ------
        ShapeError
            If the other array has another shape.
        """
        if isinstance(other, Context):
            return wrap(self._data.copy(), other, type(self))
        if not isinstance(other, NDArray):
            facts = {"argument": "other", "got": type(other).__name__, "expected": "NDArray or Context"}
            raise ArgumentError(describe(f"copyto does not support {other!r}", operator="copyto", facts=facts))
        call.copy_into(other, self, "copyto", "other")
        return other

    def astype(self, dtype: Any, copy: bool = True) -> NDArray:
        """Convert the elements to another type; without ``copy``, the same array if it has that type."""
        wanted = dtype_of(np.float32 if dtype is None else dtype)
        if not copy and wanted == self._data.dtype:
            return self
        with np.errstate(all="ignore"):
            return wrap(self._data.astype(wanted), self._context)

    def as_in_context(self, context: Context) -> NDArray:
        """Return it on another context; itself if it is there."""
        return self if context == self._context else self.copyto(context)

    as_in_ctx = as_in_context

    def as_nd_ndarray(self) -> NDArray:
        """Return itself."""
        return self

    def tostype(self, stype: str) -> NDArray:
        """Return a copy under another storage type; the memory is dense whatever it says."""
        if stype not in STORAGE:
            facts = {"argument": "stype", "got": repr(stype), "expected": ", ".join(STORAGE)}
            raise ArgumentError(describe("there is no such storage type", operator="tostype", facts=facts))
        return wrap(_checked(self._data.copy(), stype), self._context, STORAGE[stype])

    def detach(self) -> NDArray:
        """Return it without its place in a recorded computation; the memory is shared."""
        return wrap(self._data, self._context)

    def wait_to_read(self) -> None:
        """Return at once: values are computed when they are asked for."""

    wait_to_write = wait_to_read

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._data, self._context.device_type, self._context.device_id, self.stype)

    # -- parts --------------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> NDArray:
        """Pick a part: ``x[0]``, ``x[1:, ::2]``, ``x[..., None]``, ``x[[0, 2]]``, ``x[x.argmax(axis=0)]``.

        Where the part lies in one piece of memory it is that memory, as in the reference; else it is a copy. A single
        element has the shape ``(1,)``, or ``()`` under ``np_shape``.
        """
        return indexing.read(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        indexing.write(self, key, value)

    def slice_assign(self, rhs: Any, begin: Any, end: Any, step: Any) -> NDArray:
        """Write an array into a slice of this one, which is returned."""
        self[tuple(map(slice, begin, end, step))] = rhs
        return self

    slice_assign_scalar = slice_assign

    # -- the same memory under another shape --------------------------------------------------------------------------

    def reshape(self, *shape: Any, **kwargs: Any) -> NDArray:
        """Give it another shape, codes as in the operator ``Reshape``; the memory is shared."""
        return call.reshaped(self, shape, kwargs)

    def expand_dims(self, axis: int, inplace: bool = False) -> NDArray:
        """Insert an axis of size one; ``inplace``, the memory is shared."""
        return call.viewed("expand_dims", self, {"axis": axis}) if inplace else self._operator("expand_dims")(self, axis=axis)

    def squeeze(self, axis: Any = None, inplace: bool = False) -> NDArray:
        """Drop axes of size one; ``inplace``, the memory is shared."""
        return call.viewed("squeeze", self, {"axis": axis}) if inplace else self._operator("squeeze")(self, axis=axis)

    def flatten(self, inplace: bool = False) -> NDArray:
        """Join all axes but the first; ``inplace``, the memory is shared."""
        return call.viewed("Flatten", self, {}) if inplace else self._operator("Flatten")(self)

    # -- operators ----------------------------------------------------------------------------------------------------

    def split_v2(self, indices_or_sections: Any, axis: int = 0, squeeze_axis: bool = False) -> Any:
        """Split at indices, or into equal sections."""
        return functions.split_v2(self, indices_or_sections, axis, squeeze_axis)

    def broadcast_to(self, shape: Any) -> NDArray:
        """Repeat elements along axes of size one; axes may be added in front."""
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        longer = self._operator("Reshape")(self, shape=(1,) * (len(shape) - self.ndim) + self.shape) if 0 < self.ndim < len(shape) else self
        return self._operator("broadcast_to")(longer, shape=shape)

    def _operator(self, name: str) -> Any:
        return call.on_arrays(name)

    @staticmethod
    def _of_two(name: str, lhs: Any, rhs: Any) -> NDArray:
        return call.of_two(name, lhs, rhs)

    def _put(self, result: NDArray) -> NDArray:
        """Take over a result: ``x += y``."""
        call.copy_into(self, result, "assignment in place", "result")
        return self

    # -- what is missing ----------------------------------------------------------------------------------------------

    def backward(self, *_: Any, **__: Any) -> None:
        """Not there yet: gradients of arrays are not recorded."""
        raise NotSupported(describe(AUTOGRAD))

    attach_grad = backward

    def as_np_ndarray(self) -> Any:
        """Not there: this library has no ``mx.np``."""
        raise NotSupported(
            describe("there is no mx.np; asnumpy() copies into a NumPy array, as_numpy_view() shares", operator="as_np_ndarray")
        )


class BaseSparseNDArray(NDArray):
    """An array said to store only what is not zero; in memory it is dense."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"\n<{type(self).__name__} {'x'.join(map(str, self.shape))} @{self._context}>"


class RowSparseNDArray(BaseSparseNDArray):
    """An array said to store some of its rows."""

    __slots__ = ()
    stype = "row_sparse"


class CSRNDArray(BaseSparseNDArray):
    """A matrix said to store its non-zero elements row by row."""

    __slots__ = ()
    stype = "csr"


STORAGE: dict[str, type[NDArray]] = {kind.stype: kind for kind in (NDArray, RowSparseNDArray, CSRNDArray)}


def wrap(data: np.ndarray, context: Context, kind: type[NDArray] = NDArray) -> NDArray:
    """Make an NDArray of memory that is known to fit one: nothing is checked, nothing copied."""
    array = object.__new__(kind)
    array._data = data
    array._context = context
    return array


def _owned(data: np.ndarray) -> np.ndarray:
    """Return ``data`` itself if an NDArray can lie in its memory, else a copy in which it can."""
    if type(data) is not np.ndarray:
        data = np.asarray(data)  # a matrix has two axes whatever one asks
    if data.dtype in NATIVE and data.flags.carray:
        return data
    dtype = dtype_of(data.dtype)
    return data if data.flags.carray and data.dtype == dtype else np.array(data, dtype=dtype, order="C")


def _checked(data: np.ndarray, stype: str) -> np.ndarray:
    if stype == "csr" and data.ndim != 2:
        raise ShapeError(describe("only a matrix has the storage type csr", facts={"got": f"shape {data.shape}", "expected": "2 axes"}))
    return data


def _as_numpy(value: Any) -> Any:
    """Put NumPy arrays in the place of NDArrays, in arguments and in lists among them."""
    if isinstance(value, NDArray):
        return value._data
    if isinstance(value, tuple):
        return tuple([_as_numpy(member) for member in value])
    if isinstance(value, list):
        return [_as_numpy(member) for member in value]
    if isinstance(value, dict):
        return {key: _as_numpy(member) for key, member in value.items()}
    return value


def _rebuilt(data: np.ndarray, device: str, number: int, stype: str) -> NDArray:
    return wrap(_owned(data), Context(device, number), STORAGE[stype])
