"""Pooling: windows summed up by their largest, mean, sum or norm."""

from __future__ import annotations

from math import prod
from typing import Any, Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike
from symbolic.ops.nn.window import joined, spatial
from symbolic.values.shape import UNKNOWN

KERNEL = param("Size of the window along each spatial axis.", default=(), ge=1)
STRIDE = param("Steps between windows; ones by default.", default=(), ge=1)
PAD = param("Elements before and behind each axis that are not there; none by default.", default=(), ge=0)
GLOBAL_POOL = param("One window over everything; ``kernel``, ``stride`` and ``pad`` have no effect.", default=False)


@operator(aliases=("_npx_pooling",))
class Pooling(Operator):
    """Sum up windows over one, two or three spatial axes by their largest element, mean, sum or ``p_value``-norm.

    Of equal largest elements, the first in row-major order gets the gradient; nan goes through.
    """

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    output: Tensor = result("One number for each window.", shape="(n, c, *y); ones for ``global_pool``")
    kernel: Shape = KERNEL
    pool_type: Literal["max", "avg", "sum", "lp"] = param("How a window is summed up.", default="max")
    global_pool: bool = GLOBAL_POOL
    cudnn_off: bool = param("No effect.", default=False)
    pooling_convention: Literal["valid", "full", "same"] = param(
        "How many windows: those that fit, as many as touch the axis, or one for each stride.", default="valid"
    )
    stride: Shape = STRIDE
    pad: Shape = PAD
    p_value: int | None = param("Which norm: 1, 2 or 3.", default=None)
    count_include_pad: bool | None = param("Whether padding counts in a mean; True by default.", default=None)
    layout: Literal["NCW", "NCHW", "NCDHW", "NWC", "NHWC", "NDHWC"] | None = param(
        "Order of the axes; channels second by default.", default=None
    )

    infer_dtype = floats_alike

    def check(self) -> str | None:
        if self.pool_type == "lp" and self.p_value not in (1, 2, 3):
            return f"pool_type lp needs p_value 1, 2 or 3, not {self.p_value}"
        if self.global_pool:
            return None
        if not 1 <= len(self.kernel) <= 3:
            return f"kernel {self.kernel} has {len(self.kernel)} axes; one, two or three are possible"
        if any(given and len(given) < len(self.kernel) for given in (self.stride, self.pad)):
            return f"stride {self.stride} and pad {self.pad} need {len(self.kernel)} numbers, as kernel {self.kernel} has"
        if self.pooling_convention == "same" and any(self.pad):
            return "the convention same takes no pad"
        if self.layout is not None and len(self.layout) != len(self.kernel) + 2:
            return f"layout {self.layout} does not fit kernel {self.kernel}"
        return None

    def infer_shape(self, data, output):
        if not 3 <= len(data) <= 5:
            raise ShapeError(f"{data} has {len(data)} axes; batch, channels and one to three spatial ones are needed")
        space = len(data) - 2
        n, channels, sizes = spatial(data, space if self.global_pool else len(self.kernel), self.layout)
        yield "output", joined(n, channels, self.lengths(sizes), self.layout)
        n, channels, _ = spatial(output, space, self.layout)
        yield "data", joined(n, channels, [UNKNOWN] * space, self.layout)

    def lengths(self, sizes: list[Any]) -> list[Any]:
        """Count the windows along each axis."""
        if self.global_pool:
            return [1] * len(sizes)
        stride, pad = self.stride or (1,) * len(sizes), self.pad or (0,) * len(sizes)
        return [pool_length(self.pooling_convention, *axis) for axis in zip(sizes, self.kernel, stride, pad, strict=False)]

    gradient = backward_op(
        needs=("data", "output"),
        only_shape={
            "data": lambda op: op.pool_type in ("avg", "sum") or (op.pool_type == "lp" and op.p_value == 1),
            "output": lambda op: op.pool_type in ("avg", "sum") or (op.pool_type == "lp" and op.p_value == 1),
        },
    )


def pool_length(convention: str, size: Any, kernel: int, stride: int, pad: int) -> Any:
    """Count the windows along one axis.

    Raises
    ------
    ShapeError
        If the window is larger than the padded axis.
    """
    if size is not UNKNOWN and kernel > size + 2 * pad:
        raise ShapeError(f"a window of {kernel} elements does not fit into {size} with {pad} padded on each side")
    if convention == "same":
        return (size + stride - 1) // stride
    return (size + 2 * pad - kernel + (stride - 1 if convention == "full" else 0)) // stride + 1


@operator
class Pooling_v1(Operator):
    """Do what `Pooling` does with zeros around the data, dividing every mean by a whole window: the form of files before 0.9."""

    data: Tensor = tensor("Input.", shape="(n, c, h, w)")
    output: Tensor = result("One number for each window.", shape="(n, c, h', w'); ones for ``global_pool``")
    kernel: Shape = KERNEL
    pool_type: Literal["max", "avg", "sum"] = param("How a window is summed up.", default="max")
    global_pool: bool = GLOBAL_POOL
    pooling_convention: Literal["valid", "full"] = param("Windows that fit, or as many as touch the axis.", default="valid")
    stride: Shape = STRIDE
    pad: Shape = PAD

    def body(self, data):
        if self.global_pool:
            yield "output", ops.Pooling(data, pool_type=self.pool_type, global_pool=True)
            return
        if any(self.pad):
            widths = (0, 0, 0, 0, *[width for width in self.pad for _ in range(2)])
            data = ops.Pad(data, mode="constant", pad_width=widths)
        kind = "sum" if self.pool_type == "avg" else self.pool_type
        words = {"kernel": self.kernel, "stride": self.stride, "pooling_convention": self.pooling_convention}
        output = ops.Pooling(data, pool_type=kind, **words)
        yield "output", output / prod(self.kernel) if self.pool_type == "avg" else output
