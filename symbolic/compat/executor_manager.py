"""``mx.executor_manager``: how a batch is shared among contexts. Module is what trains with several of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbolic.compat.finder import NotThere
from symbolic.errors import ArgumentError, NameClash, describe

__all__: list[str] = []


def _split_input_slice(batch_size: int, work_load_list: Sequence[float]) -> list[slice]:
    """Cut a batch into parts in proportion to the loads; the last part takes what rounding leaves.

    Raises
    ------
    ArgumentError
        If a part would be empty; it is also a ``ValueError``.
    """
    total = sum(work_load_list)
    sizes = [round(load * batch_size / total) for load in work_load_list]
    sizes[-1] += batch_size - sum(sizes) if sum(sizes) < batch_size else 0
    parts, begin = [], 0
    for size in sizes:
        end = min(begin + size, batch_size)
        if begin >= end:
            raise ArgumentError(
                describe(
                    "too many parts: one of them would be empty",
                    facts={"argument": "work_load_list", "got": list(work_load_list), "batch": batch_size},
                )
            )
        parts.append(slice(begin, end))
        begin = end
    return parts


def _check_arguments(symbol: Any) -> None:
    """Refuse a symbol in which two arguments, or two auxiliary states, have one name.

    Raises
    ------
    NameClash
        Which is also a ``ValueError``.
    """
    for what, names in (("arguments", symbol.list_arguments()), ("auxiliary states", symbol.list_auxiliary_states())):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise NameClash(describe(f"two {what} have one name", name=symbol.name, facts={"found": twice, "all": names}))


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise NotThere(f"mxnet.executor_manager.{name} is not covered by symbind; train with mx.mod.Module or mx.model.FeedForward")
