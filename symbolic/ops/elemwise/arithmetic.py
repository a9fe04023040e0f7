"""Arithmetic of two arrays, in three forms: shapes that stretch, equal shapes, an array and a number; and sums of many."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import DTypeError
from symbolic.operator.declare import Operator, declare, not_differentiable, operator, zero_gradient
from symbolic.operator.fields import Tensor, Tensors, param, tensor, tensors
from symbolic.operator.op import Rule
from symbolic.operator.rules import all_alike, broadcast_shape, reading, same_shapes

__all__ = ["add_n", "binary", "with_number"]

INT64, FLOAT64 = np.dtype("int64"), np.dtype("float64")


class Forms:
    """Arithmetic for gradient rules, in the form that the operator itself has: ``f.mul(dy, rhs)``."""

    def __init__(self, **names: str):
        self.names = names

    def __getattr__(self, name: str) -> Any:
        return getattr(ops, self.names[name])


ALIKE = Forms(mul="elemwise_mul", div="elemwise_div", power="_power", greater="_greater", greater_equal="_greater_equal",
              lesser="_lesser", lesser_equal="_lesser_equal")  # fmt: skip
STRETCHED = Forms(mul="broadcast_mul", div="broadcast_div", power="broadcast_power", greater="broadcast_greater",
                  greater_equal="broadcast_greater_equal", lesser="broadcast_lesser", lesser_equal="broadcast_lesser_equal")  # fmt: skip


def _numbers_alike(params: Any, slots: Any) -> Any:
    for slot, found in all_alike(params, slots):
        if found.kind == "b":
            raise DTypeError("two arrays of bool have no arithmetic; Cast makes numbers of them")
        yield slot, found


numbers_alike = Rule(_numbers_alike, (), whole=True)


def binary(
    stretched: str,
    alike: str,
    doc: str,
    *,
    grad: Any,
    aliases: tuple[str, ...] = (),
    stretched_aliases: tuple[str, ...] = (),
    body: Callable[[Any, Any], Any] | None = None,
) -> Any:
    """Declare a function of two arrays for shapes that stretch, a primitive or a formula, and the same for equal shapes.

    Parameters
    ----------
    grad : callable ``(f, lhs, rhs, y, dy) -> (Symbol, Symbol)``, or a mark
        Gradients with respect to both inputs, made with `Forms` where two arrays meet; those of stretched inputs are
        summed over the stretched axes here.
    body : callable ``(lhs, rhs) -> Symbol``, optional
        The formula, of arrays that stretch.
    """

    class Stretched(Operator):
        lhs: Tensor = tensor("Left operand.", shape="(*x)")
        rhs: Tensor = tensor("Right operand; its axes are matched from the last, those of size 1 stretch.", shape="(*x)")

        infer_dtype = numbers_alike

        own_types = True

        def infer_shape(self, lhs, rhs):
            yield "output", broadcast_shape(lhs, rhs)

    def formula(self, lhs, rhs):
        yield "output", body(lhs, rhs)  # type: ignore[misc]

    def gradient(self, lhs, rhs, output, d_output):
        d_lhs, d_rhs = grad(STRETCHED, lhs, rhs, output, d_output)
        yield "lhs", ops._sum_like(d_lhs, lhs)
        yield "rhs", ops._sum_like(d_rhs, rhs)

    if body is not None:
        Stretched.body = formula  # type: ignore[attr-defined]
    Stretched.__doc__ = doc
    Stretched.gradient = grad if is_mark(grad) else gradient  # type: ignore[attr-defined]
    return declare(Stretched, stretched, stretched_aliases), equal_shapes(alike, stretched, doc, grad=grad, aliases=aliases)


def is_mark(grad: Any) -> bool:
    """Whether no gradient rule is given, but what there is instead of one."""
    return grad in (zero_gradient, not_differentiable)


def equal_shapes(name: str, of: str, doc: str, *, grad: Any, aliases: tuple[str, ...] = ()) -> Any:
    """Declare the function ``of`` two arrays for those of one shape; ``grad`` as in `binary`."""

    class Alike(Operator):
        lhs: Tensor = tensor("Left operand.", shape="(*x)")
        rhs: Tensor = tensor("Right operand, of the same shape.", shape="(*x)")

        infer_shape = same_shapes
        infer_dtype = numbers_alike
        own_types = True

        def body(self, lhs, rhs):
            yield "output", getattr(ops, of)(lhs, rhs)

    def gradient(self, lhs, rhs, output, d_output):
        d_lhs, d_rhs = grad(ALIKE, lhs, rhs, output, d_output)
        yield "lhs", d_lhs
        yield "rhs", d_rhs

    Alike.__doc__ = doc
    Alike.gradient = grad if is_mark(grad) else gradient  # type: ignore[attr-defined]
    return declare(Alike, name, aliases)


def number_type(dtype: Any, is_int: bool) -> Any:
    """Tell the type of an array with a number: ``dtype``, but for integers and ``bool`` with a fraction."""
    if dtype.kind not in "iub":
        return dtype
    if not is_int:
        return FLOAT64
    return INT64 if dtype.kind == "b" else dtype


def with_number(name: str, of: str, doc: str, *, grad: Any, aliases: tuple[str, ...] = (), number_first: bool = False) -> Any:
    """Declare a function of an array and the number ``scalar``: the function ``of`` two arrays, one of them filled with it.

    The number is turned into the array's type first: 2.5 is 2 for integers, unless ``is_int`` says that it is none; then
    the result is float64. With ``bool`` the result is int64 or float64.

    Parameters
    ----------
    grad : callable ``(x, y, dy, scalar) -> Symbol``, or a mark
    number_first : bool
        Whether the number is the left operand.
    """

    class Function(Operator):
        data: Tensor = tensor("Input.", shape="(*x)")
        scalar: float = param("The number.", default=1.0)
        is_int: bool = param("Keep integers integers: the number loses its fraction.", default=True)

        infer_shape = same_shapes
        own_types = True

        @reading("is_int")
        def infer_dtype(self, data, output):
            if data is not None:
                yield "output", number_type(data, self.is_int)
            elif output is not None:
                yield "data", output

        def body(self, data):
            number = ops._number_like(data, scalar=self.scalar, is_int=self.is_int)
            pair = ops._cast_like(data, number), number
            yield "output", getattr(ops, of)(*(pair[::-1] if number_first else pair))

    def gradient(self, data, output, d_output):
        yield "data", grad(data, output, d_output, self.scalar)

    Function.__doc__ = doc
    Function.gradient = grad if is_mark(grad) else gradient  # type: ignore[attr-defined]
    return declare(Function, name, aliases)


@operator
class _number_like(Operator):
    """Fill an array of the shape of ``data`` with a number, in the type that the two have together."""

    data: Tensor = tensor("Gives shape and type.", shape="(*x)", only_shape=True)
    scalar: float = param("The number.")
    is_int: bool = param("Keep integers integers: the number loses its fraction.", default=True)

    infer_shape = same_shapes
    gradient = zero_gradient

    @reading("is_int")
    def infer_dtype(self, data):
        if data is not None:
            yield "output", number_type(data, self.is_int)


broadcast_add, elemwise_add = binary(
    "broadcast_add", "elemwise_add", "Sum ``lhs + rhs``.",
    grad=lambda f, lhs, rhs, y, dy: (dy, dy),
    aliases=("_plus", "_Plus", "_add", "_sparse_elemwise_add"),
    stretched_aliases=("broadcast_plus", "_sparse_broadcast_add", "_sparse_broadcast_plus"),
)  # fmt: skip
broadcast_sub, elemwise_sub = binary(
    "broadcast_sub", "elemwise_sub", "Difference ``lhs - rhs``.",
    grad=lambda f, lhs, rhs, y, dy: (dy, ops.negative(dy)),
    aliases=("_minus", "_Minus", "_sub", "_sparse_elemwise_sub"),
    stretched_aliases=("broadcast_minus", "_sparse_broadcast_sub", "_sparse_broadcast_minus"),
)  # fmt: skip
broadcast_mul, elemwise_mul = binary(
    "broadcast_mul", "elemwise_mul", "Product ``lhs * rhs``.",
    grad=lambda f, lhs, rhs, y, dy: (f.mul(dy, rhs), f.mul(dy, lhs)),
    aliases=("_mul", "_Mul", "_sparse_elemwise_mul"), stretched_aliases=("_sparse_broadcast_mul",),
)  # fmt: skip
broadcast_div, elemwise_div = binary(
    "broadcast_div", "elemwise_div", "Quotient ``lhs / rhs``; of integers, cut off at the point.",
    grad=lambda f, lhs, rhs, y, dy: (f.div(dy, rhs), ops.negative(f.div(ops.elemwise_mul(dy, y), rhs))),
    aliases=("_div", "_Div", "_sparse_elemwise_div"), stretched_aliases=("_sparse_broadcast_div",),
)  # fmt: skip
broadcast_mod, _mod = binary(
    "broadcast_mod", "_mod", "Rest of the division ``lhs / rhs``, with the sign of ``rhs``; 0 where ``rhs`` is 0.",
    grad=lambda f, lhs, rhs, y, dy: (dy, ops.negative(ops.elemwise_mul(dy, ops.floor(f.div(lhs, rhs))))),
    aliases=("_Mod",),
)  # fmt: skip
broadcast_power, _power = binary(
    "broadcast_power", "_power", "Power ``lhs ** rhs``.",
    grad=lambda f, lhs, rhs, y, dy: (
        f.mul(f.mul(dy, rhs), f.power(lhs, rhs - 1.0)), f.mul(ops.elemwise_mul(dy, y), ops.log(lhs))),
    aliases=("_Power",),
)  # fmt: skip
broadcast_maximum, _maximum = binary(
    "broadcast_maximum", "_maximum", "Larger of ``lhs`` and ``rhs``; nan if either is. A tie gives its gradient to ``lhs``.",
    grad=lambda f, lhs, rhs, y, dy: (ops.elemwise_mul(dy, f.greater_equal(lhs, rhs)), ops.elemwise_mul(dy, f.lesser(lhs, rhs))),
    aliases=("_Maximum",), stretched_aliases=("_npi_maximum",),
)  # fmt: skip
broadcast_minimum, _minimum = binary(
    "broadcast_minimum", "_minimum", "Smaller of ``lhs`` and ``rhs``; nan if either is. A tie gives its gradient to ``lhs``.",
    grad=lambda f, lhs, rhs, y, dy: (ops.elemwise_mul(dy, f.lesser_equal(lhs, rhs)), ops.elemwise_mul(dy, f.greater(lhs, rhs))),
    aliases=("_Minimum",), stretched_aliases=("_npi_minimum",),
)  # fmt: skip
broadcast_hypot, _hypot = binary(
    "broadcast_hypot", "_hypot", "``sqrt(lhs ** 2 + rhs ** 2)``, without overflow.",
    grad=lambda f, lhs, rhs, y, dy: (f.div(f.mul(dy, lhs), y), f.div(f.mul(dy, rhs), y)),
    aliases=("_Hypot",),
)  # fmt: skip


def _log(number: float) -> float:
    return math.log(number) if number > 0 else -math.inf if number == 0 else math.nan


_plus_scalar = with_number("_plus_scalar", "broadcast_add", "``x + scalar``.", grad=lambda x, y, dy, scalar: dy, aliases=("_PlusScalar",))
_minus_scalar = with_number(
    "_minus_scalar", "broadcast_sub", "``x - scalar``.", grad=lambda x, y, dy, scalar: dy, aliases=("_MinusScalar",)
)
_rminus_scalar = with_number(
    "_rminus_scalar",
    "broadcast_sub",
    "``scalar - x``.",
    number_first=True,
    grad=lambda x, y, dy, scalar: ops.negative(dy),
    aliases=("_RMinusScalar",),
)
_mul_scalar = with_number(
    "_mul_scalar", "broadcast_mul", "``x * scalar``.", grad=lambda x, y, dy, scalar: dy * scalar, aliases=("_MulScalar",)
)
_div_scalar = with_number(
    "_div_scalar", "broadcast_div", "``x / scalar``.", grad=lambda x, y, dy, scalar: dy / scalar, aliases=("_DivScalar",)
)
_rdiv_scalar = with_number(
    "_rdiv_scalar",
    "broadcast_div",
    "``scalar / x``.",
    number_first=True,
    grad=lambda x, y, dy, scalar: ops.negative(dy * y / x),
    aliases=("_RDivScalar",),
)
_mod_scalar = with_number(
    "_mod_scalar",
    "broadcast_mod",
    "``x mod scalar``, with the sign of ``scalar``; 0 if that is 0.",
    grad=lambda x, y, dy, scalar: dy,
    aliases=("_ModScalar",),
)
_rmod_scalar = with_number(
    "_rmod_scalar",
    "broadcast_mod",
    "``scalar mod x``, with the sign of ``x``; 0 where that is 0.",
    number_first=True,
    grad=lambda x, y, dy, scalar: ops.negative(dy * ops.floor(scalar / x)),
    aliases=("_RModScalar",),
)
_power_scalar = with_number(
    "_power_scalar",
    "broadcast_power",
    "``x ** scalar``.",
    grad=lambda x, y, dy, scalar: dy * (scalar * x ** (scalar - 1.0)),
    aliases=("_PowerScalar",),
)
_rpower_scalar = with_number(
    "_rpower_scalar",
    "broadcast_power",
    "``scalar ** x``.",
    number_first=True,
    grad=lambda x, y, dy, scalar: dy * y * _log(scalar),
    aliases=("_RPowerScalar",),
)
_maximum_scalar = with_number(
    "_maximum_scalar",
    "broadcast_maximum",
    "Larger of ``x`` and ``scalar``; a tie has slope 1.",
    grad=lambda x, y, dy, scalar: dy * (x >= scalar),
    aliases=("_MaximumScalar", "_npi_maximum_scalar"),
)
_minimum_scalar = with_number(
    "_minimum_scalar",
    "broadcast_minimum",
    "Smaller of ``x`` and ``scalar``; a tie has slope 1.",
    grad=lambda x, y, dy, scalar: dy * (x <= scalar),
    aliases=("_MinimumScalar", "_npi_minimum_scalar"),
)
_hypot_scalar = with_number(
    "_hypot_scalar",
    "broadcast_hypot",
    "``sqrt(x ** 2 + scalar ** 2)``.",
    grad=lambda x, y, dy, scalar: dy * x / y,
    aliases=("_HypotScalar", "_npi_hypot_scalar"),
)

# What these mean for dense arrays; in MXNet they keep the gaps of sparse ones.
_scatter_plus_scalar = with_number("_scatter_plus_scalar", "broadcast_add", "``x + scalar``.", grad=lambda x, y, dy, scalar: dy)
_scatter_minus_scalar = with_number("_scatter_minus_scalar", "broadcast_sub", "``x - scalar``.", grad=lambda x, y, dy, scalar: dy)


_scatter_elemwise_div = equal_shapes(
    "_scatter_elemwise_div", "broadcast_div", "Quotient ``lhs / rhs``.",
    grad=lambda f, lhs, rhs, y, dy: (dy / rhs, ops.negative(dy * y / rhs)),
)  # fmt: skip
_grad_add = equal_shapes("_grad_add", "broadcast_add", "Sum of two gradients; no gradient passes it.", grad=not_differentiable)


@operator(aliases=("ElementWiseSum", "_sparse_add_n", "_sparse_ElementWiseSum"))
class add_n(Operator):
    """Add any number of arrays of one shape."""

    args: Tensors = tensors("What is added.", count="num_args")
    num_args: int = param("Number of inputs.", ge=1)

    infer_shape = same_shapes
    infer_dtype = all_alike

    def gradient(self, d_output):
        yield "args", [d_output] * self.num_args
