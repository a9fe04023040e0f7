"""Mutation testing: change one thing in a module, and see whether its tests notice.

    python -m tests.reliability.mutants --count 200 --seed 1 symbolic/files

A mutant is one comparison turned, one number moved, one ``and`` made ``or``, one condition negated, one statement left out. It lives
in a process of its own, which loads the changed module in place of the written one; no file is touched. A mutant that no test notices
is printed, to be examined: a test is missing, or the change means the same. The ready-made tools (mutmut, cosmic-ray) name tests on
the command line, and some of ours have names that pytest cannot read there.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 90  # seconds; a mutant that runs for longer is noticed, too
FILES = ["tests/files", "tests/training/test_optimizer_states.py", "tests/reliability/test_found.py", "tests/reliability/test_hostile.py"]
TESTS = {
    "symbolic/files/atomic.py": ["tests/files/test_atomic.py", "tests/files/test_params.py"],
    "symbolic/files/states.py": ["tests/training/test_optimizer_states.py", "tests/reliability/test_roundtrips.py::test_states"],
    "symbolic/files": FILES,
    "symbolic/infer": ["tests/infer", "tests/symbol", "tests/ops/test_laws.py", "tests/messages"],
    "symbolic/operator": ["tests/operator", "tests/symbol", "tests/messages", "tests/docs"],
}
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
COMPARED |= {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
COMPUTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.LShift: ast.RShift}


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """List what can be changed: a node, and how. What only words a message is left alone."""
    quiet = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.JoinedStr, ast.Raise, ast.AnnAssign, ast.ImportFrom))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in quiet and not (isinstance(node, ast.Raise) and id(node) in quiet):
            continue
        if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
            yield node, "compare"
        elif isinstance(node, ast.BinOp) and type(node.op) in COMPUTED and not isinstance(node.left, (ast.Constant, ast.Name)):
            yield node, "compute"
        elif isinstance(node, ast.BoolOp):
            yield node, "join"
        elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
            yield node, "negate"
        elif isinstance(node, ast.Constant) and type(node.value) in (int, bool):
            yield node, "move"
        elif isinstance(node, ast.Return) and node.value is not None:
            yield node, "return"
        elif isinstance(node, (ast.Raise, ast.Assign, ast.AugAssign, ast.Continue, ast.Break)) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        ):
            yield node, "leave out"


def change(node: ast.AST, how: str) -> None:
    """Change a node where it is."""
    if isinstance(node, ast.Compare):
        node.ops[0] = COMPARED[type(node.ops[0])]()
    elif isinstance(node, ast.BinOp):
        node.op = COMPUTED[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1
    elif isinstance(node, ast.Return):
        node.value = ast.Constant(None)
    else:
        node.__class__, node.__dict__ = ast.Pass, {key: value for key, value in vars(node).items() if "lineno" in key or "col_" in key}


class Loader(importlib.abc.Loader):
    """Runs a changed module under its own name."""

    def __init__(self, tree: ast.Module, path: Path):
        self.tree, self.path = tree, path

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(ast.fix_missing_locations(self.tree), str(self.path), "exec"), module.__dict__)


class Finder(importlib.abc.MetaPathFinder):
    """Finds one module: the changed one."""

    def __init__(self, name: str, tree: ast.Module, path: Path):
        self.name, self.tree, self.path = name, tree, path

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, self.path, loader=Loader(self.tree, self.path)) if name == self.name else None


def noticed(path: Path, number: int, tests: list[str]) -> bool:
    """Whether a test fails, or takes too long, when a place of a module is changed; in a forked process."""
    child = os.fork()
    if not child:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        signal.alarm(LIMIT)
        tree = ast.parse(path.read_text())
        change(*list(places(tree))[number])
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        sys.meta_path.insert(0, Finder(name, tree, path))
        sys.path.insert(0, str(ROOT))
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not long"]
        code = 1
        with contextlib.suppress(BaseException):
            code = pytest.main([*options, *tests])
        os._exit(int(code != 0))
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status) or os.WEXITSTATUS(status) != 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("where", help="a module or a folder, from the root of the project")
    parser.add_argument("--count", type=int, default=100, help="how many, chosen at random; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no mutant after so long")
    chosen = parser.parse_args()
    where = ROOT / chosen.where
    os.chdir(ROOT)
    modules = sorted(where.rglob("*.py")) if where.is_dir() else [where]
    every = [(path, number) for path in modules for number, _ in enumerate(places(ast.parse(path.read_text())))]
    mutants = random.Random(chosen.seed).sample(every, min(chosen.count or len(every), len(every)))
    begun, told = time.monotonic(), Counter()
    for path, number in mutants:
        if time.monotonic() - begun > chosen.seconds:
            break
        relative = path.relative_to(ROOT).as_posix()
        tests = next(tests for prefix, tests in TESTS.items() if relative.startswith(prefix))
        found = noticed(path, number, tests)
        told[found] += 1
        if not found:
            node, how = list(places(ast.parse(path.read_text())))[number]
            after = copy.deepcopy(node)
            change(after, how)
            print(
                f"{relative}:{getattr(node, 'lineno', 0)}: {ast.unparse(node).splitlines()[0]}  ->  {ast.unparse(after).splitlines()[0]}",
                flush=True,
            )
    share = told[True] / max(told.total(), 1)
    print(f"{chosen.where}: {told[True]} of {told.total()} mutants noticed, of {len(every)} that there are ({share:.0%})")


if __name__ == "__main__":
    main()
