"""Operators called on arrays: wrong calls, and what each message must say."""

from __future__ import annotations

import symbolic as mx
from symbolic.errors import DTypeError, IndexingError, ParameterError, ShapeError
from tests.messages.row import wrong

nd = mx.nd

ND = [
    wrong(lambda: nd.array("abc"), TypeError, argument="source_array", got="'abc' (str)", expected="a list or a number"),
    wrong(lambda: nd.array([[1, 2], [3]]), ValueError, argument="source_array", got="[[1, 2], [3]]"),
    wrong(lambda: nd.array([1], dtype="float99"), TypeError, argument="dtype", got="float99", expected="float32"),
    wrong(lambda: nd.zeros((2, -1)), ValueError, argument="shape", got="(2, -1)"),
    wrong(lambda: nd.zeros((2**40, 2**40)), ShapeError, argument="shape", got=str(2**40)),
    wrong(
        lambda: nd.ones((2, 3)) + nd.ones((3, 2)),
        ShapeError,
        op="broadcast_add",
        argument="rhs",
        got="(3, 2)",
        expected="2 on axis 0",
        chain=("3 is from rhs (3, 2), axis 0", "2 is from lhs (2, 3), axis 0"),
    ),
    wrong(
        lambda: nd.dot(nd.ones((2, 3)), nd.ones((4, 5))),
        ShapeError,
        op="dot",
        argument="rhs",
        got="(4, 5)",
        expected="3 on axis 0",
        chain=("4 is from rhs", "3 is from lhs (2, 3), axis 1"),
    ),
    wrong(
        lambda: nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 9)), nd.ones(4), num_hidden=4),
        ShapeError,
        op="FullyConnected",
        argument="weight",
        got="(4, 9)",
        expected="(4, 3)",
        chain=("9 is from weight (4, 9), axis 1", "3 is from data (2, 3), axis 1"),
    ),
    wrong(
        lambda: nd.elemwise_add(nd.ones(2), nd.ones(2, dtype="int32")),
        DTypeError,
        op="elemwise_add",
        argument="rhs",
        got="int32",
        expected="float32",
        chain=("int32 is from rhs int32", "float32 is from lhs float32"),
    ),
    wrong(lambda: nd.ones((2, 3))[5], IndexError, op="indexing", got="5", expected="2"),
    wrong(lambda: nd.ones((2, 3))["x"], IndexingError, op="indexing", argument="key", got="'x' (str)", expected="int, slice"),
    wrong(lambda: nd.ones((2, 3)).reshape((4, 4)), ShapeError, op="reshape", argument="shape", got="(4, 4)", expected="6 elements"),
    wrong(lambda: nd.ones((2, 3)).asscalar(), ValueError, got="(2, 3)", expected="1"),
    wrong(
        lambda: nd.Activation(nd.ones(2), act_type="rleu"),
        ParameterError,
        op="Activation",
        argument="act_type",
        got="'rleu'",
        expected="'relu'",
        like="relu",
    ),
    wrong(
        lambda: nd.FullyConnected(nd.ones((2, 3)), num_hiden=4),
        ParameterError,
        op="FullyConnected",
        argument="num_hiden",
        expected="num_hidden",
        like="num_hidden",
    ),
    wrong(lambda: nd.take(nd.ones(3), nd.array([99]), mode="raise"), mx.MXNetError, op="take"),
    wrong(lambda: nd.linalg.potrf(nd.array([[-1.0, 0], [0, 1]])), mx.MXNetError, op="_linalg_potrf"),
]
