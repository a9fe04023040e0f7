"""Results as markdown: the bars and whether they are met, then every peer of every case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.harness.workload import OURS, Bar, Workload, load

__all__ = ["markdown", "number", "target", "verdicts"]

QUIET = 0.05  # share of the processors that others may use in a run that counts


def number(value: float) -> str:
    """Spell a number with three digits, or all before the point."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 1e-3 else "0"


def fastest(results: Sequence[dict[str, Any]], begins: str) -> dict[str, Any] | None:
    """Find the best median among peers whose names begin so; one that was stopped counts if there is no other."""
    named = [result for result in results if result["peer"].startswith(begins)]
    done = [result for result in named if "median" in result and "differs" not in result]
    stopped = [result for result in named if "over" in result]
    return min(done, key=lambda result: result["median"]) if done else (stopped or [None])[0]


def verdict(bar: Bar, results: Sequence[dict[str, Any]], scale: float) -> tuple[str, str, str]:
    """Return what was measured against a bar, the same in processor time, and whether it is met."""
    ours = fastest(results, OURS[bar.executor])
    peer = fastest(results, bar.peer) if bar.peer else None
    if ours is None or "median" not in ours or (bar.peer and peer is None):
        return "", "", "not measured"
    running = ""
    if peer is None:
        value, sign = ours["median"] * scale, ""
        running = number(ours["cpu"] * scale) if "cpu" in ours else ""
    elif "over" in peer:
        value, sign = ours["median"] / peer["over"], "< "
    else:
        value, sign = ours["median"] / peer["median"], ""
        running = number(ours["cpu"] / peer["cpu"]) if "cpu" in ours and peer.get("cpu") else ""
    return sign + number(value), running, "met" if value <= bar.limit else "not met"


def verdicts(result: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Give case, executor, bar, measured, in processor time, verdict for every bar of a workload."""
    work = load(result["workload"])
    for case, results in result["cases"].items():
        for bar in work.bars:
            if not bar.cases or case in bar.cases:
                yield case, bar.executor, bar.describe(work.unit), *verdict(bar, results, work.scale)


def target(work: Workload, case: str, executor: str, results: Sequence[dict[str, Any]]) -> float | None:
    """Find the largest value, in seconds or bytes, that meets every bar of an executor whose peer was measured."""
    limits = []
    for bar in work.bars:
        if bar.executor == executor and (not bar.cases or case in bar.cases):
            peer = fastest(results, bar.peer) if bar.peer else {"median": 1 / work.scale}
            if peer and "median" in peer:
                limits.append(bar.limit * peer["median"])
    return min(limits, default=None)


def row(result: dict[str, Any], best: float, unit: str, scale: float) -> str:
    """Spell the line of a peer."""
    if "median" not in result:
        if "over" in result:
            note = f"stopped after {result['over']:g} s"
        else:
            note = f"skipped: {result['skipped']}" if "skipped" in result else f"failed: {result.get('failed', 'no sample')}"
        return f"| {result['peer']} | | | | | | {note} |"
    median, low, high = (number(result[key] * scale) for key in ("median", "best", "worst"))
    note = f"**computes something else**: {result['check']:.6g}, not {result['differs']:.6g}" if "differs" in result else ""
    cpu = number(result["cpu"] * scale) if "cpu" in result else ""
    ratio = number(result["median"] / best) if best else ""
    return f"| {result['peer']} | {median} | {low} to {high} | {ratio} | {cpu} | {number(result['first'])} | {note} |"


def section(result: dict[str, Any]) -> Iterator[str]:
    """Spell the tables of a workload."""
    work = load(result["workload"])
    yield f"## {work.title}\n"
    how = f"{result['threads']} threads, {result['rounds']} rounds, others used {result['others']:.0%} of the processors"
    yield f"`{result['workload']}`, {result['date']}, {how}\n"
    for case, results in result["cases"].items():
        medians = [one["median"] for one in results if "median" in one]
        best = min(medians, default=0.0)
        processor = f"processor, {work.unit}" if any("cpu" in one for one in results) else "processor"
        yield f"| {case} | median, {work.unit} | best to worst | ratio to the fastest | {processor} | first, s | |"
        yield "|---|--:|--:|--:|--:|--:|---|"
        ordered = sorted(results, key=lambda one: one.get("median", float("inf")))
        yield from (row(one, best, work.unit, work.scale) for one in ordered)
        yield ""


def markdown(results: Sequence[dict[str, Any]]) -> str:
    """Spell results: machine and versions, bars, every table."""
    lines = ["# Results\n", "Made by `python -m benchmarks run all`; README.md says how to read it.\n"]
    lines += [f"- machine: {machine}" for machine in dict.fromkeys(result["machine"] for result in results)]
    lines += [f"- {place}: {text}" for place, text in versions(results).items()]
    worst = max((result["others"] for result in results), default=0.0)
    if worst > QUIET:
        lines.append(
            f"- **the machine had other work**, up to {worst:.0%} of its processors: this run shows that everything works, no more"
        )
    lines += ["", "## Bars\n", "Ratios are time of ours / time of the peer, each the fastest way of its kind that was measured.\n"]
    lines += ["| work | executor | bar | measured | by processor time | |", "|---|---|---|--:|--:|---|"]
    for result in results:
        title = load(result["workload"]).title
        for case, executor, bar, measured, running, met in verdicts(result):
            name = title if len(result["cases"]) == 1 else f"{title}: {case}"
            lines.append(f"| {name} | {executor} | {bar} | {measured} | {running} | {met if met != 'not met' else '**not met**'} |")
    lines.append("")
    for result in results:
        lines += section(result)
    return "\n".join(lines)


def versions(results: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Say which Python had which libraries, by interpreter."""
    found: dict[str, dict[str, str]] = {}
    for result in results:
        places = {peer.name: peer.python for peer in load(result["workload"]).peers}
        for peers in result["cases"].values():
            for one in peers:
                found.setdefault(places.get(one["peer"], "others"), {}).update(one.get("versions", {}))
    return {place: ", ".join(f"{name} {version}" for name, version in named.items()) for place, named in found.items() if named}
