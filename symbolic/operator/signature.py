"""The signature and the docstring of an operator, made from its fields."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any

from symbolic.operator.fields import REQUIRED, Tensor, Tensors
from symbolic.operator.text import spell, type_name

__all__ = ["docstring_of", "parameters_of", "signature_of"]


def parameters_of(op: Any) -> list[tuple[str, str, Any, str]]:
    """List ``name, kind, default, documentation`` in the order of the call; inputs have ``None`` as their default."""
    rows: list[tuple[str, str, Any, str]] = []
    for name, field in op.inputs.items():
        if isinstance(field, Tensors):
            rows.append((f"*{name}", "Symbol", inspect.Parameter.empty, field.doc))
        else:
            shape = _shape(field.shape) if isinstance(field, Tensor) else ""
            state = " A state: rewritten by each run." if isinstance(field, Tensor) and field.mutated else ""
            rows.append((name, "Symbol or NDArray", None, field.doc + shape + state))
    for name, field in op.params.items():
        default = field.default
        if name == op.count_name and default is REQUIRED:
            default = None
        rows.append((name, type_name(field), default, field.doc))
    return rows


def signature_of(op: Any) -> inspect.Signature:
    """Make the signature; a required parameter behind optional ones shows ``<required>`` as its default."""
    kinds = inspect.Parameter
    made = []
    variadic = op.variadic is not None
    for name, _, default, _ in parameters_of(op):
        if name.startswith("*"):
            made.append(kinds(name[1:], kinds.VAR_POSITIONAL))
        else:
            made.append(kinds(name, kinds.KEYWORD_ONLY if variadic else kinds.POSITIONAL_OR_KEYWORD, default=default))
    made.sort(key=lambda p: p.kind)
    kind = kinds.KEYWORD_ONLY if variadic else kinds.POSITIONAL_OR_KEYWORD
    made += [kinds("name", kind, default=None), kinds("attr", kind, default=None)]
    if op.rest:
        made.append(kinds("kwargs", kinds.VAR_KEYWORD))
    return inspect.Signature(made)


def docstring_of(op: Any) -> str:
    """Write the docstring in NumPy's style."""
    lines = [op._doc, "", "Parameters", "----------"]
    for name, kind, default, doc in parameters_of(op):
        lines.append(f"{name} : {kind}{_tail(default)}")
        lines.extend(textwrap.wrap(doc, 100, initial_indent="    ", subsequent_indent="    "))
    lines += ["name : str, optional", "    Name of the node; made from the operator's if not given.", "", "Returns", "-------"]
    for name, field in op.results.items():
        if field.hidden is not True:
            lines.append(f"{name} : Symbol")
            lines.extend(textwrap.wrap(field.doc + _shape(field.shape), 100, initial_indent="    ", subsequent_indent="    "))
    return "\n".join(lines)


def _shape(shape: str) -> str:
    """Say a shape in a docstring: letters as code, words as they are."""
    if not shape:
        return ""
    return f" Shape: {shape}." if shape[0] != "(" or ")" in shape[:-1] else f" Shape ``{shape}``."


def _tail(default: Any) -> str:
    """Say in a docstring what a parameter is if it is left out."""
    if default is None or default is inspect.Parameter.empty:
        return ""
    if default is REQUIRED:
        return ", required"
    return f", default {default!r}" if isinstance(default, str) else f", default {spell(default)}"
