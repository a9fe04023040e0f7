"""Names and shapes of inputs: read, checked, and cut for several contexts."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from symbolic.errors import ArgumentError, MXNetError, closest, describe
from symbolic.operator.match import shown
from symbolic.symbol.handle import Symbol
from symbolic.training.io import DataDesc

__all__ = ["check_input_names", "descriptions", "split"]


def check_input_names(symbol: Symbol, names: Sequence[str], kind: str, required: bool) -> None:
    """Check that a network has the inputs that a module is told of.

    Raises
    ------
    ArgumentError
        If one is missing and ``required``; otherwise there is a warning.
    """
    arguments = symbol.list_arguments()
    for name in names:
        if name not in arguments:
            inputs = [known for known in arguments if not known.endswith(("_weight", "_bias", "_gamma", "_beta"))]
            facts = {"argument": f"{kind}_names", "got": ", ".join(names), "expected": f"some of {', '.join(inputs)}"}
            message = describe(f"the network has no {kind} {name!r}{closest(name, arguments)}", operator="Module", facts=facts)
            if required:
                raise ArgumentError(message)
            warnings.warn(message, stacklevel=4)


def descriptions(
    data_names: Sequence[str], label_names: Sequence[str], data_shapes: Sequence[Any], label_shapes: Sequence[Any] | None
) -> tuple[list[DataDesc], list[DataDesc] | None]:
    """Read the shapes given to `bind`, and check their names.

    Raises
    ------
    ArgumentError
        If the data's names are others than the module's; for labels there is a warning.
    """
    data = _listed(data_shapes, "data_shapes")
    labels = None if label_shapes is None else _listed(label_shapes, "label_shapes")
    for kind, names, found in (("data", data_names, data), ("label", label_names, labels or [])):
        if sorted(names) != sorted(each.name for each in found):
            facts = {
                "argument": f"{kind}_shapes",
                "got": ", ".join(f"{each.name} {each.shape}" for each in found) or "nothing",
                "expected": f"shapes of {', '.join(names) or 'nothing'}, as {kind}_names says",
            }
            message = describe(f"the names in {kind}_shapes are not {kind}_names", operator="bind", facts=facts)
            if kind == "data":
                raise ArgumentError(message)
            warnings.warn(message, stacklevel=4)
    return data, labels


def _listed(given: Any, argument: str) -> list[DataDesc]:
    """Read a list of descriptions."""
    try:
        if not isinstance(given, str):
            return [_description(each) for each in given]
    except TypeError as error:
        if isinstance(error, MXNetError):
            raise
    facts = {"argument": argument, "got": shown(given), "expected": "a list of DataDesc, or of (name, shape)"}
    raise ArgumentError(describe("inputs are described by names and shapes", operator="bind", facts=facts))


def _description(given: Any) -> DataDesc:
    if not isinstance(given, DataDesc):
        given = DataDesc(*given)
    if not isinstance(given.shape, (tuple, list)):
        facts = {"name": given.name, "got": type(given.shape).__name__, "expected": "tuple of int"}
        raise ArgumentError(describe("a shape must be a tuple", operator="bind", facts=facts))
    return given


def split(batch_size: int, work_load_list: Sequence[float]) -> list[slice]:
    """Cut a batch into runs of neighbours, as long as the loads of the contexts ask.

    Raises
    ------
    ArgumentError
        If one would be empty.
    """
    total = sum(work_load_list)
    sizes = [round(load * batch_size / total) for load in work_load_list]
    sizes[-1] += max(0, batch_size - sum(sizes))
    parts, end = [], 0
    for size in sizes:
        begin, end = min(end, batch_size), min(end + size, batch_size)
        if begin >= end:
            facts = {"batch": batch_size, "work_load_list": list(work_load_list)}
            raise ArgumentError(describe("too many slices: a context would get no part of the batch", operator="bind", facts=facts))
        parts.append(slice(begin, end))
    return parts
