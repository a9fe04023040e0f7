"""Groups of element-wise steps that run as one region: piece by piece through the cache, on several threads."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from executors.schedule import Step

__all__ = ["Region", "fuse"]

SMALLEST = 1 << 16  # elements; what is smaller stays in the cache anyway
LONGEST = 64  # steps of a region: its calls are made for each piece of the arrays


@dataclass(slots=True)
class Region(Step):
    """Several steps of one shape, which the plan sees as a single one.

    Attributes
    ----------
    shape : tuple of int
        Of everything that the members write; what they read may stretch to it.
    members : list of Step
        In order. A value that no other step needs lies in no buffer of the plan.
    """

    shape: tuple[int, ...] = ()
    members: list[Step] = field(default_factory=list)

    def close(self, inside: Collection[int]) -> None:
        """Sum up what goes in and comes out, if ``inside`` are the values that stay within."""
        made = {value for step in self.members for value in step.writes}
        self.reads = list(dict.fromkeys(value for step in self.members for value in step.reads if value not in made))
        self.writes = [value for step in self.members for value in step.writes if value not in inside]

    def overwritable(self, step_inplace: Callable[[Step], Sequence[int]], root: Callable[[int], int]) -> list[tuple[int, int]]:
        """Pair inputs with outputs that may lie in the same memory.

        Piece by piece, nothing may read an input's elements once they are overwritten: the member that writes the
        output must be the last to read the input, or come later.
        """
        last: dict[int, int] = {}
        for place, step in enumerate(self.members):
            for value in step.reads:
                last[root(value)] = place
        external = {root(value): value for value in self.reads}
        pairs = []
        for place, step in enumerate(self.members):
            for made in step.writes:
                if made not in self.writes:
                    continue
                for base, value in external.items():
                    if last[base] < place or (last[base] == place and any(root(v) == base for v in step_inplace(step))):
                        pairs.append((value, made))
        return pairs


def fuse(
    steps: Sequence[Step],
    shapes: Sequence[Any],
    is_elementwise: Callable[[Step], bool],
    root: Callable[[int], int],
    needed: Collection[int],
    smallest: int | None = None,
) -> list[Step]:
    """Put steps of one large shape together, where nothing between them is in the way::

        conv, bias, relu, pool, exp, mul     =>     conv, [bias, relu], pool, [exp, mul]

    A step moves up to the region in which its inputs are made, if all its other inputs are there by then.

    Parameters
    ----------
    steps
        In the order of execution, forward before backward.
    shapes
        Of each value.
    is_elementwise : callable
        Whether a step computes each element of its one output from the elements at its place in the inputs.
    root : callable
        The value in whose memory a value lies.
    needed : collection of int
        Values that are wanted after the run, or by name.
    smallest : int, optional
        Elements from which on a shape is large.
    """
    smallest = SMALLEST if smallest is None else smallest
    large = {shape for shape in {shapes[value] for step in steps for value in step.writes} if math.prod(shape) >= smallest}
    if not large:
        return list(steps)
    made: dict[int, int] = {}  # value -> place of what makes it
    found: list[Step] = []
    latest: dict[tuple[Any, bool], tuple[int, Region]] = {}
    for step in steps:
        place = len(found)
        if len(step.writes) == 1 and step.reads and shapes[step.writes[0]] in large and is_elementwise(step):
            key = (shapes[step.writes[0]], step.backward)
            there, region = latest.get(key, (-1, None))
            if region is not None and _joins(step, region, there, there == place - 1, made, root):
                place = there
                region.members.append(step)
            else:
                region = Region(step.node, (), [], range(0), [], step.backward, key[0], [step])
                latest[key] = place, region
                found.append(region)
        else:
            found.append(step)
        for value in step.writes:
            made[value] = place
    outside = {*needed}  # values that are read, or seen, outside of what makes them
    for place, step in enumerate(found):
        for member in step.members if isinstance(step, Region) else (step,):
            for value in member.reads:
                if made.get(value) != place:
                    outside.add(value)
                base = root(value)
                if base != value and made.get(base) != place:
                    outside.add(base)
    for step in found:
        if isinstance(step, Region):
            step.close({value for member in step.members for value in member.writes if value not in outside})
            step.node = step.members[-1].node
    return found


def _joins(step: Step, region: Region, there: int, is_next: bool, made: dict[int, int], root: Callable[[int], int]) -> bool:
    """Whether everything a step reads is there before the region, or is made in it, in the shape it has there.

    What reads nothing of the region is not computed before its time, only to be kept.
    """
    if len(region.members) >= LONGEST or not (is_next or any(made.get(value) == there for value in step.reads)):
        return False
    for value in step.reads:
        place, base = made.get(value, -1), root(value)
        if place > there:
            return False
        if base != value:
            below = made.get(base, -1)
            if place == there or below > there or (below == there and value not in made):
                return False
    return True
