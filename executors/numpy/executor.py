"""The NumPy executor: one compiled program per mode, made at first use."""

from __future__ import annotations

from typing import Any

import numpy as np

from executors.contract import Executor
from executors.numpy.compile import Program, bound, compile_graph
from executors.numpy.kernels import load
from executors.numpy.table import table
from symbolic.autodiff.gradient import gradients
from symbolic.errors import GradientError, MXNetError, ShapeError, describe
from symbolic.graph.graph import Graph, resting_collector
from symbolic.graph.node import Entry, Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.passes.expand import expand, without_gradient
from symbolic.passes.merge_equal import merge_equal
from symbolic.passes.settle import settle
from symbolic.passes.thread_state import thread_state
from symbolic.random import fresh
from symbolic.values.shape import complete, np_shape

__all__ = ["NumpyExecutor"]

load()


class NumpyExecutor(Executor):
    """Runs a graph as a flat tuple of NumPy calls on prepared buffers."""

    def __init__(self, *args: Any):
        super().__init__(*args)
        self._programs: dict[Any, Program] = {}
        self._head_gradients: list[np.ndarray] = []
        self._reached: list[bool] = []
        self._current: Program | None = None

    # -- programs -----------------------------------------------------------------------------------------------------

    @property
    def _wants_gradients(self) -> bool:
        return any(request != "null" for request in self._requests)

    def _program(self, key: Any) -> Program:
        found = self._programs.get(key)
        if found is None:
            with resting_collector(), np_shape():
                found = self._programs[key] = self._compile(*key)
        return found

    def _compile(self, is_train: bool, differentiated: bool, watched: bool = False) -> Program:
        """Compile a mode.

        Parameters
        ----------
        is_train : bool
            The mode that bodies and kernels see.
        differentiated : bool
            Whether the backward phase is part of it.
        watched : bool
            Whether every value of the composed graph is kept, for the monitor.
        """
        composed = self._graph
        arrays = dict(zip(composed.arguments, [a._data for a in self.arg_arrays], strict=True))
        arrays.update(zip(composed.states, [a._data for a in self.aux_arrays], strict=True))
        graph = settle(composed, self._shapes, self._dtypes)
        if watched:
            graph = Graph([(node, index) for node in graph.nodes if node.op is not None for index in range(node.params._layout.size)])
        graph = thread_state(graph)
        narrow = any(dtype.name in ("float16", "bfloat16") for dtype in self._dtypes)
        types = {node: array.dtype for node, array in arrays.items()}
        updates = graph.updates
        count = len(graph.heads)
        asked: list[tuple[int, Entry]] = []
        if differentiated:
            graph = expand(graph, without_gradient, is_train, dtypes_of(graph, types) if narrow else None)
            graph, asked = self._differentiated(graph, arrays, types)
        forward_updates = {variable: graph.updates[variable] for variable in updates}
        graph = expand(graph, lambda op: op.name not in table, is_train, dtypes_of(graph, types) if narrow else None)
        kept = dict(forward_updates)
        graph = merge_equal(graph)
        forward_updates = {variable: graph.updates[variable] for variable in kept}
        shapes = shapes_of(graph, {node: array.shape for node, array in arrays.items()}, declared=False)
        dtypes = [np.dtype(np.float32) if dtype is None else dtype for dtype in dtypes_of(graph, types)]
        for number, shape in enumerate(shapes):
            if not complete(shape):
                raise ShapeError(describe("the shape of its output does not follow", node=graph.nodes[graph.producers[number]]))
        heads: list[tuple[Entry, np.ndarray | None]]
        if watched:
            heads = [(entry, None) for entry in graph.heads[:count]]
        else:
            heads = [(entry, array._data) for entry, array in zip(graph.heads[:count], self.outputs, strict=True)]
        targets = []
        for (place, _), entry in zip(asked, graph.heads[count:], strict=True):
            array = self.grad_arrays[place]
            assert array is not None
            targets.append((entry, array._data, self._requests[place]))
        return compile_graph(graph, table, shapes, dtypes, arrays, heads, targets, forward_updates, is_train)

    def _differentiated(
        self, graph: Graph, arrays: dict[Node, np.ndarray], types: dict[Node, np.dtype]
    ) -> tuple[Graph, list[tuple[int, Entry]]]:
        """Add the gradients of the arguments to the heads of ``graph``."""
        if not self._head_gradients:
            self._head_gradients = [np.ones_like(output._data) for output in self.outputs]
        entering: list[Entry] = []
        for place, array in enumerate(self._head_gradients):
            node = Node(None, None, f"head_grad_{place}")
            arrays[node] = array
            types[node] = array.dtype
            entering.append((node, 0))
        wanted = [place for place, request in enumerate(self._requests) if request != "null"]
        found = gradients(graph.heads, entering, [(self._graph.arguments[place], 0) for place in wanted])
        asked: list[tuple[int, Entry]] = []
        self._zero: list[int] = []
        for place, entry in zip(wanted, found, strict=True):
            if entry is None:
                self._zero.append(place)
            else:
                asked.append((place, entry))
        whole = Graph([*graph.heads, *[entry for _, entry in asked]], graph.updates)
        present = set(whole.nodes)
        self._reached = [entry[0] in present for entry in entering]
        return thread_state(whole, settled=set(graph.nodes)), asked

    # -- running ------------------------------------------------------------------------------------------------------

    def _forward(self, is_train: bool) -> None:
        try:
            program = self._program((is_train, is_train and self._wants_gradients))
        except GradientError:
            if not is_train:
                raise
            program = self._program((True, False))  # the error is backward's to raise
        self._current = program
        _run(program.forward, program.forward_nodes)

    def _backward(self, head_gradients: list[np.ndarray | None]) -> None:
        if not self._wants_gradients:
            return
        assert self._mode is not None
        program = self._program((self._mode, True))
        given = any(array is not None for array in head_gradients)
        for place, (array, target, reached) in enumerate(zip(head_gradients, self._head_gradients, self._reached, strict=True)):
            if array is not None:
                np.copyto(target, array, casting="unsafe")
            elif reached and given:
                raise MXNetError(describe("a head gradient is missing", facts={"argument": f"out_grads[{place}]", "got": "None", "expected": self.outputs[place].shape}))
            elif reached and not given:
                if not self._ones_by_default(place):
                    raise MXNetError(
                        describe(
                            f"output {self._symbol.list_outputs()[place]!r} is no loss: backward needs its gradient",
                            facts={"argument": f"out_grads[{place}]", "got": "None", "expected": f"an array of shape {self.outputs[place].shape}"},
                            hint="give out_grads, or end the graph in a loss such as SoftmaxOutput or MakeLoss",
                        )
                    )
                target.fill(1)
        if self._current is not program:  # the last forward run was in inference: run it again, keeping what gradients need
            _run(program.forward, program.forward_nodes)
            self._current = program
        _run(program.backward, program.backward_nodes)
        for place in self._zero:
            array = self.grad_arrays[place]
            if self._requests[place] == "write" and array is not None:
                array._data.fill(0)

    def _ones_by_default(self, place: int) -> bool:
        return False

    def _internals(self, is_train: bool) -> list[tuple[str, np.ndarray]]:
        program = self._program((is_train, False, True))
        saved = [array._data.copy() for array in self.aux_arrays]  # this second run must not step states again
        _run(program.forward, program.forward_nodes)
        for array, values in zip(self.aux_arrays, saved, strict=True):
            np.copyto(array._data, values)
        found = []
        for node, array in zip([*self._graph.arguments, *self._graph.states], [*self.arg_arrays, *self.aux_arrays], strict=True):
            found.append(("\0" + node.name, array._data))
        for node in self._graph.nodes:
            if node.op is not None:
                found.extend(self._values_of(node, program))
        return found

    def _values_of(self, node: Node, program: Program) -> list[tuple[str, np.ndarray]]:
        layout = node.params._layout
        place = [n for n in self._graph.nodes if n.op is not None].index(node)
        start = sum(n.params._layout.size for n in [m for m in self._graph.nodes if m.op is not None][:place])
        names = (*layout.outputs, *layout.hidden)
        return [
            (f"{node.name}_{slot}", program.arrays[program.graph.number(program.graph.heads[start + index])]) for index, slot in enumerate(names)
        ]

    def debug_str(self) -> str:
        """Describe the graph and the bytes of each compiled mode."""
        lines = [super().debug_str()]
        for (is_train, differentiated, *_), program in self._programs.items():
            assert program.plan is not None
            name = "training" if is_train else "inference"
            lines.append(f"{name}{' with gradients' if differentiated else ''}: {program.plan.bytes} bytes in {len(program.plan.sizes)} buffers")
        total = sum(program.plan.bytes for program in self._programs.values() if program.plan is not None)
        lines.append(f"Total {total / 2**20:.4f} MB allocated")
        return "\n".join(lines)

    @property
    def planned_bytes(self) -> int:
        """Bytes of all buffers of the modes compiled so far."""
        return sum(program.plan.bytes for program in self._programs.values() if program.plan is not None)

    # -- operators at once --------------------------------------------------------------------------------------------

    @staticmethod
    def run_operator(op: Any, params: Any, inputs: list[np.ndarray], is_train: bool) -> list[np.ndarray]:
        """Compute one primitive on arrays at once; return every output, hidden ones too."""
        variables = [Node(None, None, slot) for slot in params._layout.inputs]
        node = Node(op, params, op.hint, tuple([(variable, 0) for variable in variables]))
        graph = Graph([(node, 0), *[(variable, 0) for variable in variables]])
        shapes = shapes_of(graph, {variable: x.shape for variable, x in zip(variables, inputs, strict=True)}, declared=False)
        dtypes = dtypes_of(graph, {variable: x.dtype for variable, x in zip(variables, inputs, strict=True)})
        first = graph.number((node, 0))
        outputs = []
        for number in range(first, first + params._layout.size):
            if not complete(shapes[number]):
                raise ShapeError(describe("the shape of its output does not follow", node=node))
            outputs.append(np.empty(shapes[number], dtypes[number] or np.float32))
        kernel = table.get(op.name)
        if kernel is None:
            raise MXNetError(describe("the executor has no kernel for this operator", node=node))
        from executors.numpy.compile import Scratch

        call = bound(kernel, node, inputs, outputs, is_train, Scratch(), rng=fresh())
        if call is not None:
            _run((call,), [node])
        return outputs


def _run(calls: tuple[Any, ...], nodes: list[Node]) -> None:
    """Run a program's loop; an exception inside a kernel gets the node's name."""
    place = -1
    with np.errstate(all="ignore"):
        try:
            for place, call in enumerate(calls):  # noqa: B007
                call()
        except MXNetError:
            raise
        except Exception as error:
            raise MXNetError(describe(f"{type(error).__name__} in its kernel: {error}", node=nodes[place])) from error
