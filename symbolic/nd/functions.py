"""Functions of ``mx.nd`` that are no operators: creation, two-sided arithmetic, joining, files."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.io import params as files
from symbolic.nd.array import NDArray
from symbolic.nd.call import on_arrays
from symbolic.values.context import Context
from symbolic.values.dtype import dtype_of

__all__ = [
    "add",
    "arange",
    "concatenate",
    "divide",
    "empty",
    "equal",
    "eye",
    "from_dlpack",
    "full",
    "greater",
    "greater_equal",
    "histogram",
    "hypot",
    "lesser",
    "lesser_equal",
    "linspace",
    "load",
    "load_frombuffer",
    "logical_and",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "modulo",
    "moveaxis",
    "multiply",
    "not_equal",
    "ones",
    "onehot_encode",
    "power",
    "save",
    "split_v2",
    "subtract",
    "to_dlpack_for_read",
    "to_dlpack_for_write",
    "true_divide",
    "waitall",
    "zeros",
]


def _sizes(shape: Any) -> tuple[int, ...]:
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    for size in sizes:
        if not isinstance(size, numbers.Integral) or isinstance(size, bool) or size < 0:
            raise ArgumentError(describe("a shape holds integers from 0", facts={"argument": "shape", "got": repr(shape), "expected": "tuple of int"}))
    count = 1
    for size in sizes:
        count *= int(size)
    if count > 2**40:
        raise ArgumentError(describe("no array is that large", facts={"argument": "shape", "got": sizes, "expected": "at most 2**40 elements"}))
    return tuple(int(size) for size in sizes)


def _filled(shape: Any, value: float, ctx: Context | None, dtype: Any, out: NDArray | None) -> NDArray:
    if out is not None:
        out[:] = value
        return out
    return NDArray(np.full(_sizes(shape), value, dtype_of(dtype or "float32")), ctx)


def zeros(shape: Any, ctx: Context | None = None, dtype: Any = None, stype: str | None = None, out: NDArray | None = None, **kwargs: Any) -> NDArray:
    """Fill a new array with zeros."""
    made = _filled(shape, 0, ctx, dtype, out)
    return NDArray(made._data, made._context, stype) if stype not in (None, "default") else made


def ones(shape: Any, ctx: Context | None = None, dtype: Any = None, out: NDArray | None = None, **kwargs: Any) -> NDArray:
    """Fill a new array with ones."""
    return _filled(shape, 1, ctx, dtype, out)


def full(shape: Any, val: float, ctx: Context | None = None, dtype: Any = None, out: NDArray | None = None) -> NDArray:
    """Fill a new array with ``val``."""
    return _filled(shape, val, ctx, dtype, out)


def empty(shape: Any, ctx: Context | None = None, dtype: Any = None, stype: str | None = None) -> NDArray:
    """Make a new array; its elements are zeros, so that nothing depends on chance."""
    return _filled(shape, 0, ctx, dtype, None)


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: bool | None = None,
    ctx: Context | None = None,
    dtype: Any = "float32",
) -> NDArray:
    """Count from ``start`` (or 0) to below ``stop`` in steps, each number ``repeat`` times."""
    return on_arrays("_arange")(start=start, stop=stop, step=step, repeat=repeat, dtype=dtype, ctx=ctx)


def linspace(start: float, stop: float, num: int, endpoint: bool = True, ctx: Context | None = None, dtype: Any = "float32") -> NDArray:
    """Space ``num`` numbers evenly from ``start`` to ``stop``."""
    return on_arrays("_linspace")(start=start, stop=stop, num=num, endpoint=endpoint, dtype=dtype, ctx=ctx)


def eye(N: int, M: int = 0, k: int = 0, ctx: Context | None = None, dtype: Any = None, **kwargs: Any) -> NDArray:
    """Put ones on the ``k``-th diagonal of an ``N`` by ``M`` matrix, zeros elsewhere."""
    return on_arrays("_eye")(N=N, M=M, k=k, dtype=dtype or "float32", ctx=ctx)


def histogram(a: NDArray, bins: Any = 10, range: Any = None) -> list[NDArray]:
    """Count values in bins, given by their edges or by number and ``range``."""
    if isinstance(bins, int):
        low, high = range if range is not None else (float(a._data.min()), float(a._data.max()))
        return on_arrays("_histogram")(a, bin_cnt=bins, range=(low, high))
    return on_arrays("_histogram")(a, bins)


def split_v2(ary: NDArray, indices_or_sections: Any, axis: int = 0, squeeze_axis: bool = False) -> Any:
    """Split along an axis into equal sections, or before each of some indices."""
    if isinstance(indices_or_sections, int):
        return on_arrays("_split_v2")(ary, indices=(), axis=axis, squeeze_axis=squeeze_axis, sections=indices_or_sections)
    return on_arrays("_split_v2")(ary, indices=(0, *indices_or_sections), axis=axis, squeeze_axis=squeeze_axis, sections=0)


def _two_sided(name: str, broadcast: str, scalar: str, reflected: str, doc: str, plain: Any) -> Any:
    def function(lhs: Any, rhs: Any) -> Any:
        if isinstance(lhs, numbers.Number):
            return plain(lhs, rhs) if isinstance(rhs, numbers.Number) else on_arrays(reflected)(rhs, scalar=lhs)
        if isinstance(rhs, numbers.Number):
            return on_arrays(scalar)(lhs, scalar=rhs)
        return on_arrays(broadcast)(lhs, rhs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def _compared(test: Any) -> Any:
    return lambda a, b: 1.0 if test(a, b) else 0.0


add = _two_sided("add", "broadcast_add", "_plus_scalar", "_plus_scalar", "Add arrays that broadcast, or a number.", lambda a, b: a + b)
subtract = _two_sided("subtract", "broadcast_sub", "_minus_scalar", "_rminus_scalar", "Subtract arrays that broadcast, or a number.", lambda a, b: a - b)
multiply = _two_sided("multiply", "broadcast_mul", "_mul_scalar", "_mul_scalar", "Multiply arrays that broadcast, or a number.", lambda a, b: a * b)
divide = _two_sided("divide", "broadcast_div", "_div_scalar", "_rdiv_scalar", "Divide arrays that broadcast, or by a number.", lambda a, b: a / b)
true_divide = divide
modulo = _two_sided("modulo", "broadcast_mod", "_mod_scalar", "_rmod_scalar", "Take the remainder of a division.", lambda a, b: a % b)
power = _two_sided("power", "broadcast_power", "_power_scalar", "_rpower_scalar", "Raise ``lhs`` to the power of ``rhs``.", lambda a, b: a**b)
maximum = _two_sided("maximum", "broadcast_maximum", "_maximum_scalar", "_maximum_scalar", "Take the larger of two.", max)
minimum = _two_sided("minimum", "broadcast_minimum", "_minimum_scalar", "_minimum_scalar", "Take the smaller of two.", min)
hypot = _two_sided("hypot", "broadcast_hypot", "_hypot_scalar", "_hypot_scalar", "Compute ``sqrt(lhs ** 2 + rhs ** 2)``.", lambda a, b: (a * a + b * b) ** 0.5)
equal = _two_sided("equal", "broadcast_equal", "_equal_scalar", "_equal_scalar", "Compare: 1 where equal.", _compared(lambda a, b: a == b))
not_equal = _two_sided("not_equal", "broadcast_not_equal", "_not_equal_scalar", "_not_equal_scalar", "Compare: 1 where not equal.", _compared(lambda a, b: a != b))
greater = _two_sided("greater", "broadcast_greater", "_greater_scalar", "_lesser_scalar", "Compare: 1 where ``lhs > rhs``.", _compared(lambda a, b: a > b))
greater_equal = _two_sided(
    "greater_equal", "broadcast_greater_equal", "_greater_equal_scalar", "_lesser_equal_scalar", "Compare: 1 where ``lhs >= rhs``.", _compared(lambda a, b: a >= b)
)
lesser = _two_sided("lesser", "broadcast_lesser", "_lesser_scalar", "_greater_scalar", "Compare: 1 where ``lhs < rhs``.", _compared(lambda a, b: a < b))
lesser_equal = _two_sided(
    "lesser_equal", "broadcast_lesser_equal", "_lesser_equal_scalar", "_greater_equal_scalar", "Compare: 1 where ``lhs <= rhs``.", _compared(lambda a, b: a <= b)
)
logical_and = _two_sided(
    "logical_and", "broadcast_logical_and", "_logical_and_scalar", "_logical_and_scalar", "1 where both are not 0.", _compared(lambda a, b: a and b)
)
logical_or = _two_sided("logical_or", "broadcast_logical_or", "_logical_or_scalar", "_logical_or_scalar", "1 where one is not 0.", _compared(lambda a, b: a or b))
logical_xor = _two_sided(
    "logical_xor", "broadcast_logical_xor", "_logical_xor_scalar", "_logical_xor_scalar", "1 where just one is not 0.", _compared(lambda a, b: bool(a) != bool(b))
)


def concatenate(arrays: list[NDArray], axis: int = 0, always_copy: bool = True) -> NDArray:
    """Join arrays along an axis."""
    if not arrays:
        raise ArgumentError("concatenate needs one array or more")
    if len(arrays) == 1 and not always_copy:
        return arrays[0]
    return NDArray(np.concatenate([array._data for array in arrays], axis=axis), arrays[0]._context)


def moveaxis(tensor: NDArray, source: Any, destination: Any) -> NDArray:
    """Move axes to other places; the rest stay in order."""
    return NDArray(np.ascontiguousarray(np.moveaxis(tensor._data, source, destination)), tensor._context)


def onehot_encode(indices: NDArray, out: NDArray) -> NDArray:
    """Write one-hot rows of ``indices`` into ``out``."""
    out._data.fill(0)
    out._data[np.arange(indices.size), indices._data.astype(np.int64)] = 1
    return out


def waitall() -> None:
    """Return at once: values are computed when they are asked for."""


def from_dlpack(dlpack: Any) -> NDArray:
    """Wrap an array of another library without a copy, where its layout allows."""
    return NDArray(np.from_dlpack(dlpack))


def to_dlpack_for_read(data: NDArray) -> Any:
    """Hand the memory to another library."""
    return data.__dlpack__()


to_dlpack_for_write = to_dlpack_for_read

# -- files ------------------------------------------------------------------------------------------------------------


def _returned(found: Any) -> Any:
    arrays = [
        NDArray(np.zeros((0,), np.float32) if array is None else array, stype=stype if stype != "none" else "default")
        for array, stype in zip(found.arrays, found.storage, strict=True)
    ]
    return arrays if found.names is None else dict(zip(found.names, arrays, strict=True))


def load(fname: Any) -> Any:
    """Read a ``.params`` file that MXNet, of any version, or this library wrote.

    Returns
    -------
    list or dict of NDArray
        A dictionary if the arrays have names.
    """
    return _returned(files.load(fname))


def load_frombuffer(buf: bytes) -> Any:
    """Read the content of a ``.params`` file from memory; see `load`."""
    return _returned(files.load(bytes(buf)))


def save(fname: Any, data: Any) -> None:
    """Write arrays, a list or a dictionary by name, to a ``.params`` file, whole or not at all."""
    if isinstance(data, NDArray):
        data = [data]
    if isinstance(data, Mapping):
        for name in data:
            if not isinstance(name, str):
                raise ArgumentError(describe("names of arrays are strings", facts={"argument": "data", "got": repr(name), "expected": "str"}))
        names, arrays = list(data), list(data.values())
    elif isinstance(data, (list, tuple)):
        names, arrays = None, list(data)
    else:
        raise ArgumentError(
            describe("save takes an NDArray, a list or a dictionary", facts={"argument": "data", "got": type(data).__name__, "expected": "dict of NDArray"})
        )
    for array in arrays:
        if not isinstance(array, NDArray):
            raise ArgumentError(describe("save takes NDArrays", facts={"argument": "data", "got": type(array).__name__, "expected": "NDArray"}))
    files.save(fname, names, [array._data for array in arrays])
