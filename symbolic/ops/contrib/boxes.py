"""Boxes: how far they overlap, which of many to keep, and which rows and columns of scores to pair.

A box has two corners, ``(left, top, right, bottom)``, or a centre and a size, ``(x, y, width, height)``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator, zero_gradient
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import agreeing
from symbolic.values.shape import UNKNOWN


@operator
class _contrib_box_iou(Operator):
    """Divide the intersection of each box of ``lhs`` with each of ``rhs`` by their union. The gradient is zero."""

    lhs: Tensor = tensor("Boxes.", shape="(*x, 4)")
    rhs: Tensor = tensor("Boxes.", shape="(*y, 4)")
    output: Tensor = result("From 0, apart, to 1, the same.", shape="(*x, *y)")
    format: Literal["corner", "center"] = param("What the four numbers are.", default="corner")

    gradient = zero_gradient

    def infer_shape(self, lhs, rhs):
        for slot, shape in (("lhs", lhs), ("rhs", rhs)):
            if len(shape) < 2:
                raise ShapeError(f"{slot} {shape} has {len(shape)} axes; at least two are needed")
            yield slot, (*shape[:-1], 4)
        yield "output", (*lhs[:-1], *rhs[:-1])

    def infer_dtype(self, lhs, rhs, output):
        found = agreeing(lhs, rhs, output)
        if found is not None and found.kind != "f":
            raise DTypeError(f"boxes must be of a floating-point type, not {found.name}")
        for slot in ("lhs", "rhs", "output"):
            yield slot, found


@operator(aliases=("_contrib_box_non_maximum_suppression",))
class _contrib_box_nms(Operator):
    """Keep of boxes that overlap the one with the best score (non-maximum suppression).

    Boxes with a score above ``valid_thresh``, and not of the background, are taken in the order of their scores. Each drops
    those behind it, of its kind, that it overlaps by more than ``overlap_thresh``. The output lists those that are kept, best
    first, then rows of -1. With ``topk=0`` the data pass as they are.

    The gradient of a row goes to the row it came from; a change of format is ignored there.
    """

    data: Tensor = tensor("Rows of a score, four coordinates and maybe a kind.", shape="(*x, k, w)")
    output0: Tensor = result("Rows that are kept, then -1.", shape="(*x, k, w)")
    output1: Tensor = result("Where they stood among all rows, then -1.", shape="(*x, k, 1)", hidden=True)
    overlap_thresh: float = param("Overlap from which on a box is dropped.", default=0.5)
    valid_thresh: float = param("Score that a box must exceed.", default=0.0)
    topk: int = param("Most boxes to consider; all if negative.", default=-1)
    coord_start: int = param("Column of the first coordinate.", default=2)
    score_index: int = param("Column of the score.", default=1)
    id_index: int = param("Column of the kind; none if negative.", default=-1)
    background_id: int = param("The kind that is background.", default=-1)
    force_suppress: bool = param("Let boxes drop those of other kinds, too.", default=False)
    in_format: Literal["corner", "center"] = param("What the coordinates are in ``data``.", default="corner")
    out_format: Literal["corner", "center"] = param(
        "What they are in the output; boxes that begin below zero are not converted.", default="corner"
    )

    def check(self) -> str | None:
        columns = {"score_index": self.score_index, **({"id_index": self.id_index} if self.id_index >= 0 else {})}
        for name, column in columns.items():
            if 0 <= column - self.coord_start < 4:
                return f"{name} {column} is a column of the coordinates, {self.coord_start} to {self.coord_start + 3}"
        return "score_index and id_index are the same column" if self.id_index == self.score_index else None

    def infer_shape(self, data, output0):
        yield "output0", data
        yield "data", output0
        if len(data) < 2:
            raise ShapeError(f"{data} has {len(data)} axes; at least two are needed")
        yield "output1", (*data[:-1], 1)
        width = data[-1]
        columns = {"score_index": self.score_index, "coord_start": self.coord_start, "coord_start + 3": self.coord_start + 3}
        if self.id_index >= 0:
            columns["id_index"] = self.id_index
        for name, column in columns.items():
            if column < 0 or (width is not UNKNOWN and column >= width):
                raise ShapeError(f"{name} {column} is no column of rows of {width}")

    def infer_dtype(self, data, output0):
        found = agreeing(data, output0)
        if found is not None and found.kind != "f":
            raise DTypeError(f"data must be of a floating-point type, not {found.name}")
        yield "data", found
        yield "output0", found
        yield "output1", np.dtype(np.int32)

    gradient = backward_op(needs=("output1",))


@operator
class _contrib_bipartite_matching(Operator):
    """Pair rows and columns greedily: the best score first, until one does not pass the threshold. The gradient is zero.

    One pair more is made than ``topk``, as in MXNet.
    """

    data: Tensor = tensor("Scores.", shape="(*x, n, m)")
    output0: Tensor = result("Column of each row, or -1.", shape="(*x, n)")
    output1: Tensor = result("Row of each column, or -1.", shape="(*x, m)")
    is_ascend: bool = param("Small scores are good.", default=False)
    threshold: float = param("Score that a pair must exceed, or stay below if ``is_ascend``.")
    topk: int = param("Most pairs, less one; no limit if not positive.", default=-1)

    gradient = zero_gradient

    def infer_shape(self, data):
        if len(data) < 2:
            raise ShapeError(f"{data} has {len(data)} axes; at least two are needed")
        yield "output0", data[:-1]
        yield "output1", (*data[:-2], data[-1])

    def infer_dtype(self, data, output0, output1):
        found = agreeing(data, output0, output1)
        if found is not None and found.kind != "f":
            raise DTypeError(f"data must be of a floating-point type, not {found.name}")
        for slot in ("data", "output0", "output1"):
            yield slot, found
