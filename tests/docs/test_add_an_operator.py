"""What ``docs/add_an_operator.md`` shows works: its files are put into a copy of the trees, and its commands and sessions run there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "docs" / "add_an_operator.md").read_text(encoding="utf-8"), re.M | re.S)
FILES = [(found[1], text) for kind, text in BLOCKS if kind == "python" and (found := re.match(r"# ([\w/]+\.py)(?:, .*)?\n", text))]
MISTAKES = [text for kind, text in BLOCKS if kind == "python" and re.match(r"# \w+: ", text.rstrip().rpartition("\n")[2])]
COMMANDS = [line for kind, text in BLOCKS if kind == "bash" for line in text.splitlines()]
SESSIONS = [text for kind, text in BLOCKS if kind == "pycon"]
NEEDED = ("__init__.py", "conftest.py", "record.py", "reference.py", "ops/__init__.py", "ops/case.py", "ops/test_laws.py")

READ_ALONG = """
import re, sys
import executors.numpy.executor, symbolic as mx
from symbolic.operator.declare import Operator, operator, zero_gradient
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.rules import same_shapes

for text in sys.stdin.read().split("\\0"):
    kind, message = re.fullmatch(r"# (\\w+): (.*)", text.rstrip().splitlines()[-1]).groups()
    if "test_architecture" in text:
        import tests.test_architecture
    try:
        exec(compile(text, "<page>", "exec", dont_inherit=True))
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
        assert type(error).__name__ == kind and str(error).startswith(message), f"{found}\\n{text}"
    else:
        raise SystemExit("nothing was raised by\\n" + text)
print("all raised")
"""


def run(command, folder, **options):
    """Run a command with the copied trees; return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the trees, and put the page's files into them; a block for a file that exists is added at its end."""
    folder = tmp_path_factory.mktemp("trees")
    for tree in ("symbolic", "executors"):
        shutil.copytree(ROOT / tree, folder / tree, ignore=shutil.ignore_patterns("__pycache__"))
    for name in NEEDED:
        (folder / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "tests" / name, folder / "tests" / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path, text in FILES:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as end:
            end.write(("\n" if file.stat().st_size else "") + text)
    for package in ("nn", "movement"):
        (folder / "tests" / "ops" / package / "__init__.py").touch()
    return folder


def test_the_page_shows_what_is_said_here():
    assert len(FILES) == 9 and len(SESSIONS) == 2 and len(COMMANDS) == 3 and len(MISTAKES) == 8
    assert len(FILES) + len(SESSIONS) + len(MISTAKES) + 1 == len(BLOCKS)


@pytest.mark.long
def test_commands(copy):
    for command in COMMANDS:
        said = run(["bash", "-euc", command.replace("python ", f"{sys.executable} ")], copy)
    assert re.search(r"\b17 passed", said), said


@pytest.mark.long
def test_kernel_of_a_composite_is_not_needed(copy):
    """Without it the body runs, and meets the same laws."""
    kernel = copy / "executors/numpy/kernels/nn/rms_norm.py"
    aside = kernel.with_suffix(".aside")
    kernel.rename(aside)
    try:
        said = run([sys.executable, "-m", "pytest", "-q", "tests/ops/test_laws.py", "-k", "rms_norm"], copy)
    finally:
        aside.rename(kernel)
    assert re.search(r"\b6 passed", said), said


@pytest.mark.parametrize("session", SESSIONS, ids=["both", "family"])
def test_sessions(copy, tmp_path, session):
    file = tmp_path / "session.txt"
    file.write_text(session, encoding="utf-8")
    code = f"import doctest, sys; sys.exit(doctest.testfile({str(file)!r}, module_relative=False).failed)"
    assert run([sys.executable, "-c", code], copy) == ""


def test_mistakes_are_named():
    assert run([sys.executable, "-c", READ_ALONG], ROOT, input="\0".join(MISTAKES)) == "all raised\n"
