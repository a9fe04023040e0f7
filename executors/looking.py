"""Values of the last forward run, by name: those that the plan did not keep are computed again, and nothing else changes."""

from __future__ import annotations

import fnmatch
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from executors.outputs import Outputs
from executors.watching import entering
from symbolic.errors import ArgumentError, NotReady, UnknownName, closest, describe
from symbolic.graph.graph import Graph
from symbolic.graph.node import Entry, Node, name_of
from symbolic.nd.array import NDArray
from symbolic.passes.pipeline import lower
from symbolic.passes.separate_streams import separate_streams
from symbolic.random import Place
from symbolic.symbol.handle import Symbol

if TYPE_CHECKING:
    from symbolic.values.context import Context

__all__ = ["Looking", "value_names"]

SPECIAL = frozenset("*?[")


def value_names(graph: Graph) -> dict[str, Entry]:
    """Name every value of a graph, hidden ones too; where names repeat, the second is ``fc1_output #2``."""
    found: dict[str, Entry] = {}
    uses: dict[str, int] = {}
    for node, size in zip(graph.nodes, graph.sizes, strict=True):
        for index in range(size):
            name = name_of((node, index))
            uses[name] = uses.get(name, 0) + 1
            found[name if uses[name] == 1 else f"{name} #{uses[name]}"] = node, index
    return found


