"""Equal formulas on many small arrays, as a graph of optimizer updates has them, run once over all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from executors.fuse import LONGEST, SMALLEST, Region
from executors.schedule import Step

__all__ = ["Batch", "batch"]

MOST_PER_NUMBER = 1 << 11  # elements of an array whose number is worth repeating for each of them
FEWEST = 4  # equal formulas that are worth laying their arrays end to end for


@dataclass(slots=True)
class Batch(Step):
    """Regions of one formula, which the plan sees as a single step.

    Attributes
    ----------
    formulas : list of Region
        Their n-th reads, and their n-th writes, belong together.
    """

    formulas: list[Region] = field(default_factory=list)

    def overwritable(self, step_inplace: Callable[[Step], Sequence[int]], root: Callable[[int], int]) -> list[tuple[int, int]]:
        """Pair inputs with outputs that may lie in the same memory; see `Region.overwritable`."""
        first = self.formulas[0]
        places = [(first.reads.index(old), first.writes.index(new)) for old, new in first.overwritable(step_inplace, root)]
        return [(formula.reads[old], formula.writes[new]) for formula in self.formulas for old, new in places]


def batch(
    steps: Sequence[Step],
    shapes: Sequence[Any],
    dtypes: Sequence[Any],
    is_elementwise: Callable[[Step], bool],
    root: Callable[[int], int],
    needed: Collection[int],
) -> list[Step]:
    """Put equal formulas together whose results no other step reads, at the end of their phase::

        update w1, update w2, ..., update w1000     =>     one update of w1 to w1000, laid end to end

    Parameters
    ----------
    dtypes
        Of each value; the others are those of `executors.fuse.fuse`.
    """
    if len(needed) < FEWEST:
        return list(steps)
    maker: dict[int, int] = {}  # value -> place of the step that makes it
    formula: dict[int, list[int]] = {}  # place -> places of the steps connected with it
    spoilt: set[int] = set()
    for place, step in enumerate(steps):
        fits = _fits(step, shapes, is_elementwise, root)
        if fits:
            formula[place] = [place]
        for value in step.reads:
            other = maker.get(root(value))
            if other is None:
                continue
            if not fits or steps[other].backward is not step.backward or value != root(value):
                spoilt.add(other)
            elif formula[other] is not formula[place]:
                longer, shorter = sorted((formula[other], formula[place]), key=len, reverse=True)
                longer += shorter
                for member in shorter:
                    formula[member] = longer
        if fits:
            maker[step.writes[0]] = place
    alike: dict[Any, list[Region]] = {}
    seen: set[int] = set()
    for place in formula:
        places = formula[place]
        if id(places) in seen or len(places) > LONGEST or spoilt.intersection(places):
            continue
        seen.add(id(places))
        members = [steps[member] for member in sorted(places)]
        region = Region(members[-1].node, (), [], range(0), [], members[0].backward, shapes[members[0].writes[0]], members)
        region.close({value for step in members for value in step.writes if value not in needed})
        if all(shapes[value] == region.shape for step in members for value in step.writes):
            alike.setdefault(_formula(region, shapes, dtypes), []).append(region)
    batches = [_joined(regions) for regions in alike.values() if len(regions) >= FEWEST]
    gone = {id(step) for made in batches for region in made.formulas for step in region.members}
    rest = [step for step in steps if id(step) not in gone]
    return [
        *[step for step in rest if not step.backward],
        *[made for made in batches if not made.backward],
        *[step for step in rest if step.backward],
        *[made for made in batches if made.backward],
    ]


def _fits(step: Step, shapes: Sequence[Any], is_elementwise: Callable[[Step], bool], root: Callable[[int], int]) -> bool:
    """Whether a step is element-wise on small arrays of one shape, and on numbers."""
    if len(step.writes) != 1 or not step.reads or root(step.writes[0]) != step.writes[0]:
        return False
    shape = shapes[step.writes[0]]
    size = math.prod(shape)
    if not 0 < size < SMALLEST or not is_elementwise(step):
        return False
    return all(shapes[value] == shape or (math.prod(shapes[value]) == 1 and size <= MOST_PER_NUMBER) for value in step.reads)


def _formula(region: Region, shapes: Sequence[Any], dtypes: Sequence[Any]) -> Any:
    """Describe what a region computes, whatever its values are called and its arrays' shape is."""
    names = {value: name for name, value in enumerate(region.reads)}
    described = []
    for step in region.members:
        inputs = tuple([names.get(value) for value in step.inputs])
        for value in step.writes:
            names[value] = len(names)
        described.append((step.node.op.name, step.node.params._same, inputs, dtypes[step.writes[0]]))
    types = tuple([(dtypes[value], shapes[value] == region.shape) for value in region.reads])
    return region.backward, tuple(described), types, tuple([names[value] for value in region.writes])


def _joined(regions: list[Region]) -> Batch:
    reads = [value for region in regions for value in region.reads]
    writes = [value for region in regions for value in region.writes]
    return Batch(regions[-1].node, (), reads, range(0), writes, regions[0].backward, regions)
