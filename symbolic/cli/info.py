"""``symbind info``: what is in a file."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from symbolic.cli.app import command as make
from symbolic.cli.lines import count, print_json, print_table, shape_text, size
from symbolic.cli.model import Model, find
from symbolic.cli.words import AS_JSON, EPOCH, FILE
from symbolic.graph.graph import Graph
from symbolic.operator.opaque import Opaque
from symbolic.show.roles import roles_of

__all__ = ["command", "facts_of"]

MOST = 12  # names in a line


@make(
    "info",
    FILE,
    EPOCH,
    AS_JSON,
    epilog="""
symbind info resnet-50
symbind info resnet-50-0000.params
symbind info --json net-symbol.json
""",
)
def command(file: str, epoch: int | None, as_json: bool) -> None:
    """Tell what is in FILE: operators, inputs, outputs and arrays, and what does not fit together."""
    facts = facts_of(find(file, epoch))
    if as_json:
        print_json(facts)
    else:
        _print(facts)


def facts_of(model: Model) -> dict[str, Any]:
    """Collect what `symbind info --json` prints."""
    facts: dict[str, Any] = {"graph": None, "arrays": None}
    if model.graph_path is not None:
        facts["graph"] = {"file": str(model.graph_path), **_graph(model.symbol.graph, model.symbol)}
    if model.arrays_path is not None:
        listed = [
            {"name": name, "shape": list(array.shape), "dtype": array.dtype.name, "bytes": array.nbytes}
            for name, array in model.arrays.items()
        ]
        facts["arrays"] = {
            "file": str(model.arrays_path),
            "epochs": model.epochs,
            "count": len(listed),
            "elements": sum(array.size for array in model.arrays.values()),
            "bytes": sum(array.nbytes for array in model.arrays.values()),
            "list": listed,
        }
    if facts["graph"] and facts["arrays"]:
        known = {*model.symbol.list_inputs()}
        wanted = [variable["name"] for variable in facts["graph"]["variables"] if variable["role"] not in ("input", "label")]
        facts["without_array"] = [name for name in wanted if name not in model.values]
        facts["without_variable"] = [name for name in model.values if name not in known]
    return facts


def _graph(graph: Graph, symbol: Any) -> dict[str, Any]:
    roles = roles_of(graph)
    operators = Counter(node.op.name for node in graph.nodes if node.op is not None)
    return {
        "nodes": len(graph.nodes),
        "operators": dict(sorted(operators.items(), key=lambda pair: (-pair[1], pair[0]))),
        "unknown_operators": sorted({node.op.name for node in graph.nodes if isinstance(node.params, Opaque)}),
        "variables": [{"name": node.name, "role": roles[node], "declared_shape": node.attrs.get("__shape__")} for node in graph.variables],
        "outputs": symbol.list_outputs(),
    }


def _print(facts: dict[str, Any]) -> None:
    graph, arrays = facts["graph"], facts["arrays"]
    if graph:
        roles = Counter(variable["role"] for variable in graph["variables"])
        click.echo(f"graph      {graph['file']}")
        click.echo(
            f"nodes      {graph['nodes']:,}: {graph['nodes'] - len(graph['variables']):,} of operators, {count(len(graph['variables']), 'variable')}"
        )
        click.echo(f"operators  {', '.join(f'{name} {many}' for name, many in graph['operators'].items()) or 'none'}")
        for role in ("input", "label"):
            names = [_with_shape(variable) for variable in graph["variables"] if variable["role"] == role]
            if names:
                click.echo(f"{role + ('s' if len(names) > 1 else ''):<11}{_listed(names)}")
        learnt = ", ".join(count(roles[role], role) for role in ("weight", "parameter", "state") if roles[role])
        if learnt:
            click.echo(f"learnt     {learnt}")
        click.echo(f"outputs    {_listed(graph['outputs'])}")
        if graph["unknown_operators"]:
            click.echo(f"unknown    {_listed(graph['unknown_operators'])}: these load, print and save, but do not run")
    if arrays:
        click.echo(f"arrays     {arrays['file']}: {arrays['count']}, {count(arrays['elements'], 'element')}, {size(arrays['bytes'])}")
        if len(arrays["epochs"]) > 1:
            click.echo(f"epochs     {_listed([str(epoch) for epoch in arrays['epochs']])}")
    for key, what in (("without_array", "variables without an array"), ("without_variable", "arrays without a variable")):
        if facts.get(key):
            click.echo(f"{what}: {_listed(facts[key])}", err=True)
    if arrays and not graph:
        click.echo()
        print_table(("name", "shape", "type"), [(one["name"], shape_text(one["shape"]), one["dtype"]) for one in arrays["list"]])


def _with_shape(variable: dict[str, Any]) -> str:
    return variable["name"] if variable["declared_shape"] is None else f"{variable['name']} {variable['declared_shape']}"


def _listed(names: list[str]) -> str:
    more = len(names) - MOST
    return ", ".join(names[:MOST]) + (f", and {more} more" if more > 0 else "")
