"""Steps of one kind, worked out once and repeated with other numbers.

What the executor repeats are calls on arrays, and numbers among them are constants. So the numbers of a step (``lr``, ...)
lie in arrays without axes that belong to the kind of step, and are rewritten before each: Adam's rate is never the same twice.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.backends import executor_at_once
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.call import call
from symbolic.nd.mode import mode
from symbolic.scope import on_arrays
from symbolic.training.optimizer.scalar import Number

__all__ = ["Kind", "kind_of", "options_of"]

MOST_REMEMBERED = 1024
OURS = __name__.rpartition(".")[0]
# What no formula reads, or what it gets as a number.
VARYING = {"lr", "wd", "num_update", "begin_num_update", "lr_scheduler", "m_schedule", "aggregate_num", "allow_np_array"}
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))

_kinds: dict[Any, Kind] = {}


class Kind:
    """Steps of one optimizer with the same options, on arrays of the same shape and type, in one thread."""

    def __init__(self, names: tuple[str, ...], dtype: np.dtype):
        self._same = self  # as the executor knows it
        self.boxes = {name: np.zeros((), dtype) for name in names}

    def step(self, optimizer: Any, arrays: list[NDArray], state: Any, scalars: Mapping[str, float], leaves: Any) -> None:
        """Step a weight: ``arrays`` are weight, gradient, and the arrays of the state."""
        for name, value in scalars.items():
            self.boxes[name][()] = value

        def body() -> list[np.ndarray]:
            context = arrays[0].context
            numbers = {name: wrap(box, context, Number) for name, box in self.boxes.items()}
            with on_arrays(call):
                new, states = optimizer.formula(nd, arrays[0], arrays[1], state, **numbers)
                made = [value.copy() if any(value is array for array in arrays) else value for value in (new, *leaves(states))]
            return [value._data for value in made]

        targets = [arrays[0]._data, *[array._data for array in arrays[2:]]]
        data = [array._data for array in arrays]
        with np.errstate(all="ignore"):
            results = executor_at_once().compute_composite(None, self, data, False, body, targets)
        for target, result in zip(targets, results, strict=True):
            if result is not target:
                np.copyto(target, result)


def options_of(optimizer: Any) -> list[Any]:
    """List the options of an optimizer that formulas read: constants of what is made of these."""
    return [value for name, value in vars(optimizer).items() if name not in VARYING and not isinstance(value, (dict, list, tuple))]


def kind_of(optimizer: Any, arrays: list[NDArray], scalars: Mapping[str, float]) -> Kind | None:
    """Find the kind of a step; none if it cannot be repeated: a class of the user's, mixed types, a recorded computation."""
    cls = type(optimizer)
    if not (cls._repeats and cls.__module__.startswith(OURS)) or mode.flags or any(array.stype != "default" for array in arrays):
        return None
    dtype = arrays[0]._data.dtype
    if dtype not in FLOATS or any(array._data.dtype != dtype for array in arrays):
        return None
    try:
        key = (cls, threading.get_ident(), arrays[0].shape, dtype, len(arrays), *options_of(optimizer))
        found = _kinds.get(key)
    except TypeError:  # an array for an option
        return None
    if found is None:
        if len(_kinds) >= MOST_REMEMBERED:
            _kinds.clear()
        found = _kinds[key] = Kind(tuple(scalars), dtype)
    return found
