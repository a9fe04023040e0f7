"""Rates and decays of single weights, schedulers, counts of steps, and what optimizers are asked for."""

import numpy as np

from tests.scenario import scenario
from tests.training.scenarios.optimizer import steps

NAMES = {0: "fc1_weight", 1: "fc1_bias", 2: "bn_gamma", 3: "bn_beta"}


class Parameter:
    """What ``param_dict`` holds."""

    def __init__(self, lr_mult, wd_mult):
        self.lr_mult, self.wd_mult = lr_mult, wd_mult


def net(mx):
    data = mx.sym.Variable("data")
    bias = mx.sym.Variable("fc1_bias", lr_mult=1.5, wd_mult=0.5)
    fc1 = mx.sym.FullyConnected(data=data, bias=bias, name="fc1", num_hidden=10, lr_mult=0)
    return mx.sym.FullyConnected(data=fc1, name="fc2", num_hidden=10, wd_mult=0.5, attr={"__lr_mult__": "0.25"})


@scenario("sgd", "adam", "lars", "lamb", "ftrl", "adagrad", "adadelta", "rmsprop", "nadam")
def by_name(mx, name):
    return steps(mx, mx.optimizer.create(name, wd=0.1, param_idx2name=NAMES), count=5)


@scenario("sgd", "adam", "lars", "lamb")
def multipliers(mx, name):
    optimizer = mx.optimizer.create(name, wd=0.1, param_idx2name=NAMES, learning_rate=0.1)
    optimizer.set_lr_mult({"fc1_weight": 0.5, 1: 0.1, "bn_gamma": 0.0})
    optimizer.set_wd_mult({"fc1_bias": 2.0, 0: 0.0, "bn_beta": 3.0})
    return [steps(mx, optimizer, count=5), optimizer._get_lrs([0, 1, 2, 3, 4]), optimizer._get_wds([0, 1, 2, 3, 4])]


@scenario("sgd", "lars")
def from_symbol(mx, name):
    symbol = net(mx)
    names = dict(enumerate(symbol.list_arguments()))
    optimizer = mx.optimizer.create(name, sym=symbol, param_idx2name=names, learning_rate=1.0, wd=1.0)
    first = [optimizer.lr_mult, optimizer.wd_mult, optimizer._get_lrs(list(range(6))), optimizer._get_wds(list(range(6)))]
    optimizer.set_lr_mult({"fc2_weight": 3.0})
    optimizer.set_wd_mult({"fc2_bias": 0.125})
    return [{str(k): dict(sorted(v.items())) if isinstance(v, dict) else v for k, v in enumerate(first)},
            dict(sorted(optimizer.lr_mult.items())), dict(sorted(optimizer.wd_mult.items())),
            [optimizer._get_lr(i) for i in range(6)], [optimizer._get_wd(i) for i in range(6)]]  # fmt: skip


@scenario("sgd", "adam", "lars")
def param_dict(mx, name):
    parameters = {0: Parameter(0.5, 0.25), 2: Parameter(2.0, 0.0)}
    optimizer = mx.optimizer.create(name, wd=0.1, param_dict=parameters, param_idx2name=NAMES)
    optimizer.set_lr_mult({0: 9.0, 1: 0.5})
    return [steps(mx, optimizer, count=5), optimizer._get_lrs([0, 1, 2, 3])]


@scenario(
    *[(name, kind) for name in ("sgd", "lars", "adam", "lbsgd", "ftrl", "nag") for kind in ("factor", "multi", "poly", "cosine")],
    atol=2e-5,
    why="weights are sums of steps of up to 0.3, each rounded",
)
def scheduled(mx, name, kind):
    module = mx.lr_scheduler
    schedule = {
        "factor": module.FactorScheduler(7, 0.5, base_lr=0.3, warmup_steps=4, warmup_begin_lr=0.1),
        "multi": module.MultiFactorScheduler([3, 9, 20], 0.5, base_lr=0.3),
        "poly": module.PolyScheduler(30, 0.3, warmup_steps=5),
        "cosine": module.CosineScheduler(30, 0.3, final_lr=0.05, warmup_steps=5, warmup_mode="constant", warmup_begin_lr=0.1),
    }[kind]
    words = {"momentum": 0.9, "eta": 0.1} if name == "lars" else {"momentum": 0.5} if name in ("sgd",) else {}
    optimizer = mx.optimizer.create(name, lr_scheduler=schedule, **words)
    return [steps(mx, optimizer), optimizer.learning_rate, schedule.base_lr]


@scenario("sgd", "adam")
def begin_num_update(mx, name):
    schedule = mx.lr_scheduler.FactorScheduler(10, 0.5)
    optimizer = mx.optimizer.create(name, begin_num_update=25, lr_scheduler=schedule)
    before = [optimizer.num_update, optimizer.begin_num_update]
    return [before, steps(mx, optimizer, count=10), optimizer._index_update_count, schedule.count]


