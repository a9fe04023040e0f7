"""The tree is held to its own rules: imports point down, every operator has what it needs."""

from __future__ import annotations

import ast
import functools
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from executors.kernel import KernelTable
from executors.numpy.executor import NumpyExecutor
from executors.numpy.table import table
from symbolic import registry
from symbolic.operator.fields import Tensors

table.load_all()
ROOT = Path(__file__).resolve().parents[1]
LAYERS = [
    "values",
    "graph",
    "symbol",
    "operator",
    "ops",
    ("infer", "autodiff", "passes", "files", "show", "cost"),
    "nd",
    ("autograd", "debug"),
    ("training", "rnn", "model"),
    ("test_utils", "compat", "cli"),
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in ([names] if isinstance(names, str) else names)}
REACHING_UP = {("symbol", name) for name in ("namespace", "functions", "random", "control")}  # what users call, made of operators
FREE = {"errors", "switches", "scope", "registry", "backends", "fluent", "random", "util"}  # small modules that any layer may name
OPERATORS = sorted({op.canonical.name for name in registry.names() for op in [registry.find(name)]})


@functools.cache
def parsed(path):
    """Parse a file once: its statements, and of all that is in it the imports and the names."""
    tree = ast.parse(path.read_text())
    nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom, ast.Name, ast.Attribute))]
    return tree.body, nodes


def imports(path, inside_functions):
    """List the modules that a file imports at the top (or anywhere)."""
    statements, nodes = parsed(path)
    for node in nodes if inside_functions else statements:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_symbolic_never_imports_executors():
    for path in (ROOT / "symbolic").rglob("*.py"):
        for module in imports(path, inside_functions=True):
            assert not module.startswith("executors"), f"{path} imports {module}"


def test_imports_point_down():
    """But for what the handles reach up to by name: the symbol's namespace and functions, the rules' ``ops``."""
    for path in (ROOT / "symbolic").rglob("*.py"):
        parts = path.relative_to(ROOT / "symbolic").with_suffix("").parts
        if parts[0] not in LEVEL or path.name == "__init__.py" or parts[:2] in REACHING_UP:
            continue
        for module in imports(path, inside_functions=False):
            target = module.split(".")[1:2]
            if not module.startswith("symbolic.") or not target or target[0] in FREE or target[0] not in LEVEL:
                continue
            if parts[0] == "operator" and target[0] == "symbol":
                continue  # composing makes Symbols
            assert LEVEL[target[0]] <= LEVEL[parts[0]], f"{path.relative_to(ROOT)} imports {module}, which is above it"


@pytest.mark.parametrize("name", OPERATORS)
def test_operator_can_be_computed(name):
    op = registry.find(name)
    assert op.body is not None or name in table, f"{name} has neither a body nor a kernel"


@pytest.mark.parametrize("name", sorted(table))
def test_kernel_asks_for_slots_of_its_operator(name):
    op = registry.find(name)
    kernel = table[name]
    states = {f"new_{slot}" for slot, field in op.inputs.items() if isinstance(field, Tensors) or field.mutated}
    known = {*op.inputs, *op.results, *states, "op", "is_train", "rng", "scratch", "*", "inputs", "outputs", "node", "kept"}
    assert set(kernel.slots) <= known, f"{name}: {set(kernel.slots) - known}"
    assert set(kernel.inplace) <= {*op.inputs, "*"}


FOUND_ALONE = """
import importlib, os, sys
from symbolic import registry

table = importlib.import_module(sys.argv[1]).table
registry.names()
for module in sorted({registry.find(name).canonical.__module__ for name in registry.names()}):
    sys.stdout.flush()
    if os.fork():
        os.wait()
    else:
        table._meet(module)
        print(*[name for name in table if registry.find(name).__module__ == module], sep="\\n", end="\\n", flush=True)
        os._exit(0)
"""


@pytest.mark.parametrize("executor", ["numpy", "numba"])
def test_kernels_are_found_by_the_file_of_their_operator(executor):
    """Each alone: else it depends on the other operators of a graph whether its kernel is there."""
    if executor == "numba":
        pytest.importorskip("numba", reason="the numba executor needs pip install 'symbind[numba]'")
    module = f"executors.{executor}.table"
    done = subprocess.run([sys.executable, "-c", FOUND_ALONE, module], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    every = importlib.import_module(module).table
    every.load_all()
    assert {*every} == {*done.stdout.split()}


def test_every_operator_has_a_case():
    import tests.ops.test_laws as laws

    used = {registry.find(case.op).canonical.name for _, cases in laws.case_files() for case in cases}
    reached = set(used)
    for name in used:  # helpers of gradients and bodies are met through the operators that use them
        reached.add(f"_backward_{name}")
    missing = [name for name in OPERATORS if name not in reached and not name.startswith("_") and name not in ("Custom",)]
    assert not missing, missing


def test_names_are_not_hidden_by_files():
    from symbolic import ops

    for name in registry.names():
        assert getattr(ops, name) is registry.find(name), f"ops.{name} is {getattr(ops, name)}"


def test_importing_is_quick_because_it_loads_little():
    code = "import symbolic, sys; print(*[m for m in ('networkx', 'graphviz', 'symbolic.ops', 'executors') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""
    assert done.stderr == ""


def test_no_code_is_made_of_text_from_files():
    forbidden = {"eval", "exec", "literal_eval", "pickle", "__import__"}
    for path in [*(ROOT / "symbolic").rglob("*.py"), *(ROOT / "executors").rglob("*.py")]:
        for node in parsed(path)[1]:
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
            assert name not in forbidden, f"{path}: {name}"


def test_files_hold_one_idea():
    long = [p for folder in ("symbolic", "executors") for p in (ROOT / folder).rglob("*.py") if len(p.read_text().splitlines()) > 440]
    assert not long, long


def test_executors_share_one_table():
    assert isinstance(table, KernelTable)
    assert NumpyExecutor is not None
