"""What users call: ``mx.sym.Variable``, ``mx.sym.FullyConnected``, ``mx.sym.load``; operators are looked up by name."""

from __future__ import annotations

from typing import Any

from symbolic.symbol.handle import Group, Symbol

__all__ = ["Group", "Symbol"]


def __getattr__(name: str) -> Any:
    from symbolic.symbol.namespace import attribute

    found = attribute(name)
    if not name.startswith("__"):
        globals()[name] = found
    return found


def __dir__() -> list[str]:
    from symbolic.symbol.namespace import listing

    return listing()
