"""Graphs are as deep as users make them: no walk over a graph recurses."""

import subprocess
import sys

START = """
import copy, pickle, sys
import symbolic as mx

sys.setrecursionlimit(200)
x = mx.sym.Variable("x", shape=(2, 3))

def chain(length):
    s = x
    for _ in range(length // 2):
        s = mx.sym.exp(s) + 1.0
    return s
"""
ASK = """
s = chain(100_000)
assert s.list_arguments() == ["x"] and s.name == "_plusscalar49999"
assert s.infer_shape() == ([(2, 3)], [(2, 3)], [])
assert str(s.infer_type(x="float16")[1][0]) == "<class 'numpy.float16'>"
assert len(s.get_internals()) == 100_001
assert len(s.attr_dict()) == 50_001
composed = s(x=mx.sym.Variable("y"), name="last")
assert composed.list_arguments() == ["y"] and s.list_arguments() == ["x"]
del s, composed
"""
COPY = """
s = chain(20_000)
text = s.tojson()
for twin in (copy.copy(s), copy.deepcopy(s), pickle.loads(pickle.dumps(s)), mx.sym.load_json(text)):
    assert twin.tojson() == text
assert s.debug_str().count("Op:") == 20_000
gradient = s.gradient("x")
assert gradient.list_arguments() == ["x"]
assert pickle.loads(pickle.dumps(gradient)).tojson() == gradient.tojson()
"""
MANY_PATHS = """
s = x
for _ in range(60):
    s = s + s
assert len(s.get_internals()) == 61 and s.infer_shape()[1] == [(2, 3)]
assert copy.deepcopy(s).tojson() == s.tojson()
assert len(s.gradient("x").get_internals()) < 200
"""


def run(script):
    """Run a script under a recursion limit of 200, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{START}{script}\nprint('done')"], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout == "done\n", done.stderr[-2000:]


def test_a_chain_of_100000_nodes_is_composed_and_asked():
    run(ASK)


def test_long_chains_are_copied_pickled_saved_and_differentiated():
    run(COPY)


def test_two_to_the_power_of_60_paths_are_61_nodes():
    run(MANY_PATHS)
