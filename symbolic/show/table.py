"""A graph as a table: shapes, types, parameters, bytes and FLOPs of each layer, with their sums."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

import numpy as np

from symbolic.cost.amount import amount
from symbolic.cost.work import Cost, costs
from symbolic.errors import ArgumentError, describe, printable
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.stretch import stretching
from symbolic.show.label import shape_text
from symbolic.show.roles import checked_symbol, given_dtypes, given_shapes, roles_of
from symbolic.show.summary import Row, count_rows
from symbolic.show.table_group import grouped_rows
from symbolic.show.table_html import html_table
from symbolic.show.table_rich import rich_table
from symbolic.show.table_text import Column, laid_out, terminal_width
from symbolic.values.shape import NO_RANK, UNKNOWN, complete

__all__ = ["Layer", "Table", "Totals", "summary"]

FLOAT32 = np.dtype(np.float32)  # what binding makes of an unknown type


@dataclass(frozen=True)
class Layer:
    """A row: a node, an input, or a group of nodes whose names begin alike.

    Attributes
    ----------
    name : str
        Of the node or group.
    operator : str
        ``"input"`` for a variable that is read, ``"12 nodes"`` for a group.
    outputs : tuple
        Shape of each visible output: a tuple with ``None`` for sizes that are unknown, or ``None``; of a group those of its last node.
    dtype : str
        Type of the first output; an unknown one is float32, as binding makes it.
    parameters, states : int or None
        Elements of the parameters and auxiliary states that it is the first to use; ``None`` if a shape is unknown.
    bytes : int or None
        Bytes of the values that it makes.
    flops : int or None
        Floating-point operations of a forward run; ``None`` if a shape is unknown, or the work of the operator (`Custom`).
    reads : tuple of str
        Nodes and inputs that it is connected to, in order, once each.
    seconds : float or None
        Time of a run, from ``profile``.
    nodes : int
        How many nodes it stands for.
    """

    name: str
    operator: str
    outputs: tuple[tuple[int | None, ...] | None, ...]
    dtype: str
    parameters: int | None
    states: int | None
    bytes: int | None
    flops: int | None
    reads: tuple[str, ...]
    seconds: float | None = None
    nodes: int = 1

    @property
    def flops_per_second(self) -> float | None:
        """How fast it computes."""
        return self.flops / self.seconds if self.flops is not None and self.seconds else None


@dataclass(frozen=True)
class Totals:
    """Sums over all nodes, of what is known.

    Attributes
    ----------
    nodes : int
        Operators' nodes.
    parameters, states : int
        Elements, shared ones once.
    parameter_bytes, state_bytes : int
        Their bytes.
    bytes : int
        Bytes of all values that nodes make; an executor that uses memory again needs less.
    flops : int
        Floating-point operations of a forward run.
    seconds : float or None
        Time, from ``profile``.
    unknown_parameters, unknown_bytes, unknown_flops : tuple of str
        Names of parameters and nodes that the sums leave out.
    """

    nodes: int
    parameters: int
    states: int
    parameter_bytes: int
    state_bytes: int
    bytes: int
    flops: int
    seconds: float | None
    unknown_parameters: tuple[str, ...]
    unknown_bytes: tuple[str, ...]
    unknown_flops: tuple[str, ...]


class Table:
    """What `summary` makes: ``print`` it, show it in a notebook or with rich, or read ``rows`` and ``totals``.

    Attributes
    ----------
    rows : list of Layer
        Inputs before readers.
    totals : Totals
        Sums over the whole graph.
    """

    def __init__(self, rows: list[Layer], totals: Totals):
        self.rows = rows
        self.totals = totals

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"<Table of {len(self.rows)} rows, {self.totals.parameters} parameters, {self.totals.flops} FLOPs>"

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int | None = None) -> str:
        """Spell the table as plain text.

        Parameters
        ----------
        width : int, optional
            Places in a line; those of the terminal by default, 120 where there is none. Long names are cut in their
            middle; where that is not enough, columns are left out.
        """
        if width is not None and (not isinstance(width, int) or isinstance(width, bool) or width < 20):
            facts = {"argument": "width", "got": repr(width), "expected": "int from 20"}
            raise ArgumentError(describe("width must be a number of places", name="summary", facts=facts))
        width = terminal_width() if width is None else width
        places, lines = laid_out(self.columns(), width)
        title, *rows = lines
        feet = [
            textwrap.fill(f"{name + ':':18}{value}", max(width, 40), subsequent_indent=" " * 18, break_on_hyphens=False)
            for name, value in self.feet()
        ]
        return "\n".join([title, "=" * places, *rows, "=" * places, *feet])

    def _repr_html_(self) -> str:
        return html_table(self.columns(), self.feet())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text())

    def __rich__(self) -> Any:
        return rich_table(self.columns(), self.feet())

    def to_dict(self) -> dict[str, Any]:
        """Return rows and totals as dicts, lists, strings and numbers; what is unknown is ``None``."""
        return {"rows": [asdict(row) for row in self.rows], "totals": asdict(self.totals)}

    def to_json(self, indent: int | None = None) -> str:
        """Spell rows and totals as JSON; what is unknown is ``null``."""
        return json.dumps(self.to_dict(), indent=indent)

    def columns(self) -> list[Column]:
        """List the columns, spelled for readers; those of time only where a profile was given."""
        rows = self.rows
        found = [
            Column("name", [row.name for row in rows], least=24),
            Column("operator", [row.operator for row in rows], least=12, rank=4),
            Column("output", [_shapes_text(row.outputs) for row in rows], least=16, rank=1),
            Column("type", [row.dtype for row in rows], rank=6),
            Column("parameters", ["?" if row.parameters is None else f"{row.parameters:,}" for row in rows], right=True),
            Column("bytes", [amount(row.bytes, "B") for row in rows], right=True, rank=2),
            Column("FLOPs", [amount(row.flops) for row in rows], right=True, rank=1),
        ]
        if any(row.seconds is not None for row in rows):
            found += [
                Column("time", ["" if row.seconds is None else amount(row.seconds, "s") for row in rows], right=True),
                Column("FLOP/s", [_speed(row) for row in rows], right=True, rank=3),
            ]
        return [*found, Column("connected to", [", ".join(row.reads) for row in rows], least=16, rank=5)]

    def feet(self) -> list[tuple[str, str]]:
        """List what stands below the table: sums, and what they leave out."""
        sums = self.totals
        found = [
            ("Parameters", f"{sums.parameters:,} ({amount(sums.parameter_bytes, 'B')}){_besides(sums.unknown_parameters, 'variable')}"),
            ("Auxiliary states", f"{sums.states:,} ({amount(sums.state_bytes, 'B')})"),
            ("Values", f"{amount(sums.bytes, 'B')} made by {sums.nodes:,} nodes{_besides(sums.unknown_bytes)}"),
            ("FLOPs", f"{amount(sums.flops)} in a forward run{_besides(sums.unknown_flops)}"),
        ]
        if not sums.states:
            del found[1]
        if sums.seconds is not None:
            speed = f", {amount(sums.flops / sums.seconds)} FLOP/s" if sums.seconds and not sums.unknown_flops else ""
            found.append(("Time", amount(sums.seconds, "s") + speed))
        return found


@stretching()
def summary(
    symbol: Any,
    shape: Mapping[str, Any] | None = None,
    dtype: Mapping[str, Any] | None = None,
    profile: Mapping[str, float] | None = None,
    depth: int | None = None,
) -> Table:
    """Tabulate layers: output shape and type, parameters, bytes, FLOPs, what each reads; and the sums.

    Parameters
    ----------
    symbol : Symbol
        The network.
    shape : dict of str to tuple, optional
        Shapes of inputs; the rest is inferred, and what does not follow is shown as ``?``.
    dtype : dict of str to type, optional
        Types of inputs, likewise; an unknown type counts as float32.
    profile : dict of str to float, optional
        Node name -> seconds of a run, as ``mx.debug.profile`` measures: adds columns of time and speed.
    depth : int, optional
        Join nodes whose names share that many words: 1 makes ``stage2_unit3_conv1`` and ``stage2_unit4_conv1`` one row,
        ``stage2``; 2 makes rows ``stage2_unit3`` and ``stage2_unit4``. Words that all names begin with do not count.

    Returns
    -------
    Table
        ``print`` it, leave it to a notebook, or read its ``rows`` and ``totals``; ``to_json()`` for other programs.

    Raises
    ------
    ArgumentError
        If an argument is of the wrong kind.
    UnknownName
        If ``shape`` or ``dtype`` names no argument.
    ShapeError, DTypeError
        If they contradict the graph.

    Notes
    -----
    Parameters are told from inputs by the slots that they fill; one that several layers share is counted once, at the
    first. `symbolic.cost.rules` says what a FLOP is: a multiply-add is two.

    Examples
    --------
    >>> import symbolic as mx
    >>> x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=10, name="fc")
    >>> print(mx.sym.relu(x, name="act").summary({"data": (32, 100)}).text(100))
    name  operator        output  type     parameters    bytes   FLOPs  connected to
    ================================================================================
    data  input           32x100  float32           0  12.8 kB       0
    fc    FullyConnected  32x10   float32       1,010  1.28 kB  64.3 k  data
    act   relu            32x10   float32           0  1.28 kB     320  fc
    ================================================================================
    Parameters:       1,010 (4.04 kB)
    Values:           2.56 kB made by 2 nodes
    FLOPs:            64.6 k in a forward run
    """
    symbol = checked_symbol(symbol, "summary")
    _check(profile, depth)
    graph = symbol.graph
    given, shapes = given_shapes(symbol, graph, {} if shape is None else shape)
    dtypes = [FLOAT32 if found is None else found for found in given_dtypes(symbol, graph, {} if dtype is None else dtype)]
    roles = roles_of(graph, given)
    counted = count_rows(graph, shapes, roles)
    cost = dict(zip(graph.nodes, costs(graph, shapes, dtypes, roles), strict=True))
    layers = [_layer(row, graph, dtypes, cost[row.node], profile) for row in counted.rows]
    totals = _totals(graph, shapes, dtypes, roles, cost, profile)
    if depth is not None:
        layers = grouped_rows(layers, depth)
    return Table(layers, totals)


def _check(profile: Any, depth: Any) -> None:
    if profile is not None and not isinstance(profile, Mapping):
        facts = {"argument": "profile", "got": type(profile).__name__, "expected": "dict, node name -> seconds"}
        raise ArgumentError(describe("profile must be a dict", name="summary", facts=facts))
    if depth is not None and (not isinstance(depth, int) or isinstance(depth, bool) or depth < 1):
        facts = {"argument": "depth", "got": repr(depth), "expected": "int from 1, or None"}
        raise ArgumentError(describe("depth must be a number of words", name="summary", facts=facts))


def _layer(row: Row, graph: Graph, dtypes: Sequence[Any], cost: Cost, profile: Mapping[str, float] | None) -> Layer:
    node = row.node
    first = graph.number((node, 0))
    variable = node.op is None
    return Layer(
        name=node.name,
        operator="input" if variable else node.op.name,
        outputs=tuple([_plain(shape) for shape in row.outputs]),
        dtype=dtypes[first].name,
        parameters=row.elements,
        states=row.kept,
        bytes=_nbytes(row.outputs[0], dtypes[first]) if variable else cost.written,
        flops=cost.flops,
        reads=tuple([below.name for below in row.previous]),
        seconds=None if profile is None or variable else profile.get(node.name),
    )


def _totals(
    graph: Graph,
    shapes: Sequence[Any],
    dtypes: Sequence[Any],
    roles: Mapping[Node, str],
    cost: Mapping[Node, Cost],
    profile: Mapping[str, float] | None,
) -> Totals:
    held = {True: [0, 0], False: [0, 0]}  # whether a state -> elements, bytes
    unknown = []
    for node, role in roles.items():
        if role not in ("weight", "parameter", "state"):
            continue
        shape, dtype = shapes[graph.number((node, 0))], dtypes[graph.number((node, 0))]
        nbytes = _nbytes(shape, dtype)
        if nbytes is None:
            unknown.append(node.name)
            continue
        held[role == "state"][0] += nbytes // dtype.itemsize
        held[role == "state"][1] += nbytes
    operators = [node for node in graph.nodes if node.op is not None]
    measured = {node.name for node in operators} & profile.keys() if profile is not None else set()
    return Totals(
        nodes=len(operators),
        parameters=held[False][0],
        states=held[True][0],
        parameter_bytes=held[False][1],
        state_bytes=held[True][1],
        bytes=sum(cost[node].written or 0 for node in operators),
        flops=sum(cost[node].flops or 0 for node in operators),
        seconds=sum(profile[name] for name in measured) if profile is not None else None,
        unknown_parameters=tuple(unknown),
        unknown_bytes=tuple([node.name for node in operators if cost[node].written is None]),
        unknown_flops=tuple([node.name for node in operators if cost[node].flops is None]),
    )


def _plain(shape: Any) -> tuple[int | None, ...] | None:
    """Spell a shape for programs: ``None`` for what is unknown."""
    return None if shape is NO_RANK else tuple([None if size is UNKNOWN else int(size) for size in shape])


def _nbytes(shape: Any, dtype: np.dtype) -> int | None:
    return prod(shape) * dtype.itemsize if complete(shape) else None


def _shapes_text(outputs: Sequence[Any]) -> str:
    """Spell shapes; equal ones in a row once."""
    said: list[list[Any]] = []
    for shape in outputs:
        text = "?" if shape is None else shape_text(tuple(["?" if size is None else size for size in shape]))
        if said and said[-1][0] == text:
            said[-1][1] += 1
        else:
            said.append([text, 1])
    return ", ".join(text if times == 1 else f"{times} of {text}" for text, times in said)


def _speed(row: Layer) -> str:
    speed = row.flops_per_second
    return "" if not speed else amount(speed)


def _besides(names: Sequence[str], kind: str = "node") -> str:
    """Name what a sum leaves out."""
    if not names:
        return ""
    few = ", ".join(map(printable, names[:5])) + (", ..." if len(names) > 5 else "")
    return f", without those unknown of {len(names):,} {kind}{'s' * (len(names) > 1)}: {few}"
