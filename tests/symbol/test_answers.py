"""Symbols answer over a thousand questions as the reference does; where they do not, ``different.py`` says why."""

import json
from pathlib import Path

import pytest

import symbolic as mx
from tests.symbol.ask import answers, questions_of, topics
from tests.symbol.different import DIFFERENT

RECORDED = Path(__file__).resolve().parents[1] / "recorded" / "symbol"
EXPECTED = {line.strip() for text in DIFFERENT.values() for line in text.splitlines() if line.strip()}


def alike(ours, theirs):
    """Whether an answer is the reference's: the same value, or an error that the same ``except`` catches."""
    if "error" in theirs and "error" in ours:
        return set(theirs["error"]) <= {*ours["error"], "NotImplementedForSymbol"}
    return ours == theirs


@pytest.mark.parametrize("topic", topics())
def test_answers(topic):
    ours, theirs = answers(mx, topic), json.loads((RECORDED / f"{topic}.json").read_text())
    assert set(ours) == set(theirs), "ask the reference again: python -m tests.symbol.record"
    different = {question: (ours[question], theirs[question]) for question in theirs if not alike(ours[question], theirs[question])}
    assert {question: pair for question, pair in different.items() if question not in EXPECTED} == {}
    assert (EXPECTED & set(theirs)) - set(different) == set(), "these do not differ any more"


def test_every_difference_is_asked_about():
    assert {question for topic in topics() for question in questions_of(topic)} >= EXPECTED
