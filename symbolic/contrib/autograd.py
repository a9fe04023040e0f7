"""``mx.contrib.autograd``: the first form of `mx.autograd`, where training and recording were one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from symbolic import autograd
from symbolic.errors import InputError, describe
from symbolic.nd.array import NDArray
from symbolic.nd.gradients import mark_variables
from symbolic.nd.mode import RECORDING, TRAINING, mode

__all__ = [
    "TrainingStateScope",
    "backward",
    "compute_gradient",
    "grad",
    "grad_and_loss",
    "mark_variables",
    "set_is_training",
    "test_section",
    "train_section",
]


def set_is_training(is_train: bool) -> bool:
    """Switch training and recording on or off; return whether this thread was recording."""
    before, mode.flags = mode.flags, RECORDING + TRAINING if is_train else 0
    return before >= RECORDING


class TrainingStateScope:
    """A block in which this thread trains and records, or does neither."""

    def __init__(self, enter_state: bool):
        self._enter_state = enter_state
        self._before: list[int] = []

    def __enter__(self) -> None:
        self._before.append(mode.flags)
        set_is_training(self._enter_state)

    def __exit__(self, *_: Any) -> None:
        mode.flags = self._before.pop()


def train_section() -> TrainingStateScope:
    """Train and record within the block."""
    return TrainingStateScope(True)


def test_section() -> TrainingStateScope:
    """Do neither within the block."""
    return TrainingStateScope(False)


def backward(outputs: Sequence[NDArray], out_grads: Sequence[NDArray | None] | None = None, retain_graph: bool = False) -> None:
    """Fill the gradients of what ``outputs``, a list, were computed from; see `mx.autograd.backward`."""
    if not isinstance(outputs, (list, tuple)):
        facts = {"argument": "outputs", "got": type(outputs).__name__, "expected": "list of NDArray"}
        raise InputError(describe("outputs must be a list", operator="backward", facts=facts))
    autograd.backward(outputs, out_grads, retain_graph)


def compute_gradient(outputs: Sequence[NDArray]) -> None:
    """Do `backward` without head gradients."""
    backward(outputs)


def grad_and_loss(func: Callable[..., Any], argnum: int | list[int] | None = None) -> Callable[..., tuple[list[NDArray], Any]]:
    """Make a function that returns the gradients of a function's arguments, and what it returns.

    Parameters
    ----------
    func : callable
        Takes arrays; returns an array or a list of them.
    argnum : int or list of int, optional
        Which arguments; all by default.
    """

    @wraps(func)
    def both(*args: Any) -> tuple[list[NDArray], Any]:
        places = range(len(args)) if argnum is None else argnum if isinstance(argnum, list) else [argnum]
        variables = [args[place] for place in places]
        for variable in variables:
            if not isinstance(variable, NDArray):
                facts = {"got": type(variable).__name__, "expected": "NDArray"}
                raise InputError(describe("only arrays have gradients", operator="grad_and_loss", facts=facts))
            variable.attach_grad()
        gradients: list[Any] = [variable.grad for variable in variables]
        with train_section():
            outputs = func(*args)
        compute_gradient([outputs] if isinstance(outputs, NDArray) else outputs)
        return gradients, outputs

    return both


def grad(func: Callable[..., Any], argnum: int | list[int] | None = None) -> Callable[..., list[NDArray]]:
    """Make a function that returns the gradients of a function's arguments; see `grad_and_loss`."""
    both = grad_and_loss(func, argnum)

    @wraps(both)
    def gradients(*args: Any) -> list[NDArray]:
        return both(*args)[0]

    return gradients
