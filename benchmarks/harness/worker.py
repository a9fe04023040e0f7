"""The process of one peer: prepare, then one sample for each line read; answers are lines of JSON.

``python -m benchmarks.harness.worker WORKLOAD PEER CASE SIZE``, with SIZE ``full`` or ``tiny``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.harness.workload import NotAvailable, TooLong, Workload, load, threads


def take(work: Workload, step: Callable[[], Any], seconds: float) -> dict[str, float]:
    """Take one sample: seconds a step, over a loop of about so many seconds, or what the step itself measures.

    ``cpu`` is the time that all threads of the process were running: on a busy machine it says more than the clock.
    """
    if work.measures:
        return step()
    count = 1  # the first round wakes threads, and tells how often the loop should run; a long step needs no second
    while True:
        start, running = time.perf_counter(), time.process_time()
        for _ in range(count):
            step()
        taken, used = time.perf_counter() - start, time.process_time() - running
        if count > 1 or taken > seconds / 2:
            return {"value": taken / count, "cpu": used / count}
        count = max(2, int(seconds / max(taken, 1e-7)))


def prepare(work: Workload, name: str, case: str, tiny: bool) -> tuple[Callable[[], Any], dict[str, Any]]:
    """Make a peer ready, and say how that went."""
    peer = next(peer for peer in work.peers if peer.name == name)
    if peer.executor:
        os.environ["SYMBOLIC_EXECUTOR"] = peer.executor  # for processes that the peer starts
        import symbolic

        try:
            symbolic.set_default_executor(peer.executor)
        except symbolic.MXNetError:
            raise NotAvailable(f"there is no executor {peer.executor}") from None
    clock = time.perf_counter
    started = clock()
    step, check = peer.prepare(**work.sizes(case, tiny))
    prepared = clock()
    sample = step()
    first = clock()
    for _ in range(work.check_after - 1):
        step()
    facts = {"setup": prepared - started, "first": first - prepared, "check": float(check()), "versions": versions()}
    return step, {**facts, "sample": sample} if work.measures else facts


def reason(error: Exception) -> str:
    """Name an error in one line; MXNet's messages end in what matters."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[-1]}"


def versions() -> dict[str, str]:
    """Name the libraries loaded here, with their versions."""
    packages = ("symbolic", "numpy", "mxnet", "torch", "jax", "numba")
    found = {name: getattr(sys.modules[name], "__version__", "") for name in packages if name in sys.modules}
    return {"python": sys.version.split()[0], **found}


def serve(name: str, peer: str, case: str, size: str) -> None:
    """Answer the driver until it closes the pipe."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes elsewhere

    def say(**facts: Any) -> None:
        print(json.dumps(facts), file=answers, flush=True)

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: threads()])
    work = load(name)
    try:
        step, facts = prepare(work, peer, case, size == "tiny")
    except (ImportError, NotAvailable) as error:
        return say(skipped=str(error).splitlines()[0])
    except TooLong as error:
        return say(over=error.args[0])
    except Exception as error:
        return say(failed=reason(error))
    say(**facts)
    for line in sys.stdin:
        try:
            say(**take(work, step, float(line)))
        except TooLong as error:
            return say(over=error.args[0])
        except Exception as error:
            return say(failed=reason(error))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        serve(*sys.argv[1:])
