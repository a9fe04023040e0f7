"""A checkpoint outlives the process that writes it, whenever that dies, and every step of writing that fails."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import time
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

import symbolic as mx
from symbolic.cli.convert import write_arrays
from symbolic.errors import FileError
from symbolic.show import render

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the writers are forks of this process")
REAL = {name: getattr(os, name) for name in ("open", "write", "fsync", "replace", "stat", "fstat")}


def network(version):
    """A graph whose name tells the version, as do all its values."""
    return mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=64, name=f"fc{version}", weight=mx.sym.Variable("the_weight"))


def checkpoint(folder, version):
    arrays = {"w": mx.nd.array(np.full((64, 500), version, "f")), "b": mx.nd.array(np.full(64, version, "f"))}
    mx.model.save_checkpoint(str(folder / "net"), 0, network(version), arrays, {"s": mx.nd.array(np.full(9, version, "f"))})
    mx.nd.save(str(folder / "other.nd"), [mx.nd.array(np.full(1000, version, "f"))])


def version_of(folder):
    """Load everything; each file is of one version. Return that of the arrays."""
    symbol, arguments, states = mx.model.load_checkpoint(str(folder / "net"), 0)
    assert symbol.name.startswith("fc")
    found = {float(value) for array in (*arguments.values(), *states.values()) for value in np.unique(array.asnumpy())}
    assert len(found) == 1
    (other,) = mx.nd.load(str(folder / "other.nd"))
    assert len(np.unique(other.asnumpy())) == 1
    return found.pop()


def killed(folder, seconds, version):
    """Fork a process that saves again and again; kill it after some time."""
    child = os.fork()
    if not child:
        while True:  # until the end
            version += 1
            try:
                checkpoint(folder, version % 1000)
            except BaseException:
                os._exit(3)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "saving failed before it was killed"


def many_kills(folder, count):
    chance = random.Random(count)
    checkpoint(folder, 0)
    seen, leftovers = set(), 0
    for kill in range(count):
        killed(folder, chance.uniform(0.001, 0.02), 7 * kill)
        leftovers += len(list(folder.glob(".*.tmp")))
        seen.add(version_of(folder))
    checkpoint(folder, 5)
    assert version_of(folder) == 5
    assert not list(folder.glob(".*.tmp"))  # the next save of the same name takes what was left away
    return seen, leftovers


def test_some_kills(tmp_path):
    seen, _ = many_kills(tmp_path, 20)
    assert len(seen) > 1  # of 20, on a machine however busy


@pytest.mark.long
def test_a_thousand_kills(tmp_path):
    seen, leftovers = many_kills(tmp_path, 1000)
    assert len(seen) > 20
    assert leftovers > 100  # many died in the middle of writing


def save_symbol(folder, version):
    network(version).save(str(folder / "net-symbol.json"))


def save_arrays(folder, version):
    mx.nd.save(str(folder / "net-0000.params"), {"w": mx.nd.array(np.full((64, 500), version, "f"))})


def save_states(folder, version):
    module = mx.mod.Module(mx.sym.SoftmaxOutput(network(0), name="softmax"))
    module.bind([("data", (2, 5))], [("softmax_label", (2,))])
    module.init_params()
    module.init_optimizer(optimizer_params={"momentum": 0.9 if version else 0.8})
    module.save_optimizer_states(str(folder / "net-0000.states"))


def save_module(folder, version):
    module = mx.mod.Module(mx.sym.SoftmaxOutput(network(version), name="softmax"))
    module.bind([("data", (2, 5))], [("softmax_label", (2,))])
    module.init_params(mx.init.Constant(version))
    module.init_optimizer(optimizer_params={"momentum": 0.9 if version else 0.8})
    module.save_checkpoint(str(folder / "net"), 0, save_optimizer_states=True)


def save_page(folder, version):
    mx.viz.save_page(network(version), folder / "net.html")


def save_picture(folder, version):
    """Drawn by another program, from a source that graphviz writes; what is tested is what becomes of the picture."""
    with mock.patch.object(render, "draw", lambda *rest, **words: f"picture {version} ".encode() * 1000):
        network(version).plot()._render("dot", "svg", os.devnull, outfile=folder / "net.svg")


def save_capsule(folder, version):
    values = np.full(3, -1 - version, "f")
    assert mx.debug.nans(mx.sym.log(mx.sym.Variable("x"), name="log"), x=values, save=folder / "net.params") is not None


def save_archive(folder, version):
    write_arrays(folder / "net.npz", {"w": np.full((64, 500), version, "f")})


def save_trace(folder, version):
    exe = network(version).simple_bind(mx.cpu(), data=(2, 5))
    measured = mx.debug.profile(exe, runs=1)
    with mock.patch.object(json, "dumps", lambda *rest, **words: f"trace {version} " * 1000):  # times are never the same
        measured.save_trace(folder / "net.json")


WRITERS = {
    "symbol": save_symbol,
    "arrays": save_arrays,
    "states": save_states,
    "checkpoint": checkpoint,
    "module": save_module,
    "page": save_page,
    "picture": save_picture,
    "capsule": save_capsule,
    "archive": save_archive,
    "trace": save_trace,
}


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("function", ["open", "write", "fsync", "replace", "stat", "fstat"])
@pytest.mark.parametrize("writer", WRITERS)
def test_each_failing_step(writer, function, tmp_path):
    """Fail the first call, then the second, and so on: each file is the old one or the new one, and the error tells its path."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, version in ((old, 0), (new, 1)):
        folder.mkdir()
        WRITERS[writer](folder, version)
    old_files, new_files = content(old), content(new)
    for call in range(1, 200):
        for name, data in old_files.items():
            (old / name).write_bytes(data)
        handles = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
        count = 0

        def failing(*arguments, call=call, **keywords):
            nonlocal count
            if arguments and isinstance(arguments[0], (str, bytes, os.PathLike)) and str(tmp_path) not in os.fsdecode(arguments[0]):
                return REAL[function](*arguments, **keywords)
            count += 1
            if count == call:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return REAL[function](*arguments, **keywords)

        error = None
        with mock.patch.object(os, function, failing):
            try:
                WRITERS[writer](old, 1)
            except FileError as caught:
                error = caught
        found = content(old)
        assert set(found) == set(old_files)
        for name, data in found.items():
            assert data in (old_files[name], new_files[name])
        if error is None:
            assert found == new_files
        else:
            assert str(old) in str(error)
        if handles:
            assert set(os.listdir("/proc/self/fd")) <= handles
        if count < call:
            break
    assert call > 1 or function in ("stat", "fstat")
    assert count < call


@pytest.mark.parametrize("writer", WRITERS)
def test_a_folder_that_is_read_only(writer, tmp_path):
    if os.geteuid() == 0:
        folder = Path("/proc/self")  # root may write anywhere but there
    else:
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o500)
    with pytest.raises(FileError, match=str(folder)):
        WRITERS[writer](folder, 1)
