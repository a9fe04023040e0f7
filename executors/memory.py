"""Lifetimes of values to shared buffers: few bytes, in-place steps, no surprise."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from executors.schedule import Step

__all__ = ["Plan", "plan"]


@dataclass(slots=True)
class Plan:
    """Where each value lies.

    Attributes
    ----------
    buffer : dict of int to int
        Value -> buffer; values that lie in arrays of the user, or are views of others, are not in it.
    sizes : list of int
        Bytes of each buffer; 0 for one that is lent.
    lent : dict of int to int
        Buffer -> the value whose array it is until that value is made.
    """

    buffer: dict[int, int]
    sizes: list[int]
    lent: dict[int, int]

    @property
    def bytes(self) -> int:
        """Bytes of all buffers."""
        return sum(self.sizes)


def plan(
    steps: Sequence[Step],
    nbytes: Sequence[int],
    outside: Mapping[int, object],
    root: Callable[[int], int],
    inplace: Callable[[Step], Sequence[tuple[int, int]]],
    lenders: Collection[int] = (),
) -> Plan:
    """Give each value a buffer; buffers are used again when nobody needs their value any more::

        a = exp(x)     buffer 0
        b = a * y      buffer 0, in place
        c = dot(b, w)  buffer 1
        d = sqrt(c)    buffer 1, in place; buffer 0 is free from here on

    Parameters
    ----------
    steps
        In the order of execution, forward before backward.
    nbytes
        Bytes of each value.
    outside
        Values that lie in arrays of their own: variables, heads, gradients, states.
    root : callable
        The value in whose memory a value lies: itself, unless it is a view.
    inplace : callable
        Pairs of a value that a step reads and one that it may write into the same memory.
    lenders : collection of int
        Values in ``outside``, made in the forward phase, whose arrays may hold others before that: the outputs.

    Notes
    -----
    What the forward phase leaves for the backward phase is never overwritten there, so that ``backward`` may run twice.
    """
    last: dict[int, int] = {}
    boundary = next((place for place, step in enumerate(steps) if step.backward), len(steps))
    for place, step in enumerate(steps):
        for number in step.writes:
            last.setdefault(root(number), place)
        for number in step.reads:
            last[root(number)] = place
    made_forward = {root(number) for step in steps[:boundary] for number in step.writes}
    end = len(steps)
    for number in made_forward:
        if last[number] >= boundary:
            last[number] = end
    dying: dict[int, list[int]] = {}
    for number, place in last.items():
        if number not in outside and place < end:
            dying.setdefault(place, []).append(number)

    buffer: dict[int, int] = {}
    sizes: list[int] = []
    room: list[int] = []  # buffer -> its bytes, also those of one that is lent
    holder: list[int] = []  # buffer -> the value in it now
    returns: list[int] = []  # buffer -> the step from which on it is wanted back
    free: list[tuple[int, int]] = []  # (bytes, buffer), sorted
    lent: dict[int, int] = {}
    heirs: dict[int, set[int]] = {}  # lent buffer -> values that may lie there when it is written
    for place, step in enumerate(steps[:boundary] if lenders else ()):
        for number in step.writes:
            if number in lenders:
                lent[len(room)] = number
                bisect.insort(free, (nbytes[number], len(room)))
                room.append(nbytes[number])
                sizes.append(0)
                holder.append(-1)
                returns.append(place)
                roots = [root(value) for value in step.reads]
                below = {root(old) for old, new in inplace(step) if new == number and nbytes[root(old)] == nbytes[number]}
                heirs[len(room) - 1] = {base for base in below if roots.count(base) == 1}

    def fits(number: int, buffer: int) -> bool:
        """Whether a value is gone when a lent buffer is wanted back, or may be overwritten by what comes there."""
        place = returns[buffer]
        return last[number] < place or (last[number] == place and number in heirs[buffer])

    for place, step in enumerate(steps):
        wanted = [number for number in step.writes if root(number) == number and number not in outside and number not in buffer]
        pairs: dict[int, list[int]] = {}
        roots: list[int] = []
        if wanted:
            for candidate, made in inplace(step):
                pairs.setdefault(made, []).append(candidate)
            if pairs:
                roots = [root(value) for value in step.reads]
        often = {base: roots.count(base) for base in roots} if len(roots) < 9 else Counter(roots)
        for number in wanted:
            taken = None
            for candidate in pairs.get(number, ()):
                base = root(candidate)
                if (
                    base not in outside
                    and last[base] == place
                    and nbytes[base] == nbytes[number]
                    and base in buffer
                    and holder[buffer[base]] == base
                    and often[base] == 1
                    and fits(number, buffer[base])
                ):
                    taken = buffer[base]
                    break
            if taken is None:
                # a buffer up to four times too large is better than a new one
                for spot in range(bisect.bisect_left(free, (nbytes[number], -1)), len(free)):
                    if free[spot][0] > 4 * nbytes[number] + 4096:
                        break
                    if fits(number, free[spot][1]):
                        taken = free.pop(spot)[1]
                        break
            if taken is None:
                taken = len(room)
                room.append(nbytes[number])
                sizes.append(nbytes[number])
                holder.append(number)
                returns.append(end + 1)
            buffer[number] = taken
            holder[taken] = number
        for number in dying.get(place, ()):
            kept = buffer.get(number)
            if kept is not None and holder[kept] == number:
                bisect.insort(free, (room[kept], kept))
    return Plan(buffer, sizes, lent)
