"""``mx.profiler``: how long operators take, and what a program notes itself, as a table or for ``chrome://tracing``.

While the state is ``"run"``, each operator that an executor runs is recorded under ``operator``, and so are the tasks, frames,
events, counters and markers that the program makes. What a fused region takes stands under the last of its operators; the steps
of a loop stand beside the loop. ``mx.debug.profile`` tells more of one executor: nodes, regions, bytes, FLOP/s.
"""

from __future__ import annotations

import json
import os
import threading
import time
import warnings
from typing import Any, Self

from symbolic import events
from symbolic.errors import ArgumentError, describe
from symbolic.files import atomic

__all__ = [
    "Counter",
    "Domain",
    "Event",
    "Frame",
    "Marker",
    "Task",
    "dump",
    "dump_profile",
    "dumps",
    "pause",
    "profiler_set_config",
    "profiler_set_state",
    "resume",
    "set_config",
    "set_kvstore_handle",
    "set_state",
]

WORDS = {
    "filename", "profile_all", "profile_symbolic", "profile_imperative", "profile_memory", "profile_api", "contiguous_dump",
    "continuous_dump", "dump_period", "aggregate_stats", "profile_process",
}  # fmt: skip
COLUMNS = ("Time (ms)", "Min Time (ms)", "Max Time (ms)", "Avg Time (ms)")
ORDERS = ("total", "avg", "min", "max", "count")

_lock = threading.Lock()
_events: list[dict[str, Any]] = []
_state = {"filename": "profile.json", "running": False, "paused": False, "operators": True}


def set_config(**kwargs: Any) -> None:
    """Choose the file of `dump`, and what is recorded: operators, unless all that is said is not to.

    Parameters
    ----------
    **kwargs
        ``filename``; ``profile_all`` and ``profile_symbolic``: whether operators of executors are recorded, by default they
        are. The other words of MXNet are taken.

    Raises
    ------
    ArgumentError
        If a word is none of MXNet's.
    """
    unknown = sorted(set(kwargs) - WORDS)
    if unknown:
        raise ArgumentError(describe(f"the profiler has no setting {unknown[0]!r}", facts={"expected": sorted(WORDS)}))
    _state["filename"] = kwargs.get("filename", _state["filename"])
    said = [kwargs[word] for word in ("profile_all", "profile_symbolic") if word in kwargs]
    if said:
        _state["operators"] = any(said)
    _listen()


def profiler_set_config(mode: str = "symbolic", filename: str = "profile.json") -> None:
    """Do what `set_config` does, under its old name."""
    warnings.warn("profiler_set_config is the old name of set_config", stacklevel=2)
    set_config(filename=filename)


def set_state(state: str = "stop", profile_process: str = "worker") -> None:
    """Begin (``"run"``) or end (``"stop"``) recording."""
    if state not in ("run", "stop"):
        raise ArgumentError(
            describe("the profiler runs or stops", facts={"argument": "state", "got": state, "expected": "'run' or 'stop'"})
        )
    _state["running"] = state == "run"
    _listen()


def profiler_set_state(state: str = "stop") -> None:
    """Do what `set_state` does, under its old name."""
    warnings.warn("profiler_set_state is the old name of set_state", stacklevel=2)
    set_state(state)


def pause(profile_process: str = "worker") -> None:
    """Record nothing until `resume`."""
    _state["paused"] = True
    _listen()


def resume(profile_process: str = "worker") -> None:
    """Record again."""
    _state["paused"] = False
    _listen()


def set_kvstore_handle(handle: Any) -> None:
    """Do nothing: there are no servers to profile."""


def dump(finished: bool = True, profile_process: str = "worker") -> None:
    """Write what is recorded to the file, in the format of ``chrome://tracing``, whole or not at all."""
    with _lock:
        text = json.dumps({"traceEvents": _events, "displayTimeUnit": "ms"})
    atomic.write(_state["filename"], [text.encode()])
    if finished:
        set_state("stop")


def dump_profile() -> None:
    """Do what `dump` does, under its old name."""
    warnings.warn("dump_profile is the old name of dump", stacklevel=2)
    dump(True)


