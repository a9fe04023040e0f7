"""JSON text to Python values, strictly: UTF-8, nothing twice in an object, nothing too deep, nothing after the end."""

from __future__ import annotations

import json
import reprlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbolic.errors import LONGEST, FormatError, MXNetError, describe, printable
from symbolic.files.foreign import HEAD, recognise

__all__ = ["Limits", "broken", "parsed", "refused", "shown"]

_OUTER_LEVELS = 8  # of brackets around and within a node: nodes, node, inputs, entry; attrs, version
_LEVELS_OF_A_SUBGRAPH = 4  # its list, itself, its nodes, a node
_LONGEST_INTEGER = 20  # digits; more takes long to read and fits nowhere
_LONGEST_FLOAT = 400  # digits; with so many it is infinite
_DIGITS = bytes(ord("0") if byte in b"0123456789" else 0 for byte in range(256))
_LONG_NUMBER = b"0" * (_LONGEST_INTEGER + 1)
_BRACKETS = b'"[]{}'
_OTHER_BYTES = bytes(set(range(256)) - set(_BRACKETS))
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1
_BRIEF = reprlib.Repr()
_BRIEF.maxlevel, _BRIEF.maxdict, _BRIEF.maxlist, _BRIEF.maxstring = 3, 8, 8, 120


@dataclass(frozen=True)
class Limits:
    """What a reader takes from a file at most; any of it can be raised.

    Attributes
    ----------
    file_bytes : int
        Length of the text in UTF-8.
    nodes : int
        Nodes in all, those of subgraphs too.
    name_bytes : int
        Length of a name in UTF-8, of a node or an operator.
    attribute_bytes : int
        Length of all attributes together.
    outputs : int
        Outputs of nodes, those that are spelled alike counted once: a short file can claim many.
    subgraphs : int
        How deep graphs stand in graphs.
    """

    file_bytes: int = 1 << 28
    nodes: int = 2_000_000
    name_bytes: int = 1 << 16
    attribute_bytes: int = 1 << 25
    outputs: int = 1 << 20
    subgraphs: int = 32

    @property
    def depth(self) -> int:
        """How deep brackets may nest."""
        return _OUTER_LEVELS + _LEVELS_OF_A_SUBGRAPH * self.subgraphs


def broken(name: str, place: str, what: str, facts: Iterable[tuple[str, Any]] = (), hint: str | None = None) -> FormatError:
    """Make the error about something in a file."""
    return FormatError(describe(f"{name}: broken symbol JSON: {what}", facts=[("place", place), *facts], hint=hint))


def refused(name: str, place: str, error: MXNetError) -> FormatError:
    """Make the error about something in a file that another part of the library found."""
    head, tail = f"{name}: broken symbol JSON: ", f"\n  place     {printable(place, 300)}"
    return FormatError(head + str(error)[: LONGEST - len(head) - len(tail)] + tail)


def shown(value: Any) -> str:
    """Spell a value of a file, briefly: this may be all of it."""
    return _BRIEF.repr(value)


def parsed(content: str | bytes, name: str, limits: Limits) -> dict[str, Any]:
    """Read the text of a JSON object.

    Control characters may stand in strings: MXNet writes them so.

    Raises
    ------
    FormatError
        Telling line and column, and the text there; or which program's file this is.
    """
    text, raw = _both_forms(content, name)
    if len(raw) > limits.file_bytes:
        needed = f"at most {limits.file_bytes}"
        raise broken(name, "file", "the text is too long", [("found", f"{len(raw)} bytes"), ("needed", needed)], _more("file_bytes"))
    depth = _depth(raw)
    if depth > limits.depth:
        facts = [("found", f"{depth} levels of brackets"), ("needed", f"at most {limits.depth}")]
        raise broken(name, "nesting", "nested too deep", facts, _more("subgraphs"))
    value = _value(text, name, _number if _LONG_NUMBER in raw.translate(_DIGITS) else None)
    if not isinstance(value, dict):
        facts = [("found", shown(value)), ("needed", "an object with nodes, arg_nodes and heads")]
        raise broken(name, "top", "this JSON is no graph", facts)
    return value


