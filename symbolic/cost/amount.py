"""Amounts as people write them: ``"2 GB"`` to bytes, and 8215324136 to ``"8.22 G"``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from symbolic.errors import ArgumentError, describe

__all__ = ["amount", "read_bytes"]

LARGE = ("", "k", "M", "G", "T", "P", "E")
SMALL = ("", "m", "µ", "n")
_BYTES = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:([kmgtpe])(i?))?b?(?:ytes?)?\s*", re.IGNORECASE)


def amount(value: float | None, unit: str = "") -> str:
    """Spell a number with three digits and a prefix of 1000: ``"12.8 kB"``, ``"340 ms"``; ``"?"`` for ``None``."""
    if value is None:
        return "?"
    if value == 0 or (not unit and abs(value) < 1000):
        return f"{value:.3g} {unit}".rstrip()
    step, size = 0, float(value)
    while abs(size) >= 999.5 and step < len(LARGE) - 1:
        step, size = step + 1, size / 1000
    while abs(size) < 0.9995 and unit == "s" and step > 1 - len(SMALL):
        step, size = step - 1, size * 1000
    prefix = LARGE[step] if step >= 0 else SMALL[-step]
    digits = f"{size:.3g}" if abs(size) < 999.5 else f"{size:.0f}"
    return f"{digits} {prefix}{unit}".rstrip()


def read_bytes(value: Any, what: str = "bytes") -> int:
    """Read a number of bytes: an int, or text such as ``"2 GB"`` (2 * 1000**3) or ``"2 GiB"`` (2 * 1024**3).

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, float) and value >= 0 and value < float("inf"):
        return int(value)
    found = _BYTES.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        facts = {"argument": what, "got": repr(value), "expected": "int, or text such as '2 GB' or '512 MiB'"}
        raise ArgumentError(describe(f"{what} must be a number of bytes", facts=facts))
    number, prefix, binary = found.groups()
    power = 0 if prefix is None else [p.lower() for p in LARGE].index(prefix.lower())
    return int(Fraction(number) * (1024 if binary else 1000) ** power)
