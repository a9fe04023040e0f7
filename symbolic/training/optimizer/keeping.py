"""States of weights as bytes, with the optimizer or without, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, FormatError, describe
from symbolic.files import states as files
from symbolic.files.states import Description, StoredArray
from symbolic.nd.array import NDArray, wrap
from symbolic.training.lr_scheduler import LRScheduler
from symbolic.training.optimizer.base import Optimizer
from symbolic.values.context import current_context

__all__ = ["dump_states", "load_states"]

HINT = "get_states(dump_optimizer=False) leaves the optimizer out"

# Where MXNet keeps classes of these names; our own modules have others.
MODULES = {
    "symbolic.training.optimizer.contrib": "mxnet.optimizer.contrib",
    "symbolic.training.optimizer": "mxnet.optimizer.optimizer",
    "symbolic.training.lr_scheduler": "mxnet.lr_scheduler",
}


def dump_states(states: dict[Any, Any], optimizer: Optimizer | None = None) -> bytes:
    """Write states, and the optimizer if there is one, so that MXNet reads them.

    Raises
    ------
    ArgumentError
        If there is something among them that a file cannot hold.
    """
    return files.write(Described().of(states if optimizer is None else (states, optimizer)))


def load_states(content: bytes) -> tuple[dict[Any, Any], Optimizer | None]:
    """Read states, and the optimizer if there is one.

    Classes are found among those that this library and the user's program have defined already.

    Raises
    ------
    FormatError
        If the content is something else.
    """
    classes = {_name_of(cls): cls for cls in _classes()}
    made = _Made(classes).of(files.read(content, classes.__contains__))
    states, optimizer = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
    if not isinstance(states, dict) or not (optimizer is None or isinstance(optimizer, Optimizer)):
        facts = {"found": type(made).__name__, "needed": "states by index, or a pair of these and an optimizer"}
        raise FormatError(describe("these are no states of an optimizer", facts=facts))
    if optimizer is not None and not isinstance(optimizer.aggregate_num, int):
        facts = {"found": repr(optimizer.aggregate_num), "needed": "int"}
        raise FormatError(describe("these are no states of an optimizer: aggregate_num is no number", facts=facts))
    return states, optimizer


def _classes() -> Iterator[type]:
    """List the optimizers and schedulers that there are."""
    found: list[type] = [Optimizer, LRScheduler]
    for cls in found:  # grows as it goes
        found += cls.__subclasses__()
    yield from found


def _name_of(cls: type) -> tuple[str, str]:
    for ours, theirs in MODULES.items():
        if cls.__module__ == ours or cls.__module__.startswith(f"{ours}."):
            return theirs, cls.__qualname__
    return cls.__module__, cls.__qualname__


class Described:
    """Values that a file can hold, of those that an optimizer has; what is one object stays one."""

    def __init__(self) -> None:
        self.done: dict[int, tuple[Any, Any]] = {}  # the object itself is kept, lest another gets its identity

    def of(self, value: Any) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or isinstance(value, (bool, int, float, str, bytes)):
            return value
        if id(value) in self.done:
            return self.done[id(value)][1]
        if isinstance(value, NDArray):
            return StoredArray(value.asnumpy(), "row_sparse" if value.stype == "row_sparse" else "default")
        if isinstance(value, tuple):
            return tuple([self.of(member) for member in value])
        if isinstance(value, list):
            made: Any = self.noted(value, [])
            made += [self.of(member) for member in value]
        elif isinstance(value, dict):
            made = self.noted(value, {})
            made.update({self.of(key): self.of(member) for key, member in value.items()})
        elif isinstance(value, (Optimizer, LRScheduler)):
            made = self.noted(value, Description(_name_of(type(value)), {}))
            state = value.__getstate__() if isinstance(value, Optimizer) else vars(value)
            made.state.update({key: self.of(member) for key, member in state.items()})
        else:
            facts = {"got": f"{type(value).__module__}.{type(value).__qualname__}", "expected": "numbers, text, arrays, lists, dicts"}
            raise ArgumentError(describe("a file of states cannot hold this", operator="get_states", facts=facts, hint=HINT))
        return made

    def noted(self, value: Any, made: Any) -> Any:
        self.done[id(value)] = (value, made)
        return made


class _Made:
    """Values of an optimizer, of those in a file; what is one object stays one."""

    def __init__(self, classes: dict[tuple[str, str], type]):
        self.classes, self.context = classes, current_context()
        self.done: dict[int, Any] = {}

    def of(self, value: Any) -> Any:
        if value is None or isinstance(value, (bool, int, float, str, bytes)):
            return value
        if id(value) not in self.done:
            self.done[id(value)] = self.new(value)
        return self.done[id(value)]

    def new(self, value: Any) -> Any:
        if isinstance(value, StoredArray):
            array = wrap(value.values, self.context)
            return array if value.storage == "default" else array.tostype(value.storage)
        if isinstance(value, (list, tuple)):
            return type(value)([self.of(member) for member in value])
        if isinstance(value, dict):
            return {self.of(key): self.of(member) for key, member in value.items()}
        made = object.__new__(self.classes[value.name])
        state = self.of(value.state)
        if isinstance(made, Optimizer):
            ours = type(made) if type(made).__module__.startswith(__package__ or "") else Optimizer
            Optimizer.__setstate__(made, {**vars(ours()), **state})  # older versions of MXNet had fewer attributes
        else:
            vars(made).update(state)
        return made
