"""A tape as a Symbol."""

from __future__ import annotations

from symbolic import registry
from symbolic.graph.graph import depth_first
from symbolic.graph.node import Entry, Node
from symbolic.symbol.handle import Symbol

__all__ = ["recorded_symbol"]

PLAIN = {
    "broadcast_add": "_plus_scalar",
    "broadcast_sub": "_minus_scalar",
    "broadcast_mul": "_mul_scalar",
    "broadcast_div": "_div_scalar",
    "broadcast_mod": "_mod_scalar",
    "broadcast_power": "_power_scalar",
    "broadcast_maximum": "_maximum_scalar",
    "broadcast_minimum": "_minimum_scalar",
    "broadcast_hypot": "_hypot_scalar",
    "broadcast_equal": "_equal_scalar",
    "broadcast_not_equal": "_not_equal_scalar",
    "broadcast_greater": "_greater_scalar",
    "broadcast_greater_equal": "_greater_equal_scalar",
    "broadcast_lesser": "_lesser_scalar",
    "broadcast_lesser_equal": "_lesser_equal_scalar",
    "broadcast_logical_and": "_logical_and_scalar",
    "broadcast_logical_or": "_logical_or_scalar",
    "broadcast_logical_xor": "_logical_xor_scalar",
}
REFLECTED = {
    **PLAIN,
    "broadcast_sub": "_rminus_scalar",
    "broadcast_div": "_rdiv_scalar",
    "broadcast_mod": "_rmod_scalar",
    "broadcast_power": "_rpower_scalar",
    "broadcast_greater": "_lesser_scalar",
    "broadcast_greater_equal": "_lesser_equal_scalar",
    "broadcast_lesser": "_greater_scalar",
    "broadcast_lesser_equal": "_greater_equal_scalar",
}


def recorded_symbol(head: Entry) -> Symbol:
    """Copy what lies below a value: arrays become variables, and numbers, which the tape holds as arrays, parameters."""
    made: dict[Node, Node] = {}
    order = depth_first([head])
    places = {node: _place_of_number(node) for node in order}
    numbers = {node.inputs[place][0] for node, place in places.items() if place is not None}
    count = 0
    for node in order:
        if node.op is None:
            if node not in numbers:
                made[node] = Node(None, None, f"var{count}")
                count += 1
            continue
        op, params, inputs, place = node.op, node.params, node.inputs, places[node]
        if place is not None:
            number = inputs[place][0].values[0].item()  # type: ignore[attr-defined]
            op = registry.find((REFLECTED if place == 0 else PLAIN)[op.name]).canonical
            params, inputs = op.parameters({"scalar": number}), (inputs[1 - place],)
        made[node] = Node(op, params, f"node_{len(made)}", tuple([(made[below], index) for below, index in inputs]))
    return Symbol([(made[head[0]], head[1])])


def _place_of_number(node: Node) -> int | None:
    """Find which operand is a number: those have no axes, and no gradient."""
    if node.op is None or node.op.name not in PLAIN:
        return None
    for place, (below, _) in enumerate(node.inputs):
        if below.op is None and below.mark is None and below.values[0].ndim == 0:  # type: ignore[attr-defined]
            return place
    return None
