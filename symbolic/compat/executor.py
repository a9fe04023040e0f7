"""``mx.executor``: the class of what ``symbol.bind`` returns, loaded when it is asked for."""

from __future__ import annotations

from typing import Any

from symbolic.backends import executor_class

__all__ = ["Executor"]  # noqa: F822


def __getattr__(name: str) -> Any:
    if name != "Executor":
        raise AttributeError(f"module 'mxnet.executor' has no attribute {name!r}")
    found = globals()[name] = next(kind for kind in executor_class("numpy").__mro__ if kind.__name__ == name)
    return found
