"""SequentialModule: modules in a row, each fed with the outputs of the one before."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from symbolic.errors import ArgumentError, InputError, NotReady, closest, describe
from symbolic.nd.array import NDArray
from symbolic.training.initializer import Uniform
from symbolic.training.module.base import BaseModule

__all__ = ["SequentialModule"]


class SequentialModule(BaseModule):
    """Modules in a row: ``SequentialModule().add(body).add(head, take_labels=True, auto_wiring=True)``."""

    META_TAKE_LABELS = "take_labels"
    META_AUTO_WIRING = "auto_wiring"

    def __init__(self, logger: Any = logging):
        super().__init__(logger=logger)
        self._modules: list[Any] = []
        self._metas: list[dict[str, Any]] = []
        self._label_shapes: Sequence[Any] | None = None
        self._meta_keys = {self.META_TAKE_LABELS, self.META_AUTO_WIRING}

    def add(self, module: Any, **kwargs: Any) -> SequentialModule:
        """Add a module at the end.

        Parameters
        ----------
        module : BaseModule
            What comes next.
        take_labels : bool, default False
            Whether it takes the labels of the batch.
        auto_wiring : bool, default False
            Whether its inputs take the outputs before by place, whatever their names.

        Returns
        -------
        SequentialModule
            Itself.
        """
        for key in kwargs:
            if key not in self._meta_keys:
                facts = {"got": key, "expected": sorted(self._meta_keys)}
                raise InputError(describe(f"add knows no {key!r}{closest(key, self._meta_keys)}", operator="SequentialModule", facts=facts))
        self._modules.append(module)
        self._metas.append(kwargs)
        self.binded = self.params_initialized = self.optimizer_initialized = False
        return self

    @property
    def data_names(self) -> list[str]:
        """Names of the inputs of the first module."""
        return self._modules[0].data_names if self._modules else []

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs of the last module."""
        return self._modules[-1].output_names if self._modules else []

    @property
    def data_shapes(self) -> list[Any]:
        """Names and shapes of the inputs of the first module."""
        self._require("binded")
        return self._modules[0].data_shapes

    @property
    def label_shapes(self) -> Any:
        """Names and shapes of the labels, ``None`` if no module takes them."""
        self._require("binded")
        return self._label_shapes

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of the outputs of the last module."""
        self._require("binded")
        return self._modules[-1].output_shapes

    # -- parameters ---------------------------------------------------------------------------------------------------

    def get_params(self) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Return parameters and auxiliary states of all modules by name."""
        self._require("binded", "params_initialized")
        arg_params, aux_params = {}, {}
        for module in self._modules:
            arguments, states = module.get_params()
            arg_params.update(arguments)
            aux_params.update(states)
        return arg_params, aux_params

    def init_params(
        self,
        initializer: Any = Uniform(0.01),  # noqa: B008
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Give parameters and auxiliary states of all modules their first values; see `BaseModule`.

        Raises
        ------
        InputError
            If two modules have a parameter of one name.
        """
        if self.params_initialized and not force_init:
            return
        self._require("binded")
        for module in self._modules:
            module.init_params(initializer, arg_params, aux_params, allow_missing, force_init, allow_extra)
        owners: dict[str, int] = {}
        for place, module in enumerate(self._modules):
            for name in [name for found in module.get_params() for name in found]:
                if name in owners:
                    facts = {"name": name, "modules": f"{owners[name]} ({type(self._modules[owners[name]]).__name__}) and {place}"}
                    raise InputError(describe("duplicated parameter names", operator="SequentialModule", facts=facts))
                owners[name] = place
        self.params_initialized = True

    # -- making ready -------------------------------------------------------------------------------------------------

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
        """Bind all modules, each to the output shapes of the one before; see `BaseModule`."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if inputs_need_grad and not for_training:
            raise NotReady(describe("gradients of inputs are kept in training only", operator="bind", hint="set for_training=True"))
        if shared_module is not None:
            raise NotReady(describe("a SequentialModule takes no shared_module", operator="bind"))
        if not self._modules:
            raise NotReady(describe("an empty SequentialModule cannot be bound", operator="bind", hint="call add first"))
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._label_shapes = label_shapes if any(meta.get(self.META_TAKE_LABELS) for meta in self._metas) else None
        shapes = data_shapes
        for place, (module, meta) in enumerate(zip(self._modules, self._metas, strict=True)):
            if meta.get(self.META_AUTO_WIRING):
                names = module.data_names
                if len(names) != len(shapes):
                    facts = {"module": place, "inputs": names, "outputs before": [tuple(each) for each in shapes]}
                    raise ArgumentError(describe("a module has more or fewer inputs than there are outputs", operator="bind", facts=facts))
                shapes = [(name, shape) for name, (_, shape) in zip(names, shapes, strict=True)]
            module.bind(
                data_shapes=shapes,
                label_shapes=label_shapes if meta.get(self.META_TAKE_LABELS) else None,
                for_training=for_training,
                inputs_need_grad=bool(inputs_need_grad or (for_training and place > 0)),
                force_rebind=force_rebind,
                shared_module=None,
                grad_req=grad_req,
            )
            shapes = module.output_shapes
        self.binded = True

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = (("learning_rate", 0.01),),
        force_init: bool = False,
    ) -> None:
        """Choose the optimizer of each module; see `BaseModule`."""
        self._require("binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        for module in self._modules:
            module.init_optimizer(kvstore=kvstore, optimizer=optimizer, optimizer_params=optimizer_params, force_init=force_init)
        self.optimizer_initialized = True

    def install_monitor(self, mon: Any) -> None:
        """Have a monitor watch the executors of all modules."""
        self._require("binded")
        for module in self._modules:
            module.install_monitor(mon)

    # -- steps --------------------------------------------------------------------------------------------------------

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Run the modules in order; see `BaseModule`."""
        self._require("binded", "params_initialized")
        batch = copy.copy(data_batch)  # the user's stays as it is
        for place, module in enumerate(self._modules):
            module.forward(batch, is_train=is_train)
            if place + 1 < len(self._modules):
                batch.data = module.get_outputs()
                if hasattr(batch, "provide_data"):
                    names = [name for name, _ in module.output_shapes]
                    batch.provide_data = [(name, array.shape) for name, array in zip(names, batch.data, strict=True)]

    def backward(self, out_grads: Any = None) -> None:
        """Run the modules backwards; see `BaseModule`."""
        self._require("binded", "params_initialized")
        for place in range(len(self._modules) - 1, -1, -1):
            self._modules[place].backward(out_grads=out_grads)
            if place:
                out_grads = self._modules[place].get_input_grads()

    def update(self) -> None:
        """Have the optimizers step the parameters along their gradients."""
        self._require("binded", "params_initialized", "optimizer_initialized")
        for module in self._modules:
            module.update()

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the outputs of the last module; see `BaseModule`."""
        self._require("binded", "params_initialized")
        return self._modules[-1].get_outputs(merge_multi_context=merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the gradients of the inputs of the first module; see `BaseModule`."""
        self._require("binded", "params_initialized", "inputs_need_grad")
        return self._modules[0].get_input_grads(merge_multi_context=merge_multi_context)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Have a metric compare the outputs of the modules that take labels with them; see `BaseModule`."""
        self._require("binded", "params_initialized")
        for meta, module in zip(self._metas, self._modules, strict=True):
            if meta.get(self.META_TAKE_LABELS):
                module.update_metric(eval_metric, labels, pre_sliced)
