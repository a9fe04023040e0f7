"""Whether two arrays agree, and where the elements of one are."""

from __future__ import annotations

import numpy as np

from symbolic.operator.declare import Operator, not_differentiable, operator, zero_gradient
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import agreeing, axis_of
from symbolic.values.shape import unify


@operator
class _contrib_allclose(Operator):
    """Tell whether no two elements differ by more than ``atol + rtol * abs(b)``: 1, or 0."""

    a: Tensor = tensor("One array.", shape="(*x)")
    b: Tensor = tensor("The other.", shape="(*x)")
    output: Tensor = result("1 or 0, as uint8.", shape="()")
    rtol: float = param("Largest difference, relative to ``b``.", default=1e-5)
    atol: float = param("Largest difference.", default=1e-8)
    equal_nan: bool = param("Whether nan equals nan.", default=True)

    gradient = not_differentiable

    def infer_shape(self, a, b):
        joined = unify(a, b)
        yield "a", joined
        yield "b", joined
        yield "output", ()

    def infer_dtype(self, a, b):
        found = agreeing(a, b)
        yield "a", found
        yield "b", found
        yield "output", np.dtype("uint8")


@operator
class _contrib_index_array(Operator):
    """Give the place of each element: its number on each axis, along a new last axis."""

    data: Tensor = tensor("Gives the shape.", shape="(*x)", only_shape=True)
    output: Tensor = result("Places, as int64.", shape="(*x, axes)")
    axes: Shape | None = param("The axes; all by default.", default=None)

    gradient = zero_gradient

    def infer_shape(self, data, output):
        count = len(data) if self.axes is None else len(self.axes)
        for axis in self.axes or ():
            axis_of(axis, len(data))
        yield "output", (*data, count)
        yield "data", output[:-1]

    def infer_dtype(self):
        yield "output", np.dtype("int64")
