"""Snippets of code, run by the reference when they are recorded and by this library when it is tested.

``behaviour/*.txt`` hold one a line, ``statement; statement; expression``. A line that begins with ``>`` is run before each
line below it. Those of ``np_shape.txt`` run under ``np_shape``.
"""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.json"


def snippets():
    """Yield the file and the code of every snippet."""
    for path in sorted((HERE / "behaviour").glob("*.txt")):
        before = ""
        for line in path.read_text().splitlines():
            if line.startswith(">"):
                before = line[1:].strip() + "; "
            elif line and not line.startswith("#"):
                yield path.stem, before + line


def value_of(code, mx):
    """Run a snippet; return what its last expression is."""
    names = {"mx": mx, "nd": mx.nd, "np": np}
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<snippet>", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "<snippet>", "eval"), names)


def described(value):
    """Spell a value in what JSON has."""
    if hasattr(value, "asnumpy"):
        return {type(value).__name__: [np.dtype(value.dtype).name, list(value.shape), value.asnumpy().tolist()]}
    if isinstance(value, np.ndarray):
        return {"ndarray": [value.dtype.name, list(value.shape), value.tolist()]}
    if isinstance(value, np.generic):
        return {"number": [value.dtype.name, value.item()]}
    if isinstance(value, type):
        return {"type": value.__name__}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [described(member) for member in value]}
    if isinstance(value, dict):
        return {"dict": [[described(key), described(member)] for key, member in value.items()]}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return {"text": str(value)}
