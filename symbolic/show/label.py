"""What a box in a picture says, and its colour: read off the operator's declaration, never switched on its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from symbolic.graph.node import Node
from symbolic.operator.text import spell
from symbolic.show.roles import PARAMETER_SLOTS
from symbolic.values.shape import NO_RANK

__all__ = ["Family", "family_of", "phrases", "shape_text", "wrapped"]

# Parameters that say most come first and in plain words; the words are the API's own, shared by all its operators.
WORDS = {
    "op_type": "{}",
    "pool_type": "{}",
    "act_type": "{}",
    "sample_type": "{}",
    "transform_type": "{}",
    "mode": "{}",
    "kernel": "{}",
    "num_filter": "{} filters",
    "num_hidden": "{} units",
    "num_layers": "{} layers",
    "state_size": "{} units",
    "stride": "stride {}",
    "dilate": "dilate {}",
    "pad": "pad {}",
    "adj": "adj {}",
    "num_group": "{} groups",
    "num_outputs": "{} outputs",
    "scalar": "{}",
    "dtype": "{}",
    "shape": "{}",
    "layout": "{}",
    "pooling_convention": "convention {}",
}
KINDS = ("pool_type", "act_type")  # choose what the operator is: shown even where the user left the default
WINDOWS = ("kernel", "stride", "dilate", "pad", "adj")  # one number for each spatial axis: 3x3
NOTHING = {"stride": ["1"], "dilate": ["1"], "pad": ["0"], "adj": ["0"], "layout": ["NCW", "NCHW", "NCDHW"]}  # as good as not said
SILENT = {
    *("num_args", "num_weights", "num_arrays", "num_tensors", "state_outputs"),  # the picture itself shows it
    *("workspace", "cudnn_off", "cudnn_tune", "ctx", "sparse_grad", "is_int"),  # how, not what
    *("eps", "momentum", "fix_gamma", "values"),  # rarely what one looks for
}
MOST_PHRASES = 5
LONGEST_PHRASE = 48
WIDEST = 32  # characters of a line

_NUMBERS = re.compile(r"[(\[]?\s*\d+\s*(,\s*\d+\s*)*,?\s*[)\]]?")


def phrases(node: Node) -> list[str]:
    """Say what a node's parameters ask for beyond the defaults: ``["3x3", "64 filters", "stride 2"]``."""
    declared, params = node.op.params, node.params
    words = {word: getattr(params, word, None) for word in KINDS if word in declared}
    for word, text in params._words.items():
        if word in SILENT or word[:2] == "__":
            continue
        if word in declared:
            value = getattr(params, word)
            if word in KINDS or spell(value) != spell(declared[word].default):
                words[word] = value
        elif text not in ("False", "None", ""):  # an unknown operator's: which are defaults is not known either
            words[word] = text
    said = [_phrase(word, words[word]) for word in [*(w for w in WORDS if w in words), *(w for w in words if w not in WORDS)]]
    said = [phrase for phrase in said if phrase]
    return said if len(said) <= MOST_PHRASES else [*said[: MOST_PHRASES - 1], f"and {len(said) - MOST_PHRASES + 1} more"]


def _phrase(word: str, value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else spell(value)
    if word in WINDOWS and _NUMBERS.fullmatch(text):
        sizes = re.findall(r"\d+", text)
        text = sizes[0] if word != "kernel" and len(set(sizes)) == 1 else "x".join(sizes)
    if len(text) > LONGEST_PHRASE:
        text = text[:LONGEST_PHRASE] + "…"
    if text in NOTHING.get(word, []):
        return ""
    if text == "True":
        return word.replace("_", " ")
    said = WORDS.get(word, f"{word}={{}}").replace("{}", text)
    return said.removesuffix("s") if said.startswith("1 ") else said


def wrapped(said: list[str]) -> Iterator[str]:
    """Join phrases by commas into lines of about `WIDEST` characters."""
    line = ""
    for phrase in said:
        if line and len(line) + len(phrase) + 2 > WIDEST:
            yield line + ","
            line = phrase
        else:
            line = f"{line}, {phrase}" if line else phrase
    if line:
        yield line


def shape_text(shape: Any) -> str:
    """Spell a shape as ``32x3x28x28``: ``?`` for an unknown size, nothing for an unknown rank."""
    if shape is NO_RANK:
        return ""
    return "x".join(map(str, shape)) if shape else "scalar"


@dataclass(frozen=True)
class Family:
    """Operators of one colour.

    Attributes
    ----------
    fill, line : str
        Colours of the box and its border. The fills are the "light" scheme of Paul Tol (2021), Colour Schemes, SRON technical
        note SRON/EPS/TN/09-002, figure 6: told apart by the colour-blind, and black text reads well on each.
    style : str
        Of the box, in Graphviz's words.
    """

    fill: str
    line: str
    style: str = "rounded,filled"


LAYER = Family("#77AADD", "#41719C")
NORMALISATION = Family("#BBCC33", "#7F8C1A")
ACTIVATION = Family("#EEDD88", "#A8963A")
POOLING = Family("#99DDFF", "#4F9CC2")
ARITHMETIC = Family("#DDDDDD", "#888888")
MOVEMENT = Family("#F4F4F4", "#999999")
LOSS = Family("#EE8866", "#A8502F")
UPDATE = Family("#44BB99", "#24735C")
CHANCE = Family("#FFAABB", "#B35A70")
UNKNOWN = Family("#FFFFFF", "#CC3311", "rounded,filled,dashed")

# file or folder below symbolic/ops -> family; the longest match decides
FILED = {
    "": ARITHMETIC,
    "nn": ACTIVATION,
    "nn.dropout": CHANCE,
    "nn.pooling": POOLING,
    "nn.upsampling": POOLING,
    "nn.resize": POOLING,
    "nn.l2_normalization": NORMALISATION,
    "nn.lrn": NORMALISATION,
    "nn.ctc": LOSS,
    "elemwise.unary": ACTIVATION,
    "elemwise.clip": ACTIVATION,
    "movement": MOVEMENT,
    "index": MOVEMENT,
    "order": MOVEMENT,
    "create": MOVEMENT,
    "sequence": MOVEMENT,
    "spatial": POOLING,
    "image": POOLING,
    "loss": LOSS,
    "optimizer": UPDATE,
    "random": CHANCE,
}


def family_of(node: Node) -> Family:
    """Find the family of a node's operator: by its slots for parameters, else by the file that declares it.

    ``weight`` or ``parameters`` after the first slot makes a layer, ``gamma`` and ``beta`` a normalisation.
    """
    op = node.op
    if not op.inputs and not op.results:
        return UNKNOWN
    place = op.__module__.removeprefix("symbolic.ops").lstrip(".")
    slots = list(op.inputs)
    if PARAMETER_SLOTS.isdisjoint(slots[:1]):
        if "weight" in slots or "parameters" in slots:
            return LAYER
        if "gamma" in slots and "beta" in slots:
            return NORMALISATION
    while place not in FILED:
        place = place.rpartition(".")[0]
    return FILED[place]
