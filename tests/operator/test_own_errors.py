"""Exceptions of users' code, and of NumPy, are MXNetErrors and what they were."""

from __future__ import annotations

import pytest

from symbolic.errors import MXNetError, ShapeError, as_ours


class Special(ValueError):
    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")
        self.first = first


class Made(Exception):
    def __new__(cls, *, first):
        return super().__new__(cls)

    def __init__(self, *, first):
        super().__init__()
        self.first = first


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a", 1),
        KeyError("k"),
        OSError(2, "nothing there", "file"),
        UnicodeDecodeError("utf-8", b"a", 0, 1, "why"),
        AssertionError(),
        Special("this", "that"),
    ],
)
def test_of_both_classes(error):
    try:
        raise error from TypeError("below")
    except type(error) as caught:
        caught.add_note("where")
        made = as_ours(caught)
    assert isinstance(made, MXNetError)
    assert isinstance(made, type(error))
    assert (str(made), made.args, made.__notes__) == (str(error), error.args, ["where"])
    assert type(made).__name__ == type(error).__name__
    assert isinstance(made.__cause__, TypeError)
    assert made.__traceback__ is error.__traceback__
    assert vars(error) == vars(made)


def test_of_one_class():
    own = ShapeError("ours")
    assert as_ours(own) is own
