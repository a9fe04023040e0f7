"""Checkpoints with optimizer states: MXNet's go on here as they do there, ours as they did."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from tests.training.checkpoints import FOLDER, RUNS, resumed, write


def same(module, end):
    arguments, states = module.get_params()
    wanted = mx.nd.load(str(end))
    assert len(wanted) == len(arguments) + len(states)
    for kind, found in (("arg", arguments), ("aux", states)):
        for name, value in found.items():
            np.testing.assert_allclose(value.asnumpy(), wanted[f"{kind}:{name}"].asnumpy(), 1e-4, 1e-5, err_msg=name)


@pytest.mark.parametrize("name", RUNS)
def test_checkpoints_of_the_reference(name):
    same(resumed(mx, name, FOLDER / name), FOLDER / f"{name}.end")


@pytest.mark.parametrize("name", RUNS)
def test_checkpoints_of_our_own(name, tmp_path):
    write(mx, name, tmp_path / name)
    same(resumed(mx, name, tmp_path / name), FOLDER / f"{name}.end")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{name}-0004.params",
        f"{name}-0004.states",
        f"{name}-symbol.json",
        f"{name}.end",
    ]


def test_states_that_are_missing(tmp_path):
    write(mx, "sgd", tmp_path / "net")
    (tmp_path / "net-0004.states").unlink()
    with pytest.raises(OSError, match=r"net-0004.states.*No such file"):
        resumed(mx, "sgd", tmp_path / "net")
