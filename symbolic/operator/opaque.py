"""Operators that nobody knows: they load, print, draw and save, and fail only when they have to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from symbolic.errors import UnknownOperator, closest, describe
from symbolic.graph.node import Node
from symbolic.operator.layout import Layout
from symbolic.operator.op import Op, Operator, Rule
from symbolic.registry import left_out, names
from symbolic.symbol.handle import Symbol

__all__ = ["Opaque", "cannot_run", "opaque_operator", "opaque_parameters"]


class Opaque(Operator):
    """An operator of which only the name is known."""

    _subgraphs: list[Symbol]


def _nothing(params: Operator) -> Iterator[tuple[str, Any]]:
    """Neither shapes nor types follow from anything; inference goes on around the node."""
    return iter(())


@lru_cache(64)  # an operator refers to itself: one for each load would be garbage that only the cycle collector finds
def opaque_operator(name: str) -> Op:
    """Make an operator that stands for one of this name; it is not entered in the registry."""
    op = Op(Opaque, name, {}, ())
    op.infer_shape = op.infer_dtype = Rule(_nothing, ())
    op.differentiable = False
    return op


def opaque_parameters(op: Op, words: Mapping[str, str], inputs: int, outputs: int) -> Operator:
    """Make the parameters of nodes that are spelled alike.

    Parameters
    ----------
    op : Op
        From `opaque_operator`.
    words : mapping of str to str
        Its parameters, kept as they are.
    inputs, outputs : int
        As many as the file shows.
    """
    params = Opaque()
    params._op, params._spelled = op, dict(words)
    params._same = object()  # not itself, for the same reason
    params._subgraphs = []
    slots = tuple(f"arg{place}" for place in range(inputs))
    results = ("output",) if outputs == 1 else tuple(f"output{place}" for place in range(outputs))
    places: dict[str, int | range | None] = {slot: place for place, slot in enumerate((*slots, *results))}
    params._layout = Layout(slots, results, (), (), (), frozenset(), places, outputs)
    return params


def cannot_run(node: Node) -> UnknownOperator:
    """Make the error for a node that has to run, or whose shapes are needed."""
    if node.op.name == "Custom":
        hint = "register a class under its op_type by mx.operator.register, then load the file again"
        return UnknownOperator(
            describe("nobody has registered this operator, so it cannot run", node=node, facts=node.params._words, hint=hint)
        )
    hint = "its graph prints, draws and saves; get_internals() picks the part below it, which runs"
    what = left_out(node.op.name) or f"nobody knows this operator{closest(node.op.name, names()).replace(';', ',')}"
    what = f"{what} It" if what.endswith("?") else f"{what}, so it"
    return UnknownOperator(describe(f"{what} cannot run", node=node, facts=node.params._words, hint=hint))
