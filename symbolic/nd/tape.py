"""The tape: what is computed under ``autograd.record``, as a graph of the same nodes, with the values that they made.

An array that was recorded knows its value on the tape, ``_entry``; arrays that nobody recorded have no such attribute. A node
keeps the memory of its results, not the arrays, so a tape lives as long as an array that leads to it, and no longer. As in the
reference, a call is recorded if one of its inputs is on the tape already: the first to be there are those with a gradient
(``attach_grad``). What else a recorded call reads is on the tape from then on, as a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symbolic import registry
from symbolic.errors import GradientError, describe
from symbolic.graph.graph import depth_first
from symbolic.graph.node import Entry, Node
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.indexing import _plain as spelled
from symbolic.scope import origin

__all__ = [
    "Mark",
    "Recorded",
    "check_assignment",
    "check_target",
    "entry_of",
    "mark",
    "mark_of",
    "record",
    "record_as",
    "record_copy",
    "record_key",
    "release",
]


# scripts look for these words of MXNet's
IN_PLACE = "Inplace operations (+=, -=, x[:]=, etc) are not supported when recording with autograd"


class Mark:
    """Where the gradient of an array goes.

    Attributes
    ----------
    gradient : NDArray
        The array of the gradient.
    request : str
        ``"write"``, ``"add"`` or ``"null"``.
    fresh : bool
        Whether a backward run has written it since the user has set this to false.
    """

    __slots__ = ("fresh", "gradient", "request")

    def __init__(self, gradient: NDArray, request: str):
        self.gradient, self.request, self.fresh = gradient, request, False


class Recorded(Node):
    """A node of the tape.

    Attributes
    ----------
    values : sequence of numpy.ndarray
        The memory of its results, hidden ones too; of a variable, the array's memory when it was read last.
    alive : bool
        Whether it is on the tape still: a backward run that does not retain the graph takes it away.
    mark : Mark, optional
        For variables with a gradient.
    """

    __slots__ = ("alive", "mark", "values")

    def __init__(self, op: Any, params: Any, inputs: tuple[Entry, ...], values: Sequence[np.ndarray], mark: Mark | None = None):
        super().__init__(op, params, "", inputs, origin=None if op is None else origin())
        self.values, self.alive, self.mark = values, True, mark


def entry_of(array: NDArray) -> Any:
    """Find an array's value on the tape, ``None`` if it is not there."""
    entry = getattr(array, "_entry", None)
    return entry if entry is not None and entry[0].alive else None


def mark_of(array: NDArray) -> Mark | None:
    """Find where an array's gradient goes, ``None`` if it has none."""
    entry = getattr(array, "_entry", None)
    return None if entry is None else entry[0].mark


def mark(array: NDArray, gradient: NDArray, request: str) -> None:
    """Make an array a variable with a gradient; it leaves the computation that it is a result of."""
    array._entry = Recorded(None, None, (), (array._data,), Mark(gradient, request)), 0


def record(op: Any, params: Any, arrays: Sequence[NDArray], results: Sequence[NDArray]) -> None:
    """Put a call on the tape, if one of its inputs is there."""
    entries = [entry_of(array) for array in arrays]
    if not any(entries):
        return
    for place, (entry, array) in enumerate(zip(entries, arrays, strict=True)):
        if entry is None:
            entry = entry_of(array)  # given twice
            if entry is None:
                entry = array._entry = Recorded(None, None, (), (array._data,)), 0
            entries[place] = entry
        elif entry[0].op is None and entry[0].values[0] is not array._data:
            entry[0].values = (array._data,)
    node = Recorded(op, params, tuple(entries), [result._data for result in results])
    for index, result in enumerate(results):
        result._entry = node, index


def record_as(name: str, words: dict[str, Any], arrays: Sequence[NDArray], result: NDArray) -> None:
    """Put what was computed otherwise on the tape, as a call of an operator with one output."""
    if any(map(entry_of, arrays)):
        op = registry.find(name).canonical
        record(op, op.parameters(words), arrays, [result])


def record_copy(source: NDArray, target: NDArray, shape: tuple[int, ...] | None = None) -> None:
    """Record that values were copied into another array, maybe of another type, or stretched.

    Parameters
    ----------
    shape : tuple of int, optional
        To what they were stretched: the target's shape, maybe with more axes of size one.
    """
    wide = target.shape if shape is None else shape
    if source.shape != wide:
        longer = (1,) * (len(wide) - source.ndim) + source.shape
        if longer != source.shape:
            source = _step("Reshape", {"shape": longer}, source, source._data.reshape(longer))
        source = _step("broadcast_to", {"shape": wide}, source, np.broadcast_to(source._data, wide))
    if wide != target.shape:
        source = _step("Reshape", {"shape": target.shape}, source, source._data.reshape(target.shape))
    if source._data.dtype == target._data.dtype:
        record_as("_copy", {}, [source], target)
    else:
        record_as("Cast", {"dtype": target._data.dtype}, [source], target)


