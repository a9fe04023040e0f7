"""Mutation testing of a sample: are there tests that notice when a line says something else?

``mutmut`` makes the mutants of ``symbolic.files``, ``symbolic.infer`` and ``symbolic.operator``, and finds the tests that reach each
function (``[tool.mutmut]`` in pyproject.toml; all in the folder ``mutants``, which git ignores). It has no samples, so this command
draws one from a seed and runs each mutant against those tests, the fastest first, until one fails.

    python -m tests.mutation draw --seed 7 --count 150 infer      # names, one a line
    python -m tests.mutation run --seed 7 --count 150 infer       # killed, survived, or too slow, one a line, and the score
    mutmut show NAME                                              # what a mutant changes

Answers are kept in ``mutants/sample.json``: a run that was stopped goes on, and ``--again`` asks for those that were not killed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MUTANTS = Path("mutants")
ANSWERS = MUTANTS / "sample.json"
MOST_SECONDS = 60  # of tests for one mutant, as they took without it
PACKAGES = ("files", "infer", "operator")
FEW = 5  # tests: a function that only imports reach was recorded for whichever test imported it
SURVIVED, TOO_SLOW = "survived", "too slow"


def pytest_configure() -> None:
    """As a plugin of pytest (``-p tests.mutation``): the frames that mutmut puts around each function are not the user's."""
    import mutmut

    from symbolic import scope

    scope._HERE = (*scope._HERE, os.path.dirname(mutmut.__file__))


def draw(package: str, seed: int, count: int) -> list[str]:
    """Draw mutants of a package, the same for the same code, seed and count."""
    names = [
        name
        for file in sorted((MUTANTS / "symbolic" / package).glob("*.py.meta"))
        for name in sorted(json.loads(file.read_text())["exit_code_by_key"])
    ]
    return sorted(random.Random(f"{package} {seed}").sample(names, min(count, len(names))))


def tests_of(name: str, stats: dict) -> list[str]:
    """List the tests that reach a mutant's function, the fastest first, as many as fit the time."""
    function = name.rpartition("__mutmut_")[0]
    durations = stats["duration_by_test"]
    chosen, seconds = [], 0.0
    for test in sorted(stats["tests_by_mangled_function_name"].get(function, ()), key=lambda test: (durations.get(test, 0), test)):
        seconds += durations.get(test, 0)
        if seconds > MOST_SECONDS:
            break
        chosen.append(test)
    return chosen if len(chosen) > FEW else [*chosen, f"tests/{name.split('.')[1]}"]


def outcome(name: str, tests: list[str]) -> str:
    """Run a mutant against tests until one fails."""
    environment = {**os.environ, "MUTANT_UNDER_TEST": name, "PYTHONPATH": "."}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--rootdir=.", "--tb=no"]
    command += ["-p", "no:cacheprovider", "-p", "tests.mutation", "-p", "no:randomly", *tests]
    try:
        done = subprocess.run(command, cwd=MUTANTS, env=environment, capture_output=True, text=True, timeout=4 * MOST_SECONDS)
    except subprocess.TimeoutExpired:
        return TOO_SLOW
    return {0: SURVIVED, 124: TOO_SLOW, -15: TOO_SLOW}.get(done.returncode, "killed")  # 2 to 4: what it breaks is the import


def run(packages: list[str], seed: int, count: int, again: bool, workers: int) -> None:
    """Run the samples of some packages, or the mutants of these names; print each answer and the score of each package."""
    answers: dict[str, str] = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
    stats = json.loads((MUTANTS / "mutmut-stats.json").read_text())
    with ThreadPoolExecutor(workers) as pool:
        samples = {package: draw(package, seed, count) for package in packages if package in PACKAGES}
        for package, names in {"named": [name for name in packages if name not in PACKAGES], **samples}.items():
            left = [name for name in names if answers.get(name) != "killed" and (again or name not in answers)]
            for name, answer in zip(left, pool.map(lambda name: outcome(name, tests_of(name, stats)), left), strict=True):
                answers[name] = answer
                ANSWERS.write_text(json.dumps(answers, indent=1, sort_keys=True))
                print(answer, name, flush=True)
            found = [answers[name] for name in names]
            counts = [f"{found.count(word)} {word}" for word in sorted(set(found))]
            print(f"{package}: {len(names)} mutants", *counts, sep=", ", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=["draw", "run"])
    parser.add_argument("packages", nargs="*", default=PACKAGES, help="files, infer, operator, all by default; or names of mutants")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=150, help="mutants of each package")
    parser.add_argument("--again", action="store_true", help="run those again that survived")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    given = parser.parse_intermixed_args()
    if given.command == "run":
        run(given.packages, given.seed, given.count, given.again, given.workers)
    else:
        print(*(name for package in given.packages for name in draw(package, given.seed, given.count)), sep="\n")


if __name__ == "__main__":
    main()
