"""LARS: rates that follow the ratio of the lengths of weight and gradient; and the sums that it needs."""

from __future__ import annotations

from symbolic import ops
from symbolic.operator.declare import Operator, not_differentiable, operator
from symbolic.operator.fields import Tensor, Tensors, param, tensor, tensors
from symbolic.operator.rules import same_shapes
from symbolic.ops.optimizer.fields import FLOAT32, floating

__all__ = ["multi_lars", "multi_sum_sq"]


@operator
class multi_lars(Operator):
    """Scale the learning rate of each layer by the lengths of its weight and its gradient.

    ::

        w, g   = sqrt(weights_sum_sq), sqrt(grads_sum_sq)
        output = lrs * eta * w / (rescale_grad * g + wds * w + eps)

    and ``lrs`` as it is where ``w`` or ``g`` is not positive.

    Source: You, Gitman and Ginsburg (2017), Large batch training of convolutional networks, algorithm 1.
    """

    lrs: Tensor = tensor("Learning rates.", shape="(n,)")
    weights_sum_sq: Tensor = tensor("Sum of the squares of each weight.", shape="(n,)")
    grads_sum_sq: Tensor = tensor("Sum of the squares of each gradient.", shape="(n,)")
    wds: Tensor = tensor("Weight decays.", shape="(n,)")
    eta: float = param("Trust in a layer: its step over its length.")
    eps: float = param("Added to the denominator.")
    rescale_grad: float = param("Factor on the lengths of the gradients.", default=1.0)

    infer_shape = same_shapes
    infer_dtype = floating
    gradient = not_differentiable

    def body(self, lrs, weights_sum_sq, grads_sum_sq, wds):
        w, g = ops.sqrt(weights_sum_sq), ops.sqrt(grads_sum_sq)
        scaled = lrs * (self.eta * w / (self.rescale_grad * g + wds * w + self.eps))
        yield "output", ops.where((w > 0) * (g > 0), scaled, lrs)


@operator
class multi_sum_sq(Operator):
    """Sum the squares of each of many arrays: ``output[i] = sum(array_i ** 2)``, in float32."""

    data: Tensors = tensors("Arrays of any shapes.", count="num_arrays", names=lambda op, place: f"array_{place}")
    num_arrays: int = param("Number of arrays.", ge=1)

    gradient = not_differentiable

    def infer_shape(self, output):
        yield "output", (self.num_arrays,)

    def infer_dtype(self, data):
        yield from floating(self, {"data": data})
        yield "output", FLOAT32

    def body(self, data):
        sums = [ops.reshape(ops.sum(ops.square(array)), shape=(1,)) for array in data]
        yield "output", ops.Cast(ops.Concat(*sums, dim=0), dtype="float32")
