"""Turn batch normalisation by running statistics into an affine map, which runs together with what follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symbolic import ops
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import derive
from symbolic.scope import apart
from symbolic.symbol.handle import Symbol

__all__ = ["open_batch_norm"]


def open_batch_norm(graph: Graph, shapes: Mapping[Node, Any], dtypes: Mapping[Node, Any]) -> Graph:
    """Open each `BatchNorm` of a graph for inference::

        x -> BatchNorm -> relu     =>     x -> multiply by scale -> add shift -> relu

    ``scale = gamma / sqrt(moving_var + eps)`` and ``shift = beta - moving_mean * scale`` are as small as the channels are
    many. Weights are not touched: they may change between two runs, and a copy of them would cost more than it saves.

    Parameters
    ----------
    shapes, dtypes : mapping
        Shape and type of the data of nodes that may be opened.
    """

    def make(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        if node.op is None or node.op.name != "BatchNorm" or node not in shapes or dtypes[node].itemsize < 4:
            return None
        op: Any = node.params
        rank = len(shapes[node])
        axis = op.axis % rank
        beside = (1,) * axis + (-1,) + (1,) * (rank - axis - 1)
        data, gamma, beta, mean, var = [Symbol([entry]) for entry in inputs]
        with apart():
            spread = ops.rsqrt(var + op.eps)
            scale = spread if op.fix_gamma else spread * gamma
            shift = beta - mean * scale
            scaled = ops.broadcast_mul(data, ops.Reshape(scale, shape=beside), name=f"{node.name}.scaled")
            # the shift first: it is small, and must be there before the two large steps can run together
            output = ops.broadcast_add(ops.Reshape(shift, shape=beside), scaled, name=f"{node.name}.shifted")
        return [symbol._entries[0] for symbol in (output, mean, spread)]

    return derive(graph, make)
