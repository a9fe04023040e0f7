"""``symbind run --check``: the first node whose value differs from a recorded one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic.cli.feed import Feed
from symbolic.cli.lines import progress
from symbolic.cli.model import plain_name
from symbolic.errors import UnknownName, describe
from symbolic.graph.node import name_of, output_names
from symbolic.symbol.handle import Symbol
from symbolic.values.context import cpu

__all__ = ["compared"]

NUMBER = re.compile(r"(?:output[/_]?)?(\d+)")


def compared(
    symbol: Symbol,
    feed: Feed,
    outputs: Mapping[str, np.ndarray],
    recorded: Mapping[str, np.ndarray],
    rtol: float,
    atol: float,
    executor: str | None,
) -> dict[str, Any]:
    """Compare recorded values with computed ones, in the order of computing.

    Returns
    -------
    dict
        ``equal``; ``compared``, how many; ``first``, the name of the first that differs, or None; ``told``, a message.

    Raises
    ------
    UnknownName
        If the file has nothing that the graph computes.
    """
    expected = _by_place(symbol, recorded)
    if not expected:
        facts = {
            "found": ", ".join(list(recorded)[:8]),
            "needed": f"{', '.join(symbol.list_outputs()[:3])}, a value inside the graph, or 0, 1, ...",
        }
        raise UnknownName(describe("the recorded file has no value of this graph", facts=facts))
    order = sorted(expected, key=lambda entry: (symbol.graph.index[entry[0]], entry[1]))
    heads = dict(zip(symbol._entries, outputs.values(), strict=True))
    inside = [entry for entry in order if entry not in heads]
    if inside:
        again = Symbol(inside)
        arguments, states = (
            {name: values[name] for name in again.list_inputs() if name in values} for values in (feed.arguments, feed.states)
        )
        made = again.bind(cpu(), arguments, grad_req="null", aux_states=states, executor=executor).forward()
        heads |= dict(zip(inside, [array.asnumpy() for array in made], strict=True))
    for place, entry in enumerate(progress(order, len(order), "comparing")):
        why = _differs(heads[entry], expected[entry], rtol, atol)
        if why is not None:
            node = entry[0]
            told = describe(
                f"{name_of(entry)} differs: the first of {len(order)} recorded values, after {place} equal ones", node=node, facts=why
            )
            return {"equal": False, "compared": len(order), "first": name_of(entry), "told": told}
    return {
        "equal": True,
        "compared": len(order),
        "first": None,
        "told": f"equal: {len(order)} recorded value{'s' if len(order) > 1 else ''}",
    }


def _by_place(symbol: Symbol, recorded: Mapping[str, np.ndarray]) -> dict[Any, np.ndarray]:
    """Find which value of the graph each recorded array is."""
    names: dict[str, Any] = {}
    for node in symbol.graph.nodes:
        if node.op is not None:
            for index, name in enumerate(output_names(node)):
                names.setdefault(name, (node, index))
    names |= dict(zip(symbol.list_outputs(), symbol._entries, strict=True))
    found = {}
    for name, array in recorded.items():
        number = NUMBER.fullmatch(name)
        if name in names or plain_name(name) in names:
            found[names[name if name in names else plain_name(name)]] = array
        elif number and int(number[1]) < len(symbol):
            found[symbol._entries[int(number[1])]] = array
    return found


def _differs(got: np.ndarray, wanted: np.ndarray, rtol: float, atol: float) -> dict[str, Any] | None:
    """Tell in what two arrays differ, if they do."""
    if got.shape != wanted.shape:
        return {"got": f"shape {got.shape}", "expected": f"shape {wanted.shape}"}
    one, other = (array.astype(np.float64) for array in (got, wanted))
    close = np.isclose(one, other, rtol, atol, equal_nan=True)
    if close.all():
        return None
    with np.errstate(all="ignore"):
        apart = np.where(close, 0.0, np.nan_to_num(np.abs(one - other), nan=np.inf))
    worst = np.unravel_index(np.argmax(apart), apart.shape)
    return {
        "where": f"{np.count_nonzero(~close)} of {close.size} elements; most at {tuple(map(int, worst))}",
        "got": f"{one[worst]:.9g}",
        "expected": f"{other[worst]:.9g}, within {rtol:g} of it and {atol:g}",
    }
