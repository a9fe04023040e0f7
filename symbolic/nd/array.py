"""NDArray: values in memory, over a NumPy array."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, IndexingError, InputError, NotSupported, ShapeError, describe
from symbolic.fluent import Fluent
from symbolic.nd.arithmetic import Arithmetic
from symbolic.nd.exchange import Exchange
from symbolic.nd.mode import RECORDING, mode
from symbolic.values.context import Context, current_context
from symbolic.values.dtype import CODES, dtype_of

__all__ = ["Later", "NDArray", "wrap"]

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
storage = Later("symbolic.nd.storage")
gradients = Later("symbolic.nd.gradients")
tape = Later("symbolic.nd.tape")


class NDArray(Arithmetic, Exchange, Fluent):
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

    # _entry only if it is on the tape, _bound, the variable, only if it is an executor's
    __slots__ = ("__weakref__", "_bound", "_context", "_data", "_entry")
    __array_priority__ = 1000.0  # np.ones(3) + x is x.__radd__
    stype = "default"
    writable = True

    def __init__(self, data: np.ndarray | None, ctx: Context | None = None):
        if data is None:  # in a pickle that MXNet wrote; `__setstate__` brings the values
            data = np.zeros(0, np.float32)
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

    __nonzero__ = __bool__  # Python 2's name

    def __iter__(self) -> Iterator[NDArray]:
        return (self[place] for place in range(len(self)))

    # -- copies -------------------------------------------------------------------------------------------------------

    def copy(self) -> NDArray:
        """Copy it."""
        made = wrap(self._data.copy(), self._context, type(self))
        if mode.flags >= RECORDING:
            tape.record_copy(self, made)
        return made

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
            other = wrap(np.empty_like(self._data), other, type(self))
        if not isinstance(other, NDArray):
            facts = {"argument": "other", "got": type(other).__name__, "expected": "NDArray or Context"}
            raise ArgumentError(describe(f"copyto does not support {other!r}", operator="copyto", facts=facts))
        if other.stype == "default":
            if mode.flags >= RECORDING:
                tape.check_target(other, [self], "copyto")
            call.copy_into(other, self, "copyto", "other")
            if mode.flags >= RECORDING:
                tape.record_copy(self, other)
        else:
            storage.BaseSparseNDArray._take(other, self)
        return other

    def astype(self, dtype: Any, copy: bool = True) -> NDArray:
        """Convert the elements to another type; without ``copy``, the same array if it has that type."""
        wanted = dtype_of(np.float32 if dtype is None else dtype)
        if not copy and wanted == self._data.dtype:
            return self
        with np.errstate(all="ignore"):
            made = wrap(self._data.astype(wanted), self._context)
        if mode.flags >= RECORDING:
            tape.record_copy(self, made)
        return made

    def as_in_context(self, context: Context) -> NDArray:
        """Return it on another context; itself if it is there."""
        return self if context == self._context else self.copyto(context)

    as_in_ctx = as_in_context

    def as_nd_ndarray(self) -> NDArray:
        """Return itself."""
        return self

    def tostype(self, stype: str) -> NDArray:
        """Return a copy stored as ``"default"``, ``"row_sparse"`` or ``"csr"``; see `mx.nd.sparse`."""
        found: NDArray = storage.cast(self, stype, "tostype")
        if mode.flags >= RECORDING:
            tape.record_copy(self, found)
        return found

    def detach(self) -> NDArray:
        """Return it without its place in a recorded computation; the memory is shared."""
        return wrap(self._data, self._context)

    def wait_to_read(self) -> None:
        """Return at once: values are computed when they are asked for."""

    wait_to_write = wait_to_read

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._data, self._context.device_type, self._context.device_id)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the values of a pickle that MXNet wrote; arrays of this library are pickled without."""
        self._data = _owned(importlib.import_module("symbolic.files.states").array_in(state["handle"]).values)

    # -- parts --------------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> NDArray:
        """Pick a part: ``x[0]``, ``x[1:, ::2]``, ``x[..., None]``, ``x[[0, 2]]``, ``x[x.argmax(axis=0)]``.

        Where the part lies in one piece of memory it is that memory, as in the reference; else it is a copy. A single
        element has the shape ``(1,)``, or ``()`` under ``np_shape``.
        """
        part = indexing.read(self, key)
        if mode.flags >= RECORDING:
            tape.record_key(self, key, part)
        return part

    def __setitem__(self, key: Any, value: Any) -> None:
        if mode.flags >= RECORDING:
            tape.check_assignment(self, key, value)
        indexing.write(self, key, value)
        if mode.flags >= RECORDING and isinstance(value, NDArray):
            tape.record_assignment(self, key, value)

    @staticmethod
    def _basic_indexing_slice_is_contiguous(slc_key: Any, shape: tuple[int, ...]) -> bool:
        """Tell whether slices pick one piece of the memory of an array of this shape."""
        found: bool = np.empty(shape, np.bool_)[slc_key].flags.c_contiguous
        return found

    def _slice(self, start: int | None, stop: int | None) -> NDArray:
        """Return the rows from ``start`` to below ``stop``, on the same memory."""
        return self[start:stop]

    def _at(self, idx: int) -> NDArray:
        """Return the row ``idx``, on the same memory."""
        return self[idx]

    def _sync_copyfrom(self, source_array: Any) -> None:
        """Write a NumPy array of this shape."""
        self[:] = source_array

    def slice_assign(self, rhs: Any, begin: Any, end: Any, step: Any) -> NDArray:
        """Write an array into a slice of this one, which is returned."""
        self[tuple(map(slice, begin, end, step))] = rhs
        return self

    def slice_assign_scalar(self, value: Any, begin: Any, end: Any, step: Any) -> NDArray:
        """Write a number into a slice of this one, which is returned."""
        return self.slice_assign(value, begin, end, step)

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

    def broadcast_like(self, other: NDArray, **kwargs: Any) -> NDArray:
        """Repeat elements along axes of size one to the shape of ``other``."""
        return self._operator("broadcast_like")(self, other, **kwargs)

    def _operator(self, name: str) -> Any:
        return call.on_arrays(name)

    @staticmethod
    def _of_two(name: str, lhs: Any, rhs: Any) -> NDArray:
        return call.of_two(name, lhs, rhs)

    def _put(self, result: NDArray) -> NDArray:
        """Take over a result: ``x += y``."""
        if mode.flags >= RECORDING:
            tape.check_target(self, [self, result], "assignment in place")
        call.copy_into(self, result, "assignment in place", "result")
        return self

    # -- gradients ----------------------------------------------------------------------------------------------------

    @property
    def grad(self) -> NDArray | None:
        """The array of its gradient, ``None`` if there is none; see `attach_grad`."""
        mark = tape.mark_of(self)
        return None if mark is None else mark.gradient

    @property
    def _fresh_grad(self) -> int:
        """Whether a backward run has written the gradient since this was set to false."""
        mark = tape.mark_of(self)
        return int(mark is not None and mark.fresh)

    @_fresh_grad.setter
    def _fresh_grad(self, state: int) -> None:
        mark = tape.mark_of(self)
        if mark is None:
            raise ArgumentError(describe("an array without a gradient has no fresh one", hint="call attach_grad() first"))
        mark.fresh = bool(state)

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """Give it an array of zeros for its gradient; it leaves the computation that it is a result of.

        Parameters
        ----------
        grad_req : str
            What `backward` does with the gradient: ``"write"`` it, ``"add"`` it to what is there, or ``"null"``, nothing.
        stype : str, optional
            Storage type of the gradient; its own by default.
        """
        gradients.attach(self, grad_req, stype)

    def backward(self, out_grad: NDArray | None = None, retain_graph: bool = False, train_mode: bool = True) -> None:
        """Compute the gradients of what it was computed from; see `autograd.backward`."""
        gradients.differentiate([self], [out_grad], None, retain_graph, False, train_mode)

    # -- what is missing ----------------------------------------------------------------------------------------------

    def as_np_ndarray(self) -> Any:
        """Not there: this library has no ``mx.np``."""
        raise NotSupported(
            describe("there is no mx.np; asnumpy() copies into a NumPy array, as_numpy_view() shares", operator="as_np_ndarray")
        )


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


def _rebuilt(data: np.ndarray, device: str, number: int) -> NDArray:
    return wrap(_owned(data), Context(device, number))
