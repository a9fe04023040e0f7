"""Parameter values from text and from Python, and back to text."""

import decimal
import fractions
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symbolic as mx
from symbolic.operator.fields import DType, param
from symbolic.operator.text import Unreadable, choices_of, read_shape, reader, spell, type_name
from symbolic.values.shape import UNKNOWN


def of(kind, **words):
    field = param("Text.", **words)
    field.type = kind
    return field


def read(kind, value, **words):
    return reader(of(kind, **words))(value)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (int, 3, 3),
        (int, "3", 3),
        (int, " -3 ", -3),
        (int, "+3", 3),
        (int, "3L", 3),
        (int, np.int64(3), 3),
        (float, 3, 3.0),
        (float, "1e-5", 1e-5),
        (float, "0.5f", 0.5),
        (float, "inf", float("inf")),
        (float, "-inf", -float("inf")),
        (float, np.float32(0.1), 0.1),
        (float, np.array(2.5), 2.5),
        (float, fractions.Fraction(1, 4), 0.25),
        (float, decimal.Decimal("0.25"), 0.25),
        (bool, "true", True),
        (bool, "TRUE", True),
        (bool, "0", False),
        (bool, 1, True),
        (bool, np.True_, True),
        (str, "max", "max"),
        (str, mx.cpu(1), "cpu(1)"),
        (tuple[int, ...], "(1, 2)", (1, 2)),
        (tuple[int, ...], "[1,2]", (1, 2)),
        (tuple[int, ...], "(1L, 2L)", (1, 2)),
        (tuple[int, ...], "1", (1,)),
        (tuple[int, ...], "()", ()),
        (tuple[int, ...], "(1,)", (1,)),
        (tuple[int, ...], 1, (1,)),
        (tuple[int, ...], [1, np.int32(2)], (1, 2)),
        (tuple[int, ...], np.array([1, 2]), (1, 2)),
        (tuple[float, ...], "(0.5, 1)", (0.5, 1.0)),
        (tuple[int | None, ...], "(None, 1)", (None, 1)),
        (tuple[int | None, ...], (None, 1), (None, 1)),
        (int | None, "None", None),
        (int | None, None, None),
        (int | None, "2", 2),
        (Literal["max", "avg"], "avg", "avg"),
        (Literal["max", "avg"] | None, "None", None),
        (DType, "float16", np.dtype("float16")),
        (DType, np.float64, np.dtype("float64")),
        (DType, float, np.dtype("float64")),
        (DType, "double", np.dtype("float64")),
        (int, "-9223372036854775808", -(2**63)),
        (int, 2**63 - 1, 2**63 - 1),
        (int, " 7L ", 7),
        (float, "-inff", -float("inf")),
        (float, " 2 ", 2.0),
        (float, np.int8(3), 3.0),
        (float, np.float16(0.1), 0.1),
        (tuple[int, ...], (UNKNOWN, 2), (UNKNOWN, 2)),
        (tuple[int, ...], "( 1 , 2 ,)", (1, 2)),
        (tuple[int | None, ...], "[None]", (None,)),
        (tuple[float, ...], 0.5, (0.5,)),
    ],
)
def test_reading(kind, value, expected):
    found = read(kind, value)
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value", "admitted"),
    [
        (int, 3.0, "an integer (int)"),
        (int, "3.0", "an integer (int)"),
        (int, True, "an integer (int)"),
        (int, np.True_, "an integer (int)"),
        (int, None, "an integer (int)"),
        (int, "", "an integer (int)"),
        (int, "1_000", "an integer (int)"),
        (int, "0x10", "an integer (int)"),
        (int, "٣", "an integer (int)"),
        (int, 2**63, "an integer (int) of 64 bits"),
        (int, "9" * 30, "an integer (int)"),
        (float, True, "a number (float)"),
        (float, "1_0", "a number (float)"),
        (float, "a", "a number (float)"),
        (float, "9" * 100, "a number (float)"),
        (float, 1j, "a number (float)"),
        (float, 10**400, "a number (float)"),
        (float, None, "a number (float)"),
        (bool, "yes", "True or False (bool)"),
        (bool, 2, "True or False (bool)"),
        (bool, 1.0, "True or False (bool)"),
        (str, 3, "a string"),
        (tuple[int, ...], "(1", "a tuple of integers"),
        (tuple[int, ...], "1)", "a tuple of integers"),
        (tuple[int, ...], "(1,,2)", "a tuple of integers"),
        (tuple[int, ...], "(1)2)", "a tuple of integers"),
        (tuple[int, ...], "((1, 2), 3)", "a tuple of integers"),
        (tuple[int, ...], "(None, 2)", "a tuple of integers"),
        (tuple[int, ...], (None, 2), "a tuple of integers"),
        (tuple[int, ...], np.ones((2, 2), int), "a tuple of integers"),
        (tuple[float, ...], "(a,)", "a tuple of numbers"),
        (tuple[int | None, ...], "(a,)", "a tuple of integers or None"),
        (int, -(2**63) - 1, "an integer (int) of 64 bits"),
        (int, "9223372036854775808", "an integer (int) of 64 bits"),
        (int, "1LL", "an integer (int)"),
        (int, "--1", "an integer (int)"),
        (float, np.ones(1), "a number (float)"),
        (tuple[int, ...], "", "a tuple of integers"),
        (tuple[int, ...], (1, 2.5), "a tuple of integers"),
        (tuple[int, ...], ((1, 2),), "a tuple of integers"),
        (tuple[int, ...], None, "a tuple of integers"),
        (Literal["max", "avg"], "median", "one of 'max', 'avg'"),
        (Literal["max", "avg"], None, "one of 'max', 'avg'"),
        (DType, "float33", "a type; "),
        (int | None, "a", "an integer (int) or None"),
        (int | None, np.array([1, 2]), "an integer (int) or None"),
        (DType, np.array([1, 2]), "a type; "),
    ],
)
def test_what_cannot_be_read(kind, value, admitted):
    with pytest.raises(Unreadable) as caught:
        read(kind, value)
    assert str(caught.value).startswith(admitted)


