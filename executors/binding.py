"""Arrays, gradient requests and types matched to a graph's variables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from executors.pages import HUGE, zeros
from symbolic.errors import ArgumentError, BindError, NameClash, ShapeError, UnknownName, closest, describe, out_of_memory, printable
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.missing import advice
from symbolic.infer.shape import SHAPE, shapes_of, shortened
from symbolic.nd.array import NDArray, wrap
from symbolic.operator.opaque import Opaque, cannot_run
from symbolic.values.context import Context, current_context
from symbolic.values.shape import complete, from_user, to_user

__all__ = [
    "allocate",
    "array_of",
    "arrays_for",
    "brief",
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


def by_name(given: Mapping[str, Any], nodes: Sequence[Node], owner: str | None, operator: str) -> dict[Node, Any]:
    """Match values by name to variables, for a call of the method ``operator``.

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
                    operator=operator,
                    name=owner,
                    facts={"argument": name, "got": printable(repr(given[name])), "expected": ", ".join(index)},
                )
            )
    return {index[name]: value for name, value in given.items()}


def shapes_for(given: Mapping[str, Any], graph: Graph, owner: str | None, operator: str) -> dict[Node, Any]:
    """Match shapes by name to variables, and read them, for a call of the method ``operator``.

    Raises
    ------
    ArgumentError
        If one is no tuple.
    """
    matched = by_name(given, graph.variables, owner, operator)
    found = {}
    for node, shape in matched.items():
        facts = {"argument": node.name, "got": f"{shape!r} ({type(shape).__name__})", "expected": "tuple of int"}
        if not isinstance(shape, (tuple, list)):
            raise ArgumentError(describe("a shape must be a tuple", operator=operator, name=owner, facts=facts))
        try:
            found[node] = from_user(shape)
        except (ArgumentError, ShapeError) as error:
            raise type(error)(describe(str(error), operator=operator, name=owner, facts=facts)) from None
    return found


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
    """Take an NDArray as it is; results go into the memory that is bound, so there must be no doubt about whose it is."""
    if isinstance(value, NDArray):
        return value
    raise ArgumentError(
        describe(
            f"{what} {node.name!r} must be an NDArray",
            node=node,
            facts={"argument": node.name, "got": brief(value), "expected": "NDArray"},
            hint="make one by mx.nd.array(...), which copies" if isinstance(value, (np.ndarray, list, tuple)) else None,
        )
    )


# How `bind` calls what holds the arrays of each kind.
PARAMETER = {"argument": "args", "gradient": "args_grad", "auxiliary state": "aux_states"}
SPOKEN = {"argument": "arguments", "auxiliary state": "auxiliary states (aux)"}


def arrays_for(given: Any, nodes: Sequence[Node], what: str, required: bool) -> list[NDArray | None]:
    """Match arrays, a list by position or a dictionary by name, to variables.

    Raises
    ------
    BindError
        If one is missing, or there are too many.
    ArgumentError
        If one is no NDArray, or nothing is given where arrays are needed.
    """
    names, parameter = [node.name for node in nodes], PARAMETER[what]
    if given is None:
        if required and nodes:
            facts = {"argument": parameter, "got": "None", "expected": f"a list or dict of NDArray: {', '.join(names)}"}
            hint = f"give {parameter}=..., or let simple_bind make all arrays"
            raise (ArgumentError if what == "argument" else BindError)(describe(f"{SPOKEN[what]} are missing", facts=facts, hint=hint))
        return [None] * len(nodes)
    if isinstance(given, Mapping):
        unique_names(nodes, what)
        found = [given.get(name) for name in names]
    elif isinstance(given, (list, tuple)):
        if len(given) != len(nodes):
            facts = {"argument": parameter, "got": len(given), "expected": f"{len(nodes)}: {', '.join(names)}"}
            raise BindError(describe(f"the list of {what}s has the wrong length", facts=facts, hint="a dict by name may leave some out"))
        found = list(given)
    else:
        facts = {"argument": parameter, "got": f"{given!r} ({type(given).__name__})", "expected": "list or dict of NDArray"}
        raise ArgumentError(describe(f"{what}s must be a list or a dictionary", facts=facts))
    missing = [node for node, value in zip(nodes, found, strict=True) if value is None] if required else []
    if missing:
        first, named = missing[0], isinstance(given, Mapping)
        facts = {
            "argument": ", ".join(node.name for node in missing),
            "got": (f"arrays named {', '.join(map(str, given))}" if given else "nothing") if named else "None",
            "expected": f"an NDArray in {parameter} for each of {', '.join(names)}",
        }
        alone = len(missing) == 1
        count = f"{what} {first.name!r} is missing" if alone else f"{what}s {first.name!r} and {len(missing) - 1} more are missing"
        like = f": no array in {parameter} has {'this name' if alone else 'their names'}" if named else ""
        like += closest(first.name, map(str, given)) if named else ""
        prefixed = named and any(f"{kind}:{first.name}" in given for kind in ("arg", "aux"))
        hint = "arrays go by their names here, without 'arg:' and 'aux:' as in files" if prefixed else None
        raise BindError(describe(count + like, node=first, facts=facts, hint=hint))
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
                describe(
                    "grad_req has the wrong length",
                    facts={"argument": "grad_req", "got": len(grad_req), "expected": f"{len(nodes)}: {', '.join(n.name for n in nodes)}"},
                )
            )
        requests = list(grad_req)
    elif isinstance(grad_req, Mapping):
        names = {node.name for node in nodes}
        for name in grad_req:
            if name not in names:
                raise BindError(
                    describe(
                        f"grad_req names no argument {name!r}{closest(str(name), names)}",
                        facts={"argument": "grad_req", "got": name, "expected": ", ".join(node.name for node in nodes)},
                    )
                )
        requests = [grad_req.get(node.name, "null") for node in nodes]
    else:
        raise ArgumentError(
            describe(
                "grad_req must be a string, a list or a dictionary",
                facts={"argument": "grad_req", "got": f"{grad_req!r} ({type(grad_req).__name__})", "expected": "write, add or null"},
            )
        )
    for node, request in zip(nodes, requests, strict=True):
        if request not in REQUESTS:
            raise BindError(
                describe(
                    f"grad_req of {node.name!r} cannot be {request!r}{closest(str(request), REQUESTS)}",
                    node=node,
                    facts={"argument": "grad_req", "got": repr(request), "expected": "write, add or null"},
                )
            )
    return ["write" if request == "inplace" else request for request in requests]


