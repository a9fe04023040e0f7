"""Cases of draws of whole numbers whose result is certain: one number to choose from. ``tests/random`` looks at the rest."""

from tests.ops.case import Case, integers, normal, values

CASES = []

# -- randint ----------------------------------------------------------------------------------------------------------------
CASES += [
    Case("_random_randint", {}, params, gradient=False)
    for params in (
        {"low": 3, "high": 4, "shape": (2, 3)},
        {"low": -7, "high": -6, "shape": 2, "dtype": "int32"},
        {"low": 2**40, "high": 2**40 + 1, "shape": (2,), "dtype": "int64"},
        {"low": "-9223372036854775808", "high": "-9223372036854775807", "shape": (2,), "dtype": "int64"},
        {"low": 2**31 - 1, "high": 2**31, "shape": (2,), "ctx": "cpu(0)"},
    )
]
CASES += [Case("random_randint", {}, {"low": "3", "high": "4", "shape": "(1,2)", "dtype": "None"}, gradient=False)]
CASES += [
    Case("_random_randint", {}, params, gradient=False, refused=True)
    for params in (
        {"low": 2, "high": 1, "shape": (2,)},
        {"low": 0.5, "high": 3, "shape": (2,)},
        {"low": 0, "shape": (2,)},
        {"high": 3, "shape": (2,)},
        {"low": 0, "high": 3, "shape": (2,), "dtype": "float32"},
        {"low": 0, "high": 3},
    )
]

# -- multinomial ------------------------------------------------------------------------------------------------------------
ONE = values([[0, 1, 0], [0, 0, 1]])
CASES += [
    Case("_sample_multinomial", {"data": values([0, 1, 0])}),
    Case("_sample_multinomial", {"data": values([0, 0, 1])}, {"get_prob": True}),
    Case("_sample_multinomial", {"data": values([0, 1, 0])}, {"shape": 4, "get_prob": True}),
    Case("_sample_multinomial", {"data": values([0, 1, 0])}, {"shape": (2, 3), "get_prob": True}),
    Case("_sample_multinomial", {"data": ONE}),
    Case("_sample_multinomial", {"data": ONE}, {"get_prob": True}),
    Case("_sample_multinomial", {"data": ONE}, {"shape": (2, 2), "get_prob": True}),
    Case("_sample_multinomial", {"data": values([[[1], [1]], [[1], [1]]], "float64")}, {"shape": 3, "get_prob": True}),
    Case("_sample_multinomial", {"data": values([[1, 0], [0, 1]], "float16")}, {"shape": (2,), "get_prob": True}),
    Case("sample_multinomial", {"data": ONE}, {"shape": "(2,)", "get_prob": "1", "dtype": "float32"}),
]
CASES += [
    Case("_sample_multinomial", {"data": ONE}, {"shape": (2,), "dtype": dtype})
    for dtype in ("float16", "float32", "float64", "int32", "uint8")
]
CASES += [
    Case("_sample_multinomial", {"data": ONE}, {"dtype": "int64"}, refused=True),
    Case("_sample_multinomial", {"data": ONE}, {"get_prob": "maybe"}, refused=True),
    Case("_sample_multinomial", {"data": integers(1, 3, 3, dtype="int32")}, gradient=False, refused=True),
]

# -- unique_zipfian, shuffle --------------------------------------------------------------------------------------------------
CASES += [
    Case("_sample_unique_zipfian", {}, {"range_max": 1, "shape": (2, 1)}, gradient=False),
    Case("_sample_unique_zipfian", {}, {"shape": (2, 1)}, gradient=False, refused=True),
    Case("_sample_unique_zipfian", {}, {"range_max": 5, "shape": (2,)}, gradient=False, refused=True),
    Case("_sample_unique_zipfian", {}, {"range_max": 5, "shape": (1, 2, 2)}, gradient=False, refused=True),
    Case("_sample_unique_zipfian", {}, {"range_max": 5}, gradient=False, refused=True),
    Case("_shuffle", {"data": values([2.5, 2.5, 2.5])}, gradient=False),
    Case("_shuffle", {"data": normal(1, 3, dtype="float64")}, gradient=False),
    Case("shuffle", {"data": values([[1, 2], [1, 2]], "float16")}, gradient=False),
]
CASES += [Case("_shuffle", {"data": values([[3, 4], [3, 4]], dtype)}, gradient=False) for dtype in ("int32", "int64", "uint8", "int8")]
