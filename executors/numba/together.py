"""Calls of machine code on blocks of words, one for each thread, handed over without Python's lock.

A helper that has done its part looks for a while whether there is another one for it before it goes to sleep: it finds it within
a microsecond, where waking it up takes some fifty (a fifth of a small network's step). It looks into a slot, a few words of memory,
whose state goes round::

    ASLEEP --helper--> READY --caller--> TAKEN --caller--> POSTED --helper--> RUNNING --helper--> DONE --caller--> READY

A part that nobody has begun when the caller has finished its own is taken back (POSTED to TAKEN): nobody waits for a helper that
comes late. Where not all parts find a helper they go the way of `executors.parallel`, whose jobs recall who looks into slots (READY to
RECALLED). Before each look a helper lets other threads go first; where these take long, it leaves the processor to them for a while.
"""

from __future__ import annotations

import ctypes
import math
import os
import re
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from queue import SimpleQueue
from typing import Any, NamedTuple

import numpy as np

from executors import parallel as threads
from executors.numba.machine import HAS_YIELD, address_of
from executors.parallel import parallel

__all__ = ["on_blocks"]

WORTH_RELEASING = 10_000  # nanoseconds; below, giving Python's lock away and taking it back costs more than it gives others
LIMIT = 500_000  # nanoseconds that a helper looks, letting others go first each time;
WANTED = 200_000  # and how long these may take until it leaves the processor to them,
REST = 20_000_000  # and does not look for a while
SLOT = 16  # words: two cache lines, as processors fetch them
# places in it; the last two in the first slot only: until when nobody looks, and how often all were recalled
WORDS = {"CODE": 1, "BLOCK": 2, "UNTIL": 3, "CALLS": 4}
STATES = ("ASLEEP", "READY", "TAKEN", "POSTED", "RUNNING", "DONE", "RECALLED")  # what may stand at its place 0
NUMBERS = {**{state: number for number, state in enumerate(STATES)}, **WORDS, "SLOT": SLOT}

HOLDING = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)
RELEASING = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

COMMON = """
define internal ptr @slot(ptr %slots, i64 %n) alwaysinline {
  %far = mul i64 %n, SLOT
  %at = getelementptr i64, ptr %slots, i64 %far
  ret ptr %at
}
define internal i1 @moved(ptr %slot, i64 %from, i64 %to) alwaysinline {
  %found = cmpxchg ptr %slot, i64 %from, i64 %to seq_cst monotonic
  %is = extractvalue { i64, i1 } %found, 1
  ret i1 %is
}
define internal i64 @now(ptr %time) alwaysinline {
  %failed = call i32 @clock_gettime(i32 CLOCK, ptr %time)
  %seconds = load i64, ptr %time, align 8
  %rest.at = getelementptr i64, ptr %time, i64 1
  %rest = load i64, ptr %rest.at, align 8
  %whole = mul i64 %seconds, 1000000000
  %now = add i64 %whole, %rest
  ret i64 %now
}
declare i32 @sched_yield()
declare i32 @clock_gettime(i32, ptr)
"""