def dumps(reset: bool = False, format: str = "table", sort_by: str = "total", ascending: bool = False) -> str:
    """Sum up what is recorded, by name.

    Parameters
    ----------
    reset : bool
        Forget it afterwards.
    format : str
        ``"table"`` or ``"json"``.
    sort_by : str
        ``"total"``, ``"avg"``, ``"min"``, ``"max"`` (milliseconds, or values of a counter) or ``"count"``.
    ascending : bool
        The smallest first.
    """
    for word, value, allowed in (("format", format, ("table", "json")), ("sort_by", sort_by, ORDERS)):
        if value not in allowed:
            raise ArgumentError(describe(f"{word} is one of {', '.join(allowed)}", facts={"argument": word, "got": value}))
    with _lock:
        found: dict[tuple[str, str], list[float]] = {}
        for event in _events:
            if event["ph"] in "XC":
                value = event["dur"] / 1e3 if event["ph"] == "X" else event["args"]["value"]
                found.setdefault((event["cat"], event["name"]), []).append(value)
        if reset:
            _events.clear()
    rows = {key: {"Count": len(v), "Total": sum(v), "Min": min(v), "Max": max(v), "Avg": sum(v) / len(v)} for key, v in found.items()}
    by_domain: dict[str, dict[str, Any]] = {}
    for domain, name in sorted(rows, key=lambda key: rows[key][sort_by.capitalize()], reverse=not ascending):
        by_domain.setdefault(domain, {})[name] = rows[domain, name]
    if format == "json":
        return json.dumps({"Time": by_domain, "Memory": {}, "Unit": {"Time": "ms", "Memory": "kB"}}, indent=4)
    lines = ["", "Profile Statistics:"]
    for domain, members in by_domain.items():
        lines += [domain, "=================", f"{'Name':<25}{'Total Count':>16}" + "".join(f"{head:>16}" for head in COLUMNS)]
        for name, row in members.items():
            lines.append(f"{name:<25}{row['Count']:>16}" + "".join(f"{row[word]:>16.4f}" for word in ("Total", "Min", "Max", "Avg")))
        lines.append("")
    return "\n".join(lines)


def _listen() -> None:
    """Have executors time their operators while that is wanted."""
    wanted = _state["running"] and not _state["paused"] and _state["operators"]
    if wanted and _note_operator not in events.timers:
        events.timers.append(_note_operator)
    elif not wanted and _note_operator in events.timers:
        events.timers.remove(_note_operator)


def _note_operator(node: Any, begin: float, seconds: float) -> None:
    words = {"node": node.name} if node.line is None else {"node": node.name, "line": node.line}
    _note("copy" if node.op is None else node.op.name, "operator", "X", begin, dur=seconds * 1e6, args=words)


def _note(name: str, category: str, phase: str, begin: float, **words: Any) -> None:
    if _state["running"] and not _state["paused"]:
        event = {"name": name, "cat": category, "ph": phase, "ts": begin * 1e6, "pid": os.getpid(), "tid": threading.get_ident(), **words}
        with _lock:
            _events.append(event)


class Domain:
    """A heading under which things are recorded."""

    def __init__(self, name: str):
        self.name = name

    def __str__(self) -> str:
        return self.name

    def new_task(self, name: str) -> Task:
        """Make a `Task` of this domain."""
        return Task(self, name)

    def new_frame(self, name: str) -> Frame:
        """Make a `Frame` of this domain."""
        return Frame(self, name)

    def new_counter(self, name: str, value: float | None = None) -> Counter:
        """Make a `Counter` of this domain."""
        return Counter(self, name, value)

    def new_marker(self, name: str) -> Marker:
        """Make a `Marker` of this domain."""
        return Marker(self, name)


class _Span:
    """Something that begins and ends; usable as a context."""

    def __init__(self, domain: Domain | None, name: str):
        self.domain, self.name = domain, name
        self._begin: float | None = None

    def start(self) -> None:
        """Begin."""
        self._begin = time.perf_counter()

    def stop(self) -> None:
        """End, and record how long it took; nothing if it has not begun."""
        if self._begin is not None:
            duration = (time.perf_counter() - self._begin) * 1e6
            _note(self.name, str(self.domain or type(self).__name__), "X", self._begin, dur=duration)
            self._begin = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def __str__(self) -> str:
        return self.name


class Task(_Span):
    """A piece of work."""


class Frame(_Span):
    """One pass of a loop."""


class Event(_Span):
    """A piece of work in one thread, of no domain."""

    def __init__(self, name: str):
        super().__init__(None, name)


class Counter:
    """A number that changes: ``counter += 1`` works."""

    def __init__(self, domain: Domain, name: str, value: float | None = None):
        self.domain, self.name = domain, name
        self._value: float = 0
        if value is not None:
            self.set_value(value)

    def set_value(self, value: float) -> None:
        """Set it."""
        self._value = value
        _note(self.name, str(self.domain), "C", time.perf_counter(), args={"value": value})

    def increment(self, delta: float = 1) -> None:
        """Add to it."""
        self.set_value(self._value + delta)

    def decrement(self, delta: float = 1) -> None:
        """Take from it."""
        self.set_value(self._value - delta)

    def __iadd__(self, delta: float) -> Self:
        self.increment(delta)
        return self

    def __isub__(self, delta: float) -> Self:
        self.decrement(delta)
        return self

    def __str__(self) -> str:
        return self.name


class Marker:
    """A moment."""

    def __init__(self, domain: Domain, name: str):
        self.domain, self.name = domain, name

    def mark(self, scope: str = "process") -> None:
        """Record that it is now."""
        _note(self.name, str(self.domain), "i", time.perf_counter(), s=scope[:1])
