"""The namespaces of ``mx.nd``: functions, then operators on arrays."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import symbolic.nd.arithmetic as arithmetic
import symbolic.nd.convert as convert
import symbolic.nd.creation as creation
import symbolic.nd.files as files
import symbolic.nd.functions as functions
from symbolic import registry
from symbolic.nd.array import NDArray
from symbolic.nd.by_storage import aware, of_op
from symbolic.nd.cached import CachedOp
from symbolic.symbol.namespace import PREFIXES, Namespace, public

__all__ = ["attribute", "listing", "operators"]

FUNCTIONS: dict[str, Any] = {
    name: getattr(module, name) for module in (arithmetic, convert, creation, files, functions) for name in module.__all__
}
FUNCTIONS["NDArray"] = NDArray
FUNCTIONS["CachedOp"] = CachedOp
MODULES = {
    "contrib": "symbolic.nd.contrib",
    "random": "symbolic.nd.random",
    "sparse": "symbolic.nd.sparse",
}  # namespaces with functions of their own
SELF = ("ndarray", "utils")  # modules of MXNet whose names are those of mx.nd itself


def attribute(name: str) -> Any:
    """Find what ``mx.nd.<name>`` is: a function, a namespace or an operator."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    if name in MODULES:
        return importlib.import_module(MODULES[name])
    if name in PREFIXES:
        return operators(name)
    if name in SELF:
        return importlib.import_module("symbolic.nd")
    if not public(name) or not registry.known(name):
        raise registry.unknown(f"mx.nd has no operator or function {name!r}", name, name, listing())
    return aware(name)


def listing() -> list[str]:
    """List the public names of ``mx.nd``."""
    return sorted({*FUNCTIONS, *PREFIXES, *filter(public, registry.names())})


@cache
def operators(space: str) -> Namespace:
    """Make a namespace of operators; those that are modules look up here what they do not define."""
    own = importlib.import_module(MODULES[space]).OWN if space in MODULES else None
    return Namespace(f"symbolic.nd.{space}", PREFIXES[space], of_op, own)
