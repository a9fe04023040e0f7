"""Random nodes in graphs: one seed decides, each node has its own stream, gradients and executors see the same draws."""

from __future__ import annotations

import inspect
import subprocess
import sys

import numpy as np
import pytest

import symbolic as mx
from symbolic import registry

SHAPE = (3, 4)
DRAWS = {  # every way to draw, as a function of a variable x in (0, 1) and a name
    "uniform": lambda x, name: mx.sym.random.uniform(shape=SHAPE, name=name) + x,
    "normal": lambda x, name: mx.sym.random.normal(shape=SHAPE, name=name) + x,
    "exponential": lambda x, name: mx.sym.random.exponential(2.0, shape=SHAPE, name=name) + x,
    "gamma": lambda x, name: mx.sym.random.gamma(shape=SHAPE, name=name) + x,
    "poisson": lambda x, name: mx.sym.random.poisson(30, shape=SHAPE, name=name) + x,
    "negative_binomial": lambda x, name: mx.sym.random.negative_binomial(30, 0.5, shape=SHAPE, name=name) + x,
    "generalized_negative_binomial": lambda x, name: mx.sym.random.generalized_negative_binomial(30, 0.5, shape=SHAPE, name=name) + x,
    "randint": lambda x, name: mx.sym.Cast(mx.sym.random.randint(0, 10**6, shape=SHAPE, name=name), dtype="float32") + x,
    "normal_like": lambda x, name: mx.sym.random.normal_like(x, name=name),
    "exponential_like": lambda x, name: mx.sym.random.exponential_like(x, name=name),
    "negative_binomial_like": lambda x, name: mx.sym.random.negative_binomial_like(x, k=30, p=0.5, name=name),
    "sample_uniform": lambda x, name: mx.sym.sample_uniform(x, x + 1, name=name),
    "sample_exponential": lambda x, name: mx.sym.random.exponential(x, name=name),
    "sample_generalized_negative_binomial": lambda x, name: mx.sym.random.generalized_negative_binomial(100 * x, x, name=name),
    "multinomial": lambda x, name: mx.sym.random.multinomial(x, shape=(20,), get_prob=False, name=name),
    "shuffle": lambda x, name: mx.sym.random.shuffle(mx.sym.Reshape(x, shape=(-1,)), name=name),
}
X = np.random.RandomState(0).uniform(0.1, 0.9, SHAPE).astype("float32")


def bound(symbol, executor="numpy"):
    x = mx.nd.array(X)
    return symbol.bind(
        mx.cpu(),
        {"x": x} if symbol.list_arguments() else {},
        {"x": mx.nd.zeros_like(x)} if symbol.list_arguments() else None,
        executor=executor,
    )


def runs(symbol, count=1, executor="numpy"):
    run = bound(symbol, executor)
    mx.random.seed(11)
    return [[output.asnumpy() for output in run.forward()] for _ in range(count)]


@pytest.mark.parametrize("kind", DRAWS)
def test_a_seed_gives_the_same_draws_and_each_run_others(kind):
    symbol = DRAWS[kind](mx.sym.Variable("x"), "draw")
    first, second = runs(symbol, 2)
    again, reference = runs(symbol)[0], runs(symbol, executor="reference")[0]
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[0], reference[0])
    assert not np.array_equal(first[0], second[0])


@pytest.mark.parametrize("kind", DRAWS)
def test_what_a_node_draws_depends_on_its_name_alone(kind):
    x = mx.sym.Variable("x")
    alone = runs(DRAWS[kind](x, "draw"))[0][0]
    others = [DRAWS[kind](x, "before"), 2 * DRAWS[kind](x, "draw"), DRAWS[kind](x, "draw"), mx.sym.Dropout(x)]
    among = runs(mx.sym.Group(others))[0]
    np.testing.assert_array_equal(among[1], 2 * alone)  # the first node called so
    assert not np.array_equal(among[0], alone)
    assert not np.array_equal(among[2], alone)


@pytest.mark.parametrize("kind", DRAWS)
def test_two_nodes_without_a_name_draw_apart(kind):
    x = mx.sym.Variable("x")
    one, other = runs(mx.sym.Group([DRAWS[kind](x, None), DRAWS[kind](x, None)]))[0]
    assert not np.array_equal(one, other)


def test_a_gradient_is_made_of_the_draws_of_its_run():
    x = mx.sym.Variable("x")
    noise = mx.sym.random.exponential_like(x) + mx.sym.random.negative_binomial(2, 0.5, shape=SHAPE)
    run = bound(mx.sym.Group([x * noise, mx.sym.BlockGrad(noise)]))
    for _ in range(3):
        outputs = run.forward(is_train=True)
        run.backward([mx.nd.ones(SHAPE), mx.nd.ones(SHAPE)])
        np.testing.assert_array_equal(run.grad_dict["x"].asnumpy(), outputs[1].asnumpy())


@pytest.mark.parametrize(
    "name", ["uniform", "normal", "exponential", "gamma", "poisson", "negative_binomial", "generalized_negative_binomial"]
)
def test_a_shape_left_out_is_found_from_the_reader(name):
    draws = getattr(mx.sym.random, name)()
    assert draws.infer_shape_partial()[1] == [()]
    symbol = draws + mx.sym.Variable("x")
    assert symbol.infer_shape(x=SHAPE)[1] == [SHAPE]
    assert bound(symbol).forward()[0].shape == SHAPE


