"""Arrays made from nothing, or from another array's shape."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.operator.declare import Operator, declare, operator, zero_gradient
from symbolic.operator.fields import DType, Shape, Tensor, param, result, tensor
from symbolic.operator.rules import all_alike, same_shapes
from symbolic.values.dtype import dtype_of
from symbolic.values.shape import UNKNOWN, from_user

__all__ = ["ones_like", "shape_array", "size_array", "zeros_like"]

INT64 = np.dtype("int64")
SHAPE = param("Shape; a size of 0, or of -1, and an empty shape are found from what reads the array.", default=())
CONTEXT = param("Device; no effect.", default="")
DTYPE = param("Type of the elements.", default=np.dtype("float32"))
NUMBERS = param("Type of the elements.", default=np.dtype("float32"),
                choices=("float32", "float64", "float16", "uint8", "int32", "int8", "int64"))  # fmt: skip


def filled(name: str, value: float, doc: str) -> Any:
    """Declare an array of one certain number."""

    class Filled(Operator):
        shape: Shape = SHAPE
        ctx: str = CONTEXT
        dtype: DType = DTYPE

        gradient = zero_gradient

        def infer_shape(self):
            yield "output", from_user(self.shape)

        def infer_dtype(self):
            yield "output", self.dtype

        def body(self):
            yield "output", ops._full(shape=self.shape, dtype=self.dtype, value=value)

    Filled.__doc__ = doc
    return declare(Filled, name)


_zeros = filled("_zeros", 0.0, "Array of zeros.")
_ones = filled("_ones", 1.0, "Array of ones.")


@operator(aliases=("_npi_full",))
class _full(Operator):
    """Array of one number."""

    output: Tensor = result("The array.", shape="(*shape)")
    shape: Shape = SHAPE
    ctx: str = CONTEXT
    dtype: DType = DTYPE
    value: float = param("The number.")

    gradient = zero_gradient

    def infer_shape(self):
        yield "output", from_user(self.shape)

    def infer_dtype(self):
        yield "output", self.dtype


@operator
class _zeros_without_dtype(Operator):
    """Array of zeros whose type is found from what reads it, if ``dtype`` is -1."""

    output: Tensor = result("The array.", shape="(*shape)")
    shape: Shape = SHAPE
    ctx: str = CONTEXT
    dtype: int = param("Number of the type: 0 float32, 1 float64, 2 float16, 3 uint8, 4 int32, 5 int8, 6 int64.", default=-1)

    gradient = zero_gradient

    def infer_shape(self):
        yield "output", from_user(self.shape)

    def infer_dtype(self):
        if self.dtype >= 0:
            yield "output", dtype_of(self.dtype)


@operator
class _arange(Operator):
    """Count from ``start`` in steps up to, without, ``stop``; each number ``repeat`` times.

    ``start`` alone is the stop, unless ``infer_range``: then the length is found from what reads the array. For integers
    start and step lose their fractions, after the length is counted.
    """

    output: Tensor = result("The numbers.", shape="(count * repeat,)")
    start: float = param("First number; or, alone, the stop.")
    stop: float | None = param("Bound, not part of it.", default=None)
    step: float = param("Distance of two numbers.", default=1.0)
    repeat: int = param("How often each number stands there.", default=1, ge=1)
    infer_range: bool = param("Let the reader decide the length.", default=False)
    ctx: str = CONTEXT
    dtype: DType = NUMBERS

    gradient = zero_gradient

    def bounds(self) -> tuple[float, float]:
        """First number and stop, for a known length."""
        return (0.0, self.start) if self.stop is None else (self.start, self.stop)

    def check(self) -> str | None:
        start, stop = self.bounds()
        if self.step == 0:
            return "the step of a range must not be 0"
        if not (self.infer_range and self.stop is None) and not 0 < (stop - start) * self.step < math.inf:
            return f"a range from {start:g} to {stop:g} in steps of {self.step:g} is empty or without end"
        return None

    def infer_shape(self):
        if self.infer_range and self.stop is None:
            yield "output", (UNKNOWN,)
        else:
            start, stop = self.bounds()
            yield "output", (math.ceil((stop - start) / self.step) * self.repeat,)

    def infer_dtype(self):
        yield "output", self.dtype


@operator(aliases=("_npi_linspace",))
class _linspace(Operator):
    """Spread ``num`` numbers evenly from ``start`` to ``stop``, with or without ``stop``."""

    start: float = param("First number.")
    stop: float = param("Last number, or the one after it.")
    num: int = param("How many.", ge=0)
    endpoint: bool = param("Whether ``stop`` is the last number.", default=True)
    ctx: str = CONTEXT
    dtype: DType = NUMBERS

    gradient = zero_gradient

    def infer_shape(self):
        yield "output", (self.num,)

    def infer_dtype(self):
        yield "output", self.dtype


@operator
class _eye(Operator):
    """Matrix with ones on one diagonal."""

    output: Tensor = result("The matrix.", shape="(N, M)")
    N: int = param("Number of rows.", ge=0)
    M: int = param("Number of columns; as many as rows if not positive.", default=0)
    k: int = param("Which diagonal: above the main one if positive, below it if negative.", default=0)
    ctx: str = CONTEXT
    dtype: DType = NUMBERS

    gradient = zero_gradient

    def infer_shape(self):
        yield "output", (self.N, self.M if self.M > 0 else self.N)

    def infer_dtype(self):
        yield "output", self.dtype


def like(name: str, doc: str, aliases: tuple[str, ...] = ()) -> Any:
    """Declare an array of one number with another's shape and type."""

    class Like(Operator):
        data: Tensor = tensor("Gives shape and type.", shape="(*x)", only_shape=True)

        infer_shape = same_shapes
        infer_dtype = all_alike
        gradient = zero_gradient

    Like.__doc__ = doc
    return declare(Like, name, aliases)


