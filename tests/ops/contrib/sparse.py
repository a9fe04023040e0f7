"""Cases of _square_sum, _sparse_retain, _contrib_getnnz and _contrib_edge_id, which the reference has for sparse arrays only: all are stated."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

__all__ = ["CASES"]

SQUARES, RETAIN, COUNT, EDGE = "_square_sum", "_sparse_retain", "_contrib_getnnz", "_contrib_edge_id"
WHY = "the reference takes sparse arrays only"
MATRIX = [[0, 0, 1], [0, 0, 0], [3, 4, 0], [0, -2, 5]]


def squared(dtype="float32", **params):
    case = Case(SQUARES, {"data": values(MATRIX, dtype)}, params)
    data, axes = np.array(MATRIX, "float64"), params.get("axis")
    axes = (0, 1) if axes is None else tuple(axis % 2 for axis in np.atleast_1d(axes))
    axes = tuple({0, 1} - {*axes}) if params.get("exclude") else axes
    output = (data**2).sum(axes, keepdims=True)
    wanted = output if params.get("keepdims") else output.squeeze(axes) if len(axes) < 2 else output.reshape(1)
    head = case.head_gradient(0, wanted.shape, np.dtype(dtype)).reshape(output.shape)
    expect = {"output0": wanted.astype(dtype), "grad/data": (2 * data * head).astype(dtype)}
    return Case(SQUARES, case.inputs, params, expect=expect, why=WHY)


def retained(*rows, kind="float32", dtype="float32"):
    case = Case(RETAIN, {"data": normal(4, 3, dtype=dtype), "indices": values(rows, kind)}, gradient=["data"])
    is_kept = np.isin(np.arange(4), np.array(rows, int))[:, None]
    head = case.head_gradient(0, (4, 3), np.dtype(dtype))
    expect = {"output0": case.arrays()["data"] * is_kept, "grad/data": head * is_kept}
    return Case(RETAIN, case.inputs, gradient=["data"], expect=expect, why=WHY)


def counted(result, dtype="float32", **params):
    return Case(COUNT, {"data": values(MATRIX, dtype)}, params, gradient=False, expect={"output0": np.array(result)}, why=WHY)


def edges(matrix, u, v, result, kind="float32"):
    inputs = {"data": values(matrix), "u": values(u, kind), "v": values(v, kind)}
    return Case(EDGE, inputs, gradient=False, expect={"output0": np.array(result, "float32")}, why=WHY)


CASES = [
    *[squared(**params) for params in [{"axis": 1}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": 0, "keepdims": True}, {"axis": -1}, {},
                                       {"axis": (0, 1)}, {"axis": 0, "exclude": True}]],
    *[squared(dtype, axis=1) for dtype in ("float64", "float16")],
    *[retained(*rows) for rows in [(0, 2), (2, 0), (1,), (0, 0, 3), (5,), (0, 1, 2, 3)]],
    *[retained(0, 3, kind=kind) for kind in ("int32", "int64")],
    *[retained(0, 3, dtype=dtype) for dtype in ("float64", "float16")],
    counted([5]),
    counted([1, 2, 2], axis=0),
    counted([1, 0, 2, 2], axis=1),
    *[counted([5], dtype) for dtype in ("int32", "float64")],
    Case(COUNT, {"data": integers(0, 2, 2, 3)}, {"axis": 2}, refused=True),
    Case(COUNT, {"data": integers(0, 2, 2, 3)}, {"axis": -1}, refused=True),
    Case(COUNT, {"data": integers(0, 2, 6)}, refused=True),
    edges([[1, 0, 0], [0, 2, 0], [0, 0, 3]], [0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 0, 2], [1, -1, 2, -1, -1, 3]),
    edges([[0, 7], [5, 0]], [1, 0], [0, 1], [5, 7], kind="int64"),
]  # fmt: skip
