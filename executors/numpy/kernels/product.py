"""Products of vectors, matrices and stacks of matrices."""

from math import prod

import numpy as np

from executors.numpy.blas import product
from executors.numpy.table import kernel


def multiplying(a, b, output, scratch, product):
    """Prepare ``output = a @ b``; float16 is multiplied as float32, there is no fast product of it."""
    if output.dtype != np.float16:
        return product(a, b, output)
    wide_a, wide_b, wide = (scratch(array.shape, np.float32) for array in (a, b, output))
    multiply_wide = product(wide_a, wide_b, wide)

    def multiply():
        np.copyto(wide_a, a)
        np.copyto(wide_b, b)
        multiply_wide()
        np.copyto(output, wide, casting="same_kind")

    return multiply


def as_matrices(op, lhs, rhs):
    """View the factors of ``dot`` as matrices, the summed axis last in one and first in the other.

    It is the last axis of ``lhs``, or the first if that is transposed, and the first of ``rhs``, or the last.
    """
    left = by_first_axis(lhs).T if op.transpose_a and lhs.ndim > 1 else by_last_axis(lhs)
    right = by_last_axis(rhs).T if op.transpose_b and rhs.ndim > 1 else by_first_axis(rhs)
    return left, right


def by_first_axis(array):
    return array.reshape(array.shape[0], prod(array.shape[1:]))


def by_last_axis(array):
    return array.reshape(prod(array.shape[:-1]), array.shape[-1])


@kernel("dot", prepared=True)
def dot(op, lhs, rhs, output, scratch, product=product):
    left, right = as_matrices(op, lhs, rhs)
    return multiplying(left, right, output.reshape(left.shape[0], right.shape[1]), scratch, product)


@kernel("_backward_dot", prepared=True)
def dot_gradient(op, d_output, lhs, rhs, d_lhs, d_rhs, scratch, product=product):
    left, right = as_matrices(op, lhs, rhs)
    head = d_output.reshape(left.shape[0], right.shape[1])
    steps = []
    if d_lhs is not None:
        d_left, _ = as_matrices(op, d_lhs, rhs)
        steps.append(multiplying(head, right.T, d_left, scratch, product))
    if d_rhs is not None:
        _, d_right = as_matrices(op, lhs, d_rhs)
        steps.append(multiplying(left.T, head, d_right, scratch, product))

    def multiply():
        for step in steps:
            step()

    return multiply


@kernel("batch_dot", prepared=True)
def batch_dot(op, lhs, rhs, output, scratch):
    left = lhs.swapaxes(-1, -2) if op.transpose_a else lhs
    right = rhs.swapaxes(-1, -2) if op.transpose_b else rhs
    return multiplying(left, right, output, scratch, product)
