"""Random numbers: one seed decides everything, each node draws from a stream of its own."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import numpy as np

__all__ = ["Stream", "fresh", "seed", "stream"]


class _State:
    """The seed, how often it was set, and how many streams without a name were made."""

    def __init__(self) -> None:
        self.seed = int(np.random.SeedSequence().generate_state(1)[0])
        self.version = 0
        self.count = 0
        self.lock = threading.Lock()


_state = _State()


def seed(seed_state: int, ctx: Any = "all") -> None:
    """Start all streams again from ``seed_state``."""
    with _state.lock:
        _state.seed = int(seed_state) & 0xFFFFFFFFFFFFFFFF
        _state.version += 1
        _state.count = 0


class Stream:
    """A generator that starts again when the seed is set: ``rng.normal(...)``, ``rng.random(...)``."""

    def __init__(self, name: str):
        self._digest = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
        self._version = -1
        self._generator: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._version != _state.version:
            self._version = _state.version
            self._generator = np.random.Generator(np.random.Philox(np.random.SeedSequence([_state.seed, self._digest])))
        return getattr(self._generator, name)


def stream(name: str) -> Any:
    """Return the stream of a node; equal names draw alike."""
    return Stream(name)


def fresh() -> Any:
    """Return the next stream without a name, for operators called on arrays at once."""
    with _state.lock:
        _state.count += 1
        return Stream(f"#{_state.count}")
