"""Names and attributes that nodes get while they are composed, one stack of scopes per thread."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from symbolic.errors import ArgumentError, describe

__all__ = ["AttrScope", "NameManager", "Origin", "Prefix", "apart", "hide", "on_arrays", "origin", "visible"]

Origin = tuple[Any, int]  # code object, offset of the instruction


class _Stack(threading.local):
    """The active managers of a thread, innermost last."""

    def __init__(self) -> None:
        self.names: list[NameManager] = [NameManager()]
        self.attributes: list[AttrScope] = [AttrScope()]
        self.runner: Any = None  # set while a body computes on arrays: calls of operators go there
        self.place: Origin | None = None  # set while a pass composes for a node: where that was made


class _Current:
    """``NameManager._current.value``, where some scripts look for the active manager of this thread."""

    def __init__(self, kind: str):
        self._kind = kind

    @property
    def value(self) -> Any:
        return getattr(_stack, self._kind)[-1]


class _Innermost(_Current):
    """``NameManager.current``: the same, read from the class."""

    def __get__(self, instance: Any, owner: type) -> Any:
        return self.value


class NameManager:
    """Give nodes without a name of their own one by kind and count: ``fullyconnected0``, ``fullyconnected1``.

    ``with mx.name.NameManager():`` counts from zero again within the block. Variables are not asked about: they bear
    the name they are given.
    """

    current: NameManager = _Innermost("names")  # type: ignore[assignment]

    def __init__(self) -> None:
        self._counter: dict[str, int] = {}

    def get(self, name: str | None, hint: str) -> str:
        """Return ``name``, or a new one made from ``hint`` if there is none."""
        if name:
            return name
        count = self._counter.get(hint, 0)
        self._counter[hint] = count + 1
        return f"{hint}{count}"

    def __enter__(self) -> Self:
        _stack.names.append(self)
        return self

    def __exit__(self, *_: Any) -> None:
        _stack.names.pop()


class Prefix(NameManager):
    """Put ``prefix`` before every name, given or made."""

    def __init__(self, prefix: str):
        if not isinstance(prefix, str):
            raise ArgumentError(f"a prefix must be a string, not {prefix!r}")
        super().__init__()
        self._prefix = prefix

    def get(self, name: str | None, hint: str) -> str:
        return self._prefix + super().get(name, hint)


HIDDEN_KEYS = ("ctx_group", "lr_mult", "wd_mult", "force_mirroring", "mirror_stage", "profiler_scope")


def hide(key: str) -> str:
    """Spell an attribute as it is stored: ``lr_mult`` is kept as ``__lr_mult__``."""
    return f"__{key}__" if key in HIDDEN_KEYS else key


def visible(attributes: Mapping[str, str]) -> dict[str, str]:
    """Spell attributes for the user: the special ones under both names, as the reference does."""
    shown = {}
    for key, value in attributes.items():
        shown[key] = value
        if key[:2] == "__" and key[2:-2] in HIDDEN_KEYS:
            shown[key[2:-2]] = value
    return shown


class AttrScope:
    """Give every node composed within the block some attributes; an inner scope and the node itself win.

    Parameters
    ----------
    **attributes : str
        ``mx.AttrScope(ctx_group="stage1", __mark__="head")``.

    Raises
    ------
    ArgumentError
        If a value is no string.
    """

    current: AttrScope = _Innermost("attributes")  # type: ignore[assignment]

    def __init__(self, **attributes: str):
        for key, value in attributes.items():
            if not isinstance(value, str):
                raise ArgumentError(
                    describe(
                        f"attribute {key!r} must be a string",
                        operator="AttrScope",
                        facts={"got": repr(value), "expected": repr(str(value))},
                    )
                )
        self._attr = attributes
        self._outside: list[dict[str, str]] = []

    def get(self, attributes: Mapping[str, str] | None) -> dict[str, str]:
        """Join the scope's attributes with a node's own."""
        return {**self._attr, **(attributes or {})}

    def __enter__(self) -> Self:
        self._outside.append(self._attr)
        self._attr = {**_stack.attributes[-1]._attr, **self._attr}
        _stack.attributes.append(self)
        return self

    def __exit__(self, *_: Any) -> None:
        self._attr = self._outside.pop()
        _stack.attributes.pop()


_stack = _Stack()
NameManager._current = _Current("names")  # type: ignore[attr-defined]
AttrScope._current = _Current("attributes")  # type: ignore[attr-defined]


class _Quiet(NameManager):
    """Names no one will see."""

    def get(self, name: str | None, hint: str) -> str:
        return name or hint


@contextmanager
def apart() -> Iterator[None]:
    """Compose apart from the user's scopes: a body being opened, a gradient being made."""
    runner, _stack.runner = _stack.runner, None
    place, _stack.place = _stack.place, None
    _stack.names.append(_quiet)
    _stack.attributes.append(_no_attributes)
    try:
        yield
    finally:
        _stack.runner, _stack.place = runner, place
        _stack.names.pop()
        _stack.attributes.pop()


@contextmanager
def on_arrays(runner: Any) -> Iterator[None]:
    """Send calls of operators to ``runner`` within the block: a body computing on arrays."""
    before, _stack.runner = _stack.runner, runner
    try:
        yield
    finally:
        _stack.runner = before


_quiet = _Quiet()
_no_attributes = AttrScope()

_HERE = (*[os.path.join(os.path.dirname(os.path.dirname(__file__)), package, "") for package in ("symbolic", "executors")], "<frozen")
_inside: dict[str, bool] = {}  # by file: a code object's hash is slow
_found: dict[int, Origin] = {}  # by offset, the latest: what one line makes shares it


def origin(depth: int = 2) -> Origin | None:
    """Find the user's line: the first frame outside the library (about 0.2 µs; read as text only when asked).

    Parameters
    ----------
    depth : int
        How many frames above the caller of this function to begin: those known to be the library's.
    """
    if _stack.place is not None:
        return _stack.place
    frame = sys._getframe(depth)
    while frame is not None:
        code = frame.f_code
        file = code.co_filename
        inside = _inside.get(file)
        if inside is None:
            inside = _inside[file] = file.startswith(_HERE)
        if not inside:
            offset = frame.f_lasti
            found = _found.get(offset)
            if found is None or found[0] is not code:
                found = _found[offset] = code, offset
            return found
        frame = frame.f_back
    return None
