"""Hunt for differences from MXNet in cases drawn with a seed of your choice.

::

    python -m tests.sweep reduce --seed 7 --count 2000 --reference /path/to/ref/bin/python

records the cases with the reference's Python into a temporary folder and prints, by operator, where this library parts.
"""

from __future__ import annotations

import argparse
import collections
import importlib
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description="Hunt for differences from MXNet in cases drawn at random.")
    parser.add_argument("families", nargs="+", help="files of tests/sweep, without .py")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--reference", default="/work/ref/bin/python", help="a Python that has MXNet 1.9.1")
    parser.add_argument("--each", type=int, default=3, help="differences to print for an operator")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(SWEEP=f"{options.seed}:{options.count}", SWEEP_RECORDED=folder)
        paths = [f"sweep/{family}" for family in options.families]
        subprocess.run([options.reference, "-m", "tests.record", *paths], cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
        return sum(compare(family, options.each) for family in options.families)


def compare(family: str, each: int) -> int:
    """Print where the library parts from the reference; return how often it does."""
    from tests.sweep.test_sweep import answered

    cases = importlib.import_module(f"tests.sweep.{family}").CASES
    parted = collections.defaultdict(list)
    for case in cases:
        try:
            answered(f"sweep/{family}", case)
        except BaseException as error:  # pytest's own failures are no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            parted[case.op].append((case, error))
    for op, found in sorted(parted.items()):
        print(f"\n{op}: {len(found)} differ")
        for case, error in found[:each]:
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"  {case}\n    {type(error).__name__} in {where.name}: " + "\n      ".join(str(error).strip().splitlines()[:12]))
    print(f"{family}: {sum(map(len, parted.values()))} of {len(cases)} differ")
    return sum(map(len, parted.values()))


if __name__ == "__main__":
    sys.exit(main() > 0)
