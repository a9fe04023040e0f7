"""The numba executor: the laws of every element-wise operator, its functions over the whole range, regions as NumPy's are."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symbolic as mx
from executors import batch
from tests.executors.test_random_graphs import graphs, needs, run
from tests.ops import test_laws as laws

pytest.importorskip("numba", reason="the numba executor needs pip install 'symbind[numba]'")

from executors.numba import formula, machine, region, rows
from executors.numba.kernels import index
from executors.numba.kernels.nn import convolution, pooling
from executors.numba.vector import TYPES

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory):
    """Keep machine code in a folder of this run."""
    before = os.environ.get("SYMBOLIC_CACHE")
    os.environ["SYMBOLIC_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield Path(os.environ["SYMBOLIC_CACHE"])
    del os.environ["SYMBOLIC_CACHE"]
    if before is not None:
        os.environ["SYMBOLIC_CACHE"] = before


def bind(symbol, executor="numba", **shapes):
    bound = symbol.simple_bind(mx.cpu(), grad_req="null", executor=executor, **shapes)
    rs = np.random.RandomState(1)
    for array in [*bound.arg_arrays, *bound.aux_arrays]:
        array[:] = rs.uniform(0.1, 1, array.shape)
    return bound


def compute(operator, *arrays, executor="numba", **parameters):
    names = [f"x{place}" for place in range(len(arrays))]
    symbol = getattr(mx.sym._internal, operator)(*[mx.sym.Variable(name) for name in names], **parameters)
    given_arrays = {name: mx.nd.array(array, dtype=array.dtype) for name, array in zip(names, arrays, strict=True)}
    return symbol.bind(mx.cpu(), given_arrays, executor=executor).forward()[0].asnumpy()


# -- laws ------------------------------------------------------------------------------------------------------------------


def meets_the_laws(path, case):
    wanted = laws.expected(path, case)
    symbol, _ = laws.build(case)
    if len(symbol):
        laws.values_are_the_reference(symbol, case, wanted, "numba")
        if case.gradient and laws.part(wanted, "grad"):
            laws.gradients_are_the_reference(symbol, case, wanted, "numba")


@pytest.mark.parametrize(("path", "case"), [param for param in laws.ALL if "elemwise" in param.values[0]][::11])
def test_laws_of_some_elementwise_operators(path, case):
    meets_the_laws(path, case)


DIRECT = ("nn/pooling", "nn/convolution", "nn/rnn", "nn/softmax", "ops/index", "contrib/boxes")


@pytest.mark.parametrize(("path", "case"), [param for param in laws.ALL if param.values[0].endswith(DIRECT)][::5])
def test_laws_of_some_direct_kernels(path, case):
    meets_the_laws(path, case)


@pytest.mark.long
@pytest.mark.parametrize(("path", "case"), laws.ALL)
def test_laws(path, case):
    meets_the_laws(path, case)


# -- functions over the whole range ----------------------------------------------------------------------------------------

EXACT = {
    "exp": (np.exp, 1.0), "expm1": (np.expm1, 0.501), "log": (np.log, 0.8), "log2": (np.log2, 0.501), "log10": (np.log10, 0.501),
    "log1p": (np.log1p, 0.501), "sin": (np.sin, 0.501), "cos": (np.cos, 0.501), "tan": (np.tan, 0.501),
    "arcsin": (np.arcsin, 0.501), "arccos": (np.arccos, 0.501), "arctan": (np.arctan, 0.501), "sinh": (np.sinh, 0.501),
    "cosh": (np.cosh, 0.501), "tanh": (np.tanh, 3.8), "arcsinh": (np.arcsinh, 0.501), "arccosh": (np.arccosh, 0.501),
    "arctanh": (np.arctanh, 0.501), "cbrt": (np.cbrt, 0.501), "rcbrt": (lambda x: 1 / np.cbrt(x), 1.5),
    "erf": (np.vectorize(math.erf, otypes=[np.float64]), 4.6), "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), 2.3),
    "sqrt": (np.sqrt, 0.501), "rsqrt": (lambda x: 1 / np.sqrt(x), 1.5), "softsign": (lambda x: x / (1 + np.abs(x)), 1.5),
    "reciprocal": (lambda x: 1 / x, 0.501), "square": (np.square, 0.501),
}  # fmt: skip
LARGEST, SMALLEST, TINIEST = 3.4028235e38, 1.1754944e-38, 1e-45
EDGES = [0.0, 1.0, 0.5, 2.0, LARGEST, SMALLEST, TINIEST, math.inf, math.nan, 88.8, 103.9, 9.0, 1e5, 1e-5, 1e-3, math.pi, math.pi / 2]


def patterns(stride):
    """List float32 numbers of all sizes: each ``stride``-th pattern of bits, and what lies at edges."""
    bits = np.arange(0, 1 << 32, stride, dtype=np.uint64).astype(np.uint32).view(np.float32)
    zeros = np.float32([0.0, -0.0] * 64)  # in vectors of their own: inf and nan may lead theirs along another way
    return np.concatenate([bits, np.float32(EDGES), -np.float32(EDGES), zeros])


def error(found, exact):
    """Measure in units of the last place of the nearest number; what is the nearest number is off by nothing."""
    nearest = exact.astype(found.dtype)
    unit = np.spacing(np.abs(nearest)).astype(exact.dtype)
    same = (found == nearest) | (np.isnan(found) & np.isnan(nearest))
    assert (np.signbit(found) == np.signbit(nearest))[(nearest == 0) & same].all(), "the sign of a zero"
    return np.where(same, 0, np.abs(found.astype(exact.dtype) - exact) / unit)


def is_within(name, stride):
    function, most = EXACT[name]
    x = patterns(stride)
    with np.errstate(all="ignore"):
        exact = function(x.astype(np.float64))
        if name == "sigmoid":  # 0 where it is subnormal
            x, exact = x[~(x < -87.3)], exact[~(x < -87.3)]
        off = error(compute(name, x), exact)
    worst = np.argmax(np.where(np.isnan(off), np.inf, off))
    assert off[worst] <= most, f"{name}({x[worst]!r}) is off by {off[worst]} units"


@pytest.mark.parametrize("name", EXACT)
def test_errors_of_float32(name):
    is_within(name, 65521)


@pytest.mark.long
@pytest.mark.parametrize("name", EXACT)
def test_errors_of_float32_densely(name):
    is_within(name, 4001)


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 60, reason="no wider type to compare with")
@pytest.mark.parametrize(("name", "most"), [("exp", 1.0), ("log", 0.9), ("log1p", 1.4), ("expm1", 1.9), ("tanh", 2.6), ("sigmoid", 2.2)])
def test_errors_of_float64(name, most):
    rs = np.random.RandomState(0)
    x = np.concatenate([
        rs.uniform(-760, 760, 100_000), rs.standard_normal(100_000), rs.standard_normal(50_000) * 1e-3,
        np.exp(rs.uniform(-745, 709, 100_000)),
        [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 2.2e-308, 1.7e308, 1.0, -1.0, 20.0, 36.0, 709.78, -745.1],
    ])  # fmt: skip
    x = x[~(x < -708)] if name == "sigmoid" else x
    with np.errstate(all="ignore"):
        off = error(compute(name, x), EXACT[name][0](x.astype(np.longdouble)))
    assert off.max() <= most


def test_powers():
    x, y = (a.reshape(-1) for a in np.meshgrid(np.float32([*EDGES, -1, -2, -0.5, 3, -3]), np.float32([*EDGES, -1, -2, 3, -3, 0.3, -0.3])))
    x, y = np.concatenate([x, -x]), np.concatenate([y, y])
    rs = np.random.RandomState(0)
    x = np.concatenate([x, np.exp(rs.uniform(-87, 88, 50_000)).astype(np.float32)])
    y = np.concatenate([y, (rs.uniform(-90, 90, 50_000) / np.log(x[-50_000:])).astype(np.float32)])
    with np.errstate(all="ignore"):
        assert error(compute("_power", x, y), np.power(x.astype(np.float64), y)).max() <= 0.6


KINDS = [np.dtype(name) for name in ("float16", "float32", "float64", "int8", "uint8", "int32", "int64")]


@pytest.mark.parametrize("dtype", KINDS, ids=str)
def test_arithmetic_is_numpys_to_the_bit(dtype):
    rs = np.random.RandomState(3)
    if dtype.kind == "f":
        special = np.array([0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 0.5, -0.5, 2.5, 6e-8, 60000])
        x, y = (a.reshape(-1).astype(dtype) for a in np.meshgrid(special, special))
        x, y = (np.concatenate([a, (rs.standard_normal(1003) * 9).astype(dtype)]) for a in (x, y))
    else:
        limits = np.iinfo(dtype)
        x, y = (rs.randint(limits.min, limits.max, 1003, dtype=dtype) for _ in range(2))
        x[:4] = limits.min, limits.max, 0, 1
    two = ["add", "sub", "mul", "maximum", "minimum", "equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal"]
    two += ["logical_and", "logical_or", "logical_xor"] + (["div", "mod"] if dtype.kind == "f" else [])
    one = ["abs", "negative", "square", "sign", "logical_not"]
    one += ["relu", "sqrt", "reciprocal", "round", "rint", "ceil", "floor", "trunc", "degrees", "radians"] if dtype.kind == "f" else []
    scalar = ["_plus_scalar", "_minus_scalar", "_rminus_scalar", "_mul_scalar", "_maximum_scalar", "_greater_scalar", "_not_equal_scalar"]
    ours: list = []
    with np.errstate(all="ignore"):
        for executor in ("numba", "numpy"):
            found = [compute(f"broadcast_{name}", x, y, executor=executor) for name in two]
            found += [compute(name, x, executor=executor) for name in one]
            found += [compute(name, x, scalar=value, executor=executor) for name in scalar for value in (3.7, -2.0)]
            found += [compute("clip", x, a_min=low, a_max=high, executor=executor) for low, high in ((-2.5, 3), (0, 300), (3, 1))]
            found += [compute("where", y, x, y, executor=executor), compute("add_n", x, y, x, executor=executor)]
            if executor == "numba":
                ours = found
    names = [*two, *one, *[f"{name} {value}" for name in scalar for value in (3.7, -2.0)], "clip", "clip", "clip crossed", "where", "add_n"]
    assert len(ours) == len(found)
    for name, mine, wanted in zip(names, ours, found, strict=True):
        assert mine.dtype == wanted.dtype
        np.testing.assert_array_equal(mine, wanted, err_msg=f"{name} of {dtype}")


@pytest.mark.parametrize("source", [*KINDS, np.dtype(bool)], ids=str)
@pytest.mark.parametrize("target", KINDS, ids=str)
def test_casts_are_numpys(source, target):
    x = np.random.RandomState(0).uniform(-100, 100, 99)
    x = (np.abs(x) if "u" in source.kind + target.kind else x).astype(source)
    np.testing.assert_array_equal(compute("Cast", x, dtype=target.name), compute("Cast", x, dtype=target.name, executor="numpy"))


# -- regions ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_train", [False, True])
@given(graphs(), st.sampled_from(["write", "add"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_random_graphs(is_train, symbol, requests):
    if not needs(symbol):
        return
    backwards = 1 if is_train else 0
    for found, wanted in zip(
        run(symbol, "numba", requests, is_train, backwards), run(symbol, "reference", requests, is_train, backwards), strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


SHAPES = [
    ((6, 5, 4), (6, 5, 4)),
    ((6, 5, 4), (1, 5, 1)),
    ((6, 1, 4), (1, 5, 4)),
    ((1, 5, 4), (6, 1, 1)),
    ((3, 2, 2, 5), (1, 2, 2, 1)),
    ((2, 3, 2, 3, 37), (2, 1, 2, 1, 37)),
    ((2, 3, 2, 3, 37), (1, 3, 1, 3, 1)),
    ((7, 1), (1, 9)),
    ((1, 1), (40, 1)),
    ((1, 1), (1, 1)),
]


@pytest.mark.parametrize(("x", "y"), SHAPES)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_operands_that_stretch(monkeypatch, threads, count, x, y):
    monkeypatch.setattr(region, "WORTH_THREADS", 1)
    threads(count)
    a, b = mx.sym.Variable("x"), mx.sym.Variable("y")
    symbol = mx.sym.square(mx.sym.broadcast_mul(mx.sym.broadcast_add(a, b), b)) * 2.0
    found, wanted = (bind(symbol, executor, x=x, y=y).forward()[0].asnumpy() for executor in ("numba", "reference"))
    np.testing.assert_array_equal(found, wanted)


def test_every_length_is_computed_to_its_end():
    for length in [*range(1, 70), 1023, 1025]:
        x = np.arange(length, dtype=np.float32)
        np.testing.assert_array_equal(compute("_plus_scalar", x, scalar=1.0), x + 1)


def test_a_chain_is_one_call():
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    symbol = mx.sym.tanh(mx.sym.exp(x * 0.5 + 1.0) * y - x)
    bound = bind(symbol, x=(5,), y=(5,))
    bound.forward()
    (program,) = bound._programs.values()
    assert program.steps == 1
    assert program.plan.bytes == 0


def test_results_do_not_depend_on_the_number_of_threads(monkeypatch, threads):
    monkeypatch.setattr(region, "WORTH_THREADS", 1)
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    symbol = mx.sym.sigmoid(mx.sym.tanh(x * 0.5 + 1.0) * y) - mx.sym.sin(x)
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append([bind(symbol, x=shape, y=shape).forward()[0].asnumpy() for shape in ((100_003,), (77, 1025))])
    for result in results[1:]:
        for found, wanted in zip(result, results[0], strict=True):
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("count", [1, 2])
def test_large_results_past_the_cache(monkeypatch, threads, count):
    monkeypatch.setattr(region, "WORTH_STREAMING", 0)
    monkeypatch.setattr(region, "WORTH_THREADS", 1)
    threads(count)
    x = mx.sym.Variable("x")
    symbol = mx.sym.Group([x * 2.0, x + 1.0, mx.sym.sgd_mom_update(x, mx.sym.Variable("g"), mx.sym.Variable("m"), lr=0.1, momentum=0.5)])
    for length in (65, 127, 128, 1000, 4099):
        bound, other = bind(symbol, x=(length,)), bind(symbol, "reference", x=(length,))
        for _ in range(2):
            bound.forward()
            other.forward()
        for found, wanted in zip([*bound.outputs, *bound.aux_arrays], [*other.outputs, *other.aux_arrays], strict=True):
            np.testing.assert_array_equal(found.asnumpy(), wanted.asnumpy())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38, -3e38])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_of_extremes(name, value):
    x = np.zeros((2, 37), np.float32)
    x[0, 20] = value
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(compute(name, x), compute(name, x, executor="numpy"), rtol=1e-5)


def test_updates_in_place():
    made = []
    for place in range(20):
        weight, grad, state = (mx.sym.Variable(f"{kind}{place}", shape=(place % 3 + 1, 40)) for kind in "wgn")
        made.append(mx.sym.rmsprop_update(weight, grad, state, lr=0.1, wd=0.01))
    for symbol in (mx.sym.Group(made), made[0]):
        bound, other = bind(symbol), bind(symbol, "reference")
        for _ in range(3):
            bound.forward()
            other.forward()
        for found, wanted in zip([*bound.outputs, *bound.aux_arrays], [*other.outputs, *other.aux_arrays], strict=True):
            np.testing.assert_array_equal(found.asnumpy(), wanted.asnumpy())


def test_many_updates_are_one_step():
    assert batch.FEWEST <= 20
    made = [mx.sym.sgd_update(mx.sym.Variable(f"w{n}", shape=(7,)), mx.sym.Variable(f"g{n}"), lr=0.5) for n in range(20)]
    bound = bind(mx.sym.Group(made))
    bound.forward()
    (program,) = bound._programs.values()
    assert program.steps == 1


def test_what_the_table_lacks_is_left_to_numpy():
    x = mx.sym.Variable("x")
    symbol = mx.sym.gamma(mx.sym.exp(x)) + mx.sym.erfinv(x)
    found, wanted = (bind(symbol, executor, x=(40,)).forward()[0].asnumpy() for executor in ("numba", "numpy"))
    np.testing.assert_array_equal(found, wanted)


def test_arrays_with_gaps():
    x = mx.nd.array(np.arange(24).reshape(4, 6))
    symbol = mx.sym.square(mx.sym.Variable("x")) + 1
    gaps = mx.nd.NDArray(x._data[:, ::2]) if hasattr(mx.nd, "NDArray") else x
    found = symbol.bind(mx.cpu(), {"x": gaps}, executor="numba").forward()[0].asnumpy()
    np.testing.assert_array_equal(found, gaps.asnumpy() ** 2 + 1)


# -- direct kernels --------------------------------------------------------------------------------------------------------


def trained(symbol, executor, **shapes):
    """Run forward and backward on random numbers; list outputs and gradients."""
    bound = symbol.simple_bind(mx.cpu(), grad_req="write", executor=executor, **shapes)
    rs = np.random.RandomState(2)
    for array in bound.arg_arrays:
        array[:] = np.round(rs.uniform(-1, 1, array.shape), 1)  # many are equal: the first one gets the gradient
    bound.forward(is_train=True)
    bound.backward([mx.nd.array(rs.uniform(-1, 1, output.shape), dtype=output.dtype) for output in bound.outputs])
    return [array.asnumpy() for array in (*bound.outputs, *bound.grad_arrays) if array is not None]


def direct(dtype="float32"):
    x = mx.sym.Variable("x", dtype=dtype)
    states = [mx.sym.Variable(name, dtype=dtype) for name in "pqr"]
    for kernel, stride, pad in (((3, 3), (2, 2), (1, 1)), ((2, 3), (1, 2), (0, 1)), ((2, 2), (3, 1), (1, 1))):
        for kind in ("max", "avg", "sum"):
            yield mx.sym.Pooling(x, kernel=kernel, stride=stride, pad=pad, pool_type=kind), (3, 4, 17, 18)
            yield mx.sym.Pooling(x, kernel=kernel[1:], stride=stride[1:], pad=pad[1:], pool_type=kind), (3, 4, 17)
        for each in (1, 2):
            shared = {"num_filter": 4 * each, "num_group": 4, "name": "c"}
            yield mx.sym.Convolution(x, kernel=kernel, stride=stride, pad=pad, dilate=(1, 2), **shared), (3, 4, 17, 18)
            yield mx.sym.Convolution(x, kernel=kernel[1:], stride=stride[1:], pad=pad[1:], no_bias=True, **shared), (3, 4, 17)
    for size in (1, 5, 16, 17, 64, 100):
        yield mx.sym.softmax(x), (3, 4, size)
        yield mx.sym.log_softmax(x), (2, size)
    for place in ("clip", "wrap"):
        yield mx.sym.take(x, mx.sym.Variable("p", shape=(9, 8)) * 20, mode=place), (7, 5)
    for mode, count in (("lstm", 3), ("gru", 2)):
        yield mx.sym.RNN(x, *states[:count], state_size=7, num_layers=2, bidirectional=True, mode=mode, state_outputs=True), (5, 3, 4)
    yield mx.sym.RNN(x, *states, state_size=7, num_layers=1, projection_size=3, mode="lstm"), (5, 3, 4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("place", range(len(list(direct()))))
def test_direct_kernels_on_any_number_of_threads(monkeypatch, threads, place, dtype):
    symbol, shape = list(direct(dtype))[place]
    for module in (convolution, pooling, index, rows):
        monkeypatch.setattr(module, "WORTH_THREADS", 1)
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append(trained(symbol, "numba", x=shape))
    for result in results[1:]:
        for found, wanted in zip(result, results[0], strict=True):
            np.testing.assert_array_equal(found, wanted)
    for found, wanted in zip(results[0], trained(symbol, "numpy", x=shape), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-6)


# -- machine code ----------------------------------------------------------------------------------------------------------


def test_code_is_kept_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("SYMBOLIC_CACHE", str(tmp_path))
    compiled = []
    compile_ = machine._compile
    monkeypatch.setattr(machine, "_compile", lambda text: compiled.append(text) or compile_(text))

    def compute_anew(scalar):
        """Compute as a later process does, which finds nothing in memory."""
        monkeypatch.setattr(machine, "_addresses", {})
        monkeypatch.setattr(formula, "_remembered", {})
        np.testing.assert_array_equal(compute("_plus_scalar", np.zeros(3), scalar=scalar), scalar)

    compute_anew(1.0)
    assert len(compiled) == 1
    (path,) = (tmp_path / "numba").iterdir()
    compute_anew(2.5)  # the number is no part of the code
    assert len(compiled) == 1
    path.write_bytes(path.read_bytes()[:100])  # half a file
    compute_anew(1.0)
    assert len(compiled) == 2


def test_a_folder_that_cannot_be_written_is_no_matter(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SYMBOLIC_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(machine, "_addresses", {})
    monkeypatch.setattr(formula, "_remembered", {})
    np.testing.assert_array_equal(compute("_plus_scalar", np.zeros(3), scalar=1.0), 1.0)


def test_types_have_names():
    assert all(len(kind) == 2 and kind[1].isdigit() for kind in TYPES)


# -- choosing it -----------------------------------------------------------------------------------------------------------


def in_a_new_process(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PYTHONPATH": ".", **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


BOUND = "import symbolic as mx; e = mx.sym.exp(mx.sym.Variable('x')).simple_bind(mx.cpu(), x=(2,)); print(type(e).__name__)"


def test_chosen_by_the_environment():
    assert in_a_new_process(BOUND, SYMBOLIC_EXECUTOR="numba") == "NumbaExecutor"


def test_chosen_by_name():
    mx.set_default_executor("numba")
    try:
        assert type(bind(mx.sym.exp(mx.sym.Variable("x")), None, x=(2,))).__name__ == "NumbaExecutor"
    finally:
        mx.set_default_executor("numpy")
    assert type(bind(mx.sym.exp(mx.sym.Variable("x")), None, x=(2,))).__name__ == "NumpyExecutor"


def test_without_the_package_the_message_says_what_to_install():
    code = (
        "import sys; sys.modules['llvmlite'] = None\nimport symbolic as mx\n"
        "try: mx.set_default_executor('numba')\nexcept mx.MXNetError as error: print(error)"
    )
    assert "pip install 'symbind[numba]'" in in_a_new_process(code)
