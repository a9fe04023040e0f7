"""Gradients of arrays: ``mx.autograd``.

What is computed within ``record`` from arrays with a gradient is put on a tape, which is a graph like a Symbol's (`get_symbol`
shows it); `backward` and `grad` run from results back to these arrays::

    x.attach_grad()
    with mx.autograd.record():
        y = (x * x).sum()
    y.backward()
    x.grad
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbolic.errors import GradientError, InputError, NotSupported, describe
from symbolic.nd.array import NDArray
from symbolic.nd.function import record_function
from symbolic.nd.gradients import differentiate, mark_variables
from symbolic.nd.mode import RECORDING, TRAINING, mode, switched
from symbolic.nd.recorded_symbol import recorded_symbol
from symbolic.nd.tape import entry_of
from symbolic.symbol.handle import Symbol

__all__ = [
    "Function",
    "backward",
    "get_symbol",
    "grad",
    "is_recording",
    "is_training",
    "mark_variables",
    "pause",
    "predict_mode",
    "record",
    "set_recording",
    "set_training",
    "train_mode",
]


# -- modes ------------------------------------------------------------------------------------------------------------


def set_recording(is_recording: bool) -> bool:
    """Switch recording on or off in this thread; return how it was."""
    return _switch(RECORDING, is_recording)


def set_training(train_mode: bool) -> bool:
    """Switch between training and inference for operators on arrays, in this thread; return how it was."""
    return _switch(TRAINING, train_mode)


def _switch(flag: int, on: Any) -> bool:
    before = mode.flags
    mode.flags = before | flag if on else before & ~flag
    return bool(before & flag)


def is_recording() -> bool:
    """Whether this thread records."""
    return mode.flags >= RECORDING


def is_training() -> bool:
    """Whether operators on arrays are in training: dropout drops, batch normalisation follows the batch."""
    return bool(mode.flags & TRAINING)


class _Scope:
    """A block in another mode; ``None`` leaves a part of it as it is. It may be entered again, also within itself."""

    def __init__(self, recording: bool | None, training: bool | None):
        self._on = (RECORDING if recording else 0) + (TRAINING if training else 0)
        self._kept = (RECORDING if recording is None else 0) + (TRAINING if training is None else 0)
        self._before: list[int] = []

    def __enter__(self) -> None:
        self._before.append(mode.flags)
        mode.flags = self._on | (mode.flags & self._kept)

    def __exit__(self, *_: Any) -> None:
        before = self._before.pop()
        mode.flags = (before & ~self._kept) | (mode.flags & self._kept)


def record(train_mode: bool = True) -> _Scope:
    """Record what is computed within the block, in training mode or not."""
    return _Scope(True, train_mode)


def pause(train_mode: bool = False) -> _Scope:
    """Record nothing within the block, in inference unless ``train_mode``."""
    return _Scope(False, train_mode)


def train_mode() -> _Scope:
    """Compute in training mode within the block, recording or not as outside."""
    return _Scope(None, True)


def predict_mode() -> _Scope:
    """Compute in inference mode within the block, recording or not as outside."""
    return _Scope(None, False)


# -- gradients --------------------------------------------------------------------------------------------------------


def backward(
    heads: NDArray | Sequence[NDArray],
    head_grads: NDArray | Sequence[NDArray | None] | None = None,
    retain_graph: bool = False,
    train_mode: bool = True,
) -> None:
    """Fill the gradients of the arrays that ``heads`` were computed from.

    Parameters
    ----------
    heads : NDArray or list of NDArray
        Where to start.
    head_grads : NDArray or list of NDArray, optional
        The gradient that enters at each head; ones by default.
    retain_graph : bool
        Keep what was recorded, to run backward again; else its memory is freed.
    train_mode : bool
        The mode of the gradient operators.

    Raises
    ------
    GradientError
        If a head was not recorded, or is not any more; if nothing below needs a gradient; if an operator has none.
    """
    differentiate(*_matched(heads, head_grads), None, retain_graph, False, train_mode)


def grad(
    heads: NDArray | Sequence[NDArray],
    variables: NDArray | Sequence[NDArray],
    head_grads: NDArray | Sequence[NDArray | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    train_mode: bool = True,
) -> list[NDArray]:
    """Return the gradients of ``heads`` with respect to ``variables``, whose own ``grad`` stays as it is.

    Parameters
    ----------
    variables : NDArray or list of NDArray
        Arrays with a gradient (`NDArray.attach_grad`) that the heads depend on.
    retain_graph : bool, optional
        Keep what was recorded; by default as ``create_graph``.
    create_graph : bool
        Record how the gradients are computed, so that they can be differentiated themselves.

    Raises
    ------
    GradientError
        As `backward`; also if the heads do not depend on one of the variables, or it has no gradient.
    """
    wanted = [variables] if isinstance(variables, NDArray) else list(variables)
    if not wanted:
        raise InputError(describe("variables cannot be an empty list", operator="grad", facts={"argument": "variables"}))
    retain = create_graph if retain_graph is None else retain_graph
    return differentiate(*_matched(heads, head_grads), wanted, retain, create_graph, train_mode)


def _matched(heads: Any, head_grads: Any) -> tuple[list[NDArray], list[NDArray | None]]:
    heads = [heads] if isinstance(heads, NDArray) else list(heads)
    if head_grads is None:
        return heads, [None] * len(heads)
    given: list[NDArray | None] = [head_grads] if isinstance(head_grads, NDArray) else list(head_grads)
    if len(given) != len(heads):
        facts = {"argument": "head_grads", "got": len(given), "expected": len(heads)}
        raise InputError(describe("heads and head_grads must have one length", operator="backward", facts=facts))
    return heads, given


def get_symbol(x: NDArray) -> Symbol:
    """Show what was recorded of an array as a Symbol, with a variable for each array that went in.

    Raises
    ------
    GradientError
        If it was not recorded.
    """
    if not isinstance(x, NDArray):
        facts = {"argument": "x", "got": type(x).__name__, "expected": "NDArray"}
        raise InputError(describe("only arrays are recorded", operator="get_symbol", facts=facts))
    entry = entry_of(x)
    if entry is None:
        hint = "compute it within autograd.record() from an array with a gradient"
        raise GradientError(describe("the array is not part of a recorded computation", operator="get_symbol", hint=hint))
    return recorded_symbol(entry)


class Function:
    """Base of functions that say their own gradient.

    A subclass defines ``forward(self, *inputs)``, which returns an array or several, and ``backward(self, *output_grads)``,
    which returns a gradient for each input. An object is called once; both methods may share its attributes, and neither is
    recorded::

        class Cut(mx.autograd.Function):
            def forward(self, x):
                return mx.nd.clip(x, -1, 1)

            def backward(self, dy):
                return dy

        y = Cut()(x)
    """

    def __init__(self) -> None:
        self._used = False
        self.saved_tensors: tuple[NDArray, ...] = ()

    def save_for_backward(self, *args: NDArray) -> None:
        """Keep arrays for ``backward``, in ``self.saved_tensors``."""
        self.saved_tensors = args

    def __call__(self, *inputs: NDArray) -> Any:
        """Run ``forward``; record it if the thread records.

        Raises
        ------
        InputError
            If the object was called before.
        """
        if self._used:
            raise InputError(describe("a Function is called once; make another", operator=type(self).__name__))
        self._used = True
        flags = mode.flags
        with switched(flags & ~RECORDING):
            outputs = self.forward(*inputs)
        if flags >= RECORDING:
            record_function(self, inputs, [outputs] if isinstance(outputs, NDArray) else list(outputs))
        return outputs

    def forward(self, *inputs: NDArray) -> Any:
        """Compute; the subclass says how."""
        raise NotSupported(describe("a Function needs a method forward", operator=type(self).__name__))

    def backward(self, *output_grads: NDArray) -> Any:
        """Compute the gradients of the inputs; the subclass says how."""
        raise NotSupported(describe("a Function needs a method backward", operator=type(self).__name__))
