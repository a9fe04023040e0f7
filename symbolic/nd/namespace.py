"""The namespaces of ``mx.nd``: functions, then operators on arrays."""

from __future__ import annotations

import importlib
from typing import Any

import symbolic.nd.arithmetic as arithmetic
import symbolic.nd.creation as creation
import symbolic.nd.files as files
import symbolic.nd.functions as functions
from symbolic import registry
from symbolic.errors import UnknownOperator, closest
from symbolic.nd.array import NDArray
from symbolic.nd.call import ArrayOperator, on_arrays
from symbolic.symbol.namespace import PREFIXES, Namespace, public

__all__ = ["attribute", "listing"]

FUNCTIONS: dict[str, Any] = {name: getattr(module, name) for module in (arithmetic, creation, files, functions) for name in module.__all__}
FUNCTIONS["NDArray"] = NDArray
OWN = {"random": "symbolic.nd.random", "sparse": "symbolic.nd.sparse"}  # functions that stand beside the operators
_namespaces: dict[str, Namespace] = {}


def attribute(name: str) -> Any:
    """Find what ``mx.nd.<name>`` is: a function, a namespace or an operator."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    if name in PREFIXES:
        found = _namespaces.get(name)
        if found is None:
            own = importlib.import_module(OWN[name]).OWN if name in OWN else None
            found = _namespaces[name] = Namespace(f"symbolic.nd.{name}", PREFIXES[name], ArrayOperator, own)
        return found
    if not public(name) or not registry.known(name):
        raise UnknownOperator(f"mx.nd has no operator or function {name!r}{closest(name, listing())}")
    return on_arrays(name)


def listing() -> list[str]:
    """List the public names of ``mx.nd``."""
    return sorted({*FUNCTIONS, *PREFIXES, *filter(public, registry.names())})
