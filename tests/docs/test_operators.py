"""``docs/operators.md`` says what the declarations say, and no operator is further from MXNet than it says."""

from __future__ import annotations

import re

import pytest

from symbolic import registry
from tests.docs import operators

TEXT = operators.PAGE.read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| **")]


def test_page_is_current():
    assert operators.page() == TEXT, "run python -m tests.docs.operators (and python -m tests.docs.measure after a change of cases)"


def test_every_name_is_on_the_page():
    spelled = set(re.findall(r"`(\w+)`", TEXT))
    assert set(registry.names()) <= spelled, set(registry.names()) - spelled


def test_page_can_be_read():
    assert len(TEXT.encode()) < 250_000
    assert not [row for row in ROWS if len(re.findall(r"(?<!\\)\|", row)) != 8], "a bar within a cell"
    assert not [row for row in ROWS if row.count("`") % 2], "code that does not end"
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (operators.PAGE.parent / link).is_file(), link
    headings = {f"#{heading.lower().replace('/', '')}" for heading in re.findall(r"^## (.*)$", TEXT, re.M)}
    assert set(re.findall(r"\]\((#[^)]+)\)", TEXT)) == headings


def test_docstrings_begin_with_one_sentence():
    """It says what is computed, on one line that a cell and a tool tip can show."""
    for op in {registry.find(name).canonical for name in registry.names()}:
        first = op._doc.partition("\n")[0]
        assert re.fullmatch(r"[A-Z`0-9-].*\.", first) and len(first) <= 125 and first.count("``") % 2 == 0, f"{op.name}: {first}"


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(operators.read()))
def test_operator_is_as_near_as_the_page_says(name):
    from tests.docs.measure import LEAST, by_operator, derivatives, differences, of_float32

    cases, said = by_operator()[name], operators.read()[name]
    again = f"python -m tests.docs.measure {name} && python -m tests.docs.operators"
    for what, found in zip(("outputs", "gradients"), differences(cases), strict=True):
        assert (found is None) is (said[what] is None), f"{what}: run {again}"
        assert found is None or found <= max(said[what], 2 * LEAST), f"{what}: {found}, not {said[what]}; if that is meant, run {again}"
    assert derivatives(registry.find(name), of_float32(cases)) == said["derivatives"], again
