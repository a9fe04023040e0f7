"""``mx.debug.difference``: what differs between two graphs, as text and as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from symbolic.debug.pairing import Pairing, graphs_of, parameters_of
from symbolic.debug.picture import drawn
from symbolic.errors import ArgumentError, describe, printable
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node, input_names, name_of
from symbolic.operator.text import spell
from symbolic.scope import visible
from symbolic.symbol.handle import Symbol

__all__ = ["Change", "Difference", "difference"]

LONGEST = 60  # characters of a value
SILENT = ("subgraph_name", "__subgraph_name__")  # loops are counted as they are made


@dataclass
class Change:
    """A node that is in both graphs, and not the same.

    Attributes
    ----------
    before, after : Node
        In the first and in the second graph.
    parameters, attributes : list of (str, str or None, str or None)
        What is told otherwise: name, value before, value after; ``None`` where there is none.
    inputs : list of (str, str or None, str or None)
        What is wired otherwise: slot, the value that it read, the value that it reads.
    held : list of (str, Difference)
        The graphs of a loop or condition that are others: ``"graph 0"``.
    """

    before: Node
    after: Node
    parameters: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    attributes: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    inputs: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    held: list[tuple[str, Difference]] = field(default_factory=list)

    @property
    def operator(self) -> bool:
        """Whether it is another operator."""
        return self.before.op is not None and self.after.op is not None and self.before.op.canonical is not self.after.op.canonical

    @property
    def renamed(self) -> bool:
        """Whether it has another name."""
        return self.before.name != self.after.name

    def __bool__(self) -> bool:
        return bool(self.renamed or self.operator or self.parameters or self.attributes or self.inputs or self.held)

    def facts(self) -> list[str]:
        """Spell what differs, one line each."""
        lines = [f"renamed from {self.before.name!r}"] if self.renamed else []
        lines += [f"operator: {self.before.op.name} -> {self.after.op.name}"] if self.operator else []
        lines += [f"{name}: {_shown(old)} -> {_shown(new)}" for name, old, new in self.parameters]
        lines += [f"attribute {name}: {_shown(old)} -> {_shown(new)}" for name, old, new in self.attributes]
        for slot, old, new in self.inputs:
            lines.append(f"{slot} reads {_shown(new)}, {'another' if old == new else f'not {_shown(old)}'}")
        for name, found in self.held:
            lines += [f"{name}: {line}" if place == 0 else f"    {line}" for place, line in enumerate(str(found).split("\n"))]
        return lines


class Difference:
    """What differs between two graphs; ``print`` shows it, ``plot`` draws it; false if nothing does.

    Attributes
    ----------
    added, removed : list of Node
        Nodes of one graph only.
    changed : list of Change
        Nodes of both that differ in parameters, attributes, inputs or name.
    same : int
        How many nodes are alike.
    outputs : tuple of (list of str, list of str) or None
        The outputs before and after, if they are others.
    """

    def __init__(self, first: Graph, second: Graph):
        self.first, self.second = first, second
        pairing = Pairing(first, second)
        self.after = pairing.after
        self.added = [node for node in second.nodes if node not in pairing.before]
        self.removed = [node for node in first.nodes if node not in pairing.after]
        told = _parameters_of_readers((first, second))
        changes = [_change(pairing.before[node], node, pairing.after, told) for node in second.nodes if node in pairing.before]
        self.changed = [change for change in changes if change]
        self.same = len(changes) - len(self.changed)
        moved = [(pairing.after.get(node), index) for node, index in first.heads] != second.heads
        self.outputs = ([name_of(head) for head in first.heads], [name_of(head) for head in second.heads]) if moved else None

    @property
    def renamed(self) -> list[tuple[str, str]]:
        """Names before and after of nodes that bear another one."""
        return [(change.before.name, change.after.name) for change in self.changed if change.renamed]

    @property
    def rewired(self) -> list[Change]:
        """The changes in which a node reads other values."""
        return [change for change in self.changed if change.inputs]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.outputs)

    def __len__(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)

    def __str__(self) -> str:
        if not self:
            return f"no difference: {self.same} nodes are alike"
        counts = [(len(self.added), "added"), (len(self.removed), "removed"), (len(self.changed), "changed")]
        lines = [f"{', '.join(f'{count} {what}' for count, what in counts if count) or 'other outputs'}; {self.same} nodes are alike"]
        lines += [f"- {_described(node)}" for node in self.removed]
        lines += [f"+ {_described(node)}" for node in self.added]
        for change in self.changed:
            facts = change.facts()
            head = f"~ {_who(change.after)}:"
            lines += [f"{head} {facts[0]}"] if len(facts) == 1 else [head, *(f"    {fact}" for fact in facts)]
        if self.outputs is not None:
            lines.append(f"outputs are {', '.join(self.outputs[1])}; they were {', '.join(self.outputs[0])}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Difference: {len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed, {self.same} alike>"

    def plot(self, title: str = "difference", context: int | None = None) -> Any:
        """Draw both graphs in one: added green, removed red, changed yellow, the others grey.

        Parameters
        ----------
        context : int, optional
            How far from a difference nodes are still shown, in edges; all of them if left out, up to 150, else 2.

        Returns
        -------
        Picture
            A `graphviz.Digraph`; notebooks show it, ``.render()`` writes it.
        """
        return drawn(self, title, context)

    def _repr_svg_(self) -> str:
        return self.plot()._repr_svg_()


def difference(a: Any, b: Any) -> Difference:
    """Compare two graphs.

    Nodes are matched by what they compute, then by name; renamed ones by their neighbours.

    Parameters
    ----------
    a, b : Symbol or Executor
        Before and after.

    Returns
    -------
    Difference
        ``print`` shows it, ``.plot()`` draws it; it is false if there is none.

    Examples
    --------
    >>> import symbolic as mx
    >>> x = mx.sym.Variable("x")
    >>> print(mx.debug.difference(mx.sym.exp(x, name="e"), mx.sym.sin(x, name="e")))
    1 changed; 1 nodes are alike
    ~ e (sin): operator: exp -> sin
    """
    graphs = []
    for name, value in (("a", a), ("b", b)):
        symbol = value if isinstance(value, Symbol) else getattr(value, "_symbol", None)
        if not isinstance(symbol, Symbol):
            facts = {"argument": name, "got": type(value).__name__, "expected": "Symbol, or an executor of one"}
            raise ArgumentError(describe("two graphs are compared", operator="difference", facts=facts))
        graphs.append(symbol.graph)
    return Difference(*graphs)


def _parameters_of_readers(graphs: tuple[Graph, Graph]) -> dict[Node, set[str]]:
    """List, for each variable, the parameters of what reads it: made along with a layer, it bears them as attributes."""
    found: dict[Node, set[str]] = {}
    for graph in graphs:
        for node in graph.nodes:
            for below, _ in node.inputs:
                if below.op is None:
                    found.setdefault(below, set()).update(node.op.params)
    return found


def _change(before: Node, after: Node, counterparts: dict[Node, Node], told: dict[Node, set[str]]) -> Change:
    """Compare two counterparts."""
    graphs = list(zip_longest(graphs_of(before), graphs_of(after)))
    words = [{name: _spelled(value) for name, value in parameters_of(node).items()} for node in (before, after)]
    held = []
    for place, (one, other) in enumerate(graphs):
        if one is not None and other is not None and words[0].pop(f"graph {place}") != words[1].pop(f"graph {place}"):
            found = Difference(one.graph, other.graph)
            held += [(f"graph {place}", found)] if found else []
    parameters = (
        [] if before.op is None or (before.op is not after.op and before.op.canonical is not after.op.canonical) else _unlike(*words)
    )
    shown = [
        {name: text for name, text in visible(node.attrs).items() if name not in SILENT and name not in told.get(node, ())}
        for node in (before, after)
    ]
    attributes = _unlike(*shown)
    read = dict(zip(input_names(before), before.inputs, strict=True)), dict(zip(input_names(after), after.inputs, strict=True))
    inputs = []
    for slot in dict.fromkeys([*read[0], *read[1]]):
        old, new = read[0].get(slot), read[1].get(slot)
        if old is None or new is None or (counterparts.get(old[0]), old[1]) != new:
            inputs.append((slot, _named(old), _named(new)))
    return Change(before, after, parameters, attributes, inputs, held)


def _unlike(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str | None, str | None]]:
    names = dict.fromkeys([*before, *after])
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else spell(value)


def _named(entry: Entry | None) -> str | None:
    return None if entry is None else name_of(entry)


def _shown(text: str | None) -> str:
    return "nothing" if text is None else printable(text, LONGEST)


def _who(node: Node) -> str:
    return f"{printable(node.name)} ({'variable' if node.op is None else node.op.name})"


def _described(node: Node) -> str:
    """Say who a node is, what it is told, and what it reads."""
    words = {} if node.op is None else node.params._words
    told = ", ".join(f"{name}={printable(text, LONGEST)}" for name, text in words.items())
    read = ", ".join(name_of(entry) for entry in node.inputs[:6]) + (", ..." if len(node.inputs) > 6 else "")
    made = f", made at {node.line}" if node.line else ""
    kind = "variable" if node.op is None else node.op.name
    return f"{printable(node.name)} ({kind}{made}){f': {told}' if told else ''}{f' of {read}' if read else ''}"
