"""Run a workload: every peer in its own process, one sample from each in turn, round after round."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import select
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness.workload import Peer, load

__all__ = ["run"]

ROOT = Path(__file__).resolve().parents[2]
COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "MXNET_CPU_WORKER_NTHREADS")
PAUSE = 0.05  # seconds between samples: the threads of the peer before stop spinning
START = 300  # seconds a peer may take to get ready
SAMPLE = 300


class Process:
    """A peer at work in its own process."""

    def __init__(self, workload: str, peer: Peer, case: str, size: str, python: str, threads: int):
        environment = {**os.environ, **dict.fromkeys(COUNTS, str(threads))}
        environment |= {"BENCHMARK_THREADS": str(threads), "JAX_PLATFORMS": "cpu", "PYTHONHASHSEED": "0"}
        self.peer = peer
        self.samples: list[dict[str, float]] = []
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the process)
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks.harness.worker", workload, peer.name, case, size],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        self.facts = self.answer(START)
        if "sample" in self.facts:
            self.samples.append(self.facts.pop("sample"))

    def answer(self, seconds: float) -> dict[str, Any]:
        """Read one line, or say why there is none."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            self.process.kill()
            return {"over": seconds}
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.errors.seek(0)
        return {"failed": (self.errors.read().strip().splitlines() or ["ended without a word"])[-1]}

    @property
    def working(self) -> bool:
        """Whether it may be asked."""
        return not {"failed", "skipped", "over"} & self.facts.keys()

    def sample(self, seconds: float) -> None:
        """Ask for one sample."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{seconds}\n")
            self.process.stdin.flush()
            facts = self.answer(SAMPLE)
        except OSError:
            facts = self.answer(0)
        if "value" in facts:
            self.samples.append(facts)
        else:
            self.facts |= facts

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with contextlib.suppress(OSError):  # it has ended, with a line unread
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def result(self) -> dict[str, Any]:
        """Sum it up."""
        result = {"peer": self.peer.name, **self.facts}
        if self.samples and self.working:
            values = [sample["value"] for sample in self.samples]
            result |= {"median": statistics.median(values), "best": min(values), "worst": max(values)}
            if "cpu" in self.samples[0]:
                result["cpu"] = statistics.median(sample["cpu"] for sample in self.samples)
        return result


def measured(peers: Sequence[Peer], start: Callable[[Peer], Process | None], rounds: int, seconds: float) -> list[dict[str, Any]]:
    """Measure one case; one result for each peer, in their order."""
    running: list[Process] = []
    results = []
    try:
        for peer in peers:  # one after the other: getting ready disturbs nobody
            process = start(peer)
            if process is not None:
                running.append(process)
        for done in range(1, rounds + 1):
            for process in running:
                if process.working and len(process.samples) < done:
                    time.sleep(PAUSE)
                    process.sample(seconds)
    finally:
        for process in running:
            process.close()
    found = {process.peer.name: process.result() for process in running}
    for peer in peers:
        results.append(found.get(peer.name) or {"peer": peer.name, "skipped": f"no Python given for it (--{peer.python})"})
    return results


def differing(results: list[dict[str, Any]], tolerance: float) -> list[dict[str, Any]]:
    """Mark the peers that computed something else than most."""
    checks = [result["check"] for result in results if "check" in result]
    usual = statistics.median_low(checks) if checks else 0.0
    for result in results:
        if "check" in result and not abs(result["check"] - usual) <= tolerance * abs(usual):
            result["differs"] = usual
    return results


def run(
    name: str,
    pythons: Mapping[str, str],
    rounds: int = 5,
    threads: int = 2,
    seconds: float = 0.25,
    only: Sequence[str] = (),
    size: str = "full",
) -> dict[str, Any]:
    """Measure a workload.

    Parameters
    ----------
    pythons : mapping
        ``"ours"``, ``"mxnet"``, ``"others"`` -> path of an interpreter; peers without one are skipped.
    rounds : int
        Samples of each peer.
    seconds : float
        Length of a sample.
    only : sequence of str
        Run peers whose names begin with one of these.
    size : str
        ``"full"`` or ``"tiny"``.
    """
    work = load(name)
    peers = [peer for peer in work.peers if not only or peer.name.startswith(tuple(only))]
    busy, own = busy_seconds()
    started = time.monotonic()
    rounds = min(rounds, work.rounds)
    cases = {}
    for case in work.cases:

        def start(peer: Peer, case: str = case) -> Process | None:
            python = pythons.get(peer.python)
            return Process(name, peer, case, size, python, threads) if python else None

        cases[case] = differing(measured(peers, start, rounds, seconds), work.tolerance)
    now_busy, now_own = busy_seconds()
    available = (time.monotonic() - started) * (os.cpu_count() or 1)
    return {
        "workload": name,
        "date": datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        "machine": machine(),
        "threads": threads,
        "rounds": rounds,
        "others": max(0.0, (now_busy - busy - (now_own - own)) / available),
        "cases": cases,
    }


def busy_seconds() -> tuple[float, float]:
    """Processor time that everybody has used, and that of this process and its ended children."""
    own = sum(os.times()[:4])
    try:
        ticks = Path("/proc/stat").read_text().split(maxsplit=9)[1:9]
    except OSError:
        return own, own
    user, nice, system, _, _, *interrupts = map(int, ticks)
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK"), own


def machine() -> str:
    """Describe the machine in one line."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
