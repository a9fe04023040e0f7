"""Damage to files, by a seed: what broken disks, cut transfers and people with bad intentions do to them."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

WORDS = [0, 1, 255, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62, 2**63, 2**64 - 1]
DIGITS = [b"-1", b"99999999999", b"18446744073709551616", b"1e9", b"1e999", b"", b"0x7", b"NaN", b"\xb2", b"9" * 5000]
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 2**31, 2**70, 1e300, 0.5, "", "x", "null", "\ud800", "\0", "a" * 3000, "(" * 500),
    *("(99999999,99999999)", "1e400", "nan", "None", "__import__('os')", [], {}, [[]], [0, 0], [[0, 0, 0]], {"nodes": []}),
]


def damaged(content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """Change bytes of a file, one to five times."""
    found = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        if found:
            _KINDS[chance.randrange(len(_KINDS))](found, chance, others)
    return bytes(found)


def _cut(found: bytearray, chance: random.Random, others: list[bytes]) -> None:
    del found[chance.randrange(len(found)) :]


def _flip(found: bytearray, chance: random.Random, others: list[bytes]) -> None:
    found[_place(found, chance)] ^= 1 << chance.randrange(8)


def _word(found: bytearray, chance: random.Random, others: list[bytes]) -> None:
    at, width = _place(found, chance), chance.choice([1, 2, 4, 8])
    found[at : at + width] = chance.choice(WORDS).to_bytes(8, chance.choice(["little", "big"]))[:width]


def _insert(found: bytearray, chance: random.Random, others: list[bytes]) -> None:
    at = _place(found, chance)
    found[at:at] = chance.randbytes(chance.choice([1, 4, 8, 100]))


def _delete(found: bytearray, chance: random.Random, others: list[bytes]) -> None:
    at = _place(found, chance)
    del found[at : at + chance.choice([1, 4, 8, 100])]


def _repeat(found: bytearray, chance: random.Random, others: list[bytes]) -> None:
    at = _place(found, chance)
    found[at:at] = found[at : at + chance.randrange(1, 200)] * chance.choice([1, 2, 50])


def _splice(found: bytearray, chance: random.Random, others: list[bytes]) -> None:
    other = chance.choice(others)
    at, length = chance.randrange(len(other) + 1), chance.randrange(1, 400)
    place = _place(found, chance)
    found[place : place + chance.choice([0, length])] = other[at : at + length]


def _digits(found: bytearray, chance: random.Random, others: list[bytes]) -> None:
    places = [at for at, byte in enumerate(found[:5000]) if 48 <= byte <= 57]
    if places:
        at = chance.choice(places)
        found[at : at + 1] = chance.choice(DIGITS)


def _place(found: bytearray, chance: random.Random) -> int:
    """Choose a place; half of the time near the beginning, where headers are."""
    return chance.randrange(min(len(found), chance.choice([160, len(found)])))


_KINDS = [_cut, _flip, _flip, _word, _word, _insert, _delete, _repeat, _splice, _digits]


def misplaced(content: bytes, chance: random.Random) -> bytes:
    """Put values into JSON where they do not belong: of other kinds, or from another place of the same text."""
    top = json.loads(content, strict=False)  # MXNet writes control characters as they are
    for _ in range(chance.choice([1, 1, 2, 4])):
        places = []
        waiting = [top]
        while waiting:
            holder = waiting.pop()
            for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
                places.append((holder, key))
                if isinstance(value, (dict, list)):
                    waiting.append(value)
        if not places:
            break
        (holder, key), (other, there) = chance.choice(places), chance.choice(places)
        new = chance.choice([other[there], *VALUES[:3], chance.choice(VALUES)])
        holder[key] = copy.deepcopy(new)
        if isinstance(holder, dict) and chance.random() < 0.1:
            holder[chance.choice(["", "inputs", "subgraphs", "attr", "param", "__shape__", "x" * 200])] = copy.deepcopy(new)
    return json.dumps(top).encode()
