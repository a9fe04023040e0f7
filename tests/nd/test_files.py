"""``mx.nd.save`` and ``mx.nd.load``. What the bytes must be, tests/files/test_params.py says."""

from __future__ import annotations

import io
import pathlib

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, FileError, FormatError

nd = mx.nd


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"arg:w": nd.array([[1, 2]]), "aux:é漢": nd.array([3], dtype="int8")}, dict),
        ([nd.ones((2,)), nd.zeros((1, 2), dtype="float16")], list),
        ((nd.ones((2,)),), list),
        (nd.ones((2,)), list),
        ([], list),
        ({}, list),
        ({"scalar": nd.array(3.5), "empty": nd.array(np.zeros((0, 3)))}, dict),
        ({"part": nd.arange(6).reshape((2, 3))[:, 1]}, dict),
    ],
)
def test_what_is_saved_is_loaded(tmp_path, data, kind):
    path = tmp_path / "x é.params"
    nd.save(path, data)
    given = data if isinstance(data, (dict, list)) else list(data) if isinstance(data, tuple) else [data]
    for found in (nd.load(path), nd.load(str(path)), nd.load(io.BytesIO(path.read_bytes())), nd.load_frombuffer(path.read_bytes())):
        assert type(found) is kind
        assert len(found) == len(given)
        pairs = (
            [(found[name], given[name]) for name in given] if kind is dict and isinstance(given, dict) else zip(found, given, strict=True)
        )
        for a, b in pairs:
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            np.testing.assert_array_equal(a.asnumpy(), b.asnumpy())


def test_loaded_arrays_are_their_own_memory(tmp_path):
    path = tmp_path / "x.params"
    nd.save(path, {"w": nd.arange(1000)})
    found = nd.load(path)
    nd.save(path, found)
    found["w"][:] = 0
    assert nd.load(path)["w"].asnumpy().tolist() == list(range(1000))


def test_sparse_arrays_are_written_as_they_are_stored(tmp_path):
    nd.save(tmp_path / "x", [nd.array([[1, 0], [0, 0]]).tostype("row_sparse")])
    (found,) = nd.load(tmp_path / "x")
    assert found.stype == "row_sparse"
    assert found.asnumpy().tolist() == [[1, 0], [0, 0]]


def test_the_context_is_the_current_one(tmp_path):
    nd.save(tmp_path / "x", [nd.ones((1,), ctx=mx.cpu(2))])
    with mx.cpu(3):
        assert nd.load(tmp_path / "x")[0].context == mx.cpu(3)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (3, r"(?s)save takes.*data.*3 \(int\)"),
        (None, "None"),
        ({"a": np.ones(1)}, "'a' is no NDArray"),
        ({"a": nd.ones((1,)), "b": None}, "'b' is no NDArray"),
        ({3: nd.ones((1,))}, "names of arrays are strings"),
        ([nd.ones((1,)), 4], "1 is no NDArray"),
    ],
)
def test_nothing_else_is_saved(tmp_path, data, match):
    with pytest.raises(ArgumentError, match=match):
        nd.save(tmp_path / "x", data)
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_loaded_is_said(tmp_path):
    with pytest.raises(FileError, match="nowhere"):
        nd.load(tmp_path / "nowhere")
    with pytest.raises(FileError):
        nd.load(tmp_path)
    (tmp_path / "junk").write_bytes(b"junk" * 10)
    with pytest.raises(FormatError, match="junk"):
        nd.load(pathlib.Path(tmp_path / "junk"))
    for wrong in (None, 3, b"bytes"):
        with pytest.raises(ArgumentError, match="fname"):
            nd.load(wrong)
    for wrong in (None, 3, "text"):
        with pytest.raises(ArgumentError, match="buf"):
            nd.load_frombuffer(wrong)
    with pytest.raises(FormatError):
        nd.load_frombuffer(b"")
