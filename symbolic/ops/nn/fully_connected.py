"""The affine map of features."""

from __future__ import annotations

from math import prod

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import floats_alike


def rows(x, flatten):
    """Take ``x`` as rows of features: every axis but the first, or the last axis alone."""
    return ops.reshape(x, shape=(0, -1)) if flatten else ops.reshape(x, shape=(-1, 0), reverse=True)


@operator(aliases=("_sparse_FullyConnected",))
class FullyConnected(Operator):
    """Map features affinely: ``output = data @ weight.T + bias``."""

    data: Tensor = tensor("Input batch.", shape="(n, *x), or (*n, k) unflattened")
    weight: Tensor = tensor("One row per output feature.", shape="(num_hidden, k)")
    bias: Tensor = tensor("Added to every row.", shape="(num_hidden,)", when=lambda op: not op.no_bias)
    output: Tensor = result("Features of each row.", shape="(n, num_hidden), or (*n, num_hidden) unflattened")
    num_hidden: int = param("Number of output features.", ge=1)
    no_bias: bool = param("Leave out ``bias``.", default=False)
    flatten: bool = param("Take every axis but the first as features.", default=True)

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "bias", (self.num_hidden,)
        batch, features = (data[:1], data[1:]) if self.flatten else (data[:-1], data[-1:])
        yield "weight", (self.num_hidden, prod(features))
        yield "output", (*batch, self.num_hidden)
        yield "data", (*output[:-1], *features)

    def gradient(self, data, weight, d_output):
        x, d = rows(data, self.flatten), rows(d_output, self.flatten)
        yield "data", ops.reshape_like(ops.dot(d, weight), data)
        yield "weight", ops.dot(d, x, transpose_a=True)
        yield "bias", ops.sum(d, axis=0)
