"""The fast path of ``Module.fit``: forward, backward and update of a batch in one run of one graph."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np

from symbolic.errors import MXNetError
from symbolic.nd.array import NDArray
from symbolic.training.optimizer import Optimizer, Updater
from symbolic.training.optimizer.repeated import options_of
from symbolic.training.step_runner import Step

__all__ = ["step_of"]

logger = logging.getLogger(__name__)


def step_of(module: Any) -> Callable[[Any], bool] | None:
    """Make the function that trains a module on a batch, as ``forward_backward`` and ``update`` do one after the other.

    It works on the module's own arrays: its parameters, its auxiliary states, the states of its updater. Its outputs are where
    ``get_outputs`` and ``update_metric`` look for them. What it does not do is keep gradients.

    Parameters
    ----------
    module : Module
        Bound, with parameters and an optimizer.

    Returns
    -------
    callable or None
        It takes a batch, and returns False if that does not fit, or if the module was bound again or an option of its optimizer
        set, other than rates and decays, having done nothing. ``None`` if somebody could see a difference: several contexts, a
        key-value store, a monitor, gradients of inputs or added up, row-sparse arrays, states, an optimizer or module with an
        update of its own; or if the step has no graph.
    """
    if not _plain(module):
        return None
    group = module._exec_group
    executor = group.execs[0]
    labels = list(group.label_names or ())
    frozen = [name for name, request in group.grad_req.items() if request == "null" and name in group.param_names]
    try:
        step = Step(
            module._symbol,
            updater=module._updater,
            data_names=[name for name in (*group.data_names, *group.state_names) if name in group.arg_names],
            label_names=[name for name in (*labels, *module._label_names) if name in group.arg_names],
            fixed_names=frozen,
            indices={name: place for place, name in enumerate(group.param_names) if name not in frozen},
            arrays={**executor.arg_dict, **executor.aux_dict},
            ctx=module._context[0],
        )
    except MXNetError as error:  # an operator that has no gradient, say: the ordinary way will tell, or do without
        logger.debug("no step as one graph: %s", error)
        return None
    step.executor._share(executor)  # only one of them is at work at a time: the same memory will do
    arguments, updater = executor.arg_dict, module._updater
    states = {index: updater.states[index] for index in step.indices.values()}
    optimizer, options = updater.optimizer, options_of(updater.optimizer)

    def run(batch: Any) -> bool:
        if module._exec_group is not group or group.execs[0] is not executor or executor._monitor is not None:
            return False
        if module._updater is not updater or updater.optimizer is not optimizer or options_of(optimizer) != options:
            return False
        if any(updater.states.get(index) is not state for index, state in states.items()):  # others were loaded
            return False
        names = (*group.data_names, *labels)
        given = dict(zip(names, (*batch.data, *(batch.label or ())), strict=False))
        if len(given) != len(names):
            return False
        for name, array in given.items():
            fits = isinstance(array, NDArray) and array.stype == "default"
            if name in arguments and not (fits and array.shape == arguments[name].shape):
                return False
        outputs = step(**{name: array for name, array in given.items() if name in arguments})
        for target, value in zip(executor.outputs, outputs, strict=True):
            np.copyto(target._data, value._data)
        module._params_dirty = True
        return True

    return run


def _plain(module: Any) -> bool:
    """Whether nobody could tell the difference."""
    group, updater = module._exec_group, module._updater
    if updater is None or module._kvstore is not None or len(module._context) != 1 or len(group.execs) != 1:
        return False
    if type(updater) is not Updater or not vars(module).keys().isdisjoint(("forward", "backward", "update", "forward_backward")):
        return False
    kinds = (type(module).forward, type(module).backward, type(module).update, type(module).forward_backward)
    optimizer = type(updater.optimizer)
    own = [optimizer.update, optimizer.update_multi_precision, optimizer.formula]
    return (
        module.for_training
        and not module.inputs_need_grad
        and not group.state_names
        and all(kind.__module__.startswith("symbolic.training.module.") for kind in kinds)
        and own[:2] == [Optimizer.update, Optimizer.update_multi_precision]
        and own[2] is not Optimizer.formula
        and own[2].__module__.startswith("symbolic.")
        and set(group.grad_req.values()) <= {"write", "null"}
        and group.execs[0]._monitor is None
        and all(array is None or array.stype == "default" for block in (*group.param_arrays, *group.grad_arrays) for array in block)
    )
