"""Differences of two graphs: what was added, removed, changed, rewired, renamed."""

from __future__ import annotations

import pytest

import symbolic as mx
from tests.debug.networks import chain, filled, training_net

difference = mx.debug.difference


def net(extra=False, prefix="", filters=8, drop=True):
    x = mx.sym.Variable(f"{prefix}data")
    for number in range(2):
        x = mx.sym.Convolution(x, num_filter=filters if number else 8, kernel=(3, 3), name=f"{prefix}conv{number}")
        if extra:
            x = mx.sym.BatchNorm(x, name=f"{prefix}bn{number}")
        x = mx.sym.Activation(x, act_type="relu", name=f"{prefix}relu{number}")
    if drop:
        x = mx.sym.Dropout(x, name=f"{prefix}drop")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=10, name=f"{prefix}fc"), name=f"{prefix}softmax")


def names(nodes):
    return [node.name for node in nodes]


def test_nothing_differs():
    found = difference(net(), net())
    assert not found
    assert len(found) == 0
    assert str(found) == "no difference: 15 nodes are alike"


def test_added_and_rewired():
    found = difference(net(), net(extra=True))
    assert names(found.added) == [f"bn{n}{end}" for n in (0, 1) for end in ("_gamma", "_beta", "_moving_mean", "_moving_var", "")]
    assert found.removed == []
    assert [(each.after.name, each.inputs) for each in found.rewired] == [
        (f"relu{n}", [("data", f"conv{n}_output", f"bn{n}_output")]) for n in (0, 1)
    ]
    assert "relu1 (Activation): data reads bn1_output, not conv1_output" in str(found)
    assert names(difference(net(extra=True), net()).removed) == names(found.added)


def test_changed_parameters_and_removed_nodes():
    found = difference(net(), net(filters=16, drop=False))
    assert names(found.removed) == ["drop"]
    changed = {each.after.name: each for each in found.changed}
    assert set(changed) == {"conv1", "fc"}  # the weight's own copy of num_filter is no change of its own
    assert changed["conv1"].parameters == [("num_filter", "8", "16")]
    assert changed["fc"].inputs == [("data", "relu1_output", "drop_output")][:0] or changed["fc"].inputs[0][0] == "data"


def test_another_operator_under_the_same_name():
    found = difference(chain(100), chain(100, at=50))
    (change,) = found.changed
    assert change.operator
    assert str(found).splitlines()[1] == "~ n50 (log): operator: sin -> log"


@pytest.mark.parametrize("extra", [False, True])
def test_renamed_nodes_are_found_by_structure(extra):
    found = difference(net(), net(prefix="new_", extra=extra, filters=9))
    assert found.removed == []
    assert len(found.added) == (10 if extra else 0)
    assert set(found.renamed) == {(node.name, f"new_{node.name}") for node in net().graph.nodes}
    (conv,) = [each for each in found.changed if each.parameters]
    assert conv.parameters == [("num_filter", "8", "9")]


def test_defaults_that_are_spelled_out_are_no_difference():
    x = mx.sym.Variable("x")
    assert not difference(mx.sym.Dropout(x, name="d"), mx.sym.Dropout(x, p=0.5, mode="training", name="d"))
    assert difference(mx.sym._plus_scalar(x, scalar=1, name="a"), mx.sym._plus_scalar(x, scalar=2, name="a"))


def test_attributes_outputs_and_repeated_names():
    x = mx.sym.Variable("x")
    one, other = mx.sym.Variable("w", lr_mult=1), mx.sym.Variable("w", lr_mult=2)
    (change,) = difference(x + one, x + other).changed[:1]
    assert [name for name, *_ in change.attributes] == ["lr_mult"] or change.attributes[0][0] == "__lr_mult__"
    a, b = mx.sym.sin(x, name="s"), mx.sym.exp(x, name="e")
    found = difference(mx.sym.Group([a, b]), mx.sym.Group([b, a]))
    assert found.outputs == (["s_output", "e_output"], ["e_output", "s_output"])
    assert "outputs are e_output, s_output" in str(found)
    alike = [mx.sym.Group([mx.sym.sin(x, name="s") for _ in range(count)]) for count in (300, 301)]
    assert len(difference(*alike).added) == 1


def test_graphs_within_loops():
    def made(operator):
        with mx.name.NameManager():
            return mx.sym.contrib.foreach(
                lambda row, carried: (operator(row, name="inner"), carried), mx.sym.Variable("d"), mx.sym.Variable("s")
            )[0]

    assert not difference(made(mx.sym.exp), made(mx.sym.exp))
    (change,) = difference(made(mx.sym.exp), made(mx.sym.sin)).changed
    ((_, within),) = change.held
    assert [each.after.name for each in within.changed if each.operator] == ["inner"]
    assert "operator: exp -> sin" in str(difference(made(mx.sym.exp), made(mx.sym.sin)))


def test_long_chains_and_executors():
    found = difference(chain(10_000), chain(10_001))
    assert names(found.added) == ["n10000"]
    assert found.outputs is not None
    bound = filled(training_net(), data=(4, 6))
    assert not difference(bound, training_net())
    with pytest.raises(mx.base.ArgumentError, match="Symbol, or an executor"):
        difference(net(), "net.json")


def test_pictures():
    picture = difference(net(), net(extra=True, drop=False)).plot()
    source = picture.source
    assert "+ bn0" in source
    assert "- drop" in source
    assert "~ relu0" in source
    assert "#A8502F" in source
    assert difference(net(), net(extra=True))._repr_svg_().count("<svg") == 1
    far = difference(chain(1000), chain(1000, at=500)).plot()
    assert far.source.count("sin") < 20
    assert "..." in far.source
    assert mx.viz.difference is mx.debug.difference
    with pytest.raises(mx.base.ArgumentError, match="context"):
        difference(net(), net()).plot(context=-1)
