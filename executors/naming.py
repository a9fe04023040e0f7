"""Arrays of an executor by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from executors.binding import brief, checked, unique_names
from executors.outputs import Outputs
from symbolic.errors import BindError, UnknownName, closest, describe
from symbolic.graph.graph import Graph
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol

__all__ = ["Naming"]


class Naming:
    """The methods of an executor that know its arrays by the names of variables and outputs."""

    _symbol: Symbol
    _graph: Graph
    arg_arrays: list[NDArray]
    grad_arrays: list[NDArray | None]
    aux_arrays: list[NDArray]
    outputs: Outputs

    @property
    def arg_dict(self) -> dict[str, NDArray]:
        """Argument name -> array."""
        return dict(zip(unique_names(self._graph.arguments, "argument"), self.arg_arrays, strict=True))

    @property
    def grad_dict(self) -> dict[str, NDArray | None]:
        """Argument name -> array of its gradient, ``None`` where none is wanted."""
        return dict(zip(unique_names(self._graph.arguments, "argument"), self.grad_arrays, strict=True))

    @property
    def aux_dict(self) -> dict[str, NDArray]:
        """Name of an auxiliary state -> array."""
        return dict(zip(unique_names(self._graph.states, "auxiliary state"), self.aux_arrays, strict=True))

    @property
    def output_dict(self) -> dict[str, NDArray]:
        """Output name -> array."""
        names = self._symbol.list_outputs()
        if len(set(names)) != len(names):
            raise BindError(describe("two outputs have one name; use outputs", facts={"got": names}))
        return dict(zip(names, self.outputs, strict=True))

    def copy_params_from(
        self, arg_params: Mapping[str, Any], aux_params: Mapping[str, Any] | None = None, allow_extra_params: bool = False
    ) -> None:
        """Copy values into arguments and states by name; nothing is copied if any does not fit."""
        pairs = []
        for given, known, what in ((arg_params, self.arg_dict, "argument"), (aux_params or {}, self.aux_dict, "auxiliary state")):
            for name, value in given.items():
                if name not in known:
                    if allow_extra_params:
                        continue
                    facts = {"argument": name, "got": brief(value), "expected": ", ".join(known) or f"there is no {what}"}
                    message = f"no {what} is called {name!r}{closest(name, known)}"
                    hint = "allow_extra_params=True leaves out what the network does not have"
                    raise UnknownName(describe(message, operator="copy_params_from", facts=facts, hint=hint))
                pairs.append((known[name], checked(value, known[name], name, "copy_params_from")))
        for target, value in pairs:
            np.copyto(target._data, value, casting="unsafe")
