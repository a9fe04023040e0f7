"""Node: one operator applied, or a variable. Nodes never change, but for the user's annotations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from symbolic.scope import Origin

__all__ = ["NO_ATTRS", "Entry", "Node", "input_names", "name_of", "output_names"]

NO_ATTRS: Mapping[str, str] = MappingProxyType({})


class Node:
    """One operator applied to values.

    Attributes
    ----------
    op : Op or None
        The operator; ``None`` for a variable.
    params : Operator or None
        Its parameters, an instance of the operator's class, shared by nodes that were spelled alike.
    name : str
        Not always unique: files with shared names exist.
    inputs : tuple of Entry
        The values it reads.
    attrs : mapping of str to str
        The user's annotations; no operator's rule reads them.
    origin : tuple, optional
        Code object and offset of the instruction that made it.
    """

    __slots__ = ("__weakref__", "attrs", "inputs", "name", "op", "origin", "params")

    def __init__(
        self,
        op: Any,
        params: Any,
        name: str,
        inputs: tuple[Entry, ...] = (),
        attrs: Mapping[str, str] = NO_ATTRS,
        origin: Origin | None = None,
    ):
        self.op = op
        self.params = params
        self.name = name
        self.inputs = inputs
        self.attrs = attrs
        self.origin = origin

    @property
    def line(self) -> str | None:
        """The user's file and line that made it, ``"train.py:31"``."""
        if self.origin is None:
            return None
        code, offset = self.origin
        line = code.co_firstlineno
        for start, end, number in code.co_lines():
            if start <= offset < end and number is not None:
                line = number
        return f"{code.co_filename}:{line}"

    def __repr__(self) -> str:
        return f"<Node {self.name} ({self.op.name if self.op is not None else 'variable'})>"


Entry = tuple[Node, int]


def output_names(node: Node) -> tuple[str, ...]:
    """Name a node's visible outputs: ``fc_output``, ``bn_mean``; a variable's value bears its own name."""
    if node.op is None:
        return (node.name,)
    return tuple(f"{node.name}_{slot}" for slot in node.params._layout.outputs)


def name_of(entry: Entry) -> str:
    """Name one value, hidden outputs too."""
    node, index = entry
    if node.op is None:
        return node.name
    layout = node.params._layout
    return f"{node.name}_{(*layout.outputs, *layout.hidden)[index]}"


def input_names(node: Node) -> tuple[str, ...]:
    """Name the slots of a node's inputs: ``data``, ``weight``, ``bias``."""
    return () if node.op is None else node.params._layout.inputs