class Looking:
    """The methods of an executor that show what is in it."""

    _symbol: Symbol
    _graph: Graph
    _shapes: Sequence[Any]
    _dtypes: Sequence[Any]
    _ctx: Context
    _bound: dict[Node, np.ndarray]
    _lock: Any
    _mode: bool | None
    aux_arrays: list[NDArray]
    outputs: Outputs
    _internals: Callable[[bool], list[np.ndarray]]
    _seen: dict[Node, list[np.ndarray]] | None = None  # the values of the last run, once somebody has asked for them
    _before: list[np.ndarray] | None = None  # states as the last run found them
    _remembers: bool = False  # whether states are noted before each run
    _head_gradients: list[np.ndarray]
    _given: list[np.ndarray | None]
    _requests: list[str]
    _places: dict[Any, Any]  # where streams of random numbers stood before the last run
    arg_arrays: list[NDArray]
    grad_arrays: list[NDArray | None]

    def drawn(self) -> dict[Any, list[Place]]:
        """Tell where the streams of random numbers stood before the last forward run."""
        return self._places

    # -- values -------------------------------------------------------------------------------------------------------

    def value(self, name: Any) -> NDArray:
        """Return one value of the last forward run.

        Parameters
        ----------
        name : str or Symbol
            As in ``symbol.get_internals().list_outputs()``: ``"conv0_output"``; a variable's own name; hidden outputs too,
            ``"bn0_mean"``. Of equal names the second is ``"fc1_output #2"``. Or the value itself, a Symbol of this graph.

        Returns
        -------
        NDArray
            A copy. What the plan did not keep is computed again, with the same random draws, from the arguments as they
            are now; states, outputs and gradients stay as they are.

        Raises
        ------
        UnknownName
            If there is no such value.
        NotReady
            If `forward` has not run; or if what the run found in states is gone, as an update has rewritten it: then
            states are remembered from now on, and it can be asked for after the next run.
        """
        with self._lock:
            entry = self._entry(name)
            return self._copies([(name_of(entry), entry)])[0]

    def values(self, pattern: str = "*") -> dict[str, NDArray]:
        """Return values of the last forward run whose names match a pattern; see `value`.

        Parameters
        ----------
        pattern : str
            As for file names: ``"conv*_output"``, ``"bn[0-3]_*"``.

        Returns
        -------
        dict of str to NDArray
            In the order of the run. Outputs that hold the next value of a state (``new_...``) are left out unless the
            pattern names them.
        """
        if not isinstance(pattern, str):
            facts = {"argument": "pattern", "got": repr(pattern), "expected": "str, such as 'conv*_output'"}
            raise ArgumentError(describe("a pattern is text", name=self._symbol.name, facts=facts))
        with self._lock:
            known = value_names(self._graph)
            names = fnmatch.filter(known, pattern)
            if "new_" not in pattern:
                names = [name for name in names if not _is_version(known[name])]
            if not names:
                raise UnknownName(
                    describe(
                        f"no value matches {pattern!r}{closest(pattern.strip('*'), known)}",
                        name=self._symbol.name,
                        facts={"argument": "pattern", "got": pattern, "expected": ", ".join(known)},
                    )
                )
            return dict(zip(names, self._copies([(name, known[name]) for name in names]), strict=True))

    def _entry(self, name: Any) -> Entry:
        """Find a value by what the user calls it."""
        if isinstance(name, Symbol):
            if len(name._entries) == 1 and name._entries[0][0] in self._graph.base:
                return name._entries[0]
            what = "it has several outputs" if len(name._entries) > 1 else "it is no part of the graph that is bound"
            raise UnknownName(describe(f"this symbol is no value of the executor: {what}", name=repr(name)))
        if not isinstance(name, str):
            facts = {"argument": "name", "got": repr(name), "expected": "str, such as 'conv0_output', or Symbol"}
            raise ArgumentError(describe("a value is asked for by name", name=self._symbol.name, facts=facts))
        known = value_names(self._graph)
        if name in known:
            return known[name]
        hint = f"values({name!r}) takes patterns" if SPECIAL.intersection(name) else None
        outputs = [other for other, (node, _) in known.items() if node.name == name]
        if outputs:
            hint = f"the values of node {name!r} are {', '.join(outputs)}"
        raise UnknownName(
            describe(
                f"no value is called {name!r}{closest(name, known)}",
                name=self._symbol.name,
                facts={"argument": "name", "got": name, "expected": ", ".join(known)},
                hint=hint,
            )
        )

    def _copies(self, wanted: Sequence[tuple[str, Entry]]) -> list[NDArray]:
        heads = dict(zip(self._graph.heads, self.outputs, strict=True))
        found = []
        for _, entry in wanted:
            if entry[0].op is None:
                array = self._bound[entry[0]]
            elif self._mode is not None and entry in heads:
                array = heads[entry]._data
            else:
                array = self._inner([entry[0]])[entry[0]][entry[1]]
            found.append(NDArray(array.copy(), self._ctx))
        return found

    # -- computing again ----------------------------------------------------------------------------------------------

    def _inner(self, asked: Collection[Node] | None = None) -> dict[Node, list[np.ndarray]]:
        """Return all values of the last forward run by node.

        Parameters
        ----------
        asked : collection of Node, optional
            Those whose values must be right; all of them, if left out.
        """
        if self._mode is None:
            hint = "run forward first"
            raise NotReady(describe("there are no values before the first run", name=self._symbol.name, hint=hint))
        if self._seen is None:
            self._seen = self._again(self._mode)
            self._compare()
            for (node, index), output in zip(self._graph.heads, self.outputs, strict=True):  # what the run itself has computed
                if node.op is not None:
                    self._seen[node][index] = output._data
        if self._before is None and (lost := self._lost(self._mode)):
            gone = next((node for node in (self._graph.nodes if asked is None else asked) if node in lost), None)
            if gone is not None:
                self._remembers = True
                what = "the run has rewritten a state that this value was computed from"
                hint = "states are remembered from now on: run forward again, and ask again"
                raise NotReady(describe(what, node=gone, facts={"state": lost[gone].name}, hint=hint))
        return self._seen

    def _again(self, is_train: bool) -> dict[Node, list[np.ndarray]]:
        """Compute all values of the last forward run again; states are found, and left, as they were."""
        with self._states_of_then():
            values = iter(self._internals(is_train))
            found = {node: [array] for node, array in self._bound.items()}
            for node, size in zip(self._graph.nodes, self._graph.sizes, strict=True):
                if node.op is not None:
                    found[node] = [next(values) for _ in range(size)]
        return found

    @contextmanager
    def _states_of_then(self) -> Iterator[None]:
        """Let states hold what the last run found in them, if that is remembered."""
        now = [array._data.copy() for array in self.aux_arrays]
        for array, before in zip(self.aux_arrays, self._before or (), strict=False):
            np.copyto(array._data, before)
        try:
            yield
        finally:
            for array, values in zip(self.aux_arrays, now, strict=True):
                np.copyto(array._data, values)

    def values_by_node(self) -> dict[Node, list[np.ndarray]]:
        """Return every value of the last forward run, hidden ones too; they are valid until the next."""
        with self._lock:
            return self._inner()

    def gradients_by_node(self) -> dict[Node, dict[int, np.ndarray]]:
        """Return what each node sends to its inputs, by their places, for the head gradients of the last `backward`.

        These are the arrays that it was given, as they are now.
        A sum, which hands on what arrives, is left out; so is what nobody asks for.
        """
        with self._lock:
            graph = separate_streams(self._graph)  # gradients are told apart by names
            watched: Any = self
            if graph is not self._graph:
                watched = self._twin(graph)
            with watched._states_of_then():
                sent = watched._sent()
        nodes = {twin.name: node for twin, node in zip(graph.nodes, self._graph.nodes, strict=True) if node.op is not None}
        found: dict[Node, dict[int, np.ndarray]] = {}
        for name, array in sent:
            owner, _, number = name.rpartition("_backward_output")
            node = nodes[owner]
            places = [place for place in range(len(node.inputs)) if place not in node.params._layout.states]
            found.setdefault(node, {})[places[int(number or 0)]] = array
        return found

    def _twin(self, graph: Graph) -> Any:
        """Bind the same arrays to a graph that differs in the names of nodes; it has run as this one has."""
        arrays = self.arg_arrays, self.grad_arrays, self._requests, self.aux_arrays
        made = type(self)(Symbol(graph.heads), graph, self._shapes, self._dtypes, self._ctx, *arrays)  # type: ignore[call-arg]
        made._mode, made._before, made._head_gradients = self._mode, self._before, self._head_gradients
        made._places, made._given = self._places, self._given
        return made

    def _compare(self) -> None:
        """Warn if what was computed again is not what the run has computed."""
        assert self._seen is not None
        for (node, index), output in zip(self._graph.heads, self.outputs, strict=True):
            was, now = output._data, self._seen[node][index]
            if was.shape != now.shape or (was.dtype.kind == "f" and not np.allclose(was, now, 1e-2, 1e-3, equal_nan=True)):
                what = "arguments have changed since the last run: inner values are computed from what they hold now"
                warnings.warn(describe(what, node=node, hint="run forward again first"), stacklevel=6)
                return

    def _lost(self, is_train: bool) -> dict[Node, Node]:
        """Find the nodes that depend on a state's value from before the run, which is gone, and on which."""
        if not any(node.op is not None and node.params._layout.versions for node in self._graph.nodes):
            return {}
        lowered = lower(self._graph, self._shapes, self._dtypes, self._bound, lambda op: op.body is None, is_train, None, True, False)
        graph = lowered.graph
        stale: dict[int, Node] = {
            graph.number((state, 0)): state for state, entry in lowered.forward_updates.items() if entry != (state, 0)
        }
        for node, numbers, first, size in zip(graph.nodes, graph.inputs, graph.first, graph.sizes, strict=True):
            if node.op is not None and stale:
                read = [number for place, number in enumerate(numbers) if place not in node.params._layout.only_shape]
                cause = next((stale[number] for number in read if number in stale), None)
                if cause is not None:
                    stale.update(dict.fromkeys(range(first, first + size), cause))
        heads = iter(graph.heads)
        found: dict[Node, Node] = {}
        for node, size in zip(self._graph.nodes, self._graph.sizes, strict=True):
            for _ in range(0 if node.op is None else size):
                number = graph.number(next(heads))
                if number in stale:
                    found.setdefault(node, stale[number])
        return found

    # -- monitor ------------------------------------------------------------------------------------------------------

    def _report(self, callback: Callable[[str, NDArray], Any], monitor_all: bool, is_train: bool) -> None:
        values = iter(self._internals(is_train))
        made: dict[Node, list[np.ndarray]] = {node: [array] for node, array in self._bound.items()}
        for node in self._graph.nodes:
            if node.op is None:
                continue
            layout = node.params._layout
            made[node] = [next(values) for _ in range(layout.size)]
            if monitor_all:
                for name, below, index in entering(node):
                    callback(name, NDArray(made[below][index].copy(), self._ctx))
            names = (*layout.outputs, *layout.hidden[: len(layout.hidden) - len(layout.versions)])
            for slot, array in zip(names, made[node], strict=False):
                callback(f"{node.name}_{slot}", NDArray(array.copy(), self._ctx))

    def debug_str(self) -> str:
        """Describe the graph and its memory as text."""
        return self._symbol.debug_str()


def _is_version(entry: Entry) -> bool:
    node, index = entry
    return node.op is not None and any(index == version for _, version in node.params._layout.versions)
