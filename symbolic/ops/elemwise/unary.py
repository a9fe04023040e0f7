"""Functions of one array, element by element: mathematics, rounding, copies and casts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from symbolic import ops
from symbolic.operator.declare import Operator, declare, not_differentiable, operator, zero_gradient
from symbolic.operator.fields import DType, Tensor, Tensors, param, result, tensor, tensors
from symbolic.operator.rules import all_alike, same_shapes
from symbolic.values.shape import NO_RANK

__all__ = [
    "Cast", "abs", "amp_cast", "amp_multicast", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh",
    "cast_storage", "cbrt", "ceil", "cos", "cosh", "degrees", "erf", "erfinv", "exp", "expm1", "fix", "floor", "gamma", "gammaln",
    "log", "log1p", "log2", "log10", "negative", "radians", "rcbrt", "reciprocal", "relu", "rint",
    "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "softsign", "sqrt", "square", "tan", "tanh", "trunc",
]  # fmt: skip

FLOAT64 = np.dtype("float64")


def unary(
    name: str,
    doc: str,
    *,
    grad: Any,
    aliases: tuple[str, ...] = (),
    body: Callable[[Any], Any] | None = None,
    floating: Callable[[Any], Any] | None = None,
) -> Any:
    """Declare a function of one array that gives one of the same shape and type: a primitive, or a formula.

    Parameters
    ----------
    grad : callable ``(x, y, dy) -> Symbol``, or a mark
        Gradient with respect to the input ``x``, from the output ``y`` and the gradient ``dy`` that enters there.
    body, floating : callable ``x -> Symbol``, optional
        The formula: one that holds for integers too, or one for which they become float64 first.
    """

    class Function(Operator):
        data: Tensor = tensor("Input.", shape="(*x)")

        infer_shape = same_shapes
        infer_dtype = all_alike

    Function.__doc__ = doc
    Function.gradient = _rule(grad) if grad not in (zero_gradient, not_differentiable) else grad  # type: ignore[attr-defined]
    if body is not None:
        Function.body = _formula(body)  # type: ignore[attr-defined]
    if floating is not None:
        Function.body = _formula(lambda x: ops._cast_like(floating(ops._floating(x)), x))  # type: ignore[attr-defined]
    return declare(Function, name, aliases)


def _formula(function: Callable[[Any], Any]) -> Any:
    def body(self, data):
        yield "output", function(data)

    return body


def _rule(grad: Callable[[Any, Any, Any], Any]) -> Any:
    def gradient(self, data, output, d_output):
        yield "data", grad(data, output, d_output)

    return gradient


# Powers and roots. A root at 0 has an infinite slope.
abs = unary("abs", "Absolute value ``|x|``; its slope at 0 is 0.", grad=lambda x, y, dy: dy * ops.sign(x), aliases=("_sparse_abs",))
negative = unary("negative", "``-x``.", body=lambda x: -1.0 * x, grad=lambda x, y, dy: ops.negative(dy), aliases=("_sparse_negative",))
square = unary("square", "``x ** 2``.", body=lambda x: x * x, grad=lambda x, y, dy: 2.0 * dy * x, aliases=("_sparse_square",))
reciprocal = unary("reciprocal", "``1 / x``.", floating=lambda x: 1.0 / x, grad=lambda x, y, dy: ops.negative(dy * ops.square(y)))
sqrt = unary("sqrt", "Square root ``x ** (1 / 2)``; nan below zero.", grad=lambda x, y, dy: 0.5 * dy / y, aliases=("_sparse_sqrt",))
rsqrt = unary(
    "rsqrt", "``1 / sqrt(x)``.", floating=lambda x: 1.0 / ops.sqrt(x), grad=lambda x, y, dy: -0.5 * dy * y / x, aliases=("_sparse_rsqrt",)
)
cbrt = unary(
    "cbrt",
    "Cube root ``x ** (1 / 3)``, also of negative numbers.",
    grad=lambda x, y, dy: dy / (3.0 * ops.square(y)),
    aliases=("_sparse_cbrt",),
)
rcbrt = unary("rcbrt", "``1 / cbrt(x)``.", floating=lambda x: 1.0 / ops.cbrt(x), grad=lambda x, y, dy: (-1 / 3) * dy * y / x)

# Exponentials and logarithms.
exp = unary("exp", "``e ** x``.", grad=lambda x, y, dy: dy * y, aliases=("_sparse_exp",))
expm1 = unary("expm1", "``e ** x - 1``, exact near zero.", grad=lambda x, y, dy: dy * ops.exp(x), aliases=("_sparse_expm1",))
log = unary("log", "Natural logarithm of ``x``; nan below zero.", grad=lambda x, y, dy: dy / x, aliases=("_sparse_log",))
log10 = unary(
    "log10",
    "Logarithm to base 10: ``log(x) / log(10)``.",
    grad=lambda x, y, dy: dy / (math.log(10) * x),
    aliases=("_sparse_log10",),
)
log2 = unary(
    "log2",
    "Logarithm to base 2: ``log(x) / log(2)``.",
    grad=lambda x, y, dy: dy / (math.log(2) * x),
    aliases=("_sparse_log2",),
)
log1p = unary("log1p", "``log(1 + x)``, exact near zero.", grad=lambda x, y, dy: dy / (1.0 + x), aliases=("_sparse_log1p",))

# Angles, in radians.
sin = unary("sin", "Sine of an angle in radians.", grad=lambda x, y, dy: dy * ops.cos(x), aliases=("_sparse_sin",))
cos = unary("cos", "Cosine of an angle in radians.", grad=lambda x, y, dy: ops.negative(dy * ops.sin(x)), aliases=("_sparse_cos",))
tan = unary(
    "tan",
    "Tangent of an angle in radians: ``sin(x) / cos(x)``.",
    floating=lambda x: ops.sin(x) / ops.cos(x),
    grad=lambda x, y, dy: dy * (1.0 + ops.square(y)),
    aliases=("_sparse_tan",),
)
arcsin = unary(
    "arcsin",
    "Inverse sine, between -pi/2 and pi/2; nan outside [-1, 1].",
    grad=lambda x, y, dy: dy * ops.rsqrt(1.0 - ops.square(x)),
    aliases=("_sparse_arcsin",),
)
arccos = unary(
    "arccos",
    "Inverse cosine, between 0 and pi; nan outside [-1, 1].",
    grad=lambda x, y, dy: ops.negative(dy * ops.rsqrt(1.0 - ops.square(x))),
    aliases=("_sparse_arccos",),
)
arctan = unary(
    "arctan", "Inverse tangent, between -pi/2 and pi/2.", grad=lambda x, y, dy: dy / (1.0 + ops.square(x)), aliases=("_sparse_arctan",)
)
degrees = unary(
    "degrees",
    "Radians to degrees: ``180 x / pi``.",
    floating=lambda x: math.degrees(1) * x,
    grad=lambda x, y, dy: math.degrees(1) * dy,
    aliases=("_sparse_degrees",),
)
radians = unary(
    "radians",
    "Degrees to radians: ``pi x / 180``.",
    floating=lambda x: math.radians(1) * x,
    grad=lambda x, y, dy: math.radians(1) * dy,
    aliases=("_sparse_radians",),
)

# Hyperbolic functions.
sinh = unary(
    "sinh",
    "Hyperbolic sine: ``(exp(x) - exp(-x)) / 2``.",
    floating=lambda x: 0.5 * (ops.expm1(x) - ops.expm1(ops.negative(x))),
    grad=lambda x, y, dy: dy * ops.cosh(x),
    aliases=("_sparse_sinh",),
)
cosh = unary(
    "cosh",
    "Hyperbolic cosine: ``(exp(x) + exp(-x)) / 2``.",
    floating=lambda x: 0.5 * (ops.exp(x) + ops.exp(ops.negative(x))),
    grad=lambda x, y, dy: dy * ops.sinh(x),
    aliases=("_sparse_cosh",),
)
tanh = unary(
    "tanh", "Hyperbolic tangent: ``sinh(x) / cosh(x)``.", grad=lambda x, y, dy: dy * (1.0 - ops.square(y)), aliases=("_sparse_tanh",)
)
arcsinh = unary(
    "arcsinh",
    "Inverse hyperbolic sine: ``log(x + sqrt(x ** 2 + 1))``.",
    grad=lambda x, y, dy: dy * ops.rsqrt(1.0 + ops.square(x)),
    aliases=("_sparse_arcsinh",),
)
arccosh = unary(
    "arccosh",
    "Inverse hyperbolic cosine: ``log(x + sqrt(x ** 2 - 1))``; nan below 1.",
    grad=lambda x, y, dy: dy * ops.rsqrt(ops.square(x) - 1.0),
    aliases=("_sparse_arccosh",),
)
arctanh = unary(
    "arctanh",
    "Inverse hyperbolic tangent: ``log((1 + x) / (1 - x)) / 2``; nan outside [-1, 1].",
    floating=lambda x: 0.5 * (ops.log1p(x) - ops.log1p(ops.negative(x))),
    grad=lambda x, y, dy: dy / (1.0 - ops.square(x)),
    aliases=("_sparse_arctanh",),
)

# Special functions. The slope of gammaln is digamma, that of digamma trigamma.
erf = unary(
    "erf",
    "Error function: ``2 / sqrt(pi)`` times the integral of ``exp(-t ** 2)`` from 0 to ``x``.",
    grad=lambda x, y, dy: (2 / math.sqrt(math.pi)) * dy * ops.exp(ops.negative(ops.square(x))),
    aliases=("_npx_erf",),
)
erfinv = unary(
    "erfinv",
    "Inverse of the error function; nan outside [-1, 1].",
    grad=lambda x, y, dy: (0.5 * math.sqrt(math.pi)) * dy * ops.exp(ops.square(y)),
    aliases=("_npx_erfinv",),
)
gamma = unary(
    "gamma",
    "Gamma function: ``(x - 1)!``; nan at negative whole numbers.",
    grad=lambda x, y, dy: dy * y * ops._digamma(x),
    aliases=("_sparse_gamma", "_npx_gamma"),
)
gammaln = unary(
    "gammaln",
    "Logarithm of the size of the gamma function: ``log(|gamma(x)|)``.",
    grad=lambda x, y, dy: dy * ops._digamma(x),
    aliases=("_sparse_gammaln", "_npx_gammaln"),
)
_digamma = unary("_digamma", "Slope of ``gammaln``: the digamma function.", grad=lambda x, y, dy: dy * ops._trigamma(x))
_trigamma = unary("_trigamma", "Slope of ``_digamma``: the trigamma function.", grad=not_differentiable)

# Activations.
relu = unary(
    "relu",
    "``max(x, 0)``; its slope at 0 is 0.",
    body=lambda x: ops._maximum_scalar(x, scalar=0.0),
    grad=lambda x, y, dy: dy * (y > 0.0),
    aliases=("_sparse_relu", "_npx_relu"),
)
sigmoid = unary(
    "sigmoid",
    "``1 / (1 + exp(-x))``.",
    floating=lambda x: 1.0 / (1.0 + ops.exp(ops.negative(x))),
    grad=lambda x, y, dy: dy * y * (1.0 - y),
    aliases=("_sparse_sigmoid", "_npx_sigmoid"),
)
softsign = unary(
    "softsign", "``x / (1 + abs(x))``.", floating=lambda x: x / (1.0 + ops.abs(x)), grad=lambda x, y, dy: dy / ops.square(1.0 + ops.abs(x))
)

# Steps: no slope anywhere.
sign = unary("sign", "Sign of ``x``: -1, 0 or 1; nan goes through.", grad=zero_gradient, aliases=("_sparse_sign",))
round = unary("round", "Nearest whole number to ``x``, halves away from zero.", grad=zero_gradient, aliases=("_sparse_round",))
rint = unary("rint", "Nearest whole number to ``x``, halves down.", grad=zero_gradient, aliases=("_sparse_rint",))
ceil = unary("ceil", "Least whole number that is not below ``x``.", grad=zero_gradient, aliases=("_sparse_ceil",))
floor = unary("floor", "Largest whole number that is not above ``x``.", grad=zero_gradient, aliases=("_sparse_floor",))
trunc = unary("trunc", "Whole number next to ``x`` towards zero.", grad=zero_gradient, aliases=("_sparse_trunc",))
fix = unary(
    "fix", "Whole number next to ``x`` towards zero: `trunc`.", body=lambda x: ops.trunc(x), grad=zero_gradient, aliases=("_sparse_fix",)
)
logical_not = unary("logical_not", "1 where ``x`` is 0, else 0, in the type of ``x``.", body=lambda x: x == 0.0, grad=zero_gradient)

# Copies that differ in what they do to the gradient.
_copy = unary("_copy", "The input as it is.", grad=lambda x, y, dy: dy, aliases=("identity",))


@operator(aliases=("cast", "_npx_cast", "_npi_cast"))
class Cast(Operator):
    """Convert to another type: towards zero for integers, modulo their range; for ``bool``, whether not zero."""

    data: Tensor = tensor("Input.", shape="(*x)")
    dtype: DType = param("Type of the output.")

    infer_shape = same_shapes

    def infer_dtype(self):
        yield "output", self.dtype

    def gradient(self, data, d_output):
        yield "data", ops._cast_like(d_output, data)


@operator
class _floating(Operator):
    """Convert integers to float64; floating-point numbers stay as they are."""

    data: Tensor = tensor("Input.", shape="(*x)")

    infer_shape = same_shapes

    def infer_dtype(self, data):
        if data is not None:
            yield "output", FLOAT64 if data.kind in "iub" else data

    def gradient(self, data, d_output):
        yield "data", ops._cast_like(d_output, data)


AMP_TYPES = ("bfloat16", "float16", "float32", "float64", "uint8", "int32", "int8", "int64")


@operator
class amp_cast(Operator):
    """Convert float16, bfloat16 and float32 to another type; other types stay as they are."""

    data: Tensor = tensor("Input.", shape="(*x)")
    dtype: DType = param("Type of the output.", check=lambda dtype: dtype.name in AMP_TYPES, needs=f"one of {', '.join(AMP_TYPES)}")

    infer_shape = same_shapes

    def infer_dtype(self, data, output):
        if data is not None:
            yield "output", self.dtype if data.name in ("float16", "bfloat16", "float32") else data

    def gradient(self, data, d_output):
        yield "data", ops._cast_like(d_output, data)


@operator
class _cast_like(Operator):
    """Convert to the type of ``like``: the gradient of a conversion."""

    data: Tensor = tensor("Input.", shape="(*x)")
    like: Tensor = tensor("Gives the type.", shape="(*y)", only_shape=True)

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output

    def infer_dtype(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, data, d_output):
        yield "data", ops._cast_like(d_output, data)


@operator
class amp_multicast(Operator):
    """Convert float16 inputs to float32 if any input has that type, or float32 to float16 if ``cast_narrow``.

    With no float32 among them, float16 becomes what the first input is: there float64 stays behind float16, but not before it.
    """

    data: Tensors = tensors("Inputs, each of its own shape.", count="num_outputs", names=lambda op, i: f"data_{i}")
    num_outputs: int = param("Number of inputs, and of outputs.", ge=1)
    cast_narrow: bool = param("Narrow to float16 where any input has that type.", default=False)
    output: Tensors = result("The inputs, converted.", shape="each as its input", count=lambda op: op.num_outputs)

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", [b if a is NO_RANK else a for a, b in zip(data, output, strict=True)]

    def infer_dtype(self, data, output):
        if any(dtype is None for dtype in data):
            return
        names = {dtype.name: dtype for dtype in data if dtype.kind == "f"}
        if self.cast_narrow:
            swap = {"float32": names["float16"]} if "float16" in names else {}
        else:
            wide = names.get("float32", data[0])
            swap = {"float16": wide} if wide.kind == "f" else {}
        yield "output", [swap.get(dtype.name, dtype) for dtype in data]

    def gradient(self, data, d_output):
        yield "data", [ops._cast_like(d, x) for d, x in zip(d_output, data, strict=True)]


@operator(aliases=("_sparse_cast_storage",))
class cast_storage(Operator):
    """Return the input: every array is dense here, whatever storage is asked for."""

    data: Tensor = tensor("Input.", shape="(*x)")
    stype: Literal["default", "row_sparse", "csr"] = param("Kind of storage; no effect.")

    infer_shape = same_shapes
    infer_dtype = all_alike

    def body(self, data):
        yield "output", ops._copy(data)

    def gradient(self, d_output):
        yield "data", d_output


@operator
class _identity_with_attr_like_rhs(Operator):
    """Return ``lhs``, which is known to have the shape and type of ``rhs``."""

    lhs: Tensor = tensor("Input.", shape="(*x)")
    rhs: Tensor = tensor("Gives shape and type.", shape="(*x)", only_shape=True)

    infer_shape = same_shapes
    infer_dtype = all_alike

    def body(self, lhs):
        yield "output", ops._copy(lhs)

    def gradient(self, d_output):
        yield "lhs", d_output
