"""Enlarging of images by a whole factor."""

from __future__ import annotations

from typing import Literal

from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, Tensors, param, result, tensors
from symbolic.operator.rules import floats_alike
from symbolic.values.shape import UNKNOWN


@operator
class UpSampling(Operator):
    """Enlarge images by ``scale``: each element repeated, or spread by a window of weights, one for each channel.

    With ``nearest`` and several inputs, all are brought to the size of the first one's result, then joined along the
    channels or added. With ``bilinear`` the inputs are data and weight ``(c, 1, k, k)``, ``k = 2 scale - scale % 2``, and
    the result is their `Deconvolution`.
    """

    data: Tensors = tensors(
        "Images, each of shape ``(n, c, h, w)``.",
        count=lambda op: 2 if op.sample_type == "bilinear" else op.num_args,
        names=lambda op, place: ("data", "weight")[place] if op.sample_type == "bilinear" else f"arg{place}",
        counted="num_args",
    )
    output: Tensor = result("Enlarged images.", shape="(n, c, scale * h, scale * w)")
    scale: int = param("Factor of both sizes.", ge=1)
    num_filter: int = param("No effect: there are as many windows as channels.", default=0, ge=0)
    sample_type: Literal["nearest", "bilinear"] = param("How elements are spread.")
    multi_input_mode: Literal["concat", "sum"] = param("What becomes of several inputs.", default="concat")
    num_args: int = param("Number of inputs.", ge=1)
    workspace: int = param("No effect.", default=512)

    infer_dtype = floats_alike

    def infer_shape(self, data):
        n, channels, *sizes = data[0]
        if len(sizes) != 2:
            raise ShapeError(f"{data[0]} is no batch of images (n, c, h, w)")
        sizes = [size * self.scale for size in sizes]
        if self.sample_type == "bilinear":
            reach = 2 * self.scale - self.scale % 2
            yield "output", (n, channels, *sizes)
            yield "data", [data[0], (channels, 1, reach, reach)]
            return
        kept = UNKNOWN if self.multi_input_mode == "concat" else channels
        yield "data", [data[0], *[(n, kept, UNKNOWN, UNKNOWN)] * (len(data) - 1)]
        if self.multi_input_mode == "concat":
            for other in data[1:]:
                channels = channels + other[1]
        yield "output", (n, channels, *sizes)
        for other in data[1:]:
            pairs = zip(sizes, other[2:], strict=True)
            known = [(full, size) for full, size in pairs if full is not UNKNOWN and size is not UNKNOWN]
            if any(not size or full % size for full, size in known) or len({full // size for full, size in known}) > 1:
                raise ShapeError(f"{other} cannot be enlarged to {sizes} by a whole factor")

    gradient = backward_op(needs=("data",), only_shape={"data": lambda op: op.sample_type == "nearest"})
