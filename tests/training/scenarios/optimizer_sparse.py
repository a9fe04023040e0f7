"""Row-sparse gradients: only the rows that they have are stepped, unless that is turned off."""

import numpy as np

from tests.scenario import scenario
from tests.training.scenarios.optimizer import flat, joined

ROWS = [[0, 2], [1, 2, 4], [], [4], [0, 1, 2, 3, 4]]


def steps(mx, optimizer, weight_stype, shape=(5, 3), dtype="float32"):
    draw = np.random.RandomState(9)
    updater = mx.optimizer.get_updater(optimizer)
    weight = mx.nd.array(draw.uniform(0.5, 1, shape), dtype=dtype).tostype(weight_stype)
    found = []
    for rows in ROWS * 3:
        values = draw.uniform(-1, 1, (len(rows), *shape[1:]))
        grad = (
            mx.nd.sparse.row_sparse_array((values, rows), shape=shape, dtype=dtype)
            if rows
            else mx.nd.sparse.zeros("row_sparse", shape, dtype=dtype)
        )
        updater(0, grad, weight)
        found.append(weight.asnumpy().ravel())
    states = flat(updater.states[0])
    return [np.stack(found), joined(states) if states else None, weight.stype]


COMMON = [{}, {"clip_gradient": 0.4, "rescale_grad": 0.8}]
LAZY = [
    ("sgd", {}),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"wd": 0.1}),
    ("sgd", {"momentum": 0.9, "wd": 0.1}),
    ("adam", {}),
    ("adam", {"wd": 0.1}),
]
CASES = [(name, {**words, **common}) for name, words in LAZY for common in COMMON]


@scenario(*[(stype, name, words) for stype in ("row_sparse", "default") for name, words in CASES])
def lazy(mx, stype, name, words):
    return steps(mx, mx.optimizer.create(name, **words), stype)


@scenario(*[(name, {**words, "lazy_update": False}) for name, words in CASES])
def not_lazy(mx, name, words):
    return steps(mx, mx.optimizer.create(name, **words), "row_sparse")


@scenario(*[(name, words) for name in ("adagrad", "ftrl") for words in COMMON], ("ftrl", {"wd": 0.1, "lamda1": 0.3}))
def without_choice(mx, name, words):
    return steps(mx, mx.optimizer.create(name, **words), "row_sparse")


@scenario(*COMMON)
def group_adagrad(mx, words):
    return steps(mx, mx.optimizer.contrib.GroupAdaGrad(**words), "row_sparse")


@scenario(("sgd", {"momentum": 0.9}), ("adam", {}))
def of_three_axes(mx, name, words):
    return steps(mx, mx.optimizer.create(name, **words), "row_sparse", (5, 2, 2))


@scenario(("sgd", {"momentum": 0.9}), ("sgd", {"momentum": 0.9, "lazy_update": False}), ("adam", {}), ("adagrad", {}), ("ftrl", {}))
def storage_of_states(mx, name, words):
    weight = mx.nd.ones((4, 2)).tostype("row_sparse")
    return [array.shape for array in flat(mx.optimizer.create(name, **words).create_state(0, weight))]


@scenario("sgd", "nag", "rmsprop", "signum", "adamax")
def dense_gradient_of_a_sparse_weight(mx, name):
    weight = mx.nd.array([[1, 2], [0, 0], [3, 4]])
    optimizer = mx.optimizer.create(name, learning_rate=0.1)
    optimizer.update(0, weight, mx.nd.ones((3, 2)), optimizer.create_state(0, weight))
    return weight
