"""From a composed graph to one that an executor computes: the order of the passes, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbolic.autodiff.gradient import gradients
from symbolic.autodiff.loops import record_loops
from symbolic.graph.graph import Graph, resting_collector
from symbolic.graph.node import Entry, Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.operator.op import Op
from symbolic.passes.drop_identities import drop_identities
from symbolic.passes.expand import FLOAT32, expand, is_float, without_gradient
from symbolic.passes.merge_equal import merge_equal
from symbolic.passes.merge_transposes import merge_transposes
from symbolic.passes.open_batch_norm import open_batch_norm
from symbolic.passes.separate_streams import separate_streams
from symbolic.passes.settle import settle
from symbolic.passes.thread_state import thread_state
from symbolic.passes.watch_gradients import Sent, watch_gradients
from symbolic.switches import is_on
from symbolic.values.shape import np_shape

__all__ = ["Lowered", "lower"]


@dataclass
class Lowered:
    """A pure graph of operators that an executor knows, with the shape and type of each value.

    Attributes
    ----------
    graph : Graph
        Its heads are the outputs, then the gradients; its updates are the new values of states.
    outputs : int
        How many heads are outputs.
    forward_updates : dict
        The updates that the forward phase makes; the others come with the gradients.
    shapes, dtypes : list
        For each value of ``graph``.
    wrt : list of int
        Which of the arguments asked for the gradients among the heads are of.
    without : list of int
        Arguments that the outputs do not depend on: their gradient is zero.
    entering : list of Node
        For each output the variable of its head gradient.
    reached : list of bool
        Whether that variable is read.
    late : set of Node
        Nodes of the backward phase that are best computed right before they are read.
    names : list of str
        What the heads are called, where they are the gradients that nodes send.
    """

    graph: Graph
    outputs: int
    forward_updates: dict[Node, Entry]
    shapes: list[Any] = field(default_factory=list)
    dtypes: list[Any] = field(default_factory=list)
    wrt: list[int] = field(default_factory=list)
    without: list[int] = field(default_factory=list)
    entering: list[Node] = field(default_factory=list)
    reached: list[bool] = field(default_factory=list)
    late: set[Node] = field(default_factory=set)
    names: list[str] = field(default_factory=list)


def lower(
    graph: Graph,
    shapes: Sequence[Any],
    dtypes: Sequence[Any],
    arrays: Mapping[Node, np.ndarray],
    claimed: Callable[[Op], bool],
    is_train: bool,
    wrt: Sequence[int] | None = None,
    watched: bool = False,
    optimise: bool = True,
) -> Lowered:
    """Run the passes for one mode; shapes that depend on values stay unknown.

    Parameters
    ----------
    graph : Graph
        As composed.
    shapes, dtypes : sequence
        What was inferred for its values.
    arrays : mapping
        The array bound to each variable; only shapes and types are read.
    claimed : callable
        Whether the executor computes an operator itself.
    is_train : bool
        The mode.
    wrt : sequence of int, optional
        Places of the arguments whose gradients are wanted.
    watched : bool
        Make every value of the composed graph a head; with ``wrt``, every gradient that its nodes send, called `names`.
    optimise : bool
        Whether to run the passes that only save time.
    """
    known = {node: array.shape for node, array in arrays.items()}
    types = {node: array.dtype for node, array in arrays.items()}
    mixed = any(is_float(dtype) and dtype != FLOAT32 for dtype in set(dtypes))
    arguments = graph.arguments
    heads = [graph.number(head) for head in graph.heads]
    composed = graph

    shapes_before, types_before = (graph, shapes), (graph, dtypes)

    def inferred_types(graph: Graph) -> list[Any] | None:
        return dtypes_of(graph, types, known=types_before) if mixed else None

    with resting_collector(), np_shape():
        # creating nodes learn their shapes from their readers now: later passes infer forwards only
        graph = settle(graph, shapes, dtypes)
        if optimise and is_on("open_batch_norm") and not is_train and wrt is None and not watched:
            # while shapes are at hand; an affine map is fused with its neighbours, a layer is not
            graph = open_batch_norm(graph, *_data_of_batch_norms(shapes_before, types_before))
        # before anything copies a node
        graph = separate_streams(graph)
        if watched and wrt is None:
            graph = Graph([(node, index) for node in graph.nodes if node.op is not None for index in range(node.params._layout.size)])
        # states become values before anything moves, since what a reader sees depends on the order
        graph = thread_state(graph)
        if (
            optimise
            and is_on("drop_identities")
            and not watched
            and not any(dtype is not None and dtype.kind == "b" for dtype in set(dtypes))
        ):
            # before anything is made for them
            graph = drop_identities(graph)
        count = len(graph.heads)
        written = graph.updates
        twice: list[Node] = []
        made = Lowered(graph, count, {})
        if wrt is not None:
            # composites without a gradient of their own are differentiated through their bodies
            graph = expand(graph, without_gradient, is_train, inferred_types(graph))
            # loops keep what their gradients will read
            graph = record_loops(graph, inferred_types(graph))
            written = graph.updates
            for place, number in enumerate(heads):
                node = Node(None, None, f"head_grad_{place}")
                known[node], types[node] = shapes[number], dtypes[number]
                made.entering.append(node)
            sent: list[Sent] | None = [] if watched else None
            graph = _differentiate(graph, arguments, wrt, made, sent)
            if sent is not None:
                made.names, ends = watch_gradients(composed, shapes, dtypes, sent)
                graph, made.wrt = Graph(ends, graph.updates), []
                made.outputs = len(ends)
            # of a state that both phases write, the version between them is kept in sight as a head
            twice = [variable for variable, entry in written.items() if graph.updates[variable] != entry]
            graph = Graph([*graph.heads, *[written[variable] for variable in twice]], graph.updates) if twice else graph
        # only now the composites that have a gradient are opened: the gradient was made of whole ones
        graph = expand(graph, lambda op: not claimed(op), is_train, inferred_types(graph))
        if optimise and is_on("merge_transposes"):
            # those of gradients and bodies, too
            graph = merge_transposes(graph)
        if optimise and is_on("merge_equal"):
            # bodies were copied into forward and backward parts: computed once
            graph = merge_equal(graph)
        between: dict[Node, Entry] = {}
        if twice:
            between = dict(zip(twice, graph.heads[-len(twice) :], strict=True))
            graph = Graph(graph.heads[: -len(twice)], graph.updates)
        made.graph = graph
        made.forward_updates = {variable: between.get(variable, graph.updates[variable]) for variable in written}
        made.shapes = shapes_of(graph, known, declared=False, known=shapes_before)
        made.dtypes = [FLOAT32 if dtype is None else dtype for dtype in dtypes_of(graph, types, known=types_before)]
    return made


def _data_of_batch_norms(shapes: tuple[Graph, Sequence[Any]], dtypes: tuple[Graph, Sequence[Any]]) -> tuple[dict[Node, Any], ...]:
    """Look up shape and type of the first input of each batch normalisation."""
    graph = shapes[0]
    places = {node: numbers[0] for node, numbers in zip(graph.nodes, graph.inputs, strict=True) if node.op and node.op.name == "BatchNorm"}
    return tuple({node: known[number] for node, number in places.items()} for _, known in (shapes, dtypes))


def _differentiate(graph: Graph, arguments: Sequence[Node], wrt: Sequence[int], made: Lowered, sent: list[Sent] | None) -> Graph:
    """Add gradients to the heads; list what nodes send each other."""
    seen = None if sent is None else lambda *each: sent.append(Sent(*each))
    found = gradients(graph.heads, [(node, 0) for node in made.entering], [(arguments[place], 0) for place in wrt], seen)
    entries = []
    for place, entry in zip(wrt, found, strict=True):
        if entry is None:
            made.without.append(place)
        else:
            made.wrt.append(place)
            entries.append(entry)
    whole = Graph([*graph.heads, *entries], graph.updates)
    present = set(whole.nodes)
    made.reached = [node in present for node in made.entering]
    # gradient operators that write states (moving statistics) do so one after the other
    return thread_state(whole, settled=set(graph.nodes))
