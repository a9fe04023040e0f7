"""The command line: run workloads, write the table and the picture.

``python -m benchmarks run all --rounds 5 --threads 2 --mxnet /path/to/python --others /path/to/python``
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness.driver import run
from benchmarks.harness.picture import svg
from benchmarks.harness.table import markdown, section
from benchmarks.harness.workload import WORKLOADS, load

FOLDER = Path(__file__).parent


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the library beside its peers.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name the workloads and their peers")
    running = commands.add_parser("run", help="measure one workload, several, or all")
    running.add_argument(
        "workloads", nargs="+", choices=("all", *WORKLOADS), metavar="WORKLOAD", help=f"all, or of: {', '.join(WORKLOADS)}"
    )
    running.add_argument("--rounds", type=int, default=5, help="samples of each peer (default 5)")
    running.add_argument("--threads", type=int, default=2, help="threads of each peer (default 2)")
    running.add_argument("--seconds", type=float, default=0.25, help="length of a sample (default 0.25)")
    running.add_argument("--only", action="append", default=[], help="peers whose names begin so; may be repeated")
    running.add_argument(
        "--ours", default=os.environ.get("BENCHMARK_OURS", sys.executable), help="Python that has this library (default: this one)"
    )
    running.add_argument("--mxnet", default=os.environ.get("BENCHMARK_MXNET", ""), help="Python that has MXNet 1.9.1")
    running.add_argument(
        "--others", default=os.environ.get("BENCHMARK_OTHERS", sys.executable), help="Python that has torch and jax (default: this one)"
    )
    running.add_argument("--tiny", action="store_true", help="tiny sizes, to see that everything works")
    for command in (running, commands.add_parser("report", help="write table and picture from results.json again")):
        command.add_argument(
            "--out", type=Path, default=FOLDER, help="folder of results.json, RESULTS.md, results.svg (default: benchmarks)"
        )
    return parser.parse_args(arguments)


def merged(folder: Path, result: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Put a result among the earlier ones of a folder, in the order of the workloads."""
    path = folder / "results.json"
    known = {one["workload"]: one for one in json.loads(path.read_text())} if path.exists() else {}
    if result is not None:
        known[result["workload"]] = result
    return [known[name] for name in WORKLOADS if name in known]


def write(folder: Path, results: list[dict[str, Any]]) -> None:
    """Write results as data, table and picture."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "RESULTS.md").write_text(markdown(results))
    (folder / "results.svg").write_text(svg(results))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command."""
    given = options(arguments)
    if given.command == "list":
        for name in WORKLOADS:
            work = load(name)
            print(f"{name}: {work.title}\n    {', '.join(peer.name for peer in work.peers)}")
        return
    if given.command == "report":
        return write(given.out, merged(given.out, None))
    names = WORKLOADS if "all" in given.workloads else [name for name in WORKLOADS if name in given.workloads]
    pythons = {"ours": given.ours, "mxnet": given.mxnet, "others": given.others}
    for name in names:
        result = run(name, pythons, given.rounds, given.threads, given.seconds, given.only, "tiny" if given.tiny else "full")
        print("\n".join(section(result)), flush=True)
        if not (given.tiny or given.only):  # what is kept is whole
            write(given.out, merged(given.out, result))


if __name__ == "__main__":
    main()
