"""Record what MXNet's curves are, to ``tests/recorded/training/curves.npz``.

python         -m tests.training.curves.record digits.npz    writes the digits: MXNet's environment may have no scikit-learn
ref/bin/python -m tests.training.curves.record digits.npz    trains with them
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

RECORDED = Path(__file__).parents[2] / "recorded" / "training" / "curves.npz"
SEEDS = range(20)  # a quarter as many are trained here


def write_digits(file):
    """Write scikit-learn's digits."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    np.savez_compressed(file, pixels=pixels.astype(np.uint8), labels=labels)


def record(mx, file):
    """Train in MXNet, and write down the curves."""
    from tests.training.curves.runs import CURVES, EXACT, exact, fitted

    with np.load(file) as found:
        digits = found["pixels"], found["labels"]
    curves = {name: np.float32([fitted(mx, name, seed, digits) for seed in SEEDS]) for name in CURVES}
    for name, curve in curves.items():
        print(name, curve[:, :, -1].mean(0), "+-", curve[:, :, -1].std(0))
    curves.update({f"exact {name}": exact(mx, name, digits) for name in EXACT})
    np.savez_compressed(RECORDED, **curves)
    print(f"{RECORDED.stat().st_size // 1000} kB")


if __name__ == "__main__":
    try:
        import mxnet  # type: ignore[import-not-found]
    except ImportError:
        write_digits(sys.argv[1])
    else:
        record(mxnet, sys.argv[1])
