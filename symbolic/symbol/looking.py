"""Ways to look at a symbol: picture, table, cost, networkx. Each reaches up to where it is written."""

from __future__ import annotations

from typing import Any

__all__ = ["Looking"]


class Looking:
    """The methods of a Symbol that show it."""

    __slots__ = ()

    def plot(self, **options: Any) -> Any:
        """Draw the graph; see `symbolic.show.dot.plot_network` for the options."""
        from symbolic.show.dot import plot_network

        return plot_network(self, **options)

    def summary(self, shape: Any = None, **options: Any) -> Any:
        """Tabulate layers, shapes, parameters, bytes and FLOPs; see `symbolic.show.table.summary`."""
        from symbolic.show.table import summary

        return summary(self, shape, **options)

    def cost(self, *args: Any, **shapes: Any) -> Any:
        """Count bytes, parameters and FLOPs as formulas of dimensions; see `symbolic.cost.formula.cost`."""
        from symbolic.cost.formula import cost

        return cost(self, *args, **shapes)

    def to_networkx(self, **shapes: Any) -> Any:
        """Return the graph as a `networkx.MultiDiGraph`, with shapes and types if some are given; see `symbolic.graph.nx.to_networkx`."""
        from symbolic.show.networkx import networkx_of

        return networkx_of(self, shapes)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from symbolic.show.notebook import mime_bundle

        return mime_bundle(self)
