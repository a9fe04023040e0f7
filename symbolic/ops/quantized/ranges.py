"""Ranges: what an array of integers stands for.

It goes with the two ends of a range of real numbers, of which only the larger in size counts: an integer ``q`` stands for
``q * max(|low|, |high|) / full``, where ``full`` is 127.5 for int8, 255.5 for uint8 and ``2 ** 31`` for int32. (The
reference computes with 127 and 255 in ``quantize``, in ``requantize``, and for the ranges of products; so does this.)

Source: Jacob et al. (2018), Quantization and training of neural networks for efficient integer-arithmetic-only inference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import DTypeError
from symbolic.operator.fields import param, result, tensor
from symbolic.values.shape import NO_RANK

__all__ = [
    "FLOAT32", "FULL_INT32", "INT8", "INT32", "MAX_CALIB_RANGE", "MAX_OUTPUT", "MIN_CALIB_RANGE", "MIN_OUTPUT", "UINT8",
    "calibrated", "calibrated_limit", "calibrated_range", "eight_bits", "high", "low", "magnitude", "numbers", "shapes_of", "types",
]  # fmt: skip

FLOAT32, INT8, UINT8, INT32 = map(np.dtype, ("float32", "int8", "uint8", "int32"))
FULL_INT32 = 2.0**31

MIN_CALIB_RANGE = param("Lower end of the range, known beforehand; without both ends it is worked out.", default=None)
MAX_CALIB_RANGE = param("Upper end, likewise.", default=None)
MIN_OUTPUT = result("Lower end of the output's range.", shape="(1,)")
MAX_OUTPUT = result("Upper end of the output's range.", shape="(1,)")


def low(what: str, when: Any = None) -> Any:
    """Declare the input that is the lower end of a range."""
    return tensor(f"Lower end of the range of ``{what}``.", shape="(1,)", when=when)


def high(what: str, when: Any = None) -> Any:
    """Declare the input that is the upper end of a range."""
    return tensor(f"Upper end of the range of ``{what}``.", shape="(1,)", when=when)


# -- rules ----------------------------------------------------------------------------------------------------------------


def numbers(*slots: str) -> Iterator[tuple[str, Any]]:
    """Say of slots that each holds one number: for a shape rule."""
    for slot in slots:
        yield slot, (1,)


def shapes_of(op: Any, words: Mapping[str, Any], **slots: Any) -> Iterator[tuple[str, Any]]:
    """Ask the operator that does the same with real numbers: for a shape rule."""
    known = {**dict.fromkeys((*op.inputs, *op.results), NO_RANK), **slots}
    for slot, shape in op.infer_shape(op.parameters(words), known):
        if slot in slots:
            yield slot, shape


def types(dtype: np.dtype, *slots: str) -> Iterator[tuple[str, Any]]:
    """Say of slots that they have one type, and which: for a type rule."""
    for slot in slots:
        yield slot, dtype


def eight_bits(**slots: Any) -> None:
    """Refuse what is known to be neither int8 nor uint8.

    Raises
    ------
    DTypeError
        If a type is another one.
    """
    for slot, dtype in slots.items():
        if dtype is not None and dtype not in (INT8, UINT8):
            raise DTypeError(f"{slot} must be of type int8 or uint8, not {dtype.name}")


# -- values ---------------------------------------------------------------------------------------------------------------


def magnitude(low: Any, high: Any) -> Any:
    """Take the larger end of a range, in size."""
    return ops._maximum(ops.abs(low), ops.abs(high))


def calibrated(op: Any) -> bool:
    """Whether the range is a parameter."""
    return op.min_calib_range is not None and op.max_calib_range is not None


def calibrated_limit(op: Any) -> float:
    """Take the larger end of the range that is a parameter, as float32 holds it."""
    return float(np.float32(max(abs(op.min_calib_range), abs(op.max_calib_range))))


def calibrated_range(op: Any) -> tuple[Any, Any]:
    """Make the range that is a parameter two arrays."""
    return ops._full(shape=(1,), value=op.min_calib_range), ops._full(shape=(1,), value=op.max_calib_range)
