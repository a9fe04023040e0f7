"""Arrays put together, and taken apart."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, declare, operator
from symbolic.operator.fields import Shape, Tensor, Tensors, param, result, tensor, tensors
from symbolic.operator.rules import all_alike, axis_of
from symbolic.values.shape import NO_RANK, UNKNOWN, unify

__all__ = ["Concat", "SliceChannel", "stack"]


def known(shapes: Any) -> list[Any]:
    return [shape for shape in shapes if shape is not NO_RANK]


def without(shape: Any, axis: int) -> Any:
    """Forget the size of one axis."""
    return (*shape[:axis], UNKNOWN, *shape[axis + 1 :])


def joined(name: str, doc: str, aliases: tuple[str, ...], most_open: int = 1) -> Any:
    """Declare a concatenation; up to ``most_open`` members of unknown size share equally what the others leave.

    With more than one it is a composite, which differs from `Concat` in its shape rule alone.
    """

    class Joined(Operator):
        data: Tensors = tensors("Arrays that differ on one axis only.", count="num_args")
        output: Tensor = result("The joined array.", shape="as each input, with the sum of their lengths on axis ``dim``")
        num_args: int = param("How many arrays.", ge=1)
        dim: int = param("The axis.", default=1)

        infer_dtype = all_alike
        own_types = True

        def infer_shape(self, data, output):
            given = known((*data, output))
            if not given:
                return
            rim = NO_RANK
            axis = axis_of(self.dim, len(given[0]), "dim")
            for shape in given:
                rim = unify(rim, without(shape, axis))
            sizes = [UNKNOWN if shape is NO_RANK else shape[axis] for shape in data]
            whole = UNKNOWN if output is NO_RANK else output[axis]
            opened = [size is UNKNOWN for size in sizes].count(True)
            if whole is not UNKNOWN and opened and opened <= most_open:
                rest = whole - sum(size for size in sizes if size is not UNKNOWN)
                if rest % opened == 0:
                    sizes = [rest // opened if size is UNKNOWN else size for size in sizes]
            yield "output", (*rim[:axis], sum(sizes), *rim[axis + 1 :])
            yield "data", [(*rim[:axis], size, *rim[axis + 1 :]) for size in sizes]

        def gradient(self, data, d_output):
            yield "data", split_like(d_output, data, self.dim)

    def body(self, data):
        yield "output", ops.Concat(*data, dim=self.dim)

    if most_open > 1:
        Joined.body = body  # type: ignore[attr-defined]
    Joined.__doc__ = doc
    return declare(Joined, name, aliases)


def split_like(data: Any, like: list[Any], dim: int) -> list[Any]:
    """Take ``data`` apart into pieces of the sizes of ``like``."""
    if len(like) == 1:
        return [data]
    return list(ops._split_like(data, *like, num_args=len(like), dim=dim))


Concat = joined("Concat", "Join arrays along an axis.", ("concat", "_sparse_concat"))
_rnn_param_concat = joined(
    "_rnn_param_concat",
    "Join the parameters of recurrent layers to one vector.",
    ("_npi_rnn_param_concat",),
    most_open=2,  # the input weights of both directions
)


@operator
class _split_like(Operator):
    """Take ``data`` apart along an axis into pieces of the sizes of ``like``."""

    data: Tensor = tensor("Input.", shape="(*x)")
    like: Tensors = tensors("Give the sizes; not read.", count="num_args")
    num_args: int = param("How many pieces.", ge=1)
    dim: int = param("The axis.", default=1)
    output: Tensor = result("The pieces.", shape="each as its like", count=lambda op: op.num_args)

    def infer_shape(self, like, output):
        yield "output", like
        yield "like", output

    def gradient(self, d_output):
        yield "data", ops.Concat(*d_output, dim=self.dim)


@operator
class stack(Operator):
    """Join arrays of one shape along a new axis."""

    data: Tensors = tensors("Arrays of one shape.", count="num_args")
    output: Tensor = result("The joined array.", shape="as each input, with an axis of their number at ``axis``")
    axis: int = param("Where the new axis stands in the output.", default=0)
    num_args: int = param("How many arrays.", ge=1)

    infer_dtype = all_alike
    own_types = True

    def infer_shape(self, data, output):
        shape = NO_RANK
        for member in data:
            shape = unify(shape, member)
        if output is not NO_RANK:
            axis = axis_of(self.axis, len(output))
            shape = unify(shape, (*output[:axis], *output[axis + 1 :]))
        if shape is not NO_RANK:
            axis = axis_of(self.axis, len(shape) + 1)
            yield "output", (*shape[:axis], self.num_args, *shape[axis:])
            yield "data", [shape] * self.num_args

    def body(self, data):
        yield "output", ops.Concat(*[ops.expand_dims(x, axis=self.axis) for x in data], dim=self.axis)

    def gradient(self, d_output):
        yield "data", list(ops.SliceChannel(d_output, num_outputs=self.num_args, axis=self.axis, squeeze_axis=True))


@operator(aliases=("split",))
class SliceChannel(Operator):
    """Take an array apart into equal pieces.

    Examples
    --------
    >>> x = mx.sym.var("x", shape=(2, 6))
    >>> mx.sym.split(x, num_outputs=3).infer_shape()[1]
    [(2, 2), (2, 2), (2, 2)]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    num_outputs: int = param("How many pieces.", ge=1)
    axis: int = param("The axis.", default=1)
    squeeze_axis: bool = param("Leave out the axis, which has size one in each piece.", default=False)
    output: Tensor = result(
        "The pieces.",
        shape="as data, with an equal part of ``axis``, or without it if ``squeeze_axis``",
        count=lambda op: op.num_outputs,
        numbered=True,
    )

    infer_dtype = all_alike
    own_types = True

    def infer_shape(self, data, output):
        axis = axis_of(self.axis, len(data))
        size = data[axis]
        if size is not UNKNOWN and (size != self.num_outputs if self.squeeze_axis else size % self.num_outputs):
            raise ShapeError(f"an axis of {size} does not fall into {self.num_outputs} pieces{' of one' * self.squeeze_axis}")
        middle = () if self.squeeze_axis else (size // self.num_outputs,)
        piece = (*data[:axis], *middle, *data[axis + 1 :])
        for shape in output:
            piece = unify(piece, shape)
        yield "output", [piece] * self.num_outputs
        size = self.num_outputs if self.squeeze_axis else piece[axis] * self.num_outputs
        yield "data", (*piece[:axis], size, *piece[axis + len(middle) :])

    def body(self, data):
        pieces = ops._split_v2(data, indices=(), sections=self.num_outputs, axis=self.axis, squeeze_axis=self.squeeze_axis)
        yield "output", list(pieces)

    def gradient(self, d_output):
        yield "data", put_together(self, d_output)


def put_together(op: Any, pieces: list[Any]) -> Any:
    """Join the pieces of a split."""
    return ops.stack(*pieces, axis=op.axis) if op.squeeze_axis else ops.Concat(*pieces, dim=op.axis)


@operator(aliases=("_npi_split",))
class _split_v2(Operator):
    """Take an array apart at given places, or into pieces as equal as can be."""

    data: Tensor = tensor("Input.", shape="(*x)")
    indices: Shape = param("Where pieces begin, 0 first; not read if ``sections`` are given.")
    axis: int = param("The axis.", default=1)
    squeeze_axis: bool = param("Leave out the axis, which has size one in each piece.", default=False)
    sections: int = param("How many pieces; the first ones get what is left over.", default=0, ge=0)
    output: Tensor = result("The pieces.", shape="as data, with a part of ``axis``", count=lambda op: op.sections or len(op.indices))

    def check(self) -> str | None:
        ends = (*self.indices[:1], *self.indices)
        if not self.sections and (not self.indices or self.indices[0] != 0 or any(a > b for a, b in pairwise(ends))):
            return "indices must begin with 0 and rise"
        return None

    def infer_shape(self, data, output):
        axis = axis_of(self.axis, len(data))
        size = data[axis]
        if not self.sections:
            if size is not UNKNOWN and size < self.indices[-1]:
                raise ShapeError(f"place {self.indices[-1]} lies behind an axis of {size}")
            sizes = [end - start for start, end in pairwise((*self.indices, size))]
        elif size is UNKNOWN:
            sizes = [UNKNOWN] * self.sections
        else:
            least, larger = divmod(size, self.sections)
            sizes = [least + (place < larger) for place in range(self.sections)]
        if self.squeeze_axis and any(part is not UNKNOWN and part != 1 for part in sizes):
            raise ShapeError(f"pieces of {sizes} cannot leave out their axis")
        rim = without(data, axis)
        for shape in known(output):
            rim = unify(rim, (*shape[:axis], UNKNOWN, *shape[axis + (not self.squeeze_axis) :]))
        yield "output", [(*rim[:axis], *(() if self.squeeze_axis else (part,)), *rim[axis + 1 :]) for part in sizes]
        yield "data", (*rim[:axis], size, *rim[axis + 1 :])

    def gradient(self, d_output):
        yield "data", put_together(self, d_output)
