"""Matrices with known properties, described as the inputs of cases are."""

import numpy as np

from tests.ops.case import Case, Make


def matrix(kind, shape, dtype, seed, build):
    return Make(f"{kind}{(shape, dtype, seed)}", lambda rs: build(rs.normal(size=shape)).astype(dtype))


def definite(*shape, dtype="float32", seed=0):
    """Make symmetric positive definite matrices."""
    side = shape[-1]
    return matrix("definite", shape, dtype, seed, lambda x: x @ x.swapaxes(-1, -2) / side + np.eye(side))


def symmetric(*shape, dtype="float32", seed=0):
    """Make symmetric matrices with eigenvalues about 0, 1, 2, ..."""
    side = shape[-1]

    def build(x):
        vectors = np.linalg.qr(x)[0]
        values = np.arange(side) + 0.25 * np.tanh(x[..., 0, :])
        return (vectors * values[..., None, :]) @ vectors.swapaxes(-1, -2)

    return matrix("symmetric", shape, dtype, seed, build)


def regular(*shape, dtype="float32", seed=0):
    """Make matrices that are far from singular, in both triangles."""
    return matrix("regular", shape, dtype, seed, lambda x: 0.5 * x + 2 * np.eye(shape[-1]))


def half(op, inputs, params, compute):
    """Make a case of float16, which the reference does not take; ``compute`` is independent arithmetic."""
    arrays = [array.astype("float64") for array in Case(op, inputs, params).arrays().values()]
    results = compute(*arrays)
    results = results if isinstance(results, tuple) else (results,)
    expect = {f"output{place}": np.asarray(result).astype("float16") for place, result in enumerate(results)}
    return Case(op, inputs, params, gradient=False, expect=expect, why="the reference has no float16 here")