def context_of(ctx: Any, required: bool = False) -> Context:
    """Read a context, or a list of one; ``None`` is the current one, unless it is ``required``.

    Raises
    ------
    ArgumentError
        If it is something else.
    BindError
        If it is a graphics card: there is none.
    """
    if ctx is None and not required:
        ctx = current_context()
    if isinstance(ctx, (list, tuple)) and len(ctx) == 1:
        ctx = ctx[0]
    facts = {"argument": "ctx", "got": f"{ctx!r} ({type(ctx).__name__})", "expected": "a Context of the host, as cpu(0)"}
    if not isinstance(ctx, Context):
        raise ArgumentError(describe("ctx must be a Context", facts=facts, hint="write mx.cpu()"))
    if ctx.device_type == "gpu":
        hint = "write mx.cpu(); mx.num_gpus() tells how many graphics cards there are: 0"
        raise BindError(describe("executors run on the host; no graphics card is used", facts=facts, hint=hint))
    return ctx


def inferred(
    graph: Graph, shapes: Mapping[Node, Any], types: Mapping[Node, Any], source: str, owner: str | None = None
) -> tuple[list[Any], list[Any]]:
    """Infer every shape and type, or say which are open; only what depends on values may be.

    Parameters
    ----------
    source : str
        How the user gives them, for messages: ``"bound"``, or ``"given to simple_bind"``.
    owner : str, optional
        Name of the symbol.
    """
    if Opaque in {type(node.params) for node in graph.nodes}:
        raise cannot_run(next(node for node in graph.nodes if type(node.params) is Opaque))
    found = shapes_of(graph, shapes, source=source)
    if not all(map(complete, set(found))):
        open_ = [node for node in graph.variables if not complete(found[graph.number((node, 0))])]
        if open_:
            facts = shortened([(node.name, to_user(found[graph.number((node, 0))])) for node in open_])
            whose = repr(open_[0].name) if len(open_) == 1 else f"{len(open_)} arguments"
            what = f"the shapes of {whose} do not follow from what is given (0 is an unknown size)"
            operator = source.removeprefix("given to ").replace("bound", "bind")
            raise ShapeError(describe(what, operator=operator, name=owner, facts=facts, hint=advice(graph, found, SHAPE)))
        if any(node.op is not None and node.op.dynamic for node in graph.nodes):
            return found, _types(graph, types, source)
        number = next(n for n, shape in enumerate(found) if not complete(shape))
        node = graph.nodes[graph.producers[number]]
        raise ShapeError(describe("the shape of its output does not follow", node=node, facts={"got": to_user(found[number])}))
    return found, _types(graph, types, source)


def _types(graph: Graph, given: Mapping[Node, Any], source: str) -> list[Any]:
    return [FLOAT32 if dtype is None else dtype for dtype in dtypes_of(graph, given, FLOAT32, source=source)]


def allocate(shape: tuple[int, ...], dtype: np.dtype, node: Node) -> np.ndarray:
    """Make an array of zeros for a value of ``node``.

    Raises
    ------
    OutOfMemory
        If there is no memory for it.
    """
    try:
        nbytes = math.prod(shape) * dtype.itemsize
        return zeros(nbytes).view(dtype).reshape(shape) if nbytes >= HUGE else np.zeros(shape, dtype)
    except (MemoryError, ValueError) as error:
        size = math.prod(shape) * dtype.itemsize
        raise out_of_memory(error, node=node, got=f"{shape} {dtype}", needs=f"{size} bytes") from None


def checked(value: Any, like: NDArray, name: str, operator: str = "forward") -> np.ndarray:
    """Read an array that is to be copied into another of the same shape.

    Raises
    ------
    ArgumentError
        If it is no array of numbers.
    ShapeError
        If it has another shape.
    """
    if isinstance(value, NDArray):
        data = value._data
    else:
        facts = {"argument": name, "got": brief(value), "expected": f"an NDArray of shape {like.shape}"}
        try:
            data = np.asarray(value)
        except ValueError:
            raise ArgumentError(describe(f"{name!r} is no array: its rows differ in length", operator=operator, facts=facts)) from None
        if data.dtype.kind not in "biuf":
            raise ArgumentError(describe(f"{name!r} is no array of numbers", operator=operator, facts=facts))
    if data.shape != like.shape:
        raise ShapeError(
            describe(
                f"the array for {name!r} has another shape than " + ("the output" if operator == "backward" else "was bound"),
                operator=operator,
                facts={"argument": name, "got": data.shape, "expected": like.shape},
                hint=None if operator == "backward" else "executor.reshape(...) makes one for other shapes",
            )
        )
    return data


def brief(value: Any) -> str:
    """Show a value and its type, or an array's shape, on one line."""
    if isinstance(value, (NDArray, np.ndarray)):
        return f"{type(value).__name__} of shape {value.shape}"
    return f"{printable(repr(value))} ({type(value).__name__})"
