"""A composite of many arrays, such as one step of all weights, in parts that have nothing to do with each other::

weight 0, grad 0, mom 0  ->  new weight 0, new mom 0     large: piece by piece, by several threads
weight 1, grad 1, mom 1  ->  new weight 1, new mom 1     the small ones: one after the other
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from executors.numpy.scratch import address

__all__ = ["Parts", "in_parts"]

Arrays = list[np.ndarray]
Into = Sequence[np.ndarray | None]


class Part(NamedTuple):
    """What runs by itself.

    Attributes
    ----------
    runner
        Its ``run(inputs, into)`` computes the results.
    read, made : tuple of int
        Places of its inputs, and of its results, among those of the whole.
    """

    runner: Any
    read: tuple[int, ...]
    made: tuple[int, ...]


class Parts(NamedTuple):
    """All parts, and how many results they have together."""

    parts: Sequence[Part]
    count: int

    def run(self, inputs: Arrays, into: Into) -> Arrays:
        """Compute the results, in the arrays ``into`` where these can take them."""
        targets = into if into and not self._meet(inputs, into) else [None] * self.count
        results: list[Any] = [None] * self.count
        for runner, read, made in self.parts:
            for place, result in zip(made, runner.run([inputs[place] for place in read], [targets[place] for place in made]), strict=True):
                results[place] = result
        return results

    def _meet(self, inputs: Arrays, into: Into) -> bool:
        """Whether one part would write where another one reads or writes."""
        spans = []
        for number, (_, read, made) in enumerate(self.parts):
            for array in (*[inputs[place] for place in read], *[into[place] for place in made]):
                if array is None:
                    continue
                if not array.flags.c_contiguous:
                    return True  # who knows
                low = address(array)
                spans.append((low, low + array.nbytes, number))
        end, last = 0, -1
        for low, high, number in sorted(spans):
            if low < end and number != last:
                return True
            if high > end:
                end, last = high, number
        return False


def in_parts(
    calls: Sequence[Any],
    inputs: Arrays,
    results: Arrays,
    alone: Callable[[Sequence[Any], Arrays, Arrays], Any],
    together: Callable[[Sequence[Any], Arrays, Arrays], Any],
) -> Any:
    """Make what runs a body's calls: routines, what they read and what they make.

    Parameters
    ----------
    alone : callable
        Makes what runs one part, from calls, inputs and results; ``None`` if that is not worth while.
    together : callable
        Makes what runs all other parts.

    Returns
    -------
    Parts
        Or what ``alone`` made, if that is all; ``None`` if no part is worth while, or the others cannot be run.
    """
    parts: list[Part] = []
    others: set[int] = set()
    for numbers, read, made in _components(calls, inputs, results):
        runner = alone([calls[number] for number in numbers], [inputs[place] for place in read], [results[place] for place in made])
        if runner is None:
            others.update(numbers)
        else:
            parts.append(Part(runner, read, made))
    if not parts:
        return None
    done = {place for part in parts for place in part.made}
    rest = tuple([place for place in range(len(results)) if place not in done])
    if rest:
        mine = [call for number, call in enumerate(calls) if number in others]
        ids = {id(x) for _, read, _ in mine for x in read} | {id(results[place]) for place in rest}
        read = tuple([place for place, x in enumerate(inputs) if id(x) in ids])
        runner = together(mine, [inputs[place] for place in read], [results[place] for place in rest])
        if runner is None:
            return None
        parts.append(Part(runner, read, rest))
    return parts[0].runner if len(parts) == 1 and len(parts[0].read) == len(inputs) else Parts(parts, len(results))


def _components(calls: Sequence[Any], inputs: Arrays, results: Arrays) -> list[tuple[list[int], tuple[int, ...], tuple[int, ...]]]:
    """List what hangs together by arrays: numbers of calls, places of inputs, places of results."""
    values = {id(x) for x in inputs} | {id(x) for _, _, made in calls for x in made}  # others are numbers, which all may share
    above: dict[int, int] = {}  # array -> one that it hangs together with

    def top(key: int) -> int:
        while (higher := above.setdefault(key, key)) != key:
            above[key] = above[higher]
            key = higher
        return key

    for _, read, made in calls:
        first, *more = [id(x) for x in (*made, *read) if id(x) in values]
        for key in more:
            above[top(key)] = top(first)
    found: dict[int, tuple[list[int], list[int], list[int]]] = {}
    for number, (_, _, made) in enumerate(calls):
        found.setdefault(top(id(made[0])), ([], [], []))[0].append(number)
    for kind, arrays in ((1, inputs), (2, results)):
        for place, x in enumerate(arrays):
            if (root := top(id(x))) in found:
                found[root][kind].append(place)
    return [(numbers, tuple(read), tuple(made)) for numbers, read, made in found.values() if made]
