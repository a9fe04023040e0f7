"""Keywords of optimizers: which there are, over all the classes that hand them on."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from symbolic.errors import UnknownArgument, closest, describe
from symbolic.operator.match import shown

__all__ = ["check_keywords", "keywords_of"]


def keywords_of(klass: type) -> list[str] | None:
    """List the keywords that a class takes; ``None`` if it takes any.

    A class that takes ``**kwargs`` hands them on to the next one of its bases that has an ``__init__``.
    """
    found: list[str] = []
    for base in klass.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        parameters = inspect.signature(vars(base)["__init__"]).parameters.values()
        found += [each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY) and each.name != "self"]
        if not any(each.kind is each.VAR_KEYWORD for each in parameters):
            return list(dict.fromkeys(found))
    return None


def check_keywords(klass: type, given: Mapping[str, Any]) -> None:
    """Refuse keywords that a class does not know.

    Raises
    ------
    UnknownArgument
        If there is one; the message offers the closest.
    """
    known = keywords_of(klass)
    unknown = [name for name in given if known is not None and name not in known]
    if known is not None and unknown:
        name = unknown[0]
        facts = {"argument": name, "got": shown(given[name]), "expected": ", ".join(known)}
        raise UnknownArgument(describe(f"there is no parameter {name!r}{closest(name, known)}", operator=klass.__name__, facts=facts))
