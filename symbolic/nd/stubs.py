"""Stubs of ``mx.nd`` for editors and type checkers, written from the registry: ``python -m symbolic.nd.stubs``.

``symbolic/nd/__init__.pyi`` declares every operator as a function of arrays. A test fails when it is not what this module
would write.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from symbolic import registry
from symbolic.nd.namespace import FUNCTIONS, MODULES, PREFIXES, public
from symbolic.operator.fields import Tensors
from symbolic.operator.signature import parameters_of
from symbolic.operator.stubs import HEADER, TYPES, _annotation, _default

__all__ = ["PATH", "stub", "write"]

PATH = Path(__file__).parent / "__init__.pyi"
ARRAYS = """from symbolic.nd.array import NDArray as NDArray

Input: TypeAlias = NDArray | np.ndarray[Any, Any] | None
Output: TypeAlias = NDArray | Sequence[NDArray] | None

"""


def stub() -> str:
    """Write ``symbolic/nd/__init__.pyi``: functions, operators, and namespaces as classes."""
    own = {member.__module__ for module in MODULES.values() for member in importlib.import_module(module).OWN.values()}
    named = dict.fromkeys(["symbolic.nd.array", "symbolic.nd.arithmetic", *MODULES.values(), *sorted(own)])
    modules = [f"import {module} as _{module.rpartition('.')[2]}" for module in named]
    types = [line for line in TYPES.splitlines() if "Symbol" not in line and not line.startswith("Attributes")]
    lines = [
        f"from {function.__module__} import {function.__name__} as {name}"
        for name, function in sorted(FUNCTIONS.items())
        if name != "NDArray"
    ]
    for name in registry.names():
        if public(name) and name not in FUNCTIONS:
            op = registry.find(name)
            lines.append(f"{name} = {op.name}" if op.name != name and public(op.name) else _function(op, name))
    for space, prefix in PREFIXES.items():
        lines += ["", f"class {space}:", *(_members(space, prefix) or ["    ..."])]
    return (
        HEADER.replace("symbolic.operator.stubs", "symbolic.nd.stubs")
        + "\n".join([*types, *modules])
        + "\n"
        + ARRAYS
        + "\n".join(lines)
        + "\n"
    )


def _members(space: str, prefix: str) -> list[str]:
    """Declare the operators of a namespace, and the functions of its own."""
    lines = []
    own = importlib.import_module(MODULES[space]).OWN if space in MODULES else {}
    for name, member in own.items():
        found = f"_{member.__module__.rpartition('.')[2]}.{member.__name__}"
        lines.append(f"    {name} = {found if isinstance(member, type) else f'staticmethod({found})'}")
    if prefix == "":
        return [f"    {name} = staticmethod({name})" for name in registry.names() if public(name) and name not in FUNCTIONS]
    for name in registry.names():
        short = name if prefix == "_" else name.removeprefix(prefix)
        if name.startswith(prefix) and short.isidentifier() and short not in own:
            lines.append("    @staticmethod\n" + "\n".join("    " + line for line in _function(registry.find(name), short).splitlines()))
    return lines


def _function(op: Any, name: str) -> str:
    """Declare an operator as a function of arrays, with the first line of its docstring."""
    several = [slot for slot, field in op.inputs.items() if isinstance(field, Tensors)]
    arguments = [f"*{several[0] if len(several) == 1 else 'inputs'}: Input | Sequence[Input]"] if several else []
    named = [f"{slot}: Input = None" for slot in op.inputs if slot not in several]
    defaults = {slot: default for slot, _, default, _ in parameters_of(op)}
    named += [f"{slot}: {_annotation(field, defaults[slot])} = {_default(defaults[slot])}" for slot, field in op.params.items()]
    named += ["out: Output = None", "name: str | None = None"]
    if op.rest:
        named.append("**kwargs: Any")
    summary = op._doc.partition("\n")[0]
    raw = "r" if "\\" in summary else ""
    return f'def {name}({", ".join([*arguments, *named])}) -> {_returned(op)}:\n    {raw}"""{summary}"""'


def _returned(op: Any) -> str:
    """Say what a call returns; where parameters decide how many arrays, nothing."""
    visible = [field for field in op.results.values() if field.hidden is not True]
    if any(field.count is not None or field.when is not None or callable(field.hidden) for field in visible):
        return "Any"
    return "NDArray" if len(visible) == 1 else "list[NDArray]"


def write() -> bool:
    """Write the stub; return whether it has changed."""
    text = stub()
    if PATH.exists() and PATH.read_text(encoding="utf-8") == text:
        return False
    PATH.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__" and write():
    print(PATH)
