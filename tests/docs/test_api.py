"""``docs/api`` names things that exist, that say what they do, and has no page of things that do not."""

from __future__ import annotations

import importlib
from functools import reduce

import pytest

from tests.docs import api


def test_pages_are_current():
    written = {path.stem: path.read_text(encoding="utf-8") for path in api.FOLDER.iterdir()}
    assert written == {"index": api.contents(), **{stem: api.page(stem) for stem in api.PAGES}}, "run python -m tests.docs.api"


@pytest.mark.parametrize("name", [name for _, _, names in api.PAGES.values() for name in names])
def test_name_leads_to_a_docstring(name):
    thing, path = api.found(name)
    module = ".".join(path.split(".")[: -len(thing.__qualname__.split("."))])
    assert reduce(getattr, thing.__qualname__.split("."), importlib.import_module(module)) is thing
    first = (thing.__doc__ or "").strip().partition("\n")[0]
    assert first and first[0].isupper() and not first.startswith(f"{thing.__name__}("), f"{path}: {first!r}"
