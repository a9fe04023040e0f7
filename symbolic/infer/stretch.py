"""``a + b`` of shapes that stretch to one: in the reference an error, here what NumPy does.

Python's operators compose operators for equal shapes (``elemwise_add``), as the reference does, for shapes are not known by then.
Where inference fails on such a node, and its inputs would stretch, the node becomes that for shapes that stretch
(``broadcast_add``), under the same name. A graph that the reference accepts never changes, and neither does one that was loaded:
its file means there what it means here.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from symbolic import registry
from symbolic.errors import MXNetError, ShapeError
from symbolic.graph.graph import Graph, depth_first, resting_collector
from symbolic.graph.node import Entry, Node
from symbolic.graph.rewrite import mapped, rebuild
from symbolic.infer.shape import shapes_of
from symbolic.symbol.handle import Symbol
from symbolic.values.shape import NO_RANK, complete, from_user

__all__ = ["stretched", "stretching"]

STRETCHING = {  # for equal shapes -> for those that stretch
    **{f"elemwise_{name}": f"broadcast_{name}" for name in ("add", "sub", "mul", "div")},
    **{f"_{name}": f"broadcast_{name}" for name in ("mod", "power", "maximum", "minimum", "hypot")},
    **{f"_{name}": f"broadcast_{name}" for name in ("equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal")},
    **{f"_logical_{name}": f"broadcast_logical_{name}" for name in ("and", "or", "xor")},
}
MOST_ROUNDS = 100
Shows = TypeVar("Shows", bound=Callable[..., Any])
_AUTOMATIC = re.compile(  # the names that Python's operators give
    r"(?:.*_)?_?(plus|minus|mul|div|mod|power|maximum|minimum|hypot|(not_)?equal|(greater|lesser)(_equal)?|logical_(and|or|xor))\d+"
)


@resting_collector()
def stretched(symbol: Symbol, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Symbol | None:
    """Let ``+`` and its kin stretch where inference failed for unequal shapes.

    Parameters
    ----------
    args, kwargs : sequence, mapping
        Shapes of variables, by position or by name, or arrays; what is neither is not read.

    Returns
    -------
    Symbol or None
        ``None`` if that is not what is wrong.
    """
    graph: Graph = symbol.graph
    candidates = {node for node in graph.nodes if _may_stretch(node)}
    if not candidates:
        return None
    by_name = {node.name: node for node in graph.variables}
    pairs = [*zip(graph.arguments, args, strict=False), *((by_name[name], value) for name, value in kwargs.items() if name in by_name)]
    try:
        given = {node: _shape(value) for node, value in pairs}
        unequal = _unequal(graph, candidates, given)
    except MXNetError:
        return None  # something else is wrong, too; told by the inference that failed
    return Symbol(_rewritten(graph.heads, unequal)) if unequal else None


def _shapes_given(arguments: Mapping[str, Any]) -> Iterable[Any]:
    shape = arguments.get("shape")
    return [{} if shape is None else shape]


def stretching(given: Callable[[Mapping[str, Any]], Iterable[Any]] = _shapes_given) -> Callable[[Shows], Shows]:
    """Let a function of a symbol and shapes be called once more, where they do not fit, on what `stretched` makes of the symbol.

    Parameters
    ----------
    given : callable
        Takes the arguments by name; returns shapes of variables, as dicts, of which one may tell what stretches. By default
        that is the argument ``shape``, or what variables declare.
    """

    def decorated(show: Shows) -> Shows:
        @functools.wraps(show)
        def shown(symbol: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return show(symbol, *args, **kwargs)
            except ShapeError:
                arguments = inspect.signature(show).bind(symbol, *args, **kwargs).arguments
                others = (stretched(symbol, (), shapes) for shapes in given(arguments) if isinstance(shapes, Mapping))
                other = next((other for other in others if other is not None), None)
                if other is None:
                    raise
            return show(other, *args, **kwargs)

        return shown  # type: ignore[return-value]  # it has the signature of show, which a type checker cannot know

    return decorated


def _unequal(graph: Graph, candidates: set[Node], given: Mapping[Node, Any]) -> set[Node]:
    """Find the nodes whose inputs have unequal shapes.

    First all may stretch. Where one input is not known then, the node has to say what it is, as it does for equal shapes: the
    first such nodes on each way stop stretching, and what follows is inferred again.
    """
    loose = set(candidates)
    for _ in range(MOST_ROUNDS):
        stretching = Graph(_rewritten(graph.heads, loose))
        facts = shapes_of(stretching, given)
        twins = dict(zip(graph.nodes, stretching.nodes, strict=True))  # rewriting keeps the order
        inputs = {node: [facts[stretching.number(entry)] for entry in twins[node].inputs] for node in loose}
        open_ = {node for node, shapes in inputs.items() if not all(map(complete, shapes))}
        behind: set[Node] = set()
        first: set[Node] = set()
        for node in graph.nodes:
            if any(below in behind or below in first for below, _ in node.inputs):
                behind.add(node)
            elif node in open_:
                first.add(node)
        if not first:
            return {node for node, (one, other) in inputs.items() if one != other}
        loose -= first
    return set()


def _may_stretch(node: Node) -> bool:
    """Whether a node was composed by one of Python's operators, in this process."""
    return node.op is not None and node.origin is not None and node.op.name in STRETCHING and _AUTOMATIC.fullmatch(node.name) is not None


def _rewritten(heads: Sequence[Entry], chosen: set[Node]) -> list[Entry]:
    """Put operators for shapes that stretch in the place of some for equal shapes."""

    def made(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry] | None:
        if node not in chosen:
            return None
        op = registry.find(STRETCHING[node.op.name]).canonical
        return [(Node(op, op.parameters({}), node.name, inputs, node.attrs, node.origin), 0)]

    replaced = rebuild(depth_first(heads), made)
    return [mapped(entry, replaced) for entry in heads]


def _shape(value: Any) -> Any:
    shape = getattr(value, "shape", value)
    return from_user(shape) if isinstance(shape, (tuple, list)) else NO_RANK
