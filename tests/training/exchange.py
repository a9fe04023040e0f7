"""States of optimizers that go from MXNet to this library and back: each loads the other's, and steps on alike.

    ref/bin/python -m tests.training.exchange record        what MXNet writes, to tests/recorded/training/exchange.npz
    python         -m tests.training.exchange write FOLDER  what this library writes
    ref/bin/python -m tests.training.exchange read FOLDER   MXNet loads that, and steps on as it does from its own

The first is for ``test_optimizer_states.py``, the others show that MXNet reads what is written here.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

RECORDED = Path(__file__).parents[1] / "recorded" / "training" / "exchange.npz"
SHAPES = [(2, 3), (4,)]

CASES = {
    "plain": ("sgd", {}),
    "momentum": ("sgd", {"momentum": 0.9, "wd": 0.01}),
    "mixed": ("sgd", {"momentum": 0.9, "multi_precision": True}),
    "nag": ("nag", {"momentum": 0.9}),
    "adam": ("adam", {"wd": 0.01, "clip_gradient": 0.5, "rescale_grad": 0.5}),
    "mixed adam": ("adam", {"multi_precision": True}),
    "nadam": ("nadam", {}),
    "rmsprop": ("rmsprop", {"centered": True}),
    "lamb": ("lamb", {"upper_bound": 2.0}),
    "lars": ("lars", {"momentum": 0.9}),
    "lbsgd": ("lbsgd", {"momentum": 0.9, "batch_scale": 2}),
    "dcasgd": ("dcasgd", {}),
    "ftml": ("ftml", {}),
    "adagrad": ("adagrad", {}),
    "sparse": ("sgd", {"momentum": 0.9}),
    "sparse adam": ("adam", {}),
    "groupadagrad": ("groupadagrad", {}),
    "named": ("sgd", {"momentum": 0.9, "wd": 0.1, "param_idx2name": {0: "a_weight", 1: "a_bias"}}),
    "symbol": ("sgd", {"sym": True, "param_idx2name": {0: "fc_weight", 1: "fc_bias"}}),
    "factor": ("sgd", {"lr_scheduler": ("FactorScheduler", {"step": 2, "factor": 0.5})}),
    "multifactor": ("adam", {"lr_scheduler": ("MultiFactorScheduler", {"step": [2, 4], "factor": 0.5})}),
    "poly": ("adamax", {"lr_scheduler": ("PolyScheduler", {"max_update": 10})}),
    "cosine": ("signum", {"lr_scheduler": ("CosineScheduler", {"max_update": 10, "warmup_steps": 2})}),
    "numpy": ("adam", {"learning_rate": np.float32(0.0625), "wd": np.float64(0.125)}),
}


def made(mx, case):
    """Make the optimizer of a case."""
    name, words = CASES[case]
    words = dict(words)
    if "lr_scheduler" in words:
        kind, options = words["lr_scheduler"]
        words["lr_scheduler"] = getattr(mx.lr_scheduler, kind)(**options)
    if "sym" in words:
        words["sym"] = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc", lr_mult=0.5)
    return mx.optimizer.create(name, **words)


def begun(mx, case):
    """Make the weights of a case and a stream of gradients."""
    draw = np.random.RandomState(11)
    dtype = "float16" if "mixed" in case else "float32"
    shapes = [(2, 3), (4, 1)] if case == "groupadagrad" or "sparse" in case else SHAPES
    stype = "row_sparse" if "sparse" in case else "default"

    def arrays():
        return [mx.nd.array(draw.uniform(-1, 1, shape), dtype=dtype).tostype(stype) for shape in shapes]

    return arrays(), arrays


def step(updater, weights, grads, count):
    """Step some times; return all weights in one."""
    for _ in range(count):
        for index, (weight, grad) in enumerate(zip(weights, grads(), strict=True)):
            updater(index, grad, weight)
    return np.concatenate([weight.asnumpy().ravel() for weight in weights])


def continued(mx, case, content, with_optimizer, before=3, after=3):
    """Step a few times, take over other states, and step on."""
    weights, grads = begun(mx, case)
    optimizer = made(mx, case)
    updater = mx.optimizer.get_updater(optimizer)
    step(updater, weights, grads, before)
    fresh = mx.optimizer.get_updater(mx.optimizer.create("test") if with_optimizer else optimizer)
    fresh.set_states(content)
    return step(fresh, weights, grads, after)


def written(mx, case):
    """Step a few times; return the bytes of the states without and with the optimizer."""
    weights, grads = begun(mx, case)
    updater = mx.optimizer.get_updater(made(mx, case))
    step(updater, weights, grads, 3)
    return [updater.get_states(False), updater.get_states(True)]


def record():
    """Write down what MXNet writes, and where it comes from there."""
    import mxnet as mx  # type: ignore[import-not-found]

    found = {}
    for case in CASES:
        for kept, content in zip(("states", "all"), written(mx, case), strict=True):
            found[f"{case}|{kept}"] = np.frombuffer(content, np.uint8)
            found[f"{case}|{kept}|after"] = continued(mx, case, content, kept == "all")
    np.savez_compressed(RECORDED, **found)
    print(f"{len(CASES)} cases, {RECORDED.stat().st_size // 1000} kB")


def write(folder):
    """Write the files of this library."""
    import symbolic as mx

    for number, case in enumerate(CASES):
        for kept, content in zip(("states", "all"), written(mx, case), strict=True):
            (Path(folder) / f"{number}.{kept}").write_bytes(content)


def read(folder):
    """Load them in MXNet, and compare."""
    import mxnet as mx  # type: ignore[import-not-found]

    wanted = np.load(RECORDED)
    for number, case in enumerate(CASES):
        for kept in ("states", "all"):
            content = (Path(folder) / f"{number}.{kept}").read_bytes()
            found = continued(mx, case, content, kept == "all")
            np.testing.assert_allclose(
                found, wanted[f"{case}|{kept}|after"], 2e-3 if "mixed" in case else 1e-5, 1e-3 if "mixed" in case else 1e-6
            )
    print(f"MXNet {mx.__version__} reads all {2 * len(CASES)} files, and steps on alike")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"record": record, "write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
