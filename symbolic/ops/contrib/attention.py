"""Products of attention with several heads, on projections that lie interleaved in one array.

Sequences come first: ``(t, n, heads * parts * k)`` holds, for each head, its queries, keys and values, or some of them. The
products ``(n * heads, ...)`` have a matrix for each head of each example.

Source: Vaswani et al. (2017), Attention is all you need, sections 3.2.1 and 3.2.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import all_alike, same_shapes
from symbolic.values.shape import NO_RANK, UNKNOWN

HEADS = param("Number of heads.", ge=1)
ATTENTION = tensor("Weight of each key for each query.", shape="(n * heads, queries, keys)")


@operator
class _contrib_div_sqrt_dim(Operator):
    """Divide by the square root of the length of the last axis: ``data / sqrt(k)``."""

    data: Tensor = tensor("Input.", shape="(*x, k)")

    infer_shape = same_shapes
    infer_dtype = all_alike

    def body(self, data):
        yield "output", ops.broadcast_div(data, ops.sqrt(ops._count(data, axis=-1)))


def parts_of(interleaved: Any, heads: int, count: int) -> list[Any]:
    """Take projections ``(t, n, heads * count * k)`` apart; return each as ``(n * heads, t, k)``."""
    split = ops.reshape(interleaved, shape=(0, 0, heads, count, -1))
    parts = ops.SliceChannel(split, num_outputs=count, axis=3, squeeze_axis=True)
    by_head = [ops.transpose(part, axes=(1, 2, 0, 3)) for part in (parts if count > 1 else [parts])]
    return [ops.reshape(part, shape=(-3, 0, 0)) for part in by_head]


def scores(queries: Any, keys: Any) -> Any:
    """Compare each query with each key: their product, divided by the root of their length."""
    return ops.batch_dot(ops._contrib_div_sqrt_dim(queries), keys, transpose_b=True)


def joined(values: Any, heads: int) -> Any:
    """Lay heads side by side: ``(n * heads, t, k)`` becomes ``(t, n, heads * k)``."""
    apart = ops.reshape(values, shape=(-4, -1, heads, 0, 0))
    return ops.reshape(ops.transpose(apart, axes=(2, 0, 1, 3)), shape=(0, 0, -3))


def projections(shape: Any, what: str, parts: int) -> tuple[Any, Any, Any]:
    """Take a shape apart: steps, examples, length of one part of all heads together.

    Raises
    ------
    ShapeError
        If the last axis is not made of so many equal parts, or there are other than three axes.
    """
    if len(shape) != 3:
        raise ShapeError(f"{what} {shape} is no projection (t, n, k)")
    steps, examples, length = shape
    if length is not UNKNOWN and length % parts:
        raise ShapeError(f"{what} {shape}: {length} is no multiple of {parts}")
    return steps, examples, length


@operator
class _contrib_interleaved_matmul_selfatt_qk(Operator):
    """Compare the queries and keys of sequences with themselves: ``queries @ keys.T / sqrt(k)``."""

    queries_keys_values: Tensor = tensor("Projections, interleaved.", shape="(t, n, heads * 3 * k)")
    output: Tensor = result("Scores.", shape="(n * heads, t, t)")
    heads: int = HEADS

    infer_dtype = all_alike

    def infer_shape(self, queries_keys_values):
        steps, examples, _ = projections(queries_keys_values, "queries_keys_values", 3 * self.heads)
        yield "output", (examples * self.heads, steps, steps)

    def body(self, queries_keys_values):
        queries, keys, _ = parts_of(queries_keys_values, self.heads, 3)
        yield "output", scores(queries, keys)


@operator
class _contrib_interleaved_matmul_selfatt_valatt(Operator):
    """Average the values of sequences by the weights of self-attention: ``attention @ values``."""

    queries_keys_values: Tensor = tensor("Projections, interleaved.", shape="(t, n, heads * 3 * k)")
    attention: Tensor = ATTENTION
    output: Tensor = result("Means.", shape="(t, n, heads * k)")
    heads: int = HEADS

    infer_dtype = all_alike

    def infer_shape(self, queries_keys_values):
        steps, examples, length = projections(queries_keys_values, "queries_keys_values", 3 * self.heads)
        yield "output", (steps, examples, length // 3)
        yield "attention", (examples * self.heads, steps, steps)

    def body(self, queries_keys_values, attention):
        *_, values = parts_of(queries_keys_values, self.heads, 3)
        yield "output", joined(ops.batch_dot(attention, values), self.heads)


@operator
class _contrib_interleaved_matmul_encdec_qk(Operator):
    """Compare queries with the keys of other sequences: ``queries @ keys.T / sqrt(k)``."""

    queries: Tensor = tensor("Projections.", shape="(queries, n, heads * k)")
    keys_values: Tensor = tensor("Projections, interleaved.", shape="(keys, n, heads * 2 * k)")
    output: Tensor = result("Scores.", shape="(n * heads, queries, keys)")
    heads: int = HEADS

    infer_dtype = all_alike

    def infer_shape(self, queries, keys_values):
        yield from beside(queries, "queries", self.heads, "keys_values", lambda length: length * 2)
        yield from beside(keys_values, "keys_values", 2 * self.heads, "queries", lambda length: length // 2)
        steps, examples, _ = projections(queries, "queries", self.heads)
        yield "output", (examples * self.heads, steps, keys_values[0])

    def body(self, queries, keys_values):
        keys, _ = parts_of(keys_values, self.heads, 2)
        (projected,) = parts_of(queries, self.heads, 1)
        yield "output", scores(projected, keys)


def beside(shape: Any, what: str, parts: int, slot: str, length_of: Any) -> Iterator[tuple[str, Any]]:
    """Say what a projection tells of the one that it is compared with, if it is known."""
    if shape is not NO_RANK:
        _, examples, length = projections(shape, what, parts)
        yield slot, (UNKNOWN, examples, length_of(length))


@operator
class _contrib_interleaved_matmul_encdec_valatt(Operator):
    """Average the values of other sequences by the weights of attention: ``attention @ values``."""

    keys_values: Tensor = tensor("Projections, interleaved.", shape="(keys, n, heads * 2 * k)")
    attention: Tensor = ATTENTION
    output: Tensor = result("Means.", shape="(queries, n, heads * k)")
    heads: int = HEADS

    infer_dtype = all_alike

    def infer_shape(self, keys_values, attention):
        steps, examples, length = projections(keys_values, "keys_values", 2 * self.heads)
        yield "attention", (examples * self.heads, UNKNOWN, steps)
        yield "output", (UNKNOWN, examples, length // 2)
        yield "output", (attention[1], examples, length // 2)

    def body(self, keys_values, attention):
        _, values = parts_of(keys_values, self.heads, 2)
        yield "output", joined(ops.batch_dot(attention, values), self.heads)
