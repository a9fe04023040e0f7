"""Scenarios that answer much: what one returns is joined into a text and one vector of numbers, so that a page stays small."""

from __future__ import annotations

import functools

import numpy as np

from tests.scenario import scenario as plain

__all__ = ["packed", "scenario"]


def scenario(*cases, **words):
    """Register a function of ``mx`` like `tests.scenario.scenario`, its answer packed."""
    register = plain(*cases, **words)

    def decorate(function):
        @functools.wraps(function)
        def answer(mx, *args):
            return packed(function(mx, *args))

        register(answer)
        return answer

    return decorate


def packed(value):
    """Join arrays into one vector of float64; say types, shapes and everything else in words."""
    words, numbers = [], []
    _collect(value, words, numbers)
    return [" ".join(words), np.concatenate([np.zeros(0), *numbers])]


def _collect(value, words, numbers):
    if hasattr(value, "asnumpy"):
        words.append(type(value).__name__)
        value = value.asnumpy()
    if isinstance(value, dict):
        value = [part for pair in value.items() for part in pair]
        words.append("dict")
    if isinstance(value, (list, tuple)):
        words.append("[")
        for member in value:
            _collect(member, words, numbers)
        words.append("]")
    elif isinstance(value, (np.ndarray, np.generic, float)):
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            words.append(str(value))
            return
        words.append(f"{array.dtype.name}{list(array.shape)}")
        numbers.append(array.astype(np.float64).ravel())
    else:
        words.append(value.__name__ if isinstance(value, type) else str(value))
