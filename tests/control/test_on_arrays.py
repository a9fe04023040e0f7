"""``mx.nd.contrib.foreach``, ``while_loop`` and ``cond``; expected values are those of MXNet 1.9.1, or arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import MXNetError

contrib = mx.nd.contrib


def array(*values):
    return mx.nd.array(values)


def lists(value):
    return [lists(member) for member in value] if isinstance(value, (list, tuple)) else value.asnumpy().tolist()


def test_foreach():
    """A row of a vector is a vector of one element."""
    assert lists(contrib.foreach(lambda x, s: (x + s, s + 1), array(1, 2, 3), array(0))) == [[[1], [3], [5]], [3]]


def test_foreach_keeps_the_form():
    data = [array([1], [2]), array([3], [4])]
    assert lists(contrib.foreach(lambda x, s: ([x[0], [x[1]]], [s[0] + x[0]]), data, [array(0)])) == [[[[1], [2]], [[[3], [4]]]], [[3]]]
    assert lists(contrib.foreach(lambda x, s: (x * 2, []), array(1, 2), [])) == [[[2], [4]], []]
    assert lists(contrib.foreach(lambda x, s: ([], s + x), array(1, 2), array(1))) == [[], [4]]


def test_while_loop():
    """Rows past the last step are undefined in MXNet."""
    found = contrib.while_loop(lambda i, s: i < 3, lambda i, s: (i + s, [i + 1, s + i]), [array(0), array(1)], max_iterations=5)
    assert lists(found) == [[[1], [2], [4], [0], [0]], [[3], [4]]]
    assert lists(contrib.while_loop(lambda i: i < 3, lambda i: (i, i + 1), array(0), max_iterations=2)) == [[[0], [1]], [2]]
    assert lists(contrib.while_loop(lambda i: i < 3, lambda i: (None, [i + 1]), [array(0)], max_iterations=5)) == [[], [[3]]]
    assert lists(contrib.while_loop(lambda i: i < 0, lambda i: (i, [i + 1]), [array(0)], max_iterations=5)) == [[], [[0]]]


def test_while_loop_decided_by_python():
    assert lists(contrib.while_loop(lambda i: bool(i.asscalar() < 9), lambda i: (i, [i + 4]), [array(1)], 3)) == [[[1], [5], [0]], [[9]]]


def test_cond():
    assert lists(contrib.cond(array(1), lambda: array(1), lambda: array(2))) == [1]
    assert lists(contrib.cond(array(0), lambda: [array(1)], lambda: [array(2), array(3)])) == [[2], [3]]
    assert lists(contrib.cond(True, lambda: array(1), lambda: 2)) == [1]


def test_symbols_do_the_same():
    data, state = np.random.RandomState(0).uniform(-1, 1, (4, 3)).astype("float32"), np.ones(3, "float32")

    def body(x, s):
        return x * s, s + x

    wanted = lists(contrib.foreach(body, mx.nd.array(data), mx.nd.array(state)))
    out, last = mx.sym.contrib.foreach(body, mx.sym.Variable("data"), mx.sym.Variable("s"))
    assert lists(mx.sym.Group([out, last]).eval(data=mx.nd.array(data), s=mx.nd.array(state))) == wanted


def test_other_names_are_operators():
    assert contrib.box_iou.__name__ == "box_iou"
    assert {"foreach", "box_iou"} <= set(dir(contrib))


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (lambda: contrib.foreach(lambda x, s: (x[0] + x[1], s), [array(1, 2, 3), array(1, 2)], array(1)), IndexError),
        (lambda: contrib.foreach(lambda x, s: (x, s), mx.nd.zeros((0, 2)), array(1)), MXNetError),
        (lambda: contrib.foreach(lambda x, s: (x, s), 3, array(1)), AssertionError),
        (lambda: contrib.foreach(lambda x, s: (3, s), array(1), array(1)), AssertionError),
        (lambda: contrib.foreach(lambda x, s: x, array(1, 2), array(1)), ValueError),
        (lambda: contrib.while_loop(lambda i: i < 9, lambda i: (i, [i]), [array(0)]), ValueError),
        (lambda: contrib.while_loop(lambda i: i < 9, lambda i: (i, [i]), [array(0)], "a"), ValueError),
        (lambda: contrib.while_loop(lambda i: i < 9, lambda i: (i, [i, i]), [array(0)], 2), ValueError),
        (lambda: contrib.while_loop(lambda i: i < 9, lambda i: (i, [i]), [array(1, 2)], 2), ValueError),
        (lambda: contrib.while_loop(lambda: 1, lambda: (1, []), [], 2), ValueError),
        (lambda: contrib.cond(array(0, 1), lambda: array(1), lambda: array(2)), ValueError),
    ],
)
def test_wrong_calls(wrong, kind):
    with pytest.raises(kind) as raised:
        wrong()
    assert isinstance(raised.value, MXNetError)
