"""The outputs of an executor: a list that says what there is when it is asked for more."""

from __future__ import annotations

from typing import Any

from symbolic.errors import IndexingError, describe
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
