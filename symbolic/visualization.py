"""``mx.viz``: a graph as a picture, a page and a table; what differs between two."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # loaded when they are first asked for
    from symbolic.show.dot import plot_network
    from symbolic.show.summary import print_summary

__all__ = ["plot_network", "print_summary"]

_FROM = {
    "plot_network": "symbolic.show.dot",
    "print_summary": "symbolic.show.summary",
    "save_page": "symbolic.show.page.save",
    "summary": "symbolic.show.table",
    "difference": "symbolic.debug.comparing",
}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module 'symbolic.visualization' has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_FROM[name]), name)
    return found
