"""Scenarios that answer with many small values: kept as one text and one array, for files of many members are large."""

import functools
import json

import numpy as np

from tests.scenario import scenario

__all__ = ["compact"]


def compact(*cases, **options):
    """Register a scenario as `scenario` does; numbers and arrays of what it returns are laid end to end."""

    def register(function):
        @functools.wraps(function)
        def packed(mx, *args):
            numbers = []
            text = json.dumps(_spelled(function(mx, *args), numbers))
            return [text, np.array(numbers, np.float64)]

        return scenario(*cases, **options)(packed)

    return register


def _spelled(value, numbers):
    """Spell what is no number; put the numbers at the end of a list, and the types of arrays in their place."""
    if hasattr(value, "asnumpy"):
        return [type(value).__name__, _spelled(value.asnumpy(), numbers)]
    if isinstance(value, (np.ndarray, np.generic)) and not isinstance(value, np.float64):
        numbers.extend(np.asarray(value, np.float64).ravel().tolist())
        return f"{value.dtype} {value.shape}"
    if isinstance(value, float):
        numbers.append(float(value))
        return "float"
    if isinstance(value, dict):
        return {str(key): _spelled(member, numbers) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spelled(member, numbers) for member in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value.__name__ if isinstance(value, type) else str(value)
