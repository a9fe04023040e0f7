"""``mx.debug``: looking inside a run. Each name is loaded when it is first asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbolic.debug.checking import NonFinite, check_nans
    from symbolic.debug.comparing import Difference, difference
    from symbolic.debug.culprit import Culprit, nans
    from symbolic.debug.parting import Parting, first_difference
    from symbolic.debug.profiling import Profile, profile
    from symbolic.debug.rebinding import why_rebound
    from symbolic.debug.rerun import replay

_FROM = {
    "Culprit": "culprit",
    "Difference": "comparing",
    "NonFinite": "checking",
    "Parting": "parting",
    "Profile": "profiling",
    "check_nans": "checking",
    "difference": "comparing",
    "first_difference": "parting",
    "nans": "culprit",
    "profile": "profiling",
    "replay": "rerun",
    "why_rebound": "rebinding",
}
__all__ = [
    "Culprit",
    "Difference",
    "NonFinite",
    "Parting",
    "Profile",
    "check_nans",
    "difference",
    "first_difference",
    "nans",
    "profile",
    "replay",
    "why_rebound",
]


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module 'symbolic.debug' has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f"symbolic.debug.{_FROM[name]}"), name)
    return found


def __dir__() -> list[str]:
    return __all__
