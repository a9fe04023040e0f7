"""Random numbers: one seed decides everything, each node draws from a stream of its own.

A stream depends on the seed and on a name, on nothing else: not on threads, other nodes or the order in which they run.
Streams of operators called on arrays at once have no name; they are counted from the last `seed` on.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import threading
from numbers import Integral
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.values.context import Context

__all__ = ["Stream", "fresh", "seed", "stream"]

NAMED, COUNTED = 0, 1  # the two kinds of streams, which never coincide


class _State:
    """The seed, how often it was set, and how many streams without a name were made since."""

    def __init__(self) -> None:
        self.seed = int.from_bytes(os.urandom(4), "little")  # numpy.random takes 10 ms to load
        self.version = 0
        self.count = 0
        self.lock = threading.Lock()


_state = _State()


def seed(seed_state: int, ctx: Any = "all") -> None:
    """Start all streams again from ``seed_state``.

    Parameters
    ----------
    seed_state : int
        Any integer.
    ctx : Context or "all"
        Accepted as in MXNet; there is one set of streams.

    Raises
    ------
    ArgumentError
        If the seed is no integer.
    """
    if not isinstance(seed_state, Integral):
        facts = {"argument": "seed_state", "got": f"{seed_state!r} ({type(seed_state).__name__})", "expected": "int"}
        raise ArgumentError(describe("the seed must be an integer", operator="seed", facts=facts))
    if not (isinstance(ctx, Context) or (isinstance(ctx, str) and ctx == "all")):
        raise ArgumentError(
            describe("ctx must be a Context, or all", operator="seed", facts={"argument": "ctx", "got": repr(ctx), "expected": "mx.cpu()"})
        )
    with _state.lock:
        _state.seed = int(seed_state) & 0xFFFFFFFFFFFFFFFF
        _state.version += 1
        _state.count = 0


class Stream:
    """A generator that starts again when the seed is set: ``rng.normal(...)``, ``rng.random(...)``."""

    def __init__(self, key: tuple[int, int]):
        self._key = key
        self._version = -1
        self._generator: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._version != _state.version:
            with _state.lock:
                if self._version != _state.version:  # no other thread was here first
                    source = np.random.SeedSequence(_state.seed, spawn_key=self._key)
                    self._generator = np.random.Generator(np.random.Philox(source))
                    self._version = _state.version
        return getattr(self._generator, name)


def stream(name: str) -> Any:
    """Return the stream of a node; equal names draw alike."""
    return Stream((NAMED, int.from_bytes(hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest(), "little")))


def fresh() -> Any:
    """Return the next stream without a name, for operators called on arrays at once."""
    with _state.lock:
        _state.count += 1
        return Stream((COUNTED, _state.count))


def __getattr__(name: str) -> Any:
    """Find ``mx.random.uniform`` and its kin, which are those of ``mx.nd.random``."""
    if name.startswith("__"):
        raise AttributeError(name)
    functions = importlib.import_module("symbolic.nd.random").OWN
    if name not in functions:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return functions[name]


def __dir__() -> list[str]:
    return sorted({*__all__, *importlib.import_module("symbolic.nd.random").OWN})
