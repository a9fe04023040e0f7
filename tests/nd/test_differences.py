"""Where arrays differ from the reference's on purpose: what they do instead, and why."""

from __future__ import annotations

import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, IndexingError, MXNetError, NotSupported, ParameterError, ShapeError
from tests.nd.snippets import described, value_of
from tests.nd.test_behaviour import same

NUMPY = "the reference refuses NumPy arrays beside its own"
EMPTY = "the reference reads a size of 0 as unknown"
SCALAR = "the reference cannot compute on arrays without axes"
NUMBER = "the reference has no such conversion"

DIFFERENCES = [
    ("nd.array([nd.array([1, 2]), nd.array([3, 4])])", "nd.array([[1, 2], [3, 4]])", "the reference refuses arrays in a list"),
    ("nd.array(np.array([1, 2]), dtype='int16')", "nd.from_numpy(np.array([1, 2], 'int16'))", "the reference cannot allocate this type"),
    ("nd.arange(3)[3:]", "nd.array([])", EMPTY),
    ("nd.arange(3)[2:1]", "nd.array([])", EMPTY),
    ("nd.arange(3)[[]]", "nd.array([])", EMPTY),
    ("nd.array(np.zeros((0, 3))) + 1", "nd.empty((0, 3))", EMPTY),
    ("nd.array(np.zeros((0, 3))) + nd.ones((3,))", "nd.empty((0, 3))", EMPTY),
    ("nd.array(1.0) + nd.array(2.0)", "nd.array(3.0)", SCALAR),
    ("nd.ones((2,)) + nd.array(1.0)", "nd.array([2, 2])", SCALAR),
    ("x = nd.array(3.0); x[()] = 5; x", "nd.array(5.0)", SCALAR),
    ("nd.array(3.0)[None]", "nd.array([3.0])", SCALAR),
    ("nd.array(3.0)[...]", "nd.array(3.0)", SCALAR),
    ("nd.arange(3)[np.array(1)]", "nd.array([1])", SCALAR),
    ("nd.from_numpy(np.arange(3).astype('>i4'))", "nd.array([0, 1, 2], dtype='int32')", "copied where it cannot be shared"),
    ("nd.arange(24).reshape((2, 3, 4))[:, [0, 1], None].shape", "(2, 2, 1, 4)", "the reference puts the new axis before the indexed one"),
    ("x = nd.arange(6); x[1:] = x[:-1]; x", "nd.array([0, 0, 1, 2, 3, 4])", "the reference reads what it has just overwritten"),
    ("x = nd.arange(6); x[::-1] = x; x", "nd.array([5, 4, 3, 2, 1, 0])", "the reference reads what it has just overwritten"),
    ("x = nd.zeros((1,), dtype='int64'); x[:] = 2**53 + 1; int(x)", "2**53 + 1", "the reference goes through float64"),
    ("nd.array([0], dtype='int64') + (2**53 + 1)", "nd.array([2**53 + 1], dtype='int64')", "the reference goes through float64"),
    ("x = nd.zeros((2,)); x += np.ones((2,)); x", "nd.ones((2,))", NUMPY),
    ("nd.ones((2,)) + np.array([1, 2])", "nd.array([2, 3])", NUMPY),
    ("np.array([1, 2]) - nd.ones((2,))", "nd.array([0, 1])", NUMPY),
    ("np.array([1.5, 2]) > nd.ones((2,))", "nd.ones((2,))", NUMPY),
    ("nd.ones((2,), dtype='int8') * np.array([2, 300])", "nd.array([2, 44], dtype='int8')", NUMPY),
    ("nd.add(np.array(2), nd.ones((2,)))", "nd.array([3, 3])", NUMPY),
    ("nd.exp(np.zeros((2,)))", "nd.ones((2,))", NUMPY + "; in an input one becomes float32, as in mx.nd.array"),
    ("nd.concat([nd.ones((1, 2)), nd.zeros((1, 2))], dim=0)", "nd.array([[1, 1], [0, 0]])", "the reference refuses a list of inputs"),
    ("+nd.array([1, -2])", "nd.array([1, -2])", "the reference has no unary plus"),
    ("nd.ones((2, 3)) @ nd.ones((3, 2))", "nd.full((2, 2), 3)", "the reference has no matrix product"),
    ("nd.array([3]).item()", "3.0", NUMBER),
    ("float(nd.array([3.5]))", "3.5", NUMBER),
    ("int(nd.array([-3.5]))", "-3", NUMBER),
    ("[10, 20, 30][nd.array([1], dtype='int32')]", "20", NUMBER),
    ("nd.array([[3]]).asscalar()", "np.float32(3)", "the reference returns an array of one element"),
    ("np.asarray(nd.array([1, 2]))", "np.array([1, 2], 'float32')", "NumPy makes an array of objects of the reference's"),
    ("np.exp(nd.array([0.0, 0.0]))", "np.array([1, 1], 'float32')", "NumPy makes an array of objects of the reference's"),
    ("np.mean(nd.array([0.0, 1.0]))", "np.float32(0.5)", "the reference knows no dtype"),
    ("np.sum(nd.array([1, 2]))", "np.float32(3)", "NumPy's functions give NumPy's results"),
    ("x = nd.array([1, 2]); x.copyto(x) is x", "True", "the reference returns False"),
    ("import pickle; pickle.loads(pickle.dumps(nd.array(3.0)))", "nd.array(3.0)", "the reference fails"),
    ("import pickle; pickle.loads(pickle.dumps(nd.array([1], ctx=mx.cpu(2)))).context", "mx.cpu(2)", "the reference forgets the context"),
    ("nd.zeros((2, 3, 4)).transpose(1, 0, 2).shape", "(3, 2, 4)", "the reference takes a tuple only"),
    ("nd.concatenate([nd.ones((1, 2)), nd.zeros((1, 2))], axis=-1)", "nd.array([[1, 1, 0, 0]])", "the reference refuses negative axes"),
    ("nd.split_v2(nd.arange(6), [2, 4])[1]", "nd.array([2, 3])", "the reference takes a tuple only"),
    (
        "nd.arange(0, 1, 0.25, dtype='float16')",
        "nd.array([0, 0.25, 0.5, 0.75], dtype='float16')",
        "the reference cuts the step to an integer",
    ),
]

