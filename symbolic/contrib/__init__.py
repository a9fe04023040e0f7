"""``mx.contrib``: operators under trial, for symbols and arrays; the first form of autograd."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["autograd", "nd", "ndarray", "sym", "symbol", "tensorboard"]

_LATER = {"nd": "nd", "ndarray": "nd", "sym": "symbol", "symbol": "symbol"}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        found = importlib.import_module(f"symbolic.{_LATER[name]}").contrib
    elif name in __all__:
        found = importlib.import_module(f"symbolic.contrib.{name}")
    else:
        raise AttributeError(f"module 'symbolic.contrib' has no attribute {name!r}; there are {', '.join(__all__)}")
    globals()[name] = found
    return found
