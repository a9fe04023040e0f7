"""Builders of the element-wise families: one call declares a member, in all its forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symbolic import ops
from symbolic.operator.declare import Operator, declare, not_differentiable, zero_gradient
from symbolic.operator.fields import Tensor, param, tensor
from symbolic.operator.op import Op, Rule
from symbolic.operator.rules import agreeing, broadcast_shape, same_shapes

__all__ = ["binary", "comparison", "scalar", "unary"]

ZERO = zero_gradient
NONE = not_differentiable


def unary(
    name: str,
    doc: str,
    *,
    grad: Callable[[Any, Any, Any], Any] | Any = None,
    body: Callable[[Any], Any] | None = None,
    aliases: tuple[str, ...] = (),
) -> Op:
    """Declare an operator of one array, element by element.

    Parameters
    ----------
    grad : callable or mark
        ``grad(x, y, dy)`` composes the gradient from input, output and head gradient.
    body : callable, optional
        ``body(x)`` composes the result: the operator is a composite. Its gradient follows unless ``grad`` is given.
    """
    holder = _holder(name, doc, {"data": tensor("Input.")})
    holder.infer_shape = same_shapes
    if body is not None:
        holder.body = Rule(lambda params, x: iter([("output", body(x))]), ("data",))
    if grad in (ZERO, NONE):
        holder.gradient = grad
    elif grad is not None:
        holder.gradient = Rule(lambda params, x, y, dy: iter([("data", grad(x, y, dy))]), ("data", "output", "d_output"))
    return declare(holder, name, aliases)


def scalar(
    name: str,
    doc: str,
    *,
    grad: Callable[[Any, Any, Any, float], Any] | Any,
    aliases: tuple[str, ...] = (),
) -> Op:
    """Declare an operator of an array and a number, ``grad(x, y, dy, number)``."""
    holder = _holder(
        name,
        doc,
        {
            "data": tensor("Input."),
            "scalar": param("The number.", default=1.0),
            "is_int": param("Whether the number was written as a whole one.", default=True),
        },
    )
    holder.__annotations__ = {"data": Tensor, "scalar": float, "is_int": bool}
    holder.infer_shape = same_shapes
    holder.gradient = (
        grad
        if grad in (ZERO, NONE)
        else Rule(lambda params, x, y, dy: iter([("data", grad(x, y, dy, params.scalar))]), ("data", "output", "d_output"))
    )
    return declare(holder, name, aliases)


def binary(
    elemwise: str | None,
    broadcast: str | None,
    doc: str,
    *,
    grad: Callable[[Any, Any, Any, Any], tuple[Any, Any]] | Any,
    elemwise_aliases: tuple[str, ...] = (),
    broadcast_aliases: tuple[str, ...] = (),
) -> tuple[Op | None, Op | None]:
    """Declare an operator of two arrays, of one shape and of shapes that broadcast.

    Parameters
    ----------
    elemwise, broadcast : str or None
        Names of the two forms.
    grad : callable or mark
        ``grad(lhs, rhs, y, dy)`` composes both gradients as if shapes were equal; the broadcasting form sums them over
        stretched axes.
    """
    made: list[Op | None] = []
    for name, aliases, stretch in ((elemwise, elemwise_aliases, False), (broadcast, broadcast_aliases, True)):
        if name is None:
            made.append(None)
            continue
        holder = _holder(name, doc, {"lhs": tensor("Left operand."), "rhs": tensor("Right operand.")})
        holder.infer_shape = Rule(_broadcast, ("lhs", "rhs")) if stretch else same_shapes
        holder.infer_dtype = Rule(_agree, ("lhs", "rhs", "output"))
        holder.gradient = grad if grad in (ZERO, NONE) else Rule(_stretched(grad) if stretch else _plain(grad), ("lhs", "rhs", "output", "d_output"))
        made.append(declare(holder, name, aliases))
    return made[0], made[1]


comparison = binary


def _broadcast(params: Operator, lhs: Any, rhs: Any) -> Iterator[tuple[str, Any]]:
    yield "output", broadcast_shape(lhs, rhs)


def _agree(params: Operator, lhs: Any, rhs: Any, output: Any) -> Iterator[tuple[str, Any]]:
    dtype = agreeing(lhs, rhs, output)
    yield "lhs", dtype
    yield "rhs", dtype
    yield "output", dtype


def _plain(grad: Callable[..., tuple[Any, Any]]) -> Callable[..., Iterator[tuple[str, Any]]]:
    def gradient(params: Operator, lhs: Any, rhs: Any, output: Any, d_output: Any) -> Iterator[tuple[str, Any]]:
        d_lhs, d_rhs = grad(lhs, rhs, output, d_output)
        yield "lhs", d_lhs
        yield "rhs", d_rhs

    return gradient


def _stretched(grad: Callable[..., tuple[Any, Any]]) -> Callable[..., Iterator[tuple[str, Any]]]:
    def gradient(params: Operator, lhs: Any, rhs: Any, output: Any, d_output: Any) -> Iterator[tuple[str, Any]]:
        d_lhs, d_rhs = grad(lhs, rhs, output, d_output)
        yield "lhs", None if d_lhs is None else ops._sum_like(d_lhs, lhs)
        yield "rhs", None if d_rhs is None else ops._sum_like(d_rhs, rhs)

    return gradient


def _holder(name: str, doc: str, fields: dict[str, Any]) -> Any:
    return type(name, (Operator,), {"__doc__": doc, "__module__": __name__, "__annotations__": {}, **fields})
