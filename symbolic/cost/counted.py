"""A network measured where its dimensions are numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from symbolic.backends import default_executor
from symbolic.cost.dimension import at
from symbolic.cost.memory import run_of
from symbolic.cost.work import costs, total
from symbolic.errors import ArgumentError, MXNetError, ShapeError, UnknownName, closest, describe
from symbolic.graph.node import Node
from symbolic.show.roles import checked_symbol, given_dtypes, given_shapes, roles_of
from symbolic.values.context import cpu
from symbolic.values.shape import complete, to_user

__all__ = ["Counts", "Network", "OpenShape"]

FLOAT32 = np.dtype(np.float32)


class OpenShape(ShapeError):
    """A shape does not follow from those that were given, whatever their sizes."""


@dataclass
class Counts:
    """What was counted; see `formula.CostFormula`."""

    parameters: int
    flops: int | None
    parameter_bytes: int
    state_bytes: int
    input_bytes: int
    output_bytes: int
    gradient_bytes: int
    activation_bytes: int
    live: list[int]

    @classmethod
    def names(cls) -> list[str]:
        """List what is counted once."""
        return [field.name for field in fields(cls) if field.name != "live"]

    def vector(self) -> list[int]:
        """Lay all numbers in a row: what is counted once, then the bytes in memory at each step."""
        return [*[getattr(self, name) or 0 for name in self.names()], *self.live]


class Network:
    """A symbol with shapes that depend on named dimensions.

    Parameters
    ----------
    shapes : dict of str to tuple of int and Dimension
        Of inputs.
    dtypes : dict of str to type
        Of inputs.
    grad : bool or collection of str
        Whether gradients of all parameters are computed, or of which arguments.
    is_train : bool
        The mode.
    """

    def __init__(
        self,
        symbol: Any,
        shapes: Mapping[str, tuple[Any, ...]],
        dtypes: Mapping[str, Any],
        grad: bool | Collection[str],
        is_train: bool,
    ):
        self.symbol = checked_symbol(symbol, "cost")
        self.graph = self.symbol.graph
        self.shapes = shapes
        self.given_dtypes = dtypes
        self.dtypes = [FLOAT32 if found is None else found for found in given_dtypes(self.symbol, self.graph, dtypes)]
        self.roles = roles_of(self.graph, [node for node in self.graph.variables if node.name in shapes])
        self.is_train = is_train
        self.wrt = self._wrt(grad)

    def _wrt(self, grad: bool | Collection[str]) -> set[Node] | None:
        if isinstance(grad, bool):
            return {node for node, role in self.roles.items() if role in ("weight", "parameter")} if grad else None
        arguments = {node.name: node for node in self.graph.arguments}
        for name in grad:
            if name not in arguments:
                facts = {"argument": name, "expected": list(arguments)}
                raise UnknownName(describe(f"no argument is called {name!r}{closest(name, arguments)}", name="cost", facts=facts))
        return {arguments[name] for name in grad}

    def count(self, point: Mapping[str, int]) -> Counts:
        """Measure.

        Raises
        ------
        ShapeError
            If shapes do not fit.
        OpenShape
            If some do not follow.
        """
        graph = self.graph
        _, shapes = given_shapes(self.symbol, graph, at(self.shapes, point))
        self._check(shapes)
        work = costs(graph, shapes, self.dtypes, self.roles, self.is_train)
        run = run_of(graph, shapes, self.dtypes, self.wrt, self.is_train)
        flops = total(each.flops for each in work)
        if self.wrt is not None and flops is not None:
            lowered = run.lowered
            all_work = costs(lowered.graph, lowered.shapes, lowered.dtypes, {}, self.is_train)
            flops = total(all_work[place].flops for place in run.computed)
        bytes_of = {"weight": 0, "parameter": 0, "state": 0, "input": 0, "label": 0}
        elements = 0
        for node, role in self.roles.items():
            number = graph.number((node, 0))
            size = prod(shapes[number])
            bytes_of[role] += size * self.dtypes[number].itemsize
            elements += size if role in ("weight", "parameter") else 0
        return Counts(
            parameters=elements,
            flops=flops,
            parameter_bytes=bytes_of["weight"] + bytes_of["parameter"],
            state_bytes=bytes_of["state"],
            input_bytes=bytes_of["input"] + bytes_of["label"],
            output_bytes=run.outputs,
            gradient_bytes=run.gradients,
            activation_bytes=sum(each.written or 0 for each in work),
            live=run.live,
        )

    def _check(self, shapes: list[Any]) -> None:
        graph = self.graph
        unknown = [node for node in graph.variables if not complete(shapes[graph.number((node, 0))])]
        if not unknown:
            place = next((number for number, shape in enumerate(shapes) if not complete(shape)), None)
            if place is None:
                return
            node = graph.nodes[graph.producers[place]]
            why = "the shape depends on values" if node.op.dynamic else "the shape does not follow"
            raise OpenShape(describe(f"{why}: what it costs is not known before it runs", node=node))
        facts = {node.name: to_user(shapes[graph.number((node, 0))]) for node in unknown[:20]}
        inputs = [node.name for node in unknown if self.roles[node] == "input"] or [node.name for node in unknown]
        wanted = ", ".join(f"{name}=..." for name in inputs[:3])
        hint = f"give shapes: cost({wanted}); 0 is an unknown size, () an unknown shape"
        raise OpenShape(describe("the shapes of some variables do not follow", name=self.symbol.name, facts=facts, hint=hint))

    def rounding(self, name: str, point: Mapping[str, int], step: int = 1) -> str | None:
        """Find the first node with a size that is no polynomial in a dimension, in steps from ``point``; say which."""
        rows = []
        for turn in range(6):
            value = point[name] + step * turn
            try:
                rows.append(given_shapes(self.symbol, self.graph, at(self.shapes, {**point, name: value}))[1])
            except MXNetError as error:
                return f"{name} = {value}: {str(error).splitlines()[0]}"
        for node, start in zip(self.graph.nodes, self.graph.first, strict=True):
            if not all(complete(row[start]) for row in rows):
                continue
            for axis, sizes in enumerate(zip(*[row[start] for row in rows], strict=True)):
                differences = list(sizes)
                for _ in range(4):
                    differences = [b - a for a, b in pairwise(differences)]
                if any(differences):
                    operator = "variable" if node.op is None else node.op.name
                    return f"axis {axis} of {node.name} ({operator}): {', '.join(map(str, sizes))} for {name} from {point[name]}"
        return None

    def uneven(self, name: str, point: Mapping[str, int]) -> str | None:
        """Find the first node whose operations are no polynomial in a dimension; say which."""
        rows = []
        for turn in range(10):
            _, shapes = given_shapes(self.symbol, self.graph, at(self.shapes, {**point, name: point[name] + turn}))
            rows.append([each.flops for each in costs(self.graph, shapes, self.dtypes, self.roles, self.is_train)])
        for node, differences in zip(self.graph.nodes, zip(*rows, strict=True), strict=True):
            while len(differences) > 2 and None not in differences:
                differences = [b - a for a, b in pairwise(differences)]
            if any(differences):
                return f"FLOPs of {node.name} ({node.op.name})"
        return None

    def planned_bytes(self, point: Mapping[str, int], executor: str | None) -> int:
        """Bind, let the executor plan, and count its bytes and those of the arrays."""
        arguments = self.symbol.list_arguments()
        wanted = {node.name for node in self.wrt or ()}
        bound = self.symbol.simple_bind(
            cpu(),
            grad_req={name: "write" if name in wanted else "null" for name in arguments},
            type_dict=dict(self.given_dtypes),
            executor=executor,
            **at(self.shapes, point),
        )
        if not hasattr(bound, "plan"):
            name = executor or default_executor()
            hint = "name one that plans, such as 'numpy'; largest takes 'ideal', too, which asks none"
            raise ArgumentError(describe(f"executor {name!r} does not plan what it needs", name="cost", hint=hint))
        planned = bound.plan(self.is_train)
        arrays = [*bound.arg_arrays, *bound.aux_arrays, *bound.outputs, *[array for array in bound.grad_arrays if array is not None]]
        return planned + sum(array._data.nbytes for array in arrays)
