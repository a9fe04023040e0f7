"""Learning rates over 200 updates, under every option, asked again and out of order."""

import numpy as np

from tests.scenario import scenario

WARM = [
    {},
    {"warmup_steps": 20},
    {"warmup_steps": 20, "warmup_begin_lr": 0.05},
    {"warmup_steps": 13, "warmup_begin_lr": 0.1, "warmup_mode": "constant"},
]
KINDS = [
    ("FactorScheduler", {"step": 30}),
    ("FactorScheduler", {"step": 30, "factor": 0.5}),
    ("FactorScheduler", {"step": 7, "factor": 0.3, "stop_factor_lr": 1e-3}),
    ("FactorScheduler", {"step": 1, "factor": 0.99}),
    ("FactorScheduler", {"step": 2.5, "factor": 0.9}),
    ("MultiFactorScheduler", {"step": [50]}),
    ("MultiFactorScheduler", {"step": [15, 30, 31, 120], "factor": 0.1}),
    ("MultiFactorScheduler", {"step": [1, 2], "factor": 0.5}),
    ("PolyScheduler", {"max_update": 150}),
    ("PolyScheduler", {"max_update": 150, "pwr": 1}),
    ("PolyScheduler", {"max_update": 90, "pwr": 0.5, "final_lr": 0.02}),
    ("PolyScheduler", {"max_update": 500, "pwr": 3}),
    ("CosineScheduler", {"max_update": 150}),
    ("CosineScheduler", {"max_update": 90, "final_lr": 0.02}),
    ("CosineScheduler", {"max_update": 500}),
]


def state(schedule):
    return " ".join(f"{key}={value:.9g}" if isinstance(value, float) else f"{key}={value}" for key, value in sorted(vars(schedule).items()))


@scenario(*[(kind, {**words, **warm}) for kind, words in KINDS for warm in WARM])
def forward(mx, kind, words):
    schedule = getattr(mx.lr_scheduler, kind)(base_lr=0.3, **words)
    rates = [schedule(update) for update in range(201)][::4]
    return [np.array(rates), state(schedule)]


@scenario(*KINDS)
def out_of_order(mx, kind, words):
    schedule = getattr(mx.lr_scheduler, kind)(base_lr=0.3, warmup_steps=5, **words)
    return np.array([schedule(update) for update in [0, 3, 3, 60, 60, 10, 2, 61, 200, 0, 4, 5, 6, 100, 10000, 7]])


@scenario(*KINDS)
def another_base(mx, kind, words):
    """As an optimizer does that is given a learning rate, too."""
    schedule = getattr(mx.lr_scheduler, kind)(**words)
    schedule.base_lr = 0.7
    return np.array([schedule(update) for update in range(0, 200, 9)])


@scenario(*KINDS)
def fresh(mx, kind, words):
    return state(getattr(mx.lr_scheduler, kind)(**words))


@scenario(
    ("LRScheduler", {"warmup_steps": 1.5}),
    ("LRScheduler", {"warmup_begin_lr": 0.5}),
    ("LRScheduler", {"warmup_steps": -1}),
    ("LRScheduler", {"warmup_mode": "square"}),
    ("FactorScheduler", {"step": 0}),
    ("FactorScheduler", {"step": 1, "factor": 1.1}),
    ("FactorScheduler", {}),
    ("MultiFactorScheduler", {"step": []}),
    ("MultiFactorScheduler", {"step": 5}),
    ("MultiFactorScheduler", {"step": (5, 6)}),
    ("MultiFactorScheduler", {"step": [5, 5]}),
    ("MultiFactorScheduler", {"step": [0, 5]}),
    ("MultiFactorScheduler", {"step": [5], "factor": 2}),
    ("PolyScheduler", {"max_update": 0}),
    ("PolyScheduler", {"max_update": 1.5}),
    ("CosineScheduler", {"max_update": 0}),
    ("CosineScheduler", {"max_update": "5"}),
)
def refused(mx, kind, words):
    getattr(mx.lr_scheduler, kind)(**words)


@scenario()
def base_alone(mx):
    mx.lr_scheduler.LRScheduler()(1)


@scenario()
def warm_up_is_over(mx):
    mx.lr_scheduler.FactorScheduler(5, warmup_steps=3).get_warmup_lr(3)


@scenario()
def own(mx):
    class Steps(mx.lr_scheduler.LRScheduler):
        def __call__(self, num_update):
            return self.get_warmup_lr(num_update) if num_update < self.warmup_steps else self.base_lr / (1 + num_update)

    schedule = Steps(base_lr=0.5, warmup_steps=4)
    optimizer = mx.optimizer.SGD(lr_scheduler=schedule)
    weight = mx.nd.zeros((1,))
    for _ in range(8):
        optimizer.update(0, weight, mx.nd.ones((1,)), None)
    return [weight, [schedule(update) for update in range(6)]]
