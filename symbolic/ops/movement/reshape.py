"""The same elements under another shape."""

from __future__ import annotations

import math
from typing import Any

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Shape, Tensor, param, result, tensor
from symbolic.operator.rules import all_alike, axis_of
from symbolic.values.shape import NO_RANK, UNKNOWN, complete, unify

__all__ = ["Flatten", "Reshape", "expand_dims", "reshape_like", "squeeze"]


def same_size(one: Any, other: Any) -> None:
    """Refuse two known shapes that have not the same number of elements."""
    if complete(one) and complete(other) and math.prod(one) != math.prod(other):
        raise ShapeError(f"{math.prod(one)} elements of {one} do not fill {other}")


def filled_in(shape: Any, other: Any) -> Any:
    """Solve for the one unknown size of ``shape``, if ``other`` says how many elements there are."""
    if [size is UNKNOWN for size in shape].count(True) != 1 or not complete(other):
        return shape
    rest = math.prod(size for size in shape if size is not UNKNOWN)
    size, left = divmod(math.prod(other), rest or 1)
    if left or not rest:
        return shape
    return tuple(size if old is UNKNOWN else old for old in shape)


class Codes:
    """The codes of `Reshape`, read from the left.

    Attributes
    ----------
    target : list
        The sizes that follow.
    pairs : list of (int, int)
        Axes taken over as they are: where from, where to.
    """

    def __init__(self, codes: tuple[int, ...], source: tuple[Any, ...]):
        self.source, self.target = source, []
        self.pairs: list[tuple[int, int]] = []
        self.open: int | None = None  # where -1 stands
        self.place = 0  # the next axis of the source
        unmatched = []  # what the sizes given and -1 have to make up for
        given = 1
        reading = iter(codes)
        for code in reading:
            if code == 0:
                self.take_over()
            elif code == -2:
                while self.place < len(source):
                    self.take_over()
            elif code == -3:
                self.target.append(self.axis(code) * self.axis(code))
            elif code == -4:
                self.split(self.axis(code), next(reading, None), next(reading, None))
            else:
                if self.place < len(source):
                    unmatched.append(self.axis(code))
                if code > 0:
                    given *= code
                elif code < -1:
                    raise ShapeError(f"{code} is neither a size nor a code")
                elif self.open is not None:
                    raise ShapeError("-1 may stand for one axis only")
                else:
                    self.open = len(self.target)
                self.target.append(code)
        if self.open is not None:
            self.target[self.open] = math.prod([*unmatched, *source[self.place :]]) // given
        same_size(source, tuple(self.target))

    def axis(self, code: int) -> Any:
        if self.place == len(self.source):
            raise ShapeError(f"code {code} asks for axis {self.place}, data {self.source} has {len(self.source)}")
        self.place += 1
        return self.source[self.place - 1]

    def take_over(self) -> None:
        self.pairs.append((self.place, len(self.target)))
        self.target.append(self.axis(0))

    def split(self, size: Any, one: int | None, other: int | None) -> None:
        if one is None or other is None:
            raise ShapeError("-4 must be followed by two sizes")
        if (one < 1 and one != -1) or (other < 1 and other != -1) or one == other == -1:
            raise ShapeError(f"-4 splits an axis in two sizes, one of which may be -1; not {one} and {other}")
        first = size // other if one == -1 else one
        second = size // one if other == -1 else other
        if size is not UNKNOWN and first * second != size:
            raise ShapeError(f"{size} is not {one} times {other}")
        self.target += [first, second]


@operator(aliases=("reshape",))
class Reshape(Operator):
    """Give the elements of ``data``, in order, another shape.

    ``shape`` holds sizes and codes; the codes read the axes of ``data`` one after the other, a size passes one over:

    ==== ===============================================================
    code meaning
    ==== ===============================================================
     0   take over an axis
    -1   whatever is left of the elements; once at most
    -2   take over all axes that follow
    -3   join two axes
    -4   split an axis into the two sizes that follow; one may be -1
    ==== ===============================================================

    With ``reverse``, ``shape`` and the axes of ``data`` are read from the right.

    Examples
    --------
    >>> x = mx.sym.var("x", shape=(2, 3, 4))
    >>> mx.sym.Reshape(x, shape=(0, -1)).infer_shape()[1]
    [(2, 12)]
    >>> mx.sym.Reshape(x, shape=(-3, -4, 2, -1)).infer_shape()[1]
    [(6, 2, 2)]
    """

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The same elements.", shape="what ``shape`` says")
    shape: Shape = param("Sizes and codes.", default=())
    reverse: bool = param("Read ``shape`` and the axes of ``data`` from the right.", default=False)
    target_shape: Shape = param("Older form of ``shape``: sizes, and 0 for whatever is left.", default=())
    keep_highest: bool = param("Take over the first axis, whatever ``target_shape`` says of it.", default=False)

    def check(self) -> str | None:
        return None if self.shape or self.target_shape else "say which shape"

    def codes(self) -> tuple[int, ...]:
        if self.shape:
            return self.shape
        older = tuple(size or -1 for size in self.target_shape)
        return (0, *older[1:]) if self.keep_highest else older

    def infer_shape(self, data, output):
        turn = -1 if self.reverse and self.shape else 1
        read = Codes(self.codes()[::turn], data[::turn])
        yield "output", tuple(read.target[::turn])
        found, made = list(data[::turn]), unify(tuple(read.target), output[::turn])
        for source, target in read.pairs:
            found[source] = made[target]
        yield "data", filled_in(tuple(found[::turn]), made)

    def gradient(self, data, d_output):
        yield "data", ops.reshape_like(d_output, data)


