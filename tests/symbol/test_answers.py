"""Symbols answer over a thousand questions as the reference does; where they do not, ``different.py`` says why."""

import json
from pathlib import Path

import pytest

import symbolic as mx
from tests.symbol.ask import answers, questions_of
from tests.symbol.different import DIFFERENT
from tests.symbol.questions import QUESTIONS

RECORDED = json.loads((Path(__file__).resolve().parents[1] / "recorded" / "symbol.json").read_text())
EXPECTED = {question for text in DIFFERENT.values() for question in questions_of(text)}


def alike(ours, theirs):
    """Whether an answer is the reference's: the same value, or an error that the same ``except`` catches."""
    if "error" in theirs and "error" in ours:
        return set(theirs["error"]) <= {*ours["error"], "NotImplementedForSymbol"}
    return ours == theirs


@pytest.mark.parametrize("topic", QUESTIONS)
def test_answers(topic):
    ours, theirs = answers(mx, QUESTIONS[topic]), RECORDED[topic]
    assert set(ours) == set(theirs), "ask the reference again: python -m tests.symbol.record"
    different = {question: (ours[question], theirs[question]) for question in theirs if not alike(ours[question], theirs[question])}
    assert {question: pair for question, pair in different.items() if question not in EXPECTED} == {}
    assert (EXPECTED & set(theirs)) - set(different) == set(), "these do not differ any more"


def test_every_difference_is_asked_about():
    asked = {question for text in QUESTIONS.values() for question in questions_of(text)}
    assert EXPECTED <= asked
