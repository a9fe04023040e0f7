"""What ``symbind run`` binds: arrays of files, the network's own, and random numbers or zeros for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symbolic.cli.lines import count
from symbolic.cli.model import Model, plain_name, read_arrays
from symbolic.errors import ArgumentError, ShapeError, UnknownName, closest, describe
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol
from symbolic.values.shape import NO_RANK, complete, from_user, to_user

__all__ = ["Feed", "fed", "read_inputs"]


@dataclass
class Feed:
    """Arrays for a graph.

    Attributes
    ----------
    arguments, states : dict of NDArray
        By name.
    sources : dict of str
        Name -> where its array comes from: ``"file"``, ``"parameters"``, ``"random"``, ``"zeros"``, ``"ones"``.
    """

    arguments: dict[str, NDArray]
    states: dict[str, NDArray]
    sources: dict[str, str]


def read_inputs(symbol: Symbol, files: Sequence[str]) -> dict[str, np.ndarray]:
    """Read input files: ``data=x.npy``, or a file whose arrays bear the names of variables.

    Raises
    ------
    UnknownName
        If an array is no variable's.
    """
    known = symbol.list_inputs()
    found: dict[str, np.ndarray] = {}
    for text in files:
        name, equals, path = text.partition("=")
        if equals and not Path(text).exists():
            arrays = read_arrays(Path(path))
            if len(arrays) != 1 and name not in arrays:
                facts = {"found": ", ".join(list(arrays)[:8]), "needed": f"one array, or one called {name!r}"}
                raise ArgumentError(describe(f"{path}: which array is {name!r}?", facts=facts))
            given = {name: arrays[name] if name in arrays else next(iter(arrays.values()))}
        else:
            given = {plain_name(key): array for key, array in read_arrays(Path(text)).items() if not key.startswith(("output/", "output_"))}
            if len(given) == 1 and not given.keys() & {*known}:
                hint = f"say which input it is: {known[0] if known else 'data'}={text}"
                raise UnknownName(describe(f"{text}: its array is called {next(iter(given))!r}, as no variable is", hint=hint))
        for key, array in given.items():
            if key not in known:
                raise UnknownName(
                    describe(f"{text}: no variable is called {key!r}{closest(key, known)}", facts={"variables": ", ".join(known[:12])})
                )
            found[key] = array
    return found


def fed(
    model: Model,
    symbol: Symbol,
    inputs: Mapping[str, np.ndarray],
    shapes: Mapping[str, Any],
    dtypes: Mapping[str, Any],
    fill: str | None,
    seed: int,
) -> Feed:
    """Give each variable an array.

    Parameters
    ----------
    inputs, shapes, dtypes : mapping
        Arrays, and what is said of the others, by name.
    fill : {"random", "zeros", "ones"}, optional
        What the network's own arrays leave open gets; if left out, only inputs whose shapes are given get random numbers.
    seed : int
        Of the random numbers; each variable has a stream of its own, so that others do not change them.

    Raises
    ------
    ArgumentError
        If a variable has no array, and none is made.
    ShapeError
        If a shape does not follow, or does not fit.
    """
    graph = symbol.graph
    own = {name: model.values[name] for name in symbol.list_inputs() if name in model.values and name not in inputs and name not in shapes}
    arrays = {**own, **inputs}
    unknown = next((name for name in (*shapes, *dtypes) if name not in symbol.list_inputs()), None)
    if unknown is not None:
        known = symbol.list_inputs()
        raise UnknownName(
            describe(f"no variable is called {unknown!r}{closest(unknown, known)}", facts={"variables": ", ".join(known[:12])})
        )
    given = {node: from_user(arrays[node.name].shape or (1,)) for node in graph.variables if node.name in arrays}
    given |= {node: from_user(shapes[node.name]) for node in graph.variables if node.name in shapes}
    found = shapes_of(graph, given)
    types = dtypes_of(graph, {node: dtypes.get(node.name) for node in graph.variables if node.name in dtypes}, np.dtype("float32"))
    sources, made = {}, {}
    missing = []
    for node in graph.variables:
        number = graph.number((node, 0))
        if node.name in arrays:
            sources[node.name] = "file" if node.name in inputs else "parameters"
            made[node.name] = NDArray(_fitting(arrays[node.name], types[number] if node.name in inputs else None))
            continue
        chosen = fill or ("random" if node.name in shapes else "zeros" if node.name.endswith("label") else None)
        if chosen is None:
            missing.append(node.name)
            continue
        shape = found[number]
        if shape is NO_RANK or not complete(shape):
            facts = {"known": to_user(shape) or "nothing"}
            raise ShapeError(
                describe(
                    f"the shape of {node.name!r} is not known", facts=facts, hint=f"give --shape {node.name}=..., or those it follows from"
                )
            )
        sources[node.name] = chosen
        made[node.name] = NDArray(_filled(chosen, shape, types[number], node.name, seed, node in graph.states))
    if missing:
        hint = f"give --input {missing[0]}=FILE, or --shape {missing[0]}=... for random numbers, or --fill random for all"
        facts = {"missing": ", ".join(missing[:8]) + (", ..." if len(missing) > 8 else "")}
        raise ArgumentError(describe(f"{count(len(missing), 'variable')} without an array", facts=facts, hint=hint))
    states = {*symbol.list_auxiliary_states()}
    return Feed(
        {name: array for name, array in made.items() if name not in states},
        {name: array for name, array in made.items() if name in states},
        sources,
    )


def _fitting(array: np.ndarray, dtype: np.dtype | None) -> np.ndarray:
    """Lay an array out for binding; an input of floating-point numbers gets the type that the graph has there."""
    array = np.ascontiguousarray(array)
    return array.astype(dtype, copy=False) if dtype is not None and array.dtype.kind == dtype.kind == "f" else array


def _filled(kind: str, shape: tuple[int, ...], dtype: np.dtype, name: str, seed: int, is_state: bool) -> np.ndarray:
    """Make an array; random ones are small for weights, so that a deep network stays finite, and variances are positive."""
    if kind != "random":
        return np.full(shape, kind == "ones", dtype)
    draws = np.random.default_rng([seed, *name.encode()])
    if dtype.kind in "iub":
        return draws.integers(0, 2, shape).astype(dtype)
    if is_state or name.endswith(("gamma", "var")):
        return draws.uniform(0.5, 1.5, shape).astype(dtype)
    fan_in = int(np.prod(shape[1:])) if name.endswith("weight") and len(shape) > 1 else 1
    return (draws.standard_normal(shape) / np.sqrt(fan_in)).astype(dtype)
