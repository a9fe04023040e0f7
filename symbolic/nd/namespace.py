"""The namespaces of ``mx.nd``: functions, then operators on arrays."""

from __future__ import annotations

import importlib
from typing import Any

from symbolic import registry
from symbolic.errors import UnknownOperator, closest
import symbolic.nd.functions as functions
from symbolic.nd.call import ArrayOperator, on_arrays
from symbolic.symbol.namespace import PREFIXES, Namespace, public

__all__ = ["attribute", "listing"]

_namespaces: dict[str, Any] = {}


def attribute(name: str) -> Any:
    """Find what ``mx.nd.<name>`` is: a function, a namespace or an operator."""
    if name in functions.__all__:
        return getattr(functions, name)
    if name in PREFIXES:
        found = _namespaces.get(name)
        if found is None:
            own = importlib.import_module("symbolic.nd.random").OWN if name == "random" else None
            found = _namespaces[name] = Namespace(f"symbolic.nd.{name}", PREFIXES[name], ArrayOperator, own)
        return found
    if name.startswith("__") or not registry.known(name):
        raise UnknownOperator(f"mx.nd has no operator or function {name!r}{closest(name, listing())}")
    return on_arrays(name)


def listing() -> list[str]:
    """List the public names of ``mx.nd``."""
    return sorted({*functions.__all__, *PREFIXES, "NDArray", "array", "from_numpy", *filter(public, registry.names())})
