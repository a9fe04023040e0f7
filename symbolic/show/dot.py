"""``mx.viz``: a graph as a picture, `plot_network`, and as a table, `print_summary`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphviz

from symbolic.cost.work import costs
from symbolic.errors import ArgumentError, closest, describe, printable
from symbolic.infer.stretch import stretching
from symbolic.show.boxes import Facts
from symbolic.show.details import details_of
from symbolic.show.drawing import Drawing
from symbolic.show.heat import checked_heat, measured
from symbolic.show.legend import legend_of
from symbolic.show.phases import phases_of
from symbolic.show.render import Picture
from symbolic.show.roles import checked_symbol, given_dtypes, given_shapes, roles_of
from symbolic.show.summary import print_summary
from symbolic.show.view import Names, View
from symbolic.values.shape import NO_RANK

__all__ = ["plot_network", "print_summary"]

FONT = "Helvetica"  # graphviz-pure brings a face of the same widths
GRAPH = {"rankdir": "BT", "nodesep": "0.3", "ranksep": "0.25", "fontname": FONT}
NODE = {"shape": "box", "fontname": FONT, "fontsize": "10", "margin": "0.15,0.07", "height": "0.3", "penwidth": "1.2"}
EDGE = {"dir": "back", "fontname": FONT, "fontsize": "9", "fontcolor": "#555555", "color": "#666666", "arrowsize": "0.7"}
LARGE = 150  # nodes above which groups are one box each
BOXES, FEW_BOXES = 40, 20  # how many there are then, about: a readable page; an overview
MANY = 400  # boxes from which drawing is made quick rather than neat
QUICK = {"splines": "line", "nslimit": "0.1", "nslimit1": "0.1", "mclimit": "0.01"}  # 2,000 boxes: from 20 seconds to 4


@stretching()
def plot_network(
    symbol: Any,
    title: str = "plot",
    save_format: str = "pdf",
    shape: Mapping[str, Any] | None = None,
    dtype: Mapping[str, Any] | None = None,
    node_attrs: Mapping[str, Any] = {},
    hide_weights: bool = True,
    *,
    collapse: bool | int | None = None,
    depth: int | None = None,
    heat: str | None = None,
    profile: Mapping[str, float] | None = None,
    legend: bool | None = None,
) -> Picture:
    """Draw the graph of a symbol.

    Parameters
    ----------
    symbol : Symbol
        What to draw; a group may have any number of outputs. Outputs have a bold border.
    title : str
        Name of the graph; ``render`` writes ``<title>.gv`` and ``<title>.gv.<save_format>``.
    save_format : str
        What ``render`` and ``view`` write: ``"svg"``, ``"png"``, ..., or ``"pdf"``, which needs the program ``dot`` or the
        package ``cairosvg``, `pip install 'symbind[pdf]'`.
    shape : dict of str to tuple, optional
        Shapes of inputs. Those of all other values are inferred and stand on the edges, as far as they follow; ``{}``
        infers from the shapes that variables declare.
    dtype : dict of str to type, optional
        Types of inputs, likewise.
    node_attrs : dict of str to str
        Graphviz attributes for all nodes, ``{"shape": "box", "fixedsize": "false"}``; they win over the built-in look.
    hide_weights : bool
        Leave out weights and states of layers: found by the slots that they fill, whatever their name. Those that
        something else reads, or an update rewrites, stay, and so do those that are outputs themselves.
    collapse : bool or int, optional
        Whether groups of nodes become one box each: by the prefixes of their names, ``stage2_unit3``, by blocks that repeat,
        else by place. By default above 150 nodes, so that there are about 40 boxes; ``True`` at any size, to about 20; a number,
        to no more than it; ``False`` never. Of blocks that repeat one is drawn, in a frame that says how many there are.
    depth : int, optional
        How many levels of groups are open, in place of a number of boxes.
    heat : {"bytes", "flops", "time"}, optional
        Colour boxes by what they take of all, and say it: bytes read and written, floating-point operations, both by the shapes
        (give ``shape``), or the seconds of ``profile``.
    profile : dict of str to float, optional
        Name of node to seconds, as ``mx.debug.profile(exe)`` gives; alone it means ``heat="time"``.
    legend : bool, optional
        Whether colours are explained; by default where ``heat``, groups, gradients or updates need it.

    Returns
    -------
    Picture
        A `graphviz.Digraph`: notebooks show it; ``.view()`` opens it, ``.render()`` writes it, ``.source`` is its text.
        As in MXNet an edge is ``reader -> input``, drawn with its arrow at the reader. A box's id is the node's name, made
        unique where names repeat. Gradients and updates have frames of their own; a loop or a branch is a frame with its graph.

    Raises
    ------
    ArgumentError
        If an argument is of the wrong kind, or ``heat`` has nothing to show.
    UnknownName
        If ``shape`` or ``dtype`` names no argument.
    ShapeError, DTypeError
        If they contradict the graph.

    Examples
    --------
    >>> import symbolic as mx
    >>> x = mx.sym.Variable("data")
    >>> mx.viz.plot_network(mx.sym.exp(x, name="power"), shape={"data": (2, 3)}).body[-1]
    '\\tpower -> data [label=" 2x3 " tooltip="data -> power: data, 2x3" weight=2]\\n'
    """
    symbol = checked_symbol(symbol, "plot_network")
    attributes = _checked(title, save_format, node_attrs)
    kind = checked_heat(heat, profile)
    _check_size(collapse, depth)
    graph = symbol.graph
    if shape is None and kind in ("bytes", "flops"):
        shape = {}
    given, shapes = (set(), [NO_RANK] * graph.size) if shape is None else given_shapes(symbol, graph, shape)
    dtypes = [None] * graph.size if dtype is None else given_dtypes(symbol, graph, dtype)
    roles = roles_of(graph, given)
    phases = phases_of(graph)
    facts = Facts(graph, shapes, dtypes, roles, phases=phases if len(set(phases.values())) > 1 else {})
    facts.hidden = details_of(graph, roles) if hide_weights else set()
    shown = [node for node in graph.nodes if node not in facts.hidden]
    most = _most_boxes(collapse, len(shown)) if depth is None else None
    if shape is not None and (kind or most is not None or depth is not None):
        facts.found = costs(graph, shapes, dtypes, roles)
    if kind is not None:
        facts.heat = measured(kind, graph, facts.found, profile)
    names = Names()
    view = View(graph, shown, most, depth, names)

    picture = Picture(
        graphviz.escape(printable(title, limit=500)),
        filename=f"{title}.gv",
        format=save_format,
        graph_attr=GRAPH if len(view.boxes) <= MANY else {**GRAPH, **QUICK},
        node_attr={**NODE, **attributes},
        edge_attr=EDGE,
    )
    Drawing(picture, names, attributes).draw(facts, view)
    notes = _notes(view, bool(facts.phases))
    explained = legend if legend is not None else bool(facts.heat or facts.phases or notes)
    drawn = [box.node for box in view.boxes if box.node is not None]
    label = legend_of(facts, drawn, bool(view.closed), notes, legend is True) if explained else ""
    if label:
        picture.graph_attr.update(label=label, labelloc="t", labeljust="l")
    return picture


def _most_boxes(collapse: bool | int | None, count: int) -> int | None:
    """Say how many boxes there may be; ``None``: every node is one."""
    if collapse is None:
        return BOXES if count > LARGE else None
    if isinstance(collapse, bool):
        return FEW_BOXES if collapse else None
    return collapse if count > collapse else None


def _notes(view: View, phased: bool) -> list[str]:
    """Say what the picture does not show, and how to see it."""
    notes = []
    if view.closed or len(view.box_of) > len(view.boxes):
        notes.append(
            f"{len(view.box_of)} nodes as {len(view.boxes)} boxes; collapse=False draws all, collapse=200 more, depth=2 two levels"
        )
    if view.closed and phased:
        notes.append("thick arrows stand for all that one part reads of another")
    if len(view.boxes) > MANY:
        notes.append(f"{len(view.boxes)} boxes: lines are straight, so that it is drawn in seconds; collapse=True draws an overview")
    return notes


def _check_size(collapse: Any, depth: Any) -> None:
    if not (collapse is None or (isinstance(collapse, int) and (isinstance(collapse, bool) or collapse > 0))):
        facts = {"argument": "collapse", "got": repr(collapse), "expected": "None, True, False, or how many boxes there may be"}
        raise ArgumentError(describe(f"collapse cannot be {collapse!r}", name="plot_network", facts=facts))
    if not (depth is None or (isinstance(depth, int) and not isinstance(depth, bool) and depth >= 0)):
        facts = {"argument": "depth", "got": repr(depth), "expected": "how many levels of groups are open: 0, 1, ..."}
        raise ArgumentError(describe(f"depth cannot be {depth!r}", name="plot_network", facts=facts))


def _checked(title: Any, save_format: Any, node_attrs: Any) -> dict[str, str]:
    """Check how the picture is asked for; return the attributes as text."""

    def wrong(argument: str, got: Any, expected: str) -> ArgumentError:
        facts = {"argument": argument, "got": f"{type(got).__name__} {got!r}", "expected": expected}
        return ArgumentError(describe(f"{argument} cannot be {got!r}", name="plot_network", facts=facts))

    if not isinstance(title, str) or "\0" in title:
        raise wrong("title", title, "str")
    if not isinstance(save_format, str) or save_format.lower() not in graphviz.FORMATS:
        near = closest(save_format, graphviz.FORMATS) if isinstance(save_format, str) else ""
        raise wrong("save_format", save_format, f"'pdf', 'svg', 'png', ...{near}")
    if not isinstance(node_attrs, Mapping) or not all(isinstance(key, str) for key in node_attrs):
        raise wrong("node_attrs", node_attrs, "dict of Graphviz attributes, such as {'shape': 'box'}")
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in node_attrs.items()}
