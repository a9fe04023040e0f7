"""Normalisation of each element by its neighbours in other channels."""

from __future__ import annotations

import numpy as np

from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor


@operator
class LRN(Operator):
    """Divide by a power of a sum of squares over channels: ``output = data * tmp_norm ** -beta``.

    ``tmp_norm = knorm + alpha / nsize * sum of data ** 2`` over the ``nsize`` channels around each.

    Source: Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional neural networks, 3.3.
    """

    data: Tensor = tensor("Input.", shape="(n, c, *x)")
    output: Tensor = result("Normalised data.")
    tmp_norm: Tensor = result("The sums.", hidden=True)
    alpha: float = param("Weight of the squares.", default=1e-4)
    beta: float = param("Power.", default=0.75)
    knorm: float = param("Added to the sums.", default=2.0)
    nsize: int = param("Number of channels summed over, an odd number.", ge=1, check=lambda size: size % 2 == 1, needs="an odd number")

    def infer_shape(self, data, output, tmp_norm):
        yield "output", data
        yield "tmp_norm", data
        yield "data", output
        if len(data) < 2:
            raise ShapeError(f"{data} has no axis of channels")

    def infer_dtype(self, data, output):
        yield "output", data
        yield "data", output
        if data is not None:
            if data.kind != "f":
                raise DTypeError(f"data must be of a floating-point type, not {data.name}")
            yield "tmp_norm", max(data, np.dtype(np.float32))

    gradient = backward_op(needs=("data", "tmp_norm"), heads=("output",))
