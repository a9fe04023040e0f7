"""``mx.libinfo``: the version that is answered for; there is no compiled library to find."""

from __future__ import annotations

from symbolic.compat.finder import VERSION
from symbolic.errors import NotSupported

__all__ = ["__version__", "find_include_path", "find_lib_path"]

__version__ = VERSION


def find_lib_path(prefix: str = "libmxnet") -> list[str]:
    """Refuse: this library is Python throughout.

    Raises
    ------
    NotSupported
        Always; it is also a ``RuntimeError``.
    """
    raise NotSupported(f"there is no {prefix}: symbind has no compiled part; write operators as classes with mx.operator.CustomOp")


def find_include_path() -> str:
    """Refuse, as `find_lib_path` does."""
    raise NotSupported("there are no headers: symbind has no compiled part; write operators as classes with mx.operator.CustomOp")
