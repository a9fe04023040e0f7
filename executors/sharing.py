"""Where ``simple_bind`` takes arrays from: an older executor, a buffer that others use too, or new memory."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import numpy as np

from executors.binding import allocate
from symbolic.errors import BindError, describe
from symbolic.graph.node import Node
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.storage import STORAGE
from symbolic.values.context import Context

__all__ = ["Arrays"]

KINDS = {"1": "row_sparse", "2": "csr"}  # as variables are annotated


class Arrays:
    """Makes, or finds, the arrays of a graph's variables and their gradients.

    Parameters
    ----------
    context : Context
        Where new arrays are said to be.
    groups : dict of str to Context, optional
        The same for variables with an attribute ``ctx_group``.
    names : iterable of str, optional
        Arguments, such as the weights, whose arrays and gradients are those of ``executor``. Without it every array of
        ``executor`` that fits is taken.
    executor : Executor, optional
        Whose arrays are shared.
    buffer : dict of str to NDArray, optional
        Holds the arrays of the other arguments: one that is large enough is used again, under another shape if need be;
        new ones are put there.
    storage : dict of str to str, optional
        Storage types by name; else variables say their own. In an executor's memory everything is dense.
    """

    def __init__(
        self,
        context: Context,
        groups: dict[str, Context] | None,
        names: Iterable[str] | None,
        executor: Any,
        buffer: MutableMapping[str, NDArray] | None,
        storage: Mapping[str, str] | None = None,
    ):
        self.context, self.groups, self.buffer = context, groups or {}, buffer
        self.names = None if names is None else frozenset(names)
        self.arguments = {} if executor is None else executor.arg_dict
        self.gradients = {} if executor is None else executor.grad_dict
        self.states = {} if executor is None else executor.aux_dict
        self.shares = executor is not None
        self.storage = storage or {}

    def place(self, node: Node) -> Context:
        """Say where the values of a node are."""
        return self.groups.get((node.attrs or {}).get("__ctx_group__", ""), self.context) if self.groups else self.context

    def argument(self, node: Node, shape: tuple[int, ...], dtype: np.dtype) -> NDArray:
        """Give an argument its array."""
        if self.names is not None and node.name in self.names and self.shares:
            return self._same(node, self.arguments.get(node.name), shape, dtype)
        if self.names is None and _fits(self.arguments.get(node.name), shape, dtype):
            return self.arguments[node.name]
        return self._buffered(node.name, node, shape, dtype) if self._others(node) else self._new(node, shape, dtype)

    def gradient(self, node: Node, shape: tuple[int, ...], dtype: np.dtype) -> NDArray:
        """Give the gradient of an argument its array."""
        found = self.gradients.get(node.name)
        if self.names is not None and node.name in self.names and found is not None and _fits(found, shape, dtype):
            return found
        made = self._buffered(f"grad of {node.name}", node, shape, dtype) if self._others(node) else self._new(node, shape, dtype)
        return made if made.stype != "csr" else wrap(made._data, made.context)

    def state(self, node: Node, shape: tuple[int, ...], dtype: np.dtype) -> NDArray:
        """Give an auxiliary state its array."""
        found = self.states.get(node.name)
        return found if found is not None and _fits(found, shape, dtype) else self._new(node, shape, dtype)

    def _others(self, node: Node) -> bool:
        return self.buffer is not None and (self.names is None or node.name not in self.names)

    def _same(self, node: Node, found: NDArray | None, shape: tuple[int, ...], dtype: np.dtype) -> NDArray:
        if found is not None and _fits(found, shape, dtype):
            return found
        facts = {"needed": f"{shape} {dtype}", "shared": "none" if found is None else f"{found.shape} {found._data.dtype}"}
        hint = "a bucket has the parameters of the default one, with their shapes"
        raise BindError(describe(f"the executor to share with has no such {node.name!r}", node=node, facts=facts, hint=hint))

    def _buffered(self, name: str, node: Node, shape: tuple[int, ...], dtype: np.dtype) -> NDArray:
        assert self.buffer is not None
        found = self.buffer.get(name)
        if found is not None and found._data.dtype == dtype and found.context == self.place(node):
            if found.shape == shape:
                return found
            size = math.prod(shape)
            if size <= found.size:
                return wrap(found._data.reshape(-1)[:size].reshape(shape), found.context, type(found))
            logging.getLogger("symbolic").warning(
                "%s has shape %s, larger than %s that is there: new memory is taken. Let the default bucket be the largest.",
                name,
                shape,
                found.shape,
            )
        made = self.buffer[name] = self._new(node, shape, dtype)
        return made

    def _new(self, node: Node, shape: tuple[int, ...], dtype: np.dtype) -> NDArray:
        declared = (node.attrs or {}).get("__storage_type__", "0")
        kind = self.storage.get(node.name) or KINDS.get(declared, "default")
        return wrap(allocate(shape, dtype, node), self.place(node), STORAGE[kind])


def _fits(array: NDArray | None, shape: tuple[int, ...], dtype: np.dtype) -> bool:
    return array is not None and array.shape == shape and array._data.dtype == dtype
