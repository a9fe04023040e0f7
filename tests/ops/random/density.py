"""Cases of densities, with their gradients."""

from tests.ops.case import Case, integers, positive, uniform, values

CASES = []


def parameters(arrays, shape, dtype="float32"):
    """Draw parameters from the ranges stated."""
    return {slot: uniform(low, high, *shape, dtype=dtype, seed=seed) for seed, (slot, (low, high)) in enumerate(arrays.items(), 1)}


ROUGH = {"rtol": 2e-6, "atol": 1e-6, "why": "the reference's digamma and its pi have the precision of float32"}


def compared(op, sample, given, params, dtype="float32"):
    """Make a case; some of float64 are compared as far as the reference is right."""
    rough = ROUGH if dtype == "float64" and op.endswith(("normal", "gamma", "dirichlet", "negative_binomial")) else {}
    return Case(op, {"sample": sample, **given}, params, **rough)


def counts(*shape, dtype="float32"):
    return integers(0, 6, *shape, dtype=dtype)


# name, how samples are made, parameters and the ranges that they are drawn from
DENSITIES = (
    ("uniform", positive, {"low": (-1, 0.5), "high": (2, 4)}),
    ("normal", positive, {"mu": (-1, 1), "sigma": (0.5, 2)}),
    ("exponential", positive, {"lam": (0.5, 2)}),
    ("gamma", positive, {"alpha": (0.5, 3), "beta": (0.5, 2)}),
    ("poisson", counts, {"lam": (0.5, 4)}),
    ("negative_binomial", counts, {"k": (1, 4), "p": (0.2, 0.8)}),
    ("generalized_negative_binomial", counts, {"mu": (0.5, 3), "alpha": (0.3, 2)}),
)
for name, sample, arrays in DENSITIES:
    op = f"_random_pdf_{name}"
    for is_log in (False, True):
        params = {"is_log": is_log}
        CASES += [
            compared(op, sample(2, 5), parameters(arrays, (2,)), params),
            compared(op, sample(2, 3, 4, dtype="float64"), parameters(arrays, (2,), "float64"), params, "float64"),
            compared(op, sample(2, 3, 4, dtype="float64"), parameters(arrays, (2, 3), "float64"), params, "float64"),
            compared(op, sample(2, 3, dtype="float64"), parameters(arrays, (2, 3), "float64"), params, "float64"),
            compared(op, sample(1), parameters(arrays, (1,)), params),
            Case(
                op, {"sample": sample(2, 3, dtype="float16"), **parameters(arrays, (2,), "float16")}, params,
                gradient=False, rtol=1e-2, why="the reference computes in float16",
            ),
        ]  # fmt: skip
    CASES += [
        Case(op[1:], {"sample": sample(2, 3), **parameters(arrays, (2,))}, {"is_log": "1"}),
        Case(op, {"sample": sample(3, 2), **parameters(arrays, (2,))}, refused=True),
        Case(op, {"sample": sample(2), **parameters(arrays, (1,))}, refused=True),
        Case(op, {"sample": sample(1, 3), **parameters(arrays, (2,))}, refused=True),
        Case(op, {"sample": sample(4), **parameters(arrays, (4, 1))}, refused=True),
        Case(op, {"sample": sample(2, 3), **parameters(arrays, (2,), "float64")}, refused=True),
        Case(op, {"sample": sample(2, 3, dtype="int32"), **parameters(arrays, (2,), "int32")}, gradient=False, refused=True),
    ]

# -- dirichlet: the last axis holds the proportions ---------------------------------------------------------------------------
for is_log in (False, True):
    params = {"is_log": is_log}
    for draws, shape in (((4,), (2,)), ((3, 2), (2,)), ((), (2,)), ((4,), (2, 1)), ((), ())):
        sample, alpha = uniform(0.1, 0.6, *shape, *draws, 3, dtype="float64"), uniform(0.5, 3, *shape, 3, dtype="float64", seed=1)
        CASES.append(compared("_random_pdf_dirichlet", sample, {"alpha": alpha}, params, "float64"))
    CASES.append(Case("_random_pdf_dirichlet", {"sample": uniform(0.1, 0.6, 2, 4, 3), "alpha": uniform(0.5, 3, 2, 3, seed=1)}, params))
CASES += [
    Case("random_pdf_dirichlet", {"sample": uniform(0.1, 0.6, 2, 3), "alpha": uniform(0.5, 3, 2, 3, seed=1)}, {"is_log": "0"}),
    Case("_random_pdf_dirichlet", {"sample": uniform(0.1, 0.6, 2, 3), "alpha": uniform(0.5, 3, 2, 4)}, refused=True),
    Case("_random_pdf_dirichlet", {"sample": uniform(0.1, 0.6, 3, 3), "alpha": uniform(0.5, 3, 2, 3)}, refused=True),
    Case("_random_pdf_dirichlet", {"sample": uniform(0.1, 0.6, 3), "alpha": uniform(0.5, 3, 2, 3)}, refused=True),
]

# -- what cannot be drawn, and the rims: the formula is taken as it stands ------------------------------------------------------
EDGES = (
    ("uniform", [[-1, 0.5, 3]], {"low": [0], "high": [2]}),
    ("uniform", [[-1, 0.5, 3]], {"low": [2], "high": [0]}),
    ("exponential", [[-1, 0, 800]], {"lam": [2]}),
    ("exponential", [[0, 1]], {"lam": [-1]}),
    ("normal", [[0, 1]], {"mu": [0], "sigma": [-1]}),
    ("gamma", [[1, 2]], {"alpha": [-1.5], "beta": [2]}),
    ("gamma", [[100, 2000]], {"alpha": [1000], "beta": [1]}),
    ("poisson", [[0, 0.5, 500, 1000]], {"lam": [600]}),
    ("negative_binomial", [[0, 0.5, 100]], {"k": [50], "p": [0.25]}),
)
for name, sample, arrays in EDGES:
    given = {slot: values(content, "float64") for slot, content in arrays.items()}
    CASES += [compared(f"_random_pdf_{name}", values(sample, "float64"), given, {"is_log": is_log}, "float64") for is_log in (False, True)]
for name, sample, arrays in (
    ("gamma", [[0, -1]], {"alpha": [2], "beta": [3]}),
    ("gamma", [[0, 1]], {"alpha": [1], "beta": [2]}),
    ("poisson", [[0, 1, -1]], {"lam": [0]}),
    ("poisson", [[-1, 3]], {"lam": [2]}),
    ("negative_binomial", [[0, 1]], {"k": [2], "p": [1]}),
    ("negative_binomial", [[-1, 1]], {"k": [2], "p": [0.5]}),
    ("generalized_negative_binomial", [[-1, 1]], {"mu": [2], "alpha": [0.5]}),
    ("exponential", [[0, 1]], {"lam": [0]}),
    ("uniform", [[0, 1]], {"low": [1], "high": [1]}),
    ("normal", [[0, 1]], {"mu": [0], "sigma": [0]}),
):
    inputs = {"sample": values(sample, "float64"), **{slot: values(content, "float64") for slot, content in arrays.items()}}
    CASES += [Case(f"_random_pdf_{name}", inputs, {"is_log": is_log}, gradient=False) for is_log in (False, True)]
