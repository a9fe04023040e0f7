"""Initializers that choose by name: arrays that were saved, and others by pattern."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from symbolic import nd
from symbolic.errors import InputError, UnknownName, describe
from symbolic.operator.match import shown

__all__ = ["Load", "Mixed"]


class Load:
    """Fill variables with arrays that were saved.

    Parameters
    ----------
    param : path, or dict of NDArray
        A ``.params`` file or its content; ``arg:`` and ``aux:`` before names are dropped.
    default_init : Initializer, optional
        For variables that are not there.
    verbose : bool
        Log where each comes from.
    """

    def __init__(self, param: Any, default_init: Any = None, verbose: bool = False):
        found = nd.load(param) if isinstance(param, str) or hasattr(param, "__fspath__") else param
        if not isinstance(found, Mapping):
            facts = {"argument": "param", "got": shown(found), "expected": "arrays by name"}
            raise InputError(describe("variables are found by name", operator="Load", facts=facts))
        self.param = {name[4:] if name.startswith(("arg:", "aux:")) else name: array for name, array in found.items()}
        self.default_init = default_init
        self.verbose = verbose

    def __call__(self, name: str, arr: Any) -> None:
        """Fill an array."""
        saved = self.param.get(name)
        if saved is not None:
            if saved.shape != arr.shape:
                facts = {"loaded": saved.shape, "needed": arr.shape}
                raise InputError(describe("the array that was saved has another shape", operator="Load", name=str(name), facts=facts))
            arr[:] = saved
        elif self.default_init is not None:
            self.default_init(name, arr)
        else:
            hint = "give default_init for what was not saved"
            raise InputError(describe("no array of this name was saved", operator="Load", name=str(name), hint=hint))
        if self.verbose:
            logging.info("initialized %s %s", name, "by default" if saved is None else "by loading")


class Mixed:
    """Fill variables by several initializers: the first whose pattern fits the beginning of the name.

    Parameters
    ----------
    patterns : list of str
        Regular expressions; ``".*"`` last fits all others.
    initializers : list of Initializer
        One for each.
    """

    def __init__(self, patterns: list[str], initializers: list[Any]):
        if len(patterns) != len(initializers):
            facts = {"patterns": len(patterns), "initializers": len(initializers)}
            raise InputError(describe("each pattern needs its initializer", operator="Mixed", facts=facts))
        self.map = [(re.compile(pattern), init) for pattern, init in zip(patterns, initializers, strict=True)]

    def __call__(self, name: str, arr: Any) -> None:
        """Fill an array."""
        for pattern, init in self.map:
            if pattern.match(name):
                init(name, arr)
                return
        facts = {"got": name, "patterns": ", ".join(pattern.pattern for pattern, _ in self.map)}
        raise UnknownName(describe("no pattern fits this name", operator="Mixed", facts=facts, hint="let '.*' be the last pattern"))
