"""What MXNet's own machinery puts into graphs, or calls on arrays: copies, and arrays written from outside."""

from __future__ import annotations

import numpy as np

from symbolic import ops
from symbolic.operator.declare import Operator, declare, operator, zero_gradient
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.op import Op
from symbolic.operator.rules import agreeing, all_alike, same_shapes


def copying(name: str, doc: str, aliases: tuple[str, ...] = ()) -> Op:
    """Declare an operator that passes its input."""

    class Copy(Operator):
        data: Tensor = tensor("Input.", shape="(*x)")

        infer_shape = same_shapes
        infer_dtype = all_alike

        def body(self, data):
            yield "output", ops.identity(data)

    Copy.__doc__ = doc
    return declare(Copy, name, aliases)


copying("_CrossDeviceCopy", "Copy to another device; there is one here.")
copying("_copyto", "Copy an array to the one that receives the output.", ("_npi_copyto",))


@operator
class _set_value(Operator):
    """Make one number, to fill the array that receives the output, of any shape and type."""

    output: Tensor = result("The number.", shape="(1,)")
    src: float = param("The number.", default=0.0)

    gradient = zero_gradient

    def body(self):
        yield "output", ops._full(shape=(1,), value=self.src)

    def _into(self, target, result):
        np.copyto(target, result, casting="unsafe")


@operator
class _onehot_encode(Operator):
    """Mark the place of each number in its row: ``output[i, lhs[i]] = 1``."""

    lhs: Tensor = tensor("Numbers of columns.", shape="(n,)")
    rhs: Tensor = tensor("Gives the shape.", shape="(n, k)")

    gradient = zero_gradient

    def infer_shape(self, lhs, rhs, output):
        yield "output", rhs
        yield "rhs", output
        yield "lhs", rhs[:1]

    def infer_dtype(self, lhs, rhs, output):
        found = agreeing(lhs, rhs, output)
        for slot in ("lhs", "rhs", "output"):
            yield slot, found

    def body(self, lhs, rhs):
        places = ops.expand_dims(ops._contrib_arange_like(rhs, axis=1), axis=0)
        yield "output", ops.broadcast_equal(ops.expand_dims(lhs, axis=1), places)


@operator
class _NoGradient(Operator):
    """Stand in for a gradient that does not exist: zero."""

    output: Tensor = result("Zero.", shape="(1,)")

    gradient = zero_gradient

    def body(self):
        yield "output", ops._zeros(shape=(1,))
