"""``mx.debug.first_difference``: the first node where two runs part, or a run and a file of recorded values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbolic.errors import LONGEST, ArgumentError, FormatError, UnknownName, closest, describe
from symbolic.files import npz, params
from symbolic.files.source import opened
from symbolic.graph.node import Node, input_names, name_of
from symbolic.nd.array import NDArray

__all__ = ["Gap", "Parting", "first_difference"]

PREFIXES = ("arg:", "aux:")


@dataclass(frozen=True)
class Gap:
    """How far two arrays are apart.

    Attributes
    ----------
    shapes : tuple of two shapes
        Of both.
    beyond : int
        How many elements are further apart than was allowed; all of them if the shapes differ.
    absolute, relative : float
        The largest errors; relative to the second array.
    place : tuple of int or None
        Where the absolute error is largest.
    pair : tuple of two floats or None
        The elements there.
    """

    shapes: tuple[Any, Any]
    beyond: int
    absolute: float
    relative: float
    place: tuple[int, ...] | None = None
    pair: tuple[float, float] | None = None

    def __str__(self) -> str:
        one, other = self.shapes
        if one != other:
            return f"shape {one}, the other has {other}"
        if self.place is None or self.pair is None:
            return f"{one}, equal"
        far = f"largest error {self.absolute:.3g} at {self.place}, where {self.pair[0]:.6g} meets {self.pair[1]:.6g}"
        return f"{one}, {far}; {self.relative:.3g} relative"


@dataclass
class Parting:
    """Where two runs part.

    Attributes
    ----------
    node : Node
        The first node whose values differ; a variable if what was given differs.
    value : str
        Name of the value.
    gap : Gap
        How far the two are apart.
    inputs : list of (str, str, Gap or None)
        Slot, name and gap of what the node reads; ``None`` where there is nothing to compare with.
    agreed, compared : int
        How many values agree before it, in the order of the run; how many could be compared in all.
    unmatched : list of str
        Recorded names that are no value of the graph.
    """

    node: Node
    value: str
    gap: Gap
    inputs: list[tuple[str, str, Gap | None]]
    agreed: int
    compared: int
    rtol: float
    atol: float
    unmatched: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the node."""
        return self.node.name

    @property
    def line(self) -> str | None:
        """The user's line that made the node."""
        return self.node.line

    def __str__(self) -> str:
        what = "what was given differs" if self.node.op is None else "the first to differ"
        facts = [(self.value, str(self.gap))]
        if self.gap.shapes[0] == self.gap.shapes[1]:
            facts.append(("beyond", f"{self.gap.beyond} elements, with rtol={self.rtol:g} and atol={self.atol:g}"))
        for slot, name, gap in self.inputs:
            facts.append((slot, f"{name}: {'not compared' if gap is None else gap}"))
        facts.append(("before it", f"{self.agreed} values agree, of {self.compared} compared"))
        if self.unmatched:
            facts.append(
                ("unknown", f"no values of this graph: {', '.join(self.unmatched[:6])}{', ...' if len(self.unmatched) > 6 else ''}")
            )
        return describe(what, node=self.node, facts=facts)


def first_difference(a: Any, b: Any, rtol: float = 1e-4, atol: float = 1e-5) -> Parting | None:
    """Find the first value, in the order of the run, in which two runs differ.

    Parameters
    ----------
    a : Executor
        One that has run.
    b : Executor, mapping, or path
        Another that has run; or recorded values by name, as ``symbol.get_internals().list_outputs()`` calls them: a dict,
        or a ``.params`` or ``.npz`` file. ``arg:`` and ``aux:`` before a name are left out, ``fc1`` stands for
        ``fc1_output``; what is not recorded is not compared.
    rtol, atol : float
        Elements agree if ``|a - b| <= atol + rtol * |b|``; NaN agrees with NaN.

    Returns
    -------
    Parting or None
        ``print`` it; ``None`` if all that can be compared agrees.

    Raises
    ------
    UnknownName
        If none of the recorded names is a value of ``a``.
    """
    if not hasattr(a, "values_by_node"):
        facts = {"argument": "a", "got": type(a).__name__, "expected": "an executor that has run"}
        raise ArgumentError(describe("two runs are compared", operator="first_difference", facts=facts))
    found = a.values_by_node()
    known = _named(a._graph)
    others, unmatched = _matched(known, b, a._symbol.name)
    gaps: dict[str, Gap] = {}
    names = {entry: name for name, entry in known.items()}
    agreed = 0
    for name, (node, index) in known.items():
        if name not in others:
            continue
        gap = gaps[name] = _gap(found[node][index], others[name], rtol, atol)
        if gap.beyond or gap.shapes[0] != gap.shapes[1]:
            read = zip(input_names(node), [names.get(entry) for entry in node.inputs], node.inputs, strict=True)
            inputs = [(slot, read_name or name_of(entry), gaps.get(read_name or "")) for slot, read_name, entry in read]
            return Parting(node, name, gap, inputs, agreed, len(others), rtol, atol, unmatched)
        agreed += 1
    return None


