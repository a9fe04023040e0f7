"""Random numbers: one seed decides everything, each node draws from a stream of its own.

A stream depends on the seed and on a name, on nothing else: not on threads, other nodes or the order in which they run.
Streams of operators called on arrays at once have no name; they are counted from the last `seed` on.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Integral
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.values.context import Context

__all__ = ["Place", "Stream", "fresh", "made_streams", "places", "put", "seed", "stream"]

Place = tuple[int, int, Any]
"""Where a stream stands: version and value of the seed, and its generator's state, ``None`` before the first draw."""

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

    @property
    def place(self) -> Place:
        """Where it stands; set it, and it draws again what it, or another stream of this name, drew from there on."""
        begun = self._version == _state.version
        return _state.version, _state.seed, self._generator.bit_generator.state if begun else None

    @place.setter
    def place(self, place: Place) -> None:
        _, value, state = place
        source = np.random.SeedSequence(value, spawn_key=self._key)
        self._generator = np.random.Generator(np.random.Philox(source))
        if state is not None:
            self._generator.bit_generator.state = state
        self._version = _state.version


class _Made(threading.local):
    """What this thread does with the streams of nodes when they are made: notes them, puts them where others stood."""

    def __init__(self) -> None:
        self.streams: list[Stream] | None = None
        self.noted: Mapping[Any, Sequence[Place]] = {}


_made = _Made()


@contextmanager
def made_streams(noted: Mapping[Any, Sequence[Place]] | None = None) -> Iterator[list[Stream]]:
    """Note the streams of nodes that this thread makes within a block.

    Parameters
    ----------
    noted : mapping, optional
        Where they begin, as `places` tells; it holds in blocks within the block, too.
    """
    before = _made.streams, _made.noted
    _made.streams, _made.noted = found, _ = [], _made.noted if noted is None else noted
    try:
        yield found
    finally:
        _made.streams, _made.noted = before


def stream(name: str) -> Any:
    """Return the stream of a node; equal names draw alike."""
    made = Stream((NAMED, int.from_bytes(hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest(), "little")))
    if _made.streams is not None:
        _made.streams.append(made)
        if _made.noted:
            put([made], _made.noted)
    return made


def places(streams: Sequence[Stream]) -> dict[Any, list[Place]]:
    """Note where streams stand, by their names."""
    found: dict[Any, list[Place]] = {}
    for each in streams:
        found.setdefault(each._key, []).append(each.place)
    return found


def put(streams: Sequence[Stream], noted: Mapping[Any, Sequence[Place]]) -> None:
    """Put streams where those of the same names stood."""
    seen: dict[Any, int] = {}
    for each in streams:
        number = seen[each._key] = seen.get(each._key, -1) + 1
        if number < len(noted.get(each._key, ())):
            each.place = noted[each._key][number]


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