@operator(aliases=("flatten", "_npx_batch_flatten"))
class Flatten(Operator):
    """Join all axes but the first."""

    data: Tensor = tensor("Input.", shape="(n, *x)")
    output: Tensor = result("One row for each example.", shape="(n, k)")

    infer_dtype = all_alike
    own_types = True

    def infer_shape(self, data, output):
        yield "output", (data[0], math.prod(data[1:]))
        yield "data", filled_in((output[0], *data[1:]), output)

    def body(self, data):
        yield "output", ops.Reshape(data, shape=(0, -1))

    def gradient(self, data, d_output):
        yield "data", ops.reshape_like(d_output, data)


@operator(aliases=("_npi_expand_dims",))
class expand_dims(Operator):
    """Insert an axis of size one."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The same elements.", shape="as data, with a one at ``axis``")
    axis: int = param("Where the new axis stands in the output.")

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            axis = axis_of(self.axis, len(data) + 1)
            yield "output", (*data[:axis], 1, *data[axis:])
        axis = axis_of(self.axis, len(output))
        yield "data", (*output[:axis], *output[axis + 1 :])

    def gradient(self, data, d_output):
        yield "data", ops.reshape_like(d_output, data)


@operator
class squeeze(Operator):
    """Leave out axes of size one; one axis is left in any case."""

    data: Tensor = tensor("Input.", shape="(*x)")
    output: Tensor = result("The same elements.", shape="as data, without the axes of size one, or those in ``axis``")
    axis: Shape | None = param("The axes; all of size one if left out.", default=None)

    def axes(self, data):
        """The axes to leave out; undecided while a size that decides is unknown."""
        if self.axis is None:
            return [axis for axis, size in enumerate(data) if size == 1]
        axes = [axis_of(axis, len(data)) for axis in self.axis]
        if len({*axes}) < len(axes):
            raise ShapeError(f"axis {self.axis} names an axis twice")
        for axis in axes:
            if data[axis] is not UNKNOWN and data[axis] != 1:
                raise ShapeError(f"axis {axis} of {data} has not size 1")
        return axes

    def infer_shape(self, data, output):
        axes = self.axes(data)
        kept = [axis for axis in range(len(data)) if axis not in axes]
        yield "output", tuple(data[axis] for axis in kept) or (1,)
        sizes = [1] * len(data)
        if kept:
            for axis, size in zip(kept, output, strict=False):
                sizes[axis] = size
        yield "data", tuple(sizes)

    def gradient(self, data, d_output):
        yield "data", ops.reshape_like(d_output, data)


def span(begin: int | None, end: int | None, rank: int, what: str) -> tuple[int, int]:
    """Count the ends of a range of axes from the first axis."""
    first, last = (rank if which and value is None else value or 0 for which, value in enumerate((begin, end)))
    first, last = first + rank * (first < 0), last + rank * (last < 0)
    if not 0 <= first < last <= rank:
        raise ShapeError(f"{what}_begin={begin} to {what}_end={end} is no range of {rank} axes")
    return first, last


@operator(aliases=("_npx_reshape_like",))
class reshape_like(Operator):
    """Give the elements of ``lhs`` the shape of ``rhs``, or put a range of its axes in the place of a range of ``lhs``'s.

    Examples
    --------
    >>> x, y = mx.sym.var("x", shape=(6, 4)), mx.sym.var("y", shape=(2, 3, 5))
    >>> mx.sym.reshape_like(x, y, lhs_begin=0, lhs_end=1, rhs_begin=0, rhs_end=2).infer_shape()[1]
    [(2, 3, 4)]
    """

    lhs: Tensor = tensor("Gives the elements.", shape="(*x)")
    rhs: Tensor = tensor("Gives the shape.", shape="(*y)", only_shape=True)
    output: Tensor = result("The same elements.", shape="(*y), or the axes of lhs with some of rhs in their place")
    lhs_begin: int | None = param("First axis of ``lhs`` that is replaced.", default=None)
    lhs_end: int | None = param("Axis of ``lhs`` after the last that is replaced.", default=None)
    rhs_begin: int | None = param("First axis of ``rhs`` that is taken.", default=None)
    rhs_end: int | None = param("Axis of ``rhs`` after the last that is taken.", default=None)

    def infer_shape(self, lhs, rhs, output):
        if (self.lhs_begin, self.lhs_end, self.rhs_begin, self.rhs_end) == (None,) * 4:
            yield "output", rhs
            yield "rhs", output
        else:
            first, last = span(self.lhs_begin, self.lhs_end, len(lhs), "lhs")
            begin, end = span(self.rhs_begin, self.rhs_end, len(rhs), "rhs")
            made = (*lhs[:first], *rhs[begin:end], *lhs[last:])
            yield "output", made
            rhs = made
        same_size(lhs, rhs)
        yield "lhs", filled_in(lhs, rhs)

    def infer_dtype(self, lhs, output):
        yield "output", lhs
        yield "lhs", output

    def gradient(self, lhs, d_output):
        yield "lhs", ops.reshape_like(d_output, lhs)
