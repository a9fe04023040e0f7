"""No operator that a file can name reaches a file, a network, a process, an address or a name of Python."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import symbolic as mx
from symbolic import registry

ROOT = Path(__file__).resolve().parents[2]
READING = [
    *sorted((ROOT / "symbolic" / "files").glob("*.py")),
    *[
        ROOT / "symbolic" / path
        for path in ("operator/text.py", "training/recordio.py", "debug/capsule.py", "debug/parting.py", "cli/model.py")
    ],
]
CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "literal_eval",
    "import_module",
    "globals",
    "locals",
    "vars",
    "setattr",
    "system",
    "popen",
}
MODULES = {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "subprocess", "socket", "ctypes", "importlib", "urllib", "yaml"}

EVERY_OPERATOR = """
import sys, warnings
import numpy as np
import symbolic as mx
from tests.ops.test_laws import bind, build
from tests.reliability.graphs import first_cases

warnings.simplefilter("ignore")
seen, now = [], None

def watch(event, arguments):
    if now is None or event.startswith(("object.", "builtins.id", "sys._getframe", "code.__new__", "_thread", "cpython.")):
        return
    seen.append((now, event, repr(arguments)[:100]))

def all_of_it(case):
    symbol, _ = build(case)
    if not len(symbol):
        return
    loaded = mx.sym.load_json(symbol.tojson(remove_amp_cast=False))
    for executor in ("numpy", "reference"):
        exe, _, _ = bind(case, executor, loaded)
        for output in exe.forward(is_train=case.train):
            output.asnumpy()

for _, case in first_cases():
    all_of_it(case)  # kernels are imported at first use
sys.addaudithook(watch)
count = 0
for _, case in first_cases():
    now = case.op
    all_of_it(case)
    count += 1
    now = None
assert count > 400, count
assert not seen, seen[:20]
"""


def test_every_operator_computes_and_does_nothing_else():
    """Each is loaded from its JSON, bound and run, while Python tells of every file, import, process and address."""
    done = subprocess.run([sys.executable, "-c", EVERY_OPERATOR], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("op", ["_Native", "_NDArray", "_CustomFunction"])
def test_operators_that_hold_addresses_are_refused(op):
    nodes = [{"op": "null", "name": "x", "inputs": []}, {"op": op, "name": "n", "attrs": {"info": "0x41414141"}, "inputs": [[0, 0, 0]]}]
    with pytest.raises(mx.MXNetError, match="memory of another process"):
        mx.sym.load_json(json.dumps({"nodes": nodes, "arg_nodes": [0], "heads": [[1, 0, 0]]}))


@pytest.mark.parametrize(
    "op", ["_cvimread", "_npi_cvimread", "_cvimdecode", "os.system", "builtins.eval", "__import__", "symbolic.files.atomic.write"]
)
def test_names_of_other_things_mean_nothing(op):
    """A name that no operator has is carried, and refused where it would have to run."""
    assert not registry.known(op)
    nodes = [{"op": op, "name": "n", "attrs": {"filename": "/etc/passwd"}, "inputs": []}]
    symbol = mx.sym.load_json(json.dumps({"nodes": nodes, "arg_nodes": [], "heads": [[0, 0, 0]]}))
    with pytest.raises(mx.MXNetError):
        symbol.bind(mx.cpu(), {}).forward()


def test_a_custom_operator_must_be_the_users():
    class Called(mx.operator.CustomOpProp):
        """Never registered, though there is such a class."""

    nodes = [
        {"op": "null", "name": "x", "inputs": []},
        {"op": "Custom", "name": "n", "attrs": {"op_type": "Called"}, "inputs": [[0, 0, 0]]},
    ]
    symbol = mx.sym.load_json(json.dumps({"nodes": nodes, "arg_nodes": [0], "heads": [[1, 0, 0]]}))
    with pytest.raises(mx.MXNetError):
        symbol.simple_bind(mx.cpu(), x=(2,)).forward()


@pytest.mark.parametrize("path", READING, ids=lambda path: path.stem)
def test_readers_name_nothing_dangerous(path):
    """Neither a call that runs text, nor a module that does; ``getattr`` takes no name from a file but through a fixed prefix."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
            on = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
            assert name not in CALLS or on == "re", f"{path.name}:{node.lineno} calls {name}"
            if name == "getattr":
                what = node.args[1]
                fixed = isinstance(what, ast.Constant) or (isinstance(what, ast.JoinedStr) and isinstance(what.values[0], ast.Constant))
                ours = isinstance(what, ast.Name) and what.id == "limit"  # a field of Limits
                assert fixed or ours, f"{path.name}:{node.lineno} looks an attribute up by a name"
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        assert not MODULES.intersection(name.split(".")[0] for name in names), f"{path.name}:{node.lineno} imports {names}"
