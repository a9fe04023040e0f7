"""KernelTable: which function computes an operator, one table per executor."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from symbolic.errors import MXNetError, as_ours, describe, out_of_memory
from symbolic.events import timers
from symbolic.graph.node import Node, name_of
from symbolic.random import stream

__all__ = ["Kernel", "KernelTable", "bound", "fitted", "named", "run", "timed", "wide"]

FLOAT16, BOOL = np.dtype(np.float16), np.dtype(np.bool_)
MOST_SHOWN = 8  # inputs of a node in a message


@dataclass(frozen=True, slots=True)
class Kernel:
    """How one operator is computed.

    Attributes
    ----------
    function
        Takes the slots that it names, in any order; writes into its outputs.
    slots
        The names it asks for: inputs, outputs, ``op``, ``is_train``, ``rng``, ``scratch``; ``inputs`` and ``outputs``, the
        lists of all; ``node``; ``kept``, a dictionary that lives as long as the executor. ``("*",)`` gets the lists alone.
    inplace
        Inputs whose buffer an output of the same size may take over.
    prepared
        Whether ``function`` runs when a mode is compiled and returns the callable, or callables, for the loop.
    elementwise
        Whether each element of the one output depends on the elements at its place alone, of inputs that are like the
        output or stretch to it: pieces of the arrays can be computed one after the other.
    measure
        Where the output's shape depends on values: tells it, from parameters and inputs in order.
    """

    function: Callable[..., Any]
    slots: tuple[str, ...]
    inplace: tuple[str, ...] = ()
    prepared: bool = False
    measure: Callable[..., Any] | None = None
    elementwise: bool = False


class KernelTable(dict[str, Kernel]):
    """Operator name -> `Kernel`; the decorators below fill it.

    Operators are named by strings, so that a kernel file imports nothing of the front end; a test checks that
    each name is an operator and each slot one of its own. The file of ``symbolic/ops/nn/pooling.py`` is ``nn/pooling.py`` in the
    table's package: it is loaded when the first of its operators is met.

    Parameters
    ----------
    package : str
        Where the kernel files are.
    below : KernelTable, optional
        Asked for what this table lacks.

    Attributes
    ----------
    views : dict
        Operators that only give elements another shape; see `view`.
    regions : callable, optional
        Compiles fused regions, like `executors.numpy.region.region_calls`, which does it elsewhere.
    smallest_region : int, optional
        Elements of an array from which on its steps are fused; `executors.fuse.SMALLEST` elsewhere.
    """

    def __init__(self, package: str, below: KernelTable | None = None) -> None:
        super().__init__()
        self.package, self.below = package, below
        self._met: set[str] = set()
        self.views: dict[str, Callable[..., Any] | None] = {}
        self.regions: Callable[..., Any] | None = None
        self.smallest_region: int | None = None

    def find(self, op: Any) -> Kernel | None:
        """Find an operator's kernel."""
        if op.__module__ not in self._met:
            self._meet(op.__module__)
        found = self.get(op.name)
        return self.below.find(op) if found is None and self.below is not None else found

    def claims(self, op: Any) -> bool:
        """Whether it computes a composite whole."""
        return self.find(op) is not None

    def has_views(self, op: Any) -> bool:
        """Whether some of an operator's nodes are views; `is_view` tells which."""
        if op.__module__ not in self._met:
            self._meet(op.__module__)
        return op.name in self.views or (self.below is not None and self.below.has_views(op))

    def is_view(self, op: Any, params: Any, source: Any, target: Any) -> bool:
        """Whether the output is the input's elements in order, here."""
        if op.__module__ not in self._met:
            self._meet(op.__module__)
        if op.name not in self.views:
            return self.below is not None and self.below.is_view(op, params, source, target)
        condition = self.views[op.name]
        return condition is None or condition(params, source, target)

    def load_all(self) -> None:
        """Load every file, for who wants to see all kernels."""
        for module in pkgutil.walk_packages(importlib.import_module(self.package).__path__, f"{self.package}."):
            if not module.ispkg:
                importlib.import_module(module.name)

    def _meet(self, module: str) -> None:
        path = module.removeprefix("symbolic.ops")
        if path != module:
            try:
                importlib.import_module(self.package + path)
            except ModuleNotFoundError as error:  # composites alone need no file
                if error.name is None or not f"{self.package}{path}.".startswith(f"{error.name}."):
                    raise
        self._met.add(module)

    def kernel(
        self,
        *names: str,
        inplace: tuple[str, ...] = (),
        prepared: bool = False,
        measure: Callable[..., Any] | None = None,
        elementwise: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the decorated function as the kernel of each of ``names``."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            plain = inspect.unwrap(function.func if isinstance(function, partial) else function)
            slots = plain.__code__.co_varnames[: plain.__code__.co_argcount - len(plain.__defaults__ or ())]
            entry = Kernel(function, slots, inplace, prepared, measure, elementwise)
            for name in names:
                self._enter(name, entry)
            return function

        return register

    def ufuncs(self, table: Mapping[str, Callable[..., Any]]) -> None:
        """Register element-wise NumPy functions, operator name -> function of arrays with ``out=``."""
        for name, function in table.items():
            self._enter(name, Kernel(partial(fitted, function), ("*",), ("*",), True, elementwise=True))

    def view(self, *names: str, when: Callable[[Any, Any, Any], bool] | None = None) -> None:
        """Register operators that give their first input's elements, in order, another shape.

        They cost nothing where the plan lets the output lie in the input's memory; else the elements are copied.

        Parameters
        ----------
        when : callable of parameters, input shape and output shape, optional
            Whether it is a view there; elsewhere the operator needs a kernel of its own.
        """
        for name in names:
            self.views[name] = when
            if when is None:
                self._enter(name, Kernel(copy_elements, ("*",), ("*",), True))

    def _enter(self, name: str, kernel: Kernel) -> None:
        if name in self:
            raise ValueError(f"two kernels for {name}")
        self[name] = kernel


def copy_elements(inputs: list[Any], outputs: list[Any]) -> Callable[[], Any]:
    """Copy an array's elements into one of another shape."""
    source, target = inputs[0], outputs[0]
    if source.flags.c_contiguous:
        return partial(np.copyto, target, source.reshape(target.shape), casting="unsafe")
    return partial(_copy_strided, source, target)


def _copy_strided(source: np.ndarray, target: np.ndarray) -> None:
    np.copyto(target, source.reshape(target.shape), casting="unsafe")


def fitted(function: Callable[..., Any], inputs: list[Any], outputs: list[Any]) -> Callable[[], Any]:
    """Bind an element-wise function to its arrays; where it has no loop for their type, a wider one computes."""
    output = outputs[0]
    dtypes = [x.dtype for x in inputs]
    if isinstance(function, np.ufunc):
        if output.dtype != FLOAT16:
            made = _made(function, *dtypes)
            if made == output.dtype:
                if function in (np.maximum, np.minimum):  # NumPy is about to take ``out`` from them as a word only
                    return partial(function, *inputs, out=output)
                return partial(function, *inputs, output)  # by place it costs half as much as by word
            if made == BOOL:
                return partial(function, *inputs, out=output, casting="unsafe")
    elif output.dtype.kind == "f" and output.dtype.itemsize >= 4 and all(dtype == output.dtype for dtype in dtypes):
        return partial(function, *inputs, out=output)
    return partial(_widened, function, inputs, output)


@functools.cache
def _made(function: np.ufunc, *dtypes: np.dtype) -> np.dtype | None:
    """The type that a function makes of others; ``None`` if it has no loop for them."""
    try:
        return function.resolve_dtypes((*dtypes, None))[-1]
    except TypeError:
        return None


def _widened(function: Callable[..., Any], inputs: list[Any], output: np.ndarray) -> None:
    np.copyto(output, function(*[x.astype(wide(x.dtype)) for x in inputs]), casting="unsafe")


def wide(dtype: np.dtype) -> np.dtype:
    """The type in which element-wise functions compute for arrays of ``dtype``."""
    if dtype.kind in "iub":
        return np.dtype(np.float64)
    return np.dtype(np.float32) if dtype.itemsize < 4 else dtype


def bound(
    kernel: Kernel,
    node: Node,
    inputs: list[Any],
    outputs: list[Any],
    is_train: bool,
    scratch: Callable[..., np.ndarray],
    rng: Any = None,
    kept: dict[Any, Any] | None = None,
) -> tuple[Callable[[], Any], ...]:
    """Fit a kernel with its arrays; the results take no argument, and are called in order."""
    if kernel.slots == ("*",):
        return (kernel.function(inputs, outputs),)
    places = node.params._layout.places
    values = [*inputs, *outputs]
    arguments: list[Any] = []
    for slot in kernel.slots:
        place = places.get(slot)
        if type(place) is int:
            arguments.append(values[place])
        elif place is not None:
            arguments.append([values[i] for i in place])
        elif slot in places:
            arguments.append(None)
        elif slot == "op":
            arguments.append(node.params)
        elif slot == "is_train":
            arguments.append(is_train)
        elif slot == "rng":
            arguments.append(rng or stream(node.name))
        elif slot == "scratch":
            arguments.append(scratch)
        elif slot == "inputs":
            arguments.append(inputs)
        elif slot == "outputs":
            arguments.append(outputs)
        elif slot == "node":
            arguments.append(node)
        elif slot == "kept":
            arguments.append({} if kept is None else kept)
        else:
            raise MXNetError(f"kernel of {node.op.name} asks for {slot!r}, which is no slot")
    if not kernel.prepared:
        return (partial(kernel.function, *arguments),)
    made = kernel.function(*arguments)
    return made if isinstance(made, tuple) else () if made is None else (made,)


def run(calls: Sequence[Callable[[], Any]], nodes: Sequence[Any]) -> None:
    """Run a loop; an exception inside a kernel gets the node's name."""
    if timers:
        calls = timed(calls, nodes)
    call = None
    with np.errstate(all="ignore"):
        try:
            for call in calls:
                call()
        except Exception as error:
            node = next(node for node, other in zip(nodes, calls, strict=True) if other is call)
            raise named(error, node) from error.__cause__


def timed(calls: Sequence[Callable[[], Any]], nodes: Sequence[Any]) -> list[Callable[[], Any]]:
    """Let each call tell `symbolic.events.timers` when it ran, and how long."""

    def told(call: Callable[[], Any], node: Any) -> None:
        begin = perf_counter()
        call()
        end = perf_counter()
        for timer in tuple(timers):
            timer(node, begin, end - begin)

    return [partial(told, call, node) for call, node in zip(calls, nodes, strict=True)]


def named(error: Exception, node: Any) -> Exception:
    """Say in which node an exception was raised; one from the user's own code stays of its class, and is an MXNetError too."""
    if node.op is not None and (node.op.foreign or node.op.subgraphs):
        error.add_note(describe("raised by its own code" if node.op.foreign else "raised within", node=node))
        return as_ours(error)
    if isinstance(error, MXNetError):
        return error
    if isinstance(error, MemoryError):
        return out_of_memory(error, "there is no memory for what its kernel works in", node=node)
    wrapped = MXNetError(describe(f"{type(error).__name__} in its kernel: {error}", node=node, facts=_surroundings(node)))
    wrapped.__cause__ = error
    return wrapped


def _surroundings(node: Any) -> list[tuple[str, str]]:
    """List what a node reads, and its parameters, for messages."""
    if node.op is None:
        return []
    facts = [(slot, name_of(entry)) for slot, entry in zip(node.params._layout.inputs[:MOST_SHOWN], node.inputs, strict=False)]
    words = ", ".join(f"{name}={word}" for name, word in node.params._words.items())
    return [*facts, ("parameters", words)] if words else facts
