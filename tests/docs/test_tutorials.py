"""Each example has its page, and the page its code; that it prints what is shown there, ``tests/test_examples.py`` asks."""

from __future__ import annotations

import pytest

from tests.docs import tutorials


@pytest.mark.parametrize("example", tutorials.EXAMPLES, ids=lambda path: path.stem)
def test_page_is_current(example):
    path = tutorials.FOLDER / f"{example.stem}.md"
    assert path.exists() and path.read_text(encoding="utf-8") == tutorials.page(example, *tutorials.shown(example)), (
        f"run python -m tests.docs.tutorials {example.stem}"
    )
    assert all((tutorials.FOLDER / picture).stat().st_size < 400_000 for picture in tutorials.shown(example)[1])


def test_list_is_current():
    assert (tutorials.FOLDER / "index.md").read_text(encoding="utf-8") == tutorials.contents(), "run python -m tests.docs.tutorials"


def test_nothing_is_left_over():
    used = {picture for example in tutorials.EXAMPLES for picture in tutorials.shown(example)[1]}
    pages = {"index.md", *(f"{example.stem}.md" for example in tutorials.EXAMPLES)}
    assert {path.name for path in tutorials.FOLDER.iterdir()} == used | pages
