"""Lifetimes of values to shared buffers: few bytes, in-place steps, no surprise."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

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
        Buffer -> the value whose array it is: until that value is made, or from when it has been read.
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
    inplace: Callable[[Step], Mapping[int, Sequence[int]]],
    lenders: Collection[int] = (),
    entering: Collection[int] = (),
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
        For a step: value that it writes -> those that it reads and may write it over.
    lenders : collection of int
        Values in ``outside``, made in the forward phase, whose arrays may hold others before that: the outputs.
    entering : collection of int
        Values in ``outside``, copied in before the backward phase, whose arrays may hold others after that: head gradients.

    Notes
    -----
    What the forward phase leaves for the backward phase is never overwritten there, so that ``backward`` may run twice.
    """
    boundary = bisect.bisect_left(steps, True, key=attrgetter("backward"))
    last = _last_uses(steps, boundary, root)

    buffer: dict[int, int] = {}
    sizes: list[int] = []
    room: list[int] = []  # buffer -> its bytes, also those of one that is lent
    holder: list[int] = []  # buffer -> the value in it now; -1 if there is none
    returns: list[int] = []  # buffer that is lent (they are the first) -> the step from which on it is wanted back
    free: list[tuple[int, int]] = []  # (bytes, buffer), sorted
    lent: dict[int, int] = {}
    heirs: list[set[int]] = []  # lent buffer -> values that may lie there when it is written
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
                below = {root(old) for old in inplace(step).get(number, ()) if nbytes[root(old)] == nbytes[number]}
                heirs.append({base for base in below if roots.count(base) == 1})

    for number in entering:
        buffer[number] = len(room)
        lent[len(room)] = number
        room.append(nbytes[number])
        sizes.append(0)
        holder.append(number)

    def fits(number: int, buffer: int) -> bool:
        """Whether a value is gone when a lent buffer is wanted back, or may be overwritten by what comes there."""
        if buffer >= len(returns):
            return True
        place = returns[buffer]
        return last[number] < place or (last[number] == place and number in heirs[buffer])

    for place, step in enumerate(steps):
        bases = [*map(root, step.reads)]
        wanted = [number for number in step.writes if number not in outside and number not in buffer and root(number) == number]
        often = bases.count if len(bases) < 9 else Counter(bases).__getitem__
        below = inplace(step) if wanted else {}
        for number in wanted:
            size = nbytes[number]
            taken = None
            for candidate in below.get(number, ()):
                base = root(candidate)
                kept = buffer.get(base)  # None if it lies outside
                if kept is None or holder[kept] != base or last[base] != place or nbytes[base] != size:
                    continue
                if often(base) == 1 and fits(number, kept):
                    taken = kept
                    break
            if taken is None and free:
                # a buffer up to four times too large is better than a new one
                for spot in range(bisect.bisect_left(free, (size, -1)), len(free)):
                    if free[spot][0] > 4 * size + 4096:
                        break
                    if fits(number, free[spot][1]):
                        taken = free.pop(spot)[1]
                        break
            if taken is None:
                taken = len(room)
                room.append(size)
                sizes.append(size)
                holder.append(number)
            buffer[number] = taken
            holder[taken] = number
        for base in (*bases, *map(root, step.writes)):
            if last[base] == place and (kept := buffer.get(base)) is not None and holder[kept] == base:
                holder[kept] = -1
                bisect.insort(free, (room[kept], kept))
    return Plan(buffer, sizes, lent)


def _last_uses(steps: Sequence[Step], boundary: int, root: Callable[[int], int]) -> dict[int, int]:
    """Find the step after which nobody needs a value; none if the backward phase, from ``boundary`` on, reads what the other one made."""
    last: dict[int, int] = {}
    for place, step in enumerate(steps):
        for number in step.writes:
            last.setdefault(root(number), place)
        for base in map(root, step.reads):
            last[base] = place
    if boundary < len(steps):
        for number in {root(number) for step in steps[:boundary] for number in step.writes}:
            if last[number] >= boundary:
                last[number] = len(steps)
    return last
