"""Every example runs, holds what it asserts itself, and prints what its page in ``docs/tutorials`` shows, but for numbers."""

from __future__ import annotations

import re

import pytest

from tests.docs.blocks import alike
from tests.docs.tutorials import EXAMPLES, printed, shown


def neutral(text):
    """Take out what another machine changes besides numbers: units of time, signs, widths, the order of rows sorted by time."""
    for pattern, instead in ((r"\b(ns|µs|ms|s)\b", "s"), (r"[-+](?=\d)", ""), (r"[-=]{2,}", "-")):
        text = re.sub(pattern, instead, text)
    return "\n".join(sorted(text.splitlines()))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path, tmp_path):
    text = path.read_text()
    if "sklearn" in text:
        pytest.importorskip("sklearn")
    assert len(text.splitlines()) < 60 and text.startswith('"""')
    output = printed(path, tmp_path)
    page, pictures = shown(path)
    again = f"{output}\nrun python -m tests.docs.tutorials {path.stem}"
    assert re.search(r"\d", output) and alike(neutral(output), neutral(page), numbers=False), again
    assert all((tmp_path / "out" / picture).exists() for picture in pictures), again


def test_they_are_numbered():
    assert [path.name[:2] for path in EXAMPLES] == [f"{number:02}" for number in range(1, len(EXAMPLES) + 1)]
