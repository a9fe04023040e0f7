"""Every wrong call says who, where, what was found, what is needed, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import symbolic as mx
from tests.messages.reading import read
from tests.messages.row import Row
from tests.messages.rows import binding, composing, files, inferring, modules, on_arrays, running

NETS = Path(__file__).with_name("nets.py")
MARKS = {
    mark: f"{NETS}:{number}" for number, text in enumerate(NETS.read_text().splitlines(), 1) for mark in re.findall(r"# made: (\w+)$", text)
}
GROUPS = {
    "compose": composing.COMPOSE,
    "infer": inferring.INFER,
    "bind": binding.BIND,
    "run": running.RUN,
    "gradient": running.GRADIENT,
    "load": files.LOAD,
    "save": files.SAVE,
    "nd": on_arrays.ND,
    "module": modules.MODULE,
}
NUMBERED = [pytest.param(row, id=f"{group}-{place}") for group, rows in GROUPS.items() for place, row in enumerate(rows)]


def message_of(row: Row) -> str:
    with mx.name.NameManager(), pytest.raises(row.error) as caught:
        row.call()
    assert isinstance(caught.value, mx.MXNetError)
    return str(caught.value)


@pytest.mark.parametrize("row", NUMBERED)
def test_a_wrong_call_is_told_in_all_its_parts(row):
    text = message_of(row)
    found = read(text)
    for part in ("op", "node"):
        assert getattr(found, part) == getattr(row, part) or not getattr(row, part), f"{part}:\n{text}"
    for part in ("argument", "got", "expected"):
        assert getattr(row, part) in found.facts.get(part, ""), f"{part}:\n{text}"
    assert row.way in found.way, text
    if row.made:
        assert found.line == MARKS[row.made], text
    place = -1
    for chain in row.chain:
        place = found.chains.find(chain, place + 1)
        assert place >= 0, f"{chain}:\n{text}"
    assert not row.like or re.search(f"did you mean .*'{re.escape(row.like)}'", found.what), text


@pytest.mark.parametrize("row", NUMBERED)
def test_a_message_is_short_and_printable(row):
    text = message_of(row)
    assert len(text) <= 2000
    assert text.replace("\n", "").isprintable()
    assert "Traceback" not in text and " object at 0x" not in text


def test_there_are_rows_of_every_kind():
    assert sum(map(len, GROUPS.values())) >= 170
    assert all(len(rows) >= 7 for rows in GROUPS.values())
