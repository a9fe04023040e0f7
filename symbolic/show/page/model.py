"""A graph as what a page shows: plain lists that become JSON; nodes, values and groups by number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from numbers import Real
from typing import Any

from symbolic.cost.work import costs
from symbolic.errors import ArgumentError, DTypeError, ShapeError, describe
from symbolic.graph.graph import Graph, resting_collector
from symbolic.graph.loop import CELL, SAME, Tie
from symbolic.graph.node import Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.infer.stretch import stretching
from symbolic.operator.fields import REQUIRED
from symbolic.operator.text import spell
from symbolic.show import label
from symbolic.show.details import details_of
from symbolic.show.groups import grouped
from symbolic.show.label import family_of, phrases, wrapped
from symbolic.show.page.tree import Tree
from symbolic.show.phases import PHASES, phases_of
from symbolic.show.roles import Role, given_dtypes, given_shapes, roles_of
from symbolic.values.shape import NO_RANK, UNKNOWN

__all__ = ["page_model"]

FAMILIES = {
    id(getattr(label, name)): name.lower()
    for name in ("LAYER", "NORMALISATION", "ACTIVATION", "POOLING", "ARITHMETIC", "MOVEMENT", "LOSS", "UPDATE", "CHANCE", "UNKNOWN")
}
MEASURES = ("flops", "bytes", "parameters", "time")
HELD = {1: ("body",), 2: ("body", "condition"), 3: ("condition", "then", "else")}  # what a node's graphs are, by their number
LONGEST = 2000  # characters of one parameter or annotation


@dataclass(eq=False)
class _Level:
    """One graph: the symbol's own, or one that a node holds.

    Attributes
    ----------
    group : int
        The group that shows it.
    node, value : int
        Numbers of its first node and its first value on the page.
    fed : dict of Node to int
        Variable -> the value of the graph around that it gets.
    """

    graph: Graph
    shapes: list[Any]
    dtypes: list[Any]
    given: set[Node]
    group: int
    node: int
    value: int
    fed: dict[Node, int] = field(default_factory=dict)


class _Table:
    """Values kept once; nodes and values say which by number."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.places: dict[Hashable, int] = {}

    def place(self, key: Hashable, row: Any) -> int:
        found = self.places.get(key)
        if found is None:
            found = self.places[key] = len(self.rows)
            self.rows.append(row)
        return found


