"""Arrays, gradient requests and types matched to a graph's variables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, BindError, NameClash, ShapeError, UnknownName, closest, describe, printable
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.nd.array import NDArray, wrap
from symbolic.operator.opaque import Opaque, cannot_run
from symbolic.values.context import Context, current_context
from symbolic.values.shape import complete, from_user, to_user

__all__ = [
    "allocate",
    "array_of",
    "arrays_for",
    "by_name",
    "checked",
    "context_of",
    "inferred",
    "requests_for",
    "resized",
    "shapes_for",
    "unique_names",
]

FLOAT32 = np.dtype(np.float32)
REQUESTS = ("write", "add", "null", "inplace")


def unique_names(nodes: Sequence[Node], what: str) -> dict[str, Node]:
    """Index variables by name.

    Raises
    ------
    NameClash
        If two have the same.
    """
    index: dict[str, Node] = {}
    for node in nodes:
        if node.name in index:
            raise NameClash(
                describe(
                    f"two {what}s are called {node.name!r}", node=node, hint="bind lists instead of dictionaries, or share one Variable"
                )
            )
        index[node.name] = node
    return index


def by_name(given: Mapping[str, Any], nodes: Sequence[Node], owner: str | None) -> dict[Node, Any]:
    """Match values by name to variables.

    Raises
    ------
    UnknownName
        If a name is none's.
    """
    index = unique_names(nodes, "argument")
    for name in given:
        if name not in index:
            raise UnknownName(
                describe(
                    f"no argument is called {name!r}{closest(str(name), index)}",
                    name=owner,
                    facts={"argument": name, "got": printable(repr(given[name])), "expected": list(index)},
                )
            )
    return {index[name]: value for name, value in given.items()}


def shapes_for(given: Mapping[str, Any], graph: Graph, owner: str | None) -> dict[Node, Any]:
    """Match shapes by name to variables, and read them.

    Raises
    ------
    ArgumentError
        If one is no tuple.
    """
    matched = by_name(given, graph.variables, owner)
    for node, shape in matched.items():
        if not isinstance(shape, (tuple, list)):
            raise ArgumentError(
                describe(
                    "a shape must be a tuple", name=owner, facts={"argument": node.name, "got": repr(shape), "expected": "tuple of int"}
                )
            )
    return {node: from_user(shape, f"shape of {node.name!r}") for node, shape in matched.items()}


def resized(array: NDArray, shape: tuple[int, ...], node: Node, may_change: bool, may_grow: bool) -> NDArray:
    """Give an array another shape: on the same memory if it is large enough.

    Raises
    ------
    ShapeError
        If it may not change, or not grow.
    """
    if not may_change:
        raise ShapeError(
            describe(
                f"the shape of {node.name!r} would change too",
                node=node,
                facts={"argument": node.name, "got": array.shape, "expected": shape},
                hint="give its shape as well, or set partial_shaping=True",
            )
        )
    size = math.prod(shape)
    if size <= array.size:
        return wrap(array._data.reshape(-1)[:size].reshape(shape), array.context, type(array))
    if not may_grow:
        raise ShapeError(
            describe(
                f"the new shape of {node.name!r} is larger",
                node=node,
                facts={"argument": node.name, "got": shape, "expected": f"at most {array.size} elements, as in {array.shape}"},
                hint="set allow_up_sizing=True",
            )
        )
    return wrap(allocate(shape, array._data.dtype, node), array.context, type(array))


def array_of(value: Any, node: Node, what: str) -> NDArray:
    """Take an NDArray as it is, a NumPy array without a copy where its layout allows."""
    if isinstance(value, NDArray):
        return value
    if isinstance(value, np.ndarray):
        return NDArray(value)
    raise ArgumentError(
        describe(
            f"{what} of {node.name!r} must be an NDArray",
            facts={"argument": node.name, "got": type(value).__name__, "expected": "NDArray or numpy.ndarray"},
        )
    )


def arrays_for(given: Any, nodes: Sequence[Node], what: str, required: bool) -> list[NDArray | None]:
    """Match arrays, a list by position or a dictionary by name, to variables.

    Raises
    ------
    BindError
        If one is missing, or there are too many.
    """
    if given is None:
        if required and nodes:
            raise BindError(describe(f"{what}s are missing", facts={"got": "None", "expected": [node.name for node in nodes]}))
        return [None] * len(nodes)
    if isinstance(given, Mapping):
        unique_names(nodes, what)
        found = [given.get(node.name) for node in nodes]
        if required:
            for node, value in zip(nodes, found, strict=True):
                if value is None:
                    raise BindError(
                        describe(
                            f"{what} {node.name!r} is missing{closest(node.name, given)}",
                            node=node,
                            facts={"argument": node.name, "got": list(given)[:20], "expected": f"an array for {node.name!r}"},
                        )
                    )
    elif isinstance(given, (list, tuple)):
        if len(given) != len(nodes):
            raise BindError(
                describe(
                    f"the list of {what}s has the wrong length",
                    facts={"argument": what, "got": len(given), "expected": f"{len(nodes)}: {[node.name for node in nodes]}"},
                )
            )
        found = list(given)
    else:
        raise ArgumentError(
            describe(
                f"{what}s must be a list or a dictionary",
                facts={"argument": what, "got": repr(given), "expected": "list or dict of NDArray"},
            )
        )
    if required and any(value is None for value in found):
        missing = [node.name for node, value in zip(nodes, found, strict=True) if value is None]
        raise BindError(describe(f"{what}s are missing", facts={"argument": missing, "got": "None", "expected": "an array"}))
    return [None if value is None else array_of(value, node, what) for value, node in zip(found, nodes, strict=True)]


def requests_for(grad_req: Any, nodes: Sequence[Node]) -> list[str]:
    """Say for each argument what is to be done with its gradient: ``"write"``, ``"add"`` or ``"null"``.

    Raises
    ------
    BindError
        If a request is unknown, or a list has the wrong length.
    """
    if isinstance(grad_req, str):
        requests = [grad_req] * len(nodes)
    elif isinstance(grad_req, (list, tuple)):
        if len(grad_req) != len(nodes):
            raise BindError(
                describe("grad_req has the wrong length", facts={"argument": "grad_req", "got": len(grad_req), "expected": len(nodes)})
            )
        requests = list(grad_req)
    elif isinstance(grad_req, Mapping):
        names = {node.name for node in nodes}
        for name in grad_req:
            if name not in names:
                raise BindError(
                    describe(
                        f"grad_req names no argument {name!r}{closest(str(name), names)}",
                        facts={"argument": "grad_req", "expected": sorted(names)},
                    )
                )
        requests = [grad_req.get(node.name, "null") for node in nodes]
    else:
        raise ArgumentError(
            describe(
                "grad_req must be a string, a list or a dictionary",
                facts={"argument": "grad_req", "got": repr(grad_req), "expected": REQUESTS},
            )
        )
    for node, request in zip(nodes, requests, strict=True):
        if request not in REQUESTS:
            raise BindError(
                describe(
                    f"grad_req of {node.name!r} cannot be {request!r}{closest(str(request), REQUESTS)}",
                    facts={"argument": "grad_req", "got": repr(request), "expected": "write, add or null"},
                )
            )
    return ["write" if request == "inplace" else request for request in requests]


def context_of(ctx: Any) -> Context:
    """Read a context, or a list of one."""
    if ctx is None:
        return current_context()
    if isinstance(ctx, (list, tuple)) and len(ctx) == 1:
        ctx = ctx[0]
    if not isinstance(ctx, Context):
        raise ArgumentError(describe("ctx must be a Context", facts={"argument": "ctx", "got": repr(ctx), "expected": "mx.cpu()"}))
    return ctx


def inferred(graph: Graph, shapes: Mapping[Node, Any], types: Mapping[Node, Any]) -> tuple[list[Any], list[Any]]:
    """Infer every shape and type, or say which are open; only what depends on values may be."""
    unknown = next((node for node in graph.nodes if isinstance(node.params, Opaque)), None)
    if unknown is not None:
        raise cannot_run(unknown)
    found = shapes_of(graph, shapes)
    if not all(map(complete, set(found))):
        open_ = [node for node in graph.variables if not complete(found[graph.number((node, 0))])]
        if open_:
            facts = [(node.name, to_user(found[graph.number((node, 0))])) for node in open_[:20]]
            raise ShapeError(
                describe(
                    "the shapes of these arguments do not follow from what is given (0 is an unknown size)",
                    facts=facts,
                    hint="give some of them",
                )
            )
        if any(node.op is not None and node.op.dynamic for node in graph.nodes):
            return found, _types(graph, types)
        number = next(n for n, shape in enumerate(found) if not complete(shape))
        node = graph.nodes[graph.producers[number]]
        raise ShapeError(describe("the shape of its output does not follow", node=node, facts={"got": to_user(found[number])}))
    return found, _types(graph, types)


def _types(graph: Graph, given: Mapping[Node, Any]) -> list[Any]:
    return [FLOAT32 if dtype is None else dtype for dtype in dtypes_of(graph, given, FLOAT32)]


def allocate(shape: tuple[int, ...], dtype: np.dtype, node: Node) -> np.ndarray:
    """Make an array of zeros for a value of ``node``.

    Raises
    ------
    BindError
        If there is no memory for it.
    """
    try:
        return np.zeros(shape, dtype)
    except (MemoryError, ValueError):
        size = math.prod(shape) * dtype.itemsize
        raise BindError(
            describe("there is no memory for this value", node=node, facts={"got": f"{shape} {dtype}", "needs": f"{size} bytes"})
        ) from None


def checked(value: Any, like: NDArray, name: str) -> np.ndarray:
    """Read an array that is to be copied into another of the same shape."""
    if isinstance(value, NDArray):
        data = value._data
    else:
        try:
            data = np.asarray(value)
        except ValueError as error:
            raise ArgumentError(describe(f"{name!r} is no array: {error}", facts={"argument": name})) from None
        if data.dtype.kind not in "biuf":
            raise ArgumentError(
                describe(f"{name!r} is no array of numbers", facts={"argument": name, "got": type(value).__name__, "expected": "NDArray"})
            )
    if data.shape != like.shape:
        raise ShapeError(
            describe(
                f"the array for {name!r} has another shape than was bound",
                facts={"argument": name, "got": data.shape, "expected": like.shape},
                hint="executor.reshape(...) makes one for other shapes",
            )
        )
    return data
