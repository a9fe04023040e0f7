"""Where work goes: the bytes, operations or seconds of nodes as colours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

from symbolic.cost.work import Cost
from symbolic.errors import ArgumentError, closest, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node

__all__ = ["RAMP", "SHARES", "Heat", "Kind", "checked_heat", "measured", "short", "spoken"]

Kind = Literal["bytes", "flops", "time"]
SHARES = (0.001, 0.01, 0.03, 0.1, 0.3)  # of all; each begins the next colour
# the lighter part of "YlOrBr", Paul Tol (2021), SRON/EPS/TN/09-002: it grows darker evenly, for any eyes and in grey
RAMP = ("#FFFFFF", "#FFF7BC", "#FEE391", "#FEC44F", "#FDB04A", "#FB9A29")
WIDTHS = (1.0, 1.2, 1.6, 2.2, 3.0, 4.0)  # of borders: told apart without any colour
LINE = "#993404"


class Heat:
    """How much each node takes of a total.

    Attributes
    ----------
    kind : {"bytes", "flops", "time"}
        What is measured.
    total : float
        The sum over all nodes.
    """

    def __init__(self, kind: Kind, amounts: Mapping[Node, float]):
        self.kind: Kind = kind
        self.amounts = amounts
        self.total = float(sum(amounts.values()))

    def of(self, nodes: Iterable[Node]) -> float | None:
        """Add up the amounts of some nodes; ``None`` if nothing is known of any."""
        known = [self.amounts[node] for node in nodes if node in self.amounts]
        return float(sum(known)) if known else None

    def looks(self, amount: float | None) -> dict[str, str]:
        """Colour a box by its share."""
        if amount is None:
            return {"fillcolor": RAMP[0], "color": "#999999"}
        level = bisect_right(SHARES, amount / self.total if self.total else 0.0)
        return {"fillcolor": RAMP[level], "color": LINE, "penwidth": f"{WIDTHS[level]:g}"}

    def text(self, amount: float | None) -> str:
        """Say an amount and its share: ``1.2 GFLOP, 34 %``."""
        if amount is None:
            return ""
        share = amount / self.total if self.total else 0.0
        percent = f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1g} %" if share >= 0.001 else "< 0.1 %" if share else "0 %"
        return f"{spoken(self.kind, amount)}, {percent}"


def checked_heat(heat: Any, profile: Any) -> Kind | None:
    """Check the two arguments that ask for colours by amount.

    Raises
    ------
    ArgumentError
        If they are no kind, no mapping, or do not fit each other.
    """

    def wrong(argument: str, got: Any, expected: str) -> ArgumentError:
        facts = {"argument": argument, "got": f"{type(got).__name__} {got!r}", "expected": expected}
        return ArgumentError(describe(f"{argument} cannot be {got!r}", name="plot_network", facts=facts))

    if profile is not None and not (
        isinstance(profile, Mapping) and all(isinstance(key, str) and isinstance(value, (int, float)) for key, value in profile.items())
    ):
        raise wrong("profile", profile, "dict of node name to seconds, as mx.debug.profile(exe) gives")
    kinds = get_args(Kind)
    if heat is None:
        return "time" if profile is not None else None
    if heat not in kinds:
        raise wrong("heat", heat, " or ".join(map(repr, kinds)) + (closest(heat, kinds) if isinstance(heat, str) else ""))
    if heat == "time" and profile is None:
        raise wrong("profile", profile, "seconds of each node by name, for heat='time': profile=mx.debug.profile(exe)")
    return heat


def measured(kind: Kind, graph: Graph, found: Sequence[Cost] | None, profile: Mapping[str, float] | None) -> Heat:
    """Gather the amounts of all nodes.

    Raises
    ------
    ArgumentError
        If nothing is known of any node.
    """
    amounts: dict[Node, float] = {}
    if kind == "time" and profile is not None:
        left = dict(profile)
        amounts = {node: float(left.pop(node.name)) for node in graph.nodes if node.name in left}  # the first of a name
    elif found is not None:
        for node, cost in zip(graph.nodes, found, strict=True):
            if node.op is None:
                continue
            if kind == "flops" and cost.flops is not None:
                amounts[node] = float(cost.flops)
            if kind == "bytes" and cost.read is not None and cost.written is not None:
                amounts[node] = float(cost.read + cost.written)
    if not amounts:
        hint = "profile=mx.debug.profile(exe) of this graph" if kind == "time" else "shape={'data': (1, 3, 224, 224)}"
        facts = {"argument": "heat", "got": repr(kind), "known": "nothing of any node"}
        raise ArgumentError(describe(f"heat={kind!r} has nothing to show", name="plot_network", facts=facts, hint=f"give {hint}"))
    return Heat(kind, amounts)


def short(number: float) -> str:
    """Write a number with three digits at most: ``1.2M``."""
    for limit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= 0.9995 * limit:
            return f"{number / limit:.3g}{letter}"
    return f"{number:.3g}"


def spoken(kind: Kind, amount: float) -> str:
    """Write an amount with its unit: ``1.2 GFLOP``, ``3.4 MB``, ``0.6 ms``."""
    if kind == "time":
        for limit, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
            if amount >= limit:
                return f"{amount / limit:.3g} {unit}"
        return f"{amount / 1e-9:.3g} ns"
    text = short(amount)
    digits, letter = (text[:-1], text[-1]) if text[-1].isalpha() else (text, "")
    return f"{digits} {letter}{'FLOP' if kind == 'flops' else 'B'}"
