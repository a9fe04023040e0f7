"""What docs/reliability.md promises is held by tests that exist; examples run without a warning."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text())))
EXAMPLES = sorted((ROOT / "examples").glob("[0-9]*.py"))


def functions(path):
    return {node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)}


def test_many_are_named():
    assert len(NAMED) > 40


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_named_tests_exist(path, name):
    assert name in functions(path)


def test_each_promise_names_a_test():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ") and not line.endswith("| held by |")]
    assert len(rows) > 25
    for row in rows:
        assert "::test_" in row, row


def test_every_test_of_reliability_holds_a_promise():
    """A file of tests here that no promise names would be a promise nobody knows of."""
    named = {path for path, _ in NAMED}
    here = {path.relative_to(ROOT).as_posix() for path in Path(__file__).parent.glob("test_*.py")}
    assert here - named == {"tests/reliability/test_promises.py"}


@pytest.mark.long
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_in_development_mode(example, tmp_path):
    """``python -X dev -W error``: no file left open, nothing outdated, no warning of any kind."""
    script = tmp_path / "examples" / example.name
    script.parent.mkdir()
    script.write_text(example.read_text())
    for each in example.parent.iterdir():
        if each.is_dir() and each.name not in ("out", "__pycache__"):
            (script.parent / each.name).symlink_to(each)
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "OPENBLAS_NUM_THREADS": "1"}
    told = "ignore:the parameters have values already"  # as MXNet tells it, whenever training goes on from a checkpoint
    command = [sys.executable, "-X", "dev", "-W", "error", "-W", told, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Warning" not in done.stderr
