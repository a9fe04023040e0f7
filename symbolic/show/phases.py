"""Which part of a graph a node belongs to: the network itself, its gradient, or the update of what is learnt."""

from __future__ import annotations

import re
from typing import Literal

from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.show.label import UPDATE, family_of

__all__ = ["PHASES", "Phase", "phases_of"]

Phase = Literal["forward", "gradient", "update"]
PHASES: tuple[Phase, ...] = ("forward", "gradient", "update")

_DERIVED = re.compile(r".\.d\d+$")  # how autodiff.gradient names what it composes: after the node that it differentiates


def phases_of(graph: Graph) -> dict[Node, Phase]:
    """Tell forward, gradient and update nodes apart.

    Parameters
    ----------
    graph : Graph
        Any graph; most have a forward part only.

    Returns
    -------
    dict of Node to {"forward", "gradient", "update"}
        In the order of the graph.

    Notes
    -----
    Of the *gradient* are operators made for it (``_backward_…``, ``fc1.d0``, head gradients) and all that follows from them. Of the
    *update* are operators that rewrite what is learnt (``sgd_update``, the last node of ``training.step``), and what lies between
    gradient and rewriting. What only gradient or update read, such as a learning rate, belongs to them; so no forward node
    reads a gradient, and no gradient an update.
    """
    phases: dict[Node, Phase] = {}
    made: set[Node] = set()  # for a gradient, by its own account
    for node in graph.nodes:
        below = {phases[source] for source, _ in node.inputs}
        if node.op is not None and _differentiates(node):
            made.add(node)
        phase: Phase = (
            "update" if "update" in below or _rewrites(node) else "gradient" if node in made or "gradient" in below else "forward"
        )
        phases[node] = phase
    if len(set(phases.values())) > 1:
        _settle(graph, phases, made)
    return phases


def _settle(graph: Graph, phases: dict[Node, Phase], made: set[Node]) -> None:
    """Give what only one later phase reads to it."""
    heads = {node for node, _ in graph.heads}
    readers: dict[Node, set[Phase]] = {}
    for node in reversed(graph.nodes):
        mine = readers.pop(node, set())
        here = phases[node]
        if len(mine) == 1 and node not in heads and node not in made:
            (only,) = mine
            if only == "update" or node.op is None:  # an operator that the gradient reads is what it is the gradient of
                phases[node] = here = only
        for below, _ in node.inputs:
            readers.setdefault(below, set()).add(here)


def _differentiates(node: Node) -> bool:
    name = node.name
    return (
        node.op.name.startswith("_backward_")
        or _DERIVED.search(name) is not None
        or (name.endswith("_head_grad") and bool(node.inputs) and node.inputs[0][0].name == name.removesuffix("_head_grad"))
    )


def _rewrites(node: Node) -> bool:
    return node.op is not None and (node.op.name == "_rewrite" or family_of(node) is UPDATE)
