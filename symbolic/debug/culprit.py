"""``mx.debug.nans``: the first node that made a NaN or an infinity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbolic.debug.capsule import write
from symbolic.debug.ranges import Range, is_finite, range_of
from symbolic.debug.within import first_step
from symbolic.errors import ArgumentError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node, input_names, name_of
from symbolic.nd.array import NDArray
from symbolic.nd.convert import array as array_of
from symbolic.symbol.handle import Symbol
from symbolic.values.context import cpu

__all__ = ["Culprit", "nans"]

SUMS = frozenset({"elemwise_add", "add_n", "_grad_add"})  # hand on to each input what arrives


@dataclass
class Culprit:
    """Who made the first NaN or infinity, and of what.

    Attributes
    ----------
    node : Node
        The node; a variable if the value was given.
    phase : str
        ``"forward"``, ``"backward"``, or ``"given"``: an argument or a head gradient held it from the start.
    value : str
        What holds it: ``"log0_output"``; ``"data"``, the input that a gradient is sent to.
    made : Range
        What that holds.
    inputs : list of (str, str, Range)
        Slot, name and range of what the node was given; of gradients also what arrived: ``d_output``.
    is_train : bool
        The mode.
    line : str or None
        The user's line that made the node.
    capsule : str or None
        The file in which node and inputs are saved.
    within : Culprit or None
        Of a loop or a condition: the node of its graph.
    step : int or None
        Of a loop: the step, from 0.
    """

    node: Node
    phase: str
    value: str
    made: Range
    inputs: list[tuple[str, str, Range]]
    is_train: bool
    line: str | None = None
    capsule: str | None = None
    within: Culprit | None = None
    step: int | None = None
    arrays: list[np.ndarray] = field(default_factory=list, repr=False)
    arriving: list[np.ndarray | None] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """Name of the node."""
        return self.node.name

    @property
    def operator(self) -> str:
        """Name of its operator."""
        return "variable" if self.node.op is None else self.node.op.name

    @property
    def kind(self) -> str:
        """``"NaN"`` or ``"infinity"``."""
        return "NaN" if self.made.nans else "infinity"

    def __str__(self) -> str:
        finite = all(given.finite for _, _, given in self.inputs)
        where = f"{'training' if self.is_train else 'inference'}, {self.phase}"
        what = {
            "forward": f"it made {self.made.wrong} out of {'finite inputs' if finite else 'inputs without NaN'} ({where})",
            "backward": f"its gradient for {self.value} holds {self.made.wrong}, out of {'finite' if finite else 'NaN-free'} values ({where})",
            "given": f"{self.value} was given with {self.made.wrong} in it",
        }[self.phase]
        first = f"; the first at {self.made.first}" if self.made.first is not None else ""
        facts = [(self.value if self.phase != "backward" else f"gradient for {self.value}", f"{self.made}{first}")]
        facts += [(slot, f"{given}; {name}" if name and name != slot else str(given)) for slot, name, given in self.inputs]
        if self.within is not None:
            loop = "" if self.step is None else f"at step {self.step}: "
            facts.append(("within", loop + str(self.within).split("\n")[0]))
        hint = self.capsule and f"mx.debug.replay({self.capsule!r}) runs it again"
        return _told(self, what, facts, hint)


def _told(culprit: Culprit, what: str, facts: Sequence[tuple[str, str]], hint: str | None) -> str:
    text = describe(what, node=culprit.node, facts=facts, hint=hint)
    if culprit.line and not culprit.node.line:  # a node from a capsule
        text = text.replace(f"({culprit.operator}): ", f"({culprit.operator}, made at {culprit.line}): ", 1)
    return text


def nans(
    what: Any,
    *,
    is_train: bool | None = None,
    backward: bool | None = None,
    save: Any = True,
    executor: str | None = None,
    **arrays: Any,
) -> Culprit | None:
    """Find the first node, in the order of the run, that made a NaN or an infinity out of finite inputs.

    Where infinities are given on purpose, as in masks, the first node counts that makes a NaN out of inputs without one.

    Parameters
    ----------
    what : Executor or Symbol
        An executor that has run: its last run is looked at, nothing of it changes. Or a symbol, which is run on ``arrays``.
    is_train : bool, optional
        For a symbol: the mode; training if ``backward``.
    backward : bool, optional
        Whether gradients are looked at, too; left out: those of an executor that has them and has run in training. Head
        gradients are those of the last `backward`; of a symbol, ones.
    save : bool or path
        Where node and inputs go, one file that `replay` runs; ``True`` writes ``nans-<node>.params`` in the current folder.
    executor : str, optional
        For a symbol: which executor runs it.
    **arrays : NDArray or numpy.ndarray
        For a symbol: arguments and states by name.

    Returns
    -------
    Culprit or None
        ``print`` it; ``None`` if all values are finite.
    """
    if isinstance(what, Symbol):
        what, backward = _run(what, bool(is_train), bool(backward), executor, arrays), bool(backward)
    elif not hasattr(what, "values_by_node"):
        facts = {"argument": "what", "got": type(what).__name__, "expected": "Executor or Symbol"}
        raise ArgumentError(describe("values are those of an executor, or of a symbol with arrays", operator="nans", facts=facts))
    elif arrays or is_train is not None or executor is not None:
        facts = {"argument": ", ".join(arrays) or "is_train, executor"}
        raise ArgumentError(describe("an executor has its arrays and its mode", operator="nans", facts=facts))
    graph: Graph = what._graph
    values = what.values_by_node()
    found = _forward(graph, values, what._mode)
    if found is None and (what._mode and what._wants_gradients if backward is None else backward):
        found = _backward(graph, values, what)
    if found is None:
        found = _given(graph, values, what._mode)
    if found is not None:
        found.line = found.node.line
        _look_within(found)
        if save is not None and save is not False and found.phase != "given":
            name = re.sub(r"[^\w.-]", "_", found.name)[:80]
            path = f"nans-{name}.params" if save is True else save
            found.capsule = write(path, found, what.drawn())
    return found


def _look_within(found: Culprit) -> None:
    """Find the node of a loop's graph."""
    if found.phase == "forward" and found.node.op.subgraphs and found.arrays:
        wrong = first_step(found.node, found.arrays, found.is_train)
        if wrong is not None:
            exe, step = wrong
            found.within = nans(exe, backward=False, save=None)
            found.step = step if hasattr(found.node.params, "_loop") else None


