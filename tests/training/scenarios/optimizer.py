"""Every optimizer, step by step: weights of several shapes over 50 steps, under every option."""

import numpy as np

from tests.scenario import scenario

SHAPES = [(3, 2), (3,), (2, 1, 2), (1,)]
SEEN = (1, 2, 5, 15, 50)  # the steps at which the weights are looked at


def flat(value):
    """List the arrays of a state."""
    if isinstance(value, (tuple, list)):
        return [array for part in value for array in flat(part)]
    return [] if value is None else [value.asnumpy()]


def joined(arrays):
    """Put arrays in one."""
    return np.concatenate([np.asarray(array).ravel() for array in arrays])


def steps(mx, optimizer, dtype="float32", shapes=SHAPES, names=None, together=False, seed=5, count=50, zeros=False):
    """Run an optimizer; return the weights at some steps, and the states and counts at the end."""
    draw = np.random.RandomState(seed)
    updater = mx.optimizer.get_updater(optimizer)
    weights = [mx.nd.array(draw.uniform(-1, 1, shape), dtype=dtype) for shape in shapes]
    indices = names or list(range(len(shapes)))
    found = []
    for step in range(1, count + 1):
        grads = [mx.nd.array(draw.uniform(-1, 1, shape) * (draw.uniform(0, 1, shape) > 0.3 * zeros), dtype=dtype) for shape in shapes]
        if together:
            updater(list(indices), grads, weights)
        else:
            for index, grad, weight in zip(indices, grads, weights, strict=True):
                updater(index, grad, weight)
        if step in SEEN:
            found.append(joined([weight.asnumpy() for weight in weights]))
    states = [array for index in indices for array in flat(updater.states[index])]
    kinds = ",".join(str(array.dtype) for array in states)
    return [np.stack(found), joined(states) if states else None, f"{kinds} after {optimizer.num_update}"]


COMMON = [{}, {"wd": 0.03}, {"clip_gradient": 0.4}, {"rescale_grad": 0.3}, {"wd": 0.01, "clip_gradient": 0.5, "rescale_grad": 0.8}]
OWN = {
    "sgd": [
        {"momentum": 0.9},
        {"momentum": 0.5, "wd": 0.03},
        {"momentum": -0.5},
        {"lazy_update": False, "momentum": 0.1},
        {"clip_gradient": 0},
    ],
    "ccsgd": [{"momentum": 0.9}],
    "signum": [{"momentum": 0}, {"wd_lh": 0.02}, {"momentum": 0.5, "wd_lh": 0.02, "wd": 0.1}],
    "ftml": [{"beta1": 0.9, "beta2": 0.9, "epsilon": 1e-3}],
    "lars": [
        {"momentum": 0.9},
        {"eta": 0.1, "eps": 1e-3},
        {"momentum": 0.9, "eta": 0.1, "wd": 0.03, "momentum_correction": False},
        {"momentum": 0.9, "rescale_grad": 0.3, "clip_gradient": 0.4},
    ],
    "lbsgd": [
        {"momentum": 0.9},
        {"batch_scale": 2, "updates_per_epoch": 4},
        {"batch_scale": 3, "updates_per_epoch": 4, "warmup_strategy": "power2", "momentum": 0.5},
        {"batch_scale": 2, "updates_per_epoch": 5, "warmup_strategy": "sqrt", "begin_epoch": 1},
        {"warmup_strategy": "lars", "momentum": 0.9},
        {"batch_scale": 4, "warmup_strategy": "lars", "wd": 0.03},
        {"batch_scale": 2, "warmup_strategy": "none", "warmup_epochs": 0},
        {"batch_scale": 2, "warmup_strategy": "other"},
    ],
    "lamb": [
        {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3},
        {"lower_bound": 1.5, "wd": 0.1},
        {"upper_bound": 0.5},
        {"bias_correction": False},
    ],
    "dcasgd": [{"lamda": 0.5}],
    "adam": [{"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-2}, {"lazy_update": False}, {"beta1": 0.0}],
    "adagrad": [{"eps": 1e-2}, {"eps": 1e-2, "wd": 0.05, "learning_rate": 0.5}],
    "rmsprop": [
        {"gamma1": 0.5, "epsilon": 1e-3},
        {"centered": True},
        {"centered": True, "gamma1": 0.8, "gamma2": 0.5, "wd": 0.03, "clip_gradient": 0.4},
        {"clip_weights": 0.5},
        {"centered": True, "clip_weights": 0.5},
    ],
    "adadelta": [{"rho": 0.5, "epsilon": 1e-3}],
    "ftrl": [{"lamda1": 0.5, "beta": 2}, {"lamda1": 0.0, "learning_rate": 0.5}],
    "adamax": [{"beta1": 0.5, "beta2": 0.9}],
    "nadam": [{"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-2, "schedule_decay": 0.1}],
    "test": [],
}
CASES = [(name, options) for name, own in OWN.items() for options in [*COMMON, *own]]
MOVED = [(name, {**options, "learning_rate": 0.05}) for name, own in OWN.items() if own for options in own[:1]]


@scenario(*CASES)
def options(mx, name, words):
    return steps(mx, mx.optimizer.create(name, **words))


@scenario(*MOVED)
def learning_rate(mx, name, words):
    return steps(mx, mx.optimizer.create(name, **words))


@scenario(
    ("nag", {"momentum": 0.9, "wd": 0.03}),
    ("nag", {"momentum": 0.5, "wd": 0.01, "clip_gradient": 0.5, "rescale_grad": 0.8}),
    rtol=2e-2,
    atol=2e-3,
    why="MXNet's operator decays the momentum by the weight after the step, since it writes in place",
)
def nag_with_decay(mx, name, words):
    return steps(mx, mx.optimizer.create(name, **words))


@scenario({}, {"wd": 0.03}, {"momentum": 0.9}, {"momentum": 0.9, "clip_gradient": 0.4, "rescale_grad": 0.3}, {"momentum": -0.5})
def nag(mx, words):
    return steps(mx, mx.optimizer.NAG(**words))


@scenario({}, {"clip_gradient": 0.4}, {"rescale_grad": 0.3}, {"eps": 1e-2, "learning_rate": 0.3})
def group_adagrad(mx, words):
    return steps(mx, mx.optimizer.contrib.GroupAdaGrad(**words), shapes=[(4, 3), (5, 1), (2, 6)])


@scenario(*[name for name in OWN if name not in ("adamax", "test")])
def gradients_with_zeros(mx, name):
    return steps(mx, mx.optimizer.create(name, learning_rate=0.05, wd=0.01), zeros=True, count=10)


@scenario(1, 100)
def langevin(mx, size):
    """The noise has the root of the learning rate for its deviation."""
    optimizer = mx.optimizer.SGLD(learning_rate=0.25, wd=0.0)
    weight, grad = mx.nd.zeros((size, 300)), mx.nd.zeros((size, 300))
    for _ in range(4):
        optimizer.update(0, weight, grad, optimizer.create_state(0, weight))
    return [weight.shape, round(float(weight.asnumpy().std()), 0), optimizer.num_update]
