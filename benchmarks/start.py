"""How long a new process takes to import the library, and from its start to its end with one result computed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from benchmarks.harness.alone import environment
from benchmarks.harness.workload import Bar, NotAvailable, Workload

work = Workload(
    "import, and first result of a new process",
    cases={"import": {"what": "import"}, "first result": {"what": "first result"}},
    tiny={},
    unit="s",
    scale=1,
    measures=True,
    bars=(
        Bar("numpy", 0.2, cases=("import",)),
        Bar("numpy", 0.25, cases=("first result",)),
        Bar("numba", 1.0, cases=("first result",)),
    ),
)
SYMBOLS = "x = mx.sym.Variable('x'); mx.sym.tanh(x).simple_bind(mx.cpu(), x=(8, 8)).forward()[0].asnumpy()"
TIMED = """import json, time
start, running = time.perf_counter(), time.process_time()
{}
print(json.dumps({{"value": time.perf_counter() - start, "cpu": time.process_time() - running}}))
"""


def starting(what: str, load: str, compute: str):
    """Time processes of this Python; the import alone is timed inside the process, without Python's own start."""
    code = TIMED.format(load) if what == "import" else f"{load}; {compute}"

    def step() -> dict[str, float]:
        start, running = time.perf_counter(), sum(os.times()[2:4])
        done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True)
        sample = {"value": time.perf_counter() - start, "cpu": sum(os.times()[2:4]) - running}
        if done.returncode:
            raise NotAvailable(done.stderr.strip().splitlines()[-1])
        return json.loads(done.stdout) if what == "import" else sample

    step()  # bytecode is written, files are in memory
    return step, lambda: 0.0


@work.ours()
def ours(mx, what):
    return starting(what, "import symbolic as mx", SYMBOLS)


@work.mxnet()
def mxnet(mx, what):
    return starting(what, "import mxnet as mx", SYMBOLS)


@work.other("torch")
def torch(what):
    return starting(what, "import torch", "torch.tanh(torch.zeros(8, 8)).numpy()")


@work.other("jax.jit")
def jax(what):
    return starting(what, "import jax, jax.numpy as jnp", "jax.jit(jnp.tanh)(jnp.zeros((8, 8))).block_until_ready()")


@work.other("plain NumPy")
def plain(what):
    return starting(what, "import numpy as np", "np.tanh(np.zeros((8, 8), 'f'))")
