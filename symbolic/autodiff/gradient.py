"""Gradients as a graph: head gradients in, gradients of chosen values out, all made of operators."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from symbolic import ops
from symbolic.errors import GradientError, UnknownName, closest, describe
from symbolic.graph.graph import depth_first
from symbolic.graph.node import Entry, Node
from symbolic.operator.layout import slots_of
from symbolic.passes.expand import expand, without_gradient
from symbolic.scope import NameManager, _stack, apart
from symbolic.symbol.handle import Symbol

__all__ = ["gradient_symbol", "gradients"]


class _Names(NameManager):
    """Calls gradient nodes after the node that they belong to: ``fc1.d0``, ``fc1.d1``."""

    def __init__(self) -> None:
        super().__init__()
        self.node = ""
        self.number = 0

    def get(self, name: str | None, hint: str) -> str:
        self.number += 1
        return f"{self.node}.d{self.number - 1}"


def gradients(
    heads: Sequence[Entry],
    head_gradients: Sequence[Entry],
    wrt: Sequence[Entry],
    seen: Callable[[Node, int, Symbol], Any] | None = None,
) -> list[Entry | None]:
    """Differentiate ``heads`` with respect to ``wrt``.

    Parameters
    ----------
    heads : sequence of Entry
        Below them no composite may be left that has no gradient rule of its own (`passes.expand`).
    head_gradients : sequence of Entry
        The gradient that enters at each head.
    wrt : sequence of Entry
        Values, mostly variables.
    seen : callable, optional
        Told each contribution: the node that sends it, to which input, and what.

    Returns
    -------
    list
        One value for each of ``wrt``; ``None`` where the heads do not depend on it, or a zero gradient ends every path.

    Raises
    ------
    GradientError
        If an operator on the way has no gradient.
    """
    order = depth_first(heads)
    active = {node for node, _ in wrt}
    for node in order:
        if node not in active and not active.isdisjoint([below for below, _ in node.inputs]):
            active.add(node)
    parts: dict[Entry, list[Symbol]] = {}
    for head, gradient in zip(heads, head_gradients, strict=True):
        parts.setdefault(head, []).append(Symbol([gradient]))
    names = _Names()
    with apart():
        _stack.names.append(names)
        try:
            for node in reversed(order):
                if node.op is not None and node in active:
                    names.node, names.number, _stack.place = node.name, 0, node.origin
                    _spread(node, active, parts, seen)
            names.node, names.number, _stack.place = "sum", 0, None
            found = [_joined(parts.get(entry)) for entry in wrt]
        finally:
            _stack.names.pop()
    return [None if symbol is None else symbol._entries[0] for symbol in found]


def _joined(parts: list[Symbol] | None) -> Symbol | None:
    """Add up the contributions to one gradient."""
    if not parts:
        return None
    if len(parts) > 1:
        parts[:] = [ops.elemwise_add(parts[0], parts[1]) if len(parts) == 2 else ops.add_n(*parts)]
    return parts[0]


def _spread(
    node: Node, active: set[Node], parts: dict[Entry, list[Symbol]], seen: Callable[[Node, int, Symbol], Any] | None = None
) -> None:
    """Add a node's contributions to the gradients of its inputs."""
    op, params = node.op, node.params
    layout = params._layout
    arriving = [_joined(parts.get((node, index))) for index in range(layout.size)]
    if all(gradient is None for gradient in arriving):
        return
    rule = op.gradient
    if rule is None:
        raise GradientError(
            describe(
                "this operator has no gradient",
                node=node,
                hint="put mx.sym.BlockGrad around it, or bind with grad_req='null' for what lies below",
            )
        )
    values: list[Any] = [Symbol((entry,)) for entry in node.inputs]
    values += [Symbol(((node, index),)) for index in range(layout.size)]
    slots = slots_of(layout, values)
    start = len(layout.inputs)
    for slot in rule.names:
        if slot[:2] == "d_" and slot not in slots and slot[2:] in layout.places:
            place = layout.places[slot[2:]]
            if isinstance(place, range):
                slots[slot] = [_arriving(arriving, values, index, start) for index in place]
            else:
                slots[slot] = None if place is None else _arriving(arriving, values, place, start)
    for slot, value in rule(params, slots):
        place = layout.places.get(slot, -1)
        if place == -1:
            raise TypeError(f"{op.name}: gradient yields {slot!r}, which is no input")
        if place is None or value is None:
            continue
        for position, member in zip(place, value, strict=True) if isinstance(place, range) else ((place, value),):
            entry = node.inputs[position]
            if seen is not None and member is not None:
                seen(node, position, member)
            if member is not None and entry[0] in active:
                parts.setdefault(entry, []).append(member)


def _arriving(arriving: list[Symbol | None], values: list[Any], place: int, start: int) -> Symbol:
    found = arriving[place - start]
    return ops.zeros_like(values[place]) if found is None else found


def gradient_symbol(symbol: Any, names: Iterable[str]) -> Symbol:
    """Do `Symbol.gradient`: differentiate the sum of a symbol's outputs with respect to named arguments."""
    names = list(names)
    graph = importlib.import_module("symbolic.autodiff.loops").record_loops(expand(symbol.graph, without_gradient))
    by_name = {node.name: node for node in symbol.graph.variables}  # a body may leave one out, as gemm with beta=0 does C
    for name in names:
        if name not in by_name:
            raise UnknownName(
                describe(
                    f"no argument is called {name!r}{closest(name, by_name)}",
                    operator="gradient",
                    name=symbol.name,
                    facts={"argument": "names", "got": repr(name), "expected": ", ".join(by_name)},
                )
            )
    with apart():
        ones = [ops.ones_like(Symbol([head]), name=f"{head[0].name}_head_grad")._entries[0] for head in graph.heads]
    found = gradients(graph.heads, ones, [(by_name[name], 0) for name in names])
    entries = []
    for name, entry in zip(names, found, strict=True):
        if entry is None:
            with apart():
                entry = ops.zeros_like(Symbol([(by_name[name], 0)]), name=f"{name}_grad")._entries[0]
        entries.append(entry)
    return Symbol(entries)