def _named(graph: Any) -> dict[str, tuple[Node, int]]:
    """Name the values that are compared: all but the next values of states."""
    found: dict[str, tuple[Node, int]] = {}
    uses: dict[str, int] = {}
    for node, size in zip(graph.nodes, graph.sizes, strict=True):
        versions = () if node.op is None else {version for _, version in node.params._layout.versions}
        for index in range(size):
            if index not in versions:
                name = name_of((node, index))
                uses[name] = uses.get(name, 0) + 1
                found[name if uses[name] == 1 else f"{name} #{uses[name]}"] = node, index
    return found


def _matched(known: Mapping[str, Any], b: Any, symbol: str | None) -> tuple[dict[str, np.ndarray], list[str]]:
    """Match the values of the other run to names; list the names that match none."""
    if hasattr(b, "values_by_node"):
        values = b.values_by_node()
        given: Mapping[str, Any] = {name: values[node][index] for name, (node, index) in _named(b._graph).items()}
    elif isinstance(b, Mapping):
        given = b
    elif isinstance(b, (str, os.PathLike)):
        given = _read(b)
    else:
        facts = {"argument": "b", "got": type(b).__name__, "expected": "an executor that has run, a dict of arrays, or a path"}
        raise ArgumentError(describe("two runs are compared", operator="first_difference", facts=facts))
    matched: dict[str, np.ndarray] = {}
    unmatched = []
    for name, value in given.items():
        bare = next((name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)), name)
        fitting = next((each for each in (bare, f"{bare}_output") if each in known), None)
        if fitting is None:
            unmatched.append(name)
        else:
            matched[fitting] = value.asnumpy() if isinstance(value, NDArray) else np.asarray(value)
    if not matched:
        near = closest(unmatched[0], known) if unmatched else ""
        facts = {"recorded": ", ".join(unmatched) or "nothing", "expected": ", ".join(known)}
        raise UnknownName(describe(f"no recorded name is a value of this graph{near}", name=symbol, facts=facts))
    return matched, unmatched


def _read(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Read recorded values from a file."""
    with opened(path, params.Limits.file_bytes) as source:
        packed = source.read(0, 2) == b"PK"
    if packed:
        try:
            return npz.load(path)
        except FormatError as error:
            raise FormatError(f"cannot read recorded values: {error}"[:LONGEST]) from None
    loaded = params.load(path)
    if loaded.names is None:
        raise FormatError(describe("recorded values need names; this file is a plain list", facts={"file": os.fspath(path)}))
    return {name: array for name, array in zip(loaded.names, loaded.arrays, strict=True) if array is not None}


def _gap(one: np.ndarray, other: np.ndarray, rtol: float, atol: float) -> Gap:
    shapes = (one.shape, other.shape)
    if one.shape != other.shape:
        return Gap(shapes, max(one.size, other.size), np.inf, np.inf)
    if not one.size:
        return Gap(shapes, 0, 0.0, 0.0)
    x, y = (array.reshape(-1).astype(np.float64) for array in (one, other))
    with np.errstate(all="ignore"):
        error = np.abs(x - y)
        error[(x == y) | (np.isnan(x) & np.isnan(y))] = 0
        error[np.isnan(error)] = np.inf  # one of the two is no number
        size = np.abs(y)
        beyond = int((error > atol + rtol * np.where(np.isfinite(size), size, 0)).sum())
        largest = int(np.argmax(error))
        relative = float(np.max(np.divide(error, size, out=np.where(error > 0, np.inf, 0.0), where=size > 0)))
    if not error[largest]:
        return Gap(shapes, 0, 0.0, 0.0)
    place = tuple([int(each) for each in np.unravel_index(largest, one.shape)])
    return Gap(shapes, beyond, float(error[largest]), relative, place, (float(x[largest]), float(y[largest])))
