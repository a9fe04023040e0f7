"""Optimizers as users write them, on arrays; beside the library's own."""

import numpy as np

from tests.scenario import scenario
from tests.training.scenarios.optimizer import SHAPES, flat, joined, steps

COARSE = "float16 holds three digits, and MXNet rounds after every operation"


def momentum_of(mx):
    """Write SGD as users did before there was mixed precision."""

    class Descent(mx.optimizer.Optimizer):
        def __init__(self, learning_rate=0.01, momentum=0.0, multi_precision=False, **kwargs):
            super().__init__(learning_rate=learning_rate, **kwargs)
            self.momentum, self.multi_precision = momentum, multi_precision

        def create_state(self, index, weight):
            narrow = self.multi_precision and weight.dtype == np.float16
            dtype = np.float32 if narrow else weight.dtype
            momentum = mx.nd.zeros(weight.shape, weight.context, dtype=dtype) if self.momentum != 0.0 else None
            return (momentum, mx.nd.array(weight, ctx=weight.context, dtype=np.float32)) if narrow else momentum

        def create_state_multi_precision(self, index, weight):
            return self.create_state(index, weight)

        def update(self, index, weight, grad, state):
            lr, wd = self._get_lr(index), self._get_wd(index)
            self._update_count(index)
            if isinstance(state, (list, tuple)):
                mom, wide = state
                grad = grad.astype("float32")
            else:
                mom, wide = state, weight
            grad = grad * self.rescale_grad
            if self.clip_gradient is not None:
                grad = mx.nd.clip(grad, -self.clip_gradient, self.clip_gradient)
            if mom is None:
                wide[:] = (1 - lr * wd) * wide - lr * grad
            else:
                mom[:] *= self.momentum
                mom[:] -= lr * wd * wide
                mom[:] -= lr * grad
                wide[:] += mom
            if wide is not weight:
                wide.astype(weight.dtype).copyto(weight)

        def update_multi_precision(self, index, weight, grad, state):
            self.update(index, weight, grad, state)

    return Descent


def adam_of(mx):
    class Moments(mx.optimizer.Optimizer):
        def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, **kwargs):
            super().__init__(learning_rate=learning_rate, **kwargs)
            self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

        def create_state(self, index, weight):
            return (mx.nd.zeros(weight.shape, weight.context, dtype=weight.dtype), mx.nd.zeros_like(weight))

        def update(self, index, weight, grad, state):
            lr = self._get_lr(index)
            self._update_count(index)
            t = self._index_update_count[index]
            mean, variance = state
            grad = grad * self.rescale_grad + self._get_wd(index) * weight
            if self.clip_gradient is not None:
                mx.nd.clip(grad, -self.clip_gradient, self.clip_gradient, out=grad)
            mean *= self.beta1
            mean += grad * (1.0 - self.beta1)
            variance[:] = variance * self.beta2 + (1 - self.beta2) * mx.nd.square(grad, out=grad)
            step_size = lr * (1.0 - self.beta2**t) ** 0.5 / (1.0 - self.beta1**t)
            weight[:] -= step_size * mean / (mx.nd.sqrt(variance) + self.epsilon)

    return Moments


WORDS = [
    {},
    {"momentum": 0.9},
    {"clip_gradient": 0.4, "rescale_grad": 0.14, "wd": 0.07},
    {"momentum": 0.9, "wd": 0.03, "clip_gradient": 0.5},
]


@scenario(
    *[(words, dtype) for words in WORDS for dtype in ("float32", "float64")], rtol=2e-5, why="parameters of operators are float32 in MXNet"
)
def descent(mx, words, dtype):
    return steps(mx, momentum_of(mx)(**words), dtype, count=20)


@scenario(*WORDS, rtol=2e-3, atol=1e-3, why="weights are rounded to float16, at the same step to the neighbour at most")
def descent_mixed(mx, words):
    return steps(mx, momentum_of(mx)(multi_precision=True, **words), "float16", count=20)


@scenario(*[{key: words[key] for key in words if key != "momentum"} for words in WORDS[::2]])
def moments(mx, words):
    return steps(mx, adam_of(mx)(**words), count=20)


@scenario(*[(kind, words) for kind in ("momentum", "moments") for words in WORDS[2:3]])
def beside_the_library(mx, kind, words):
    """Both take the same steps."""
    pair = (
        [momentum_of(mx)(**words), mx.optimizer.SGD(**words)] if kind == "momentum" else [adam_of(mx)(**words), mx.optimizer.Adam(**words)]
    )
    first, second = [steps(mx, optimizer, count=10)[0] for optimizer in pair]
    return bool(np.allclose(first, second, 1e-4, 1e-5))


@scenario("sgd", "adam", "lamb", "nag", "rmsprop", "ftml", "lars", "signum")
def by_hand(mx, name):
    """States are made, and weights stepped, without an updater; the states are those of index 0 each time."""
    optimizer = mx.optimizer.create(name, learning_rate=0.05)
    draw = np.random.RandomState(3)
    weights = tuple(mx.nd.array(draw.uniform(0, 1, shape)) for shape in SHAPES)
    grads = tuple(mx.nd.array(draw.uniform(0, 1, shape)) for shape in SHAPES)
    states = [optimizer.create_state_multi_precision(0, weight) for weight in weights]
    if optimizer.aggregate_num:
        optimizer.update_multi_precision(list(range(len(weights))), weights, grads, states)
    for index, (weight, grad, state) in enumerate(zip(weights, grads, states, strict=True)):
        optimizer.update_multi_precision(index, weight, grad, state)
    return [joined([weight.asnumpy() for weight in weights]), joined([array for state in states for array in flat(state)] or [0])]


@scenario()
def copied(mx):
    """An optimizer is copied with its counts, but for ``param_dict``."""
    import copy

    optimizer = mx.optimizer.Adam(param_dict={0: 1}, lr_scheduler=mx.lr_scheduler.FactorScheduler(2, 0.5))
    optimizer.param_dict = {}
    weight = mx.nd.ones((2,))
    optimizer.update(0, weight, mx.nd.ones((2,)), optimizer.create_state(0, weight))
    again = copy.deepcopy(optimizer)
    again.lr_scheduler(9)
    again._update_count(0)
    return [again.num_update, optimizer.num_update, again.learning_rate, optimizer.learning_rate, again.param_dict]


@scenario("add", "mean")
def updater_function(mx, kind):
    """An updater may be any function."""
    kept = {}

    def update(index, grad, weight):
        kept[index] = kept.get(index, 0) + 1
        weight += grad if kind == "add" else grad / kept[index]

    store = mx.kv.create()
    store.init(0, mx.nd.zeros((2,)))
    store._set_updater(update)
    for step in range(4):
        store.push(0, [mx.nd.ones((2,)) * step, mx.nd.ones((2,))])
    out = mx.nd.zeros((2,))
    store.pull(0, out=out)
    return [out, kept]
