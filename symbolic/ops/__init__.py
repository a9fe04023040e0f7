"""All operators: ``ops.exp``, ``ops.Convolution``. The files below declare them; each is loaded when one of its names is first used.

No file is imported ``from`` here: the file ``clip`` must not hide the operator ``clip``.
"""

from __future__ import annotations

from typing import Any

from symbolic import registry


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    found = globals()[name] = registry.find(name)
    return found
