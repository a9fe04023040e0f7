"""The legend of a picture: what its colours and borders mean, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from symbolic.graph.node import Node
from symbolic.show.boxes import GROUP, PHASE_LOOKS, VARIABLES, Facts, inline
from symbolic.show.heat import LINE, RAMP, SHARES, spoken
from symbolic.show.label import (
    ACTIVATION,
    ARITHMETIC,
    CHANCE,
    LAYER,
    LOSS,
    MOVEMENT,
    NORMALISATION,
    POOLING,
    UNKNOWN,
    UPDATE,
    family_of,
)  # fmt: skip
from symbolic.show.phases import PHASES

__all__ = ["legend_of"]

FAMILIES = {
    LAYER: "layer with weights",
    NORMALISATION: "normalisation",
    ACTIVATION: "activation, function",
    POOLING: "pooling, resampling",
    ARITHMETIC: "arithmetic",
    MOVEMENT: "moves values",
    LOSS: "loss, output",
    UPDATE: "update",
    CHANCE: "random",
    UNKNOWN: "unknown operator",
}
ROLES = {"input": "input", "label": "label", "weight": "weight", "parameter": "parameter", "state": "state"}
ACROSS = 6  # entries of a row


def legend_of(facts: Facts, drawn: Iterable[Node], groups: bool, notes: Iterable[str], colours: bool) -> str:
    """Make the label of a picture that explains it.

    Parameters
    ----------
    facts : Facts
        What the picture says.
    drawn : iterable of Node
        The nodes with a box of their own.
    groups : bool
        Whether there are boxes of groups.
    notes : iterable of str
        Lines below.
    colours : bool
        Whether to explain families and roles.

    Returns
    -------
    str
        An HTML-like label for Graphviz; empty if there is nothing to say.
    """
    drawn = list(drawn)
    entries: list[tuple[str, str, str]] = []  # fill, border, words
    title = ""
    if facts.heat is not None:
        what = {"bytes": "bytes moved", "flops": "operations", "time": "time"}[facts.heat.kind]
        title = f"{what}: {spoken(facts.heat.kind, facts.heat.total)} in all; share of a box"
        limits = [f"{100 * share:g} %" for share in SHARES]
        words = [f"< {limits[0]}", *(f"{low} to {high}" for low, high in pairwise(limits)), f"≥ {limits[-1]}"]
        entries += [(fill, LINE, text) for fill, text in zip(RAMP, words, strict=True)]
    elif colours:
        used = {family_of(node) for node in drawn if node.op is not None}
        entries += [(family.fill, family.line, words) for family, words in FAMILIES.items() if family in used]
    if colours:
        roles = {facts.roles[node] for node in drawn if node.op is None}
        entries += [(VARIABLES[role]["fillcolor"], VARIABLES[role]["color"], words) for role, words in ROLES.items() if role in roles]
    if groups:
        entries.append((GROUP["fillcolor"] if facts.heat is None else "#FFFFFF", GROUP["color"], "group of nodes (double border)"))
    used_phases = set(facts.phases.values())
    if facts.phases:
        words = {"forward": "forward", "gradient": "gradient (dashed)", "update": "update (thick)"}
        entries += [("#FFFFFF", PHASE_LOOKS[phase].get("color", "#333333"), words[phase]) for phase in PHASES if phase in used_phases]
    notes = list(notes)
    if not entries and not notes:
        return ""
    rows = [f'<tr><td colspan="{3 * ACROSS}" align="left">{inline(title)}</td></tr>'] if title else []
    for start in range(0, len(entries), ACROSS):
        cells = [
            f'<td bgcolor="{fill}" border="2" color="{line}" width="22" height="12" fixedsize="true"></td>'
            f'<td align="left">{inline(words)}</td><td width="8"></td>'
            for fill, line, words in entries[start : start + ACROSS]
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    rows += [f'<tr><td colspan="{3 * ACROSS}" align="left">{inline(note)}</td></tr>' for note in notes]
    return f'<<table border="0" cellborder="0" cellspacing="3" cellpadding="1">{"".join(rows)}</table>>'
