"""What files of older versions mean today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from symbolic import registry
from symbolic.scope import HIDDEN_KEYS

__all__ = ["NodeText", "upgrade"]


@dataclass(slots=True)
class NodeText:
    """A node as it stands in a file.

    Attributes
    ----------
    op, name : str
        As written; ``"null"`` is a variable.
    groups : dict
        Its texts by the key they stood under: ``attrs``, ``attr``, ``param``.
    inputs : list of (int, int)
        Node and output.
    words, attributes : dict of str
        Parameters of the operator; annotations.
    for_inputs : dict
        Slot -> annotations that belong to the variable there.
    completed : bool
        Whether missing inputs are variables to be made, as in files before 0.9.
    """

    op: str
    name: str
    groups: dict[str, dict[str, str]]
    inputs: list[tuple[int, int]]
    subgraphs: list[Any]
    weight: int
    words: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    for_inputs: dict[str, dict[str, str]] = field(default_factory=dict)
    completed: bool = False


RENAMED = {"MultiBoxPrior": "_contrib_MultiBoxPrior", "MultiBoxTarget": "_contrib_MultiBoxTarget", "MultiBoxDetection": "_contrib_MultiBoxDetection"}
COMPLETED_BEFORE = 900  # from 0.9 on, files list every input
SPELLED_BEFORE = 10901


def upgrade(nodes: list[NodeText], version: int) -> None:
    """Sort texts into parameters and annotations, rename what was renamed.

    Files before 0.9 have no version: ``param`` holds parameters, ``attr`` annotations, and auxiliary states are not
    listed. Annotations such as ``lr_mult`` are spelled ``__lr_mult__`` since 0.9.3; ``weight_lr_mult`` on an operator
    means ``__lr_mult__`` of its weight.
    """
    for node in nodes:
        groups = node.groups
        node.words = dict(groups.get("param", {}))
        shared = groups.get("attrs", groups.get("attr", {}))
        node.completed = version < COMPLETED_BEFORE
        if node.op in RENAMED and not registry.known(node.op):
            node.op = RENAMED[node.op]
        old = "param" in groups or version < SPELLED_BEFORE
        known = registry.find(node.op).params if node.op != "null" and registry.known(node.op) else None
        for key, text in shared.items():
            hidden = f"__{key}__" if key in HIDDEN_KEYS else key
            owner = next((k for k in HIDDEN_KEYS if key.endswith(f"_{k}")), None) if old and node.op != "null" else None
            if owner is not None and key not in (known or {}):
                node.for_inputs.setdefault(key[: -len(owner) - 1], {})[f"__{owner}__"] = text
            elif "param" in groups or node.op == "null" or (old and key in HIDDEN_KEYS):
                node.attributes[hidden] = text
            else:
                node.words[key] = text
        if version < 905 and node.op in ("argmax", "argmin") and node.words.get("axis") == "-1":
            del node.words["axis"]