def page_model(symbol: Any, shape: Any = None, dtype: Any = None, profile: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Collect what a page shows.

    Parameters
    ----------
    symbol : Symbol
        What to show.
    shape, dtype : dict, optional
        Shapes and types of inputs; the rest is inferred as far as it follows.
    profile : mapping of str to float, optional
        Seconds by name of node.

    Returns
    -------
    dict
        Ready for `json.dumps`. ``names``, ``inputs``, ... have an entry for each node, ``shape`` and ``dtype`` for each value.

    Raises
    ------
    ArgumentError
        If ``profile`` is no mapping of names to seconds.
    UnknownName, ShapeError, DTypeError
        If ``shape`` or ``dtype`` does not fit the symbol.
    """
    times = _checked_profile(profile)
    try:
        graph, given, shapes = _known_shapes(symbol, shape)
    except ShapeError:
        if shape is not None:
            raise
        graph = symbol.graph
        given, shapes = set(), [NO_RANK] * graph.size  # a graph that contradicts itself can be looked at
    try:
        dtypes = given_dtypes(symbol, graph, {} if dtype is None else dtype)
    except DTypeError:
        if dtype is not None:
            raise
        dtypes = [None] * graph.size
    with resting_collector():
        return _Collector(graph, shapes, dtypes, given, times).collected()


@stretching()
def _known_shapes(symbol: Any, shape: Any) -> tuple[Graph, set[Node], list[Any]]:
    graph = symbol.graph
    return graph, *given_shapes(symbol, graph, {} if shape is None else shape)


def _checked_profile(profile: Any) -> dict[str, float]:
    if profile is None:
        return {}
    example = "dict of node name to seconds, such as {'conv0': 0.0012}; mx.debug.profile(exe) makes one"
    if not isinstance(profile, Mapping):
        facts = {"argument": "profile", "got": f"{type(profile).__name__} {profile!r}", "expected": example}
        raise ArgumentError(describe("profile must be a mapping", name="save_page", facts=facts))
    for name, seconds in profile.items():
        good = isinstance(name, str) and isinstance(seconds, Real) and not isinstance(seconds, bool)
        if not good or not isfinite(seconds) or seconds < 0:
            facts = {"argument": "profile", "got": f"{name!r}: {seconds!r}", "expected": example}
            raise ArgumentError(describe("profile has an entry that is no time", name="save_page", facts=facts))
    return {name: float(seconds) for name, seconds in profile.items()}


@dataclass(eq=False)
class _Collector:
    """Walks over the graph, then over the graphs that its nodes hold, then over theirs."""

    graph: Graph
    shapes: list[Any]
    dtypes: list[Any]
    given: set[Node]
    times: dict[str, float]
    tree: Tree = field(default_factory=Tree)

    def __post_init__(self) -> None:
        self.nodes = {key: [] for key in ("names", "kind", "role", "part", "line", "inputs", "first")}
        self.values: dict[str, list[int]] = {"shape": [], "dtype": []}
        self.costs: dict[str, list[float | None]] = {measure: [] for measure in MEASURES}
        self.hidden: set[int] = set()
        self.attrs: dict[int, dict[str, str]] = {}
        self.feeds: list[tuple[int, int]] = []
        self.yields: list[tuple[int, int]] = []
        self.ops, self.kinds, self.lines, self.shape_table, self.dtype_table = _Table(), _Table(), _Table(), _Table(), _Table()
        self.roles = _Table()
        self.origins: dict[Any, int] = {}
        self.waiting: list[_Level] = []

    def collected(self) -> dict[str, Any]:
        root = self.tree.add("", "", None)
        self._enter(self.graph, self.shapes, self.dtypes, self.given, root)
        top = self.waiting[0]
        for level in self.waiting:  # grows on the way
            self._collect(level)
        known = set(self.nodes["names"])
        number = top.value
        return {
            **self.nodes,
            **self.values,
            "costs": {measure: row for measure, row in self.costs.items() if any(cost is not None for cost in row)},
            "unplaced": sum(seconds for name, seconds in self.times.items() if name not in known),
            "hidden": sorted(self.hidden),
            "attrs": self.attrs,
            "ops": self.ops.rows,
            "kinds": self.kinds.rows,
            "lines": self.lines.rows,
            "shapes": self.shape_table.rows,
            "dtypes": self.dtype_table.rows,
            "roles": self.roles.rows,
            "parts": list(PHASES),
            "heads": [number + self.graph.number(entry) for entry in self.graph.heads],
            "updates": [(self.graph.index[variable], self.graph.number(entry)) for variable, entry in self.graph.updates.items()],
            "feeds": self.feeds,
            "yields": self.yields,
            "groups": self.tree.rows,
            "group": [self.tree.of.get(place, root) for place in range(len(self.nodes["names"]))],
        }

    def _enter(self, graph: Graph, shapes: list[Any], dtypes: list[Any], given: set[Node], group: int) -> _Level:
        """Give a graph its numbers, and have it collected when its turn comes."""
        last = self.waiting[-1] if self.waiting else None
        node = 0 if last is None else last.node + len(last.graph.nodes)
        value = 0 if last is None else last.value + last.graph.size
        level = _Level(graph, shapes, dtypes, given, group, node, value)
        self.waiting.append(level)
        return level

    def _collect(self, level: _Level) -> None:
        graph = level.graph
        roles = roles_of(graph, level.given)
        phases = phases_of(graph)
        found = costs(graph, level.shapes, level.dtypes, roles)
        hidden = self._details(level, roles)
        places = {node: level.node + place for place, node in enumerate(graph.nodes)}
        rows = self.nodes
        for place, (node, cost) in enumerate(zip(graph.nodes, found, strict=True)):
            rows["names"].append(node.name)
            rows["kind"].append(-1 if node.op is None else self._kind(node))
            role = "operator" if node.op is None and node not in roles else roles.get(node, "operator")
            rows["role"].append(self.roles.place(role, role))
            rows["part"].append(PHASES.index(phases[node]))
            rows["line"].append(self._line(node))
            rows["inputs"].append([level.value + number for number in graph.inputs[place]])
            rows["first"].append(level.value + graph.first[place])
            if node.attrs:
                self.attrs[level.node + place] = {str(key): _cut(value) for key, value in node.attrs.items()}
            moved = None if cost.read is None or cost.written is None else cost.read + cost.written
            variable = node.op is None
            measured = (cost.flops, moved, cost.parameters, self.times.get(node.name))
            for measure, amount in zip(MEASURES, measured, strict=True):
                self.costs[measure].append(None if variable and measure != "time" else amount)
        self.hidden.update(places[node] for node in graph.nodes if node in hidden)
        for shape, dtype in zip(level.shapes, level.dtypes, strict=True):
            sizes = None if shape is NO_RANK else [None if size is UNKNOWN else int(size) for size in shape]
            self.values["shape"].append(self.shape_table.place(None if sizes is None else tuple(sizes), sizes))
            row = None if dtype is None else {"name": dtype.name, "size": dtype.itemsize}
            self.values["dtype"].append(-1 if row is None else self.dtype_table.place(row["name"], row))
        self.tree.fill(level.group, grouped(graph, [node for node in graph.nodes if node not in hidden]), places)
        for node in hidden:
            self.tree.of.setdefault(places[node], level.group)
        for node in graph.nodes:
            if node.op is not None and getattr(node.params, "_subgraphs", None):
                self._enter_held(level, node, places[node])

    def _details(self, level: _Level, roles: Mapping[Node, Role]) -> set[Node]:
        """Find the weights and what prepares them; in a graph that a node holds only where the outside hides them, too."""
        if level.node == 0:
            return details_of(level.graph, roles)
        seen = {variable for variable, value in level.fed.items() if not self._is_hidden(value)}
        made = [entry for entry in level.graph.heads if entry[0].op is not None]  # the others say only that variables belong to it
        return details_of(Graph(made), roles) - seen if made else set()

    def _is_hidden(self, value: int) -> bool:
        return bisect_right(self.nodes["first"], value) - 1 in self.hidden

    def _kind(self, node: Node) -> int:
        """Place of a node's operator with parameters and slots, which nodes that are alike share."""
        key = id(node.params)
        found = self.kinds.places.get(key)
        if found is not None:
            return found
        layout, params = node.params._layout, node.params
        row = {
            "op": self._op(node),
            "words": {word: _cut(text) for word, text in params._words.items()},
            "said": list(wrapped(phrases(node))),
            "slots": list(layout.inputs),
            "outputs": [*layout.outputs, *layout.hidden],
            "visible": len(layout.outputs),
        }
        return self.kinds.place(key, row)

    def _op(self, node: Node) -> int:
        op = node.op
        found = self.ops.places.get(op)
        if found is not None:
            return found
        doc = (op._doc.split("\n\n")[0] if op.params or op.inputs else "An operator that this library does not know.").replace("\n", " ")
        params = {
            name: (None if declared.default is REQUIRED else spell(declared.default), declared.doc) for name, declared in op.params.items()
        }
        row = {"name": op.name, "family": FAMILIES.get(id(family_of(node)), "arithmetic"), "doc": doc, "params": params}
        return self.ops.place(op, row)

    def _line(self, node: Node) -> int:
        """Place of the line that made a node; nodes made in a loop share an origin."""
        if node.origin is None:
            return -1
        found = self.origins.get(node.origin)
        if found is None:
            line = node.line
            found = self.origins[node.origin] = -1 if line is None else self.lines.place(line, line)
        return found

    def _enter_held(self, level: _Level, node: Node, place: int) -> None:
        """Make a group for a node that holds graphs, with one group for each graph if there are several."""
        layout = node.params._layout
        outer = self.tree.add(node.name, node.op.name, self.tree.of[place], owner=place)
        held: Sequence[tuple[Graph, Sequence[Tie]]] = getattr(node.params, "_ties", None) or [
            (inner.graph, ()) for inner in node.params._subgraphs
        ]
        titles = HELD.get(len(held), tuple(f"graph {number + 1}" for number in range(len(held))))
        numbers = level.graph.inputs[level.graph.index[node]]
        made = level.value + level.graph.base[node]
        for title, (graph, ties) in zip(titles, held, strict=True):
            group = outer if len(held) == 1 else self.tree.add(f"{node.name} {title}", title, outer)
            sources: dict[Node, tuple[int, int]] = {}
            results: dict[int, tuple[Node, int]] = {}
            for slot, entry, how in ties:
                if slot < len(layout.inputs):
                    if entry[0].op is None:
                        sources.setdefault(entry[0], (numbers[slot], how))
                else:
                    results.setdefault(slot - len(layout.inputs), entry)
            shapes, dtypes = _inferred(level, graph, sources)
            inner = self._enter(graph, shapes, dtypes, set(sources), group)
            inner.fed = {variable: level.value + number for variable, (number, _) in sources.items() if variable in graph.index}
            self.feeds.extend((value, inner.node + graph.index[variable]) for variable, value in inner.fed.items())
            for output, entry in results.items():
                self.yields.append((made + output, inner.value + graph.number(entry)))


def _inferred(level: _Level, graph: Graph, sources: Mapping[Node, tuple[int, int]]) -> tuple[list[Any], list[Any]]:
    """Infer shapes and types in a graph that a node holds, for one step, from what the node reads."""
    shapes = {variable: _of_step(level.shapes[number], how) for variable, (number, how) in sources.items()}
    dtypes = {variable: level.dtypes[number] for variable, (number, _) in sources.items() if level.dtypes[number] is not None}
    try:
        found = shapes_of(graph, shapes)
    except ShapeError:
        found = [NO_RANK] * graph.size
    try:
        return found, dtypes_of(graph, dtypes)
    except DTypeError:
        return found, [None] * graph.size


def _of_step(shape: Any, how: int) -> Any:
    if shape is NO_RANK or how == SAME or not shape:
        return shape
    return (1,) if how == CELL and len(shape) == 1 else tuple(shape[1:])


def _cut(text: Any) -> str:
    text = str(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
