"""Elementary functions as a few instructions each, without a branch, so that they run on vectors.

What float32 functions are off by at most, in units of the last place: ``exp`` 1.0, ``log`` 0.8, ``sigmoid`` 2.3, ``tanh`` 3.8,
``erf`` 4.6, which compute in float32; all others compute in float64 and round once, 0.501, but ``power``, 0.6. In float64: ``exp``
1.0, ``log`` 0.9, ``log1p`` 1.4, ``expm1`` 1.9, ``tanh`` 2.6, ``sigmoid`` 2.2; the others are left to NumPy. Infinities, nan,
subnormal numbers and the signs of zeros come out as C99 has them, but ``sigmoid`` is 0 where it would be subnormal.
``tests/executors/test_numba.py`` measures all of this.

The polynomials were fitted for least largest relative error on the reduced range, but for those of float64, which are Taylor's.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from executors.numba.vector import Vector

__all__ = ["SPECIAL", "absolute_hypotenuse", "power", "remainder"]

LOG2_E = 1.4426950408889634
LN2_SINGLE = 0.693359375, -2.12194440054690583e-4  # the first has few bits: n times it is exact
LN2_DOUBLE = 0.6931471803691238, 1.9082149292705877e-10
ROUNDING = {"f4": 12582912.0, "f8": 6755399441055744.0}  # added, it leaves a whole number in the low bits
FRACTION_BITS = {"f4": 23, "f8": 52}
BIAS = {"f4": 127, "f8": 1023}
ROOT_HALF = {"f4": 0x3F3504F3, "f8": 0x3FE6A09E667F3BCD}  # the bits of sqrt(1/2)


def taylor_exp(degree: int) -> tuple[float, ...]:
    """List ``1 / n!``, the highest first, without the last two, which are 1."""
    return tuple([1 / math.factorial(n) for n in range(degree, 1, -1)])


EXP_SINGLE = (0.001381443114951253, 0.008368796668946743, 0.041668396443128586, 0.1666651964187622, 0.4999999403953552)
EXP_DOUBLE = taylor_exp(13)
LOG_SINGLE = (
    0.06742973625659943, -0.1167546883225441, 0.1188962534070015, -0.1240573450922966, 0.14219389855861664,
    -0.16667981445789337, 0.20002125203609467, -0.25000008940696716, 0.3333331346511841,
)  # fmt: skip
LOG_DOUBLE = tuple([2 / (2 * n + 1) for n in range(11, 0, -1)])  # of 2 atanh(s) / s - 2, in s**2
TANH_ABOVE = (
    -1.2224992585777795e-11, 3.061398338111578e-08, 2.8019477637062806e-05, 0.0038689225990834663, 0.13680389557699954,
    0.9999999987094318,
)  # fmt: skip
TANH_BELOW = (1.2882071466397732e-06, 0.00039396804997890325, 0.027248015111655973, 0.4701372163357876, 1.0)
ERF_ABOVE = (
    2.0258590579032827e-06, 2.8466662060373136e-04, 3.807663252206942e-03, 5.287387588562298e-02, 1.915401288887484e-01,
    1.128379143933767,
)  # fmt: skip
ERF_BELOW = (
    3.783018191697769e-05, 1.1705863630783162e-03, 1.5054099481244108e-02, 1.145552130293377e-01, 5.030806981754357e-01, 1.0,
)  # fmt: skip
ATAN = (
    -0.037924230434619795, 0.0699121234961563, -0.08996838933407895, 0.11104003733881782, -0.14285423614258258,
    0.1999999432616612, -0.33333333295725415,
)  # fmt: skip
SINE = tuple([(-1) ** n / math.factorial(2 * n + 1) for n in range(6, 0, -1)])
COSINE = tuple([(-1) ** n / math.factorial(2 * n) for n in range(7, 0, -1)])
HALF_PI = 1.5707963267341256, 6.077100506506192e-11  # the first has few bits


def exp(x: Vector, terms: tuple[float, ...] | None = None) -> Vector:
    """Evaluate ``2**n exp(r)``, where ``r`` is at most half of ``log(2)``; the power of two in halves, as it may be subnormal."""
    kind = x.kind
    single = kind == "f4"
    terms = terms or (EXP_SINGLE if single else EXP_DOUBLE)
    lowest, highest = (-104.0, 89.0) if single else (-746.0, 710.0)
    x = (x < lowest).choose(lowest, (x > highest).choose(highest, x))
    shifted = x.times(LOG2_E, ROUNDING[kind])
    n = shifted - ROUNDING[kind]
    high, low = LN2_SINGLE if single else LN2_DOUBLE
    r = n.times(-low, n.times(-high, x))
    result = r.polynomial(*terms).times(r * r, r) + 1.0
    power_of_two = shifted.bits() - x.number(ROUNDING[kind]).bits()
    half = power_of_two >> 1
    for part in (half, power_of_two - half):
        result = result * ((part + BIAS[kind]) << FRACTION_BITS[kind]).from_bits()
    return result


def log(x: Vector, terms: int = len(LOG_DOUBLE)) -> Vector:
    """Evaluate ``n log(2) + log(m)``, with ``m`` from sqrt(1/2) to sqrt(2)."""
    kind = x.kind
    single = kind == "f4"
    smallest = 1.1754943508222875e-38 if single else 2.2250738585072014e-308
    raised = 25 if single else 54
    tiny = x < smallest
    bits = tiny.choose(x * float(2**raised), x).bits() - ROOT_HALF[kind]
    n = (bits >> FRACTION_BITS[kind]).to("i4").to(kind) if not single else (bits >> FRACTION_BITS[kind]).to(kind)
    n = tiny.choose(n - float(raised), n)
    m = ((bits & ((1 << FRACTION_BITS[kind]) - 1)) + ROOT_HALF[kind]).from_bits()
    f = m - 1.0
    square = f * f
    if single:
        high, low = LN2_SINGLE
        y = n.times(low, f.polynomial(*LOG_SINGLE) * (square * f))
        result = n.times(high, square.times(-0.5, y) + f)
    else:
        high, low = LN2_DOUBLE
        s = f / (f + 2.0)
        z = s * s
        half = square * 0.5
        rest = s * (half + z * z.polynomial(*LOG_DOUBLE[len(LOG_DOUBLE) - terms :]))
        result = n.times(high, f - (half - n.times(low, rest)))
    infinite = x.number(math.inf)
    result = x.equals(infinite).choose(infinite, result)
    result = x.equals(0.0).choose(-math.inf, result)
    return (x < 0.0).choose(math.nan, x.differs(x).choose(x, result))


def tanh_single(x: Vector) -> Vector:
    """Divide two polynomials, fitted on [0, 9]; beyond it is 1."""
    x = (x > 9.0).choose(9.0, (x < -9.0).choose(-9.0, x))
    square = x * x
    result = x * square.polynomial(*TANH_ABOVE) / square.polynomial(*TANH_BELOW)
    return (result > 1.0).choose(1.0, (result < -1.0).choose(-1.0, result))


def erf_single(x: Vector) -> Vector:
    """Divide the polynomials that the NumPy executor has."""
    x = (x > 3.95).choose(3.95, (x < -3.95).choose(-3.95, x))
    square = x * x
    result = x * square.polynomial(*ERF_ABOVE) / square.polynomial(*ERF_BELOW)
    return (result > 1.0).choose(1.0, (result < -1.0).choose(-1.0, result))


def expm1_double(x: Vector) -> Vector:
    """Evaluate ``2**n expm1(r) + (2**n - 1)``."""
    shifted = x.times(LOG2_E, ROUNDING["f8"])
    n = shifted - ROUNDING["f8"]
    high, low = LN2_DOUBLE
    r = n.times(-low, n.times(-high, x))
    power_of_two = (((shifted.bits() - x.number(ROUNDING["f8"]).bits()) + BIAS["f8"]) << FRACTION_BITS["f8"]).from_bits()
    result = r.polynomial(*EXP_DOUBLE).times(r * r, r).times(power_of_two, power_of_two - 1.0)
    return (x.size() <= 36.0).choose(result, exp(x) - 1.0).with_sign(x)


def tanh_double(x: Vector) -> Vector:
    size = x.size()
    twice = expm1_double((size > 20.0).choose(20.0, size) * 2.0)
    return (twice / (twice + 2.0)).with_sign(x)


def log1p_double(x: Vector) -> Vector:
    """Correct the logarithm of ``1 + x`` by what was lost in the sum."""
    u = x + 1.0
    lost = x - (u - 1.0)
    result = log(u) + u.equals(0.0).choose(0.0, lost / u)
    return (u.equals(1.0) | u.equals(math.inf)).choose(x, result)


def sigmoid(x: Vector) -> Vector:
    """Evaluate ``1 / (1 + exp(-x))``: small results keep their relative precision."""
    return 1.0 / (exp(-x) + 1.0)


# -- float32 functions, computed in float64 -------------------------------------------------------------------------------

SHORT_EXP = taylor_exp(9)  # 7e-12
SHORT_LOG = 5  # terms, 5e-11


def near_zero(x: Vector, limit: float, usual: Vector, series: Vector) -> Vector:
    """Take a series where the usual formula would cancel."""
    return (x.size() < limit).choose(series, usual)


def expm1(x: Vector) -> Vector:
    return near_zero(x, 1e-5, exp(x, SHORT_EXP) - 1.0, (x * x).times(0.5, x)).with_sign(x)


def log1p(x: Vector) -> Vector:
    return near_zero(x, 1e-5, log(x + 1.0, SHORT_LOG), (x * x).times(-0.5, x))


def sinh(x: Vector) -> Vector:
    return near_zero(x, 1e-3, (exp(x, SHORT_EXP) - exp(-x, SHORT_EXP)) * 0.5, (x * x * x).times(1 / 6, x))


def cosh(x: Vector) -> Vector:
    return (exp(x, SHORT_EXP) + exp(-x, SHORT_EXP)) * 0.5


def arcsinh(x: Vector) -> Vector:
    size = x.size()
    large = log(size + (x * x + 1.0).root(), SHORT_LOG)
    return near_zero(x, 1e-3, large, (size * size * size).times(-1 / 6, size)).with_sign(x)


def arccosh(x: Vector) -> Vector:
    return log(x + (x - 1.0).root() * (x + 1.0).root())  # nan below 1


def arctanh(x: Vector) -> Vector:
    return near_zero(x, 1e-3, log((x + 1.0) / (1.0 - x), SHORT_LOG) * 0.5, (x * x * x).times(1 / 3, x))


def arctan(x: Vector) -> Vector:
    """Reduce the size to at most tan(pi / 8) by ``pi/2 - atan(1 / x)`` and ``pi/4 + atan((x - 1) / (x + 1))``."""
    size = x.size()
    large, middle = size > 2.414213562373095, size > 0.41421356237309503
    t = large.choose(-1.0 / size, middle.choose((size - 1.0) / (size + 1.0), size))
    start = large.choose(math.pi / 2, middle.choose(x.number(math.pi / 4), 0.0))
    square = t * t
    return (start + (t * square).times(square.polynomial(*ATAN), t)).with_sign(x)


def arcsin(x: Vector) -> Vector:
    return arctan(x / ((1.0 - x) * (x + 1.0)).root())


def arccos(x: Vector) -> Vector:
    return arctan(((1.0 - x) / (x + 1.0)).root()) * 2.0


def cbrt(x: Vector) -> Vector:
    result = exp(log(x.size(), SHORT_LOG) * (1 / 3), SHORT_EXP).with_sign(x)
    return x.equals(0.0).choose(x, result)


def quarter(x: Vector) -> tuple[Vector, Vector, Vector]:
    """Find the sine and cosine of what is left after the nearest multiple of pi / 2, and the number of that."""
    shifted = x.times(2 / math.pi, ROUNDING["f8"])
    n = shifted - ROUNDING["f8"]
    r = x
    for part in HALF_PI:
        r = n.times(-part, r)
    square = r * r
    sine = r.equals(0.0).choose(r, (r * square).times(square.polynomial(*SINE), r))
    return sine, square.times(square.polynomial(*COSINE), 1.0), shifted.bits()


def of_angles(name: str, pick: Callable[[Vector, Vector, Vector], Vector]) -> Callable[[Vector], Vector]:
    """Make a function of angles; for very large ones C's library reduces them."""

    def function(x: Vector) -> Vector:
        large = ~(x.size() <= 1e5)
        sine, cosine, n = quarter(x)
        return x.code.unless(large, pick(sine, cosine, n), name, x)

    return function


