"""Every operator by name and alias, with did-you-mean."""

from __future__ import annotations

import importlib
from typing import Any

from symbolic.errors import UnknownOperator, closest

__all__ = ["add", "find", "known", "names"]

_table: dict[str, Any] = {}


def add(op: Any) -> Any:
    """Enter an operator under its name and its aliases."""
    for name in (op.name, *op.aliases):
        if name in _table:
            raise ValueError(f"two operators are called {name}")
    _table[op.name] = op
    for alias in op.aliases:
        _table[alias] = op.under(alias)
    return op


def find(name: str) -> Any:
    """Return the operator of this name.

    Raises
    ------
    UnknownOperator
        If there is none; the message offers the closest names.
    """
    found = _table.get(name) or _declared().get(name)
    if found is None:
        raise UnknownOperator(f"no operator is called {name!r}{closest(name, _table)}")
    return found


def known(name: str) -> bool:
    """Whether an operator has this name."""
    return name in _declared()


def names() -> list[str]:
    """List all names and aliases, sorted."""
    return sorted(_declared())


def _declared() -> dict[str, Any]:
    """The table, once all operators are in it."""
    importlib.import_module("symbolic.ops")
    return _table
