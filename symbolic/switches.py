"""Which rewrites run: each can be turned off, to see what it does, or to find the one that goes wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from symbolic.errors import ArgumentError, UnknownName, closest, describe

__all__ = ["REWRITES", "is_on", "rewrites"]

REWRITES: Mapping[str, str] = {
    "open_batch_norm": "BatchNorm becomes a scale and a shift, for inference",
    "drop_identities": "copies and products with 1 are left out",
    "merge_transposes": "one transpose does what several in a row do; of reshapes in a row only the last stays",
    "merge_equal": "equal expressions are computed once",
    "fuse": "element-wise steps run together, piece by piece through the cache",
    "batch": "small formulas of one form run together, over arrays laid end to end",
}

_off: frozenset[str] = frozenset(filter(None, os.environ.get("SYMBOLIC_WITHOUT", "").split(",")))


def is_on(name: str) -> bool:
    """Whether a rewrite runs, in programs that are compiled now."""
    return name not in _off


@contextmanager
def rewrites(**switches: bool) -> Iterator[None]:
    """Turn rewrites off or on, within a block, for all threads.

    It concerns programs compiled meanwhile: the first ``forward`` of a mode compiles. The environment variable
    SYMBOLIC_WITHOUT turns off from outside: ``SYMBOLIC_WITHOUT=fuse,merge_equal``.

    Parameters
    ----------
    **switches : bool
        By name: open_batch_norm, drop_identities, merge_transposes, merge_equal, fuse, batch.

    Raises
    ------
    UnknownName
        If there is no rewrite of a name.

    Examples
    --------
    >>> with mx.rewrites(fuse=False):
    ...     outputs = executor.forward()
    """
    global _off
    for name, on in switches.items():
        if name not in REWRITES:
            facts = {"got": name, "expected": ", ".join(REWRITES)}
            raise UnknownName(describe(f"there is no rewrite {name!r}{closest(name, REWRITES)}", facts=facts))
        if not isinstance(on, bool):
            raise ArgumentError(describe("a rewrite is on or off", facts={"argument": name, "got": repr(on), "expected": "True or False"}))
    before = _off
    _off = frozenset(name for name in REWRITES if not switches.get(name, name not in before))
    try:
        yield
    finally:
        _off = before