def pick_sine(sine: Vector, cosine: Vector, n: Vector) -> Vector:
    value = (n & 1).equals(0).choose(sine, cosine)
    return (n & 2).equals(0).choose(value, -value)


def pick_cosine(sine: Vector, cosine: Vector, n: Vector) -> Vector:
    value = (n & 1).equals(0).choose(cosine, sine)
    return ((n + 1) & 2).equals(0).choose(value, -value)


def pick_tangent(sine: Vector, cosine: Vector, n: Vector) -> Vector:
    even = (n & 1).equals(0)
    return even.choose(sine, -cosine) / even.choose(cosine, sine)


def power_of_doubles(x: Vector, y: Vector) -> Vector:
    """Evaluate ``exp(y log(|x|))``, exact enough for float32, and give it the sign and the exceptions of C99."""
    logarithm = log(x.size(), SHORT_LOG + 1)
    exponent = y * logarithm
    exponent = (logarithm.equals(0.0) | y.equals(0.0)).choose(0.0, exponent)
    result = exp(exponent, SHORT_EXP)
    whole = y.rounded("rint").equals(y)
    half = y * 0.5
    odd = whole & half.rounded("rint").differs(half)
    result = odd.choose(result.with_sign(x), result)
    return ((x < 0.0) & x.differs(-math.inf) & ~whole).choose(math.nan, result)


