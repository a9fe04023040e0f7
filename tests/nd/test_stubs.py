"""What editors read."""

from __future__ import annotations

import ast
import inspect

import symbolic as mx
from symbolic.nd import stubs


def test_the_stub_is_current():
    assert stubs.PATH.read_text(encoding="utf-8") == stubs.stub(), "run: python -m symbolic.nd.stubs"


def test_the_stub_is_python_and_declares_what_is_there():
    tree = ast.parse(stubs.stub())
    declared = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    declared |= {alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    declared |= {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}
    assert set(dir(mx.nd)) <= declared
    spaces = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    for name in ("contrib", "random", "sparse", "_internal", "op"):
        inside = {
            node.name if isinstance(node, ast.FunctionDef) else node.targets[0].id
            for node in spaces[name].body
            if isinstance(node, (ast.FunctionDef, ast.Assign))
        }
        assert inside == {member for member in dir(getattr(mx.nd, name)) if member.isidentifier()}, name


def test_signatures_are_those_of_arrays():
    assert list(inspect.signature(mx.nd.sgd_update).parameters)[:3] == ["weight", "grad", "lr"]
    assert list(inspect.signature(mx.nd.sgd_update).parameters)[-2:] == ["out", "name"]
    assert inspect.signature(mx.nd.concat).parameters["data"].kind is inspect.Parameter.VAR_POSITIONAL
    text = mx.nd.sgd_update.__doc__
    assert "NDArray" in text and "Symbol" not in text and "out : NDArray" in text
