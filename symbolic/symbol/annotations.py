"""Attributes of a node as users see and write them."""

from __future__ import annotations

from collections.abc import Mapping

from symbolic.errors import ArgumentError, NotSupported, describe
from symbolic.graph.node import Node
from symbolic.scope import HIDDEN_KEYS, hide, visible

__all__ = ["annotate", "attributes_of"]


def attributes_of(node: Node) -> dict[str, str]:
    """Spell the parameters of a node and what is annotated to it."""
    words = node.params._words if node.op is not None else {}
    return {**words, **visible(node.attrs)} if node.attrs else dict(words)


def annotate(node: Node, attributes: Mapping[str, str]) -> None:
    """Annotate a node, seen by everybody who holds it.

    Raises
    ------
    ArgumentError
        If a value is no string, or MXNet could not load the key: on an operator with parameters it is spelled ``__key__``.
    NotSupported
        If a key is a parameter of the operator: those are fixed when the node is made.
    """
    for key, value in attributes.items():
        facts = {"argument": key, "got": repr(value)}
        if not isinstance(value, str):
            facts["expected"] = repr(str(value))
            raise ArgumentError(describe(f"attribute {key!r} must be a string", node=node, facts=facts))
        if node.op is None or not node.op.params:
            continue
        if key in node.op.params:
            what = f"parameter {key!r} is fixed when the node is made"
            raise NotSupported(describe(what, node=node, facts=facts, hint="compose the operator again"))
        if key not in HIDDEN_KEYS and key[:2] != "__":
            what = f"{key!r} is no parameter of the operator"
            raise ArgumentError(describe(what, node=node, facts=facts, hint=f"an annotation is spelled __{key}__"))
    node.attrs = {**node.attrs, **{hide(key): value for key, value in attributes.items()}}