SHARE = """
define i64 @NAME(ptr %slots, ptr %code, ptr %blocks, i64 %parts) {
entry:
  %others = sub i64 %parts, 1
  br label %take
take:
  %n = phi i64 [ 0, %entry ], [ %n.next, %taken ]
  %n.slot = call ptr @slot(ptr %slots, i64 %n)
  %is.ready = call i1 @moved(ptr %n.slot, i64 READY, i64 TAKEN)
  br i1 %is.ready, label %taken, label %back
taken:
  %n.next = add i64 %n, 1
  %n.more = icmp slt i64 %n.next, %others
  br i1 %n.more, label %take, label %post
back:
  %b = phi i64 [ %n, %take ], [ %b.next, %give ]
  %b.more = icmp sgt i64 %b, 0
  br i1 %b.more, label %give, label %none
give:
  %b.next = sub i64 %b, 1
  %b.slot = call ptr @slot(ptr %slots, i64 %b.next)
  store atomic i64 READY, ptr %b.slot release, align 8
  br label %back
none:
  ret i64 0
post:
  %p = phi i64 [ 0, %taken ], [ %p.next, %post ]
  %p.next = add i64 %p, 1
  %p.slot = call ptr @slot(ptr %slots, i64 %p)
  %p.from = getelementptr ptr, ptr %blocks, i64 %p.next
  %p.block = load ptr, ptr %p.from, align 8
  %p.code.at = getelementptr i64, ptr %p.slot, i64 CODE
  %p.block.at = getelementptr i64, ptr %p.slot, i64 BLOCK
  store ptr %code, ptr %p.code.at, align 8
  store ptr %p.block, ptr %p.block.at, align 8
  store atomic i64 POSTED, ptr %p.slot release, align 8
  %p.more = icmp slt i64 %p.next, %others
  br i1 %p.more, label %post, label %mine
mine:
  %block = load ptr, ptr %blocks, align 8
  call void %code(ptr %block)
  br label %each
each:
  %e = phi i64 [ 0, %mine ], [ %e.next, %finished ]
  %e.next = add i64 %e, 1
  %slot = call ptr @slot(ptr %slots, i64 %e)
  %is.late = call i1 @moved(ptr %slot, i64 POSTED, i64 TAKEN)
  br i1 %is.late, label %own, label %wait
own:
  %e.from = getelementptr ptr, ptr %blocks, i64 %e.next
  %e.block = load ptr, ptr %e.from, align 8
  call void %code(ptr %e.block)
  br label %finished
wait:
  %state = load atomic i64, ptr %slot acquire, align 8
  %is.done = icmp eq i64 %state, DONE
  br i1 %is.done, label %finished, label %pause
pause:
  %ignored = call i32 @sched_yield()
  br label %wait
finished:
  store atomic i64 READY, ptr %slot release, align 8
  %e.more = icmp slt i64 %e.next, %others
  br i1 %e.more, label %each, label %all
all:
  ret i64 1
}
"""

LINGER = """
define void @NAME(ptr %slots, i64 %count, i64 %calls, i64 %limit, i64 %wanted, i64 %rest) {
entry:
  %time = alloca [2 x i64], align 8
  %until.at = getelementptr i64, ptr %slots, i64 UNTIL
  %until = load atomic i64, ptr %until.at monotonic, align 8
  %start = call i64 @now(ptr %time)
  %is.free = icmp sge i64 %start, %until
  br i1 %is.free, label %find, label %end
find:
  %n = phi i64 [ 0, %entry ], [ %n.next, %other ]
  %slot = call ptr @slot(ptr %slots, i64 %n)
  %is.mine = call i1 @moved(ptr %slot, i64 ASLEEP, i64 READY)
  br i1 %is.mine, label %ready, label %other
other:
  %n.next = add i64 %n, 1
  %n.more = icmp slt i64 %n.next, %count
  br i1 %n.more, label %find, label %end
ready:
  %calls.at = getelementptr i64, ptr %slots, i64 CALLS
  %calls.now = load atomic i64, ptr %calls.at seq_cst, align 8
  %is.still = icmp eq i64 %calls, %calls.now
  br i1 %is.still, label %begin, label %sleep
begin:
  %begun = call i64 @now(ptr %time)
  br label %look
look:
  %since = phi i64 [ %begun, %begin ], [ %since, %alone ], [ %now, %pause ]
  %last = phi i64 [ %begun, %begin ], [ %now, %alone ], [ %now, %pause ]
  %ignored = call i32 @sched_yield()
  %now = call i64 @now(ptr %time)
  %state = load atomic i64, ptr %slot acquire, align 8
  switch i64 %state, label %pause [ i64 POSTED, label %given
                                    i64 READY, label %idle
                                    i64 RECALLED, label %leave ]
given:
  %is.given = call i1 @moved(ptr %slot, i64 POSTED, i64 RUNNING)
  br i1 %is.given, label %run, label %pause
run:
  %code.at = getelementptr i64, ptr %slot, i64 CODE
  %block.at = getelementptr i64, ptr %slot, i64 BLOCK
  %code = load ptr, ptr %code.at, align 8
  %block = load ptr, ptr %block.at, align 8
  call void %code(ptr %block)
  store atomic i64 DONE, ptr %slot release, align 8
  br label %begin
idle:
  %spent = sub i64 %now, %since
  %away = sub i64 %now, %last
  %is.long = icmp sgt i64 %spent, %limit
  %is.wanted = icmp sgt i64 %away, %wanted
  br i1 %is.wanted, label %crowded, label %alone
crowded:
  %then = add i64 %now, %rest
  store atomic i64 %then, ptr %until.at monotonic, align 8
  br label %sleep
alone:
  br i1 %is.long, label %sleep, label %look
sleep:
  %is.asleep = call i1 @moved(ptr %slot, i64 READY, i64 ASLEEP)
  br i1 %is.asleep, label %end, label %begin
pause:
  br label %look
leave:
  store atomic i64 ASLEEP, ptr %slot release, align 8
  br label %end
end:
  ret void
}
"""

