"""Cases of draws whose result is certain: equal bounds, no width, no events. ``tests/random`` looks at the rest."""

from tests.ops.case import Case, integers, normal, values

CASES = []

# name, numbers that leave no choice, what is drawn then
CERTAIN = (
    ("uniform", {"low": 2.5, "high": 2.5}),
    ("normal", {"loc": -3.0, "scale": 1e-20}),
    ("exponential", {"lam": 1e20}),
    ("gamma", {"alpha": 2.0, "beta": 1e-20}),
    ("poisson", {"lam": 0.0}),
    ("negative_binomial", {"k": 3, "p": 1.0}),
    ("negative_binomial", {"k": 0, "p": 0.5}),
    ("generalized_negative_binomial", {"mu": 0.0, "alpha": 0.5}),
    ("generalized_negative_binomial", {"mu": 0.0, "alpha": 0.0}),
)
for name, numbers in CERTAIN:
    CASES += [
        Case(f"_random_{name}", {}, {**numbers, "shape": (2, 3)}, gradient=False),
        Case(f"_random_{name}", {}, {**numbers, "shape": 4, "dtype": "float64"}, gradient=False),
        Case(f"_random_{name}", {}, {**numbers, "shape": (1,), "dtype": "float16", "ctx": "cpu(0)"}, gradient=False),
        Case(
            f"random_{name}",
            {},
            {**{word: str(number) for word, number in numbers.items()}, "shape": "(2,1)", "dtype": "None"},
            gradient=False,
        ),
        Case(f"_random_{name}_like", {"data": normal(2, 3)}, numbers),
        Case(f"_random_{name}_like", {"data": normal(2, dtype="float64")}, numbers),
        Case(f"_random_{name}_like", {"data": normal(1, 2, 1, dtype="float16")}, numbers),
    ]
for name in ("uniform", "normal"):
    CASES += [Case(name, {}, {**dict(CERTAIN)[name], "shape": (2,)}, gradient=False)]
CASES += [Case("_random_negative_binomial", {}, {"shape": (2, 2)}, gradient=False)]

# -- for each element of arrays --------------------------------------------------------------------------------------------
EACH = (
    ("uniform", {"low": [1, -2], "high": [1, -2]}),
    ("normal", {"mu": [1, -2], "sigma": [1e-20, 0]}),
    ("exponential", {"lam": [1e20, 1e25]}),
    ("gamma", {"alpha": [2, 0.5], "beta": [1e-20, 1e-25]}),
    ("poisson", {"lam": [0, 0]}),
    ("negative_binomial", {"k": [3, 5], "p": [1, 1]}),
    ("generalized_negative_binomial", {"mu": [0, 0], "alpha": [0.5, 2]}),
)
for name, arrays in EACH:

    def given(dtype="float32", arrays=arrays):
        return {slot: values(content, dtype) for slot, content in arrays.items()}

    CASES += [
        Case(f"_sample_{name}", given()),
        Case(f"_sample_{name}", given(), {"shape": (3,)}),
        Case(f"_sample_{name}", given("float64"), {"shape": (2, 3), "dtype": "float64"}),
        Case(f"_sample_{name}", {slot: values([content], "float64") for slot, content in arrays.items()}, {"shape": 2}),
        Case(f"_sample_{name}", given(), {"shape": (2,), "dtype": "float16"}),
        Case(f"sample_{name}", given(), {"shape": "(1,)", "dtype": "None"}),
        Case(f"_sample_{name}", given(), {"shape": (0,)}, refused=True),
        Case(f"_sample_{name}", given(), {"shape": (2,), "dtype": "int32"}, refused=True),
    ]
    if len(arrays) > 1:
        first, second = arrays
        CASES += [
            Case(f"_sample_{name}", {first: values([1, 1]), second: values([1, 1, 1])}, refused=True),
            Case(f"_sample_{name}", {first: values([1, 1]), second: values([1, 1], "float64")}, refused=True),
        ]
for dtype in ("int32", "int64", "uint8", "int8"):
    CASES += [
        Case("_sample_uniform", {"low": integers(0, 9, 3, dtype=dtype), "high": integers(0, 9, 3, dtype=dtype)}, {"shape": (2,)}),
        Case("_sample_negative_binomial", {"k": values([3, 5], dtype), "p": values([1, 1], dtype)}),
    ]
CASES += [Case("_sample_uniform", {"low": values([0.5, 2], "float16"), "high": values([0.5, 2], "float16")}, {"shape": (2,)})]

# -- numbers out of range ---------------------------------------------------------------------------------------------------
for name, numbers in (
    ("uniform", {"low": 2, "high": 1}),
    ("normal", {"scale": 0}),
    ("normal", {"scale": -1}),
    ("exponential", {"lam": 0}),
    ("exponential", {"lam": -1}),
    ("gamma", {"alpha": 0}),
    ("gamma", {"alpha": -1}),
    ("gamma", {"beta": 0}),
    ("gamma", {"beta": -1}),
    ("poisson", {"lam": -1}),
    ("negative_binomial", {"k": -1}),
    ("negative_binomial", {"k": 1.5}),
    ("negative_binomial", {"p": -1}),
    ("generalized_negative_binomial", {"mu": -1}),
    ("generalized_negative_binomial", {"alpha": -1}),
    ("uniform", {"low": "x"}),
    ("uniform", {"dtype": "int32"}),
    ("normal", {"dtype": "float8"}),
):
    CASES.append(Case(f"_random_{name}", {}, {**numbers, "shape": (2,)}, gradient=False, refused=True))
    if "dtype" not in numbers:
        CASES.append(Case(f"_random_{name}_like", {"data": normal(2)}, numbers, gradient=False, refused=True))
for name in ("uniform", "normal", "exponential", "gamma", "poisson", "negative_binomial", "generalized_negative_binomial"):
    CASES.append(Case(f"_random_{name}_like", {"data": integers(0, 5, 3, dtype="int32")}, gradient=False, refused=True))
CASES += [Case("_random_uniform", {}, {}, gradient=False, refused=True)]
