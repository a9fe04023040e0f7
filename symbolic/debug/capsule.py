"""One node and its inputs in a file.

The file is one of MXNet's ``.params``, which ``mx.nd.load`` opens too: ``arg:<slot>`` for each input, ``head:<n>`` for each
gradient that arrived, and two texts as bytes: ``symbol.json``, the graph, and ``capsule.json``, how it ran.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symbolic import random
from symbolic.errors import FormatError, describe
from symbolic.files import params
from symbolic.files.json import from_json, to_json
from symbolic.files.json_text import Limits, parsed
from symbolic.graph.node import Node, input_names
from symbolic.symbol.handle import Symbol

__all__ = ["read", "write"]

VERSION = 1
TEXTS = ("symbol.json", "capsule.json")


def write(path: Any, culprit: Any, drawn: Mapping[Any, Sequence[random.Place]]) -> str:
    """Save the node of a `Culprit` and what it was given; return the path.

    Parameters
    ----------
    drawn : mapping
        Where the streams of random numbers stood before the run.
    """
    node: Node = culprit.node
    slots = input_names(node)
    inputs = tuple([(Node(None, None, slot), 0) for slot in slots])
    twin = Node(node.op, node.params, node.name, inputs)
    symbol = Symbol([(twin, index) for index in range(len(node.params._layout.outputs))])
    told = {
        "version": VERSION,
        "node": node.name,
        "line": culprit.line,
        "phase": culprit.phase,
        "is_train": bool(culprit.is_train),
        "streams": [[*key, [_plain(place) for place in found]] for key, found in drawn.items()] if _draws(node) else [],
    }
    named = {"symbol.json": _bytes(to_json(symbol, remove_amp_cast=False)), "capsule.json": _bytes(json.dumps(told))}
    named.update({f"arg:{slot}": array for slot, array in zip(slots, culprit.arrays, strict=True)})
    named.update({f"head:{place}": array for place, array in enumerate(culprit.arriving) if array is not None})
    params.save(path, list(named), list(named.values()))
    return os.fspath(path)


def read(path: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a capsule: how it ran, and its arrays and texts.

    Raises
    ------
    FormatError
        If the file is no capsule.
    """
    loaded = params.load(path)
    held = dict(zip(loaded.names or (), loaded.arrays, strict=False))

    def wrong(what: str) -> FormatError:
        shown = path if isinstance(path, (str, os.PathLike)) else type(path).__name__
        return FormatError(describe(f"this is no capsule: {what}", operator="replay", facts={"file": shown, "holds": ", ".join(held)}))

    for name in TEXTS:
        array = held.get(name)
        if not isinstance(array, np.ndarray) or array.dtype != np.uint8 or array.ndim != 1:
            raise wrong(f"there is no text {name!r}")
    try:
        told = parsed(_text(held["capsule.json"]), "capsule.json", Limits())
    except FormatError as error:
        raise wrong(str(error)) from None
    kinds = {"version": int, "node": str, "line": (str, type(None)), "phase": str, "is_train": bool, "streams": list}
    if any(key not in told or not isinstance(told[key], kind) for key, kind in kinds.items()):
        raise wrong(f"'capsule.json' must tell {', '.join(kinds)}")
    if told["version"] != VERSION:
        raise wrong(f"its version is {told['version']}, this library reads {VERSION}")
    try:
        told["streams"] = {(int(kind), int(key)): _places(found) for kind, key, found in told["streams"]}
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        raise wrong("'streams' does not tell where random numbers began") from None
    told["symbol"] = from_json(_text(held["symbol.json"]))
    return told, held


def _draws(node: Node) -> bool:
    return bool(node.op.random or node.op.subgraphs)


def _plain(place: random.Place) -> list[Any]:
    """Spell where a stream stands in what JSON knows."""
    _, value, state = place
    if state is None:
        return [value, None]
    arrays = {key: [int(each) for each in array] for key, array in state["state"].items()}
    return [value, {**state, "state": arrays, "buffer": [int(each) for each in state["buffer"]]}]


def _places(found: Sequence[Any]) -> list[random.Place]:
    """Read where streams stood, and try it."""
    places = [(0, int(value), _state(state)) for value, state in found]
    for place in places:
        random.stream("").place = place
    return places


def _state(plain: Any) -> Any:
    if plain is None:
        return None
    arrays = {key: np.array(each, np.uint64) for key, each in plain["state"].items()}
    return {**plain, "state": arrays, "buffer": np.array(plain["buffer"], np.uint64)}


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


def _text(array: np.ndarray) -> str:
    return array.tobytes().decode("utf-8", "replace")
