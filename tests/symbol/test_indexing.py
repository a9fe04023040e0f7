"""``symbol[key]`` under np_indexing gives what NumPy gives for the bound array; elsewhere it picks outputs."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as mx
from symbolic.errors import MXNetError

T = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
x = mx.sym.Variable("x")


def picked(symbol, key, array=T):
    with mx.sym.np_indexing():
        made = symbol[key]
    [output] = made.eval(ctx=mx.cpu(), x=mx.nd.array(array, dtype=array.dtype))
    return output.asnumpy()


def same(found, expected):
    assert found.shape == (expected.shape or (1,))
    np.testing.assert_array_equal(found.reshape(expected.shape), expected)


KEYS = [
    1,
    -1,
    slice(1, 3),
    slice(None, None, -1),
    (slice(1, 3), None),
    (None, 0),
    (0, 1, 2),
    (-1, slice(None), -2),
    (slice(None), slice(None, None, -2), slice(-3, -1)),
    (None, slice(None), None, 1, None),
    (0, ...),
    (0, None, ...),
    (1, None, 2, None, 3),
    np.array([1, 0, -1]),
    [0, 1],
    (slice(None), [2, 0]),
    (slice(None), [[2, 0], [1, 1]], 1),
    (0, [2, -1]),
    ([0, 1], [2, -1]),
    ([0, 1], [2, 0], [3, 3]),
    ([0, 1], 2, [3, 0]),
    ([[0], [1]], [1, 2]),
    ([0, 1], [2, 0], None, slice(1, 3)),
    ([1, 0], [2, 0], slice(None, None, 2)),
    (slice(None), np.array([True, False, True])),
    np.array([False, True]),
    T > 11,
    T[..., 0] > 3,
    (),
    np.int64(1),
    mx.nd.array([1, 0]),
]


@pytest.mark.parametrize("place", range(len(KEYS)))
@pytest.mark.parametrize("declared", [False, True])
def test_keys(place, declared):
    key = KEYS[place]
    symbol = mx.sym.Variable("x", shape=T.shape) if declared else x
    plain = key.asnumpy().astype(int) if hasattr(key, "asnumpy") else key
    same(picked(symbol, key), T[plain])


@pytest.mark.parametrize("key", [(..., 1), (..., None), (0, ..., slice(1, None)), (..., [1, 0]), (..., slice(None, None, -1), 2)], ids=str)
def test_dots_need_the_number_of_axes_if_anything_stands_behind(key):
    same(picked(mx.sym.Variable("x", shape=(0, 0, 4)), key), T[key])
    with pytest.raises(MXNetError, match="how many axes"):
        picked(x, key)


def test_masks_that_are_symbols():
    same(picked(x, x > 11), T[T > 11])
    rows = mx.sym.Variable("x", shape=T.shape)
    same(picked(rows, rows < 5), T[T < 5])
    with mx.sym.np_indexing():
        made = rows[mx.sym.Variable("m", shape=(2,), dtype="bool")]
    found = made.eval(ctx=mx.cpu(), x=mx.nd.array(T), m=mx.nd.array([0, 1], dtype="bool"))[0].asnumpy()
    same(found, T[np.array([False, True])])


def test_numbers_that_are_symbols():
    with mx.sym.np_indexing():
        made = x[:, mx.sym.Variable("i")]
        both = x[mx.sym.Variable("i"), mx.sym.Variable("j")]
    i, j = np.array([1, -1]), np.array([2, 0])
    given_ = {"x": mx.nd.array(T), "i": mx.nd.array(i), "j": mx.nd.array(j)}
    same(made.eval(ctx=mx.cpu(), **{name: given_[name] for name in "xi"})[0].asnumpy(), T[:, i])
    same(both.eval(ctx=mx.cpu(), **given_)[0].asnumpy(), T[i, j])


ends = st.one_of(st.none(), st.integers(-5, 5))
parts = st.one_of(st.just(None), st.builds(slice, ends, ends, st.sampled_from([None, 1, 2, -1, -2, 3])), st.integers(-2, 1), st.just(...))


@settings(max_examples=150, deadline=None)
@given(st.lists(parts, max_size=5), st.booleans())
def test_any_basic_key(key, dots_first):
    if key.count(...) > 1 or sum(part is not None and part is not ... for part in key) > 3:
        return
    expected = T[tuple(key)]
    if 0 in expected.shape:
        return  # a size of zero means unknown in MXNet's shapes
    same(picked(mx.sym.Variable("x", shape=T.shape), tuple(key)), expected)


def test_gradients_go_where_the_elements_came_from():
    with mx.sym.np_indexing():
        loss = mx.sym.MakeLoss(x[:, ::-2, [1, 1]])
    exe = loss.simple_bind(mx.cpu(), x=T.shape)
    exe.forward(is_train=True)
    exe.backward()
    expected = np.zeros_like(T)
    np.add.at(expected, (slice(None), slice(None, None, -2), [1, 1]), 1)
    np.testing.assert_array_equal(exe.grad_dict["x"].asnumpy(), expected)


def test_the_library_itself_picks_outputs_within_the_block():
    data = mx.sym.Variable("data")
    with mx.sym.np_indexing():
        norm = mx.sym.LayerNorm(data)
        cell = mx.rnn.LSTMCell(num_hidden=3, prefix="lstm_")
        outputs, _ = cell.unroll(2, norm, merge_outputs=True)
        loss = mx.sym.MakeLoss(mx.sym.norm(mx.sym.take(outputs, mx.sym.Variable("i"), axis=1)))
        exe = loss.simple_bind(mx.cpu(), data=(2, 2, 4), i=(1,))
        exe.forward(is_train=True)
        exe.backward()
    assert exe.grad_dict["data"].shape == (2, 2, 4)


def test_elsewhere_an_index_picks_outputs():
    two = mx.sym.split(x, num_outputs=2, axis=1)
    assert len(two) == 2 and two[1].list_outputs()[0].endswith("_output1")
    with mx.sym.np_indexing(), mx.sym.np_indexing(False):
        assert len(two[1]) == 1
    with mx.sym.np_indexing():
        assert x["x"].name == "x"  # a name is no index of elements
    assert len(two[0]) == 1
    with pytest.raises(TypeError, match="np_indexing"):
        x[1:3, None]


def test_other_threads_are_not_concerned():
    seen = []
    with mx.sym.np_indexing():
        thread = threading.Thread(target=lambda: seen.append(x[0] is not None and x[0].name))
        thread.start()
        thread.join()
    assert seen == ["x"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (5, r"out of range[\s\S]*5[\s\S]*-2 to 1, on axis 0"),
        ((0, 0, 0, 0), r"too many indices[\s\S]*4 indices"),
        ((slice(None), [0, 3]), r"out of range[\s\S]*0 to 3"),
        ((..., ...), r"\.\.\. stands once"),
        (slice(1.5, 2), "bounds of a slice are integers"),
        (slice(0, 2, 0), "step of a slice is not 0"),
        (1.5, "int, slice, None"),
        ("nothing", "no output called"),
        ((0, slice(None), [1]), "side by side"),
        ((slice(None), [0], [1]), "first axes"),
        (([0, 1], [0, 1, 2]), "stretch to one shape"),
        (True, "int, slice, None"),
    ],
)
def test_what_is_wrong_says_why(key, message):
    with pytest.raises(MXNetError, match=message), mx.sym.np_indexing():
        mx.sym.Variable("x", shape=T.shape)[key]


def test_a_group_has_no_elements():
    with pytest.raises(TypeError, match="one value"), mx.sym.np_indexing():
        mx.sym.Group([x, x])[0]
