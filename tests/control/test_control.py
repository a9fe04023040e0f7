"""Loops and conditions on symbols: composed and saved as MXNet does."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import FormatError, InputError, MXNetError
from tests.control.cases import RECORDED, computed, described, scripts
from tests.control.composing import EXECUTORS, W, over

WANTED = json.loads(RECORDED.read_text())


@pytest.fixture(scope="module")
def graphs():
    """All graphs, composed in one row: automatic names are those of MXNet."""
    from symbolic.symbol import control

    control._counted.clear()
    with mx.name.NameManager():
        return {name: (symbol, shapes, values) for name, symbol, shapes, values in scripts(mx)}


@pytest.mark.parametrize("name", WANTED)
def test_written_as_mxnet_writes(graphs, name):
    symbol = graphs[name][0]
    wanted = {key: WANTED[name][key] for key in ("json", "arguments", "states", "outputs")}
    assert described(symbol) == wanted
    assert described(mx.sym.load_json(wanted["json"])) == wanted


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("name", [name for name, found in WANTED.items() if "values" in found])
def test_runs_as_in_mxnet(graphs, name, executor):
    symbol, shapes, values = graphs[name]
    for twin in (symbol, mx.sym.load_json(WANTED[name]["json"])):
        outputs, gradients = computed(mx, twin, shapes, values, executor=executor)
        for found, wanted in zip(outputs, WANTED[name]["values"], strict=True):
            np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-6)
        assert gradients.keys() == WANTED[name]["gradients"].keys()
        for argument, found in gradients.items():
            np.testing.assert_allclose(found, WANTED[name]["gradients"][argument], rtol=1e-4, atol=1e-5, err_msg=argument)


def test_copied_and_pickled(graphs):
    for symbol, *_ in graphs.values():
        for twin in (copy.deepcopy(symbol), pickle.loads(pickle.dumps(symbol))):
            assert twin.tojson() == symbol.tojson()


def test_composed_on():
    out, _ = over(lambda row, st: (row * W, st))
    twice = out(data=mx.sym.Variable("x") * 2)
    assert twice.eval(x=mx.nd.array([[1], [2]]), w=mx.nd.array([3]), s=mx.nd.array([0]))[0].asnumpy().tolist() == [[6], [12]]


def test_composed_by_hand():
    """As MXNet's own front end composes: the graph first, then its inputs."""
    inner = mx.sym.Variable("row") * mx.sym.Variable("weight") + mx.sym.Variable("state")
    graph = mx.sym.Group([inner, mx.sym.identity(inner)])
    inputs = [mx.sym.Variable(name) for name in ("data", "s", "w")]
    out = mx.sym._internal._foreach(graph, *inputs, num_outputs=2, num_out_data=1, in_data_locs=(0,), in_state_locs=(2,), remain_locs=(1,))
    assert out.attr("num_args") == "4"
    values = {"data": mx.nd.array([[1], [2]]), "s": mx.nd.array([10]), "w": mx.nd.array([3])}
    assert [output.asnumpy().ravel().tolist() for output in out.eval(**values)] == [[13, 19], [19]]
    with pytest.raises(MXNetError, match="_foreach"):
        mx.sym._internal._foreach(*inputs, num_outputs=2, num_out_data=1, in_data_locs=(0,), in_state_locs=(2,), remain_locs=(1,))


def test_shapes_that_depend_on_values():
    out, _ = over(lambda row, st: (mx.sym.sum(mx.sym.contrib.boolean_mask(row, st), axis=0), st))
    with pytest.raises(MXNetError, match="boolean_mask"):
        out.simple_bind(mx.cpu(), data=(3, 4, 2), s=(4,)).forward()


def test_looked_at():
    out, state = over(lambda row, st: (row * W, st))
    group = mx.sym.Group([out, state])
    assert "_foreach" in group.debug_str()
    assert "_foreach" in mx.viz.plot_network(out, shape={"data": (3, 2), "s": (1,)}).source
    bound = group.simple_bind(mx.cpu(), data=(3, 2), s=(1,))
    seen = []
    bound.set_monitor_callback(lambda name, value: seen.append((name, value.shape)))
    bound.forward()
    assert [shape for _, shape in seen] == [(3, 2), (1,)]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda c, x, s: c.foreach(lambda row, st: (st, st), x, s), "makes no use of 'x'"),
        (lambda c, x, s: c.foreach(lambda row, st: (row, row), x, s), "makes no use of 's'"),
        (lambda c, x, s: c.foreach(lambda row, st: (row, [st, st]), x, s), "form"),
        (lambda c, x, s: c.foreach(lambda row, st: row, x, s), "outputs and states"),
        (lambda c, x, s: c.foreach(lambda row, st: (row, st), 5, s), "no Symbol"),
        (lambda c, x, s: c.foreach(lambda row, st: (st, st), [], s), "nothing to loop over"),
        (lambda c, x, s: c.foreach(lambda row, st: (row[0] + row[1], st), [x, x], s), "same name"),
        (lambda c, x, s: c.foreach(lambda row, st: (row, st), mx.sym.split(x, num_outputs=2), s), "one value"),
        (lambda c, x, s: c.while_loop(lambda i: i < 5, lambda i: (i, i), x), "at most"),
        (lambda c, x, s: c.while_loop(lambda i: i < 5, lambda i: (i, i), x, "many"), "no number"),
        (lambda c, x, s: c.while_loop(lambda i: i < 5, lambda i: (i, i), x, 0), "max_iterations"),
        (lambda c, x, s: c.while_loop(lambda: x, lambda: (x, []), [], 3), "needs a variable"),
        (lambda c, x, s: c.while_loop(lambda i: i < 5, lambda i: (i, [i, i]), [x], 3), "form"),
        (lambda c, x, s: c.while_loop(lambda i, j: i < 5, lambda i, j: (i, [i, i]), [x, s], 3), "makes no use of 's'"),
        (lambda c, x, s: c.cond(x, lambda: [x], lambda: [x, s]), "same number"),
        (lambda c, x, s: c.cond(x, lambda: 5, lambda: x), "no Symbol"),
    ],
)
def test_wrong_calls(wrong, message):
    with pytest.raises(MXNetError, match=message) as raised:
        wrong(mx.sym.contrib, mx.sym.Variable("x"), mx.sym.Variable("s"))
    assert isinstance(raised.value, (ValueError, AssertionError, InputError))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"in_data_locs": "[0]"', '"in_data_locs": "[7]"'),
        ('"in_data_locs": "[0]"', '"in_data_locs": "[-1]"'),
        ('"in_data_locs": "[0]"', '"in_data_locs": "[]"'),
        ('"in_state_locs": "[2]"', '"in_state_locs": "[0]"'),
        ('"num_out_data": "1"', '"num_out_data": "2"'),
        ('"num_args": "4"', '"num_args": "5"'),
        ('"num_args": "4"', '"num_args": "1000000000"'),
        ('"num_outputs": "2"', '"num_outputs": "3"'),
        ('"subgraphs"', '"control_deps": [], "subgraphs"'),
    ],
)
def test_broken_files(old, new):
    out, _ = over(lambda row, st: (row * W + st, st))
    text = out.tojson()
    assert old in text
    broken = text.replace(old, new)
    if "control_deps" in new:
        assert mx.sym.load_json(broken).tojson() == text
        broken = text.replace('"op": "_foreach"', '"op": "_cond"')
    with pytest.raises(FormatError):
        mx.sym.load_json(broken)
