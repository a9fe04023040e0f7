"""All operators: ``ops.exp``, ``ops.Convolution``. The files below declare them; here they are found by name."""

from __future__ import annotations

from typing import Any

from symbolic import registry


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    found = globals()[name] = registry.find(name)
    return found


