"""The outputs of an executor: a list that says what there is when it is asked for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from executors.binding import brief, checked
from symbolic.errors import ArgumentError, BindError, IndexingError, describe
from symbolic.nd.array import NDArray

__all__ = ["Outputs"]


class Outputs(list[NDArray]):
    """Output arrays in order."""

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except IndexError:
            facts = {"argument": "index", "got": key, "expected": f"0 to {len(self) - 1}"}
            raise IndexingError(describe(f"there is no output {key}", operator="outputs", facts=facts)) from None

    def copies(self) -> Outputs:
        """Copy the values of now."""
        return Outputs([NDArray(output._data.copy(), output._context) for output in self])

    def passed_on(self) -> Outputs:
        """Give other arrays on the same memory; those here get memory of their own, for somebody may still read them."""
        others = Outputs([NDArray(output._data, output._context) for output in self])
        for output, copy in zip(self, self.copies(), strict=True):
            output._data = copy._data
        return others

    def matched(self, out_grads: Any, names: Sequence[str]) -> list[np.ndarray | None]:
        """Match gradients, as `Executor.backward` takes them, to the outputs; ``None`` where none is given.

        Raises
        ------
        ArgumentError
            If they are no arrays.
        BindError
            If there are more than outputs.
        ShapeError
            If one has another shape than its output.
        """
        given: list[Any]
        if out_grads is None:
            given = []
        elif isinstance(out_grads, (NDArray, np.ndarray)):
            given = [out_grads]
        elif isinstance(out_grads, Mapping):
            given = [out_grads[name] for name in names]
        elif isinstance(out_grads, (list, tuple)):
            given = list(out_grads)
        else:
            facts = {"argument": "out_grads", "got": brief(out_grads), "expected": "an NDArray, or a list of them"}
            raise ArgumentError(describe("the gradients of the outputs must be arrays", operator="backward", facts=facts))
        if len(given) > len(self):
            facts = {"argument": "out_grads", "got": len(given), "expected": f"{len(names)}, for {', '.join(names)}"}
            raise BindError(describe("there are more gradients than outputs", operator="backward", facts=facts))
        arrays: list[np.ndarray | None] = [None] * len(self)
        for place, (value, output) in enumerate(zip(given, self, strict=False)):
            if value is not None:
                arrays[place] = checked(value, output, f"out_grads[{place}]", "backward")
        return arrays
