"""Cases of products of vectors, matrices and stacks of matrices."""

import numpy as np

from tests.ops.case import Case, integers, normal, positive

BOTH = {"transpose_a": True, "transpose_b": True}
LEFT, RIGHT = {"transpose_a": True}, {"transpose_b": True}


def factors(one, other, dtype="float32"):
    return {"lhs": normal(*one, dtype=dtype), "rhs": normal(*other, dtype=dtype, seed=1)}


def half(op, one, other, params, expected):
    """Multiply float16, which the reference does on graphics cards only."""
    inputs = factors(one, other, "float16")
    probe = Case(op, inputs, params)
    lhs, rhs = (array.astype("float64") for array in probe.arrays().values())
    return Case(
        op,
        inputs,
        params,
        gradient=False,
        expect={"output0": expected(lhs, rhs).astype("float16")},
        why="the reference has no float16 here",
    )


CASES = []

# -- dot: the last axis of lhs with the first of rhs; transposed, the first with the last ------------------------------------
CASES += [
    Case("dot", factors(one, other), params)
    for one, other, params in (
        ((3,), (3,), {}),
        ((1,), (1,), {}),
        ((2, 3), (3,), {}),
        ((3,), (3, 4), {}),
        ((2, 3), (3, 4), {}),
        ((1, 3), (3, 1), {}),
        ((2, 1), (1, 4), {}),
        ((3, 2), (3, 4), LEFT),
        ((2, 3), (4, 3), RIGHT),
        ((3, 2), (4, 3), BOTH),
        ((3, 2), (3,), LEFT),
        ((3,), (4, 3), RIGHT),
        ((2, 3, 4), (4,), {}),
        ((2,), (2, 3, 4), {}),
        ((2, 3, 4), (4, 5), {}),
        ((2, 3), (3, 4, 5), {}),
        ((2, 3, 4), (4, 2, 3), {}),
        ((4, 2, 3), (4, 5), LEFT),
        ((4, 2, 3), (4,), LEFT),
        ((2, 3), (4, 2, 3), RIGHT),
        ((3,), (4, 2, 3), RIGHT),
        ((4, 2, 3), (2, 3, 4), BOTH),
    )
]
CASES += [Case("dot", {"lhs": positive(20, 30), "rhs": positive(30, 10, seed=1)})]
CASES += [Case("dot", factors((2, 3), (3, 4), "float64"), {}), Case("dot", factors((3, 2), (4, 3), "float64"), BOTH)]
CASES += [Case("dot", factors((2, 3), (3, 4)), {"forward_stype": "default"}), Case("_sparse_dot", factors((2, 3), (3, 4)))]
CASES += [
    half("dot", (2, 3), (3, 4), {}, np.matmul),
    half("dot", (3, 2), (4, 3), BOTH, lambda a, b: a.T @ b.T),
    half("dot", (3,), (3,), {}, lambda a, b: np.array([a @ b])),
]
CASES += [
    Case("dot", factors(one, other), params, refused=True)
    for one, other, params in (
        ((2, 3), (4, 2), {}),
        ((1,), (3,), {}),
        ((3,), (3,), LEFT),
        ((3,), (3,), RIGHT),
        ((2, 3, 1), (2, 3), {}),
        ((2, 3), (3, 4), BOTH),
        ((2, 3), (2,), {}),
    )
]
CASES += [Case("dot", {"lhs": normal(2, 2), "rhs": normal(2, 2, dtype="float64")}, refused=True)]

# -- batch_dot --------------------------------------------------------------------------------------------------------------
CASES += [
    Case("batch_dot", factors(one, other), params)
    for one, other, params in (
        ((2, 2, 3), (2, 3, 4), {}),
        ((2, 3, 2), (2, 3, 4), LEFT),
        ((2, 2, 3), (2, 4, 3), RIGHT),
        ((2, 3, 2), (2, 4, 3), BOTH),
        ((1, 1, 3), (1, 3, 1), {}),
        ((2, 3, 2, 4), (2, 3, 4, 2), {}),
        ((2, 1, 4, 2), (2, 1, 4, 3), LEFT),
        ((2, 2, 2, 4), (2, 2, 3, 4), RIGHT),
        ((4, 5, 6), (4, 6, 1), {}),
    )
]
CASES += [Case("batch_dot", factors((2, 2, 3), (2, 3, 4), "float64"), {})]
CASES += [
    half("batch_dot", (2, 2, 3), (2, 3, 4), {}, np.matmul),
    half("batch_dot", (2, 3, 2), (2, 4, 3), BOTH, lambda a, b: a.swapaxes(1, 2) @ b.swapaxes(1, 2)),
]
CASES += [
    Case("batch_dot", factors(one, other), {}, refused=True)
    for one, other in (((2, 2, 3), (1, 3, 4)), ((2, 2, 3), (3, 4)), ((2, 2, 3), (2, 4, 4)), ((2, 2, 3), (2, 2, 3, 4)))
]

# -- khatri_rao: products of columns ----------------------------------------------------------------------------------------


def columnwise(*shapes, dtype="float32"):
    """Multiply matrices column by column, with the gradient, which the reference lacks."""
    inputs = [normal(*shape, dtype=dtype, seed=seed) for seed, shape in enumerate(shapes)]
    probe = Case("khatri_rao", inputs)
    matrices = [array.astype("float64") for array in probe.arrays().values()]
    letters = "abcdef"[: len(shapes)]
    rule = ",".join(f"{letter}k" for letter in letters) + f"->{letters}k"
    product = np.einsum(rule, *matrices)
    rows, columns = int(np.prod(product.shape[:-1])), product.shape[-1]
    head = probe.head_gradient(0, (rows, columns), dtype).astype("float64").reshape(product.shape)
    expect = {"output0": product.reshape(rows, columns).astype(dtype)}
    for place, letter in enumerate(letters):
        others = [f"{other}k" for other in letters if other != letter]
        rule = ",".join([f"{letters}k", *others]) + f"->{letter}k"
        expect[f"grad/{place}"] = np.einsum(rule, head, *matrices[:place], *matrices[place + 1 :]).astype(dtype)
    return Case("khatri_rao", inputs, expect=expect, why="the reference has no gradient")


CASES += [Case("khatri_rao", [normal(2, 2), normal(3, 2, seed=1)], gradient=False), Case("khatri_rao", [normal(2, 3)], gradient=False)]
CASES += [Case("khatri_rao", [normal(2, 2, seed=i) for i in range(3)], gradient=False)]
CASES += [Case("khatri_rao", [normal(2, 2, dtype="float64"), normal(3, 2, dtype="float64")], gradient=False)]
CASES += [columnwise((2, 3), (4, 3)), columnwise((2, 2), (3, 2), (2, 2)), columnwise((2, 2), (1, 2), dtype="float64")]
CASES += [
    Case("khatri_rao", [normal(2, 2), normal(3, 3)], gradient=False, refused=True),
    Case("khatri_rao", [normal(2), normal(3, 2)], gradient=False, refused=True),
]
CASES += [
    Case(
        "khatri_rao",
        [integers(0, 5, 2, 2, dtype="int32"), integers(0, 5, 1, 2, dtype="int32", seed=1)],
        gradient=False,
        why="the reference has no integers here",
        expect={
            "output0": (lambda a, b: a * b)(
                *Case("khatri_rao", [integers(0, 5, 2, 2, dtype="int32"), integers(0, 5, 1, 2, dtype="int32", seed=1)]).arrays().values()
            )
        },
    )
]
