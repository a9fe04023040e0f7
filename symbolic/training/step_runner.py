"""A training step bound to arrays, fed with the numbers of each step, saved and resumed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic.errors import BindError, UnknownName, closest, describe
from symbolic.files import params
from symbolic.nd.array import NDArray
from symbolic.nd.creation import zeros
from symbolic.symbol.handle import Symbol
from symbolic.training.optimizer import Optimizer, Updater
from symbolic.training.optimizer.formula import leaves
from symbolic.training.step_graph import FLOAT32, Names, rule_of, step, trained_of
from symbolic.values.context import current_context

__all__ = ["Step"]


class Step:
    """A training step with its arrays: a call of it trains on one batch.

    Parameters
    ----------
    loss, optimizer, data_names, label_names, fixed_names, indices, type_dict, name
        As for `step`.
    arrays : mapping of str to NDArray, optional
        Arrays of arguments and auxiliary states of ``loss`` to train in place; others are made, zeros.
    updater : Updater, optional
        The optimizer with states that there are already, instead of ``optimizer``. The step rewrites its arrays.
    ctx : Context, optional
        As for `Symbol.bind`.
    executor : str, optional
        As for `Symbol.bind`.
    **shapes : tuple of int
        Shapes of data and labels.

    Attributes
    ----------
    symbol : Symbol
        The step.
    executor : Executor
        It bound.
    updater : Updater
        The optimizer and, by index, its states; the arrays are those of the graph.
    weights : dict of NDArray
        What is trained.

    Examples
    --------
    >>> step = mx.training.Step(net, mx.optimizer.Adam(rescale_grad=1 / 32), data=(32, 64), softmax_label=(32,))
    >>> step.init_params(mx.init.Xavier())
    >>> for batch in batches:
    ...     (probabilities,) = step(data=batch.data[0], softmax_label=batch.label[0])
    """

    def __init__(
        self,
        loss: Symbol,
        optimizer: Optimizer | str = "sgd",
        *,
        data_names: Names = ("data",),
        label_names: Names = ("softmax_label",),
        fixed_names: Names = (),
        indices: Mapping[str, Any] | None = None,
        type_dict: Mapping[str, Any] | None = None,
        name: str = "step",
        arrays: Mapping[str, NDArray] | None = None,
        updater: Updater | None = None,
        ctx: Any = None,
        executor: str | None = None,
        options: Mapping[str, Any] | None = None,
        **shapes: Any,
    ):
        self.loss = loss
        trained = trained_of(loss, data_names, label_names, fixed_names)
        rule = rule_of(loss, optimizer if updater is None else updater.optimizer, trained, indices, options or {})
        self.updater = Updater(rule) if updater is None else updater
        self.indices = {weight: (indices or {}).get(weight, place) for place, weight in enumerate(trained)}
        kinds = {"data_names": data_names, "label_names": label_names, "fixed_names": fixed_names}
        self.symbol = step(loss, rule, **kinds, indices=self.indices, type_dict=type_dict, name=name)
        self._bind(dict(arrays or {}), dict(type_dict or {}), shapes, ctx, executor, name)

    @property
    def optimizer(self) -> Optimizer:
        """The rule; its learning rate and the like may change from step to step."""
        return self.updater.optimizer

    # -- binding ------------------------------------------------------------------------------------------------------

    def _bind(self, given: dict[str, NDArray], types: dict[str, Any], shapes: dict[str, Any], ctx: Any, executor: Any, name: str) -> None:
        symbol = self.symbol
        known = {key: array.shape for key, array in given.items()}
        inputs = set(symbol.list_inputs())
        sizes = symbol.infer_shape_partial(**{key: value for key, value in {**known, **shapes}.items() if key in inputs})
        types = {key: array.dtype for key, array in given.items()} | types
        kinds = symbol.infer_type_partial(**{key: value for key, value in types.items() if key in inputs})
        if any(0 in shape or not shape for shape in (*sizes[0], *sizes[2])):
            raise BindError(describe("the shapes of data and labels do not tell all others", name=symbol.name, facts={"given": shapes}))
        arguments, states = symbol.list_arguments(), symbol.list_auxiliary_states()
        described = zip((*arguments, *states), (*sizes[0], *sizes[2]), (*kinds[0], *kinds[2]), strict=True)
        arrays = {
            key: given[key] if key in given else zeros(shape, ctx, np.dtype(dtype or FLOAT32).name) for key, shape, dtype in described
        }
        self.weights = {weight: arrays[weight] for weight in self.indices}
        for weight, index in self.indices.items():
            self._adopt(weight, index, arrays)
        self.executor = symbol.bind(
            current_context() if ctx is None else ctx,
            {key: arrays[key] for key in arguments},
            grad_req="null",
            aux_states={key: arrays[key] for key in states},
            executor=executor,
        )
        prefix = f"{name}_"
        self._numbers = {
            key.removeprefix(prefix): arrays[key] for key in arguments if key.startswith(prefix) and key not in self.loss.list_arguments()
        }
        self.count = arrays[f"{name}_count"]
        self.arg_params = {key: arrays[key] for key in self.loss.list_arguments() if key in self.weights or key not in shapes}
        self.aux_params = {key: arrays[key] for key in self.loss.list_auxiliary_states()}
        self._state_names = [key for key in states if key not in self.arg_params and key not in self.aux_params]
        self._arrays = arrays

    def _adopt(self, weight: str, index: Any, arrays: dict[str, NDArray]) -> None:
        """Let the graph's states of a weight be the updater's."""
        updater = self.updater
        updater._see_to_state(index, arrays[weight])
        found = leaves(updater.states[index])
        for place, array in enumerate(found):
            name = f"{weight}_state{place if len(found) > 1 else ''}"
            if name in arrays:
                arrays[name] = array

    # -- parameters ---------------------------------------------------------------------------------------------------

    def init_params(self, initializer: Any) -> None:
        """Fill weights and auxiliary states of the loss; optimizer states begin anew.

        Parameters
        ----------
        initializer : callable
            One of ``mx.init``, called with the description of a variable, which is its name, and the array.
        """
        attributes = self.loss.attr_dict()
        described = importlib.import_module("symbolic.training.initializer").InitDesc
        for key, array in {**self.arg_params, **self.aux_params}.items():
            initializer(described(key, attributes.get(key, {})), array)
        self._begin()

    def set_params(self, arg_params: Mapping[str, Any], aux_params: Mapping[str, Any] | None = None, allow_extra: bool = False) -> None:
        """Copy parameters in by name; optimizer states begin anew.

        Raises
        ------
        UnknownName
            If a name is none of the loss's, unless ``allow_extra``.
        """
        for given, known in ((arg_params, self.arg_params), (aux_params or {}, self.aux_params)):
            for key, value in given.items():
                if key in known:
                    known[key][:] = value
                elif not allow_extra:
                    raise UnknownName(describe(f"no parameter is called {key!r}{closest(key, known)}", facts={"expected": list(known)}))
        self._begin()

    def get_params(self) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Copy weights, and auxiliary states of the loss."""
        return tuple({key: array.copy() for key, array in found.items()} for found in (self.arg_params, self.aux_params))  # type: ignore[return-value]

    def _begin(self) -> None:
        """Set the states of the optimizer to what they are before the first step."""
        for weight, index in self.indices.items():
            fresh = self.optimizer.create_state_multi_precision(index, self.weights[weight])
            for old, new in zip(leaves(self.updater.states[index]), leaves(fresh), strict=True):
                old[:] = new
        self.count[:] = 0

    # -- running ------------------------------------------------------------------------------------------------------

    def __call__(self, **batch: Any) -> list[NDArray]:
        """Train on one batch.

        Parameters
        ----------
        **batch : NDArray or numpy.ndarray
            Data and labels by name; what is left out is as in the call before.

        Returns
        -------
        list of NDArray
            The outputs of the loss, computed with the weights before the update; the same arrays after every call.
        """
        self.feed()
        return self.executor.forward(is_train=True, **batch)[: len(self.loss)]

    def feed(self) -> None:
        """Count a step, and put its numbers in: learning rates, decays, corrections of bias."""
        optimizer, indices = self.optimizer, list(self.indices.values())
        whole = type(optimizer)._get_lrs is Optimizer._get_lrs  # else it may notice how many an Updater asks for at once
        size = len(indices) if whole else max(1, optimizer.aggregate_num)
        rows = [row for start in range(0, len(indices), size) for row in optimizer.scalars_of(indices[start : start + size])]
        for key, array in self._numbers.items():
            array._data[...] = [row[key] for row in rows]

    # -- files --------------------------------------------------------------------------------------------------------

    def save(self, path: Any) -> None:
        """Write weights, states and the optimizer to one file, whole or not at all; `mx.nd.load` reads the arrays.

        Draws of operators (Dropout) are not part of it: call `mx.random.seed` after `load` for them to be told.
        """
        arrays = {f"arg:{key}": array for key, array in self.arg_params.items()}
        arrays |= {f"aux:{key}": array for key, array in self.aux_params.items()}
        values = {key: array._data for key, array in arrays.items()}
        values |= {f"aux:{key}": self._arrays[key]._data for key in self._state_names}
        values["aux:optimizer"] = np.frombuffer(Updater(self.optimizer).get_states(dump_optimizer=True), np.uint8)
        params.save(path, list(values), list(values.values()))

    def load(self, path: Any) -> None:
        """Go on where `save` was called: the next step is the one that would have come next.

        Raises
        ------
        FileError
            If the file cannot be read.
        BindError
            If it is not of such a step; nothing is changed then.
        """
        found = params.load(path)
        stored = dict(zip(found.names or (), found.arrays, strict=False))
        wanted = {f"{'arg' if key in self.arg_params else 'aux'}:{key}": self._arrays[key] for key in self._stored_names()}
        wrong = [
            key
            for key, array in wanted.items()
            if key not in stored or stored[key] is None or stored[key].shape != array.shape  # type: ignore[union-attr]
        ]
        if wrong or "aux:optimizer" not in stored:
            facts = {"file": path, "wrong or missing": wrong or "optimizer"}
            raise BindError(
                describe("these are not the arrays of this step", facts=facts, hint="use Step.save, or set_params for weights alone")
            )
        restored = Updater(self.optimizer)
        restored.set_states(np.asarray(stored["aux:optimizer"]).tobytes())
        for key, array in wanted.items():
            np.copyto(array._data, stored[key], casting="unsafe")  # type: ignore[arg-type]
        self.updater.optimizer = restored.optimizer

    def _stored_names(self) -> list[str]:
        return [*self.arg_params, *self.aux_params, *self._state_names]