def test_shapes_of_parameters_are_found_from_the_draws():
    like = mx.sym.Variable("like")
    draws = mx.sym.sample_normal(mx.sym.Variable("mu"), mx.sym.Variable("sigma"), shape=(4,))
    assert (draws + like).infer_shape(like=(2, 3, 4))[0] == [(2, 3), (2, 3), (2, 3, 4)]
    density = mx.sym.random_pdf_gamma(mx.sym.Variable("sample"), mx.sym.Variable("alpha"), mx.sym.Variable("beta"))
    assert density.infer_shape_partial(sample=(2, 0, 4), beta=(2, 3)) == ([(2, 3, 4), (2, 3), (2, 3)], [(2, 3, 4)], [])
    density = mx.sym.random_pdf_dirichlet(mx.sym.Variable("sample"), mx.sym.Variable("alpha"))
    assert density.infer_shape(sample=(2, 5, 3), alpha=(2, 3))[1] == [(2, 5)]


def test_draws_survive_json():
    x = mx.sym.Variable("x")
    for kind, draw in DRAWS.items():
        symbol = draw(x, "draw")
        np.testing.assert_array_equal(runs(mx.sym.load_json(symbol.tojson()))[0][0], runs(symbol)[0][0], err_msg=kind)


def test_calls_on_arrays_draw_anew_each_time():
    rates = mx.nd.array([1.0, 2.0])
    for function in (
        mx.nd.random.exponential_like,
        mx.nd.sample_exponential,
        mx.nd.sample_gamma and (lambda r: mx.nd.sample_gamma(r, r)),
        mx.nd.random.normal_like,
    ):
        draws = {tuple(function(rates).asnumpy().tolist()) for _ in range(5)}
        assert len(draws) == 5


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("uniform", ["low", "high"]), ("normal", ["loc", "scale"]), ("exponential", ["scale"]), ("gamma", ["alpha", "beta"]), ("poisson", ["lam"]),
        ("negative_binomial", ["k", "p"]), ("generalized_negative_binomial", ["mu", "alpha"]), ("randint", ["low", "high"]),
    ],
)  # fmt: skip
def test_functions_have_the_signatures_of_the_reference(name, parameters):
    for namespace, tail in ((mx.sym.random, ["shape", "dtype", "kwargs"]), (mx.nd.random, ["shape", "dtype", "ctx", "out", "kwargs"])):
        assert list(inspect.signature(getattr(namespace, name)).parameters) == parameters + tail
    assert getattr(mx.random, name) is getattr(mx.nd.random, name)


def test_the_namespace_is_whole_whoever_imported_its_module():
    for first in ("mx.nd.random.uniform()", "mx.sym.random.uniform()"):
        code = f"import symbolic as mx; {first}; mx.sym.random.gamma_like; mx.nd.random.gamma_like; print(len(dir(mx.sym.random)))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert int(done.stdout) >= 18


def test_functions_on_symbols_make_the_nodes_of_the_reference():
    x = mx.sym.Variable("x")
    found = {
        symbol.list_outputs()[0]: symbol.attr_dict().get(symbol.name, {})
        for symbol in (
            mx.sym.random.exponential(4, name="a"),
            mx.sym.random.poisson(x, shape=3, name="b"),
            mx.sym.random.randn(2, 3, loc=1, name="c"),
            mx.sym.random.multinomial(x, name="d"),
            mx.sym.random.uniform_like(x, high=2, name="e"),
            mx.sym.random.shuffle(x, name="f"),
        )
    }
    assert found == {
        "a_output": {"lam": "0.25"},
        "b_output": {"shape": "3"},
        "c_output": {"loc": "1", "scale": "1", "shape": "(2, 3)"},
        "d_output0": {"get_prob": "True", "dtype": "int32"},
        "e_output": {"high": "2"},
        "f_output": {},
    }
    with mx.name.NameManager():
        assert mx.sym.random.uniform_like(x).name == "uniform_like0"
        assert mx.sym.random.uniform().name == "_random_uniform0"


def test_parameters_of_two_kinds_are_refused():
    x = mx.sym.Variable("x")
    for call in (
        lambda: mx.sym.random.normal(x, 1),
        lambda: mx.sym.random.gamma(1, x),
        lambda: mx.nd.random.normal(mx.nd.ones((2,)), 1),
        lambda: mx.nd.random.negative_binomial(1, mx.nd.ones((2,))),
    ):
        with pytest.raises(AssertionError, match="one kind"):
            call()
    for call in (
        lambda: mx.sym.random.poisson("2"),
        lambda: mx.nd.random.poisson(None),
        lambda: mx.sym.random.randint(0, x),
        lambda: mx.nd.random.randint(mx.nd.ones((1,)), 3),
    ):
        with pytest.raises(ValueError, match="numbers"):
            call()


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: mx.sym.random.randint(3, 3), "no number from low=3"),
        (lambda: mx.sym.random.randint(0, 2**40), "int32 does not hold"),
        (lambda: mx.sym.random.negative_binomial(2, 0.0), "p cannot be 0.0"),
        (lambda: mx.sym.random.uniform(2, 1), "low=2 is above high=1"),
        (lambda: mx.nd._internal._sample_unique_zipfian(range_max=3, shape=(1, 4)), "no 4 different numbers below 3"),
        (lambda: mx.nd.sample_poisson(mx.nd.array([-1.0])), "lam"),
    ],
)
def test_what_cannot_be_drawn_is_said(call, match):
    with pytest.raises(mx.MXNetError, match=match):
        call()


def test_every_draw_is_marked_random():
    """Else equal nodes would be taken for one, and a node without inputs for a constant."""
    for name in registry.names():
        if name.startswith(("_sample_", "_random_")) and not name.startswith("_random_pdf"):
            assert registry.find(name).random, name
