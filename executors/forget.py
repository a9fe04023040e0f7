"""Which values of the forward pass a training program forgets, to need less memory."""

from __future__ import annotations

import math
from collections.abc import Iterator

from symbolic.graph.node import Node
from symbolic.passes.pipeline import Lowered
from symbolic.passes.recompute import forward_nodes, may_be_forgotten

__all__ = ["cheap", "segments"]

# What costs much more to compute than to keep; MXNet keeps the results of the same ones.
DEAR = frozenset(("Convolution", "Deconvolution", "FullyConnected", "dot", "batch_dot", "RNN", "Concat", "SoftmaxOutput"))
PARTS = (2, 3, 4, 6, 8, 12, 16, 24, 32)  # into how many runs of values the forward pass is cut


def cheap(lowered: Lowered) -> set[Node]:
    """Choose what is cheap to compute again, and what the attribute ``force_mirroring`` names; ``False`` there keeps it."""
    found = set()
    for node in forward_nodes(lowered):
        wish = node.attrs.get("__force_mirroring__", node.attrs.get("force_mirroring"))
        is_cheap = node.op is not None and node.op.name not in DEAR
        if may_be_forgotten(node) and (is_cheap if wish is None else wish.lower() in ("1", "true")):
            found.add(node)
    return found


def segments(lowered: Lowered) -> Iterator[set[Node]]:
    """Choose values to keep so far apart that about as many bytes lie between them, in ever shorter distances.

    The rest is forgotten. Of a chain of ``n`` like values, ``2 sqrt(n)`` are in memory at a time.

    Source: Chen, Xu, Zhang and Guestrin (2016), Training deep nets with sublinear memory cost.
    """
    graph = lowered.graph
    nodes = forward_nodes(lowered)
    forward = set(nodes)
    heads = {node for node, _ in graph.heads[: lowered.outputs]}
    read = {below for node in graph.nodes if node not in forward for below, _ in node.inputs if below in forward}
    weights = [
        sum(
            math.prod(lowered.shapes[n]) * lowered.dtypes[n].itemsize
            for n in range(graph.base[node], graph.base[node] + (node.params._layout.size if node.op is not None else 1))
        )
        if node in read and may_be_forgotten(node)
        else 0
        for node in nodes
    ]
    total = sum(weights)
    for parts in PARTS if total else ():
        found, run = set(), 0
        for node, weight in zip(nodes, weights, strict=True):
            run += weight
            if run > total / parts and weight:
                run = 0  # this one is kept
            elif may_be_forgotten(node) and node not in heads:
                found.add(node)
        yield found
