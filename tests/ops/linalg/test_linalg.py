"""What the cases of linear algebra do not show: second derivatives, shapes found backwards, large systems, errors."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from tests.ops.case import normal
from tests.ops.linalg.matrices import definite, regular, symmetric

F8 = "float64"


def bound(symbol, arrays):
    given = {name: mx.nd.array(arrays[name], dtype=F8) for name in symbol.list_arguments()}
    return symbol.bind(mx.cpu(), given, {name: mx.nd.zeros_like(array) for name, array in given.items()})


def weighted(outputs):
    """Add up outputs with weights that are unlike each other."""
    total = 0
    for place in range(len(outputs)):
        flat = mx.sym.Reshape(outputs[place], shape=(-1,))
        total = total + mx.sym.sum(mx.sym.cos(3 * flat + place) * flat)
    return total


def gradient_of(symbol, arrays):
    run = bound(symbol, arrays)
    run.forward(is_train=True)
    run.backward([mx.nd.ones_like(output) for output in run.outputs])
    return {name: array.asnumpy() for name, array in run.grad_dict.items()}


TWICE = [
    ("potrf", {}, {"A": definite(3, 3, dtype=F8)}),
    ("potri", {}, {"A": regular(2, 2, 2, dtype=F8)}),
    ("gelqf", {}, {"A": normal(2, 3, dtype=F8)}),
    ("syevd", {}, {"A": symmetric(3, 3, dtype=F8)}),
    ("inverse", {}, {"A": regular(2, 2, 2, dtype=F8)}),
    ("det", {}, {"A": regular(2, 2, 2, dtype=F8)}),
    ("slogdet", {}, {"A": regular(3, 3, dtype=F8)}),
    ("sumlogdiag", {}, {"A": regular(3, 3, dtype=F8)}),
    ("syrk", {"transpose": True, "alpha": 0.5}, {"A": normal(2, 3, dtype=F8)}),
    ("trmm", {"transpose": True}, {"A": regular(3, 3, dtype=F8), "B": normal(3, 2, dtype=F8)}),
    ("trsm", {"rightside": True, "alpha": 2.0}, {"A": regular(3, 3, dtype=F8), "B": normal(2, 3, dtype=F8)}),
    ("trsm", {"transpose": True, "lower": False}, {"A": regular(3, 3, dtype=F8), "B": normal(3, 2, dtype=F8)}),
    ("gemm2", {"axis": 0, "alpha": 0.5}, {"A": normal(2, 2, 3, dtype=F8), "B": normal(3, 2, 2, dtype=F8)}),
    ("makediag", {"offset": 1}, {"A": normal(3, dtype=F8)}),
    ("maketrian", {"offset": 1}, {"A": normal(3, dtype=F8)}),
    ("extracttrian", {"lower": False}, {"A": normal(3, 3, dtype=F8)}),
    ("extractdiag", {}, {"A": normal(3, 3, dtype=F8)}),
]


@pytest.mark.parametrize(("name", "params", "inputs"), TWICE, ids=lambda value: value if isinstance(value, str) else "")
def test_the_gradient_of_a_gradient_is_the_slope_of_the_gradient(name, params, inputs):
    arrays = {slot: make.array() for slot, make in inputs.items()}
    outputs = getattr(mx.sym.linalg, name)(**{slot: mx.sym.Variable(slot) for slot in inputs}, **params)
    first = weighted(outputs).gradient(list(inputs))
    rng = np.random.RandomState(0)
    weights = [rng.uniform(-1, 1, arrays[slot].shape) for slot in inputs]
    found = gradient_of(
        mx.sym.Group([mx.sym.sum(first[i] * mx.sym.Variable(f"w{i}")) for i in range(len(inputs))]),
        arrays | {f"w{i}": w for i, w in enumerate(weights)},
    )
    for slot in inputs:
        direction = rng.uniform(-1, 1, arrays[slot].shape)
        if name in ("potrf", "syevd"):  # their gradient is that of a symmetric change
            direction = direction + direction.T
        slopes = []
        for step in (1e-5, -1e-5):
            there = bound(first, arrays | {slot: arrays[slot] + step * direction}).forward()
            slopes.append(sum(np.vdot(value.asnumpy(), weight) for value, weight in zip(there, weights, strict=True)))
        assert np.vdot(found[slot], direction) == pytest.approx((slopes[0] - slopes[1]) / 2e-5, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    ("name", "params", "output", "expected"),
    [
        ("potrf", {}, [(2, 3, 3)], [(2, 3, 3)]),
        ("potri", {}, [(2, 0, 3)], [(2, 3, 3)]),
        ("inverse", {}, [(2, 3, 0)], [(2, 3, 3)]),
        ("gelqf", {}, [(2, 3, 4), (2, 3, 3)], [(2, 3, 4)]),
        ("syevd", {}, [(2, 0, 0), (2, 3)], [(2, 3, 3)]),
        ("syrk", {}, [(2, 3, 3)], [(2, 3, 0)]),
        ("syrk", {"transpose": True}, [(2, 3, 3)], [(2, 0, 3)]),
        ("trmm", {}, [(2, 3, 4)], [(2, 3, 3), (2, 3, 4)]),
        ("trsm", {"rightside": True}, [(2, 3, 4)], [(2, 4, 4), (2, 3, 4)]),
        ("gemm", {}, [(2, 3, 4)], [(2, 3, 0), (2, 0, 4), (2, 3, 4)]),
        ("gemm2", {"axis": 0}, [(3, 2, 4)], [(3, 2, 0), (0, 2, 4)]),
        ("extractdiag", {"offset": -1}, [(2, 3)], [(2, 4, 4)]),
        ("makediag", {"offset": 1}, [(2, 4, 4)], [(2, 3)]),
        ("extracttrian", {}, [(2, 6)], [(2, 3, 3)]),
        ("maketrian", {"offset": 1}, [(2, 4, 4)], [(2, 6)]),
    ],
)
def test_shapes_are_found_from_the_output(name, params, output, expected):
    node = getattr(mx.sym.linalg, name)(**params, name="n")
    heads = [node[place] + mx.sym.Variable(f"like{place}") for place in range(len(output))]
    given = {f"like{place}": shape for place, shape in enumerate(output)}
    group = mx.sym.Group(heads)
    found = dict(zip(group.list_arguments(), group.infer_shape_partial(**given)[0], strict=True))
    assert [shape for argument, shape in found.items() if argument not in given] == expected


def test_a_half_known_square_is_completed():
    symbol = mx.sym.linalg.det(mx.sym.Variable("A"))
    assert symbol.infer_shape_partial(A=(2, 0, 3)) == ([(2, 3, 3)], [(2,)], [])


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("rightside", [True, False])
def test_a_large_triangle_is_solved_to_the_last_digits(lower, rightside):
    rng = np.random.RandomState(1)
    matrix = rng.uniform(-1, 1, (150, 150)) / 150 + np.diag(rng.uniform(1, 2, 150))
    triangle = np.tril(matrix) if lower else np.triu(matrix)
    wanted = rng.normal(size=(40, 150) if rightside else (150, 40))
    right = wanted @ triangle if rightside else triangle @ wanted
    found = mx.nd.linalg.trsm(mx.nd.array(matrix, dtype=F8), mx.nd.array(right, dtype=F8), lower=lower, rightside=rightside)
    np.testing.assert_allclose(found.asnumpy(), wanted, rtol=1e-11, atol=1e-13)


def test_a_stack_of_no_matrices_gives_nothing():
    with mx.np_shape():
        empty = mx.nd.array(np.zeros((0, 2, 2)))
        shapes = {
            name: getattr(mx.nd.linalg, name)(empty)
            for name in ("potrf", "potri", "inverse", "det", "syrk", "extractdiag", "extracttrian", "sumlogdiag")
        }
        assert {name: found.shape for name, found in shapes.items()} == {
            "potrf": (0, 2, 2), "potri": (0, 2, 2), "inverse": (0, 2, 2), "det": (0,), "syrk": (0, 2, 2),
            "extractdiag": (0, 2), "extracttrian": (0, 3), "sumlogdiag": (0,),
        }  # fmt: skip
        assert [found.shape for found in mx.nd.linalg.gelqf(empty)] == [(0, 2, 2), (0, 2, 2)]
        assert [found.shape for found in mx.nd.linalg.syevd(empty)] == [(0, 2, 2), (0, 2)]
        assert [found.shape for found in mx.nd.linalg.slogdet(empty)] == [(0,), (0,)]


def test_a_matrix_without_factors_is_named():
    run = mx.sym.linalg.potrf(mx.sym.Variable("A"), name="chol").bind(mx.cpu(), {"A": mx.nd.array([[1, 2], [2, 1]])})
    with pytest.raises(mx.MXNetError, match=r"chol.*not positive definite"):
        run.forward()


def test_equal_eigenvalues_pass_the_gradient_that_does_not_depend_on_their_vectors():
    """The trace of a function of the matrix: its gradient is that function's slope, here ``2 A``."""
    matrix = mx.sym.Variable("A")
    eigen = mx.sym.linalg.syevd(matrix)
    rebuilt = mx.sym.linalg.gemm2(
        eigen[0], mx.sym.broadcast_mul(mx.sym.expand_dims(mx.sym.square(eigen[1]), axis=-1), eigen[0]), transpose_a=True
    )
    found = gradient_of(mx.sym.sum(mx.sym.linalg.extractdiag(rebuilt)), {"A": np.diag([2.0, 2.0, 3.0])})
    np.testing.assert_allclose(found["A"], np.diag([4.0, 4.0, 6.0]), atol=1e-12)
