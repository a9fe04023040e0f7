"""Where two runs part: the first node, and how far apart they are."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from tests.debug.networks import EXECUTORS, chain, filled, training_net

first_difference = mx.debug.first_difference


def run(executor="numpy", is_train=False, **shapes):
    bound = filled(training_net(), executor, **(shapes or {"data": (4, 6)}))
    bound.aux_dict["bn_moving_var"][:] = 1
    bound.forward(is_train=is_train)
    return bound


def recorded(bound):
    return {name: array.asnumpy() for name, array in bound.values().items()}


@pytest.mark.parametrize("executor", EXECUTORS)
def test_executors_agree(executor):
    mx.random.seed(1)
    one = run(is_train=True)
    mx.random.seed(1)
    assert first_difference(one, run(executor, is_train=True)) is None


def test_the_first_of_many():
    one, other = run(), run()
    other.arg_dict["fc2_bias"][1] += 1
    other.forward()
    found = first_difference(one, other)
    assert (found.name, found.value, found.gap.beyond, found.gap.place) == ("fc2_bias", "fc2_bias", 1, (1,))
    assert found.gap.absolute == pytest.approx(1)
    assert "what was given differs" in str(found)


@pytest.mark.parametrize("kind", ["dict", "params", "npz", "arrays"])
def test_recorded_values(kind, tmp_path):
    bound = run()
    record = recorded(bound)
    record["relu_output"] = record["relu_output"] + np.float32(0.01)
    record["softmax_output"] = record["softmax_output"] * 2
    if kind == "npz":
        np.savez(tmp_path / "r.npz", **record)
        record = tmp_path / "r.npz"
    elif kind == "params":
        prefixed = {
            "aux:" + name if "moving" in name else "arg:" + name if "fc1_" in name else name: value for name, value in record.items()
        }
        mx.nd.save(str(tmp_path / "r.params"), {name: mx.nd.array(value) for name, value in prefixed.items()})
        record = str(tmp_path / "r.params")
    elif kind == "arrays":
        record = {name: mx.nd.array(value) for name, value in record.items()}
    found = first_difference(bound, record)
    assert (found.name, found.line.split(":")[0].endswith("networks.py"), found.unmatched) == ("relu", True, [])
    assert found.gap.absolute == pytest.approx(0.01, rel=1e-3)
    ((slot, name, gap),) = found.inputs
    assert (slot, name, gap.beyond) == ("data", "bn_output", 0)
    assert first_difference(bound, record, atol=0.02, rtol=2) is None


def test_names_are_met_half_way():
    bound = run()
    record = {"fc1": recorded(bound)["fc1_output"], "strange": np.ones(3)}
    assert first_difference(bound, record) is None
    record["fc1"] = record["fc1"][:2]
    found = first_difference(bound, record)
    assert found.gap.shapes == ((4, 8), (2, 8))
    assert found.unmatched == ["strange"]
    assert "not compared" in str(found)
    with pytest.raises(mx.base.UnknownName, match="did you mean 'fc1_output'"):
        first_difference(bound, {"fc1_outptu": 1})


def test_what_is_no_number():
    x = mx.sym.Variable("x")
    bound = filled(mx.sym.log(x, name="l"), x=(3,), grad_req="null")
    bound.arg_dict["x"][:] = [-1, 0, 1]
    bound.forward()
    assert first_difference(bound, {"l": np.array([np.nan, -np.inf, 0], np.float32)}) is None
    found = first_difference(bound, {"l": np.array([np.nan, 0, 0], np.float32)})
    assert (found.gap.beyond, found.gap.place) == (1, (1,))
    assert first_difference(bound, {"l": np.array([0, -np.inf, 0], np.float32)}).gap.place == (0,)


def test_long_chains_empty_arrays_and_single_numbers():
    one, other = filled(chain(10_000), x=(2,), grad_req="null"), filled(chain(10_000, at=7_000), x=(2,), grad_req="null")
    one.forward()
    other.forward()
    assert first_difference(one, other).name == "n7000"
    with mx.np_shape():
        bound = filled(chain(2), x=(0, 2), grad_req="null")
        bound.forward()
        assert first_difference(bound, {"n0": np.ones((0, 2))}) is None
        bound = filled(chain(2), x=(), grad_req="null")
        bound.forward()
        assert first_difference(bound, {"n0": np.array(9.0)}).gap.place == ()


def test_wrong_calls(tmp_path):
    bound = run()
    with pytest.raises(mx.base.ArgumentError, match="executor that has run"):
        first_difference(training_net(), bound)
    with pytest.raises(mx.base.ArgumentError, match="a dict of arrays, or a path"):
        first_difference(bound, 3)
    with pytest.raises(mx.base.FileError, match="No such file"):
        first_difference(bound, tmp_path / "none.npz")
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(mx.base.FormatError):
        first_difference(bound, tmp_path / "bad.npz")
    np.savez(tmp_path / "objects.npz", a=np.array([{}], object))
    with pytest.raises(mx.base.FormatError, match="recorded values"):
        first_difference(bound, tmp_path / "objects.npz")
