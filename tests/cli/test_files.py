"""Files are found beside each other, and what is wrong with them is told in a line."""

import shutil

import pytest


@pytest.mark.parametrize("ending", ["", "-symbol.json", "-0007.params"])
def test_graph_and_arrays_are_found_beside_each_other(call, net, ending):
    facts = call("info", "--json", net + ending).json
    assert facts["graph"]["file"] == f"{net}-symbol.json"
    assert facts["arrays"]["file"] == f"{net}-0007.params"


def test_the_last_epoch_unless_told(call, net):
    assert call("info", "--json", net).json["arrays"]["epochs"] == [1, 7]
    assert call("info", "--json", "--epoch", 1, net).json["arrays"]["file"] == f"{net}-0001.params"


def test_a_folder_with_one_graph(call, net, tmp_path):
    assert call("info", "--json", tmp_path).json["graph"]["file"] == f"{net}-symbol.json"
    shutil.copy(f"{net}-symbol.json", f"{net}2-symbol.json")
    answer = call("info", tmp_path)
    assert answer.code == 1 and "net-symbol.json, net2-symbol.json" in answer.err


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("net-symbl.json", ["there is no such file", "did you mean 'net-symbol.json'"]),
        ("nothing", ["there is no such file", "looked for  nothing, nothing-symbol.json", "found"]),
        ("no/where", ["there is no folder"]),
        ("other-0001.params", ["there is no such file"]),
    ],
)
def test_files_that_are_missing(call, net, tmp_path, name, parts):
    answer = call("info", tmp_path / name)
    assert answer.code == 1 and not answer.out
    for part in parts:
        assert part in answer.err
    assert "Traceback" not in answer.err


def test_an_epoch_that_is_missing(call, net):
    answer = call("info", net, "--epoch", 3)
    assert answer.code == 1 and "net-0003.params" in answer.err and "there are 1, 7" in answer.err


@pytest.mark.parametrize("content", [b"", b"{}", b"\x89PNG", b'{"nodes": [', b"\xff\xfe"])
def test_broken_files(call, tmp_path, content):
    for name in ("broken-symbol.json", "broken-0000.params"):
        (tmp_path / name).write_bytes(content)
        answer = call("info", tmp_path / name)
        assert answer.code == 1 and name.split("-")[0] in answer.err and "Traceback" not in answer.err


def test_traceback_if_asked(call, tmp_path):
    (tmp_path / "broken-symbol.json").write_text("{")
    assert "Traceback" in call("info", tmp_path / "broken-symbol.json", "--traceback").err


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (("inf", "x"), "Did you mean info or infer?"),
        (("info",), "Missing argument 'FILE'"),
        (("infer", "x", "--shape", "data"), "data=1,3,224,224"),
        (("infer", "x", "--shape", "data=1,a"), "'a' is no size"),
        (("infer", "x", "-s", "data=1", "-s", "data=2"), "given twice"),
        (("infer", "x", "--dtype", "data=nothing"), "data=float32"),
        (("upgrade", "x"), "-o PATH, or --in-place"),
        (("plot", "x", "-o", "x.jpg"), ".png, .svg"),
        (("convert", "x.json", "x.txt"), "ends in none of"),
        (("run", "x", "-o", "x.txt"), "neither .npz nor .params"),
        (("completion", "tcsh"), "bash"),
        (("--nothing",), "No such option"),
    ],
)
def test_wrong_usage(call, args, part):
    answer = call(*args)
    assert answer.code == 2 and part in answer.err and not answer.out
