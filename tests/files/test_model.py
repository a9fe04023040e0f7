"""Checkpoints: a graph and its arrays, under names that MXNet uses; errors that name what is missing."""

import errno
import os
import pathlib

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, FileError, FormatError

SYMBOL = mx.sym.BatchNorm(mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc"), name="bn")


def array(*values):
    return mx.nd.array(np.array(values, "float32"))


ARGUMENTS = {"fc_weight": array(1, 2), "fc:bias": array(3), "": array(4)}
STATES = {"bn_moving_mean": array(5, 6)}


def plain(arrays):
    return {name: value.asnumpy().tolist() for name, value in arrays.items()}


@pytest.fixture
def prefix(tmp_path):
    mx.model.save_checkpoint(tmp_path / "net", 7, SYMBOL, ARGUMENTS, STATES)
    return tmp_path / "net"


@pytest.mark.parametrize("kind", [str, os.fsencode, pathlib.Path])
def test_round_trip(kind, tmp_path):
    path = kind(tmp_path / "nét")
    mx.model.save_checkpoint(path, 7, SYMBOL, ARGUMENTS, STATES)
    assert sorted(os.listdir(tmp_path)) == ["nét-0007.params", "nét-symbol.json"]
    symbol, arguments, states = mx.model.load_checkpoint(path, 7)
    assert symbol.tojson() == SYMBOL.tojson()
    assert plain(arguments) == plain(ARGUMENTS)
    assert plain(states) == plain(STATES)
    assert [plain(each) for each in mx.model.load_params(path, 7)] == [plain(ARGUMENTS), plain(STATES)]


def test_names_in_the_file(prefix):
    assert list(mx.nd.load(f"{prefix}-0007.params")) == ["arg:fc_weight", "arg:fc:bias", "arg:", "aux:bn_moving_mean"]


def test_without_a_graph(tmp_path):
    mx.model.save_checkpoint(tmp_path / "net", 12345, None, {}, {})
    assert os.listdir(tmp_path) == ["net-12345.params"]
    assert mx.model.load_params(tmp_path / "net", 12345) == ({}, {})


def test_casts(tmp_path):
    symbol = mx.sym.sin(mx.sym.amp_cast(mx.sym.Variable("x"), dtype="float16", name="cast"), name="s")
    for remove, names in ((True, ["x", "s_output"]), (False, ["x", "cast_output", "s_output"])):
        mx.model.save_checkpoint(tmp_path / "net", 0, symbol, {}, {}, remove_amp_cast=remove)
        assert mx.model.load_checkpoint(tmp_path / "net", 0)[0].get_internals().list_outputs() == names


@pytest.mark.parametrize("epoch", [7, 7.0, np.int64(7), True])
def test_epochs(epoch, prefix):
    if epoch is True:
        mx.model.save_checkpoint(prefix, epoch, None, ARGUMENTS, STATES)
    assert plain(mx.model.load_params(prefix, epoch)[0]) == plain(ARGUMENTS)


@pytest.mark.parametrize("epoch", ["one", None, 7.5, [7]])
def test_wrong_epochs(epoch, prefix):
    for call in (mx.model.load_checkpoint, mx.model.load_params):
        with pytest.raises(ArgumentError, match=r"epoch(.|\n)*int"):
            call(prefix, epoch)
    with pytest.raises(ArgumentError, match=r"epoch(.|\n)*int"):
        mx.model.save_checkpoint(prefix, epoch, SYMBOL, {}, {})


@pytest.mark.parametrize("wrong", [3, None, ["net"]])
def test_wrong_prefixes(wrong):
    with pytest.raises(ArgumentError, match=r"prefix(.|\n)*str, bytes or os\.PathLike"):
        mx.model.load_checkpoint(wrong, 0)
    with pytest.raises(ArgumentError, match="prefix"):
        mx.model.save_checkpoint(wrong, 0, SYMBOL, {}, {})


def test_missing_graph(prefix):
    os.unlink(f"{prefix}-symbol.json")
    with pytest.raises(FileError, match=r"net-symbol\.json'.*No such file") as caught:
        mx.model.load_checkpoint(prefix, 7)
    assert caught.value.errno == errno.ENOENT


def test_missing_epoch(prefix):
    for epoch in (0, 12):
        mx.model.save_checkpoint(prefix, epoch, None, {}, {})
    (prefix.parent / "network-0003.params").write_bytes(b"")  # of another prefix
    with pytest.raises(FileError, match=r"net-0008\.params'.*No such file.*epochs here: 0, 7, 12$") as caught:
        mx.model.load_checkpoint(prefix, 8)
    assert caught.value.errno == errno.ENOENT
    assert caught.value.filename == f"{prefix}-0008.params"
    with pytest.raises(FileError, match=r"No such file or directory$"):
        mx.model.load_params(prefix.parent / "other", 8)
    with pytest.raises(FileError, match=r"No such file or directory$"):
        mx.model.load_params("/nowhere/at/all", 8)


def test_many_epochs(prefix):
    for epoch in range(20, 40):
        (prefix.parent / f"net-{epoch:04d}.params").write_bytes(b"")
    with pytest.raises(FileError, match=r"epochs here: \.\.\., 30, 31, .*, 39$"):
        mx.model.load_params(prefix, 8)


ODD_NAMES = {"nocolon": "array 1 'nocolon'", "foo:x": "array 1 'foo:x'", "Arg:x": "array 1 'Arg:x'"}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_that_do_not_tell(name, prefix):
    mx.nd.save(f"{prefix}-0008.params", {"arg:w": array(1), name: array(2)})
    with pytest.raises(FormatError, match=rf"net-0008\.params(.|\n)*{ODD_NAMES[name]}(.|\n)*'arg:' or 'aux:'(.|\n)*mx\.nd\.load"):
        mx.model.load_checkpoint(prefix, 8)


def test_arrays_without_names(prefix):
    mx.nd.save(f"{prefix}-0008.params", [array(1)])
    with pytest.raises(FormatError, match=r"1 arrays without names(.|\n)*'arg:'"):
        mx.model.load_params(prefix, 8)


def test_broken_files(prefix):
    pathlib.Path(f"{prefix}-symbol.json").write_text("{}")
    with pytest.raises(FormatError, match=r"net-symbol\.json: broken symbol JSON"):
        mx.model.load_checkpoint(prefix, 7)
    pathlib.Path(f"{prefix}-0007.params").write_bytes(b"x" * 30)
    with pytest.raises(FormatError, match=r"net-0007\.params: not a \.params file"):
        mx.model.load_params(prefix, 7)


WRONG = [
    ((SYMBOL, {"w": 3}, {}), r"arg_params\['w'\](.|\n)*3(.|\n)*NDArray"),
    ((SYMBOL, {}, {"w": np.ones(2)}), r"aux_params\['w'\](.|\n)*NDArray"),
    ((SYMBOL, {3: array(1)}, {}), r"arg_params\[3\](.|\n)*a name"),
    ((SYMBOL, None, {}), r"arg_params(.|\n)*None(.|\n)*dict"),
    ((SYMBOL, {}, [array(1)]), r"aux_params(.|\n)*dict"),
    (("net", {}, {}), r"symbol(.|\n)*'net'(.|\n)*Symbol or None"),
]


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_nothing_is_touched_by_a_wrong_call(place, tmp_path):
    arguments, message = WRONG[place]
    with pytest.raises(ArgumentError, match=message):
        mx.model.save_checkpoint(tmp_path / "net", 0, *arguments)
    assert os.listdir(tmp_path) == []
