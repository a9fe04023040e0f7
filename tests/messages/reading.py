"""Reading a message: who, where, what, the facts by their names, the way out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HEAD = re.compile(
    r"(?:(?P<node>[^\s:][^:]*?) \((?P<op>[\w./\\-]+)(?:, made at (?P<line>[^)]*))?\): |(?P<alone>[\w.<>/]+): )?(?P<what>.*)", re.DOTALL
)
SYNONYMS = {"found": "got", "path": "got", "json_str": "got", "needed": "expected"}  # as messages about files say
FACT = re.compile(r"  (?P<key>\S+(?: \S+)*) {2,}(?P<value>.*)")


@dataclass
class Message:
    """The parts of a message, as `symbolic.errors.describe` lays them out."""

    node: str = ""
    op: str = ""
    line: str = ""
    what: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    way: str = ""

    @property
    def chains(self) -> str:
        """Where sizes and types come from."""
        return "\n".join(f"{key} {value}" for key, value in self.facts.items() if key.endswith(" is from"))


def read(text: str) -> Message:
    """Take a message apart."""
    first, *rest = text.split("\n")
    head = HEAD.fullmatch(first)
    assert head is not None
    found = Message(head["node"] or "", head["op"] or head["alone"] or "", head["line"] or "", head["what"])
    for line in rest:
        fact = FACT.fullmatch(line)
        if fact is not None:
            found.facts[SYNONYMS.get(fact["key"], fact["key"])] = fact["value"]
        else:
            found.way += line.strip() + "\n"
    return found
