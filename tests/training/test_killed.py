"""A run that is killed at any moment leaves a whole checkpoint, and ends where it would have ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the runs are forks of one process")
def test_a_dozen_kills(tmp_path):
    command = [sys.executable, "-m", "tests.training.killed", str(tmp_path), "12"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["epochs"] == sorted(told["epochs"])
    broken, straight = tmp_path / "broken", tmp_path / "straight"
    assert not list(broken.glob(".*.tmp"))  # what the kills left behind is removed by the saves that come after
    assert sorted(path.name for path in broken.iterdir()) == sorted(path.name for path in straight.iterdir())
    for path in straight.iterdir():
        assert (broken / path.name).read_bytes() == path.read_bytes(), path.name
