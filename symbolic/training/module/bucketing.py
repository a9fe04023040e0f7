"""BucketingModule: networks of several sizes, as recurrent ones of several lengths, with the same parameters."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from symbolic import model
from symbolic.errors import InputError, NotReady, describe
from symbolic.events import rebound
from symbolic.nd.array import NDArray
from symbolic.nd.convert import array
from symbolic.nd.files import load, save
from symbolic.scope import NameManager
from symbolic.symbol.functions import load as load_symbol
from symbolic.symbol.handle import Symbol
from symbolic.training.initializer import Uniform
from symbolic.training.module.base import BaseModule
from symbolic.training.module.module import Module
from symbolic.training.module.shapes import check_input_names
from symbolic.values.context import Context, cpu

__all__ = ["BucketingModule"]


class BucketingModule(BaseModule):
    """A module for each size of input, made when a batch of that size comes first; all use the same parameters.

    Parameters
    ----------
    sym_gen : function
        Told the key of a bucket, as the length of its sentences, returns the network, its ``data_names`` and its
        ``label_names``.
    default_bucket_key : hashable
        The key of the largest bucket: its memory serves the others too.
    logger, context, work_load_list, fixed_param_names, state_names, group2ctxs, compression_params
        As of `Module`.

    Raises
    ------
    NotReady
        If ``default_bucket_key`` is missing.
    """

    def __init__(
        self,
        sym_gen: Callable[[Any], tuple[Symbol, Sequence[str] | None, Sequence[str] | None]],
        default_bucket_key: Any = None,
        logger: Any = logging,
        context: Context | Sequence[Context] = cpu(),  # noqa: B008
        work_load_list: Sequence[float] | None = None,
        fixed_param_names: Sequence[str] | None = None,
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
        compression_params: Mapping[str, Any] | None = None,
    ):
        super().__init__(logger=logger)
        if default_bucket_key is None:
            raise NotReady(describe("default_bucket_key is missing", operator="BucketingModule", hint="give that of the largest bucket"))
        self._sym_gen, self._default_bucket_key = sym_gen, default_bucket_key
        symbol, data_names, label_names = self._call_sym_gen(default_bucket_key)
        self._fixed_param_names, self._state_names = list(fixed_param_names or ()), list(state_names or ())
        check_input_names(symbol, list(data_names or ()), "data", True)
        check_input_names(symbol, list(label_names or ()), "label", False)
        check_input_names(symbol, self._state_names, "state", True)
        check_input_names(symbol, self._fixed_param_names, "fixed_param", True)
        self._context, self._work_load_list = context, work_load_list
        self._group2ctxs, self._compression_params = group2ctxs, compression_params
        self._buckets: dict[Any, Module] = {}
        self._curr_module: Any = None  # a Module, when it is bound
        self._curr_bucket_key: Any = None
        self._params_dirty = False
        self._monitor: Any = None
        self._grad_req: Any = None

    def _call_sym_gen(self, key: Any) -> tuple[Symbol, Any, Any]:
        """Make the network of a bucket; nodes without a name get the same ones in every bucket."""
        with NameManager():
            return self._sym_gen(key)

    def _made(self, key: Any) -> Module:
        symbol, data_names, label_names = self._call_sym_gen(key)
        return Module(
            symbol,
            data_names,
            label_names,
            logger=self.logger,
            context=self._context,
            work_load_list=self._work_load_list,
            fixed_param_names=self._fixed_param_names,
            state_names=self._state_names,
            group2ctxs=self._group2ctxs,
            compression_params=self._compression_params,
        )

    def _reset_bind(self) -> None:
        self.binded = False
        self._buckets = {}
        self._curr_module = self._curr_bucket_key = None

    # -- names and shapes ---------------------------------------------------------------------------------------------

    @property
    def data_names(self) -> list[str]:
        """Names of the inputs of the present bucket."""
        return self._curr_module.data_names if self.binded else self._call_sym_gen(self._default_bucket_key)[1]

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs of the present bucket."""
        return self._curr_module.output_names if self.binded else self._call_sym_gen(self._default_bucket_key)[0].list_outputs()

    @property
    def data_shapes(self) -> list[Any]:
        """Names and shapes of the inputs of the present bucket."""
        self._require("binded")
        return self._curr_module.data_shapes

    @property
    def label_shapes(self) -> list[Any] | None:
        """Names and shapes of the labels of the present bucket."""
        self._require("binded")
        return self._curr_module.label_shapes

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of the outputs of the present bucket."""
        self._require("binded")
        return self._curr_module.output_shapes

    @property
    def symbol(self) -> Symbol | None:
        """The network of the present bucket."""
        self._require("binded")
        return self._curr_module.symbol

    # -- parameters ---------------------------------------------------------------------------------------------------

    def get_params(self) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Return parameters and auxiliary states by name."""
        self._require("params_initialized")
        self._curr_module._params_dirty = self._params_dirty
        found = self._curr_module.get_params()
        self._params_dirty = False
        return found

    def init_params(
        self,
        initializer: Any = Uniform(0.01),  # noqa: B008
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Give parameters and auxiliary states their first values; see `BaseModule`."""
        if self.params_initialized and not force_init:
            return
        self._require("binded")
        self._curr_module.init_params(initializer, arg_params, aux_params, allow_missing, force_init, allow_extra)
        self._params_dirty = False
        self.params_initialized = True

    def set_params(
        self,
        arg_params: Mapping[str, NDArray] | None,
        aux_params: Mapping[str, NDArray] | None,
        allow_missing: bool = False,
        force_init: bool = True,
        allow_extra: bool = False,
    ) -> None:
        """Set parameters and auxiliary states; see `Module`."""
        if not allow_missing:
            self.init_params(None, arg_params, aux_params, allow_missing, force_init)
            return
        if self.params_initialized and not force_init:
            warnings.warn("the parameters have values already; set_params does nothing unless force_init=True", stacklevel=2)
            return
        self._require("binded")
        self._curr_module.set_params(arg_params, aux_params, allow_missing, force_init, allow_extra)
        self._params_dirty = True
        self.params_initialized = True

    def get_states(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the arrays of ``state_names`` of the present bucket; see `Module`."""
        self._require("binded", "params_initialized")
        return self._curr_module.get_states(merge_multi_context=merge_multi_context)

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the arrays of ``state_names`` of the present bucket; see `Module`."""
        self._require("binded", "params_initialized")
        self._curr_module.set_states(states, value)

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
        """Bind the default bucket; the shapes are its own. See `BaseModule`."""
        before = self.get_params() if self.params_initialized else None
        if force_rebind:
            self._reset_bind()
        if self.binded:
            self.logger.warning("Already bound, ignoring bind()")
            return
        if shared_module is not None:
            raise NotReady(describe("a BucketingModule takes no shared_module", operator="bind"))
        module = self._buckets.get(self._default_bucket_key) or self._made(self._default_bucket_key)
        module.bind(data_shapes, label_shapes, for_training, inputs_need_grad, grad_req=grad_req)
        self.for_training, self.inputs_need_grad, self._grad_req = for_training, inputs_need_grad, grad_req
        self.binded = True
        self._curr_module, self._curr_bucket_key = module, self._default_bucket_key
        self._buckets[self._default_bucket_key] = module
        if before is not None:
            self.set_params(*before)

    def switch_bucket(self, bucket_key: Any, data_shapes: Sequence[Any] | None, label_shapes: Sequence[Any] | None = None) -> None:
        """Make a bucket the present one.

        Parameters
        ----------
        bucket_key : hashable
            Its key; if it is new, ``sym_gen`` makes its network.
        data_shapes, label_shapes : list of DataDesc or (str, tuple)
            Its shapes, if it is new.
        """
        self._require("binded")
        module = self._buckets.get(bucket_key)
        if module is None:
            module = self._made(bucket_key)
        if not module.binded:
            if data_shapes is None:
                raise NotReady(describe("a new bucket needs shapes", operator="switch_bucket", facts={"bucket_key": repr(bucket_key)}))
            module.bind(
                data_shapes,
                label_shapes,
                self._curr_module.for_training,
                self._curr_module.inputs_need_grad,
                shared_module=self._buckets[self._default_bucket_key],
                grad_req=self._grad_req,
            )
            before = {each.name: tuple(each.shape) for each in self._curr_module.data_shapes}
            changes = [(each.name, before.get(each.name, "nothing"), tuple(each.shape)) for each in module.data_shapes]
            rebound(getattr(module.symbol, "name", None), f"BucketingModule.switch_bucket({bucket_key!r})", changes)
            if self._monitor is not None:
                module.install_monitor(self._monitor)
            self._buckets[bucket_key] = module
        self._curr_module, self._curr_bucket_key = module, bucket_key

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = (("learning_rate", 0.01),),
        force_init: bool = False,
    ) -> None:
        """Choose the optimizer, one for all buckets; see `BaseModule`."""
        self._require("binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        self._curr_module.init_optimizer(kvstore, optimizer, optimizer_params, force_init=force_init)
        for module in self._buckets.values():
            if module is not self._curr_module:
                module.borrow_optimizer(self._curr_module)
        self.optimizer_initialized = True

    def install_monitor(self, mon: Any) -> None:
        """Have a monitor watch the executors of all buckets, those to come too."""
        self._require("binded")
        self._monitor = mon
        for module in self._buckets.values():
            module.install_monitor(mon)

    # -- steps --------------------------------------------------------------------------------------------------------

    def prepare(self, data_batch: Any, sparse_row_id_fn: Any = None) -> None:
        """Make ready for a batch, which may be the first of its bucket; see `BaseModule`."""
        self._require("binded", "params_initialized")
        present = self._curr_bucket_key
        self.switch_bucket(data_batch.bucket_key, data_batch.provide_data, data_batch.provide_label)
        self._curr_module.prepare(data_batch, sparse_row_id_fn=sparse_row_id_fn)
        self.switch_bucket(present, None)

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs in the bucket ``data_batch.bucket_key``; see `BaseModule`."""
        self._require("binded", "params_initialized")
        self.switch_bucket(data_batch.bucket_key, data_batch.provide_data, data_batch.provide_label)
        self._curr_module.forward(data_batch, is_train=is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients; see `BaseModule`."""
        self._require("binded", "params_initialized")
        self._curr_module.backward(out_grads=out_grads)

    def update(self) -> None:
        """Have the optimizer step the parameters along their gradients."""
        self._require("binded", "params_initialized", "optimizer_initialized")
        self._params_dirty = True
        self._curr_module.update()

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the outputs of the last forward run; see `BaseModule`."""
        self._require("binded", "params_initialized")
        return self._curr_module.get_outputs(merge_multi_context=merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the gradients of the inputs; see `BaseModule`."""
        self._require("binded", "params_initialized", "inputs_need_grad")
        return self._curr_module.get_input_grads(merge_multi_context=merge_multi_context)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Have a metric compare the outputs with labels; see `BaseModule`."""
        self._require("binded", "params_initialized")
        self._curr_module.update_metric(eval_metric, labels, pre_sliced)

    # -- checkpoints --------------------------------------------------------------------------------------------------

    def save_checkpoint(self, prefix: str, epoch: int, remove_amp_cast: bool = False) -> None:
        """Write ``prefix-<key>-symbol.json`` for each bucket, ``prefix.buckets`` and ``prefix-<epoch>.params``."""
        if not self._buckets:
            raise NotReady(describe("there is no bucket to save", operator="save_checkpoint", hint="call bind first"))
        for key in self._buckets:
            self._call_sym_gen(key)[0].save(f"{prefix}-{key}-symbol.json", remove_amp_cast=remove_amp_cast)
        save(f"{prefix}.buckets", array(np.array(list(self._buckets), np.int32), dtype=np.int32))
        self.save_params(f"{prefix}-{epoch:04d}.params")

    @staticmethod
    def load(prefix: str, epoch: int, sym_gen: Any = None, default_bucket_key: Any = None, **kwargs: Any) -> BucketingModule:
        """Make a module of a checkpoint.

        Parameters
        ----------
        prefix, epoch : str, int
            As given to `save_checkpoint`.
        sym_gen, default_bucket_key
            As of `BucketingModule`.
        **kwargs
            Further arguments of it.
        """
        _demand(sym_gen=sym_gen, default_bucket_key=default_bucket_key)
        keys = load(f"{prefix}.buckets")
        assert isinstance(keys, list)
        symbols = {int(key): load_symbol(f"{prefix}-{int(key)}-symbol.json") for key in keys[0].asnumpy()}
        return BucketingModule.load_dict(symbols, sym_gen, default_bucket_key, *model.load_params(prefix, epoch), **kwargs)

    @staticmethod
    def load_dict(
        sym_dict: Mapping[Any, Symbol] | None = None,
        sym_gen: Any = None,
        default_bucket_key: Any = None,
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        **kwargs: Any,
    ) -> BucketingModule:
        """Make a module of networks, by the key of their bucket, and parameters."""
        _demand(sym_dict=sym_dict, sym_gen=sym_gen, default_bucket_key=default_bucket_key, arg_params=arg_params, aux_params=aux_params)
        assert sym_dict is not None
        made = BucketingModule(sym_gen, default_bucket_key, **kwargs)
        for key, symbol in sym_dict.items():
            _, data_names, label_names = made._call_sym_gen(key)
            made._buckets[key] = Module(symbol, data_names, label_names, **kwargs)
        if default_bucket_key not in made._buckets:
            facts = {"default_bucket_key": default_bucket_key, "found": list(sym_dict)}
            raise InputError(describe("the default bucket is missing", operator="BucketingModule.load", facts=facts))
        default = made._curr_module = made._buckets[default_bucket_key]
        default._arg_params, default._aux_params = arg_params, aux_params
        default.params_initialized = made.params_initialized = True
        return made


def _demand(**given: Any) -> None:
    for name, value in given.items():
        if value is None:
            raise NotReady(describe(f"{name} is missing", operator="BucketingModule.load", hint=f"give {name}"))