RECALL = """
define void @NAME(ptr %slots, i64 %count) {
entry:
  %calls.at = getelementptr i64, ptr %slots, i64 CALLS
  %before = atomicrmw add ptr %calls.at, i64 1 seq_cst
  br label %each
each:
  %n = phi i64 [ 0, %entry ], [ %n.next, %each ]
  %slot = call ptr @slot(ptr %slots, i64 %n)
  %ignored = call i1 @moved(ptr %slot, i64 READY, i64 RECALLED)
  %n.next = add i64 %n, 1
  %more = icmp slt i64 %n.next, %count
  br i1 %more, label %each, label %end
end:
  ret void
}
"""

_room = np.zeros((threads.HELPERS + 1) * SLOT, np.int64)
ctypes.pythonapi.Py_IncRef(ctypes.py_object(_room))  # for ever: helpers look into it until the process is gone
_slots = _room.ctypes.data + -_room.ctypes.data % (SLOT * 8)
_calls = ctypes.c_int64.from_address(_slots + 8 * WORDS["CALLS"])


def on_blocks(address: int, blocks: Sequence[np.ndarray], arrays: Sequence[np.ndarray], cost: float = math.inf) -> Callable[[], Any]:
    """Bind machine code to its blocks of words, one for each thread; what these point to stays as long as somebody may call it.

    Parameters
    ----------
    address : int
        Where the code lies.
    blocks : list of numpy.ndarray
        int64.
    arrays : list of numpy.ndarray
        What the blocks point to.
    cost : float
        Nanoseconds that one thread takes: other threads of Python run meanwhile if it is worth it.
    """
    function: Any = (RELEASING if cost >= WORTH_RELEASING else HOLDING)(address)
    starts = [block.ctypes.data for block in blocks]
    function.kept = blocks, arrays
    queued = parallel([partial(function, start) for start in starts])
    if len(blocks) == 1 or len(blocks) > threads.HELPERS + 1 or not HAS_YIELD:
        return queued
    table = np.array(starts, np.int64)
    function.kept = blocks, arrays, table
    return partial(_run, partial(_machinery().share, _slots, address, table.ctypes.data, len(blocks)), queued)


def _run(handed: Callable[[], int], queued: Callable[[], Any]) -> None:
    if not handed():
        queued()


class Machinery(NamedTuple):
    """The functions above."""

    share: Any
    linger: Any
    recall: Any


@cache
def _machinery() -> Machinery:
    """Compile what hands parts over, and have helpers look for them."""
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    share = ctypes.CFUNCTYPE(number, pointer, pointer, pointer, number)(_code(SHARE))
    linger = ctypes.CFUNCTYPE(None, pointer, *[number] * 5)(_code(LINGER))
    recall = ctypes.PYFUNCTYPE(None, pointer, number)(_code(RECALL))
    threads.linger, threads.recall = partial(_linger, partial(linger, _slots, threads.HELPERS)), partial(recall, _slots, threads.HELPERS)
    return Machinery(share, linger, recall)


def _linger(look: Callable[..., None], jobs: SimpleQueue[Any]) -> None:
    before = _calls.value
    if jobs.empty():  # where a job comes later, its caller recalls us
        look(before, LIMIT, WANTED, REST)


def _code(text: str) -> int:
    return address_of(
        re.sub(rf"\b({'|'.join(NUMBERS)}|CLOCK)\b", lambda name: str(NUMBERS.get(name[0], time.CLOCK_MONOTONIC)), COMMON + text)
    )


def _forget() -> None:
    """Start anew in a forked process, where nobody looks into slots."""
    _room[:] = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
