"""Where arrays live. Everything runs in the memory of the host; the names of other devices are kept for old scripts."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from symbolic.errors import ArgumentError, UnknownName, closest, describe

__all__ = ["Context", "context_of", "cpu", "cpu_pinned", "current_context", "gpu", "num_gpus"]


class Context:
    """A device: its kind and its number. ``with mx.cpu(1):`` makes it the one where new arrays are put.

    Parameters
    ----------
    device_type : str or Context
        ``"cpu"``, ``"gpu"``, ``"cpu_pinned"`` or ``"cpu_shared"``.
    device_id : int, default 0
        Which of them.

    Raises
    ------
    UnknownName
        If there is no such kind.
    """

    KINDS: ClassVar[dict[int, str]] = {1: "cpu", 2: "gpu", 3: "cpu_pinned", 5: "cpu_shared"}
    devtype2str: ClassVar[dict[int, str]] = KINDS
    devstr2type: ClassVar[dict[str, int]] = {name: number for number, name in KINDS.items()}
    default_ctx: ClassVar[Context]

    def __init__(self, device_type: str | Context, device_id: int = 0):
        kind, number = (device_type.device_type, device_type.device_id) if isinstance(device_type, Context) else (device_type, device_id)
        if kind not in self.devstr2type:
            facts = {"argument": "device_type", "got": repr(kind), "expected": ", ".join(self.devstr2type)}
            raise UnknownName(describe(f"there is no such device{closest(str(kind), self.devstr2type)}", operator="Context", facts=facts))
        self.device_type: str = kind
        self.device_id = int(number)

    @property
    def device_typeid(self) -> int:
        """Number of the kind in files."""
        return self.devstr2type[self.device_type]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Context) and (self.device_type, self.device_id) == (other.device_type, other.device_id)

    def __hash__(self) -> int:
        return hash((self.device_type, self.device_id))

    def __repr__(self) -> str:
        return f"{self.device_type}({self.device_id})"

    def __enter__(self) -> Context:
        _entered.contexts.append(self)
        return self

    def __exit__(self, *_: Any) -> None:
        _entered.contexts.pop()

    def empty_cache(self) -> None:
        """Return unused memory of the device; there is none kept."""


def cpu(device_id: int = 0) -> Context:
    """Name the host's memory."""
    return Context("cpu", device_id)


def gpu(device_id: int = 0) -> Context:
    """Name a graphics card; arrays said to be there stay in the host's memory."""
    return Context("gpu", device_id)


def cpu_pinned(device_id: int = 0) -> Context:
    """Name page-locked memory of the host."""
    return Context("cpu_pinned", device_id)


def num_gpus() -> int:
    """Count the graphics cards in use: none."""
    return 0


Context.default_ctx = cpu()


class _Entered(threading.local):
    """The ``with`` blocks that a thread is in, innermost last."""

    def __init__(self) -> None:
        self.contexts = [Context.default_ctx]


_entered = _Entered()


def current_context() -> Context:
    """Return the context of the innermost ``with`` block, or ``cpu(0)``."""
    return _entered.contexts[-1]


def context_of(value: Any, what: str = "ctx") -> Context:
    """Check what a user gives as a context; None is the current one.

    Raises
    ------
    ArgumentError
        If it is something else.
    """
    if value is None:
        return current_context()
    if isinstance(value, Context):
        return value
    facts = {"argument": what, "got": repr(value), "expected": "Context or None"}
    raise ArgumentError(describe(f"{what} must be a Context, not {type(value).__name__}", facts=facts, hint="write mx.cpu()"))
