"""Shapes that are known in part."""

from __future__ import annotations

import copy
import pickle
import threading

import numpy as np
import pytest

from symbolic.errors import ArgumentError, ShapeError
from symbolic.util import is_np_shape, np_shape, set_np_shape, use_np_shape
from symbolic.values.shape import NO_RANK, UNKNOWN, Undecided, complete, from_user, to_user, unify


def test_arithmetic_absorbs_an_unknown_size():
    for value in (
        UNKNOWN + 1,
        2 - UNKNOWN,
        UNKNOWN * 3,
        UNKNOWN // 2,
        7 // UNKNOWN,
        -UNKNOWN,
        UNKNOWN % 2,
        (UNKNOWN + 2) // 2 - 1,
        UNKNOWN**2,
    ):
        assert value is UNKNOWN


@pytest.mark.parametrize(
    "ask",
    [
        lambda: UNKNOWN == 1,
        lambda: UNKNOWN != 1,
        lambda: UNKNOWN < 1,
        lambda: UNKNOWN < 1,
        lambda: bool(UNKNOWN),
        lambda: range(UNKNOWN),
        lambda: int(UNKNOWN),
        lambda: len(NO_RANK),
        lambda: NO_RANK[0],
        lambda: list(NO_RANK),
        lambda: NO_RANK == (),
        lambda: (1, *NO_RANK),
    ],
)
def test_a_question_to_the_unknown_ends_the_rule(ask):
    with pytest.raises(Undecided):
        ask()


def test_the_unknown_stays_itself():
    for mark in (UNKNOWN, NO_RANK):
        assert pickle.loads(pickle.dumps(mark)) is copy.deepcopy(mark) is mark
    assert repr((UNKNOWN, 3)) == "(?, 3)"


@pytest.mark.parametrize(
    ("a", "b", "joined"),
    [
        (NO_RANK, (2, 3), (2, 3)),
        ((2, UNKNOWN), (UNKNOWN, 3), (2, 3)),
        ((2, UNKNOWN), (2, UNKNOWN), (2, UNKNOWN)),
        ((0,), (UNKNOWN,), (0,)),
        ((), (), ()),
    ],
)
def test_knowledge_joins_both_ways(a, b, joined):
    assert all(x is y or x == y for x, y in zip(unify(a, b), joined, strict=True))
    assert all(x is y or x == y for x, y in zip(unify(b, a), joined, strict=True))


@pytest.mark.parametrize(("a", "b"), [((2,), (3,)), ((2,), (2, 1)), ((), (1,)), ((0,), (1,))])
def test_contradictions_are_errors(a, b):
    for x, y in ((a, b), (b, a)):
        with pytest.raises(ShapeError):
            unify(x, y)


@pytest.mark.parametrize(
    ("spelled", "legacy", "modern"),
    [
        ((2, 0), (2, UNKNOWN), (2, 0)),
        ((2, -1), (2, UNKNOWN), (2, UNKNOWN)),
        ((), NO_RANK, ()),
        (None, NO_RANK, NO_RANK),
        (3, (3,), (3,)),
        ([np.int64(2), np.int8(3)], (2, 3), (2, 3)),
        (np.array([2, 3]), (2, 3), (2, 3)),
    ],
)
def test_users_spell_in_two_ways(spelled, legacy, modern):
    for active, wanted in ((False, legacy), (True, modern)):
        with np_shape(active):
            found = from_user(spelled)
            assert found is wanted or (len(found) == len(wanted) and all(x is y or x == y for x, y in zip(found, wanted, strict=True)))
            assert from_user(to_user(found)) is NO_RANK if found is NO_RANK else complete(from_user(to_user(found))) is complete(found)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ((2, -3), ShapeError),
        ((2**40, 2), ShapeError),
        ((1,) * 33, ShapeError),
        ((2, 2.5), ArgumentError),
        (("2",), ArgumentError),
        (object(), ArgumentError),
    ],
)
def test_what_is_no_shape_is_refused_by_name(wrong, error):
    with pytest.raises(error, match="shape of 'x'"):
        from_user(wrong, "shape of 'x'")


def test_complete_means_every_size():
    assert complete(()) and complete((0, 2)) and not complete((2, UNKNOWN)) and not complete(NO_RANK)


def test_the_switch_is_the_threads_own_and_comes_back():
    assert not is_np_shape()
    with pytest.raises(ZeroDivisionError), np_shape():
        assert is_np_shape()
        with np_shape(False):
            assert not is_np_shape()
        seen = []
        thread = threading.Thread(target=lambda: seen.append(is_np_shape()))
        thread.start()
        thread.join()
        assert seen == [False]
        raise ZeroDivisionError
    assert set_np_shape(True) is False
    assert set_np_shape(False) is True


def test_functions_and_classes_may_ask_for_it():
    @use_np_shape
    def asked():
        return is_np_shape()

    @use_np_shape
    class Asking:
        def asked(self):
            return is_np_shape()

    assert asked() and Asking().asked() and not is_np_shape()
