"""Updater: an optimizer with the states of all weights, as a function of index, gradient and weight."""

from __future__ import annotations

from typing import Any

from symbolic.nd.array import NDArray
from symbolic.training.optimizer.base import Optimizer
from symbolic.training.optimizer.keeping import dump_states, load_states
from symbolic.values.context import Context

__all__ = ["Updater", "get_updater"]


class Updater:
    """Step weights by an optimizer, and keep their states.

    Parameters
    ----------
    optimizer : Optimizer
        The rule.

    Attributes
    ----------
    states : dict
        State of each weight, by index; made at its first step.
    states_synced : dict
        Whether a state is known to be on the weight's context; states from a file are not.
    aggregate_updates : bool
        Whether lists of weights reach the optimizer as lists.
    """

    def __init__(self, optimizer: Optimizer):
        self.optimizer = optimizer
        self.states: dict[Any, Any] = {}
        self.states_synced: dict[Any, bool] = {}
        self.aggregate_updates = optimizer.aggregate_num > 0

    def __call__(self, index: Any, grad: Any, weight: Any) -> None:
        """Step a weight, or each of a list.

        Parameters
        ----------
        index : int or str, or a list of these
            Which weight.
        grad, weight : NDArray, or a list of these
            Its gradient; and itself, which is rewritten.
        """
        many = isinstance(index, (list, tuple))
        indices, grads, weights = (list(index), list(grad), list(weight)) if many else ([index], [grad], [weight])
        indices = [one.decode() if isinstance(one, bytes) else one for one in indices]
        if weights:
            self.optimizer._set_current_context(weights[0].context.device_id)
        for one, array in zip(indices, weights, strict=True):
            self._see_to_state(one, array)
        if not self.aggregate_updates:
            for one, array, slope in zip(indices, weights, grads, strict=True):
                self.optimizer.update_multi_precision(one, array, slope, self.states[one])
            return
        by_type: dict[Any, list[Any]] = {}
        for each in zip(indices, weights, grads, strict=True):
            by_type.setdefault(each[1].dtype, []).append(each)
        size = self.optimizer.aggregate_num
        for alike in by_type.values():
            for start in range(0, len(alike), size):
                some, arrays, slopes = (list(part) for part in zip(*alike[start : start + size], strict=True))
                self.optimizer.update_multi_precision(some, arrays, slopes, [self.states[one] for one in some])

    def _see_to_state(self, index: Any, weight: NDArray) -> None:
        if index not in self.states:
            self.states[index] = self.optimizer.create_state_multi_precision(index, weight)
        elif not self.states_synced[index]:
            self.states[index] = self.sync_state_context(self.states[index], weight.context)
        self.states_synced[index] = True

    def sync_state_context(self, state: Any, context: Context) -> Any:
        """Bring the arrays of a state to a context."""
        if isinstance(state, NDArray):
            return state.as_in_context(context)
        if isinstance(state, (tuple, list)):
            return type(state)([self.sync_state_context(part, context) for part in state])
        return state

    def get_states(self, dump_optimizer: bool = False) -> bytes:
        """Write the states as bytes, which MXNet reads too.

        Parameters
        ----------
        dump_optimizer : bool
            Write the optimizer with them: its options, counts of steps, scheduler.
        """
        return dump_states(self.states, self.optimizer if dump_optimizer else None)

    def set_states(self, states: bytes) -> None:
        """Take over states, and the optimizer if there is one, from bytes that `get_states` or MXNet has written.

        Raises
        ------
        FormatError
            If the bytes are something else. Nothing that they name is ever imported or called.
        """
        found, optimizer = load_states(states)
        if optimizer is not None:
            self.optimizer = optimizer
            self.aggregate_updates = optimizer.aggregate_num > 0
        self.states, self.states_synced = found, dict.fromkeys(found, False)


def get_updater(optimizer: Optimizer) -> Updater:
    """Make the function that steps weights by an optimizer."""
    return Updater(optimizer)
