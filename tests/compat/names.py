"""The public names of MXNet 1.9.1, module by module, with the arguments that its functions and methods take.

    ref/bin/python -m tests.compat.names

writes them to ``tests/recorded/compat/names.json``. Operators are left out: they are recorded elsewhere.
"""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path

FILE = Path(__file__).parents[1] / "recorded" / "compat" / "names.json"
MODULES = " ".join(
    [
        "attribute autograd base callback context contrib.autograd engine executor image initializer io",
        "kvstore log lr_scheduler metric model module monitor name ndarray ndarray.random ndarray.sparse",
        "ndarray.contrib operator optimizer profiler random recordio registry rnn runtime symbol",
        "symbol.random symbol.contrib test_utils util visualization",
    ]
).split()


def arguments(function):
    """List the arguments of something called, or nothing if it does not tell."""
    try:
        return [str(parameter).partition(":")[0].partition("=")[0] for parameter in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return None


def listing(module, home):
    """List what a module defines: name -> arguments, or for a class, method -> arguments."""
    found = {}
    for name, value in sorted(vars(module).items()):
        made = getattr(value, "__module__", None) or ""
        if name.startswith("_") or inspect.ismodule(value) or (made and not made.startswith(module.__name__)) or ".gen_" in made:
            continue
        if inspect.isclass(value):
            methods = {}
            for kind in reversed(value.__mro__[:-1]):
                if kind.__module__.startswith(home):
                    for key, member in vars(kind).items():
                        if not key.startswith("_") or key in ("__init__", "__call__"):
                            member = getattr(value, key)
                            taken = arguments(member) if callable(member) else None
                            methods[key] = None if taken in (["self", "*args", "**kwargs"], ["*args", "**kwargs"]) else taken
            found[name] = {"class": methods}
        elif inspect.isfunction(value):
            taken = arguments(value)
            if "attr" not in taken:  # it is no operator
                found[name] = {"function": taken}
        elif isinstance(value, (bool, int, float, str, dict, list, tuple)):
            found[name] = {"value": type(value).__name__}
    return found


def main():
    """Write the listing."""
    import mxnet  # noqa: F401

    names = {path: listing(importlib.import_module(f"mxnet.{path}"), "mxnet") for path in MODULES}
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(names, separators=(",", ":")) + "\n")
    print(FILE, {path: len(found) for path, found in names.items()}, FILE.stat().st_size)


if __name__ == "__main__":
    main()
