"""From the first symbol to the first result of a graph of 100,000 nodes: compose, infer, plan, compile, run."""

from __future__ import annotations

import importlib
import time

from benchmarks.harness.alone import sampled
from benchmarks.harness.workload import Bar, Workload

work = Workload(
    "bind of 100,000 nodes, build to first forward",
    cases={"chain": {"kind": "chain", "nodes": 100_000}, "tree": {"kind": "tree", "nodes": 100_000}},
    tiny={"nodes": 100},
    unit="µs/node",
    scale=1e6 / 100_000,
    measures=True,
    rounds=3,
    bars=(Bar("numpy", 25), Bar("numba", 25)),
)
LIMIT = 120  # seconds; a peer that needs longer is not asked again


def chain(mx, nodes):
    """``tanh`` and an addition in turn, each on the one before."""
    h = x = mx.sym.Variable("x")
    for _ in range(nodes // 2):
        h = mx.sym.tanh(h) + x
    return h


def tree(mx, nodes):
    """Half the nodes multiply ``x``, the other half adds pairs until one is left."""
    x = mx.sym.Variable("x")
    level = [x * (1.0 + i / nodes) for i in range(nodes // 2)]
    while len(level) > 1:
        rest = level[len(level) // 2 * 2 :]
        level = [left + right for left, right in zip(level[::2], level[1::2], strict=False)] + rest
    return level[0]


def build(package: str, kind: str, nodes: int) -> tuple[dict[str, float], float]:
    """Return the seconds, by the clock and by the processor, and the mean of the result divided by the number of nodes."""
    mx = importlib.import_module(package)
    small = mx.sym.tanh(mx.sym.Variable("x") * 2.0) + 1.0  # so that imports and the start of threads are not counted
    small.simple_bind(mx.cpu(), x=(8, 8), grad_req="null").forward()[0].asnumpy()
    started, running = time.perf_counter(), time.process_time()
    symbol = {"chain": chain, "tree": tree}[kind](mx, nodes)
    exe = symbol.simple_bind(mx.cpu(), x=(8, 8), grad_req="null")
    exe.arg_dict["x"][:] = 0.01
    output = exe.forward(is_train=False)[0].asnumpy()
    sample = {"value": time.perf_counter() - started, "cpu": time.process_time() - running}
    return sample, float(output.astype("d").mean() / nodes)


@work.ours()
def ours(mx, kind, nodes):
    return sampled(build, "symbolic", kind, nodes, seconds=LIMIT)


@work.mxnet()
def mxnet(mx, kind, nodes):
    return sampled(build, "mxnet", kind, nodes, seconds=LIMIT)
