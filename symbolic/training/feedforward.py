"""FeedForward, the older way to train: one object that fits and predicts from NumPy arrays or iterators."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, InputError, NotReady, describe
from symbolic.model import BatchEndParam, load_checkpoint, save_checkpoint
from symbolic.nd.array import NDArray
from symbolic.nd.creation import zeros
from symbolic.symbol.handle import Symbol
from symbolic.training import io, metric
from symbolic.training.callback import LogValidationMetricsCallback
from symbolic.training.initializer import InitDesc, Uniform
from symbolic.training.module.bucketing import BucketingModule
from symbolic.training.module.module import Module
from symbolic.values.context import Context, cpu

__all__ = ["FeedForward"]


class FeedForward:
    """A network with its parameters, fit to arrays or an iterator. New code uses ``mx.mod.Module``.

    Parameters
    ----------
    symbol : Symbol or function
        The network; a function of a bucket's key returns that of the bucket.
    ctx : Context or list of Context, default cpu()
        Where it is trained; it predicts on the first.
    num_epoch : int, optional
        Where `fit` stops.
    epoch_size : int, optional
        Batches of an epoch; as many as the iterator gives by default.
    optimizer : str or Optimizer, default "sgd"
        What steps.
    initializer : Initializer, default Uniform(0.01)
        Fills parameters that have no value.
    numpy_batch_size : int, default 128
        The batch for arrays.
    arg_params, aux_params : dict of NDArray, optional
        Values to begin with.
    allow_extra_params : bool, default False
        Leave out those that the network does not have.
    begin_epoch : int, default 0
        The first epoch.
    **kwargs
        Parameters of the optimizer, if it is given by name.
    """

    def __init__(
        self,
        symbol: Any,
        ctx: Any = None,
        num_epoch: int | None = None,
        epoch_size: int | None = None,
        optimizer: Any = "sgd",
        initializer: Any = Uniform(0.01),  # noqa: B008
        numpy_batch_size: int = 128,
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        allow_extra_params: bool = False,
        begin_epoch: int = 0,
        **kwargs: Any,
    ):
        warnings.warn("FeedForward is deprecated; use mx.mod.Module", DeprecationWarning, stacklevel=2)
        if not isinstance(symbol, Symbol) and not callable(symbol):
            facts = {"argument": "symbol", "got": repr(symbol), "expected": "Symbol or function"}
            raise InputError(describe("this is no network", operator="FeedForward", facts=facts))
        self.symbol: Any = symbol if isinstance(symbol, Symbol) else None
        self.sym_gen: Callable[[Any], Any] | None = None if isinstance(symbol, Symbol) else symbol
        self.arg_params: Any = arg_params
        self.aux_params: Any = aux_params
        self.allow_extra_params = allow_extra_params
        self.argument_checked = False
        if self.sym_gen is None:
            self._check_arguments()
        self.ctx = [cpu()] if ctx is None else [ctx] if isinstance(ctx, Context) else list(ctx)
        self.num_epoch, self.epoch_size = num_epoch, epoch_size
        self.kwargs = dict(kwargs)
        self.optimizer, self.initializer = optimizer, initializer
        self.numpy_batch_size = numpy_batch_size
        self.begin_epoch = begin_epoch
        self._pred_exec: Any = None

    def _check_arguments(self) -> None:
        """Check that every array has a name of its own, and drop parameters that the network does not have."""
        if self.argument_checked:
            return
        self.argument_checked = True
        for kind, names in (("argument", self.symbol.list_arguments()), ("auxiliary state", self.symbol.list_auxiliary_states())):
            if len(set(names)) < len(names):
                twice = sorted({name for name in names if names.count(name) > 1})
                raise ArgumentError(describe(f"two {kind}s have one name", operator="FeedForward", facts={"found": twice}))
        if self.allow_extra_params:
            arguments, states = set(self.symbol.list_arguments()), set(self.symbol.list_auxiliary_states())
            if self.arg_params:
                self.arg_params = {name: value for name, value in self.arg_params.items() if name in arguments}
            if self.aux_params:
                self.aux_params = {name: value for name, value in self.aux_params.items() if name in states}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pred_exec": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    # -- data ---------------------------------------------------------------------------------------------------------

    def _init_params(self, inputs: Any, overwrite: bool = False) -> tuple[list[str], list[str], list[str]]:
        """Give parameters values; return the names of arguments, parameters and auxiliary states."""
        inputs = [given if isinstance(given, io.DataDesc) else io.DataDesc(*given) for given in inputs]
        shapes, _, state_shapes = self.symbol.infer_shape(**{each.name: each.shape for each in inputs})
        types, _, state_types = self.symbol.infer_type(**{each.name: each.dtype for each in inputs})
        names, states = self.symbol.list_arguments(), self.symbol.list_auxiliary_states()
        given = {each.name for each in inputs}
        attributes = self.symbol.attr_dict()

        def values(names: list[str], shapes: Any, types: Any, before: Any) -> dict[str, NDArray]:
            made = {}
            for name, shape, dtype in zip(names, shapes, types, strict=True):
                if name in given:
                    continue
                made[name] = zeros(shape, dtype=dtype)
                if before and name in before and not overwrite:
                    before[name].copyto(made[name])
                else:
                    self.initializer(InitDesc(name, attributes.get(name)), made[name])
            return made

        self.arg_params = values(names, shapes, types, self.arg_params)
        self.aux_params = values(states, state_shapes, state_types, self.aux_params)
        return names, [name for name in names if name not in given], states

    def _init_iter(self, X: Any, y: Any, is_train: bool) -> Any:
        """Make an iterator of arrays; one that is given is taken.

        Raises
        ------
        ArgumentError
            If labels are missing in training, or do not fit.
        """
        if not isinstance(X, (np.ndarray, NDArray)):
            if not isinstance(X, io.DataIter):
                facts = {"argument": "X", "got": repr(X), "expected": "DataIter, NDArray or numpy.ndarray"}
                raise ArgumentError(describe("there is nothing to learn or predict from", operator="FeedForward", facts=facts))
            return X
        if y is None:
            if is_train:
                raise ArgumentError(describe("y must be specified when X is an array", operator="FeedForward"))
            y = np.zeros(X.shape[0])
        if not isinstance(y, (np.ndarray, NDArray)):
            facts = {"argument": "y", "got": type(y).__name__, "expected": "NDArray or numpy.ndarray"}
            raise ArgumentError(describe("y must be an array when X is one", operator="FeedForward", facts=facts))
        if y.ndim == 2 and y.shape[1] == 1:
            y = y.reshape(-1)
        if X.shape[0] != y.shape[0] or y.ndim != 1:
            facts = {"X": X.shape, "y": y.shape, "needed": f"({X.shape[0]},) or ({X.shape[0]}, 1)"}
            raise ArgumentError(describe("data and labels do not fit together", operator="FeedForward", facts=facts))
        size = min(X.shape[0], self.numpy_batch_size)
        if is_train:
            return io.NDArrayIter(X, y, size, shuffle=True, last_batch_handle="roll_over")
        return io.NDArrayIter(X, y, size, shuffle=False)

    def _init_eval_iter(self, eval_data: Any) -> Any:
        if eval_data is None or isinstance(eval_data, io.DataIter):
            return eval_data
        if not isinstance(eval_data, (tuple, list)) or len(eval_data) != 2 or eval_data[0] is None:
            facts = {"argument": "eval_data", "got": repr(eval_data), "expected": "DataIter, or a pair of arrays"}
            raise ArgumentError(describe("there is nothing to evaluate on", operator="FeedForward", facts=facts))
        if eval_data[1] is None and isinstance(eval_data[0], io.DataIter):
            return eval_data[0]
        X, y = [np.array(each) if isinstance(each, list) else each for each in eval_data]
        return self._init_iter(X, y, is_train=True)

    # -- training -----------------------------------------------------------------------------------------------------

    def fit(
        self,
        X: Any,
        y: Any = None,
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        logger: Any = None,
        work_load_list: Any = None,
        monitor: Any = None,
        eval_end_callback: Any = LogValidationMetricsCallback(),  # noqa: B008
        eval_batch_end_callback: Any = None,
    ) -> None:
        """Train.

        Parameters
        ----------
        X : DataIter, NDArray or numpy.ndarray
            Data.
        y : NDArray or numpy.ndarray, optional
            Labels, if ``X`` is an array.
        eval_data : DataIter or pair of arrays, optional
            What is scored after each epoch.
        eval_metric, epoch_end_callback, batch_end_callback, kvstore, monitor, eval_end_callback, eval_batch_end_callback
            As of ``Module.fit``.
        logger : logging.Logger, optional
            Where progress is told.
        work_load_list : list of float, optional
            How large a part of a batch each context gets.
        """
        data, eval_data = self._init_iter(X, y, is_train=True), self._init_eval_iter(eval_data)
        if self.sym_gen is not None:
            self.symbol = self.sym_gen(data.default_bucket_key)
            self._check_arguments()
        self._init_params([*data.provide_data, *data.provide_label])
        if self.num_epoch is None:
            raise ArgumentError(describe("the number of epochs is missing", operator="FeedForward", hint="give num_epoch"))
        if not isinstance(eval_metric, metric.EvalMetric):
            eval_metric = metric.create(eval_metric)
        logger = logging if logger is None else logger
        names = {"data_names": [each[0] for each in data.provide_data], "label_names": [each[0] for each in data.provide_label]}
        words = {"logger": logger, "context": self.ctx, "work_load_list": work_load_list}
        if self.sym_gen is None:
            module: Any = Module(self.symbol, **names, **words)
        else:
            made = self.sym_gen
            module = BucketingModule(lambda key: (made(key), names["data_names"], names["label_names"]), data.default_bucket_key, **words)
        module.bind(data.provide_data, data.provide_label)
        if monitor is not None:
            module.install_monitor(monitor)
        module.init_params(None, self.arg_params, self.aux_params)
        module.init_optimizer(kvstore, self.optimizer, {"rescale_grad": 1.0 / data.batch_size, **self.kwargs})
        data.reset()
        for epoch in range(self.begin_epoch, self.num_epoch):
            start = time.perf_counter()
            eval_metric.reset()
            self._epoch(module, epoch, data, eval_metric, batch_end_callback, monitor, logger)
            logger.info("Epoch[%d] Time cost=%.3f", epoch, time.perf_counter() - start)
            if epoch_end_callback or epoch + 1 == self.num_epoch:
                self.arg_params, self.aux_params = module.get_params()
            for callback in _listed(epoch_end_callback):
                callback(epoch, self.symbol, self.arg_params, self.aux_params)
            if eval_data:
                module.score(eval_data, eval_metric, None, eval_batch_end_callback, eval_end_callback, epoch=epoch)
                eval_data.reset()
        self._pred_exec = None

    def _epoch(self, module: Any, epoch: int, data: Any, eval_metric: Any, batch_end_callback: Any, monitor: Any, logger: Any) -> None:
        """Run ``epoch_size`` batches, or once through the data."""
        nbatch = 0
        while True:
            for data_batch in data:
                if monitor is not None:
                    monitor.tic()
                module.forward_backward(data_batch)
                module.update()
                if monitor is not None:
                    monitor.toc_print()
                module.update_metric(eval_metric, data_batch.label)
                nbatch += 1
                for callback in _listed(batch_end_callback):
                    callback(BatchEndParam(epoch=epoch, nbatch=nbatch, eval_metric=eval_metric, locals=locals()))
                if nbatch == self.epoch_size:
                    return  # the next epoch goes on from here
            logger.info("Epoch[%d] Resetting Data Iterator", epoch)
            data.reset()
            if self.epoch_size is None:
                return

    @staticmethod
    def create(
        symbol: Any,
        X: Any,
        y: Any = None,
        ctx: Any = None,
        num_epoch: int | None = None,
        epoch_size: int | None = None,
        optimizer: Any = "sgd",
        initializer: Any = Uniform(0.01),  # noqa: B008
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        logger: Any = None,
        work_load_list: Any = None,
        eval_end_callback: Any = LogValidationMetricsCallback(),  # noqa: B008
        eval_batch_end_callback: Any = None,
        **kwargs: Any,
    ) -> FeedForward:
        """Make a model and fit it; see `FeedForward` and `fit`."""
        made = FeedForward(symbol, ctx, num_epoch, epoch_size, optimizer, initializer, **kwargs)
        made.fit(
            X,
            y,
            eval_data=eval_data,
            eval_metric=eval_metric,
            epoch_end_callback=epoch_end_callback,
            batch_end_callback=batch_end_callback,
            kvstore=kvstore,
            logger=logger,
            work_load_list=work_load_list,
            eval_end_callback=eval_end_callback,
            eval_batch_end_callback=eval_batch_end_callback,
        )
        return made

    # -- predicting ---------------------------------------------------------------------------------------------------

    def _init_predictor(self, data: Any) -> None:
        """Bind the network for the shapes of an iterator; its labels follow from them."""
        inputs = [each if isinstance(each, io.DataDesc) else io.DataDesc(*each) for each in data.provide_data]
        shapes = {each.name: tuple(each.shape) for each in inputs}
        if self._pred_exec is not None and all(self._pred_exec.arg_dict[name].shape == shape for name, shape in shapes.items()):
            return
        known = set(self.symbol.list_arguments())
        types = {name: value.dtype for name, value in self.arg_params.items() if name in known}
        types.update({each.name: each.dtype for each in inputs})
        weights = {name: value.shape for name, value in self.arg_params.items() if name in known}
        self._pred_exec = self.symbol.simple_bind(self.ctx[0], grad_req="null", type_dict=types, **{**weights, **shapes})
        self._pred_exec.copy_params_from(self.arg_params, self.aux_params, allow_extra_params=self.allow_extra_params)

    def _predicted(self, X: Any, reset: bool) -> Any:
        """Run through an iterator: each batch, and the outputs, which the next one overwrites."""
        if reset:
            X.reset()
        self._init_predictor(X)
        names = [each[0] for each in X.provide_data]
        for batch in X:
            yield batch, self._pred_exec.forward(is_train=False, **dict(zip(names, batch.data, strict=True)))

    def predict(self, X: Any, num_batch: int | None = None, return_data: bool = False, reset: bool = True) -> Any:
        """Predict.

        Parameters
        ----------
        X : DataIter, NDArray or numpy.ndarray
            Data.
        num_batch : int, optional
            How many batches; all by default.
        return_data : bool, default False
            Return data and labels too.
        reset : bool, default True
            Start the iterator again first.

        Returns
        -------
        numpy.ndarray, or a list of them
            Outputs without padding; a list if there are several. With ``return_data``, ``(outputs, data, label)``.
        """
        X = self._init_iter(X, None, is_train=False)
        rows: list[list[list[np.ndarray]]] = []
        for batch, outputs in self._predicted(X, reset):
            size = X.batch_size - (batch.pad or 0)
            kinds = [outputs, batch.data, batch.label] if return_data else [outputs]
            rows.append([[array[0:size].asnumpy() for array in kind] for kind in kinds])
            if len(rows) == num_batch:
                break
        joined = [[np.concatenate(parts) for parts in zip(*kind, strict=True)] for kind in zip(*rows, strict=True)]
        single = [kind[0] if len(kind) == 1 else kind for kind in joined]
        return tuple(single) if return_data else single[0]

    def score(
        self, X: Any, eval_metric: Any = "acc", num_batch: int | None = None, batch_end_callback: Any = None, reset: bool = True
    ) -> Any:
        """Predict, compare with the labels of an iterator, and return the measure; see ``Module.score``."""
        if not isinstance(eval_metric, metric.EvalMetric):
            eval_metric = metric.create(eval_metric)
        X = self._init_iter(X, None, is_train=False)
        for nbatch, (batch, outputs) in enumerate(self._predicted(X, reset)):
            if nbatch == num_batch:
                break
            eval_metric.update(batch.label, outputs)
            for callback in _listed(batch_end_callback):
                callback(BatchEndParam(epoch=0, nbatch=nbatch, eval_metric=eval_metric, locals=locals()))
        return eval_metric.get()[1]

    # -- files --------------------------------------------------------------------------------------------------------

    def save(self, prefix: str, epoch: int | None = None, remove_amp_cast: bool = True) -> None:
        """Write network and parameters; the epoch is ``num_epoch`` by default."""
        epoch = self.num_epoch if epoch is None else epoch
        if epoch is None:
            raise NotReady(describe("the epoch is missing", operator="FeedForward.save", hint="give epoch"))
        save_checkpoint(prefix, epoch, self.symbol, self.arg_params, self.aux_params, remove_amp_cast=remove_amp_cast)

    @staticmethod
    def load(prefix: str, epoch: int, ctx: Any = None, **kwargs: Any) -> FeedForward:
        """Make a model of a checkpoint; further arguments are those of `FeedForward`."""
        symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
        return FeedForward(symbol, ctx=ctx, arg_params=arg_params, aux_params=aux_params, begin_epoch=epoch, **kwargs)


def _listed(callbacks: Any) -> list[Any]:
    return callbacks if isinstance(callbacks, list) else [callbacks] if callbacks else []
