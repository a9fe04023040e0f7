"""Profiles: what adds up, what is named, and that nothing changes."""

from __future__ import annotations

import json

import numpy as np
import pytest

import symbolic as mx
from tests.debug.networks import EXECUTORS, chain, filled, loop, training_net


@pytest.mark.parametrize("executor", EXECUTORS)
def test_every_node_has_a_time_and_they_add_up(executor):
    bound = filled(training_net(), executor, data=(4, 6))
    bound.forward(is_train=True)
    found = mx.debug.profile(bound, runs=3, backward=True)
    assert [name for name in ("fc1", "bn", "relu", "drop", "fc2", "softmax") if not found[name] > 0] == []
    assert sum(found.values()) == pytest.approx(found.total * (1 + found.overhead))
    assert found.is_train
    assert {row.name for row in found.rows if row.backward} >= {"fc1", "bn", "fc2", "softmax"}
    assert not any(name.startswith("_backward") for name in found)
    text = found.table(limit=None)
    assert "fc1" in text
    assert "FullyConnected" in text


@pytest.mark.parametrize("executor", EXECUTORS)
def test_timing_changes_nothing(executor):
    symbol, found = training_net(), []
    for timed in (False, True):
        mx.random.seed(5)
        bound = filled(symbol, executor, data=(4, 6), grad_req="add")
        for _ in range(2):
            bound.forward(is_train=True)
            if timed:
                mx.debug.profile(bound, runs=2)
                mx.debug.profile(bound, runs=2, backward=True)
            bound.backward()
        found.append([array.asnumpy() for array in (*bound.outputs, *bound.grad_arrays, *bound.aux_arrays)])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_regions_are_shared_out():
    x = mx.sym.Variable("x")
    symbol = mx.sym.exp(mx.sym.sin(x, name="s") + x, name="e")
    bound = filled(symbol, x=(1 << 17,), grad_req="null")
    found = mx.debug.profile(bound, runs=2)
    (region,) = found.regions
    assert region.name.split(" + ") == ["s", "_plus0", "e"] or region.name.startswith("s + _plus")
    assert region.nbytes == 2 * 4 << 17
    assert region.seconds == pytest.approx(sum(found.values()))
    assert found["s"] == pytest.approx(found["e"])
    assert all(row.fused for row in found.rows)
    assert "region of 3" in str(found)


def test_work_is_that_of_the_layers():
    found = mx.debug.profile(filled(training_net(), data=(4, 6)), runs=1)
    (row,) = [row for row in found.rows if row.name == "fc1"]
    assert row.flops == 4 * 6 * 8 * 2 + 4 * 8 or row.flops == 4 * 6 * 8 * 2
    assert row.nbytes == 4 * (4 * 6 + 8 * 6 + 8 + 4 * 8)
    assert not found.is_train


def test_a_trace(tmp_path):
    found = mx.debug.profile(filled(training_net(), data=(4, 6)), runs=2, backward=True)
    found.save_trace(tmp_path / "trace.json")
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    spans = [event for event in events if event["ph"] == "X"]
    assert len(spans) == 2 * len(found._steps)
    assert {"forward", "backward"} == {event["cat"].split(",")[0] for event in spans}
    assert all(event["dur"] >= 0 and event["ts"] >= 0 for event in spans)
    (one,) = [event for event in spans if event["name"] == "fc1"][:1]
    assert one["args"]["line"].split(":")[0].endswith("networks.py")


def test_it_is_a_mapping_that_helps():
    found = mx.debug.profile(filled(training_net(), data=(4, 6)), runs=1)
    assert "fc1" in found
    assert len(found) == len(list(found)) == 6
    with pytest.raises(KeyError, match=r"did you mean .*'fc1'"):
        found["fc"]
    with pytest.raises(mx.base.ArgumentError, match="time, run, name"):
        found.table(by="size")
    for order in ("time", "run", "name", "flops", "bytes"):
        assert found.table(by=order, limit=2).count("more, ") == 1


def test_wrong_calls():
    bound = filled(training_net(), data=(4, 6), grad_req="null")
    with pytest.raises(mx.base.NotReady, match="no backward phase"):
        mx.debug.profile(bound, backward=True)
    with pytest.raises(mx.base.ArgumentError, match="at least 1"):
        mx.debug.profile(bound, runs=0)
    with pytest.raises(mx.base.ArgumentError, match="an executor"):
        mx.debug.profile(training_net())


@pytest.mark.parametrize("executor", EXECUTORS)
def test_loops_chains_and_empty_arrays(executor):
    assert sum(mx.debug.profile(filled(loop(), executor, rows=(5, 4), start=(4,)), runs=1).values()) > 0
    with mx.np_shape():
        found = mx.debug.profile(filled(chain(2), executor, x=(0, 3)), runs=1)
        assert "n0" in str(found)
    if executor == "numpy":
        found = mx.debug.profile(filled(chain(10_000), executor, x=(2,), grad_req="null"), runs=1)
        assert len(found) == 10_000


def profiled(run):
    """Record a function with ``mx.profiler``; return the times by operator."""
    mx.profiler.dumps(reset=True)
    mx.profiler.set_state("run")
    try:
        run()
    finally:
        mx.profiler.set_state("stop")
    return json.loads(mx.profiler.dumps(reset=True, format="json"))["Time"].get("operator", {})


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_profiler_records_operators(executor):
    bound = filled(training_net(), executor, data=(4, 6))

    def run():
        bound.forward(is_train=True)
        bound.backward()

    found = profiled(run)
    assert found["FullyConnected"]["Count"] >= 2
    assert "_backward_BatchNorm" in found
    assert profiled(lambda: mx.profiler.pause() or run() or mx.profiler.resume()) == {}
    mx.profiler.set_config(profile_symbolic=False)
    assert profiled(run) == {}
    mx.profiler.set_config(profile_all=True)
    assert profiled(run)
    run()
    assert mx.profiler.dumps(format="json").count("FullyConnected") == 0


def test_an_executor_that_does_not_tell_its_steps_is_named(monkeypatch):
    from executors.reference.executor import ReferenceExecutor
    from executors.timing import Timing
    from symbolic.errors import NotSupported

    monkeypatch.setattr(ReferenceExecutor, "_parts", Timing._parts)
    exe = mx.sym.exp(mx.sym.Variable("x")).simple_bind(mx.cpu(), x=(2,), executor="reference")
    exe.forward()
    with pytest.raises(NotSupported, match="ReferenceExecutor does not tell its steps"):
        mx.debug.profile(exe)
