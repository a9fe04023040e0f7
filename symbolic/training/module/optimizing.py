"""What of a module is about its optimizer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symbolic.errors import ArgumentError, FileError, InputError, describe, printable
from symbolic.files import atomic
from symbolic.symbol.handle import Symbol
from symbolic.training import optimizer as optimizers
from symbolic.training.module.base import BaseModule
from symbolic.training.module.updating import create_store, fill_store, update, update_through_store
from symbolic.training.step_of_module import step_of
from symbolic.values.context import Context

__all__ = ["Optimizing"]


class Optimizing(BaseModule):
    """A module whose parameters an optimizer steps, here or in a key-value store."""

    _symbol: Symbol
    _context: Sequence[Context]
    _param_names: Sequence[str]
    _exec_group: Any  # DataParallelExecutorGroup, when it is bound
    _arg_params: Any  # dict of NDArray, when they are known
    _aux_params: Any
    _compression_params: Mapping[str, Any] | None

    def __init__(self, logger: Any):
        super().__init__(logger=logger)
        self._params_dirty = False  # whether the executors' parameters are newer than ours
        self._optimizer: Any = None
        self._kvstore: Any = None
        self._update_on_kvstore: bool | None = None
        self._updater: Any = None
        self._preload_opt_states: str | None = None

    def _sync_params_from_devices(self) -> None:
        raise NotImplementedError

    def _fused_step(self) -> Callable[[Any], bool] | None:
        if self._exec_group._draws or isinstance(self._optimizer, optimizers.SGLD):
            return None  # it would draw once more what was drawn so far, or something else
        step, updater = step_of(self), self._updater
        return None if step is None else lambda batch: self._updater is updater and step(batch)

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = (("learning_rate", 0.01),),
        force_init: bool = False,
    ) -> None:
        """Choose the optimizer; see `BaseModule`."""
        self._require("binded", "params_initialized")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring...")
            return
        if self._params_dirty:
            self._sync_params_from_devices()
        group, count = self._exec_group, len(self._context)
        store, on_store = create_store(kvstore, count, self._arg_params)
        batch_size = (group.batch_size or 1) * (store.num_workers if store and "dist" in store.type and "_sync" in store.type else 1)
        copies = 1 if on_store else count
        names = {place * copies + copy: name for copy in range(copies) for place, name in enumerate(group.param_names)}
        if isinstance(optimizer, str):
            optimizer_params = dict(optimizer_params)
            if "rescale_grad" not in optimizer_params:
                optimizer_params["rescale_grad"] = 1.0 / batch_size
            optimizer = optimizers.create(optimizer, sym=self._symbol, param_idx2name=names, **optimizer_params)
        elif isinstance(optimizer, optimizers.Optimizer):
            if optimizer.rescale_grad != 1.0 / batch_size:
                warnings.warn(
                    f"the optimizer's rescale_grad is {optimizer.rescale_grad}, not 1/{batch_size}, one over the size of the batch, "
                    "as that of an optimizer given by name would be. Is this intended?",
                    stacklevel=2,
                )
            if not optimizer.idx2name:
                optimizer.idx2name = names
        else:
            facts = {"argument": "optimizer", "got": repr(optimizer), "expected": "str or Optimizer"}
            raise InputError(describe("this is no optimizer", operator="init_optimizer", facts=facts))
        self._optimizer, self._kvstore, self._update_on_kvstore = optimizer, store, on_store
        self._updater = None if on_store else optimizers.get_updater(optimizer)
        if store:
            if self._compression_params:
                store.set_gradient_compression(self._compression_params)
            if on_store:
                store.set_optimizer(optimizer)
            fill_store(store, group.param_arrays, self._arg_params, self._param_names, on_store)
        self.optimizer_initialized = True
        if self._preload_opt_states is not None:
            self.load_optimizer_states(self._preload_opt_states)
            self._preload_opt_states = None

    def borrow_optimizer(self, shared_module: Any) -> None:
        """Use the optimizer, and its states, of another module with the same parameters."""
        shared_module._require("optimizer_initialized")
        self._optimizer, self._kvstore = shared_module._optimizer, shared_module._kvstore
        self._update_on_kvstore, self._updater = shared_module._update_on_kvstore, shared_module._updater
        self.optimizer_initialized = True

    def update(self) -> None:
        """Have the optimizer step the parameters along their gradients."""
        self._require("binded", "params_initialized", "optimizer_initialized")
        self._params_dirty = True
        group = self._exec_group
        if self._update_on_kvstore:
            update_through_store(group.param_arrays, group.grad_arrays, self._kvstore, group.param_names)
        else:
            update(group.param_arrays, group.grad_arrays, self._updater, len(self._context), self._kvstore, group.param_names)

    def prepare(self, data_batch: Any, sparse_row_id_fn: Any = None) -> None:
        """Make ready for a batch: fetch the rows that it needs of row-sparse parameters; see `BaseModule`."""
        self._require("binded")
        if sparse_row_id_fn is None:
            return
        if not self._kvstore or not self._update_on_kvstore:
            warnings.warn("the parameters are not updated in a key-value store: sparse_row_id_fn is not called", UserWarning, stacklevel=2)
            return
        rows = sparse_row_id_fn(data_batch)
        if not isinstance(rows, dict):
            raise InputError(describe("sparse_row_id_fn must return a dict", operator="prepare", facts={"got": repr(rows)}))
        for name, row_ids in rows.items():
            if name not in self._param_names:
                raise ArgumentError(describe(f"no parameter is called {name!r}", operator="prepare", facts={"expected": self._param_names}))
            place = self._param_names.index(name)
            block = self._exec_group.param_arrays[place]
            if block[0].stype == "row_sparse":
                self._kvstore.row_sparse_pull(name, block, row_ids=row_ids, priority=-place)
            else:
                warnings.warn(f"{name} is not row_sparse: there are no rows to fetch", UserWarning, stacklevel=2)

    def save_optimizer_states(self, fname: Any) -> None:
        """Write the optimizer's states, as momenta, to a file, whole or not at all."""
        self._require("optimizer_initialized")
        if self._update_on_kvstore:
            self._kvstore.save_optimizer_states(fname)
        else:
            atomic.write(fname, [self._updater.get_states()])

    def load_optimizer_states(self, fname: Any) -> None:
        """Read the optimizer's states from a file."""
        self._require("optimizer_initialized")
        if self._update_on_kvstore:
            self._kvstore.load_optimizer_states(fname)
        else:
            try:
                with open(fname, "rb") as file:
                    content = file.read()
            except OSError as error:
                raise FileError(f"cannot read '{printable(fname, 300)}': {error.strerror or error}", error) from error
            self._updater.set_states(content)