zeros_like = like("zeros_like", "Zeros in the shape and type of ``data``.", aliases=("_sparse_zeros_like",))
ones_like = like("ones_like", "Ones in the shape and type of ``data``.")


def measured(name: str, doc: str, length: Any, aliases: tuple[str, ...] = ()) -> Any:
    """Declare a vector of int64 that tells the size of another array."""

    class Measured(Operator):
        data: Tensor = tensor("What is measured.", shape="(*x)", only_shape=True)

        gradient = zero_gradient

        def infer_shape(self, data):
            yield "output", (length(data),)

        def infer_dtype(self):
            yield "output", INT64

    Measured.__doc__ = doc
    return declare(Measured, name, aliases)


shape_array = measured("shape_array", "Shape of ``data``, as int64.", len, aliases=("_npx_shape_array",))
size_array = measured("size_array", "Number of elements of ``data``, as int64.", lambda shape: 1)


@operator
class _constant(Operator):
    """Array with given values: what an array becomes that is composed with a symbol.

    MXNet has no such operator; its ``JSON`` here cannot be loaded there.
    """

    shape: Shape = param("Shape.")
    dtype: DType = param("Type of the elements.")
    values: str = param("The elements in C order and little-endian, as base64.")

    gradient = zero_gradient

    def check(self) -> str | None:
        count = math.prod(self.shape) * self.dtype.itemsize
        if any(size < 0 for size in self.shape) or len(self.values) != -(-count // 3) * 4:
            return f"{len(self.values)} characters of values do not make an array of {count} bytes"
        try:
            base64.b64decode(self.values, validate=True)
        except ValueError:
            return "the values are no base64"
        return None

    def infer_shape(self):
        yield "output", self.shape

    def infer_dtype(self):
        yield "output", self.dtype

    def array(self) -> np.ndarray:
        """Decode the values."""
        flat = np.frombuffer(base64.b64decode(self.values), self.dtype.newbyteorder("<"))
        return flat.reshape(self.shape).astype(self.dtype)
