"""Checkpoints, and where the runs that they come from go on to; runs in both libraries, each of which reads the other's.

ref/bin/python -m tests.training.checkpoints record          what MXNet writes, to tests/recorded/training/checkpoints
python         -m tests.training.checkpoints write FOLDER    what this library writes
ref/bin/python -m tests.training.checkpoints read FOLDER     MXNet loads that, and goes on as it does from its own
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1] / "recorded" / "training" / "checkpoints"
RUNS = {  # optimizer, its options, contexts; with two of these a store steps, and keeps the states
    "sgd": ("sgd", {"learning_rate": 0.1, "momentum": 0.9}, 1),
    "rmsprop": ("rmsprop", {"learning_rate": 0.01, "centered": True}, 1),
    "ftrl": ("ftrl", {"learning_rate": 0.1}, 2),
    "adam": ("adam", {"learning_rate": 0.01, "wd": 0.01}, 2),
    "nadam": ("nadam", {"learning_rate": 0.01}, 1),
    "scheduled": ("nag", {"momentum": 0.9, "lr_scheduler": ("FactorScheduler", {"step": 3, "factor": 0.5, "base_lr": 0.2})}, 1),
    "buckets": ("adam", {"learning_rate": 0.01}, 1),
}


def values(*shape, seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype("f")


def net(mx):
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=6, name="fc1")
    x = mx.sym.BatchNorm(mx.sym.Activation(x, act_type="tanh", name="tanh"), fix_gamma=False, name="bn")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc2"), name="softmax")


def bucket(mx, key):
    x = mx.sym.sum(mx.sym.Embedding(mx.sym.Variable("data"), input_dim=9, output_dim=5, name="embed"), axis=1, name="sum")
    x = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc"), name="softmax")
    return x, ["data"], ["softmax_label"]


def fresh(mx, name):
    """Make a module."""
    if name == "buckets":
        return mx.mod.BucketingModule(lambda key: bucket(mx, key), 5)
    return mx.mod.Module(net(mx), context=contexts(mx, name))


def contexts(mx, name):
    return [mx.cpu(number) for number in range(RUNS[name][2])]


def begin(mx, name, module):
    """Make a module, or one of a checkpoint, ready."""
    optimizer, words, _ = RUNS[name]
    if "lr_scheduler" in words:
        kind, options = words["lr_scheduler"]
        words = {**words, "lr_scheduler": getattr(mx.lr_scheduler, kind)(**options)}
    module.bind([("data", (6, 5))], [("softmax_label", (6,))])
    if not module.params_initialized:
        module.init_params(mx.init.One())
        arguments, states = module.get_params()
        module.set_params({key: mx.nd.array(values(*each.shape, seed=len(key))) for key, each in arguments.items()}, states)
    module.init_optimizer(optimizer=optimizer, optimizer_params=words)
    return module


def go(mx, name, module, steps):
    """Make some steps."""
    for step in steps:
        draw = np.random.RandomState(step)
        data, label, shape = values(6, 5, seed=step), draw.randint(0, 4, 6), (6, 5)
        if name == "buckets":
            shape = (6, 3 + step % 3)
            data = draw.randint(0, 9, shape)
        given = [mx.io.DataDesc("data", shape)], [mx.io.DataDesc("softmax_label", (6,))]
        module.forward_backward(
            mx.io.DataBatch([mx.nd.array(data)], [mx.nd.array(label)], bucket_key=shape[1], provide_data=given[0], provide_label=given[1])
        )
        module.update()


def loaded(mx, name, prefix):
    """Load a checkpoint."""
    if name == "buckets":
        module = mx.mod.BucketingModule.load(str(prefix), 4, sym_gen=lambda key: bucket(mx, key), default_bucket_key=5)
        module._curr_module._preload_opt_states = f"{prefix}-0004.states"  # which its load leaves to the user
        return module
    return mx.mod.Module.load(str(prefix), 4, load_optimizer_states=True, context=contexts(mx, name))


def resumed(mx, name, prefix):
    """Load a checkpoint, and go on."""
    module = begin(mx, name, loaded(mx, name, prefix))
    go(mx, name, module, range(4, 8))
    return module


def write(mx, name, prefix):
    """Train, and write a checkpoint."""
    module = begin(mx, name, fresh(mx, name))
    go(mx, name, module, range(4))
    if name == "buckets":
        module.save_checkpoint(str(prefix), 4)
        module._curr_module.save_optimizer_states(f"{prefix}-0004.states")
    else:
        module.save_checkpoint(str(prefix), 4, save_optimizer_states=True)


def same(mx, module, end):
    """Compare the parameters of a module with those of a file."""
    arguments, states = module.get_params()
    wanted = mx.nd.load(str(end))
    assert len(wanted) == len(arguments) + len(states)
    for kind, found in (("arg", arguments), ("aux", states)):
        for key, value in found.items():
            np.testing.assert_allclose(value.asnumpy(), wanted[f"{kind}:{key}"].asnumpy(), 1e-4, 1e-5, err_msg=key)


def main(command, folder=FOLDER):
    """Record, write or read."""
    if command == "write":
        import symbolic as mx
    else:
        import mxnet as mx  # type: ignore[import-not-found]
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in RUNS:
        prefix = Path(folder) / name
        if command == "read":
            same(mx, resumed(mx, name, prefix), FOLDER / f"{name}.end")
            continue
        write(mx, name, prefix)
        if command == "record":
            resumed(mx, name, prefix).save_params(f"{prefix}.end")
    print(f"{command}: {len(RUNS)} runs")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
