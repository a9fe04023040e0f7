"""Cases of elements taken and put by number."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

NAN, INF = float("nan"), float("inf")
DTYPES = ("float32", "float64", "float16")
INTEGERS = ("int32", "int64", "uint8", "int8")
ALL = DTYPES + INTEGERS

CASES = []

# -- take -------------------------------------------------------------------------------------------------------------------
CASES += [Case("take", {"a": normal(4, 3), "indices": values([2, 0, 2], dtype=dtype)}) for dtype in ALL]
CASES += [Case("take", {"a": normal(4, 3, dtype=dtype), "indices": values([2, 1, 2])}) for dtype in DTYPES]
CASES += [Case("take", {"a": integers(0, 99, 4, 3, dtype=dtype), "indices": values([2, 0])}, gradient=False) for dtype in INTEGERS]
CASES += [
    Case("take", {"a": normal(2, 3, 4), "indices": values(content)}, {"axis": axis})
    for axis in (0, 1, 2, -1, -3)
    for content in ([1, 0, 1], [[0, 1], [1, 1]], [0])
]
CASES += [
    Case("take", {"a": normal(4, 3), "indices": values([-1, 5, 0, -9, 4, 8])}, {"axis": axis, "mode": mode})
    for mode in ("clip", "wrap")
    for axis in (0, 1)
]
CASES += [Case("take", {"a": normal(4, 3), "indices": values([1.7, -0.5, 2.99, 0.0])}, {"mode": mode}) for mode in ("clip", "wrap")]
CASES += [Case("take", {"a": normal(4, 3), "indices": values([1, 3, 0, 3])}, {"mode": "raise"})]
CASES += [
    Case("take", {"a": normal(5), "indices": values([[1, 3], [0, 3]])}),
    Case("take", {"a": normal(5, 12), "indices": integers(0, 5, 40)}),
]
CASES += [Case("take", {"a": normal(3, 10, 2), "indices": integers(0, 10, 25, dtype="int64")}, {"axis": 1})]
CASES += [
    Case("take", {"a": normal(4, 3), "indices": values([0, 4] if high else [-1, 0])}, {"mode": "raise"}, refused=True)
    for high in (True, False)
]
CASES += [Case("take", {"a": normal(4, 3), "indices": values([0])}, {"axis": axis}, refused=True) for axis in (2, -3)]
CASES += [Case("take", {"a": normal(4, 3), "indices": values([0])}, {"mode": "other"}, refused=True)]

# -- Embedding --------------------------------------------------------------------------------------------------------------
SIZES = {"input_dim": 4, "output_dim": 3}
CASES += [Case("Embedding", {"data": values([2, 0, 2], dtype=dtype), "weight": normal(4, 3)}, SIZES, gradient=["weight"]) for dtype in ALL]
CASES += [
    Case("Embedding", {"data": values([2, 0, 2]), "weight": normal(4, 3, dtype=dtype)}, {"dtype": dtype, **SIZES}, gradient=["weight"])
    for dtype in DTYPES
]
CASES += [
    Case("Embedding", {"data": values(content), "weight": normal(4, 3)}, SIZES, gradient=["weight"])
    for content in ([[0, 3], [3, 3]], [[[1]], [[2]]], [-1, 4, 0, 100], [1.7, 0.2], [1])
]
CASES += [
    Case("Embedding", {"data": integers(0, 5, 6, 7), "weight": normal(5, 20)}, {"input_dim": 5, "output_dim": 20}, gradient=["weight"])
]
CASES += [Case("Embedding", {"data": values([0, 3]), "weight": normal(4, 3)}, {"sparse_grad": True, **SIZES}, gradient=False)]
CASES += [
    Case("Embedding", {"data": values([0, 3]), "weight": integers(0, 9, 4, 3, dtype="int32")}, {"dtype": "int32", **SIZES}, gradient=False)
]
CASES += [
    Case("Embedding", {"data": values([0]), "weight": normal(4, 3)}, params, gradient=False, refused=True)
    for params in (
        {"input_dim": 5, "output_dim": 3},
        {"input_dim": 4, "output_dim": 2},
        {"input_dim": 0, "output_dim": 3},
        {"input_dim": 4},
    )
]

# -- batch_take, pick -------------------------------------------------------------------------------------------------------
CASES += [
    Case("batch_take", {"a": normal(4, 3, dtype=dtype), "indices": values([0, 2, 1, 0], dtype="int32")}, gradient=False) for dtype in DTYPES
]
CASES += [
    Case("batch_take", {"a": normal(4, 3), "indices": values(content, dtype="int32")}, gradient=False)
    for content in ([0, 2, 1, 5], [0, -1, 1, -9], [[0], [2], [1], [0]], [[0, 2, 1, 0]])
]
CASES += [Case("batch_take", {"a": integers(0, 9, 4, 3, dtype="int32"), "indices": values([0, 2, 1, 0], dtype="int32")}, gradient=False)]
CASES += [
    Case("batch_take", {"a": normal(*shape), "indices": values(content, dtype="int32")}, gradient=False, refused=True)
    for shape, content in (((4, 3), [0, 2, 1]), ((4,), [0, 1, 2, 0]))
]
NUMBERS = np.arange(24, dtype="float32").reshape(2, 3, 4)
CASES += [
    Case(
        "batch_take",
        {"a": values(NUMBERS), "indices": values([[0, 1, 2], [3, 1, 1]], dtype="int32")},
        gradient=False,
        expect={"output0": np.float32([[0, 5, 10], [15, 17, 21]])},
        why="the reference reads outside the array",
    )
]

CASES += [Case("pick", {"data": normal(4, 3), "index": values([2, 0, 1, 2], dtype=dtype)}) for dtype in ALL]
CASES += [Case("pick", {"data": normal(4, 3, dtype=dtype), "index": values([2, 2, 1, 0])}) for dtype in DTYPES]
CASES += [Case("pick", {"data": integers(0, 99, 4, 3, dtype=dtype), "index": values([2, 0, 1, 2])}, gradient=False) for dtype in INTEGERS]
CASES += [
    Case("pick", {"data": normal(2, 3, 4), "index": integers(0, 2, *shape)}, {"axis": axis, "keepdims": keepdims})
    for keepdims in (False, True)
    for axis, shape in ((0, (3, 4)), (0, (1, 3, 4)), (1, (2, 4)), (-2, (2, 1, 4)), (2, (2, 3)), (-1, (2, 3, 1)))
]
CASES += [Case("pick", {"data": normal(4, 3), "index": values([-1, 5, -4, 1.9])}, {"mode": mode}) for mode in ("clip", "wrap")]
CASES += [Case("pick", {"data": normal(3), "index": values([2])}, {"keepdims": keepdims}) for keepdims in (False, True)]
CASES += [Case("choose_element_0index", {"data": normal(4, 3), "index": values([2, 0, 1, 2])})]
CASES += [
    Case("pick", {"data": normal(4, 3), "index": values(content)}, params, refused=True)
    for content, params in (([0, 2, 1], {}), ([7], {"axis": None}), ([2, 0, 1, 0], {"axis": 2}), ([2, 0, 1, 0], {"mode": "raise"}))
]

# -- one_hot ----------------------------------------------------------------------------------------------------------------
CASES += [Case("one_hot", {"indices": values([0, 2, 1], dtype=dtype)}, {"depth": 3}) for dtype in ALL]
CASES += [
    Case("one_hot", {"indices": values([0, 2])}, {"depth": 3, "dtype": dtype, "on_value": 2.5, "off_value": -1})
    for dtype in (*DTYPES, "int32", "int8")
]
CASES += [
    Case("one_hot", {"indices": values(content)}, {"depth": 3})
    for content in ([0, -1, 3, 1.9, -0.5, 2], [[0, 2], [1, 1]], [[[2]]], [NAN, 1])
]
CASES += [
    Case("one_hot", {"indices": values([0, 2])}, params, refused=True) for params in ({"depth": -1}, {}, {"depth": 3, "dtype": "text"})
]

# -- gather_nd, scatter_nd, _scatter_set_nd ---------------------------------------------------------------------------------
CASES += [
    Case("gather_nd", {"data": normal(2, 3, 4), "indices": values([[0, 1, 0], [1, 2, 1]], dtype=dtype)})
    for dtype in ("float32", "int32", "int64")
]
CASES += [Case("gather_nd", {"data": normal(2, 3, 4, dtype=dtype), "indices": values([[0, 1, 0]])}) for dtype in ("float64", "float16")]
CASES += [
    Case("gather_nd", {"data": integers(0, 99, 2, 3, dtype=dtype), "indices": values([[0, 1], [1, 2]])}, gradient=False)
    for dtype in INTEGERS
]
CASES += [
    Case("gather_nd", {"data": normal(2, 3, 4), "indices": values(content)})
    for content in ([[1, 0]], [[0, 1], [1, 2], [0, 3]], [[[0, 1], [1, 0]], [[1, 2], [0, 0]]])
]
CASES += [Case("gather_nd", {"data": normal(4, 20), "indices": integers(0, 4, 1, 30)})]
CASES += [Case("gather_nd", {"data": normal(2, 3, 4), "indices": values([[-1, 1], [1, -2]])}, gradient=False)]
CASES += [
    Case(
        "gather_nd",
        {"data": values([1, 2, 3]), "indices": values([[-1, 0, 2]])},
        why="the reference adds outside the array",
        expect={
            "grad/data": (lambda d: np.float32([d[1], 0, d[0] + d[2]]))(
                Case("gather_nd", {"data": values([1, 2, 3]), "indices": values([[-1, 0, 2]])}).head_gradient(0, (3,), "float32")
            )
        },
    )
]
CASES += [
    Case("gather_nd", {"data": normal(2, 3), "indices": values(content)}, refused=True) for content in ([[5, 1]], [1, 2], [[0], [1], [0]])
]

CASES += [
    Case("scatter_nd", {"data": normal(3), "indices": values([[0, 1, 0], [1, 2, 2]], dtype=dtype)}, {"shape": (2, 3)})
    for dtype in ("float32", "int32")
]
CASES += [
    Case("scatter_nd", {"data": normal(3, dtype=dtype), "indices": values([[0, 1, 0], [1, 2, 2]])}, {"shape": (2, 3)})
    for dtype in ("float64", "float16")
]
CASES += [
    Case("scatter_nd", {"data": values([1, 2, 3]), "indices": values([[0, 1, 0], [1, 2, 1]])}, {"shape": (2, 3)}, finite=False)
]  # the last one stays
CASES += [Case("scatter_nd", {"data": normal(2, 2), "indices": values([[0, 2]])}, {"shape": (3, 2)})]
CASES += [Case("scatter_nd", {"data": normal(2, 1, 3), "indices": values([[[0], [2]]])}, {"shape": (4, 3)})]
CASES += [
    Case("scatter_nd", {"data": integers(0, 99, 3, dtype=dtype), "indices": values([[0, 2, 4]])}, {"shape": (5,)}, gradient=False)
    for dtype in INTEGERS
]

CASES += [
    Case(
        "_scatter_set_nd",
        {"lhs": values([[1, 2, 3], [4, 5, 6]]), "rhs": values([8, 9]), "indices": values([[0, 1], [1, 2]], dtype=dtype)},
        {"shape": (2, 3)},
        gradient=False,
        expect={"output0": np.float32([[1, 8, 3], [4, 5, 9]])},
        why="works in place only there",
    )
    for dtype in ("float32", "int64")
]
CASES += [
    Case(
        "_scatter_set_nd",
        {"lhs": values([[1, 2, 3], [4, 5, 6]]), "rhs": values([[7, 8, 9]]), "indices": values([[1]])},
        {"shape": (2, 3)},
        gradient=False,
        expect={"output0": np.float32([[1, 2, 3], [7, 8, 9]])},
        why="works in place only there",
    )
]

# -- fill_element_0index, index_copy ----------------------------------------------------------------------------------------
ROWS = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
CASES += [
    Case(
        "fill_element_0index",
        {"lhs": values(ROWS), "mhs": values([-1, -2, -3]), "rhs": values(columns)},
        gradient=False,
        expect={"output0": np.float32(filled)},
        why="a function on arrays there, not an operator",
    )
    for columns, filled in (
        ([0, 2, 1], [[-1, 1, 2], [3, 4, -2], [6, -3, 8]]),
        ([0, 5, -1], [[-1, 1, 2], [3, 4, 5], [6, 7, 8]]),
        ([1.9, 0, 0], [[0, -1, 2], [-2, 4, 5], [-3, 7, 8]]),
    )
]
CASES += [
    Case(
        "_contrib_index_copy", {"old_tensor": normal(4, 3), "index_vector": values([3, 1], dtype=dtype), "new_tensor": normal(2, 3, seed=1)}
    )
    for dtype in ("int32", "int64")
]
CASES += [
    Case(
        "_contrib_index_copy",
        {"old_tensor": normal(4, 3), "index_vector": values([1, 1], dtype="int32"), "new_tensor": normal(2, 3, seed=1)},
        finite=False,
    )
]
CASES += [
    Case(
        "_contrib_index_copy",
        {"old_tensor": normal(4, dtype=dtype), "index_vector": values([2], dtype="int32"), "new_tensor": normal(1, dtype=dtype)},
    )
    for dtype in ("float64", "float16")
]
CASES += [
    Case(
        "_contrib_index_copy",
        {"old_tensor": normal(4, 3), "index_vector": values([3, 1]), "new_tensor": normal(2, 3, seed=1)},
        gradient=False,
    )
]
CASES += [
    Case(
        "_contrib_index_copy",
        {"old_tensor": normal(3, 2, 2), "index_vector": values([0], dtype="int64"), "new_tensor": normal(1, 2, 2, seed=1)},
    )
]
CASES += [
    Case(
        "_contrib_index_copy",
        {"old_tensor": normal(4, 3), "index_vector": values([3, 1]), "new_tensor": normal(*shape)},
        gradient=False,
        refused=True,
    )
    for shape in ((2, 2), (3, 3), (2,))
]
