"""The namespaces in which users meet operators: ``mx.sym``, ``mx.sym.contrib``, ``mx.nd.linalg``, ..."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from symbolic import ops, registry

__all__ = ["PREFIXES", "Namespace", "attribute", "listing"]

PREFIXES = {
    "contrib": "_contrib_",
    "linalg": "_linalg_",
    "image": "_image_",
    "sparse": "_sparse_",
    "op": "",
    "_internal": "_",
    "random": "_random_",
}
SHORT = {PREFIXES[name] for name in ("contrib", "linalg", "image", "sparse", "random")}  # automatic names leave the prefix out
_ = ops  # all operators are declared from here on


def public(name: str) -> bool:
    """Whether a registered name stands in ``mx.sym`` itself."""
    return not name.startswith("_")


class Namespace(ModuleType):
    """Operators whose registered names share a prefix, under the rest of their names.

    Parameters
    ----------
    path : str
        Its dotted name.
    prefix : str
        What is left out: ``_contrib_``.
    wrap : callable, optional
        Turns an operator into what the user calls.
    own : mapping, optional
        Functions that are no operators.
    """

    def __init__(self, path: str, prefix: str, wrap: Callable[[Any], Any] = lambda op: op, own: Any = None):
        super().__init__(path, f"Operators registered as ``{prefix}<name>``.")
        self.__dict__["_prefix"] = prefix
        self.__dict__["_wrap"] = wrap
        self.__dict__.update(own or {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        for candidate in self._candidates(name):
            if registry.known(candidate):
                op = registry.find(candidate)
                found = self._wrap(op.under(name) if self._prefix in SHORT else op)
                self.__dict__[name] = found
                return found
        raise registry.unknown(f"{self.__name__} has no operator {name!r}", name, self._candidates(name)[0], dir(self))

    def _candidates(self, name: str) -> tuple[str, ...]:
        prefix = self._prefix
        if prefix == "_":
            return (name,)
        if prefix == "_sparse_":
            return (prefix + name, name)
        return (prefix + name,)

    def __dir__(self) -> list[str]:
        prefix = self._prefix
        names = [name for name in registry.names() if name.startswith(prefix)]
        if prefix == "_":
            found = names
        elif prefix:
            found = [name[len(prefix) :] for name in names]
        else:
            found = [name for name in names if public(name)]
        own = [name for name in self.__dict__ if not name.startswith("_")]
        return sorted({*found, *own})


OWN = {"random": "symbolic.symbol.random", "contrib": "symbolic.symbol.updates"}  # functions that stand beside the operators
_namespaces: dict[str, Any] = {}


def attribute(name: str) -> Any:
    """Find what ``mx.sym.<name>`` is: a function, a namespace or an operator."""
    functions = importlib.import_module("symbolic.symbol.functions")
    if name in functions.__all__:
        return getattr(functions, name)
    if name in PREFIXES:
        found = _namespaces.get(name)
        if found is None:
            own = importlib.import_module(OWN[name]).OWN if name in OWN else None
            found = _namespaces[name] = Namespace(f"symbolic.symbol.{name}", PREFIXES[name], own=own)
        return found
    if name.startswith("__") or not registry.known(name):
        raise registry.unknown(f"mx.sym has no operator or function {name!r}", name, name, listing())
    return registry.find(name)


def listing() -> list[str]:
    """List the public names of ``mx.sym``."""
    functions = importlib.import_module("symbolic.symbol.functions")
    return sorted({*functions.__all__, *PREFIXES, "Symbol", "Group", *filter(public, registry.names())})
