"""The parameters after 20 training steps: forward, backward and update in MXNet, one graph here."""

import numpy as np

from tests.scenario import scenario

BATCH = 10
WEIGHTS = ["fc1_weight", "bn_gamma", "bn_beta", "fc2_weight", "fc2_bias"]


def network(mx):
    hidden = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=8, no_bias=True, name="fc1")
    hidden = mx.sym.Activation(mx.sym.BatchNorm(hidden, fix_gamma=False, name="bn"), act_type="tanh", name="act")
    weight = mx.sym.Variable("fc2_weight", lr_mult=0.5, wd_mult=2.0)
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(hidden, weight, num_hidden=3, name="fc2"), name="softmax")


def batches(rng):
    for _ in range(20):
        data = rng.normal(size=(BATCH, 5)).astype(np.float32)
        yield {"data": data, "softmax_label": (data.sum(axis=1) > 0).astype(np.float32)}


def by_hand(mx, net, optimizer, values, rng):
    """What there is in MXNet."""
    requests = {name: "write" if name in WEIGHTS else "null" for name in net.list_arguments()}
    executor = net.simple_bind(mx.cpu(), grad_req=requests, data=(BATCH, 5))
    executor.copy_params_from({name: mx.nd.array(value) for name, value in values.items()})
    executor.aux_dict["bn_moving_var"][:] = 1
    update = mx.optimizer.get_updater(optimizer)
    for batch in batches(rng):
        executor.forward(is_train=True, **{name: mx.nd.array(value) for name, value in batch.items()})
        executor.backward()
        for index, name in enumerate(WEIGHTS):
            update(index, executor.grad_dict[name], executor.arg_dict[name])
    return executor.arg_dict, executor.aux_dict, executor.outputs[0]


def as_one_graph(mx, net, optimizer, values, rng):
    """What there is here."""
    step = mx.training.Step(net, optimizer, data=(BATCH, 5), softmax_label=(BATCH,))
    step.set_params(values, {"bn_moving_var": np.ones(8)})
    outputs = [step(**batch)[0] for batch in batches(rng)]
    return step.arg_params, step.aux_params, outputs[-1]


@scenario(
    ("sgd", (("learning_rate", 0.1),)),
    ("sgd", (("learning_rate", 0.1), ("momentum", 0.9), ("wd", 1e-3), ("clip_gradient", 0.5))),
    ("nag", (("learning_rate", 0.1), ("momentum", 0.9))),
    ("ftml", (("learning_rate", 0.01),)),
    ("lars", (("learning_rate", 0.1), ("momentum", 0.9), ("eta", 0.1))),
    ("lamb", (("learning_rate", 0.01), ("wd", 1e-2))),
    ("adam", (("learning_rate", 0.01), ("wd", 1e-3))),
    ("adagrad", (("learning_rate", 0.1),)),
    ("rmsprop", (("learning_rate", 0.01),)),
    ("rmsprop", (("learning_rate", 0.01), ("centered", True))),
    ("adadelta", ()),
    ("ftrl", (("learning_rate", 0.1),)),
    ("adamax", (("learning_rate", 0.01),)),
    ("nadam", (("learning_rate", 0.01),)),
    rtol=2e-3,
    atol=2e-4,
    why="20 steps of rules that divide by small gradients make differences of rounding larger",
)
def twenty_steps(mx, name, options):
    rng = np.random.RandomState(0)
    net = network(mx)
    shapes = {"fc1_weight": (8, 5), "bn_gamma": (8,), "bn_beta": (8,), "fc2_weight": (3, 8), "fc2_bias": (3,)}
    values = {key: rng.normal(0.2, 0.5, shape).astype(np.float32) for key, shape in shapes.items()}
    optimizer = mx.optimizer.create(name, param_idx2name=dict(enumerate(WEIGHTS)), sym=net, rescale_grad=1 / BATCH, **dict(options))
    train = as_one_graph if hasattr(mx, "training") else by_hand
    weights, states, output = train(mx, net, optimizer, values, rng)
    found = [weights[key] for key in WEIGHTS] + [states["bn_moving_mean"], states["bn_moving_var"], output]
    return np.concatenate([array.asnumpy().ravel() for array in found])


@scenario(("factor",), ("multifactor",), ("poly",), ("cosine",), rtol=1e-4, atol=1e-5, why="20 steps add up rounding")
def with_a_scheduler(mx, kind):
    module = mx.lr_scheduler
    scheduler = {
        "factor": lambda: module.FactorScheduler(4, 0.5, base_lr=0.2, warmup_steps=3),
        "multifactor": lambda: module.MultiFactorScheduler([5, 12], 0.3, base_lr=0.2),
        "poly": lambda: module.PolyScheduler(18, base_lr=0.2, pwr=2),
        "cosine": lambda: module.CosineScheduler(18, base_lr=0.2, final_lr=0.01),
    }[kind]()
    return twenty_steps(mx, "sgd", (("momentum", 0.9), ("learning_rate", 0.2), ("lr_scheduler", scheduler)))
