"""The stubs that editors and type checkers read say what the registry says."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symbolic import registry
from symbolic.operator import stubs

ROOT = Path(__file__).resolve().parents[2]
OPS, SYMBOL, FILES = (ROOT / "symbolic" / path for path in ("ops/__init__.pyi", "symbol/__init__.pyi", "ops/_files.py"))


@pytest.mark.parametrize(
    ("path", "text"), [(OPS, stubs.ops_stub), (SYMBOL, stubs.symbol_stub), (FILES, stubs.files)], ids=["ops", "symbol", "files"]
)
def test_stubs_are_current(path, text):
    assert path.read_text(encoding="utf-8") == text(), "run python -m symbolic.operator.stubs"


def test_every_operator_is_declared_with_its_parameters():
    tree = ast.parse(stubs.ops_stub())
    functions = {node.name: node.args for node in tree.body if isinstance(node, ast.FunctionDef)}
    aliases = {node.targets[0].id: node.value.id for node in tree.body if isinstance(node, ast.Assign)}
    assert set(functions) | set(aliases) == set(registry.names())
    for name in registry.names():
        op = registry.find(name)
        arguments = functions[aliases.get(name, name)]
        named = [argument.arg for argument in [*arguments.args, *arguments.kwonlyargs]]
        assert [slot for slot in named if slot in op.params] == list(op.params)


def test_what_the_user_meets_is_declared():
    tree = ast.parse(stubs.symbol_stub())
    spaces = {
        node.name: {a.targets[0].id for a in node.body if isinstance(a, ast.Assign)} for node in tree.body if isinstance(node, ast.ClassDef)
    }
    names = {alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert {"Variable", "Group", "Symbol", "FullyConnected", "zeros", "concat", "op", "_internal"} <= names
    assert {"contrib", "linalg", "image", "random", "sparse"} <= set(spaces)
    assert {"uniform", "normal", "randn"} <= spaces["random"]


GOOD = """
import numpy as np
import symbolic as mx

x = mx.sym.Variable("x", shape=(2, 3), lr_mult=2.0)
h = mx.sym.FullyConnected(x, num_hidden=10, name="fc")
h = mx.sym.FullyConnected(data=h, num_hidden=np.int64(10), no_bias=True)
h = mx.sym.Activation(h, act_type="relu", attr={"__mark__": "1"})
c = mx.sym.Convolution(data=x, kernel=(3, 3), num_filter=8, pad=(1, 1), stride=[1, 1], name="c")
y = mx.sym.Concat(x, h, dim=1) + 2.0 * mx.sym.exp(x) - np.ones(3)
u = mx.sym.random.uniform(0, 1, shape=(2, 3))
net = mx.sym.SoftmaxOutput(mx.sym.cast(h, dtype=np.float16), name="softmax")
part = mx.sym.Group([net, y, u, c]).get_internals()["fc_output"]
args, outs, aux = net.infer_shape(x=(2, 3))
exe = net.simple_bind(ctx=mx.cpu(), x=(2, 3))
s: mx.Symbol = x.sum(axis=1).reshape((1, -1))
names: list[str] = net.list_arguments()
with mx.AttrScope(ctx_group="a"), mx.name.Prefix("p_"):
    w = mx.sym.var("w") @ mx.sym.zeros((2, 3))
"""
BAD = """
import symbolic as mx

x = mx.sym.Variable("x")
mx.sym.FullyConnected(x, num_hiden=10)
mx.sym.Activation(x, act_type="relux")
mx.sym.NoSuchOperator(x)
mx.sym.FullyConnected(x, num_hidden="ten")
mx.sym.exp(3)
"""
PYRIGHT = importlib.util.find_spec("pyright")


def checked(tmp_path, script):
    """Run pyright on a script; return the lines of its complaints."""
    path = tmp_path / "script.py"
    path.write_text(script)
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert "informations" in done.stdout, done.stdout + done.stderr
    return [line.strip() for line in done.stdout.splitlines() if " - error: " in line]


@pytest.mark.long
@pytest.mark.skipif(PYRIGHT is None, reason="pyright is not installed")
def test_a_type_checker_accepts_a_typical_script_and_finds_typical_mistakes(tmp_path):
    assert checked(tmp_path, GOOD) == []
    complaints = checked(tmp_path, BAD)
    assert [int(line.split(":")[1]) for line in complaints] == [5, 6, 7, 8, 9]


def test_only_what_changed_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(stubs, "PACKAGE", tmp_path)
    for folder in ("ops", "symbol"):
        (tmp_path / folder).mkdir()
    ops, symbol, files = (tmp_path / path for path in ("ops/__init__.pyi", "symbol/__init__.pyi", "ops/_files.py"))
    symbol.write_text(SYMBOL.read_text(encoding="utf-8"), encoding="utf-8")
    ops.write_text("old", encoding="utf-8")
    assert stubs.write() == [ops, files]
    assert ops.read_text(encoding="utf-8") == OPS.read_text(encoding="utf-8")
    assert files.read_text(encoding="utf-8") == FILES.read_text(encoding="utf-8")
    assert stubs.write() == []


def test_as_a_command():
    done = subprocess.run([sys.executable, "-m", "symbolic.operator.stubs"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "the stubs were not current"
