"""A graph as a table: layers, output shapes, parameters, with their sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from symbolic.errors import ArgumentError, ShapeError, describe, printable
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.stretch import stretching
from symbolic.show.label import shape_text
from symbolic.show.roles import checked_symbol, given_shapes, roles_of
from symbolic.values.shape import NO_RANK, complete, to_user

__all__ = ["Row", "Summary", "count_rows", "print_summary", "summarise"]

HELD = ("weight", "parameter", "state")  # what layers hold, rather than read


@dataclass(frozen=True)
class Row:
    """One line of the table: an operator's node, or an input.

    Attributes
    ----------
    node : Node
        Where.
    outputs : tuple
        Shapes of the visible outputs; a tuple with ``UNKNOWN`` sizes, or ``NO_RANK``.
    parameters, states : tuple of Node
        The variables that appear here first: what training changes, and what the operator itself keeps.
    elements, kept : int or None
        How many elements those have; ``None`` if a shape is unknown.
    previous : tuple of Node
        The nodes and inputs that it reads, in order, once each.
    """

    node: Node
    outputs: tuple[Any, ...]
    parameters: tuple[Node, ...]
    states: tuple[Node, ...]
    elements: int | None
    kept: int | None
    previous: tuple[Node, ...]


@dataclass(frozen=True)
class Summary:
    """The rows and their sums.

    Attributes
    ----------
    rows : list of Row
        Inputs before readers.
    elements, kept : int
        Elements of all parameters and of all states of known shape, shared ones once.
    unknown : tuple of Node
        Parameters and states of unknown shape.
    """

    rows: list[Row]
    elements: int
    kept: int
    unknown: tuple[Node, ...]


def summarise(symbol: Any, shape: Any = None) -> Summary:
    """Count what each layer holds.

    Parameters
    ----------
    symbol : Symbol
        The network.
    shape : dict of str to tuple, optional
        Shapes of inputs; the rest is inferred as far as it follows.
    """
    symbol = checked_symbol(symbol, "print_summary")
    graph = symbol.graph
    given, shapes = given_shapes(symbol, graph, {} if shape is None else shape)
    return count_rows(graph, shapes, roles_of(graph, given))


def count_rows(graph: Graph, shapes: Sequence[Any], roles: Mapping[Node, str]) -> Summary:
    """Count what each layer of a graph holds, from the shape of every value and the roles of its variables."""
    first = dict(zip(graph.nodes, graph.first, strict=True))
    sizes = {node: prod(shapes[first[node]]) if complete(shapes[first[node]]) else None for node in roles}
    rows = []
    counted: set[Node] = set()
    for node in graph.nodes:
        if node.op is None and roles[node] != "input":
            continue
        held = [below for below in dict.fromkeys(below for below, _ in node.inputs) if roles.get(below) in HELD and below not in counted]
        counted.update(held)
        parameters, states = ([below for below in held if (roles[below] == "state") is kept] for kept in (False, True))
        start, count = first[node], 1 if node.op is None else len(node.params._layout.outputs)
        previous = dict.fromkeys(below for below, _ in node.inputs if roles.get(below, "input") == "input")
        rows.append(
            Row(
                node,
                tuple(shapes[start : start + count]),
                tuple(parameters),
                tuple(states),
                _sum(sizes[below] for below in parameters),
                _sum(sizes[below] for below in states),
                tuple(previous),
            )
        )
    known = [(roles[node], sizes[node] or 0) for node in roles if roles[node] in HELD]
    kept = sum(size for role, size in known if role == "state")
    unknown = tuple(node for node in roles if roles[node] in HELD and sizes[node] is None)
    return Summary(rows, sum(size for _, size in known) - kept, kept, unknown)


def _sum(sizes: Iterable[int | None]) -> int | None:
    total = 0
    for size in sizes:
        if size is None:
            return None
        total += size
    return total


@stretching()
def print_summary(symbol: Any, shape: Any = None, line_length: int = 120, positions: Sequence[float] = [0.44, 0.64, 0.74, 1.0]) -> None:
    """Print the layers of a network: name and type, output shape, number of parameters, what each reads; and the totals.

    Parameters
    ----------
    symbol : Symbol
        The network.
    shape : dict of str to tuple, optional
        Shapes of inputs. What does not follow from them is shown as ``?``.
    line_length : int
        Characters of a line.
    positions : list of 4 numbers
        Where the columns end: shares of a line, or, if the last is greater than 1, characters.

    Notes
    -----
    Parameters are counted from their shapes, for every operator; one that several layers share is counted once, at the first.
    Inputs, labels and auxiliary states are no parameters; the states (moving means) have a total of their own.

    Raises
    ------
    ArgumentError, UnknownName
        If an argument is of the wrong kind, or ``shape`` names no variable.
    ShapeError
        If shapes contradict the graph, or a dense layer is left with nothing but the batch axis.
    """
    symbol = checked_symbol(symbol, "print_summary")
    ends = _columns(line_length, positions)
    summary = summarise(symbol, shape)
    _check_batches(summary)
    lines = ["_" * line_length, *_cells(ends, ["Layer (type)"], ["Output Shape"], ["Param #"], ["Previous Layer"]), "=" * line_length]
    for row in summary.rows:
        node = row.node
        lines += _cells(
            ends,
            [f"{node.name}({node.op.name if node.op is not None else 'null'})"],
            [shape_text(shape) or "?" for shape in row.outputs],
            ["?" if row.elements is None else str(row.elements)],
            [below.name for below in row.previous],
        )
        lines.append("_" * line_length)
    if summary.rows:
        lines[-1] = "=" * line_length
    more = f" and those of {len(summary.unknown)} variables of unknown shape: {_names(summary.unknown)}" if summary.unknown else ""
    lines.append(f"Total params: {summary.elements}{more}")
    if summary.kept:
        lines.append(f"Auxiliary states: {summary.kept}")
    lines.append("_" * line_length)
    print("\n".join(lines))


def _check_batches(summary: Summary) -> None:
    """Refuse a batch of numbers where a dense layer wants a batch of rows.

    Such a layer computes, with one weight for each of its units; but in this table, where somebody spells shapes by hand, the
    batch axis was forgotten, and every count of parameters would be wrong. MXNet stops here, too, with an IndexError.
    """
    outputs = {row.node: row.outputs for row in summary.rows}
    for row in summary.rows:
        node = row.node
        if node.op is None or node.op.name != "FullyConnected" or not node.params.flatten:
            continue
        below, index = node.inputs[0]
        shape = outputs[below][index] if below in outputs else NO_RANK
        if shape is not NO_RANK and len(shape) == 1:
            facts = {"argument": f"data from {below.name!r}", "got": to_user(shape), "expected": "(batch, features)"}
            hint = f"put the size of a batch first: {to_user((1, *shape))}"
            raise ShapeError(describe("its input has a batch axis and nothing else", node=node, facts=facts, hint=hint))


def _names(nodes: Sequence[Node]) -> str:
    return ", ".join(printable(node.name) for node in nodes[:5]) + (", ..." if len(nodes) > 5 else "")


def _columns(line_length: Any, positions: Any) -> list[int]:
    """Check where columns end; return it in characters."""
    facts = {"argument": "line_length", "got": repr(line_length), "expected": "int from 8"}
    if not isinstance(line_length, int) or isinstance(line_length, bool) or line_length < 8:
        raise ArgumentError(describe("line_length must be a number of characters", name="print_summary", facts=facts))
    try:
        ends = [float(end) for end in positions]
    except (TypeError, ValueError):
        ends = []
    if len(ends) == 4 and ends[-1] <= 1:
        ends = [line_length * end for end in ends]
    columns = [int(end) for end in ends]
    if len(columns) != 4 or any(end - start < 2 for start, end in zip([0, *columns], columns, strict=False)):
        facts = {"argument": "positions", "got": repr(positions), "expected": "4 growing numbers, such as [0.44, 0.64, 0.74, 1.0]"}
        raise ArgumentError(describe("positions must say where the four columns end", name="print_summary", facts=facts))
    return columns


def _cells(ends: list[int], *cells: list[str]) -> Iterator[str]:
    """Lay texts side by side, each within its column; what is too long goes on in the next line."""
    starts = [0, *ends[:-1]]
    columns = [
        [
            text[place : place + width]
            for text in (printable(text, limit=500) for text in cell)
            for place in range(0, max(len(text), 1), width)
        ]
        for cell, width in zip(cells, (end - start - 1 for start, end in zip(starts, ends, strict=True)), strict=True)
    ]
    for place in range(max(map(len, columns))):
        line = ""
        for column, start in zip(columns, starts, strict=True):
            line = line.ljust(start) + (column[place] if place < len(column) else "")
        yield line
