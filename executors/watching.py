"""What the monitor calls the values that enter a node, as MXNet does."""

from __future__ import annotations

from collections.abc import Iterator

from symbolic.graph.node import Node

__all__ = ["entering"]

# MXNet calls the one input of most operators input0, but that of these data.
CALLED_DATA = frozenset(
    [
        "Dropout",
        "L2Normalization",
        "LRN",
        "MakeLoss",
        "Pad",
        "Pooling",
        "Pooling_v1",
        "SliceChannel",
        "SwapAxis",
        "_contrib_MultiBoxPrior",
        "_contrib_index_array",
        "_contrib_quadratic",
        "_contrib_quantize_v2",
        "_image_to_tensor",
        "_split_v2",
        "all_finite",
        "depth_to_space",
        "diag",
        "im2col",
        "log_softmax",
        "repeat",
        "reverse",
        "space_to_depth",
        "squeeze",
        "tile",
    ]
)


def entering(node: Node) -> Iterator[tuple[str, Node, int]]:
    """List name, origin and output of what enters a node; a variable comes under its own name first.

    ``fc1`` of the variable ``x`` tells ``x``, ``fc1_data``, ``fc1_weight`` (the variable), ``fc1_weight`` (the slot), ...
    """
    op = node.op
    assert op is not None
    nameless = list(op.inputs) == ["data"] and op.canonical.name not in CALLED_DATA
    for slot, (below, index) in zip(node.params._layout.inputs, node.inputs, strict=True):
        if below.op is None:
            yield below.name, below, index
        yield f"{node.name}_{'input0' if nameless and slot == 'data' else slot}", below, index
