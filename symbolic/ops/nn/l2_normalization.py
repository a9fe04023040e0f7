"""Scaling to unit length."""

from __future__ import annotations

from typing import Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike

# mode -> the axes that belong to one vector (as arguments of a sum), the shape of its norms (as one of a reshape)
VECTORS = {
    "instance": ({"axis": 0, "exclude": True}, (-1,)),
    "channel": ({"axis": 1}, None),
    "spatial": ({"axis": (0, 1), "exclude": True}, (0, -1)),
}


@operator
class L2Normalization(Operator):
    """Divide vectors by their length: ``output = data / sqrt(sum(data ** 2) + eps)``.

    A vector is an example (``mode="instance"``), the channels of one place (``"channel"``), or the places of one channel
    (``"spatial"``).
    """

    data: Tensor = tensor("Input.", shape="(n, c, *x); (n, *x) for ``instance``")
    output: Tensor = result("Vectors of length one.")
    norm: Tensor = result("Their lengths before.", shape="(n,), (n, 1, *x) or (n, c)", hidden=True)
    eps: float = param("Added to the square of the length under the root.", default=1e-10)
    mode: Literal["instance", "channel", "spatial"] = param("What belongs to one vector.", default="instance")

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        if self.mode != "instance" and len(data) < 3:
            raise ShapeError(f"data {data} has {len(data)} axes; mode {self.mode} needs 3 at least")
        yield "norm", {"instance": data[:1], "channel": (data[0], 1, *data[2:]), "spatial": data[:2]}[self.mode]

    def body(self, data):
        axes, shape = VECTORS[self.mode]
        norm = ops.sqrt(ops.sum(ops.square(data), keepdims=True, **axes) + self.eps)
        yield "output", ops.broadcast_div(data, norm)
        yield "norm", norm if shape is None else ops.reshape(norm, shape=shape)

    def gradient(self, data, output, d_output):
        axes, _ = VECTORS[self.mode]
        norm = ops.sqrt(ops.sum(ops.square(data), keepdims=True, **axes) + self.eps)  # the forward one, with its axes
        radial = ops.sum(d_output * output, keepdims=True, **axes)
        yield "data", ops.broadcast_div(d_output - ops.broadcast_mul(output, radial), norm)
