"""What files of older versions mean today: the changes of MXNet's format, and of operators, version by version."""

from __future__ import annotations

from collections.abc import Callable

from symbolic import registry
from symbolic.errors import MXNetError
from symbolic.files.json_layout import VARIABLE, GraphText, NodeText
from symbolic.operator.text import Unreadable, read_shape
from symbolic.values.shape import from_user, is_np_shape, np_shape, to_user

__all__ = ["INPUTS_LISTED_SINCE", "STARTS_STATED_SINCE", "TARGETS_UNTIL", "is_annotation", "target_of", "upgrade"]

INPUTS_LISTED_SINCE = 900  # before, a file could leave out inputs, and left out auxiliary states
STARTS_STATED_SINCE = 904  # before, variables did not say how training initialises them
TARGETS_UNTIL = 10901  # before, an operator could have annotations of its inputs

# Annotations that are spelled ``__lr_mult__`` since 0.9. MXNet 1.9.1 upgrades the old spelling in all files but those of its own version.
HIDDEN = ("ctx_group", "lr_mult", "wd_mult", "force_mirroring", "mirror_stage")


def upgrade(graph: GraphText) -> None:
    """Spell a graph's nodes as MXNet 1.9.1 would."""
    for before, change in _CHANGES:
        if graph.version < before:
            for node in graph.nodes:
                change(node)
    if is_np_shape() and not graph.np_shape:
        for node in graph.nodes:
            _numpy_shape(node)


def is_annotation(key: str) -> bool:
    """Whether an attribute of an operator cannot be one of its parameters."""
    return len(key) > 4 and key[:2] == "__" == key[-2:]


def target_of(attribute: str) -> tuple[str, str] | None:
    """Split an operator's attribute that means one of its inputs: ``weight_lr_mult`` is ``__lr_mult__`` of ``weight``."""
    for key in HIDDEN:
        if attribute.endswith(f"_{key}"):
            return attribute[: -len(key) - 1], f"__{key}__"
    return None


def _moved(node: NodeText) -> None:
    """``MultiBoxPrior`` of other people's builds is now ``_contrib_MultiBoxPrior``."""
    if node.op != VARIABLE and not registry.known(node.op) and registry.known(f"_contrib_{node.op}"):
        node.op = f"_contrib_{node.op}"


def _joined(node: NodeText) -> None:
    """In 2015 an operator's annotations stood apart, under any name; now ``__name__`` tells them from parameters."""
    if node.annotations:
        parameters = registry.find(node.op).params if registry.known(node.op) else {}
        for key, text in node.annotations.items():
            plain = node.op == VARIABLE or key in parameters or key in HIDDEN or target_of(key) is not None or is_annotation(key)
            node.attributes = {**node.attributes, key if plain else f"__{key}__": text}


def _hidden(node: NodeText) -> None:
    """``lr_mult`` is now ``__lr_mult__``."""
    if not node.attributes.keys().isdisjoint(HIDDEN):
        node.attributes = {f"__{key}__" if key in HIDDEN else key: text for key, text in node.attributes.items()}


def _without_axis(node: NodeText) -> None:
    """In ``argmax`` an axis of -1 meant none, now it means the last."""
    if node.op in ("argmax", "argmin") and node.attributes.get("axis") == "-1":
        node.attributes = {key: text for key, text in node.attributes.items() if key != "axis"}


def _numpy_shape(node: NodeText) -> None:
    """Under ``np_shape``, what an older file leaves open, by 0 or ``()``, is -1 or ``None``; as MXNet spells it, and only of variables."""
    text = node.attributes.get("__shape__") if node.op == VARIABLE else None
    if text is None:
        return
    try:
        with np_shape(False):
            shape = from_user(read_shape(text))
    except (Unreadable, MXNetError):
        return  # whoever asks for shapes is told
    known = to_user(shape)
    node.attributes = {**node.attributes, "__shape__": "None" if known is None else f"[{','.join(map(str, known))}]"}


# Version of MXNet -> what files written before it need; later changes see what earlier ones did.
_CHANGES: tuple[tuple[int, Callable[[NodeText], None]], ...] = (
    (10000, _moved),
    (1 << 31, _joined),
    (10901, _hidden),
    (905, _without_axis),
)
