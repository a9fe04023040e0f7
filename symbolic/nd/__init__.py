"""Arrays and the operators called on them at once: ``mx.nd.array``, ``mx.nd.FullyConnected``, ``mx.nd.load``."""

from __future__ import annotations

from typing import Any

from symbolic.nd.array import NDArray
from symbolic.nd.convert import array, from_numpy

__all__ = ["NDArray", "array", "from_numpy"]


def __getattr__(name: str) -> Any:
    from symbolic.nd.namespace import attribute

    found = attribute(name)
    if not name.startswith("__"):
        globals()[name] = found
    return found


def __dir__() -> list[str]:
    from symbolic.nd.namespace import listing

    return listing()
