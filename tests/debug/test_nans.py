"""Who made the first NaN: the right node, and a capsule that makes it again."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from tests.debug.networks import EXECUTORS, chain, filled, loop


def lossy():
    x = mx.sym.Variable("data")
    x = mx.sym.Dropout(mx.sym.FullyConnected(x, num_hidden=4, name="fc1"), p=0.3, name="drop")
    x = mx.sym.log(x, name="bad")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=3, name="fc2"), name="softmax")


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_first_node_and_its_capsule(executor, tmp_path):
    bound = filled(lossy(), executor, data=(4, 6))
    bound.forward(is_train=True)
    found = mx.debug.nans(bound, save=tmp_path / "c.params")
    assert (found.name, found.operator, found.phase, found.value) == ("bad", "log", "forward", "bad_output")
    assert found.line.startswith(__file__)
    assert found.inputs[0][:2] == ("data", "drop_output")
    assert found.inputs[0][2].negatives or found.inputs[0][2].zeros
    again = mx.debug.replay(tmp_path / "c.params", executor=executor)
    assert (again.name, again.line, again.made) == ("bad", found.line, found.made)
    assert str(found).splitlines()[:2] == str(again).splitlines()[:2]
    assert set(mx.nd.load(str(tmp_path / "c.params"))) == {"symbol.json", "capsule.json", "arg:data"}


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("twins", [False, True])
def test_gradients(executor, twins, tmp_path):
    x = mx.sym.Variable("x")
    root = mx.sym.sqrt(x, name="root")
    out = mx.sym.elemwise_add(mx.sym.sqrt(root, name="root" if twins else "other"), mx.sym.sin(x, name="s"), name="sum")
    found = mx.debug.nans(out, backward=True, executor=executor, save=tmp_path / "c.params", x=np.array([1, 0, 4], np.float32))
    assert found.phase == "backward"
    assert found.node is out.get_internals()._entries[2][0]  # the outer root: it comes first, from the heads down
    assert [slot for slot, *_ in found.inputs] == ["data", "d_output"]
    assert found.made.infinities == 1
    again = mx.debug.replay(tmp_path / "c.params", executor=executor)
    assert again.phase == "backward"
    assert again.made == found.made
    assert mx.debug.nans(out, backward=True, executor=executor, x=np.array([1, 2, 4], np.float32)) is None


def test_looking_for_gradients_changes_nothing(tmp_path):
    bound = filled(lossy(), data=(4, 6))
    bound.forward(is_train=True)
    bound.backward()
    before = [array.asnumpy() for array in (*bound.outputs, *bound.grad_arrays)]
    mx.debug.nans(bound, save=tmp_path / "c")
    for one, other in zip(before, (*bound.outputs, *bound.grad_arrays), strict=True):
        np.testing.assert_array_equal(one, other.asnumpy())


def test_what_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = mx.sym.Variable("x")
    found = mx.debug.nans(mx.sym.exp(x, name="e"), x=np.array([0, np.nan], np.float32))
    assert (found.name, found.phase, found.capsule) == ("x", "given", None)
    assert not list(tmp_path.iterdir())
    masked = mx.sym.softmax(mx.sym.broadcast_add(x, mx.sym.Variable("mask"), name="masked"), name="shares")
    mask = np.array([[0, -np.inf], [0, -np.inf]], np.float32)
    assert mx.debug.nans(masked, x=np.ones((2, 2), np.float32), mask=mask).phase == "given"
    mask[1] = -np.inf
    found = mx.debug.nans(masked, x=np.ones((2, 2), np.float32), mask=mask)
    assert (found.name, found.kind, found.made.nans) == ("shares", "NaN", 2)
    assert [path.name for path in tmp_path.iterdir()] == ["nans-shares.params"]


def test_draws_within_a_loop_are_drawn_again(tmp_path):
    mx.random.seed(7)  # which drops some, as not every seed does
    symbol = mx.sym.log(loop(), name="bad")
    bound = filled(symbol, rows=(5, 4), start=(4,))
    bound.arg_dict["rows"][:] = 1
    bound.arg_dict["start"][:] = 0
    for _ in range(3):
        bound.forward(is_train=True)
    found = mx.debug.nans(bound, save=tmp_path / "c")
    assert found.name == "bad"
    np.testing.assert_array_equal(np.exp(bound.outputs[0].asnumpy()) == 0, bound.value(symbol.get_children()).asnumpy() == 0)


def test_a_node_that_draws(tmp_path):
    x = mx.sym.Variable("x")
    symbol = mx.sym.Dropout(x, p=0.5, name="drop")  # 3e38 / 0.5 overflows, where it is kept
    bound = filled(symbol, x=(50,))
    bound.arg_dict["x"][:] = 3e38
    for _ in range(3):
        bound.forward(is_train=True)
    found = mx.debug.nans(bound, save=tmp_path / "c")
    again = mx.debug.replay(tmp_path / "c")
    assert found.name == "drop"
    assert 0 < found.made.infinities < 50
    assert again.made == found.made


def test_training_stops_where_it_goes_wrong(tmp_path):
    bound = filled(lossy(), data=(4, 6))
    with mx.debug.check_nans(save=tmp_path / "c") as checking, pytest.raises(mx.debug.NonFinite, match=r"bad \(log") as caught:
        bound.forward(is_train=True)
    assert caught.value.culprit.name == "bad"
    assert isinstance(caught.value, (mx.MXNetError, FloatingPointError))
    checking.stop()  # twice is no fault
    bound.forward(is_train=True)
    root = filled(mx.sym.sqrt(mx.sym.Variable("x"), name="root"), x=(2,))
    root.arg_dict["x"][:] = 0
    with mx.debug.check_nans(save=None):
        root.forward(is_train=True)
        with pytest.raises(mx.debug.NonFinite, match="its gradient for data"):
            root.backward([mx.nd.ones((2,))])


def test_a_flag_without_a_block():
    checking = mx.debug.check_nans(save=None)
    try:
        with pytest.raises(mx.debug.NonFinite, match="n3"):
            mx.sym.log(mx.sym.log(mx.sym.Variable("x"), name="n2"), name="n3").eval(mx.cpu(), x=mx.nd.ones((1,)))
    finally:
        checking.stop()


def test_long_chains_and_empty_arrays():
    found = mx.debug.nans(chain(10_000, at=9_000), x=np.full(2, -1, np.float32), save=None)
    assert (found.name, found.made.nans) == ("n9000", 2)
    with mx.np_shape():
        assert mx.debug.nans(mx.sym.log(mx.sym.Variable("x")), x=np.ones((0, 2), np.float32)) is None


@pytest.mark.parametrize("content", [b"", b"junk", b"\x12\x01" + b"\0" * 30])
def test_files_that_are_no_capsules(content):
    with pytest.raises(mx.base.FormatError):
        mx.debug.replay(content)


def test_capsules_that_were_tampered_with(tmp_path):
    def texts(told, name="a"):
        mx.nd.save(str(tmp_path / name), {key: mx.nd.array(np.frombuffer(text, np.uint8), dtype="uint8") for key, text in told.items()})
        return str(tmp_path / name)

    for told in ({}, {"symbol.json": b"{}"}, {"symbol.json": b"{}", "capsule.json": b"["}, {"symbol.json": b"{}", "capsule.json": b"{}"}):
        path = texts({"arg:x": b"1", **told})
        with pytest.raises(mx.base.FormatError, match="no capsule"):
            mx.debug.replay(path)


def test_wrong_calls():
    with pytest.raises(mx.base.ArgumentError, match="Executor or Symbol"):
        mx.debug.nans(3)
    with pytest.raises(mx.base.ArgumentError, match="has its arrays"):
        mx.debug.nans(filled(chain(2), x=(2,)), x=mx.nd.ones((2,)))


@pytest.mark.parametrize("kind", ["foreach", "while_loop", "cond"])
def test_within_loops_and_conditions(kind):
    x, start = mx.sym.Variable("x"), mx.sym.Variable("start")
    if kind == "foreach":
        symbol = mx.sym.contrib.foreach(lambda row, s: (mx.sym.log(row - s, name="inner"), s + 1), x, start)[0]
    elif kind == "while_loop":
        symbol = mx.sym.contrib.while_loop(
            lambda x, s: s < 9, lambda x, s: (mx.sym.log(x - s, name="inner"), (x, s + 1)), (x, start), max_iterations=9
        )[0][0]
    else:
        symbol = mx.sym.contrib.cond(start < 9, lambda: mx.sym.log(x - 9, name="inner"), lambda: x)
    data = np.full((6, 1) if kind == "foreach" else (1,), 3.5, np.float32)
    found = mx.debug.nans(symbol, x=data, start=np.zeros(1, np.float32), save=None)
    assert found.within.name == "inner"
    assert found.within.line.startswith(__file__)
    assert found.step == (None if kind == "cond" else 4)
    assert "inner (log" in str(found)
    assert mx.debug.nans(symbol, x=data + 20, start=np.zeros(1, np.float32), save=None) is None


def test_a_loop_that_draws_draws_again(tmp_path):
    symbol = mx.sym.contrib.foreach(
        lambda row, s: (mx.sym.Dropout(row, p=0.5, name="d"), s), mx.sym.Variable("rows"), mx.sym.Variable("start")
    )[0]
    bound = filled(symbol, rows=(4, 50), start=(1,))
    bound.arg_dict["rows"][:] = 3e38
    for _ in range(3):
        bound.forward(is_train=True)
    found = mx.debug.nans(bound, save=tmp_path / "c")
    assert 0 < found.made.infinities < 200
    assert found.made.infinities == int(np.isinf(bound.outputs[0].asnumpy()).sum())
    assert mx.debug.replay(tmp_path / "c").made == found.made


def test_a_graph_that_steps_its_weights(tmp_path):
    weight, data = mx.sym.Variable("weight"), mx.sym.Variable("data")
    loss = mx.sym.log(mx.sym.broadcast_mul(weight, data, name="product"), name="bad")
    step = mx.sym.mp_sgd_update(weight, loss, mx.sym.Variable("weight32"), lr=0.1, name="step")
    bound = step.bind(
        mx.cpu(), {"weight": mx.nd.zeros((2,)), "data": mx.nd.ones((2,))}, aux_states={"weight32": mx.nd.ones((2,))}, grad_req="null"
    )
    with mx.debug.check_nans(save=tmp_path / "c"), pytest.raises(mx.debug.NonFinite, match="bad"):
        bound.forward()
