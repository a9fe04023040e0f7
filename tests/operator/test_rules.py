"""Shape and type rules that operators share."""

from __future__ import annotations

import numpy as np
import pytest

from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.rules import agreeing, axes_of, axis_of, broadcast_shape, floats_alike, reduced_shape, same_shapes
from symbolic.values.shape import NO_RANK, UNKNOWN


@pytest.mark.parametrize(("axis", "rank", "place"), [(0, 2, 0), (1, 2, 1), (-1, 2, 1), (-2, 2, 0)])
def test_axes_count_from_either_end(axis, rank, place):
    assert axis_of(axis, rank) == place


@pytest.mark.parametrize(("axis", "rank"), [(2, 2), (-3, 2), (0, 0), (-1, 0)])
def test_an_axis_that_is_not_there(axis, rank):
    with pytest.raises(ShapeError) as caught:
        axis_of(axis, rank, "begin")
    assert str(caught.value) == f"begin {axis} is out of range for {rank} axes"
    with pytest.raises(ShapeError, match=f"^axis {axis} is"):
        axis_of(axis, rank)


@pytest.mark.parametrize(
    ("axes", "exclude", "meant"),
    [
        (None, False, (0, 1, 2)),
        (None, True, (0, 1, 2)),
        ((), False, (0, 1, 2)),
        ((), True, ()),
        (1, False, (1,)),
        (-1, True, (0, 1)),
        ((2, 0), False, (0, 2)),
        ((2, -3), True, (1,)),
        ((1, -2), False, (1,)),
    ],
)
def test_axes_that_are_meant(axes, exclude, meant):
    assert axes_of(axes, 3, exclude) == meant


def test_reduced_axes_go_or_stay_as_ones():
    assert reduced_shape((2, 3, 4), (0, 2), keepdims=False) == (3,)
    assert reduced_shape((2, 3, 4), (0, 2), keepdims=True) == (1, 3, 1)
    assert reduced_shape((2, UNKNOWN), (0,), keepdims=False) == (UNKNOWN,)


@pytest.mark.parametrize(
    ("shapes", "joined"),
    [
        ([(2, 3)], (2, 3)),
        ([(2, 1), (1, 3)], (2, 3)),
        ([(3,), (2, 1)], (2, 3)),
        ([(), (2,)], (2,)),
        ([(), ()], ()),
        ([(1,), (1,)], (1,)),
        ([(2, 1, 4), (3, 1), (4,)], (2, 3, 4)),
        ([(UNKNOWN,), (3,)], (3,)),
        ([(3,), (UNKNOWN,)], (3,)),
        ([(UNKNOWN,), (1,)], (UNKNOWN,)),
        ([(UNKNOWN, 2), (2,)], (UNKNOWN, 2)),
        ([(0, 1), (1, 3)], (0, 3)),
    ],
)
def test_shapes_stretch_as_in_numpy(shapes, joined):
    assert broadcast_shape(*shapes) == joined
    if not any(size is UNKNOWN for shape in shapes for size in shape):
        assert np.broadcast_shapes(*shapes) == joined


def test_shapes_that_do_not_stretch():
    with pytest.raises(ShapeError) as caught:
        broadcast_shape((2, 3), (1, 4))
    assert str(caught.value) == "(2, 3) and (1, 4) do not broadcast: 3 and 4 on axis -1"
    with pytest.raises(ShapeError, match=r"0 and 2 on axis -2"):
        broadcast_shape((0, 1), (2, 1))


def test_types_agree_or_not():
    half, single = np.dtype("float16"), np.dtype("float32")
    assert agreeing() is None and agreeing(None, None) is None
    assert agreeing(None, half) is half and agreeing(half, None, half) is half
    with pytest.raises(DTypeError) as caught:
        agreeing(None, half, single)
    assert str(caught.value) == "types differ: float16, float32"


def test_whole_numbers_where_floats_belong():
    with pytest.raises(DTypeError) as caught:
        list(floats_alike(None, {"data": np.dtype("int32"), "output": None}))
    assert str(caught.value) == "data must be of a floating-point type, not int32"
    assert list(floats_alike(None, {"data": [None, np.dtype("float16")], "output": None})) == [
        ("data", [np.dtype("float16")] * 2),
        ("output", np.dtype("float16")),
    ]
    assert list(floats_alike(None, {"data": None, "more": [None]})) == []


def test_one_shape_for_all():
    assert dict(same_shapes(None, {"data": [(2, UNKNOWN), (UNKNOWN, 3)], "output": NO_RANK})) == {"data": [(2, 3)] * 2, "output": (2, 3)}
    with pytest.raises(ShapeError):
        list(same_shapes(None, {"data": (2,), "output": (3,)}))
