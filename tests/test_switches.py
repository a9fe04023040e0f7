"""Each rewrite can be turned off, and then does not happen."""

import subprocess
import sys

import numpy as np
import pytest

import symbolic as mx
from symbolic.switches import REWRITES, is_on

x = mx.sym.Variable("x")
bn = mx.sym.BatchNorm(x, name="bn")
PAIRS = [(mx.sym.Variable(f"w{i}"), mx.sym.Variable(f"g{i}")) for i in range(9)]
SUBJECTS = {
    "open_batch_norm": (mx.sym.relu(bn), {"x": (2, 3, 64, 64)}),
    "drop_identities": (mx.sym.exp(x * 1.0), {"x": (8,)}),
    "merge_transposes": (mx.sym.transpose(mx.sym.transpose(x)), {"x": (3, 4)}),
    "merge_equal": (mx.sym.exp(x) * mx.sym.exp(x), {"x": (8,)}),
    "fuse": (mx.sym.exp(mx.sym.tanh(x) + 1.0), {"x": (512, 512)}),
    "batch": (mx.sym.Group([mx.sym.sgd_update(*pair, lr=0.1) for pair in PAIRS]), {pair[0].name: (4,) for pair in PAIRS}),
}


def run(symbol, shapes):
    bound = symbol.simple_bind(mx.cpu(), grad_req="null", **shapes)
    rs = np.random.RandomState(0)
    for array in bound.arg_arrays:
        array[:] = rs.uniform(0.5, 1, array.shape)
    for array in bound.aux_arrays:
        array[:] = 1
    outputs = [output.asnumpy() for output in bound.forward()]
    (program,) = bound._programs.values()
    return len(program.forward), len(program.lowered.graph.nodes), outputs


@pytest.mark.parametrize("name", REWRITES)
def test_without_one(name):
    symbol, shapes = SUBJECTS[name]
    calls, nodes, with_it = run(symbol, shapes)
    with mx.rewrites(**{name: False}):
        assert not is_on(name)
        more_calls, other_nodes, without = run(symbol, shapes)
    assert is_on(name)
    assert (more_calls, other_nodes) != (calls, nodes)
    for found, wanted in zip(with_it, without, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_blocks_nest_and_end_with_errors():
    with pytest.raises(KeyError), mx.rewrites(fuse=False):
        with mx.rewrites(batch=False, fuse=True):
            assert is_on("fuse") and not is_on("batch")
        assert is_on("batch") and not is_on("fuse")
        raise KeyError
    assert is_on("fuse")


def test_unknown_names():
    with pytest.raises(mx.MXNetError, match="fuse"), mx.rewrites(fuze=False):
        pass
    with pytest.raises(ValueError, match="True or False"), mx.rewrites(fuse="no"):
        pass


def test_from_outside():
    code = "from symbolic.switches import is_on; print(is_on('fuse'), is_on('batch'))"
    done = subprocess.run([sys.executable, "-c", code], env={"SYMBOLIC_WITHOUT": "fuse", "PYTHONPATH": "."}, capture_output=True, text=True)
    assert done.stdout == "False True\n"
