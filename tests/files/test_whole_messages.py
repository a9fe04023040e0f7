"""Each word of each message about a broken file, as it was when a person last read them all.

A message that changes on purpose is recorded anew by ``python -m tests.files.test_whole_messages``; read what changed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symbolic.errors import FormatError
from symbolic.files.json import Limits, from_json, load
from tests.files.test_json_faults import BYTES, CHANGES, TEXTS, whole
from tests.files.test_params import BROKEN, refusal

RECORD = Path(__file__).with_name("broken_messages.json")


def of_json(content):
    with pytest.raises(FormatError) as caught:
        from_json(content) if isinstance(content, str) else load(content)
    return str(caught.value).split("\n")


def changed(change):
    top = whole()
    change(top)
    return of_json(json.dumps(top))


def messages():
    """Spell every message that the tables of faults lead to, as lines."""
    return {
        "json text": [of_json(text) for text in TEXTS],
        "json bytes": [of_json(content) for content in BYTES],
        "json structure": [changed(change) for change, _ in CHANGES],
        "arrays": [refusal(content).split("\n") for content, _, _ in BROKEN.values()],
    }


def test_every_word():
    recorded, found = json.loads(RECORD.read_text(encoding="utf-8")), messages()
    assert found.keys() == recorded.keys()
    for kind, lines in found.items():
        for place, (one, other) in enumerate(zip(lines, recorded[kind], strict=True)):
            assert one == other, f"{kind}, case {place}"


@pytest.mark.parametrize("attributes", [{"\ud800": "a"}, {"a": "\ud800"}, {"\0": "a"}, {"a": "\0"}])
def test_texts_of_which_only_one_half_is_broken(attributes):
    top = whole()
    top["nodes"][3]["attrs"].update(attributes)
    assert "nodes[3] 'fc'" in "\n".join(of_json(json.dumps(top)))


def test_a_text_beyond_the_limit():
    assert of_json_with(Limits(file_bytes=9)) == [
        "<text>: broken symbol JSON: the text is too long",
        "  place   file",
        "  found   12 bytes",
        "  needed  at most 9",
        "  limits=Limits(file_bytes=...) allows more",
    ]


def of_json_with(limits):
    with pytest.raises(FormatError) as caught:
        from_json('{"nodes": 1}', limits=limits)
    return str(caught.value).split("\n")


if __name__ == "__main__":
    RECORD.write_text(json.dumps(messages(), indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
