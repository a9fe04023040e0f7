"""Windows of an image laid out as columns of a matrix, and added back."""

from __future__ import annotations

from math import prod
from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.ops.nn import window
from symbolic.ops.nn.window import conv_length, spatial
from symbolic.ops.spatial.rules import floats_alike
from symbolic.values.shape import UNKNOWN


def lengths_problem(op: Any, *words: str) -> str | None:
    """Refuse words that do not name as many axes as ``kernel``."""
    if not 1 <= len(op.kernel) <= 3:
        return f"kernel {op.kernel} has {len(op.kernel)} axes; one, two or three are possible"
    for word in words:
        given = getattr(op, word)
        if given and len(given) != len(op.kernel):
            return f"{word} {given} needs {len(op.kernel)} numbers, as kernel {op.kernel} has"
    return None


def positions(op: Any, sizes: Any) -> Any:
    """Count the positions of a window over all axes together."""
    ones = (1,) * len(op.kernel)
    axes = zip(sizes, op.kernel, op.stride or ones, op.dilate or ones, op.pad or (0,) * len(ones), strict=True)
    return prod(conv_length(*axis) for axis in axes)


def geometry(op: Any) -> dict[str, Any]:
    return {"kernel": op.kernel, "stride": op.stride, "dilate": op.dilate, "pad": op.pad}


def add_back_gradient(self, d_d_data):
    """Differentiate the gradient: it is linear in ``d_output``."""
    yield "d_output", ops.im2col(d_d_data, **geometry(self))


@operator
class im2col(Operator):
    """Lay out each position of a sliding window as a column: its elements, channel after channel."""

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    output: Tensor = result("Columns, one for each position, row by row.", shape="(n, c * elements of the window, positions)")
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD

    infer_dtype = floats_alike

    def check(self) -> str | None:
        return lengths_problem(self, "stride", "dilate", "pad")

    def infer_shape(self, data, output):
        space, taps = len(self.kernel), prod(self.kernel)
        yield "data", (UNKNOWN,) * (space + 2)
        yield "output", (UNKNOWN,) * 3
        n, channels, sizes = spatial(data, space, None)
        yield "output", (n, channels * taps, positions(self, sizes))
        if output[1] is not UNKNOWN and output[1] % taps:
            raise ShapeError(f"{output[1]} rows are no multiple of the {taps} elements of a window")
        yield "data", (output[0], output[1] // taps, *[UNKNOWN] * space)

    gradient = backward_op(needs=("data",), only_shape={"data": True}, gradient=add_back_gradient)


@operator
class col2im(Operator):
    """Add columns to where `im2col` reads them from, in zeros: its transpose."""

    data: Tensor = tensor("Columns.", shape="(n, c * elements of the window, positions)")
    output: Tensor = result("Sums.", shape="(n, c, *output_size)")
    output_size: Shape = param("Sizes of the spatial axes.", ge=1)
    kernel: Shape = window.KERNEL
    stride: Shape = window.STRIDE
    dilate: Shape = window.DILATE
    pad: Shape = window.PAD

    infer_dtype = floats_alike

    def check(self) -> str | None:
        if len(self.output_size) != len(self.kernel):
            return f"output_size {self.output_size} needs {len(self.kernel)} numbers, as kernel {self.kernel} has"
        return lengths_problem(self, "stride", "dilate", "pad")

    def infer_shape(self, data, output):
        taps, count = prod(self.kernel), positions(self, self.output_size)
        yield "data", (UNKNOWN, UNKNOWN, count)
        yield "output", (UNKNOWN, UNKNOWN, *self.output_size)
        if data[1] is not UNKNOWN and data[1] % taps:
            raise ShapeError(f"{data[1]} rows are no multiple of the {taps} elements of a window")
        yield "output", (data[0], data[1] // taps, *self.output_size)
        yield "data", (output[0], output[1] * taps, count)

    def gradient(self, d_output):
        yield "data", ops.im2col(d_output, **geometry(self))
