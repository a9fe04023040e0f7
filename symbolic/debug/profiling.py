"""``mx.debug.profile``: where the time of a run goes, by node and by fused region."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symbolic.cost.amount import amount
from symbolic.cost.work import costs
from symbolic.debug.columns import columns
from symbolic.debug.owner import Owners
from symbolic.errors import ArgumentError, UnknownName, closest, describe
from symbolic.files import atomic

__all__ = ["Profile", "Row", "profile"]

ORDERS = ("time", "run", "name", "flops", "bytes")


@dataclass
class Row:
    """What one node, or one fused region, costs in one phase of a run.

    Attributes
    ----------
    name : str
        Of the node; of a region the names of its nodes, joined.
    operator : str
        What it computes; ``"region of 3"``.
    backward : bool
        The phase.
    seconds : float
        Median over the runs; a node's share of its regions is counted by elements written.
    calls : int
        Calls of the run loop.
    nbytes : int or None
        Bytes of what it reads and writes; for a region only what goes in and out.
    flops : int or None
        Floating-point operations.
    fused : bool
        Whether it runs in a region with others.
    """

    name: str
    operator: str
    backward: bool
    seconds: float = 0.0
    calls: int = 0
    nbytes: int | None = 0
    flops: int | None = 0
    fused: bool = False


class Profile(Mapping[str, float]):
    """Seconds a run, by node name: ``profile["conv0"]``; printed, a table.

    Attributes
    ----------
    rows : list of Row
        Of nodes, in the order of the run; a node that was merged into another, or costs nothing, has none.
    regions : list of Row
        Of fused regions and batches.
    runs : int
        How many were timed.
    total : float
        Seconds of a whole run in which no step is timed; the median.
    overhead : float
        The sum over the steps by ``total``, less one: what timing them one by one adds, or hides.
    is_train, backward : bool
        What was run.
    """

    def __init__(self, symbol: Any, found: Any, runs: int, backward: bool):
        self.symbol, self.runs, self.backward, self.is_train = symbol, runs, backward, found.is_train
        self.total = statistics.median(found.untimed)
        owners = Owners(symbol.graph)
        self._times: dict[str, float] = dict.fromkeys(owners.names, 0.0)
        self._steps = [(step, statistics.median(step.seconds)) for step in found.steps]
        self.overhead = sum(time for _, time in self._steps) / self.total - 1 if self.total else 0.0
        self._read(found.lowered, owners)

    def _read(self, lowered: Any, owners: Owners) -> None:
        operators = {node.name: node.op.name for node in self.symbol.graph.nodes if node.op is not None}
        work = dict(zip(lowered.graph.nodes, costs(lowered.graph, lowered.shapes, lowered.dtypes, is_train=self.is_train), strict=True))
        rows: dict[tuple[str, bool], Row] = {}
        self.regions: list[Row] = []
        for step, time in self._steps:
            names: dict[str, None] = {}
            flops: int | None = 0
            for node, share in step.nodes:
                name = owners.of(node.name)
                names[name] = None
                operator = operators.get(name) or (node.op.name if node.op is not None else "copy")
                row = rows.get((name, step.backward))
                if row is None:
                    row = rows[name, step.backward] = Row(name, operator, step.backward)
                row.seconds += time * share
                row.fused |= len(step.nodes) > 1
                self._times[name] = self._times.get(name, 0.0) + time * share
                if node.op is not None and step.kind != "copy":
                    cost = work[node]
                    row.flops = _added(row.flops, cost.flops)
                    row.nbytes = _added(row.nbytes, _added(cost.read, cost.written))
                    flops = _added(flops, cost.flops)
            for name in names:
                rows[name, step.backward].calls += step.calls
            if len(step.nodes) > 1:
                operator = f"{step.kind} of {len(step.nodes)}"
                self.regions.append(Row(" + ".join(names), operator, step.backward, time, step.calls, step.nbytes, flops, True))
        self.rows = list(rows.values())

    # -- mapping ------------------------------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> float:
        if name in self._times:
            return self._times[name]
        raise UnknownName(describe(f"no node is called {name!r}{closest(str(name), self._times)}", name=self.symbol.name))

    def __contains__(self, name: object) -> bool:
        return name in self._times

    def __iter__(self) -> Iterator[str]:
        return iter(self._times)

    def __len__(self) -> int:
        return len(self._times)

    # -- looking ------------------------------------------------------------------------------------------------------

    def table(self, by: str = "time", limit: int | None = 30) -> str:
        """Lay out a table of nodes, then of fused regions.

        Parameters
        ----------
        by : str
            The order: ``"time"``, ``"bytes"``, ``"flops"`` (largest first), ``"run"`` or ``"name"``.
        limit : int, optional
            Rows of each table; ``None`` for all.
        """
        if by not in ORDERS:
            facts = {"argument": "by", "got": repr(by), "expected": ", ".join(ORDERS)}
            raise ArgumentError(describe("a profile has no such order", operator="Profile.table", facts=facts))
        mode = ("training" if self.is_train else "inference") + (", forward and backward" if self.backward else ", forward")
        runs = f"median of {self.runs} runs" if self.runs > 1 else "one run"
        lines = [
            f"{self.symbol.name or 'group'}: {mode}, {runs}: {_time(self.total)}",
            f"steps timed one by one add up to {_time(self.total * (1 + self.overhead))} ({self.overhead:+.1%})",
            "",
            *self._lines("node", self.rows, by, limit),
        ]
        if self.regions:
            lines += ["", *self._lines("fused region", self.regions, by, limit)]
        return "\n".join(lines)

    def _lines(self, what: str, rows: list[Row], by: str, limit: int | None) -> list[str]:
        keys = {"time": lambda row: -row.seconds, "bytes": lambda row: -(row.nbytes or 0), "flops": lambda row: -(row.flops or 0)}
        keys.update({"name": lambda row: row.name, "run": lambda row: 0})
        shown = sorted(rows, key=keys[by])[:limit]
        whole = sum(time for _, time in self._steps) or 1.0
        phases = any(row.backward for row in self.rows)
        heads = [what, "operator", *(["phase"] if phases else []), "time", "%", "calls", "bytes", "GB/s", "FLOP", "GFLOP/s"]
        cells = [
            [
                row.name,
                row.operator + (" *" if row.fused and what == "node" else ""),
                *(["backward" if row.backward else "forward"] if phases else []),
                _time(row.seconds),
                f"{row.seconds / whole:.1%}"[:-1],
                str(row.calls),
                amount(row.nbytes, "B"),
                _rate(row.nbytes, row.seconds),
                amount(row.flops),
                _rate(row.flops, row.seconds),
            ]
            for row in shown
        ]
        lines = columns(heads, cells, "ll" + "l" * phases + "rrrrrrr")
        if len(shown) < len(rows):
            rest = sum(row.seconds for row in rows) - sum(row.seconds for row in shown)
            lines.append(f"... {len(rows) - len(shown)} more, {_time(max(rest, 0.0))}; table(limit=None) shows all")
        if what == "node" and any(row.fused for row in shown):
            lines.append("* fused with others: its share of their time, by elements; its bytes as if it ran alone")
        return lines

    def __str__(self) -> str:
        return self.table()

    def __repr__(self) -> str:
        return f"<Profile of {self.symbol.name or 'group'}: {len(self._times)} nodes, {_time(self.total)} a run>"

    def plot(self, **options: Any) -> Any:
        """Draw the graph coloured by time; see `Symbol.plot`."""
        return self.symbol.plot(heat="time", profile=self, **options)

    def save_trace(self, path: Any) -> None:
        """Write every timed run as a trace, for ``chrome://tracing`` or https://ui.perfetto.dev.

        The file is written whole, or left as it was. Regions are one event; its nodes are among the arguments.
        """
        events: list[dict[str, Any]] = [
            {"ph": "M", "name": "process_name", "pid": 1, "args": {"name": f"symbind: {self.symbol.name or 'group'}"}},
            {"ph": "M", "name": "thread_name", "pid": 1, "tid": 1, "args": {"name": "run loop"}},
        ]
        for step, _ in self._steps:
            names = [node.name for node, _ in step.nodes]
            first = step.nodes[-1][0]
            operator = "copy" if step.kind == "copy" or first.op is None else first.op.name
            told: dict[str, Any] = {"nodes": names, "calls": step.calls, "bytes": step.nbytes}
            if first.line:
                told["line"] = first.line
            event = {
                "name": names[0] if len(names) == 1 else f"{step.kind} {names[0]} ... {names[-1]}",
                "cat": f"{'backward' if step.backward else 'forward'},{operator}",
                "ph": "X",
                "pid": 1,
                "tid": 1,
                "args": told,
            }
            for begin, time in zip(step.begins, step.seconds, strict=True):
                events.append({**event, "ts": begin * 1e6, "dur": time * 1e6})
        events.sort(key=lambda event: event.get("ts", -1.0))
        atomic.write(path, [json.dumps({"traceEvents": events, "displayTimeUnit": "ms"}).encode()])


def profile(exe: Any, runs: int = 10, backward: bool = False, is_train: bool | None = None) -> Profile:
    """Time each step of an executor's run.

    The program that is timed is the one that `forward` runs. Outputs, gradients, states and random streams are
    afterwards as before; after it, `backward` begins with a forward run of its own.

    Parameters
    ----------
    exe : Executor
        What ``bind`` or ``simple_bind`` returned; its arguments as they are now.
    runs : int
        How many runs are timed; each number is the median over them. One more run comes first and is not counted.
    backward : bool
        Time the backward phase, too; head gradients are those of the last `backward`, else zeros.
    is_train : bool, optional
        The mode; that of the last run, or training if ``backward``.

    Returns
    -------
    Profile
        Node name -> seconds a run; ``print`` shows a table, `Profile.save_trace` writes a trace, `Profile.plot` draws.

    Raises
    ------
    ArgumentError
        If ``exe`` is no executor, or ``runs`` no positive number.
    NotReady
        If ``backward`` is asked for and nothing has a gradient.

    Examples
    --------
    >>> import symbolic as mx
    >>> exe = mx.sym.exp(mx.sym.Variable("x"), name="e").simple_bind(mx.cpu(), x=(1000,))
    >>> list(mx.debug.profile(exe, runs=3))
    ['e']
    """
    if not hasattr(exe, "timings"):
        facts = {"argument": "exe", "got": type(exe).__name__, "expected": "an executor, as symbol.simple_bind returns"}
        raise ArgumentError(describe("what is timed is an executor", operator="profile", facts=facts))
    if not isinstance(runs, int) or runs < 1:
        facts = {"argument": "runs", "got": repr(runs), "expected": "int, at least 1"}
        raise ArgumentError(describe("there must be a run to time", operator="profile", facts=facts))
    return Profile(exe._symbol, exe.timings(runs, backward, is_train), runs, backward)


def _time(seconds: float) -> str:
    return amount(seconds, "s")


def _added(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _rate(count: int | None, time: float) -> str:
    return "" if not count or not time else f"{count / time / 1e9:.3g}"
