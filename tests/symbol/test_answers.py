"""Symbols answer as the reference does; where they do not, the reason stands here."""

import json
from pathlib import Path

import pytest

import symbolic as mx
from tests.symbol.ask import answers
from tests.symbol.questions import QUESTIONS

RECORDED = json.loads((Path(__file__).resolve().parents[1] / "recorded" / "symbol.json").read_text())
DIFFERENT = {}


@pytest.fixture(scope="module", params=list(QUESTIONS))
def topic(request):
    return request.param


def alike(ours, theirs):
    """Whether an answer is the reference's: the same value, or an error that the same ``except`` catches."""
    if "error" in theirs and "error" in ours:
        return set(theirs["error"]) <= {*ours["error"], "NotImplementedForSymbol"}
    return ours == theirs


def test_answers(topic):
    ours = answers(mx, QUESTIONS[topic])
    theirs = RECORDED[topic]
    assert list(ours) == list(theirs) or set(ours) == set(theirs), "ask the reference again: python -m tests.symbol.record"
    expected = {line for lines in DIFFERENT.values() for line in lines}
    different = {line: (theirs[line], ours[line]) for line in theirs if not alike(ours[line], theirs[line])}
    assert {line: pair for line, pair in different.items() if line not in expected} == {}
    assert {line for line in expected if line in theirs} <= set(different), "these do not differ any more"
