"""Graphs of any depth and width, under a stack of two hundred frames; sizes that only a file claims."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import FormatError
from symbolic.files import params

ROOT = Path(__file__).resolve().parents[2]

STAGES = """
import copy, io, pickle, sys, warnings
import numpy as np
import symbolic as mx

def everything(length):
    x = mx.sym.Variable("x")
    symbol = x
    for place in range(length):
        name = f"n{place}"
        symbol = mx.sym.tanh(symbol, name=name) if place % 3 else mx.sym._internal._plus_scalar(symbol, scalar=0.25, name=name)
    text = symbol.tojson()
    assert mx.sym.load_json(text).tojson() == text
    assert symbol.infer_shape(x=(2, 2))[1] == [(2, 2)] and symbol.infer_type(x="float32")[1] == [np.float32]
    assert pickle.loads(pickle.dumps(symbol)).name == symbol.name
    assert copy.deepcopy(symbol).name == copy.copy(symbol).name == symbol.name
    assert len(symbol.get_internals().list_outputs()) == length + 1
    assert symbol.attr_dict() is not None and len(symbol.debug_str()) > length
    gradient = symbol.gradient(["x"])
    assert len(gradient.list_arguments()) >= 1
    for executor in ("numpy", "reference"):
        exe = mx.sym.MakeLoss(mx.sym.sum(symbol), name="loss").simple_bind(mx.cpu(), x=(2, 2), executor=executor)
        exe.forward(is_train=True, x=np.ones((2, 2), "f"))
        exe.backward()
        assert np.isfinite(exe.grad_dict["x"].asnumpy()).all()
        del exe
    del symbol, gradient, x

sys.setrecursionlimit(4000)
everything(3)  # what is imported at first use may nest as it likes
sys.setrecursionlimit(int(sys.argv[2]))
everything(int(sys.argv[1]))
wide = mx.sym.add_n(*[mx.sym.Variable(f"v{place}") for place in range(2000)], name="wide")
assert mx.sym.load_json(wide.tojson()).list_arguments() == wide.list_arguments()
doubled = mx.sym.Variable("x")
for place in range(60):  # 2 ** 60 ways through it
    doubled = doubled + doubled
assert len(mx.sym.load_json(doubled.tojson()).get_internals().list_outputs()) == 61
assert len(pickle.dumps(doubled)) < 100_000 and copy.deepcopy(doubled).infer_shape(x=(1,))[1] == [(1,)]
"""


def stages(length, limit=200):
    done = subprocess.run([sys.executable, "-c", STAGES, str(length), str(limit)], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr[-2000:]) == (0, "", "")


def test_every_stage_of_a_chain_of_thousands():
    """Compose, write, read, infer, pickle, copy, print, differentiate, bind, run, run backward and forget."""
    stages(2000)


@pytest.mark.long
def test_every_stage_of_a_chain_of_a_hundred_thousand():
    stages(100_000)


def chain_text(length):
    node = '{"op":"_copy","name":"n%d","inputs":[[%d,0,0]]}'
    nodes = ",".join(['{"op":"null","name":"x","inputs":[]}', *(node % (place, place - 1) for place in range(1, length))])
    return f'{{"nodes":[{nodes}],"arg_nodes":[0],"heads":[[{length - 1},0,0]]}}'


@pytest.mark.long
def test_a_million_nodes():
    symbol = mx.sym.load_json(chain_text(1_000_000))
    assert symbol.name == "n999999"
    assert len(symbol.graph.nodes) == 1_000_000


def test_more_nodes_than_the_limit_are_refused():
    with pytest.raises(FormatError, match="too many nodes"):
        mx.sym.load_json('{"nodes":[' + ",".join(["0"] * 2_000_001) + '],"arg_nodes":[],"heads":[[0,0,0]]}')


@pytest.mark.parametrize("claim", [2**31, 2**40, 2**62, 2**63 - 1])
def test_sizes_that_only_a_file_claims(claim, tmp_path):
    path = tmp_path / "a.params"
    params.save(path, ["w"], [np.ones((3, 5), "f")])
    sound = path.read_bytes()
    for place in range(0, len(sound) - 8, 4):
        content = sound[:place] + claim.to_bytes(8, "little") + sound[place + 8 :]
        tracemalloc.start()
        with contextlib.suppress(FormatError):
            params.load(content)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1 << 20, place


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"nodes":' * 50_000, '{"a":' + "[" * 5000 + "]" * 5000 + "}", '["' + "\\\\" * 100_000, "1" * 100_000, "-" * 100_000],
)
def test_depth_of_text(text):
    with pytest.raises(FormatError):
        mx.sym.load_json(text)


@pytest.mark.parametrize("key", ["kernel", "num_filter", "pad", "stride", "dilate", "num_group"])
@pytest.mark.parametrize(
    "value", ["(99999999,99999999)", "99999999999999999999", "1e308", "(" * 3000, "1," * 3000, "-1", "nan", "None", "[1,[2]]"]
)
def test_parameters_of_any_size(key, value):
    top = json.loads(mx.sym.Convolution(mx.sym.Variable("x"), kernel=(3, 3), num_filter=2, name="conv").tojson())
    top["nodes"][-1]["attrs"][key] = value
    try:
        symbol = mx.sym.load_json(json.dumps(top))
        symbol.infer_shape(x=(1, 2, 8, 8))
        symbol.simple_bind(mx.cpu(), x=(1, 2, 8, 8))
    except mx.MXNetError as error:
        assert "conv" in str(error) and len(str(error)) <= 2000


NO_ROOM = """
import resource
import numpy as np
import symbolic as mx

a = mx.sym.Variable("a")
wide = mx.sym.tile(a, reps=(60000, 1), name="wide")
small = mx.sym.exp(a).simple_bind(mx.cpu(), a=(2, 3))
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
LARGE = (1, 60000)
CASES = {
    "an output": ("wide (tile", lambda: wide.simple_bind(mx.cpu(), a=LARGE, grad_req="null").forward()),
    "a value between": ("wide (tile", lambda: mx.sym.sum(wide).simple_bind(mx.cpu(), a=LARGE, grad_req="null").forward()),
    "one of the gradients": ("wide (tile", lambda: mx.sym.sum(wide * wide).simple_bind(mx.cpu(), a=LARGE).forward(is_train=True)),
    "the reference": ("wide (tile", lambda: mx.sym.sum(wide).simple_bind(mx.cpu(), a=LARGE, executor="reference").forward()),
    "an argument": ("a (variable", lambda: a.simple_bind(mx.cpu(), a=(60000, 60000))),
    "arrays at once": ("tile: ", lambda: mx.nd.tile(mx.nd.ones(LARGE), reps=(60000, 1))),
    "a kernel": ("sorted (topk", lambda: mx.sym.topk(a, k=3, name="sorted").simple_bind(mx.cpu(), a=(2, 250 << 20), grad_req="null").forward()),
}
for case, (who, call) in CASES.items():
    try:
        call()
    except MemoryError as error:
        text = str(error)
        assert isinstance(error, mx.MXNetError) and who in text and " bytes" in text and "there is no memory" in text, (case, text)
    else:
        raise AssertionError(case)
assert np.allclose(small.forward(a=mx.nd.zeros((2, 3)))[0].asnumpy(), 1)
print("done")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited by setrlimit")
def test_memory_that_is_not_there():
    """Each way to run out of it tells the node or the operator, and the bytes; MemoryError is caught as such; the next run is right."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", NO_ROOM], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
