"""A graph as text, a node at a time."""

from __future__ import annotations

from typing import Any

from symbolic.graph.graph import Graph
from symbolic.graph.node import output_names

__all__ = ["debug_str"]


def debug_str(symbol: Any) -> str:
    """List outputs, then every node with operator, inputs and parameters."""
    graph: Graph = symbol.graph
    lines = ["Symbol Outputs:"]
    for place, (node, index) in enumerate(graph.heads):
        lines.append(f"\toutput[{place}]={node.name}({index})")
    for node in graph.nodes:
        if node.op is None:
            lines.append(f"Variable:{node.name}")
            continue
        lines += ["-" * 20, f"Op:{node.op.name}, Name={node.name}", "Inputs:"]
        for place, (below, index) in enumerate(node.inputs):
            source = f"{below.name}({index})"
            version = " version=0" if below.op is None else ""
            lines.append(f"\targ[{place}]={source}{version}")
        if node.params._words:
            lines.append("Attrs:")
            lines += [f"\t{key}={value}" for key, value in sorted(node.params._words.items())]
        if len(output_names(node)) > 1:
            lines.append(f"Outputs: {', '.join(output_names(node))}")
    return "\n".join(lines) + "\n"