def _run(symbol: Symbol, is_train: bool, backward: bool, executor: str | None, arrays: Mapping[str, Any]) -> Any:
    given = {name: value if isinstance(value, NDArray) else array_of(value) for name, value in arrays.items()}
    names = set(symbol.list_auxiliary_states())
    arguments = {name: value for name, value in given.items() if name not in names}
    states = {name: value for name, value in given.items() if name in names}
    gradients = {name: array_of(np.zeros_like(value._data), dtype=value.dtype) for name, value in arguments.items() if backward}
    made = symbol.bind(cpu(), args=arguments, args_grad=gradients or None, aux_states=states, executor=executor)
    made.forward(is_train=is_train or backward)
    if backward:
        made.backward([array_of(np.ones_like(output._data), dtype=output.dtype) for output in made.outputs])
    return made


def _entering(node: Node, values: Mapping[Node, Sequence[np.ndarray]]) -> list[tuple[str, str, np.ndarray]]:
    """List slot, name and value of what a node is given and reads."""
    skipped = node.params._layout.only_shape
    return [
        (slot, name_of(entry), values[entry[0]][entry[1]])
        for place, (slot, entry) in enumerate(zip(input_names(node), node.inputs, strict=True))
        if place not in skipped
    ]


def _is_made(made: np.ndarray, given: Sequence[np.ndarray]) -> bool:
    """Whether an array holds what its inputs do not: what is not finite, or else NaN."""
    if is_finite(made):
        return False
    return all(map(is_finite, given)) or (_has_nan(made) and not any(map(_has_nan, given)))


def _has_nan(array: np.ndarray) -> bool:
    return not is_finite(array) and bool(np.isnan(array).any())


def _visible(node: Node) -> Iterator[int]:
    """List a node's outputs but for next values of states; those come with the gradients, or after."""
    layout = node.params._layout
    versions = {version for _, version in layout.versions}
    return (index for index in range(layout.size) if index not in versions)


def _forward(graph: Graph, values: Mapping[Node, Sequence[np.ndarray]], is_train: bool) -> Culprit | None:
    for node in graph.nodes:
        if node.op is None:
            if _has_nan(values[node][0]) and node not in graph.states:
                return Culprit(node, "given", node.name, range_of(values[node][0]), [], is_train)
            continue
        entering = None
        for index in _visible(node):
            made = values[node][index]
            if is_finite(made):
                continue
            entering = entering or _entering(node, values)
            if _is_made(made, [array for _, _, array in entering]):
                inputs = [(slot, name, range_of(array)) for slot, name, array in entering]
                held = [values[below][place].copy() for below, place in node.inputs]
                return Culprit(node, "forward", name_of((node, index)), range_of(made), inputs, is_train, arrays=held)
    return None


def _given(graph: Graph, values: Mapping[Node, Sequence[np.ndarray]], is_train: bool) -> Culprit | None:
    """Find a variable that is not finite."""
    for node in graph.variables:
        if not is_finite(values[node][0]):
            return Culprit(node, "given", node.name, range_of(values[node][0]), [], is_train)
    return None


def _backward(graph: Graph, values: Mapping[Node, Sequence[np.ndarray]], exe: Any) -> Culprit | None:
    """Follow the gradients down from the heads."""
    sent: dict[Node, dict[int, np.ndarray]] = exe.gradients_by_node()
    arriving: dict[Entry, list[np.ndarray]] = {}
    for (node, index), array in zip(graph.heads, exe._head_gradients, strict=True):
        if not is_finite(array):
            return Culprit(node, "given", f"the head gradient of {name_of((node, index))}", range_of(array), [], True)
        arriving.setdefault((node, index), []).append(array)
    for node in reversed(graph.nodes):
        if node.op is None:
            continue
        arrived = [_joined(arriving.get((node, index))) for index in range(node.params._layout.size)]
        parts = sent.get(node)
        if parts is None:
            if node.op.name in SUMS and arrived[0] is not None:
                parts = dict.fromkeys(range(len(node.inputs)), arrived[0])
            else:
                continue
        for place, made in parts.items():
            arriving.setdefault(node.inputs[place], []).append(made)
        if all(map(is_finite, parts.values())):
            continue
        entering = _entering(node, values)
        names = (*node.params._layout.outputs, *node.params._layout.hidden)
        entering += [(f"d_{names[index]}", "what arrived", array) for index, array in enumerate(arrived) if array is not None]
        results = [values[node][index] for index in _visible(node)]
        for place, made in parts.items():
            if _is_made(made, [*[array for _, _, array in entering], *results]):
                inputs = [(slot, name, range_of(array)) for slot, name, array in entering]
                held = [values[below][index].copy() for below, index in node.inputs]
                return Culprit(node, "backward", input_names(node)[place], range_of(made), inputs, exe._mode, arrays=held, arriving=arrived)
    return None


def _joined(parts: list[np.ndarray] | None) -> np.ndarray | None:
    if not parts:
        return None
    with np.errstate(all="ignore"):
        return parts[0] if len(parts) == 1 else np.asarray(sum(parts[1:], start=parts[0]))
