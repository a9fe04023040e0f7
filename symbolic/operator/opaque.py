"""Operators that nobody knows: they load, print, draw and save, and fail only when they have to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbolic.operator.op import Layout, Op, Operator, Rule

__all__ = ["opaque_node_params"]

MOST_OUTPUTS = 4096


class Unknown(Operator):
    """An operator of which only the name is known."""

    _subgraphs: list[Any]


def opaque_node_params(name: str, words: Mapping[str, str], inputs: int, outputs: int, subgraphs: list[Any] | None = None) -> Operator:
    """Make the parameters of a node of an unknown operator; its `Op` hangs on them.

    Parameters
    ----------
    words : mapping of str to str
        Its attributes, kept as they are.
    inputs, outputs : int
        As many as the file shows.
    subgraphs : list, optional
        Graphs inside it, kept as they stand in the file.
    """
    op = Op(Unknown, name, {}, ())
    op.infer_shape = op.infer_dtype = Rule(_nothing, ())
    op.differentiable = False
    params = Unknown()
    params._op, params._words, params._same, params._parsed = op, dict(words), params, ()
    params._subgraphs = subgraphs or []
    slots = tuple(f"arg{place}" for place in range(inputs))
    results = ("output",) if outputs == 1 else tuple(f"output{place}" for place in range(outputs))
    places: dict[str, Any] = {slot: place for place, slot in enumerate((*slots, *results))}
    params._layout = Layout(slots, results, (), (), (), frozenset(), places, outputs)
    return params


def _nothing(params: Operator) -> Any:
    return iter(())