def _more(limit: str) -> str:
    return f"limits=Limits({limit}=...) allows more"


def _both_forms(content: str | bytes, name: str) -> tuple[str, bytes]:
    if isinstance(content, str):
        try:
            return content, content.encode()
        except UnicodeEncodeError as error:
            facts = [("found", repr(content[error.start])), ("needed", "text that UTF-8 can spell: no lone surrogates")]
            raise broken(name, f"character {error.start}", "the text is no UTF-8", facts) from None
    if content.startswith(b"\xef\xbb\xbf"):
        facts = [("found", "ef bb bf"), ("needed", "{")]
        raise broken(name, "byte offset 0", "the text begins with a byte order mark", facts, "save it as UTF-8 without one")
    try:
        return content.decode(), content
    except UnicodeDecodeError as error:
        what = recognise(content[:HEAD])
        found = content[error.start : error.start + 8].hex(" ")
        facts = [("found", f"{found}{f'; this is {what}' if what else ''}"), ("needed", f"UTF-8 ({error.reason})")]
        raise broken(name, f"byte offset {error.start} of {len(content)}", "the text is not UTF-8", facts) from None


def _depth(content: bytes) -> int:
    """Count how deep brackets nest; at least right up to where the text stops being JSON.

    Python's parser recurses, and crashes if its recursion limit was raised and the text is deep enough.
    """
    if b"\\" in content:  # then a quote may be part of a string: take escaped ones away, backslashes first
        content = content.replace(b"\\\\", b"").replace(b'\\"', b"")
    content = content.translate(None, _OTHER_BYTES).replace(b'""', b"")  # what is left is in a string, or is not, as it was before
    marks = np.frombuffer(content, np.uint8)
    steps = _STEPS[marks]
    steps[np.logical_xor.accumulate(marks == ord('"'))] = 0  # brackets in strings
    return int(steps.cumsum(dtype=np.int32).max(initial=0))


def _value(text: str, name: str, parse_int: Callable[[str], Any] | None) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=parse_int, strict=False)
    except json.JSONDecodeError as error:
        raise _no_json(text, name, error) from None
    except _Odd as odd:
        place, what, facts = odd.args
        raise broken(name, place, what, facts) from None
    except RecursionError:
        facts = [("found", "more levels than Python's stack has left"), ("needed", "a higher sys.setrecursionlimit()")]
        raise broken(name, "nesting", "nested too deep", facts) from None


def _no_json(text: str, name: str, error: json.JSONDecodeError) -> FormatError:
    what = recognise(text[:HEAD].encode())
    if not text.strip():
        facts = [("found", "empty text"), ("needed", "a JSON object")]
        return broken(name, "line 1 column 1", "there is nothing in it", facts)
    if text.lstrip()[0] not in "{[" and what is not None:
        facts = [("found", shown(text[:20])), ("needed", "a JSON object")]
        return broken(name, "line 1 column 1", f"no JSON; this is {what}", facts)
    around = text[max(error.pos - 40, 0) : error.pos + 20]
    place = f"line {error.lineno} column {error.colno}, character {error.pos} of {len(text)}"
    found = shown(text[error.pos]) if error.pos < len(text) else "the end"
    return broken(name, place, f"no JSON: {error.msg[0].lower()}{error.msg[1:]}", [("found", f"{found}, in {shown(around)}")])


class _Odd(Exception):
    """A value that JSON admits and this reader does not: place, what is wrong, facts."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = max(counts, key=counts.__getitem__)
        within = f" of {shown(made['name'])}" if "name" in made and twice != "name" else ""
        facts = [("found", shown([value for key, value in pairs if key == twice])), ("needed", "one value")]
        raise _Odd(f"key {shown(twice)}{within}", "duplicate key in an object", facts)
    return made


def _number(digits: str) -> int | float:
    """Read an integer; one too long for that becomes a float, which stands nowhere in a graph: that error tells the place."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits[:_LONGEST_FLOAT])
