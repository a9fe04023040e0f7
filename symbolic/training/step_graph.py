"""A whole training step as one graph: the forward pass, the gradients, and the updates of weights and optimizer states.

::

    data, label -> loss ----------------------------> outputs
                    \\-> gradients -> formulas -> new weights, new states, which take the places of the old ones

`step` makes the Symbol; `step_runner.Step` binds it to arrays and feeds it the numbers of each step.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.autodiff.gradient import gradients
from symbolic.autodiff.loops import record_loops
from symbolic.errors import ArgumentError, NameClash, UnknownName, closest, describe
from symbolic.graph.graph import Graph, resting_collector
from symbolic.graph.node import Entry, name_of
from symbolic.infer.dtype import dtypes_of
from symbolic.nd.array import NDArray
from symbolic.nd.creation import zeros
from symbolic.passes.expand import expand, is_float, without_gradient
from symbolic.passes.separate_streams import separate_streams
from symbolic.scope import NameManager, apart
from symbolic.symbol.functions import Variable
from symbolic.symbol.handle import Symbol
from symbolic.training.optimizer import Optimizer, composed, create
from symbolic.training.optimizer.formula import leaves, mapped
from symbolic.values.dtype import dtype_of

__all__ = ["step"]

FLOAT16, FLOAT32 = np.dtype(np.float16), np.dtype(np.float32)
Names = Sequence[str]


def step(
    loss: Symbol,
    optimizer: Optimizer | str = "sgd",
    *,
    data_names: Names = ("data",),
    label_names: Names = ("softmax_label",),
    fixed_names: Names = (),
    indices: Mapping[str, Any] | None = None,
    type_dict: Mapping[str, Any] | None = None,
    name: str = "step",
    **options: Any,
) -> Symbol:
    """Compose a training step: one run of it is forward, backward and update.

    Parameters
    ----------
    loss : Symbol
        The network with its loss, as for `Module`. Of outputs that are no losses the sum is differentiated.
    optimizer : Optimizer or str
        The rule; its options, ``rescale_grad`` too, become constants of the graph. By name, it is made with ``options``.
    data_names, label_names, fixed_names : sequence of str
        Arguments that are not trained. Of the first two, defaults that the loss has not are passed over.
    indices : mapping of str to int, optional
        By which index the optimizer knows a weight; by default its place among the weights.
    type_dict : mapping of str to dtype, optional
        Types of arguments; what they are not inferred to be is float32.
    name : str
        Of the node that writes; begins the names of the further inputs.

    Returns
    -------
    Symbol
        Its outputs are those of ``loss``, and ``<name>_output``, the number of steps done. Weights and optimizer states are
        auxiliary states, rewritten in their own arrays; the numbers of the step (``<name>_lr``, ``<name>_wd``, ...,
        see ``optimizer.scalars``) are arguments, with one element for each weight.

    Raises
    ------
    ArgumentError
        If nothing is left to train.
    UnknownName
        If there is no argument of a name that is given.
    """
    if not isinstance(loss, Symbol):
        raise ArgumentError(describe("a step is made of a Symbol", facts={"argument": "loss", "got": type(loss).__name__}))
    weights = trained_of(loss, data_names, label_names, fixed_names)
    rule = rule_of(loss, optimizer, weights, indices, options)
    places = indices or {weight: place for place, weight in enumerate(weights)}
    with resting_collector(), apart():
        return _Composer(loss, rule, weights, places, type_dict or {}, name).composed()


def trained_of(loss: Symbol, data_names: Names, label_names: Names, fixed_names: Names) -> list[str]:
    """List the arguments that are weights."""
    arguments = loss.list_arguments()
    for names, defaults in ((data_names, ("data",)), (label_names, ("softmax_label",)), (fixed_names, ())):
        for given in names:
            if given not in arguments and tuple(names) != defaults:
                raise UnknownName(
                    describe(f"no argument is called {given!r}{closest(given, arguments)}", name=loss.name, facts={"expected": arguments})
                )
    without = {*data_names, *label_names, *fixed_names}
    weights = [name for name in arguments if name not in without]
    if not weights:
        raise ArgumentError(describe("nothing is left to train", name=loss.name, facts={"arguments": arguments, "not trained": without}))
    if len(set(weights)) != len(weights):
        raise NameClash(describe("two weights have one name", name=loss.name, facts={"found": weights}))
    return weights


def rule_of(
    loss: Symbol, optimizer: Optimizer | str, weights: Names, indices: Mapping[str, Any] | None, options: Mapping[str, Any]
) -> Optimizer:
    """Make an optimizer of a name; tell one that knows no names yet those of the weights."""
    names = {index: name for name, index in indices.items()} if indices else dict(enumerate(weights))
    if isinstance(optimizer, str):
        return create(optimizer, **{"param_idx2name": names, "sym": loss, **options})
    if options:
        raise ArgumentError(describe("an optimizer that is made already takes no options", facts={"got": sorted(options)}))
    if not optimizer.idx2name:
        optimizer.idx2name = names  # and no more, as in Module: its decays stay those it was made with
    return optimizer


class _Names(NameManager):
    """Calls nodes after the weight that they belong to: ``fc1_weight_step0``."""

    def __init__(self, weight: str):
        super().__init__()
        self.weight = weight
        self.number = -1

    def get(self, name: str | None, hint: str) -> str:
        self.number += 1
        return name or f"{self.weight}_step{self.number}"


class _Composer:
    """A step while it is made.

    Attributes
    ----------
    targets, values : list of Symbol
        Variables, and what they are to hold.
    """

    def __init__(
        self, loss: Symbol, optimizer: Optimizer, weights: Names, indices: Mapping[str, Any], type_dict: Mapping[str, Any], name: str
    ):
        self.loss, self.optimizer, self.weights, self.indices, self.name = loss, optimizer, weights, indices, name
        self.graph = separate_streams(loss.graph)
        self.variables = {node.name: node for node in self.graph.variables}
        given = {self.variables[key]: dtype_of(value, f"type of {key!r}") for key, value in type_dict.items() if key in self.variables}
        self.given = given
        self.types = dtypes_of(self.graph, given, FLOAT32)
        self.taken = set(loss.list_inputs())
        self.inputs: dict[str, list[Symbol]] = {}
        self.targets: list[Symbol] = []
        self.values: list[Symbol] = []

    def composed(self) -> Symbol:
        """Compose it."""
        graph, mixed = self.graph, any(is_float(dtype) and dtype != FLOAT32 for dtype in self.types)
        graph = expand(graph, without_gradient, True, self.types if mixed else None)
        graph = record_loops(graph, dtypes_of(graph, self.given, FLOAT32) if mixed else None)
        ones = [ops.ones_like(Symbol([head]), name=f"{head[0].name}_head_grad")._entries[0] for head in graph.heads]
        found = gradients(graph.heads, ones, [(self.variables[weight], 0) for weight in self.weights])
        count = self.variable("count", (1,), np.dtype(np.int64))
        self.rewrite(count, ops._plus_scalar(count, scalar=1, name=f"{self.name}_counted"))
        wide = np.result_type(FLOAT32, *[self.type_of(weight) for weight in self.weights])
        for place, (weight, entry) in enumerate(zip(self.weights, found, strict=True)):
            with _Names(weight):
                self.update(place, weight, entry, wide)
        written = ops._rewrite(*self.targets, *self.values, num_arrays=len(self.targets), name=self.name)
        return Symbol([*self.outputs(graph), *written._entries])

    def outputs(self, graph: Graph) -> list[Entry]:
        """Return the heads, under the names that they had before composites were opened."""
        names = [name_of(entry) for entry in self.loss._entries]
        return [
            head if name_of(head) == name else ops.identity(Symbol([head]), name=name.removesuffix("_output"))._entries[0]
            for head, name in zip(graph.heads, names, strict=True)
        ]

    def update(self, place: int, weight: str, gradient: Entry | None, wide: np.dtype) -> None:
        """Compose the step of one weight."""
        optimizer, index, dtype = self.optimizer, self.indices[weight], self.type_of(weight)
        variable = Symbol([(self.variables[weight], 0)])
        slope = ops.zeros_like(variable) if gradient is None else Symbol([gradient])
        at = FLOAT32 if dtype == FLOAT16 else dtype  # the type in which formulas compute
        kinds: dict[str, np.dtype] = {weight: dtype}
        layout = optimizer.create_state_multi_precision(index, zeros((1, 1), dtype=dtype.name))
        many = len(leaves(layout)) > 1

        def new_state(array: NDArray) -> Symbol:
            made = self.state(f"{weight}_state{len(kinds) - 1 if many else ''}", np.dtype(array.dtype))
            kinds[str(made.name)] = np.dtype(array.dtype)
            return made

        def widened(symbol: Symbol) -> Symbol:
            return symbol if kinds.get(str(symbol.name), dtype) == at else ops.Cast(symbol, dtype=at.name)

        state = mapped(new_state, layout)
        numbers = self.numbers(place, index, at, wide)
        if dtype == FLOAT16 and optimizer.multi_precision:
            master, inner = state if optimizer._master_first else state[::-1]
            new, after = composed(optimizer, master, widened(slope), inner, numbers)
            pairs = [(variable, new), (master, new), *zip(leaves(inner), leaves(after), strict=True)]
        else:
            new, after = composed(optimizer, widened(variable), widened(slope), mapped(widened, state), numbers)
            pairs = [(variable, new), *zip(leaves(state), leaves(after), strict=True)]
        for old, value in pairs:
            if value._entries != old._entries:
                kind = kinds[str(old.name)]
                self.rewrite(old, value if kind == at else ops.Cast(value, dtype=kind.name))

    def rewrite(self, variable: Symbol, value: Symbol) -> None:
        self.targets.append(variable)
        self.values.append(value)

    def numbers(self, place: int, index: Any, dtype: np.dtype, wide: np.dtype) -> dict[str, Symbol]:
        """Take the numbers of one weight out of the inputs that hold those of all."""
        found = {}
        for key in copy.deepcopy(self.optimizer).scalars(index):
            if key not in self.inputs:
                together = self.variable(key, (len(self.weights),), wide)
                self.inputs[key] = list(ops.SliceChannel(together, num_outputs=len(self.weights), axis=0, name=f"{self.name}_{key}_each"))
            number = self.inputs[key][place]
            found[key] = number if dtype == wide else ops.Cast(number, dtype=dtype.name)
        return found

    def type_of(self, weight: str) -> np.dtype:
        return self.types[self.graph.number((self.variables[weight], 0))]

    def variable(self, key: str, shape: tuple[int, ...], dtype: np.dtype) -> Symbol:
        return Variable(self.free(f"{self.name}_{key}"), shape=shape, dtype=dtype.name)

    def state(self, name: str, dtype: np.dtype) -> Symbol:
        return Variable(self.free(name), dtype=dtype.name)

    def free(self, name: str) -> str:
        if name in self.taken:
            raise NameClash(describe(f"the step needs a variable {name!r}, and the loss has one", hint="call step(..., name=other)"))
        self.taken.add(name)
        return name
