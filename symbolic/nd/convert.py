"""NDArrays of values of other kinds, copied or on the same memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, InputError, describe
from symbolic.nd.array import Later, NDArray, wrap
from symbolic.nd.mode import RECORDING, mode
from symbolic.operator.match import shown
from symbolic.values.context import Context, context_of
from symbolic.values.dtype import dtype_of

__all__ = ["array", "converted", "from_dlpack", "from_numpy", "is_numeric", "to_dlpack_for_read", "to_dlpack_for_write"]

sparse, tape = Later("symbolic.nd.sparse"), Later("symbolic.nd.tape")
FLOAT32, INT64 = np.dtype(np.float32), np.dtype(np.int64)
LARGE = 1e38  # up to here a number fits float32 without a warning of NumPy
READ_ONLY_IS_KNOWN = tuple(map(int, np.__version__.split(".")[:2])) >= (2, 1)  # older ones call every foreign array so


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Copy an array, a list or a number into a new NDArray; what is sparse stays so.

    Parameters
    ----------
    source_array : NDArray, numpy.ndarray, list or number
        Any layout, byte order and type of numbers.
    ctx : Context, optional
        The device it is said to be on; the current one by default.
    dtype : optional
        Type of its elements. By default an NDArray's own, else float32: a NumPy array's is not kept, as in MXNet.

    Raises
    ------
    ArgumentError
        If the source is no array of numbers.
    """
    context = context_of(ctx)
    is_array = isinstance(source_array, NDArray)
    if (is_array and source_array.stype != "default") or hasattr(source_array, "tocsr"):
        return sparse.array(source_array, ctx, dtype)
    wanted = dtype_of(dtype if dtype is not None else source_array.dtype if is_array else np.float32)
    source = source_array._data if is_array else _as_numbers(source_array)
    with np.errstate(all="ignore"):
        made = wrap(np.array(source, dtype=wanted, order="C"), context)
    if is_array and mode.flags >= RECORDING:
        tape.record_copy(source_array, made)
    return made


def _as_numbers(source: Any) -> np.ndarray:
    try:
        if source is not None and not isinstance(source, (str, bytes)):
            found = np.asarray(source)
            if is_numeric(found):
                return found
        why = f"it is of type {found.dtype.name if isinstance(source, np.ndarray) else type(source).__name__}"
        if isinstance(source, (list, tuple)):
            why = f"its elements are of type {found.dtype.name}"
    except ValueError as error:  # lists of different lengths
        why = str(error)
    facts = {"argument": "source_array", "got": shown(source), "expected": "an array, a list or a number"}
    raise ArgumentError(describe(f"no array of numbers can be made of this: {why}", operator="array", facts=facts)) from None


def is_numeric(array: np.ndarray) -> bool:
    """Whether the elements are numbers that an NDArray can hold, maybe in another type."""
    return array.dtype.kind in "biuf" or array.dtype.name == "bfloat16"


def converted(number: Any, dtype: np.dtype) -> np.ndarray:
    """Make an array without axes of a number; in integers it loses the fraction and wraps around."""
    if dtype == FLOAT32 and -LARGE < number < LARGE:
        return np.array(number, FLOAT32)
    if dtype.kind in "iu" and isinstance(number, int):
        return np.array(number % 2**64, np.uint64).astype(dtype)
    with np.errstate(all="ignore"):
        value = np.asarray(number)
        return (value.astype(INT64) if dtype.kind in "iu" else value).astype(dtype)


def from_numpy(ndarray: np.ndarray, zero_copy: bool = True, array_cls: type[NDArray] = NDArray) -> NDArray:
    """Make an NDArray of a NumPy array of any numbers; the type is kept.

    Parameters
    ----------
    ndarray : numpy.ndarray
        In C order, if it is not copied.
    zero_copy : bool
        Share the memory. The NumPy array is read-only from then on, as in MXNet, and sees what is written to the NDArray;
        memory that cannot be shared (of foreign byte order, or read-only) is copied.

    Raises
    ------
    ArgumentError
        If it is no array of numbers, or in another order.
    """
    if not isinstance(ndarray, np.ndarray) or not is_numeric(ndarray):
        facts = {"argument": "ndarray", "got": shown(ndarray), "expected": "numpy.ndarray of numbers"}
        raise ArgumentError(
            describe("this is no NumPy array of numbers; mx.nd.array takes other things", operator="from_numpy", facts=facts)
        )
    if not zero_copy:
        return array_cls(ndarray.copy())
    if not ndarray.flags.c_contiguous:
        facts = {"argument": "ndarray", "got": f"strides {ndarray.strides}", "expected": "C order"}
        hint = "from_numpy(a, zero_copy=False) copies"
        raise ArgumentError(describe("memory in this order cannot be shared", operator="from_numpy", facts=facts, hint=hint))
    if not (ndarray.dtype.isnative and ndarray.flags.aligned):
        return array_cls(ndarray)
    if ndarray.flags.writeable:
        shared = ndarray.view(np.ndarray)
        ndarray.flags.writeable = False
        return array_cls(shared)
    owner: Any = ndarray
    while isinstance(owner, np.ndarray) and owner.base is not None:
        owner = owner.base
    is_ours = isinstance(owner, np.ndarray) and owner.flags.owndata  # only said to be read-only, maybe by an earlier call
    return array_cls(np.asarray(_Writable(ndarray)) if is_ours else ndarray)


class _Capsule:
    """A DLPack capsule as NumPy takes it."""

    def __init__(self, capsule: Any):
        self._capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


class _Writable:
    """Memory that NumPy took for read-only, since nobody had told."""

    def __init__(self, array: np.ndarray):
        self._array = array  # keeps the memory
        self.__array_interface__ = {**array.__array_interface__, "data": (array.__array_interface__["data"][0], False)}


def from_dlpack(dlpack: Any) -> NDArray:
    """Make an NDArray on the memory of another library's array.

    Parameters
    ----------
    dlpack
        An array with ``__dlpack__``, or a capsule, which can be used once. What says that it is read-only, or lies in an
        order other than C, is copied.

    Raises
    ------
    InputError
        If it is neither, was used before, or lies on a device.
    """
    is_capsule = not hasattr(dlpack, "__dlpack__")
    try:
        found = np.from_dlpack(_Capsule(dlpack) if is_capsule else dlpack)
    except (TypeError, ValueError, RuntimeError, BufferError, AttributeError) as error:
        facts = {"argument": "dlpack", "got": shown(dlpack), "expected": "an array with __dlpack__, or an unused capsule"}
        raise InputError(describe(f"no array can be made of this: {error}", operator="from_dlpack", facts=facts)) from None
    if not found.flags.writeable and (is_capsule or not READ_ONLY_IS_KNOWN):
        found = np.asarray(_Writable(found))
    return NDArray(found)


def to_dlpack_for_read(data: NDArray) -> Any:
    """Hand the memory to another library, as a DLPack capsule."""
    return data.to_dlpack_for_read()


to_dlpack_for_write = to_dlpack_for_read
