"""Windows that slide over spatial axes: their parameters completed, and how many positions they have.

``size``, ``kernel``, ``stride``, ``dilate``, ``pad`` count elements along one axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from symbolic.errors import ShapeError
from symbolic.operator.fields import param
from symbolic.values.shape import UNKNOWN

__all__ = ["KERNEL", "Layout", "channel_axis", "conv_length", "data_length", "spatial", "window_problem"]

Layout = Literal["NCW", "NCHW", "NCDHW", "NHWC", "NDHWC"] | None

KERNEL = param("Size of the window along each spatial axis; its length says how many there are.", ge=1)
STRIDE = param("Steps between windows; ones by default.", default=(), ge=1)
DILATE = param("Steps between the elements of a window; ones by default.", default=(), ge=1)
PAD = param("Zeros before and behind each axis; none by default.", default=(), ge=0)
NUM_FILTER = param("Number of output channels.", ge=1)
NUM_GROUP = param("Groups of channels that do not see each other.", default=1, ge=1)
WORKSPACE = param("No effect.", default=1024)
CUDNN_TUNE = param("No effect.", default=None)
CUDNN_OFF = param("No effect.", default=False)
LAYOUT = param("Order of the axes of data and output; channels second by default.", default=None)


def window_problem(op: Any, *words: str) -> str | None:
    """Say what is wrong with the window of a convolution: for its ``check``."""
    if not 1 <= len(op.kernel) <= 3:
        return f"kernel {op.kernel} has {len(op.kernel)} axes; one, two or three are possible"
    for word in words:
        given = getattr(op, word)
        if given and len(given) != len(op.kernel):
            return f"{word} {given} needs {len(op.kernel)} numbers, as kernel {op.kernel} has"
    if op.num_filter % op.num_group:
        return f"num_filter {op.num_filter} is no multiple of num_group {op.num_group}"
    if op.layout is not None and len(op.layout) != len(op.kernel) + 2:
        return f"layout {op.layout} does not fit kernel {op.kernel}"
    return None


def channel_axis(layout: str | None) -> int:
    """Say where the channels are: 1, or -1 in layouts such as NHWC."""
    return -1 if layout is not None and layout.endswith("C") else 1


def spatial(shape: Sequence[Any], axes: int, layout: str | None) -> tuple[Any, Any, list[Any]]:
    """Take a shape apart: batch, channels, spatial sizes.

    Raises
    ------
    ShapeError
        If it has not ``axes`` spatial axes.
    """
    if len(shape) != axes + 2:
        raise ShapeError(f"{shape} has {len(shape)} axes; a window of {axes} needs {axes + 2}: batch, channels, space")
    if channel_axis(layout) == -1:
        n, *sizes, channels = shape
    else:
        n, channels, *sizes = shape
    return n, channels, sizes


def joined(n: Any, channels: Any, sizes: Sequence[Any], layout: str | None) -> tuple[Any, ...]:
    """Put a shape together: the inverse of `spatial`."""
    return (n, *sizes, channels) if channel_axis(layout) == -1 else (n, channels, *sizes)


def conv_length(size: Any, kernel: int, stride: int, dilate: int, pad: int) -> Any:
    """Count the window positions along one axis.

    ``(size + 2 pad - reach) // stride + 1``, where a window reaches over ``dilate (kernel - 1) + 1`` elements.

    Raises
    ------
    ShapeError
        If one window reaches past the padded axis.
    """
    reach = dilate * (kernel - 1) + 1
    if size is not UNKNOWN and size + 2 * pad < reach:
        raise ShapeError(f"a window of {reach} elements does not fit into {size} with {pad} padded on each side")
    return (size + 2 * pad - reach) // stride + 1


def data_length(length: Any, kernel: int, stride: int, dilate: int, pad: int) -> Any:
    """Find the size of an axis from the number of window positions, where only one size fits."""
    return length + dilate * (kernel - 1) - 2 * pad if stride == 1 else UNKNOWN
