"""``symbind run``: outputs of a graph, as figures, as a file, or compared with recorded ones."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np

from symbolic.cli.app import FAULT
from symbolic.cli.app import command as make
from symbolic.cli.check import compared
from symbolic.cli.convert import write_arrays
from symbolic.cli.feed import fed, read_inputs
from symbolic.cli.lines import print_json, print_table, progress, shape_text
from symbolic.cli.model import find, read_arrays
from symbolic.cli.words import AS_JSON, DTYPE, EPOCH, FILE, SHAPE
from symbolic.errors import UnknownName, closest, describe
from symbolic.symbol.handle import Group, Symbol
from symbolic.values.context import cpu

__all__ = ["command"]


@make(
    "run",
    FILE,
    EPOCH,
    click.option(
        "-i", "--input", "inputs", multiple=True, metavar="[NAME=]PATH", help="An input, as data=x.npy; or a .npz or .params of several."
    ),
    SHAPE,
    DTYPE,
    click.option("--fill", type=click.Choice(["random", "zeros", "ones"]), help="What variables get that have no array, weights too."),
    click.option("--seed", type=int, default=0, show_default=True, help="Of the random numbers."),
    click.option(
        "--head", "heads", multiple=True, metavar="NAME", help="Compute this value inside the graph instead, as fc1_output. Repeatable."
    ),
    click.option("-o", "--output", type=click.Path(), metavar="PATH", help="Write the outputs to a .npz or .params file."),
    click.option("--check", type=click.Path(), metavar="PATH", help="Compare with recorded values; tell the first node that differs."),
    click.option(
        "--rtol", type=click.FloatRange(min=0), default=1e-4, show_default=True, help="Of --check, in parts of the recorded value."
    ),
    click.option("--atol", type=click.FloatRange(min=0), default=1e-5, show_default=True, help="Of --check, as it stands."),
    click.option("--repeat", type=click.IntRange(min=1), default=1, metavar="N", help="Run N times, and tell the median time."),
    click.option("--executor", metavar="NAME", help="Which executor; numpy by default."),
    AS_JSON,
    epilog="""
symbind run net --input data=picture.npy -o outputs.npz
symbind run net --shape data=1,3,224,224 --fill random --repeat 10
symbind run net -i recorded.npz --check recorded.npz
""",
)
def command(
    file: str,
    epoch: int | None,
    inputs: tuple[str, ...],
    shapes: dict[str, Any],
    dtypes: dict[str, Any],
    fill: str | None,
    seed: int,
    heads: tuple[str, ...],
    output: str | None,
    check: str | None,
    rtol: float,
    atol: float,
    repeat: int,
    executor: str | None,
    as_json: bool,
) -> None:
    """Compute the outputs of FILE's graph, in inference, on the arrays beside it.

    Inputs are read from files, or made: an input whose --shape is given gets random numbers.

    --check takes a .npz or .params file whose arrays bear the names of outputs or of values inside the graph (fc1_output), or,
    for the outputs, their numbers (0, or output/0). The exit code is 1 if one differs.
    """
    if output is not None and not output.endswith((".npz", ".params")):
        raise click.BadParameter(f"{output!r} ends in neither .npz nor .params", param_hint="--output")
    model = find(file, epoch)
    symbol = model.symbol
    if heads:
        symbol = _inside(symbol, heads)
    recorded = {} if check is None else read_arrays(Path(check))
    feed = fed(model, symbol, read_inputs(symbol, inputs), shapes, dtypes, fill, seed)
    executor_ = symbol.bind(cpu(), feed.arguments, grad_req="null", aux_states=feed.states, executor=executor)
    times = []
    for _ in progress(range(repeat), repeat, "running"):
        start = time.perf_counter()
        found = [value.asnumpy() for value in executor_.forward()]
        times.append(time.perf_counter() - start)
    outputs = dict(zip(_names(symbol), found, strict=True))
    facts: dict[str, Any] = {
        "seconds": float(np.median(times)),
        "sources": feed.sources,
        "outputs": [{"name": name, **statistics(array)} for name, array in outputs.items()],
    }
    if output is not None:
        write_arrays(Path(output), outputs)
    if check is not None:
        facts["check"] = compared(symbol, feed, outputs, recorded, rtol, atol, executor)
    if as_json:
        print_json(facts)
    else:
        _print(facts, output, repeat)
    if check is not None and not facts["check"]["equal"]:
        raise click.exceptions.Exit(FAULT)


def _inside(symbol: Symbol, heads: tuple[str, ...]) -> Symbol:
    """Pick values inside the graph by name.

    Raises
    ------
    UnknownName
        If there is none of a name; the message offers those that look alike.
    """
    inside = symbol.get_internals()
    names = inside.list_outputs()
    for head in heads:
        if head not in names:
            raise UnknownName(
                describe(f"no value of the graph is called {head!r}{closest(head, names)}", hint="symbind infer --all lists them")
            )
    return Group([inside[head] for head in heads])


def _names(symbol: Symbol) -> list[str]:
    """Name the outputs, each by a name of its own."""
    names = symbol.list_outputs()
    return [name if names.count(name) == 1 else f"{name}:{place}" for place, name in enumerate(names)]


def statistics(array: np.ndarray) -> dict[str, Any]:
    """Sum an array up: shape, type, extremes, mean, and how many elements are no numbers."""
    facts: dict[str, Any] = {"shape": list(array.shape), "dtype": array.dtype.name}
    numbers = array.astype(np.float64)
    finite = np.isfinite(numbers)
    rest = numbers[finite]
    for name, function in (("min", np.min), ("mean", np.mean), ("max", np.max)):
        facts[name] = float(function(rest)) if rest.size else None
    facts["not_finite"] = int(finite.size - np.count_nonzero(finite))
    return facts


def _print(facts: Mapping[str, Any], output: str | None, repeat: int) -> None:
    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.6g}"

    rows = [
        (
            one["name"],
            shape_text(one["shape"]),
            one["dtype"],
            number(one["min"]),
            number(one["mean"]),
            number(one["max"]),
            str(one["not_finite"]),
        )
        for one in facts["outputs"]
    ]
    print_table(("output", "shape", "type", "min", "mean", "max", "nan, inf"), rows, right=(3, 4, 5, 6))
    made = [f"{name} {how}" for name, how in facts["sources"].items() if how in ("random", "zeros", "ones")]
    if made:
        click.echo(f"made: {', '.join(made[:8])}{f', and {len(made) - 8} more' if len(made) > 8 else ''}", err=True)
    if repeat > 1:
        click.echo(f"{facts['seconds'] * 1000:.3f} ms, the median of {repeat} runs", err=True)
    if output is not None:
        click.echo(output, err=True)
    if "check" in facts:
        click.echo(facts["check"]["told"])
