"""Checkpoints with optimizer states: MXNet's go on here as they do there, ours as they did."""

from __future__ import annotations

import pytest

import symbolic as mx
from tests.training.checkpoints import FOLDER, RUNS, resumed, same, write


@pytest.mark.parametrize("name", RUNS)
def test_checkpoints_of_the_reference(name):
    same(mx, resumed(mx, name, FOLDER / name), FOLDER / f"{name}.end")


@pytest.mark.parametrize("name", RUNS)
def test_checkpoints_of_our_own(name, tmp_path):
    """``python -m tests.training.checkpoints read`` has MXNet load the like."""
    write(mx, name, tmp_path / name)
    same(mx, resumed(mx, name, tmp_path / name), FOLDER / f"{name}.end")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in FOLDER.glob(f"{name}[-.]*[!d]"))


def test_states_that_are_missing(tmp_path):
    write(mx, "sgd", tmp_path / "net")
    (tmp_path / "net-0004.states").unlink()
    with pytest.raises(OSError, match=r"net-0004.states.*No such file"):
        resumed(mx, "sgd", tmp_path / "net")