@scenario()
def learning_rates(mx):
    module = mx.lr_scheduler
    one = mx.optimizer.Optimizer(learning_rate=0.01)
    one.set_learning_rate(0.2)
    two = mx.optimizer.Optimizer(lr_scheduler=module.FactorScheduler(step=1), learning_rate=0.3)
    found = [one.learning_rate, one.lr, two.learning_rate]
    two.lr_scheduler.base_lr = 0.4
    three = mx.optimizer.Optimizer(lr_scheduler=module.FactorScheduler(step=1, base_lr=1024))
    return [*found, two.learning_rate, three.learning_rate, three.lr, mx.optimizer.Optimizer().learning_rate]


@scenario()
def learning_rate_of_a_schedule(mx):
    mx.optimizer.Optimizer(lr_scheduler=mx.lr_scheduler.FactorScheduler(step=1), learning_rate=0.3).set_learning_rate(0.5)


@scenario()
def learning_rate_scale(mx):
    mx.optimizer.Optimizer().set_lr_scale({})


@scenario("Optimizer", "SGD", "ccSGD", "NAG", "Signum", "FTML", "LARS", "LBSGD", "LAMB", "DCASGD", "SGLD", "Adam", "AdaGrad", "RMSProp",
          "AdaDelta", "Ftrl", "Adamax", "Nadam", "Test")  # fmt: skip
def attributes(mx, name):
    found = vars(getattr(mx.optimizer, name)(rescale_grad=0.5, wd=0.1, param_idx2name={0: "a_bias"}))
    return " ".join(f"{key}={value}" for key, value in sorted(found.items()))


@scenario("sgd", "SGD", "Adam", "nadam", "groupadagrad", "LBSGD", "ccsgd", "lAmB")
def created(mx, name):
    made = [mx.optimizer.create(name), mx.optimizer.Optimizer.create_optimizer(name), mx.optimizer.Optimizer.opt_registry[name.lower()]()]
    return [type(optimizer).__name__ for optimizer in made]


@scenario("sdg", "", "optimizer")
def unknown(mx, name):
    mx.optimizer.create(name)


@scenario()
def registered(mx):
    class Mine(mx.optimizer.Optimizer):
        def __init__(self, strength=1, **kwargs):
            super().__init__(**kwargs)
            self.strength = strength

        def create_state(self, index, weight):
            return mx.nd.zeros(weight.shape, ctx=weight.context, dtype=weight.dtype)

        def update(self, index, weight, grad, state):
            self._update_count(index)
            state[:] += 1
            weight[:] -= self._get_lr(index) * self.strength * grad + self._get_wd(index) * weight

    same = mx.optimizer.register(Mine) is Mine
    optimizer = mx.optimizer.create("mine", strength=2, learning_rate=0.5, wd=0.1, multi_precision=True)
    return [same, steps(mx, optimizer, count=3), steps(mx, mx.optimizer.Optimizer.create_optimizer("MINE"), "float16", count=3)]


@scenario("weight", "grad")
def no_array(mx, which):
    optimizer, weight, grad = mx.optimizer.SGD(), mx.nd.ones((2,)), mx.nd.ones((2,))
    if which == "weight":
        weight = np.ones(2)
    else:
        grad = np.ones(2)
    optimizer.update(0, weight, grad, None)


@scenario()
def names_that_are_no_dict(mx):
    mx.optimizer.SGD(param_idx2name=["a"])


@scenario()
def unknown_word(mx):
    mx.optimizer.SGD(momentun=0.9)


@scenario()
def group_adagrad_of_a_vector(mx):
    mx.optimizer.contrib.GroupAdaGrad().create_state(0, mx.nd.ones((3,)))


@scenario()
def group_adagrad_with_decay(mx):
    optimizer, weight = mx.optimizer.contrib.GroupAdaGrad(wd=0.1), mx.nd.ones((3, 2))
    optimizer.update(0, weight, weight, optimizer.create_state(0, weight))


@scenario()
def base_alone(mx):
    weight = mx.nd.ones((3, 2))
    optimizer = mx.optimizer.Optimizer()
    assert optimizer.create_state(0, weight) is None
    optimizer.update(0, weight, weight, None)


@scenario()
def counts_by_device(mx):
    optimizer = mx.optimizer.Adam()
    updater = mx.optimizer.get_updater(optimizer)
    for device in (0, 1, 0, 0):
        weight = mx.nd.ones((2,), ctx=mx.cpu(device))
        updater(device, mx.nd.ones((2,), ctx=mx.cpu(device)), weight)
    return [optimizer._all_index_update_counts, optimizer._index_update_count, optimizer.num_update, sorted(updater.states)]


@scenario()
def string_keys(mx):
    return steps(mx, mx.optimizer.Adam(), names=["a", "b", "c", "d"], count=3)


@scenario()
def bytes_for_keys(mx):
    updater = mx.optimizer.get_updater(mx.optimizer.SGD(momentum=0.9))
    updater([b"one"], [mx.nd.ones((2,))], [mx.nd.ones((2,))])
    return [updater.states, updater.states_synced, updater.aggregate_updates]
