"""What is saved is what is loaded: random graphs of every operator, random arrays of every type and layout."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symbolic as mx
from symbolic.files import params
from symbolic.files.json import load
from tests.ops.test_laws import build
from tests.reliability.graphs import arrays, first_cases, graphs, names

QUICK = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def alike(one, other):
    """Whether two graphs have the same names, parameters and annotations, in the same order."""
    assert other.list_arguments() == one.list_arguments()
    assert other.list_outputs() == one.list_outputs()
    assert other.list_auxiliary_states() == one.list_auxiliary_states()
    assert other.attr_dict() == one.attr_dict()
    assert other.tojson(remove_amp_cast=False) == one.tojson(remove_amp_cast=False)


@QUICK
@given(graphs())
def test_graphs(symbol):
    text = symbol.tojson(remove_amp_cast=False)
    found = mx.sym.load_json(text)
    assert found.tojson(remove_amp_cast=False) == text
    alike(found, load(text.encode()))
    alike(found, load(json.dumps(json.loads(text, strict=False)).encode()))  # other spaces, every letter escaped
    for same in (pickle.loads(pickle.dumps(symbol)), copy.deepcopy(symbol)):
        alike(symbol, same)
    assert found.list_arguments() == symbol.list_arguments()
    assert found.list_outputs() == symbol.list_outputs()
    assert found.list_auxiliary_states() == symbol.list_auxiliary_states()


@pytest.mark.long
@settings(QUICK, max_examples=3000)
@given(graphs())
def test_many_graphs(symbol):
    text = symbol.tojson(remove_amp_cast=False)
    assert mx.sym.load_json(text).tojson(remove_amp_cast=False) == text


@pytest.mark.parametrize("case", [pytest.param(case, id=case.op) for _, case in first_cases()])
def test_each_operator(case):
    symbol, _ = build(case)
    if len(symbol):
        text = symbol.tojson(remove_amp_cast=False)
        alike(mx.sym.load_json(text), symbol)
        alike(pickle.loads(pickle.dumps(symbol)), symbol)


@QUICK
@given(st.dictionaries(names, arrays(), max_size=5))
def test_arrays(tmp_path_factory, given_arrays):
    path = tmp_path_factory.mktemp("arrays", numbered=True) / "a.params"
    before = {name: array.tobytes() for name, array in given_arrays.items()}
    params.save(path, list(given_arrays), list(given_arrays.values()))
    found = params.load(path)
    assert (found.names or []) == list(given_arrays)
    for array, (name, wanted) in zip(found.arrays, given_arrays.items(), strict=True):
        assert wanted.tobytes() == before[name]
        assert array.shape == wanted.shape
        assert array.dtype == wanted.dtype.newbyteorder("=")
        assert array.tobytes() == wanted.astype(array.dtype).tobytes()  # NaN and its payload, too
        assert array.flags.writeable and array.flags.aligned and array.flags.c_contiguous
    again = path.with_name("again")
    params.save(again, found.names, found.arrays)
    assert again.read_bytes() == path.read_bytes()


STATES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.text(), st.binary(max_size=40)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.integers(0, 99), inner, max_size=4), st.tuples(inner, inner)),
    max_leaves=12,
)


@QUICK
@given(st.dictionaries(st.one_of(st.integers(), st.text()), STATES, max_size=5))
def test_states(states):
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    updater.states = states
    content = updater.get_states()
    assert pickle.loads(content) == states  # as Python, and MXNet, read it
    updater.set_states(content)
    assert updater.states == states
    updater.set_states(pickle.dumps(states, 4))  # as they write it
    assert updater.states == states


@QUICK
@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.binary(max_size=4).map(lambda piece: piece + b"\x0a\x23\xd7\xce" * 3 + piece)), max_size=6
    )
)
def test_records(tmp_path_factory, contents):
    path = tmp_path_factory.mktemp("records", numbered=True) / "a.rec"
    with mx.recordio.MXIndexedRecordIO(path.with_suffix(".idx"), path, "w") as writer:
        for key, content in enumerate(contents):
            writer.write_idx(key, content)
    with mx.recordio.MXIndexedRecordIO(path.with_suffix(".idx"), path, "r") as reader:
        assert [reader.read_idx(key) for key in reversed(reader.keys)] == contents[::-1]


@QUICK
@given(st.floats(), st.integers(0, 2**64 - 1), st.lists(st.floats(width=32), max_size=4), st.binary(max_size=20))
def test_headers(label, number, labels, content):
    for one in (label if abs(label) < 3e38 or label != label else 0.0, np.array(labels, "f")):
        header, found = mx.recordio.unpack(mx.recordio.pack((0, one, number, 0), content))
        assert found == content and header.id == number
        if np.ndim(one) == 0 or one.size:
            np.testing.assert_array_equal(header.label, np.float32(one))
