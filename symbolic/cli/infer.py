"""``symbind infer``: shapes and types of all variables and outputs."""

from __future__ import annotations

from typing import Any

import click
import numpy as np

from symbolic.cli.app import FAULT
from symbolic.cli.app import command as make
from symbolic.cli.lines import print_json, print_table, shape_text
from symbolic.cli.model import find
from symbolic.cli.words import AS_JSON, DTYPE, FILE, SHAPE
from symbolic.graph.node import Entry, name_of, output_names
from symbolic.infer.dtype import dtypes_of
from symbolic.show.roles import given_dtypes, given_shapes, roles_of
from symbolic.values.shape import NO_RANK, UNKNOWN, complete

__all__ = ["command"]


@make(
    "infer",
    FILE,
    SHAPE,
    DTYPE,
    click.option("-a", "--all", "internals", is_flag=True, help="Every value of the graph, in the order of computing."),
    AS_JSON,
    epilog="""
symbind infer resnet-50 --shape data=1,3,224,224
symbind infer ssd -s data=8,3,300,300 -s label=8,10,5 --all
""",
)
def command(file: str, shapes: dict[str, Any], dtypes: dict[str, Any], internals: bool, as_json: bool) -> None:
    """Infer the shapes and types of FILE's variables and outputs from those of its inputs.

    The exit code is 1 if some do not follow; they are shown as ?.
    """
    symbol = find(file).symbol
    graph = symbol.graph
    given, found = given_shapes(symbol, graph, shapes)
    given_dtypes(symbol, graph, dtypes)  # names and contradictions are told
    named = {node: dtypes[node.name] for node in graph.variables if node.name in dtypes}
    types = dtypes_of(graph, named, np.dtype("float32"))  # as binding takes them where nothing follows
    roles = roles_of(graph, given)

    def row(entry: Entry, role: str) -> dict[str, Any]:
        number = graph.number(entry)
        return {"name": name_of(entry), "role": role, "shape": _plain(found[number]), "dtype": _type(types[number])}

    if internals:
        heads = {*graph.heads}
        rows = [
            row((node, index), "output" if (node, index) in heads else str(roles.get(node, "internal")))
            for node in graph.nodes
            for index in range(len(output_names(node)))
        ]
    else:
        rows = [row((node, 0), str(roles[node])) for node in graph.variables] + [row(head, "output") for head in graph.heads]
    unknown = [node.name for node in graph.variables if not complete(found[graph.number((node, 0))])]
    if as_json:
        print_json({"values": rows, "unknown": unknown})
    else:
        print_table(
            ("name", "role", "shape", "type"), [(one["name"], one["role"], shape_text(one["shape"]), one["dtype"] or "?") for one in rows]
        )
    if unknown:
        likely = [node.name for node in graph.variables if node.name in {*unknown} and roles[node] in ("input", "label")] or unknown
        click.echo(f"\n{len(unknown)} shapes are not known yet; give {' '.join(f'--shape {name}=...' for name in likely[:4])}", err=True)
        raise click.exceptions.Exit(FAULT)


def _plain(shape: Any) -> list[int | None] | None:
    return None if shape is NO_RANK else [None if size is UNKNOWN else size for size in shape]


def _type(dtype: Any) -> str | None:
    return None if dtype is None else np.dtype(dtype).name