def power(x: Vector, y: Vector) -> Vector:
    """Raise ``x`` to ``y``."""
    return power_of_doubles(x.to("f8"), y.to("f8")).to("f4")


def absolute_hypotenuse(x: Vector, y: Vector) -> Vector:
    """Evaluate ``sqrt(x**2 + y**2)``, whatever their size."""
    a, b = x.to("f8"), y.to("f8")
    infinite = a.number(math.inf)
    result = (a * a + b * b).root()
    return (a.size().equals(infinite) | b.size().equals(infinite)).choose(infinite, result).to("f4")


def remainder(x: Vector, y: Vector) -> Vector:
    """Find what is left of ``x`` after dividing by ``y``, with the sign of ``y``; 0 where ``y`` is 0."""
    rest = x.code.each("fmod", x, y)
    moved = (rest.differs(0.0) & ((y < 0.0) ^ (rest < 0.0))).choose(rest + y, rest)
    return y.equals(0.0).choose(0.0, rest.equals(0.0).choose(moved.with_sign(y), moved))


def in_double(function: Callable[[Vector], Vector]) -> Callable[[Vector], Vector]:
    """Compute a function of float32 in float64."""
    return lambda x: function(x.to("f8")).to("f4")


def either(single: Callable[[Vector], Vector], double: Callable[[Vector], Vector]) -> Callable[[Vector], Vector]:
    """Choose by the type."""
    return lambda x: double(x) if x.kind == "f8" else single(x)


SPECIAL = {
    "exp": exp,
    "expm1": either(in_double(expm1), expm1_double),
    "log": log,
    "log2": in_double(lambda x: log(x, SHORT_LOG + 1) * LOG2_E),
    "log10": in_double(lambda x: log(x, SHORT_LOG + 1) * (1 / math.log(10))),
    "log1p": either(in_double(log1p), log1p_double),
    "sin": in_double(of_angles("sin", pick_sine)),
    "cos": in_double(of_angles("cos", pick_cosine)),
    "tan": in_double(of_angles("tan", pick_tangent)),
    "arcsin": in_double(arcsin),
    "arccos": in_double(arccos),
    "arctan": in_double(arctan),
    "sinh": in_double(sinh),
    "cosh": in_double(cosh),
    "tanh": either(tanh_single, tanh_double),
    "arcsinh": in_double(arcsinh),
    "arccosh": in_double(arccosh),
    "arctanh": in_double(arctanh),
    "cbrt": in_double(cbrt),
    "erf": erf_single,
    "sigmoid": sigmoid,
}