REFUSED = [
    ("nd.array(None)", ArgumentError, "the reference makes nan of it"),
    ("nd.array(np.array([1j]))", ArgumentError, "the reference drops the imaginary part"),
    ("nd.zeros((2**40, 2**40))", ShapeError, "the reference makes an empty array of it"),
    ("nd.zeros((1,) * 33)", ShapeError, "files and NumPy 1 hold 32 axes"),
    ("x = nd.zeros((2, 3)); x[0] = None", ArgumentError, "the reference makes nan of it"),
    ("x = nd.zeros((2, 3)); x[[5]] = 4", IndexingError, "the reference writes nothing, or somewhere else"),
    ("nd.exp(nd.ones((2,)), bogus=1)", ParameterError, "the reference ignores it, of operators without parameters"),
    ("nd.array([1.5]) + np.array(['a'])", MXNetError, NUMPY),
    ("nd.ones((2,), dtype='int32') + np.array([1.5, 2])", MXNetError, "the fraction would be lost"),
    ("nd.array([1, 2]).as_np_ndarray()", NotSupported, "there is no mx.np"),
]


@pytest.mark.parametrize(("code", "instead", "why"), DIFFERENCES, ids=[code for code, _, _ in DIFFERENCES])
def test_done_otherwise(code, instead, why):
    found, wanted = described(value_of(code, mx)), described(value_of(instead, mx))
    assert same(found, wanted), why


@pytest.mark.parametrize(("code", "error", "why"), REFUSED, ids=[code for code, _, _ in REFUSED])
def test_refused(code, error, why):
    with pytest.raises(error) as caught:
        value_of(code, mx)
    assert isinstance(caught.value, MXNetError), why
