"""Checkpoints that MXNet writes, and where the runs that they come from go on to; runs in both libraries.

    ref/bin/python -m tests.training.checkpoints

writes ``tests/recorded/training/checkpoints``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1] / "recorded" / "training" / "checkpoints"
RUNS = {
    "sgd": ("sgd", {"learning_rate": 0.1, "momentum": 0.9}, 1),
    "rmsprop": ("rmsprop", {"learning_rate": 0.01, "centered": True}, 1),
    "ftrl": ("ftrl", {"learning_rate": 0.1}, 2),
}


def values(*shape, seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype("f")


def net(mx):
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=6, name="fc1")
    x = mx.sym.BatchNorm(mx.sym.Activation(x, act_type="tanh", name="tanh"), fix_gamma=False, name="bn")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc2"), name="softmax")


def begin(mx, optimizer, words, contexts, module=None):
    """Make a module, or one of a checkpoint, ready."""
    module = module or mx.mod.Module(net(mx), context=[mx.cpu(number) for number in range(contexts)])
    module.bind([("data", (6, 5))], [("softmax_label", (6,))])
    if not module.params_initialized:
        module.init_params(mx.init.One())
        arguments, states = module.get_params()
        module.set_params({name: mx.nd.array(values(*each.shape, seed=len(name))) for name, each in arguments.items()}, states)
    module.init_optimizer(optimizer=optimizer, optimizer_params=words)
    return module


def go(mx, module, steps):
    """Make some steps."""
    for step in steps:
        label = np.random.RandomState(step).randint(0, 4, 6)
        module.forward_backward(mx.io.DataBatch([mx.nd.array(values(6, 5, seed=step))], [mx.nd.array(label)]))
        module.update()


def resumed(mx, name, prefix):
    """Load a checkpoint, and go on."""
    optimizer, words, contexts = RUNS[name]
    found = mx.mod.Module.load(str(prefix), 4, load_optimizer_states=True, context=[mx.cpu(number) for number in range(contexts)])
    module = begin(mx, optimizer, words, contexts, found)
    go(mx, module, range(4, 8))
    return module


def write(mx, name, prefix):
    """Train, and write a checkpoint."""
    module = begin(mx, *RUNS[name])
    go(mx, module, range(4))
    module.save_checkpoint(str(prefix), 4, save_optimizer_states=True)
    resumed(mx, name, prefix).save_params(f"{prefix}.end")


if __name__ == "__main__":
    import mxnet  # type: ignore[import-not-found]

    FOLDER.mkdir(parents=True, exist_ok=True)
    for run in RUNS:
        write(mxnet, run, FOLDER / run)
