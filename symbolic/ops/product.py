"""Products of vectors, matrices and stacks of matrices."""

from __future__ import annotations

from typing import Any, Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, Tensors, param, result, tensor, tensors
from symbolic.operator.rules import all_alike
from symbolic.values.shape import NO_RANK, UNKNOWN, unify

__all__ = ["batch_dot", "dot", "khatri_rao"]

TRANSPOSE_A = param("Transpose ``lhs``.", default=False)
TRANSPOSE_B = param("Transpose ``rhs``.", default=False)
STORAGE = param("No effect: arrays are dense here.", default=None)
Storage = Literal["csr", "default", "row_sparse"] | None


def second_gradient(self, d_output, lhs, rhs, d_d_lhs, d_d_rhs):
    """Differentiate the gradient of ``dot``: it is linear in each of its inputs, and its adjoints are of its own kind."""
    turned = {"transpose_a": self.transpose_a, "transpose_b": self.transpose_b}
    yield "d_output", ops.dot(d_d_lhs, rhs, **turned) + ops.dot(lhs, d_d_rhs, **turned)
    d_lhs, d_rhs = ops._backward_dot(d_output, d_d_lhs, d_d_rhs, **turned)
    yield "lhs", d_lhs
    yield "rhs", d_rhs


@operator(aliases=("_sparse_dot",))
class dot(Operator):
    """Sum products over the last axis of ``lhs`` and the first of ``rhs``.

    A transposed ``lhs`` gives its first axis instead, a transposed ``rhs`` its last; the other axes keep their order.

    Examples
    --------
    >>> x, y = mx.sym.var("x", shape=(2, 3, 4)), mx.sym.var("y", shape=(5, 4))
    >>> mx.sym.dot(x, y, transpose_b=True).infer_shape()[1]
    [(2, 3, 5)]
    """

    lhs: Tensor = tensor("Left factor.", shape="(*x, k)")
    rhs: Tensor = tensor("Right factor.", shape="(k, *y)")
    output: Tensor = result("Sums of products.", shape="(*x, *y)")
    transpose_a: bool = TRANSPOSE_A
    transpose_b: bool = TRANSPOSE_B
    forward_stype: Storage = STORAGE

    infer_dtype = all_alike

    def infer_shape(self, lhs, rhs, output):
        if len(lhs) == len(rhs) == 1 and (self.transpose_a or self.transpose_b):
            raise ShapeError("vectors cannot be transposed")
        before, left = (lhs[:1], lhs[1:]) if self.transpose_a else (lhs[-1:], lhs[:-1])
        after, right = (rhs[-1:], rhs[:-1]) if self.transpose_b else (rhs[:1], rhs[1:])
        summed = unify(before, after)
        yield "output", (*left, *right) or (1,)
        yield "lhs", (*summed, *left) if self.transpose_a else (*left, *summed)
        yield "rhs", (*right, *summed) if self.transpose_b else (*summed, *right)
        left, right = output[: len(left)], output[len(output) - len(right) :] if right else ()
        yield "lhs", (*summed, *left) if self.transpose_a else (*left, *summed)
        yield "rhs", (*right, *summed) if self.transpose_b else (*summed, *right)

    gradient = backward_op(needs=("lhs", "rhs"), gradient=second_gradient)


@operator(aliases=("_npx_batch_dot",))
class batch_dot(Operator):
    """Multiply stacks of matrices, matrix by matrix.

    Examples
    --------
    >>> x, y = mx.sym.var("x", shape=(8, 2, 3)), mx.sym.var("y", shape=(8, 3, 4))
    >>> mx.sym.batch_dot(x, y).infer_shape()[1]
    [(8, 2, 4)]
    """

    lhs: Tensor = tensor("Left factors.", shape="(*n, m, k)")
    rhs: Tensor = tensor("Right factors.", shape="(*n, k, o)")
    output: Tensor = result("Products.", shape="(*n, m, o)")
    transpose_a: bool = TRANSPOSE_A
    transpose_b: bool = TRANSPOSE_B
    forward_stype: Storage = STORAGE

    def infer_shape(self, lhs, rhs, output):
        stack = NO_RANK
        for shape in (lhs, rhs, output):
            if shape is not NO_RANK:
                if len(shape) < 2:
                    raise ShapeError(f"{shape} is no stack of matrices")
                stack = unify(stack, shape[:-2])
        if stack is NO_RANK:
            return
        matrix = (*stack, UNKNOWN, UNKNOWN)
        a, b, y = (matrix if shape is NO_RANK else shape for shape in (lhs, rhs, output))
        a, b = (a[-1], a[-2]) if self.transpose_a else a[-2:], (b[-1], b[-2]) if self.transpose_b else b[-2:]
        (rows, columns), (summed,) = unify((a[0], b[1]), y[-2:]), unify((a[1],), (b[0],))
        yield "output", (*stack, rows, columns)
        yield "lhs", (*stack, summed, rows) if self.transpose_a else (*stack, rows, summed)
        yield "rhs", (*stack, columns, summed) if self.transpose_b else (*stack, summed, columns)

    def gradient(self, lhs, rhs, d_output):
        a, b = self.transpose_a, self.transpose_b
        if a:
            yield "lhs", ops.batch_dot(rhs, d_output, transpose_a=b, transpose_b=True)
        else:
            yield "lhs", ops.batch_dot(d_output, rhs, transpose_b=not b)
        if b:
            yield "rhs", ops.batch_dot(d_output, lhs, transpose_a=True, transpose_b=a)
        else:
            yield "rhs", ops.batch_dot(lhs, d_output, transpose_a=not a)


@operator
class khatri_rao(Operator):
    """Multiply matrices column by column: each column is the Kronecker product of theirs.

    Source: Khatri and Rao (1968), Solutions to some functional equations and their applications.
    """

    args: Tensors = tensors("Matrices with the same number of columns.", count="num_args")
    output: Tensor = result("The products.", shape="(product of all n, k)")
    num_args: int = param("How many matrices.", ge=1)

    def infer_shape(self, args, output):
        columns: Any = (UNKNOWN,)
        rows: Any = 1
        for shape in (*args, output):
            if shape is not NO_RANK:
                if len(shape) != 2:
                    raise ShapeError(f"{shape} is no matrix")
                columns = unify(columns, shape[1:])
        for shape in args:
            rows *= UNKNOWN if shape is NO_RANK else shape[0]
        yield "output", (rows, *columns)
        yield "args", [(UNKNOWN if shape is NO_RANK else shape[0], *columns) for shape in args]

    def body(self, args):
        product, *others = args
        for other in others:
            pairs = ops.broadcast_mul(ops.expand_dims(product, axis=1), ops.expand_dims(other, axis=0))
            product = ops.Reshape(pairs, shape=(-3, 0))
        yield "output", product
