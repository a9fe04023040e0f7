"""Densities, with their gradients, and draws: of these, shapes and types alone, or where there is no choice the values.

Functions of float16 are left out: the reference rounds at each step. Its digamma has the precision of float32.
"""

from tests.ops.case import Case, integers, uniform, values
from tests.ops.random.density import DENSITIES
from tests.ops.random.distribution import CERTAIN, EACH
from tests.sweep.draw import array, chance, drawn, one_of, shape

SINGLE = ("float32", "float32", "float64")
ROUGH = {"rtol": 1e-4, "atol": 2e-6, "why": "digamma and pi have the precision of float32 there"}


def draw(rs):
    return one_of(rs, (density, density, density, density, dirichlet, numbers, numbers, like, each, each, whole, categories, shuffled))(rs)


def seed(rs):
    return int(rs.randint(1 << 30))


def spelled(rs, value):
    if len(value) == 1 and chance(rs, 0.5):
        value = value[0]
    return one_of(rs, (value, value, str(value), list(value) if isinstance(value, tuple) else value))


def wrong(rs, size):
    """Change a shape, now and then."""
    if chance(rs, 0.97) or not size:
        return size
    place = rs.randint(len(size))
    return one_of(rs, (size[:place] + size[place + 1 :], (*size[:place], size[place] + 1, *size[place + 1 :])))


def density(rs):
    name, _, ranges = one_of(rs, DENSITIES)
    dtype = one_of(rs, SINGLE)
    outer, draws = shape(rs, 1, 2, 4), shape(rs, 0, 2, 4)
    whole = name.endswith(("poisson", "binomial"))
    size = (*outer, *draws)
    sample = integers(0, 6, *size, dtype=dtype, seed=seed(rs)) if whole else uniform(0.5, 2, *size, dtype=dtype, seed=seed(rs))
    arrays = {slot: uniform(*ends, *wrong(rs, outer), dtype=dtype, seed=seed(rs)) for slot, ends in ranges.items()}
    params = {"is_log": one_of(rs, (True, "True", 1, False))} if chance(rs, 0.7) else {}
    return Case(f"_random_pdf_{name}", {"sample": sample, **arrays}, params, **ROUGH)


def dirichlet(rs):
    dtype = one_of(rs, SINGLE)
    outer, draws, count = shape(rs, 0, 2, 3), shape(rs, 0, 2, 3), int(rs.randint(1, 5))
    sample = uniform(0.1, 0.6, *outer, *draws, count, dtype=dtype, seed=seed(rs))
    alpha = uniform(0.5, 3, *wrong(rs, (*outer, count)), dtype=dtype, seed=seed(rs))
    return Case("_random_pdf_dirichlet", {"sample": sample, "alpha": alpha}, {"is_log": chance(rs, 0.5)}, **ROUGH)


def options(rs, kinds=(None, "None", "float16", "float32", "float64")):
    params = {"shape": spelled(rs, shape(rs, 1, 3))}
    if chance(rs, 0.6):
        params["dtype"] = one_of(rs, kinds) if chance(rs, 0.97) else "int8"
    if chance(rs, 0.2):
        params["ctx"] = "cpu(0)"
    return params


CHOICES = {
    "uniform": {"low": (-1.0, 0), "high": (1, 2.5)},
    "normal": {"loc": (0, -3.5), "scale": (1, 0.5, "2", -1)},
    "exponential": {"lam": (1, 0.5, 0)},
    "gamma": {"alpha": (0.5, 2, -1), "beta": (1, "0.5")},
    "poisson": {"lam": (1, 4.5)},
    "negative_binomial": {"k": (1, 3, 1.5), "p": (0.5, 0.9)},
    "generalized_negative_binomial": {"mu": (1, 3.5), "alpha": (0.5, 1)},
}


def given(rs, certain):
    """Draw a distribution: numbers that leave no choice, or a choice."""
    if certain:
        return one_of(rs, CERTAIN)
    name = one_of(rs, list(CHOICES))
    return name, {word: one_of(rs, found) for word, found in CHOICES[name].items() if chance(rs, 0.6)}


def numbers(rs):
    certain = chance(rs, 0.5)
    name, words = given(rs, certain)
    return Case(f"_random_{name}", {}, {**words, **options(rs)}, gradient=False, heads=None if certain else [])


def like(rs):
    certain = chance(rs, 0.5)
    name, words = given(rs, certain)
    data = array(rs, shape(rs, 1, 3), one_of(rs, ("float32", "float64", "float16", "int32") if chance(rs, 0.1) else SINGLE))
    return Case(f"_random_{name}_like", {"data": data}, words, heads=None if certain else [])


def each(rs):
    certain = chance(rs, 0.5)
    dtype = one_of(rs, SINGLE)
    params = {"shape": spelled(rs, shape(rs, 1, 2, 3))} if chance(rs, 0.7) else {}
    if chance(rs, 0.5):
        params["dtype"] = one_of(rs, ("None", "float32", "float64", "float16")) if chance(rs, 0.96) else "int32"
    if certain:
        name, arrays = one_of(rs, EACH)
        return Case(f"_sample_{name}", {slot: values(content, dtype) for slot, content in arrays.items()}, params)
    name, _ = one_of(rs, EACH)
    slots, size = dict(EACH)[name], shape(rs, 1, 3)
    ranges = {slot: (0.2, 0.9) if place else (1, 4) for place, slot in enumerate(slots)}
    if name == "uniform":
        ranges = {"low": (0, 1), "high": (2, 3)}
    return Case(
        f"_sample_{name}",
        {slot: uniform(*ends, *wrong(rs, size), dtype=dtype, seed=seed(rs)) for slot, ends in ranges.items()},
        params,
        heads=[],
    )


def whole(rs):
    low = int(rs.randint(-9, 9))
    certain = chance(rs, 0.5)
    params = {"low": one_of(rs, (low, str(low))), "high": low + (1 if certain else int(rs.randint(2, 30)))}
    if chance(rs, 0.04):
        params["high"] = low - 1
    return Case("_random_randint", {}, {**params, **options(rs, ("int32", "int64", "None"))}, gradient=False, heads=None if certain else [])


def categories(rs):
    size = (*shape(rs, 0, 1, 4), int(rs.randint(2, 5)))
    params = {"get_prob": one_of(rs, (True, "True", False))} if chance(rs, 0.5) else {}
    if chance(rs, 0.7):
        params["shape"] = spelled(rs, tuple(int(length) for length in rs.randint(1, 4, rs.randint(1, 3))))
    if chance(rs, 0.5):
        params["dtype"] = one_of(rs, ("int32", "float32", "float64", "float16", "uint8")) if chance(rs, 0.95) else "int64"
    even = values((array(rs, size, "float32", 0, 1).array() * 0 + 1 / size[-1]).tolist(), one_of(rs, SINGLE))
    return Case("_sample_multinomial", {"data": even}, params, gradient=False, heads=[])


def shuffled(rs):
    return Case("_shuffle", {"data": array(rs, shape(rs, 1, 3), one_of(rs, (*SINGLE, "int32", "uint8")))}, gradient=False, heads=[])


CASES = drawn(draw, 200)
