"""Modules written in Python, as losses that no operator computes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symbolic.errors import InputError, MXNetError, NotReady, NotSupported, describe
from symbolic.nd.array import NDArray
from symbolic.nd.convert import array
from symbolic.training.initializer import Uniform
from symbolic.training.module.base import BaseModule

__all__ = ["PythonLossModule", "PythonModule"]


class PythonModule(BaseModule):
    """A module without parameters, to be derived from: define ``forward``, ``backward`` and `_compute_output_shapes`.

    Parameters
    ----------
    data_names, label_names, output_names : list of str
        What it takes and gives.
    logger : logging.Logger or module, default logging
        Where progress is told.
    """

    def __init__(self, data_names: Sequence[str], label_names: Sequence[str] | None, output_names: Sequence[str], logger: Any = logging):
        super().__init__(logger=logger)
        self._data_names = list(data_names) if isinstance(data_names, tuple) else data_names
        self._label_names = list(label_names) if isinstance(label_names, tuple) else label_names
        self._output_names = output_names
        self._data_shapes: Any = None
        self._label_shapes: Any = None
        self._output_shapes: Any = None

    @property
    def data_names(self) -> Any:
        """Names of the inputs."""
        return self._data_names

    @property
    def output_names(self) -> Any:
        """Names of the outputs."""
        return self._output_names

    @property
    def data_shapes(self) -> Any:
        """Names and shapes of the inputs."""
        return self._data_shapes

    @property
    def label_shapes(self) -> Any:
        """Names and shapes of the labels."""
        return self._label_shapes

    @property
    def output_shapes(self) -> Any:
        """Names and shapes of the outputs."""
        return self._output_shapes

    def get_params(self) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Return nothing: there are no parameters."""
        return {}, {}

    def init_params(
        self,
        initializer: Any = Uniform(0.01),  # noqa: B008
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Do nothing: there are no parameters."""

    def update(self) -> None:
        """Do nothing: there are no parameters."""

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Have a metric compare the outputs with labels, if it takes labels."""
        if self._label_shapes is None:
            return
        if pre_sliced:
            raise MXNetError(describe("labels cut for contexts are not supported", operator=type(self).__name__))
        eval_metric.update(labels, self.get_outputs())

    def bind(
        self,
        data_shapes: Sequence[Any],
        label_shapes: Sequence[Any] | None = None,
        for_training: bool = True,
        inputs_need_grad: bool = False,
        force_rebind: bool = False,
        shared_module: Any = None,
        grad_req: Any = "write",
    ) -> None:
        """Take the shapes; names must be the module's, in order. See `BaseModule`."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if grad_req != "write":
            facts = {"argument": "grad_req", "got": repr(grad_req), "expected": "'write'"}
            raise NotReady(describe("a module in Python writes its gradients", operator="bind", facts=facts))
        for kind, names, given in (("data", self._data_names, data_shapes), ("label", self._label_names, label_shapes)):
            if given is not None and [name for name, *_ in given] != list(names or ()):
                facts = {f"{kind}_names": names, f"{kind}_shapes": [tuple(each) for each in given]}
                raise InputError(describe(f"the names in {kind}_shapes are not {kind}_names", operator="bind", facts=facts))
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._data_shapes, self._label_shapes = data_shapes, label_shapes
        self._output_shapes = self._compute_output_shapes()
        self.binded = True

    def _compute_output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Return names and shapes of the outputs, from ``self._data_shapes``."""
        raise NotSupported(describe("define _compute_output_shapes in your module", operator=type(self).__name__))

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = (("learning_rate", 0.01),),
        force_init: bool = False,
    ) -> None:
        """Do nothing: there are no parameters."""


class PythonLossModule(PythonModule):
    """A loss at the end of a `SequentialModule`, of which only the gradient is computed.

    Parameters
    ----------
    name : str, default "pyloss"
        Its output, the scores it is given, is called ``<name>_output``.
    data_names, label_names : list of one str
        What it takes.
    logger : logging.Logger or module, default logging
        Where progress is told.
    grad_func : function, optional
        Told scores and labels, returns the gradient of the scores, an NDArray or a NumPy array. A derived class may
        define `_backward_impl` instead.
    """

    def __init__(
        self,
        name: str = "pyloss",
        data_names: Sequence[str] = ("data",),
        label_names: Sequence[str] = ("softmax_label",),
        logger: Any = logging,
        grad_func: Callable[[NDArray, NDArray], Any] | None = None,
    ):
        super().__init__(data_names, label_names, [f"{name}_output"], logger=logger)
        if len(data_names) != 1 or len(label_names) != 1 or not (grad_func is None or callable(grad_func)):
            facts = {"data_names": data_names, "label_names": label_names, "grad_func": repr(grad_func)}
            raise InputError(describe("a loss takes one input, one label and a function", operator="PythonLossModule", facts=facts))
        self._name = name
        self._grad_func = grad_func
        self._scores: Any = None
        self._labels: Any = None
        self._scores_grad: Any = None

    def _compute_output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        return [(f"{self._name}_output", self._data_shapes[0][1])]

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Keep the scores, and in training the labels."""
        self._scores = data_batch.data[0]
        if self.for_training if is_train is None else is_train:
            self._labels = data_batch.label[0]

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the scores."""
        _merged(merge_multi_context)
        return [self._scores]

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradient of the scores."""
        if out_grads is not None:
            raise NotReady(describe("a loss takes no gradients of its outputs", operator="backward"))
        if not self.for_training:
            raise NotReady(describe("the module is not bound for training", operator="backward", hint="bind with for_training=True"))
        self._backward_impl()

    def _backward_impl(self) -> None:
        """Set ``self._scores_grad`` from ``self._scores`` and ``self._labels``."""
        if self._grad_func is None:
            raise NotSupported(describe("give grad_func, or define _backward_impl", operator=type(self).__name__))
        found = self._grad_func(self._scores, self._labels)
        self._scores_grad = found if isinstance(found, NDArray) else array(found)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the gradient of the scores."""
        _merged(merge_multi_context)
        return [self._scores_grad]


def _merged(merge_multi_context: bool) -> None:
    if not merge_multi_context:
        raise NotReady(describe("a loss in Python has one context", hint="set merge_multi_context=True"))