def _step(name: str, words: dict[str, Any], source: NDArray, values: np.ndarray, *others: NDArray) -> NDArray:
    """Record a step on the way to a result."""
    made = wrap(values, source._context)
    record_as(name, words, [source, *others], made)
    return made


# -- assignment -------------------------------------------------------------------------------------------------------


def check_target(target: NDArray, sources: Sequence[Any], operator: str) -> None:
    """Refuse to write, while recording, into an array that is on the tape, or into one that is read for what will be.

    Raises
    ------
    GradientError
        The gradients would be those of values that are gone.
    """
    if entry_of(target) is None and not (
        any(source is target for source in sources) and any(isinstance(source, NDArray) and entry_of(source) for source in sources)
    ):
        return
    facts = {"array": f"shape {target.shape}", "got": "an array that gradients are recorded for"}
    hint = "make a new array of the result (y = y + 1, not y += 1), or write within autograd.pause()"
    raise GradientError(describe(IN_PLACE, operator=operator, facts=facts, hint=hint))


def check_assignment(target: NDArray, key: Any, value: Any) -> None:
    """The same for ``target[key] = value``: an array on the tape goes only into a whole array that is not."""
    sources = [target, value] if isinstance(value, NDArray) and entry_of(value) and not _is_whole(target, key) else []
    check_target(target, sources, "assignment")


def record_assignment(target: NDArray, key: Any, value: NDArray) -> None:
    """Record ``target[key] = value`` where the key means the whole array."""
    if entry_of(value) is not None:
        record_copy(value, target, target._data[spelled(key, target)[0]].shape)


def _is_whole(array: NDArray, key: Any) -> bool:
    parts, is_basic = spelled(key, array)
    if not is_basic:
        return False
    begin, _, step, kept = _bounds(array, parts)
    return kept == list(array.shape[: len(kept)]) and not any(begin) and all(stride == 1 for stride in step)


# -- parts ------------------------------------------------------------------------------------------------------------


def record_key(array: NDArray, key: Any, part: NDArray) -> None:
    """Record ``array[key]``, which is computed already, if the array is on the tape."""
    if part is not array and entry_of(array) is not None:
        _record_part(array, spelled(key, array)[0], part)


def _record_part(array: NDArray, parts: Sequence[Any], part: NDArray) -> None:
    """Record ``array[parts]``, read already: as a slice, or, with arrays of indices or nothing in it, as a look-up.

    Parameters
    ----------
    parts : sequence
        The key in NumPy's terms: integers, slices, ``None``, ``...``, arrays of integers.
    """
    if part.size and part.ndim and not any(isinstance(key, np.ndarray) for key in parts):
        _record_slice(array, parts, part)
        return
    numbers = np.arange(array.size).reshape(array.shape)[tuple(parts)].reshape(part.shape)
    flat = _step("Reshape", {"shape": (-1,)}, array, array._data.reshape(-1))
    record_as("take", {}, [flat, wrap(np.ascontiguousarray(numbers), array._context)], part)


def _record_slice(array: NDArray, parts: Sequence[Any], part: NDArray) -> None:
    begin, end, step, kept = _bounds(array, parts)
    shape = (*kept, *array.shape[len(kept) :])
    words = {"begin": tuple(begin), "end": tuple(end), "step": tuple(step)}
    if shape == part.shape:
        record_as("slice", words, [array], part)
    else:
        record_as("Reshape", {"shape": part.shape}, [_step("slice", words, array, part._data.reshape(shape))], part)


def _bounds(array: NDArray, parts: Sequence[Any]) -> tuple[list[int], list[int | None], list[int], list[int]]:
    """Spell a key of integers and slices as begin, end and step of each axis, and how many elements are kept there."""
    keys = [key for key in parts if key is not None]
    if Ellipsis in keys:
        place = keys.index(Ellipsis)
        keys[place : place + 1] = [slice(None)] * (array.ndim - len(keys) + 1)
    begin, end, step, kept = [], [], [], []
    for key, size in zip(keys, array.shape, strict=False):
        if isinstance(key, slice):
            first, stop, stride = key.indices(size)
        else:
            first, stride = key % size, 1
            stop = first + 1
        begin.append(first)
        end.append(stop if stop >= 0 else None)
        step.append(stride)
        kept.append(len(range(first, stop, stride)))
    return begin, end, step, kept


# -- letting go -------------------------------------------------------------------------------------------------------


def release(entries: Sequence[Entry]) -> None:
    """Take everything below some values off the tape, but for variables whose gradient is wanted; memory is freed."""
    for node in depth_first(entries):
        if node.mark is None or node.mark.request == "null":  # type: ignore[attr-defined]
            node.alive, node.mark = False, None  # type: ignore[attr-defined]
            if node.op is not None:
                node.inputs, node.values = (), ()  # type: ignore[attr-defined]
                if node.op.foreign:
                    vars(node.params).pop("_kept", None)