def test_bounds_and_conditions():
    assert read(int, 1, ge=1) == 1
    for words, value, admitted in [({"ge": 1}, 0, ">= 1"), ({"gt": 0}, 0, "> 0"), ({"le": 2}, 3, "<= 2"), ({"lt": 2}, 2, "< 2")]:
        with pytest.raises(Unreadable, match=admitted):
            read(int, value, **words)
    with pytest.raises(Unreadable, match=">= 1"):
        read(tuple[int, ...], (3, 0), ge=1)
    with pytest.raises(Unreadable, match="an even number"):
        read(int, 3, check=lambda v: v % 2 == 0, needs="an even number")
    with pytest.raises(Unreadable, match="one of float32, float64"):
        read(DType, "int8", choices=("float32", "float64"))


def test_none_leaves_a_shape_or_a_type_at_its_default():
    assert read(tuple[int, ...], None, default=(1, 1)) == (1, 1)
    assert read(tuple[int, ...], "None", default=()) == ()
    assert read(DType, None, default=np.dtype("float32")) == np.float32
    assert read(tuple[int, ...], np.array([2, 3]), default=()) == (2, 3)
    assert read(tuple[int, ...] | None, np.array([2, 3])) == (2, 3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3.0"),
        (True, "True"),
        (None, "None"),
        ("max", "max"),
        ((3,), "(3,)"),
        ((3, 4), "(3, 4)"),
        ([3, 4], "[3, 4]"),
        ((None, 1), "(None, 1)"),
        ((np.int64(3), 4), "(3, 4)"),
        (np.float32(0.3), "0.3"),
        (np.float64(0.1), "0.1"),
        (np.int8(3), "3"),
        (np.dtype("float16"), "float16"),
        (np.float16, "float16"),
        (float, "float64"),
        (np.array(2.5), "2.5"),
        (np.array([1, 2]), "(1, 2)"),
        (1e-20, "1e-20"),
        (float("inf"), "inf"),
        (-0.0, "-0.0"),
        (fractions.Fraction(1, 2), "0.5"),
        (decimal.Decimal("0.25"), "0.25"),
        ((UNKNOWN, 2), "(0, 2)"),
        (np.array([[1, 2]]), "([1, 2],)"),
        (np.True_, "True"),
        ((), "()"),
        ([], "[]"),
        ([1], "[1]"),
    ],
)
def test_spelling(value, text):
    assert spell(value) == text


@given(st.one_of(st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False)))
def test_numbers_survive(value):
    assert read(type(value), spell(value)) == value


@given(st.lists(st.integers(-(2**40), 2**40)).map(tuple))
def test_shapes_survive(value):
    assert read(tuple[int, ...], spell(value)) == value
    assert read_shape(spell(value)) == value


@given(st.lists(st.floats(allow_nan=False), min_size=1).map(tuple))
def test_tuples_of_numbers_survive(value):
    assert read(tuple[float, ...], spell(value)) == value


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(text):
    for kind in (int, float, bool, tuple[int, ...], tuple[float, ...], tuple[int | None, ...], int | None, DType):
        try:
            read(kind, text)
        except Unreadable:
            continue


def test_kinds_have_names():
    assert type_name(of(int)) == "int"
    assert type_name(of(float | None)) == "float or None"
    assert type_name(of(tuple[int, ...])) == "tuple of int"
    assert type_name(of(Literal["max", "avg"])) == "{'max', 'avg'}"
    assert type_name(of(DType, choices=("float32",))) == "{'float32'}"


def test_kinds_that_no_reader_is_for():
    for kind, text in (
        (int | float, "a parameter has one kind, or None: int | float"),
        (dict, "no reader for parameters of kind <class 'dict'>"),
    ):
        with pytest.raises(TypeError) as caught:
            reader(of(kind))
        assert str(caught.value) == text


def test_bounds_are_for_what_is_known():
    assert read(tuple[int, ...], (UNKNOWN, 3), ge=1) == (UNKNOWN, 3)
    assert read(int | None, None, ge=1) is None
    assert read(float, 0, ge=0, le=0) == 0.0
    with pytest.raises(Unreadable, match=r"^another value$"):
        read(int, 3, check=lambda value: False)
    assert read(DType | None, "float32", choices=("float32",)) == np.float32


def test_words_that_a_parameter_may_be():
    assert choices_of(of(Literal["max", "avg"])) == choices_of(of(Literal["max", "avg"] | None)) == ["max", "avg"]
    assert choices_of(of(DType, choices=("float32", None))) == ["float32"]
    assert choices_of(of(int)) == []
    assert type_name(of(Literal["a"] | None)) == "{'a'} or None"
    assert type_name(of(tuple[float, ...])) == "tuple of float"
    assert type_name(of(tuple[int | None, ...])) == "tuple of int or None"
    assert type_name(of(DType)) == "dtype"
