"""Variables that get new values: how a graph writes back what it has computed."""

from __future__ import annotations

from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, Tensors, param, result, tensors

__all__ = ["_rewrite"]


@operator
class _rewrite(Operator):
    """Give variables new values, all at once: only when every value is computed is any variable rewritten.

    The variables are auxiliary states; whatever reads them elsewhere in the graph reads what they were before. The
    output is the first of the new values, so that the node can be asked for.
    """

    data: Tensors = tensors(
        "The variables, then a value for each.",
        count=lambda op: 2 * op.num_arrays,
        names=lambda op, place: f"variable_{place}" if place < op.num_arrays else f"value_{place - op.num_arrays}",
        mutated=lambda op, place: place < op.num_arrays,
    )
    num_arrays: int = param("Number of variables.", default=1, ge=1)
    output: Tensor = result("The first of the new values.", shape="as the first variable")

    gradient = not_differentiable

    def infer_shape(self, data, output):
        count = self.num_arrays
        yield "data", [*data[count:], *data[:count]]
        yield "output", data[count]

    def infer_dtype(self, data, output):
        count = self.num_arrays
        yield "data", [*data[count:], *data[:count]]
        yield "output", data[count]

    def body(self, data):
        count = self.num_arrays
        for place in range(count):
            yield f"variable_{place}", data[count + place]
        yield "output", data[count]
