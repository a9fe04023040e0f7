"""Module: one network on one or several contexts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symbolic import model
from symbolic.errors import InputError, NotReady, describe
from symbolic.events import on_behalf
from symbolic.nd.array import NDArray, wrap
from symbolic.symbol.handle import Symbol
from symbolic.training.io import DataDesc
from symbolic.training.module.checks import check_batch, check_symbol
from symbolic.training.module.group import DataParallelExecutorGroup
from symbolic.training.module.parameters import Parameters
from symbolic.training.module.shapes import check_input_names, descriptions
from symbolic.values.context import Context, cpu

__all__ = ["Module"]


class Module(Parameters):
    """A network with its parameters and optimizer.

    Parameters
    ----------
    symbol : Symbol
        The network.
    data_names : list of str, default ("data",)
        Its inputs.
    label_names : list of str, default ("softmax_label",)
        Its labels; ``None`` if it has none.
    logger : logging.Logger or module, default logging
        Where progress is told.
    context : Context or list of Context, default cpu()
        Where it runs. A batch is split over several, which run in threads.
    work_load_list : list of float, optional
        How large a part each context gets; equal parts by default.
    fixed_param_names : list of str, optional
        Parameters that are not learned.
    state_names : list of str, optional
        Inputs that `set_states` sets, as the first states of recurrent cells.
    group2ctxs : dict or list of dict, optional
        Contexts of nodes with the attribute ``ctx_group``.
    compression_params : dict, optional
        Given to the key-value store.

    Raises
    ------
    ArgumentError
        If the network lacks one of the names; for labels there is only a warning.
    """

    def __init__(
        self,
        symbol: Symbol,
        data_names: Sequence[str] | None = ("data",),
        label_names: Sequence[str] | None = ("softmax_label",),
        logger: Any = logging,
        context: Context | Sequence[Context] = cpu(),  # noqa: B008
        work_load_list: Sequence[float] | None = None,
        fixed_param_names: Sequence[str] | None = None,
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
        compression_params: Mapping[str, Any] | None = None,
    ):
        super().__init__(logger=logger)
        check_symbol(symbol)
        self._context = [context] if isinstance(context, Context) else list(context)
        self._work_load_list = [1] * len(self._context) if work_load_list is None else list(work_load_list)
        if len(self._work_load_list) != len(self._context):
            facts = {"argument": "work_load_list", "got": work_load_list, "contexts": self._context}
            raise InputError(describe("there must be one load for each context", operator="Module", facts=facts))
        self._group2ctxs = group2ctxs
        self._symbol = symbol
        self._data_names, self._label_names, self._state_names, self._fixed_param_names = (
            list(names or ()) for names in (data_names, label_names, state_names, fixed_param_names)
        )
        check_input_names(symbol, self._data_names, "data", True)
        check_input_names(symbol, self._label_names, "label", False)
        check_input_names(symbol, self._state_names, "state", True)
        check_input_names(symbol, self._fixed_param_names, "fixed_param", True)
        inputs = {*self._data_names, *self._label_names, *self._state_names}
        self._param_names = [name for name in symbol.list_arguments() if name not in inputs]
        self._aux_names = symbol.list_auxiliary_states()
        self._output_names = symbol.list_outputs()
        self._arg_params = self._aux_params = None
        self._compression_params = compression_params
        self._grad_req: Any = None
        self._exec_group = None
        self._data_shapes: list[DataDesc] | None = None
        self._label_shapes: list[DataDesc] | None = None
        self._bound_labels: list[DataDesc] | None = None  # as given to bind, while batches come without labels

    # -- checkpoints --------------------------------------------------------------------------------------------------

    @staticmethod
    def load(prefix: str, epoch: int, load_optimizer_states: bool = False, **kwargs: Any) -> Module:
        """Make a module of a checkpoint.

        Parameters
        ----------
        prefix, epoch : str, int
            As given to `save_checkpoint`.
        load_optimizer_states : bool, default False
            Whether `init_optimizer` shall load the optimizer's states too.
        **kwargs
            Arguments of `Module`, but the symbol.
        """
        symbol, arguments, states = model.load_checkpoint(prefix, epoch)
        made = Module(symbol, **kwargs)
        made._arg_params, made._aux_params, made.params_initialized = arguments, states, True
        if load_optimizer_states:
            made._preload_opt_states = f"{prefix}-{epoch:04d}.states"
        return made

    def save_checkpoint(self, prefix: str, epoch: int, save_optimizer_states: bool = False, remove_amp_cast: bool = True) -> None:
        """Write ``prefix-symbol.json``, ``prefix-<epoch>.params`` and, if asked for, ``prefix-<epoch>.states``.

        Each file is written whole or not at all. The parameters come last: an epoch whose ``.params`` is there is complete.
        """
        arg_params, aux_params = self.get_params()
        if save_optimizer_states:
            name = f"{prefix}-{epoch:04d}.states"
            self.save_optimizer_states(name)
            self.logger.info('Saved optimizer state to "%s"', name)
        model.save_checkpoint(prefix, epoch, self._symbol, arg_params, aux_params, remove_amp_cast)

    # -- names and shapes ---------------------------------------------------------------------------------------------

    @property
    def data_names(self) -> list[str]:
        """Names of the inputs."""
        return self._data_names

    @property
    def label_names(self) -> list[str]:
        """Names of the labels."""
        return self._label_names

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs."""
        return self._output_names

    @property
    def data_shapes(self) -> list[Any]:
        """Names and shapes of the inputs."""
        self._require("binded")
        return self._data_shapes or []

    @property
    def label_shapes(self) -> list[Any] | None:
        """Names and shapes of the labels, ``None`` if it is bound without."""
        self._require("binded")
        return self._label_shapes

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of the outputs."""
        self._require("binded")
        return self._exec_group.get_output_shapes()

    # -- making ready -------------------------------------------------------------------------------------------------

    def _reset_bind(self) -> None:
        self.binded = False
        self._exec_group = None
        self._data_shapes = self._label_shapes = None

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
        """Give every array its shape and memory; see `BaseModule`."""
        if force_rebind:
            if self.binded and self.params_initialized and self._params_dirty:
                self._sync_params_from_devices()
            self._reset_bind()
        if self.binded:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if inputs_need_grad and not for_training:
            raise NotReady(describe("gradients of inputs are kept in training only", operator="bind", hint="set for_training=True"))
        group = None
        if shared_module is not None:
            if not isinstance(shared_module, Module) or not (shared_module.binded and shared_module.params_initialized):
                raise NotReady(describe("shared_module must be a Module with bound parameters", operator="bind"))
            group = shared_module._exec_group
            if len(group.execs) < len(self._context):
                raise NotReady(describe("shared_module runs on fewer contexts", operator="bind", facts={"got": shared_module._context}))
        data, labels = descriptions(self._data_names, self._label_names, data_shapes, label_shapes)
        self.for_training, self.inputs_need_grad, self._grad_req = for_training, inputs_need_grad, grad_req
        self._exec_group = DataParallelExecutorGroup(
            self._symbol,
            self._context,
            self._work_load_list,
            data,
            labels,
            self._param_names,
            for_training,
            inputs_need_grad,
            group,
            logger=self.logger,
            fixed_param_names=self._fixed_param_names,
            grad_req=grad_req,
            state_names=self._state_names,
            group2ctxs=self._group2ctxs,
        )
        self._data_shapes = data
        self._label_shapes = self._bound_labels = labels
        self._total_exec_bytes = self._exec_group._total_exec_bytes
        if shared_module is not None:
            self.params_initialized = True
            self._arg_params, self._aux_params = shared_module._arg_params, shared_module._aux_params
        elif self.params_initialized:
            self._exec_group.set_params(self._arg_params, self._aux_params)
        else:
            self._arg_params = _zeros(self._param_names, self._exec_group.param_arrays)
            self._aux_params = _zeros(self._aux_names, self._exec_group.aux_arrays)
        if shared_module is not None and shared_module.optimizer_initialized:
            self.borrow_optimizer(shared_module)
        self.binded = True

    def reshape(self, data_shapes: Sequence[Any], label_shapes: Sequence[Any] | None = None) -> None:
        """Take other shapes of inputs; parameters stay as they are."""
        self._require("binded")
        names = self._label_names if label_shapes is not None else []
        self._data_shapes, self._label_shapes = descriptions(self._data_names, names, data_shapes, label_shapes)
        with on_behalf("Module.reshape"):
            self._exec_group.reshape(self._data_shapes, self._label_shapes)

    # -- steps --------------------------------------------------------------------------------------------------------

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs; see `BaseModule`."""
        self._require("binded", "params_initialized")
        check_batch(data_batch, self._data_names)
        shapes = _whole_shapes(data_batch)
        labels = getattr(data_batch, "label", None)
        bound, known = self.data_shapes, self._label_shapes or self._bound_labels or []
        if shapes != tuple([tuple(each.shape) for each in bound]) or (labels and known and self._label_shapes is None):
            data_given, labels_given = getattr(data_batch, "provide_data", None), getattr(data_batch, "provide_label", None)
            if not data_given:
                data_given = [DataDesc(each.name, shape, each.dtype, each.layout) for each, shape in zip(bound, shapes, strict=False)]
            if not labels_given and labels:
                labels_given = [
                    DataDesc(each.name, array.shape, each.dtype, each.layout) for each, array in zip(known, labels, strict=False)
                ]
            with on_behalf("Module.forward"):
                self.reshape(data_given, labels_given or None)
        self._exec_group.forward(data_batch, is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients; see `BaseModule`."""
        self._require("binded", "params_initialized")
        self._exec_group.backward(out_grads=out_grads)

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the outputs of the last forward run; see `BaseModule`."""
        self._require("binded", "params_initialized")
        return self._exec_group.get_outputs(merge_multi_context=merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the gradients of the inputs; see `BaseModule`."""
        self._require("binded", "params_initialized", "inputs_need_grad")
        return self._exec_group.get_input_grads(merge_multi_context=merge_multi_context)

    def get_states(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the arrays of ``state_names``, a list over the contexts for each; they are never merged."""
        self._require("binded", "params_initialized")
        return self._exec_group.get_states(merge_multi_context=merge_multi_context)

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the arrays of ``state_names``.

        Parameters
        ----------
        states : list of list of NDArray, optional
            For each state the arrays of all contexts, as ``get_outputs(merge_multi_context=False)`` returns them.
        value : float, optional
            One number for all.
        """
        self._require("binded", "params_initialized")
        self._exec_group.set_states(states, value)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Have a metric compare the outputs with labels; see `BaseModule`."""
        self._exec_group.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Have a monitor watch every executor."""
        self._require("binded")
        self._exec_group.install_monitor(mon)


def _zeros(names: Sequence[str], blocks: Sequence[Sequence[NDArray]]) -> dict[str, NDArray]:
    """Make parameters like those of the first context, on the host."""
    return {name: wrap(np.zeros_like(block[0]._data), cpu(), type(block[0])) for name, block in zip(names, blocks, strict=True)}


def _whole_shapes(batch: Any) -> tuple[tuple[int, ...], ...]:
    """List the shapes of a batch's data; a list of batches, one for each context, is one."""
    if not isinstance(batch, list):
        return tuple([tuple(each.shape) for each in batch.data])
    shapes = [tuple([tuple(each.shape) for each in part.data]) for part in batch]
    if not shapes or any(other != shapes[0] for other in shapes):
        raise InputError(describe("all batches of a list need the same shapes", operator="forward", facts={"got": shapes}))
    return tuple([(len(batch) * shape[0], *shape[1:]) for shape in shapes[0]])
