"""Optimizers on float16 and float64, in mixed precision, and many weights at once."""

from tests.scenario import scenario
from tests.training.scenarios.optimizer import SHAPES, steps

COARSE = "float16 holds three digits, and MXNet rounds after every operation, this library once"
NUMBERS = "MXNet's operators take their parameters in float32"

OWN_TYPE = ["sgd", "signum", "ftml", "lars", "lbsgd", "lamb", "dcasgd", "nag", "adam", "adamax", "nadam"]  # others are float32 only
WITH_MOMENTUM = ("sgd", "nag", "lars", "lbsgd")
ALL = [*OWN_TYPE, "adagrad", "rmsprop", "adadelta", "ftrl"]


@scenario(*OWN_TYPE, rtol=2e-5, why=NUMBERS)
def float64(mx, name):
    return steps(mx, mx.optimizer.create(name, wd=0.01, rescale_grad=0.7), "float64")


@scenario(*WITH_MOMENTUM, rtol=2e-5, why=NUMBERS)
def float64_with_momentum(mx, name):
    return steps(mx, mx.optimizer.create(name, wd=0.0 if name == "nag" else 0.01, momentum=0.9, clip_gradient=0.5), "float64")


@scenario(*[name for name in OWN_TYPE if name not in ("ftml", "signum", "adamax")], rtol=3e-2, atol=6e-3, why=COARSE)
def float16(mx, name):
    return steps(mx, mx.optimizer.create(name, learning_rate=0.01), "float16", count=10)


@scenario("signum", "adamax", rtol=3e-2, atol=1e-2, why=COARSE)
def float16_signs(mx, name):
    return steps(mx, mx.optimizer.create(name, learning_rate=0.01), "float16", count=5)


@scenario(*ALL, rtol=2e-3, atol=1e-3, why="weights are rounded to float16, at the same step to the neighbour at most")
def mixed(mx, name):
    return steps(mx, mx.optimizer.create(name, multi_precision=True, wd=0.01, learning_rate=0.02), "float16")


@scenario(*WITH_MOMENTUM, rtol=2e-3, atol=1e-3, why="weights are rounded to float16, at the same step to the neighbour at most")
def mixed_with_momentum(mx, name):
    return steps(mx, mx.optimizer.create(name, multi_precision=True, momentum=0.9, rescale_grad=0.3, clip_gradient=0.4), "float16")


@scenario(*ALL)
def mixed_is_no_matter_of_float32(mx, name):
    return steps(mx, mx.optimizer.create(name, multi_precision=True, wd=0.01), count=5)


@scenario(*[(name, size) for name in ("sgd", "lars", "lamb") for size in (1, 2, 3, 100)])
def aggregated(mx, name, size):
    optimizer = mx.optimizer.create(name, wd=0.01, clip_gradient=0.5)
    optimizer.aggregate_num = size
    return steps(mx, optimizer, together=True)


@scenario("sgd", "lars")
def aggregated_with_momentum(mx, name):
    return steps(mx, mx.optimizer.create(name, wd=0.01, momentum=0.9), shapes=SHAPES * 2, together=True)


@scenario("sgd", "lars", "lamb", rtol=2e-3, atol=1e-3, why="weights are rounded to float16, at the same step to the neighbour at most")
def aggregated_and_mixed(mx, name):
    words = {} if name == "lamb" else {"momentum": 0.9}
    return steps(mx, mx.optimizer.create(name, wd=0.01, multi_precision=True, **words), "float16", shapes=SHAPES * 2, together=True)


@scenario("sgd", "adam", "rmsprop")
def lists_without_aggregation(mx, name):
    return steps(mx, mx.optimizer.create(name, wd=0.01), together=True, count=5)


@scenario("3", "0")
def aggregation_from_the_environment(mx, size):
    import os

    os.environ["MXNET_OPTIMIZER_AGGREGATION_SIZE"] = size
    try:
        made = [mx.optimizer.SGD(), mx.optimizer.LAMB(), mx.optimizer.LARS(), mx.optimizer.Adam()]
    finally:
        del os.environ["MXNET_OPTIMIZER_AGGREGATION_SIZE"]
    return [optimizer.aggregate_num for optimizer in made]


@scenario("sgd", "nag", "lamb", "adam", "lars", "dcasgd", "signum", "rmsprop")
def layout_of_states(mx, name):
    """Where the copy of the weight is, and of what types states are."""
    words = {"momentum": 0.9} if name in ("sgd", "nag", "lars", "dcasgd") else {}
    optimizer = mx.optimizer.create(name, multi_precision=True, **words)
    weight = mx.nd.array([[1, 2], [3, 4]], dtype="float16")
    state = optimizer.create_state_multi_precision(0, weight)

    def described(part):
        return [described(x) for x in part] if isinstance(part, (tuple, list)) else None if part is None else [str(part.dtype), part]

    return [type(state), described(state), described(mx.optimizer.create(name).create_state(0, mx.nd.ones((2, 1))))]


@scenario("sgd", "lamb")
def direct_lists(mx, name):
    """Lists reach ``update`` and ``update_multi_precision`` of what aggregates."""
    optimizer = mx.optimizer.create(name, learning_rate=0.1)
    weights = [mx.nd.array([1, 2]), mx.nd.array([3, 4, 5])]
    grads = [mx.nd.array([0.5, -1]), mx.nd.array([1, 2, 3])]
    states = [optimizer.create_state_multi_precision(i, w) for i, w in enumerate(weights)]
    optimizer.update([0, 1], weights, grads, states)
    optimizer.update_multi_precision([0, 1], weights, grads, states)
    return [weights, optimizer.num_update]
