"""The fuzzer that coverage guides, for a moment: it runs where ``atheris`` is installed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability.readers import READERS

ROOT = Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("SYMBOLIC_FUZZ_RUNS", "1500"))

pytestmark = pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="needs atheris: pip install atheris")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in ("symbol", "params", "states") else pytest.mark.long) for name in READERS]
)
def test_a_moment(name, tmp_path):
    command = [
        sys.executable,
        "-m",
        "tests.reliability.guided",
        name,
        f"-runs={RUNS}",
        "-seed=1",
        f"-artifact_prefix={tmp_path}/",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "DONE" in done.stderr or "Done" in done.stderr
