"""A graph for networkx, with the shapes and types that follow from some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic.graph.nx import to_networkx
from symbolic.infer.stretch import stretching
from symbolic.show.roles import given_dtypes, given_shapes
from symbolic.values.shape import to_user

__all__ = ["networkx_of"]


@stretching(lambda arguments: [arguments["shapes"]])
def networkx_of(symbol: Any, shapes: Mapping[str, Any]) -> Any:
    """Make a `networkx.MultiDiGraph` of a symbol; with ``shape`` and ``dtype`` on its edges if any shape is given.

    Shapes are tuples, as `Symbol.infer_shape` gives them; types are NumPy's, or ``None`` where none follows. A sum of shapes that
    stretch is the operator for those, as it will run.
    """
    graph = symbol.graph
    if not shapes:
        return to_networkx(symbol)
    found = [to_user(shape) for shape in given_shapes(symbol, graph, shapes)[1]]
    types = [None if dtype is None else np.dtype(dtype) for dtype in given_dtypes(symbol, graph, {})]
    return to_networkx(symbol, found, types)
