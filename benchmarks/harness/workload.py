"""Declare a workload: what each peer runs, at which sizes, and the bars the library is held to."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

__all__ = ["OURS", "WORKLOADS", "Bar", "NotAvailable", "Peer", "TooLong", "Workload", "draw", "load", "threads"]

# One file for each row of the table of bars, in its order.
WORKLOADS = ("rmsprop", "many_updates", "chain", "tiny_nodes", "mlp", "lstm", "lenet", "resnet", "bind", "memory", "start")
OURS = {"numpy": "symbind numpy", "numba": "symbind numba"}  # executor -> how names of its peers begin


class NotAvailable(Exception):
    """A peer cannot run here; the message says what is missing."""


class TooLong(Exception):
    """A peer was stopped; the argument is after how many seconds."""


@dataclass(frozen=True)
class Bar:
    """A limit for the time, or memory, of one of our executors.

    Parameters
    ----------
    executor : str
        ``"numpy"`` or ``"numba"``.
    limit : float
        Largest ratio to the peer, or largest value in the workload's unit.
    peer : str, optional
        What names of that peer begin with; the fastest counts. Without it the limit is absolute.
    cases : tuple of str
        The cases it applies to; all if empty.
    """

    executor: str
    limit: float
    peer: str | None = None
    cases: tuple[str, ...] = ()

    def describe(self, unit: str) -> str:
        """Spell the bar."""
        return f"≤ {self.limit:g} {unit}" if self.peer is None else f"≤ {self.limit:g} of {self.peer}"


@dataclass(frozen=True)
class Peer:
    """One way to do the work, in a Python of its own.

    Parameters
    ----------
    python : str
        ``"ours"``, ``"mxnet"`` or ``"others"``: which interpreter has what it needs.
    prepare : callable
        Takes the sizes of a case; returns ``step``, which does the work once, and ``check``, a number that all peers share.
    executor : str
        Of our peers, the executor that ``bind`` uses.
    """

    name: str
    python: str
    prepare: Callable[..., tuple[Callable[[], Any], Callable[[], float]]]
    executor: str = ""


@dataclass
class Workload:
    """A row of the table of bars.

    Parameters
    ----------
    title : str
        What is done.
    cases : dict
        Name of a case -> keyword arguments for every peer.
    tiny : dict
        Keyword arguments that replace those of each case in tests.
    unit, scale
        Values are shown times `scale`, in `unit`.
    measures : bool
        ``step`` returns the sample, ``{"value": ...}`` and perhaps ``"cpu"``, the first time too; otherwise it is timed.
    rounds : int
        At most so many rounds.
    check_after : int
        Steps before ``check`` is read.
    tolerance : float
        Largest relative difference of a check from the median of all.
    """

    title: str
    cases: dict[str, dict[str, Any]]
    tiny: dict[str, Any]
    unit: str = "ms"
    scale: float = 1e3
    measures: bool = False
    rounds: int = 99
    check_after: int = 1
    tolerance: float = 1e-3
    bars: tuple[Bar, ...] = ()
    peers: list[Peer] = field(default_factory=list)

    def sizes(self, case: str, tiny: bool = False) -> dict[str, Any]:
        """Give the arguments for a case."""
        return {**self.cases[case], **self.tiny} if tiny else self.cases[case]

    def ours(self, variant: str = "") -> Callable:
        """Declare a peer of ours on each executor; the function gets the module ``symbolic`` first."""

        def declare(function: Callable) -> Callable:
            for executor, name in OURS.items():
                self.peers.append(Peer(_joined(name, variant), "ours", _with("symbolic", function), executor))
            return function

        return declare

    def mxnet(self, variant: str = "") -> Callable:
        """Declare MXNet; the function gets its module first."""

        def declare(function: Callable) -> Callable:
            self.peers.append(Peer(_joined("MXNet", variant), "mxnet", _with("mxnet", function)))
            return function

        return declare

    def other(self, name: str) -> Callable:
        """Declare another library; the function imports it."""

        def declare(function: Callable) -> Callable:
            self.peers.append(Peer(name, "others", function))
            return function

        return declare


def _joined(name: str, variant: str) -> str:
    return f"{name}, {variant}" if variant else name


def _with(package: str, function: Callable) -> Callable:
    def prepare(**sizes: Any) -> Any:
        return function(importlib.import_module(package), **sizes)

    return prepare


def load(name: str) -> Workload:
    """Import the file of a workload."""
    return importlib.import_module(f"benchmarks.{name}").work


def threads() -> int:
    """Number of threads a peer may use."""
    return int(os.environ.get("BENCHMARK_THREADS", "2"))


def draw(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Draw an array whose values follow from its name alone, as sensible for a parameter of that name.

    Weights have variance ``1 / fan_in``; ``gamma`` lies near 1, a variance between 0.5 and 1.5, a bias near 0.
    """
    random = np.random.RandomState(crc32(name.encode()))
    if name.endswith("var"):
        return random.uniform(0.5, 1.5, shape).astype(np.float32)
    values = random.standard_normal(shape)
    if name.endswith("weight"):
        values /= np.sqrt(np.prod(shape[1:]))
    elif name.endswith(("bias", "beta", "mean", "gamma")):
        values = 0.1 * values + name.endswith("gamma")
    return values.astype(np.float32)
