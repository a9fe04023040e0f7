"""``mx.nd.CachedOp``: a Symbol as a function of arrays."""

from __future__ import annotations

from typing import Any

from symbolic.errors import InputError, describe
from symbolic.graph.node import Node
from symbolic.nd.array import NDArray
from symbolic.nd.call import computed, copy_into
from symbolic.nd.mode import mode
from symbolic.symbol.handle import Symbol

__all__ = ["CachedOp"]


class CachedOp:
    """Compute a Symbol on arrays, node by node; what it does is recorded like other calls.

    Parameters
    ----------
    sym : Symbol
        What is computed.
    flags : sequence, optional
        MXNet's options for its planner; they have no effect.

    Notes
    -----
    Called with one array for each of ``sym.list_inputs()``, in this order, it returns the output, or a list of them; ``out``
    receives them. States (BatchNorm's means) are rewritten in their arrays.
    """

    def __init__(self, sym: Symbol, flags: Any = (), thread_safe: bool = False):
        self._symbol = sym
        self._names = [node.name for node in sym.graph.nodes if node.op is None]

    def __call__(self, *args: NDArray, out: Any = None, **_: Any) -> Any:
        if len(args) != len(self._names) or not all(isinstance(array, NDArray) for array in args):
            facts = {"got": [type(array).__name__ for array in args], "expected": self._names}
            raise InputError(describe("an array is needed for each input", operator="CachedOp", facts=facts))
        values: dict[Node, Any] = {}
        arrays = iter(args)
        graph = self._symbol.graph
        for node in graph.nodes:
            if node.op is None:
                values[node] = (next(arrays),)
                continue
            inputs = [values[below][place] for below, place in node.inputs]
            context = inputs[0]._context if inputs else args[0]._context
            results = computed(node.op.canonical, node.params, inputs, context, mode.flags)
            for position, version in node.params._layout.versions:
                if results[version]._data is not inputs[position]._data:
                    copy_into(inputs[position], results[version], node.op.name, node.name)
            values[node] = results
        found = [values[node][place] for node, place in graph.heads]
        if out is None:
            return found[0] if len(found) == 1 else found
        for target, result in zip(out if isinstance(out, (list, tuple)) else [out], found, strict=True):
            copy_into(target, result, "CachedOp", "out")
        return out
