"""Executor: arrays bound to a graph, with forward and backward. What executors have in common."""

from __future__ import annotations

import importlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from executors.binding import (
    allocate,
    arrays_for,
    brief,
    by_name,
    checked,
    context_of,
    inferred,
    requests_for,
    resized,
    shapes_for,
)
from executors.looking import Looking
from executors.naming import Naming
from executors.outputs import Outputs
from executors.sharing import Arrays
from executors.timing import Timing
from symbolic import events
from symbolic.backends import executor_class
from symbolic.errors import ArgumentError, BindError, NotReady, UnknownArgument, as_ours, closest, describe
from symbolic.graph.graph import Graph, resting_collector
from symbolic.graph.node import Node
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol
from symbolic.values.context import Context
from symbolic.values.dtype import dtype_of
from symbolic.values.shape import complete

__all__ = ["Executor"]


class Executor(Naming, Looking, Timing, ABC):
    """A graph with arrays bound to its variables.

    Made by ``symbol.bind`` and ``symbol.simple_bind``. Subclasses compute: `_forward`, `_backward`, `_internals`.

    Attributes
    ----------
    arg_arrays, grad_arrays, aux_arrays : list of NDArray
        In the order of ``list_arguments`` and ``list_auxiliary_states``; ``None`` where no gradient is wanted.
    outputs : list of NDArray
        The same arrays after every run.
    """

    def __init__(
        self,
        symbol: Symbol,
        graph: Graph,
        shapes: Sequence[Any],
        dtypes: Sequence[Any],
        context: Context,
        arguments: Sequence[NDArray],
        gradients: Sequence[NDArray | None],
        requests: Sequence[str],
        states: Sequence[NDArray],
    ):
        self._symbol = symbol
        self._graph = graph
        self._shapes, self._dtypes = shapes, dtypes
        self._ctx = context
        self.arg_arrays = list(arguments)
        self.grad_arrays = list(gradients)
        self.aux_arrays = list(states)
        self._requests = list(requests)
        self._lock = threading.RLock()
        self._monitor: tuple[Callable[[str, NDArray], Any], bool] | None = None
        self._mode: bool | None = None  # of the last forward run
        self._caller: int | None = None  # the thread that ran it
        self._takes_turns = False  # whether several threads have
        numbers = [graph.number(entry) for entry in graph.heads]
        sizes = [shapes[number] if complete(shapes[number]) else (0,) for number in numbers]  # (0,): only running it tells
        makers = [node for node, _ in graph.heads]
        self.outputs = Outputs(NDArray(allocate(s, dtypes[n], node), context) for s, n, node in zip(sizes, numbers, makers, strict=True))
        wanted = any(request != "null" for request in requests)
        self._head_gradients = [allocate(s if wanted else (0,), dtypes[n], node) for s, n, node in zip(sizes, numbers, makers, strict=True)]
        self._given: list[np.ndarray | None] = []  # the user's arrays, of which those are copies
        variables = [*graph.arguments, *graph.states]
        self._bound: dict[Node, np.ndarray] = {}
        for node, array in zip(variables, [*arguments, *states], strict=True):
            self._bound[node] = array._data
            array._bound = node  # for messages

    # -- binding ------------------------------------------------------------------------------------------------------

    @classmethod
    def bind(
        cls,
        symbol: Symbol,
        ctx: Any,
        args: Any,
        args_grad: Any,
        grad_req: Any,
        aux_states: Any,
        group2ctx: Any = None,
        shared_exec: Any = None,
    ) -> Executor:
        """Match arrays to the variables of ``symbol``; see `Symbol.bind`."""
        context = context_of(ctx, required=True)
        with resting_collector():
            graph = symbol.graph
            arguments = arrays_for(args, graph.arguments, "argument", True)
            states = arrays_for(aux_states, graph.states, "auxiliary state", True)
            requests = requests_for(grad_req, graph.arguments)
            gradients = arrays_for(args_grad, graph.arguments, "gradient", False)
            nodes = [*graph.arguments, *graph.states]
            arrays = [array for array in (*arguments, *states) if array is not None]
            shapes, dtypes = inferred(
                graph,
                dict(zip(nodes, [a.shape for a in arrays], strict=True)),
                dict(zip(nodes, [a._data.dtype for a in arrays], strict=True)),
                source="bound",
            )
            for node, gradient, array in zip(graph.arguments, gradients, arguments, strict=True):
                if gradient is not None and array is not None and (gradient.shape != array.shape or gradient.dtype != array.dtype):
                    raise BindError(
                        describe(
                            f"the gradient of {node.name!r} must be like the argument",
                            node=node,
                            facts={
                                "argument": node.name,
                                "got": f"{gradient.shape} {gradient._data.dtype}",
                                "expected": f"{array.shape} {array._data.dtype}",
                            },
                        )
                    )
            requests = ["null" if gradient is None else request for gradient, request in zip(gradients, requests, strict=True)]
            gradients = [None if request == "null" else gradient for gradient, request in zip(gradients, requests, strict=True)]
            return cls.fitting(shapes)(
                symbol, graph, shapes, dtypes, context, arrays[: len(arguments)], gradients, requests, arrays[len(arguments) :]
            )

    @classmethod
    def simple_bind(
        cls,
        symbol: Symbol,
        ctx: Any,
        grad_req: Any,
        type_dict: Any,
        stype_dict: Any,
        group2ctx: Any,
        shared_arg_names: Any,
        shared_exec: Any,
        shared_buffer: Any,
        shapes: Mapping[str, Any],
    ) -> Executor:
        """Infer every shape and type, allocate, and bind; see `Symbol.simple_bind`."""
        context = context_of(ctx)
        with resting_collector():
            graph = symbol.graph
            given = shapes_for(shapes, graph, symbol.name, "simple_bind")
            named = by_name(type_dict or {}, graph.variables, symbol.name, "simple_bind")
            types = {node: dtype_of(dtype, f"type of {node.name!r}") for node, dtype in named.items()}
            requests = requests_for(grad_req, graph.arguments)
            sizes, dtypes = inferred(graph, given, types, "given to simple_bind", symbol.name)
            arrays = Arrays(context, group2ctx, shared_arg_names, shared_exec, shared_buffer, stype_dict)
            numbers = [graph.number((node, 0)) for node in (*graph.arguments, *graph.states)]
            kinds = [(sizes[number], dtypes[number]) for number in numbers]
            arguments = [arrays.argument(node, *kind) for node, kind in zip(graph.arguments, kinds, strict=False)]
            states = [arrays.state(node, *kind) for node, kind in zip(graph.states, kinds[len(arguments) :], strict=True)]
            gradients = [
                None if request == "null" else arrays.gradient(node, *kind)
                for node, kind, request in zip(graph.arguments, kinds, requests, strict=False)
            ]
            made = cls.fitting(sizes)(symbol, graph, sizes, dtypes, context, arguments, gradients, requests, states)
            if shared_exec is not None:
                made._share(shared_exec)
            for output, (node, _) in zip(made.outputs, graph.heads, strict=True):
                output._context = arrays.place(node)
            return made

    @classmethod
    def fitting(cls, shapes: Sequence[Any]) -> type[Executor]:
        """Choose the class for a graph: where shapes depend on values, nothing can be planned, and nodes run one by one."""
        return cls if all(map(complete, set(shapes))) else executor_class("reference")

    def _share(self, other: Executor) -> None:
        """Use the memory of another executor, which is not to run at the same time, for inner values."""

    # -- running ------------------------------------------------------------------------------------------------------

    def forward(self, is_train: bool = False, **kwargs: Any) -> list[NDArray]:
        """Compute the outputs.

        Parameters
        ----------
        is_train : bool
            Training mode: dropout drops, batch normalisation uses the batch, and `backward` may follow.
        **kwargs : NDArray or numpy.ndarray
            New values of arguments; all are checked before any is copied.

        Returns
        -------
        list of NDArray
            `outputs`; copies of them, for each call its own, once threads take turns.
        """
        with self._lock:
            if (caller := threading.get_ident()) != self._caller:
                if self._caller is not None:  # the thread before may be reading what it was given
                    self.outputs, self._takes_turns = self.outputs.passed_on(), True
                self._caller = caller
            if kwargs:
                known = self.arg_dict
                pairs = []
                for name, value in kwargs.items():
                    if name not in known:
                        facts = {"argument": name, "got": brief(value), "expected": ", ".join(known)}
                        what = f"no argument is called {name!r}{closest(name, known)}"
                        raise UnknownArgument(describe(what, operator="forward", facts=facts))
                    pairs.append((known[name], checked(value, known[name], name)))
                for target, value in pairs:
                    np.copyto(target._data, value, casting="unsafe")
            is_train = bool(is_train)
            if self._remembers or events.after_run:
                self._before = [array._data.copy() for array in self.aux_arrays]
            self._forward(is_train)
            self._mode, self._seen = is_train, None
            if self._monitor is not None:
                self._report(*self._monitor, is_train)
            for listener in events.after_run:
                listener(self, False)
            return self.outputs.copies() if self._takes_turns else self.outputs

    def backward(self, out_grads: Any = None, is_train: bool = True) -> None:
        """Compute the gradients of the arguments from those of the outputs.

        Parameters
        ----------
        out_grads : NDArray or list of NDArray, optional
            One for each output; not needed for outputs that are losses.
        is_train : bool
            Accepted as in MXNet.

        Raises
        ------
        MXNetError
            If `forward` has not run, or a gradient is missing.
        """
        with self._lock:
            if self._mode is None:
                what = "it needs forward first"
                raise NotReady(describe(what, operator="backward", name=self._symbol.name, hint="call forward(is_train=True) before it"))
            arrays = self.outputs.matched(out_grads, self._symbol.list_outputs())
            if self._wants_gradients:
                self._backward(arrays)
                if self._monitor is not None:
                    for name, array in self._sent():
                        self._monitor[0](name, NDArray(array, self._ctx))
                for listener in events.after_run:
                    listener(self, True)

    @property
    def _wants_gradients(self) -> bool:
        return any(request != "null" for request in self._requests)

    def _keeps(self, is_train: bool) -> bool:
        """Whether a forward run keeps what gradients need: in training, and where a second run would not be the same."""
        if not self._wants_gradients:
            return False
        return is_train or any(node.op is not None and (node.op.random or node.params._layout.versions) for node in self._graph.nodes)

    def _enter(self, given: Sequence[np.ndarray | None], reached: Sequence[bool]) -> None:
        """Copy head gradients in; those that nobody reads may be missing. The backward phase may write over the copies."""
        self._given = list(given)
        for place, (array, target) in enumerate(zip(given, self._head_gradients, strict=True)):
            if array is not None:
                np.copyto(target, array, casting="unsafe")
            elif reached[place]:
                raise BindError(
                    describe(
                        f"output {self._symbol.list_outputs()[place]!r} is no loss: backward needs its gradient",
                        node=self._graph.heads[place][0],
                        facts={"argument": f"out_grads[{place}]", "got": "None", "expected": f"an array of shape {target.shape}"},
                        hint="give out_grads, or end the graph in a loss such as SoftmaxOutput or MakeLoss",
                    )
                )

    def _clear(self, places: Sequence[int]) -> None:
        """Write zeros into the gradients of arguments that no output depends on."""
        for place in places:
            array = self.grad_arrays[place]
            if array is not None and self._requests[place] == "write":
                array._data.fill(0)

    @abstractmethod
    def _forward(self, is_train: bool) -> None:
        """Fill `outputs` and rewrite states."""

    @abstractmethod
    def _backward(self, head_gradients: list[np.ndarray | None]) -> None:
        """Fill `grad_arrays`."""

    @abstractmethod
    def _internals(self, is_train: bool) -> list[np.ndarray]:
        """Return every output of every node, hidden ones too, in the order of the graph, as a forward run makes it."""

    @abstractmethod
    def _sent(self) -> list[tuple[str, np.ndarray]]:
        """Return the gradients that nodes send to their inputs, by name, from the head gradients of the last backward run."""

    # -- looking ------------------------------------------------------------------------------------------------------

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the graph with the shapes that are bound, in notebooks."""
        return importlib.import_module("symbolic.show.notebook").executor_bundle(self)

    def set_monitor_callback(self, callback: Callable[[str, NDArray], Any] | None, monitor_all: bool = False) -> None:
        """Have ``callback(name, array)`` called for every inner value after each run.

        After `backward` these are the gradients that nodes send to their inputs: ``fc1_backward_output0``.

        Parameters
        ----------
        monitor_all : bool
            Call it for what enters each node too, as ``fc1_data``, ``fc1_weight``; for variables by their own name before.
        """
        if callback is not None and not callable(callback):
            facts = {"argument": "callback", "got": brief(callback), "expected": "a callable, callback(name, array), or None"}
            raise ArgumentError(describe("a monitor is a function", operator="set_monitor_callback", facts=facts))
        self._monitor = None if callback is None else (_guarded(callback), bool(monitor_all))

    def reshape(self, partial_shaping: bool = False, allow_up_sizing: bool = False, **shapes: Any) -> Executor:
        """Return an executor for other input shapes that shares the arrays whose shapes stay.

        Parameters
        ----------
        partial_shaping : bool
            Admit that arguments not named change their shapes too (their values are lost).
        allow_up_sizing : bool
            Admit arguments that grow; they get new memory.
        """
        graph = self._graph
        given = shapes_for(shapes, graph, self._symbol.name, "reshape")
        nodes = [*graph.arguments, *graph.states]
        arrays = [*self.arg_arrays, *self.aux_arrays]
        types = {node: array._data.dtype for node, array in zip(nodes, arrays, strict=True)}
        sizes, dtypes = inferred(graph, given, types, "given to reshape", self._symbol.name)

        def fitted(node: Node, array: NDArray | None) -> NDArray | None:
            shape = sizes[graph.number((node, 0))]
            return array if array is None or array.shape == shape else resized(array, shape, node, may_change(node), allow_up_sizing)

        def may_change(node: Node) -> bool:
            return partial_shaping or node.name in shapes

        arguments = [fitted(node, array) for node, array in zip(graph.arguments, self.arg_arrays, strict=True)]
        gradients = [fitted(node, array) for node, array in zip(graph.arguments, self.grad_arrays, strict=True)]
        states = [fitted(node, array) for node, array in zip(graph.states, self.aux_arrays, strict=True)]
        made = self.fitting(sizes)(self._symbol, graph, sizes, dtypes, self._ctx, arguments, gradients, self._requests, states)  # type: ignore[arg-type]
        made._share(self)
        after = [(node.name, array.shape, sizes[graph.number((node, 0))]) for node, array in zip(nodes, arrays, strict=True)]
        changed = [each for each in after if each[1] != each[2]]
        events.rebound(
            self._symbol.name,
            "Executor.reshape",
            [each for each in changed if each[0] in shapes],
            [each for each in changed if each[0] not in shapes],
        )
        return made


def _guarded(callback: Callable[[str, NDArray], Any]) -> Callable[[str, NDArray], Any]:
    """Let an exception of the user's callback be an MXNetError too, which says for which value it was raised."""

    def told(name: str, array: NDArray) -> None:
        try:
            callback(name, array)
        except Exception as error:
            error.add_note(describe("raised by the monitor's callback", name=name))
            raise as_ours(error) from error.__cause__

    return told
