"""Comparisons and truth values: 0 and 1, in the type of what is compared."""

from __future__ import annotations

from symbolic import ops
from symbolic.operator.declare import zero_gradient
from symbolic.ops.elemwise.arithmetic import binary, with_number

__all__: list[str] = []

broadcast_equal, _equal = binary("broadcast_equal", "_equal", "1 where ``lhs == rhs``, else 0.", grad=zero_gradient, aliases=("_Equal",))
broadcast_not_equal, _not_equal = binary(
    "broadcast_not_equal",
    "_not_equal",
    "1 where ``lhs != rhs``, else 0.",
    body=lambda lhs, rhs: ops.logical_not(ops.broadcast_equal(lhs, rhs)),
    grad=zero_gradient,
    aliases=("_Not_Equal",),
)
broadcast_greater, _greater = binary(
    "broadcast_greater",
    "_greater",
    "1 where ``lhs > rhs``, else 0.",
    body=lambda lhs, rhs: ops.broadcast_lesser(rhs, lhs),
    grad=zero_gradient,
    aliases=("_Greater",),
)
broadcast_greater_equal, _greater_equal = binary(
    "broadcast_greater_equal",
    "_greater_equal",
    "1 where ``lhs >= rhs``, else 0.",
    body=lambda lhs, rhs: ops.broadcast_lesser_equal(rhs, lhs),
    grad=zero_gradient,
    aliases=("_Greater_Equal",),
)
broadcast_lesser, _lesser = binary(
    "broadcast_lesser", "_lesser", "1 where ``lhs < rhs``, else 0.", grad=zero_gradient, aliases=("_Lesser",)
)
broadcast_lesser_equal, _lesser_equal = binary(
    "broadcast_lesser_equal", "_lesser_equal", "1 where ``lhs <= rhs``, else 0.", grad=zero_gradient, aliases=("_Lesser_Equal",)
)
broadcast_logical_and, _logical_and = binary(
    "broadcast_logical_and", "_logical_and", "1 where ``lhs`` and ``rhs`` are not 0, else 0.", grad=zero_gradient, aliases=("_Logical_And",)
)
broadcast_logical_or, _logical_or = binary(
    "broadcast_logical_or", "_logical_or", "1 where ``lhs`` or ``rhs`` is not 0, else 0.", grad=zero_gradient, aliases=("_Logical_Or",)
)
broadcast_logical_xor, _logical_xor = binary(
    "broadcast_logical_xor",
    "_logical_xor",
    "1 where just one of ``lhs`` and ``rhs`` is not 0, else 0.",
    body=lambda lhs, rhs: ops.broadcast_not_equal(lhs != 0.0, rhs != 0.0),
    grad=zero_gradient,
    aliases=("_Logical_Xor",),
)

_equal_scalar = with_number(
    "_equal_scalar", "broadcast_equal", "1 where ``x == scalar``, else 0.", grad=zero_gradient, aliases=("_EqualScalar",)
)
_not_equal_scalar = with_number(
    "_not_equal_scalar", "broadcast_not_equal", "1 where ``x != scalar``, else 0.", grad=zero_gradient, aliases=("_NotEqualScalar",)
)
_greater_scalar = with_number(
    "_greater_scalar", "broadcast_greater", "1 where ``x > scalar``, else 0.", grad=zero_gradient, aliases=("_GreaterScalar",)
)
_greater_equal_scalar = with_number(
    "_greater_equal_scalar",
    "broadcast_greater_equal",
    "1 where ``x >= scalar``, else 0.",
    grad=zero_gradient,
    aliases=("_GreaterEqualScalar",),
)
_lesser_scalar = with_number(
    "_lesser_scalar", "broadcast_lesser", "1 where ``x < scalar``, else 0.", grad=zero_gradient, aliases=("_LesserScalar",)
)
_lesser_equal_scalar = with_number(
    "_lesser_equal_scalar",
    "broadcast_lesser_equal",
    "1 where ``x <= scalar``, else 0.",
    grad=zero_gradient,
    aliases=("_LesserEqualScalar",),
)
_logical_and_scalar = with_number(
    "_logical_and_scalar",
    "broadcast_logical_and",
    "1 where ``x`` and ``scalar`` are not 0, else 0.",
    grad=zero_gradient,
    aliases=("_LogicalAndScalar",),
)
_logical_or_scalar = with_number(
    "_logical_or_scalar",
    "broadcast_logical_or",
    "1 where ``x`` or ``scalar`` is not 0, else 0.",
    grad=zero_gradient,
    aliases=("_LogicalOrScalar",),
)
_logical_xor_scalar = with_number(
    "_logical_xor_scalar",
    "broadcast_logical_xor",
    "1 where just one of ``x`` and ``scalar`` is not 0, else 0.",
    grad=zero_gradient,
    aliases=("_LogicalXorScalar",),
)
