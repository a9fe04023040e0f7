"""What an optimizer does to arrays, its formula does in a graph, whose per-step numbers are inputs."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.training.optimizer.formula import composed, leaves, mapped

CASES = [
    ("sgd", {}),
    ("sgd", {"momentum": 0.9, "wd": 0.01, "clip_gradient": 0.4, "rescale_grad": 0.5}),
    ("nag", {"momentum": 0.9}),
    ("nag", {"wd": 0.1}),
    ("signum", {"wd_lh": 0.1, "wd": 0.1}),
    ("signum", {"momentum": 0.0, "wd": 0.1}),
    ("dcasgd", {"momentum": 0.9, "lamda": 0.5}),
    ("dcasgd", {"wd": 0.1}),
    ("test", {"rescale_grad": 0.5}),
    ("adam", {"wd": 0.1}),
    ("adamw", {"wd": 0.1, "rescale_grad": 0.5}),
    ("adamax", {"wd": 0.1, "clip_gradient": 0.4}),
    ("nadam", {"wd": 0.1}),
    ("ftml", {"wd": 0.1}),
    ("adagrad", {"wd": 0.1}),
    ("rmsprop", {"wd": 0.1}),
    ("rmsprop", {"wd": 0.1, "centered": True, "clip_weights": 0.9}),
    ("adadelta", {"wd": 0.1}),
    ("ftrl", {"wd": 0.1}),
    ("groupadagrad", {"clip_gradient": 0.4}),
    ("lars", {"momentum": 0.9, "wd": 0.1}),
    ("lars", {"eta": 0.1}),
    ("lbsgd", {"momentum": 0.9}),
    ("lbsgd", {"warmup_strategy": "lars"}),
    ("lamb", {"wd": 0.1, "lower_bound": 0.1, "upper_bound": 3.0}),
    ("lamb", {"bias_correction": False}),
]
RATES = [0.1, 0.1, 0.05, 0.05, 0.02]


def variables(names):
    """Make a function that gives a variable of the next name."""
    left = iter(names)
    return lambda _: mx.sym.Variable(next(left))


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_graph_steps_as_arrays_do(name, options, dtype):
    if dtype == "float64" and (name == "lars" or options.get("warmup_strategy") == "lars"):
        pytest.skip("multi_sum_sq gives float32 lengths, as in MXNet, and no operator mixes them with float64")
    eager, graph = [mx.optimizer.create(name, learning_rate=RATES[0], **options) for _ in range(2)]
    draw = np.random.RandomState(3)
    weight = draw.uniform(-1, 1, (4, 3)).astype(dtype)
    array = mx.nd.array(weight, dtype=dtype)
    state = eager.create_state(0, array)
    executor, state_names = None, []
    for lr in RATES:
        grad = draw.uniform(-1, 1, (4, 3)).astype(dtype)
        eager.lr = graph.lr = lr
        eager.update(0, array, mx.nd.array(grad, dtype=dtype), state)

        numbers = graph.scalars(0)
        if executor is None:
            first = graph.create_state(0, mx.nd.array(weight, dtype=dtype))
            state_names = [f"state{place}" for place in range(len(leaves(first)))]
            new, states = composed(
                graph,
                mx.sym.Variable("weight"),
                mx.sym.Variable("grad"),
                mapped(variables(state_names), first),
                {number: mx.sym.Variable(number) for number in numbers},
            )
            shapes = {"weight": (4, 3), "grad": (4, 3), **dict.fromkeys(numbers, (1,))}
            shapes |= {state: value.shape for state, value in zip(state_names, leaves(first), strict=True)}
            together = mx.sym.Group([new, *leaves(states)])
            known = dict.fromkeys(together.list_arguments(), dtype)
            given = {argument: shapes[argument] for argument in together.list_arguments()}
            executor = together.simple_bind(mx.cpu(), grad_req="null", type_dict=known, **given)
            values = {"weight": weight, **{s: v.asnumpy() for s, v in zip(state_names, leaves(first), strict=True)}}
        feed = {**values, "grad": grad, **{number: np.array([value]) for number, value in numbers.items()}}
        for argument, value in feed.items():
            if argument in executor.arg_dict:
                executor.arg_dict[argument][:] = value
        outputs = [output.asnumpy() for output in executor.forward()]
        values = dict(zip(("weight", *state_names), outputs, strict=True))
        np.testing.assert_allclose(values["weight"], array.asnumpy(), 2e-5, 1e-6)
        for found, wanted in zip(outputs[1:], leaves(state), strict=True):
            np.testing.assert_allclose(found, wanted.asnumpy(), 2e-5, 1e-6)


def test_noise_is_drawn_anew_in_a_graph():
    langevin = mx.optimizer.create("sgld", learning_rate=0.25)
    names = list(langevin.scalars(0))
    new, state = composed(langevin, mx.sym.Variable("w"), mx.sym.Variable("g"), None, {name: mx.sym.Variable(name) for name in names})
    assert state is None
    executor = new.simple_bind(mx.cpu(), grad_req="null", **{"w": (200, 50), "g": (200, 50), **dict.fromkeys(names, (1,))})
    for name, value in langevin.scalars(0).items():
        if name in executor.arg_dict:
            executor.arg_dict[name][:] = value
    first, second = [executor.forward()[0].asnumpy().copy() for _ in range(2)]
    assert abs(first.std() - 0.5) < 0.02 and not np.allclose(first, second)


def test_gradients_of_several_batches_are_not_for_graphs():
    with pytest.raises(mx.MXNetError, match="batch_scale"):
        mx.optimizer.create("lbsgd", batch_scale=4).scalars(0)
