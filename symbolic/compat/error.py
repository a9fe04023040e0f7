"""``mx.error``: the exceptions under the names that this module has in MXNet."""

from __future__ import annotations

from typing import Any

from symbolic.errors import MXNetError

__all__ = ["InternalError", "MXNetError", "register", "register_error"]

KINDS: dict[str, type[BaseException]] = {
    kind.__name__: kind for kind in (ValueError, TypeError, AttributeError, IndexError, NotImplementedError)
}


class InternalError(MXNetError):
    """The library failed, not its user."""


def register_error(func_name: Any = None, cls: type[BaseException] | None = None) -> Any:
    """Note a class of errors under a name; as a decorator, under the class's own."""
    if isinstance(func_name, type):
        KINDS[func_name.__name__] = func_name
        return func_name
    if cls is not None:
        KINDS[func_name] = cls
        return cls

    def note(kind: type[BaseException]) -> type[BaseException]:
        KINDS[func_name or kind.__name__] = kind
        return kind

    return note


register = register_error
