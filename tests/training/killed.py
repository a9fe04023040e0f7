"""A training run that is killed again and again, and resumes; for ``test_killed.py``.

    python -m tests.training.killed FOLDER KILLS

One process loads the library and forks a run for each kill, so that a kill costs no start of Python.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path

import numpy as np

import symbolic as mx

BATCHES, ROWS = 3, 8


def network():
    x = mx.sym.Activation(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=256, name="fc1"), act_type="tanh")
    x = mx.sym.BatchNorm(mx.sym.FullyConnected(x, num_hidden=128, name="fc2"), fix_gamma=False, name="bn")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc3"), name="softmax")


def data():
    draw = np.random.RandomState(0)
    return mx.io.NDArrayIter(draw.rand(BATCHES * ROWS, 200).astype("f"), draw.randint(0, 4, BATCHES * ROWS).astype("f"), ROWS)


def latest(folder):
    """Find the last complete epoch; 0 if there is none."""
    return max([int(path.stem[-4:]) for path in Path(folder).glob("run-????.params")], default=0)


def train(folder, until):
    """Go on where the last complete epoch ended, saving in every way that there is."""
    prefix, begin = str(Path(folder) / "run"), latest(folder)
    if begin:
        module = mx.mod.Module.load(prefix, begin, load_optimizer_states=True)
    else:
        mx.random.seed(1)
        module = mx.mod.Module(network())
    module.fit(
        data(),
        num_epoch=until,
        begin_epoch=begin,
        initializer=mx.init.Xavier(),
        optimizer_params={"learning_rate": 0.05, "momentum": 0.9},
        batch_end_callback=lambda _: module.save_checkpoint(f"{folder}/last", 0, save_optimizer_states=True),  # the same files each time
        epoch_end_callback=[
            mx.callback.do_checkpoint(f"{folder}/plain", 2),
            mx.callback.module_checkpoint(module, prefix, save_optimizer_states=True),
        ],
    )


def whole(folder):
    """Check that all that is there can be loaded; return the last complete epoch."""
    done = latest(folder)
    prefixes = [f"{folder}/run-{done:04d}"] * bool(done) + [str(path)[: -len(".params")] for path in Path(folder).glob("[lp]*.params")]
    for prefix in prefixes:
        stem, epoch = prefix[:-5], int(prefix[-4:])
        symbol, arguments, states = mx.model.load_checkpoint(stem, epoch)
        assert set(arguments) | {"data", "softmax_label"} == set(symbol.list_arguments())
        assert set(states) == set(symbol.list_auxiliary_states())
        assert all(np.isfinite(each.asnumpy()).all() for each in (*arguments.values(), *states.values()))
        if not stem.endswith("plain"):
            updater = mx.optimizer.get_updater(mx.optimizer.create("sgd", momentum=0.9))
            updater.set_states(Path(f"{prefix}.states").read_bytes())
            assert len(updater.states) == len(arguments)
    return done


def forked(function, *args, kill_after=None):
    """Run a function in a process of its own; kill it after some seconds. Return whether it was killed."""
    child = os.fork()
    if not child:
        try:
            function(*args)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the run failed"
    return os.WIFSIGNALED(status)


def main(folder, kills):
    """Kill runs; then let one go on to an end, and one go all the way without a kill."""
    broken, straight, before = (Path(folder) / name for name in ("broken", "straight", "before"))
    for each in (broken, straight, before):
        each.mkdir()
    mx.set_num_threads(1)  # threads do not live on in a fork
    train(before, 1)  # loads all that a run needs
    chance, found, leftovers = random.Random(5), [], 0
    for _ in range(int(kills)):
        assert forked(train, broken, 10**6, kill_after=chance.uniform(0.02, 0.3))
        leftovers += len(list(broken.glob(".*.tmp")))
        found.append(whole(broken))
    end = found[-1] + 2
    for run in (broken, straight):
        assert not forked(train, run, end)
    print(json.dumps({"epochs": found, "end": end, "leftovers": leftovers}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # that the parameters of a checkpoint have values already
    main(*sys.argv[1:])
