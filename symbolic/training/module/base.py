"""The loops over batches: fit, score and predict."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, NotReady, ShapeError, WrongBatch, describe
from symbolic.model import BatchEndParam
from symbolic.nd.array import NDArray
from symbolic.nd.convert import array
from symbolic.operator.match import shown
from symbolic.training import metric
from symbolic.training.initializer import Uniform
from symbolic.training.io import DataBatch
from symbolic.training.module.interface import Interface

__all__ = ["BaseModule"]

WORTH_ONE_RUN = 500  # batches left, so that a step as one graph, a tenth faster, makes up for its making


class BaseModule(Interface):
    """A network, its arrays and its optimizer, with loops that train, score and predict.

    A module is first made ready: `bind` gives it shapes and memory, `init_params` values, `init_optimizer` a way to
    change them. `fit` does all three. Then ``forward``, ``backward`` and ``update`` make one step. Kinds of modules
    define these; the loops here are made of them.
    """

    def forward_backward(self, data_batch: Any) -> None:
        """Run `forward` in training mode, then `backward`."""
        self.forward(data_batch, is_train=True)
        self.backward()

    def score(
        self,
        eval_data: Any,
        eval_metric: Any,
        num_batch: int | None = None,
        batch_end_callback: Any = None,
        score_end_callback: Any = None,
        reset: bool = True,
        epoch: int = 0,
        sparse_row_id_fn: Any = None,
    ) -> list[tuple[str, float]]:
        """Predict and compare with the labels.

        Parameters
        ----------
        eval_data : DataIter
            Data with labels.
        eval_metric : EvalMetric, str, function or list of them
            What is measured.
        num_batch : int, optional
            How many batches; all by default.
        batch_end_callback, score_end_callback : function or list of functions, optional
            Called with a ``BatchEndParam`` after each batch, and after the last.
        reset : bool, default True
            Start the iterator again first.
        epoch : int, default 0
            Told to the callbacks.
        sparse_row_id_fn : function, optional
            Given to `prepare`.

        Returns
        -------
        list of (str, float)
            Each metric's name and value.
        """
        self._require("binded", "params_initialized")
        if reset:
            eval_data.reset()
        if not isinstance(eval_metric, metric.EvalMetric):
            eval_metric = metric.create(eval_metric)
        eval_metric.reset()
        actual_num_batch = 0
        for nbatch, eval_batch in enumerate(eval_data):
            if nbatch == num_batch:
                break
            self.prepare(eval_batch, sparse_row_id_fn=sparse_row_id_fn)
            self.forward(eval_batch, is_train=False)
            self._measure(eval_metric, eval_batch)
            if batch_end_callback is not None:
                _call(batch_end_callback, BatchEndParam(epoch=epoch, nbatch=nbatch, eval_metric=eval_metric, locals=locals()))
            actual_num_batch += 1
        if score_end_callback:
            _call(score_end_callback, BatchEndParam(epoch=epoch, nbatch=actual_num_batch, eval_metric=eval_metric, locals=locals()))
        return eval_metric.get_name_value()

    def _measure(self, eval_metric: Any, batch: Any) -> None:
        if isinstance(batch, list):
            self.update_metric(eval_metric, [part.label for part in batch], pre_sliced=True)
        else:
            self.update_metric(eval_metric, batch.label)

    def iter_predict(
        self, eval_data: Any, num_batch: int | None = None, reset: bool = True, sparse_row_id_fn: Any = None
    ) -> Iterator[tuple[list[NDArray], int, Any]]:
        """Predict batch after batch.

        Yields
        ------
        outputs : list of NDArray
            Of the batch, without its padding; the next batch overwrites them.
        nbatch : int
            Number of the batch, from 0.
        batch : DataBatch
            What was predicted.
        """
        self._require("binded", "params_initialized")
        if reset:
            eval_data.reset()
        for nbatch, eval_batch in enumerate(eval_data):
            if nbatch == num_batch:
                break
            self.prepare(eval_batch, sparse_row_id_fn=sparse_row_id_fn)
            self.forward(eval_batch, is_train=False)
            pad = eval_batch.pad or 0
            yield [out[0 : out.shape[0] - pad] for out in self.get_outputs()], nbatch, eval_batch

    def predict(
        self,
        eval_data: Any,
        num_batch: int | None = None,
        merge_batches: bool = True,
        reset: bool = True,
        always_output_list: bool = False,
        sparse_row_id_fn: Any = None,
    ) -> Any:
        """Predict, and collect the outputs.

        Parameters
        ----------
        eval_data : DataIter, NDArray or numpy.ndarray
            Data; an array is one batch.
        num_batch : int, optional
            How many batches; all by default.
        merge_batches : bool, default True
            Join the batches; otherwise the result is a list of batches, each a list of outputs.
        reset : bool, default True
            Start the iterator again first.
        always_output_list : bool, default False
            Return a list even if there is only one output.

        Returns
        -------
        NDArray, list of NDArray, or list of list of NDArray
            Outputs, without the padding of the batches.

        Raises
        ------
        ArgumentError
            If ``eval_data`` is neither an iterator nor an array.
        ShapeError
            If batches differ in the number of outputs.
        """
        self._require("binded", "params_initialized")
        if isinstance(eval_data, (NDArray, np.ndarray)):
            self.forward(DataBatch([eval_data if isinstance(eval_data, NDArray) else array(eval_data)]))
            return self.get_outputs()[0]
        if not hasattr(eval_data, "reset") or not hasattr(eval_data, "__iter__"):
            facts = {"argument": "eval_data", "got": repr(eval_data), "expected": "DataIter, NDArray or numpy.ndarray"}
            raise ArgumentError(describe("there is nothing to predict from", operator="predict", facts=facts))
        batches = [[out.copy() for out in outputs] for outputs, _, _ in self.iter_predict(eval_data, num_batch, reset, sparse_row_id_fn)]
        if not batches or not merge_batches:
            return batches
        counts = {len(outputs) for outputs in batches}
        if len(counts) > 1:
            raise ShapeError(
                describe(
                    "batches with different numbers of outputs cannot be joined",
                    operator="predict",
                    facts={"found": sorted(counts)},
                    hint="set merge_batches=False, as buckets may need",
                )
            )
        joined = [NDArray(np.concatenate([part._data for part in parts]), parts[0].context) for parts in zip(*batches, strict=True)]
        return joined[0] if len(joined) == 1 and not always_output_list else joined

    def fit(
        self,
        train_data: Any,
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = (("learning_rate", 0.01),),
        eval_end_callback: Any = None,
        eval_batch_end_callback: Any = None,
        initializer: Any = Uniform(0.01),  # noqa: B008
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        allow_missing: bool = False,
        force_rebind: bool = False,
        force_init: bool = False,
        begin_epoch: int = 0,
        num_epoch: int | None = None,
        validation_metric: Any = None,
        monitor: Any = None,
        sparse_row_id_fn: Any = None,
    ) -> None:
        """Train.

        Parameters
        ----------
        train_data : DataIter
            What is learned from.
        eval_data : DataIter, optional
            What is scored after each epoch.
        eval_metric : EvalMetric, str, function or list of them, default "acc"
            What is measured while training.
        epoch_end_callback : function or list of functions, optional
            Called with epoch, symbol, parameters and auxiliary states.
        batch_end_callback : function or list of functions, optional
            Called with a ``BatchEndParam``.
        kvstore : str or KVStore, default "local"
            Where the gradients of several contexts meet.
        optimizer : str or Optimizer, default "sgd"
            What steps.
        optimizer_params : dict or pairs
            Its parameters, if it is given by name.
        eval_end_callback, eval_batch_end_callback : function or list of functions, optional
            The callbacks of `score`.
        initializer : Initializer, default Uniform(0.01)
            Fills what ``arg_params`` and ``aux_params`` leave out.
        arg_params, aux_params : dict of NDArray, optional
            Values to begin with, as those of a checkpoint.
        allow_missing : bool, default False
            Whether the initializer may fill what they leave out.
        force_rebind, force_init : bool, default False
            Bind, or initialize, again.
        begin_epoch : int, default 0
            The first epoch; that of a checkpoint to resume from.
        num_epoch : int
            Where to stop: epochs ``begin_epoch`` to ``num_epoch - 1`` are run.
        validation_metric : EvalMetric, str, function or list of them, optional
            What is measured on ``eval_data``; ``eval_metric`` by default.
        monitor : Monitor, optional
            Watches inner values.
        sparse_row_id_fn : function, optional
            Given to `prepare`.

        Raises
        ------
        ArgumentError
            If ``num_epoch`` is missing.
        """
        if num_epoch is None:
            facts = {"argument": "num_epoch", "got": "None", "expected": "int"}
            raise NotReady(describe("the number of epochs is missing", operator="fit", facts=facts, hint="give num_epoch"))
        if not (hasattr(train_data, "provide_data") and hasattr(train_data, "__iter__")):
            facts = {"argument": "train_data", "got": shown(train_data), "expected": "DataIter"}
            hint = "mx.io.NDArrayIter(array, labels, batch_size) makes one of arrays"
            raise WrongBatch(describe("there is nothing to learn from", operator="fit", facts=facts, hint=hint))
        self.bind(data_shapes=train_data.provide_data, label_shapes=train_data.provide_label, for_training=True, force_rebind=force_rebind)
        if monitor is not None:
            self.install_monitor(monitor)
        self.init_params(
            initializer=initializer, arg_params=arg_params, aux_params=aux_params, allow_missing=allow_missing, force_init=force_init
        )
        self.init_optimizer(kvstore=kvstore, optimizer=optimizer, optimizer_params=optimizer_params)
        if validation_metric is None:
            validation_metric = eval_metric
        if not isinstance(eval_metric, metric.EvalMetric):
            eval_metric = metric.create(eval_metric)
        step = None
        unseen = monitor is None and _keep_off_gradients(batch_end_callback)
        for epoch in range(begin_epoch, num_epoch):
            tic = time.time()
            found, nbatch = self._epoch(epoch, train_data, eval_metric, batch_end_callback, monitor, sparse_row_id_fn, step, dict(locals()))
            if epoch == begin_epoch and (num_epoch - epoch - 1) * nbatch >= WORTH_ONE_RUN and unseen:
                step = self._fused_step()
            for name, value in found:
                self.logger.info("Epoch[%d] Train-%s=%f", epoch, name, value)
            self.logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - tic)
            arg_params, aux_params = self.get_params()
            self.set_params(arg_params, aux_params)  # contexts that drifted apart, as moving statistics do, meet again
            if epoch_end_callback is not None:
                _call(epoch_end_callback, epoch, self.symbol, arg_params, aux_params)
            if eval_data is not None:
                found = self.score(
                    eval_data,
                    validation_metric,
                    score_end_callback=eval_end_callback,
                    batch_end_callback=eval_batch_end_callback,
                    epoch=epoch,
                )
                for name, value in found:
                    self.logger.info("Epoch[%d] Validation-%s=%f", epoch, name, value)
            train_data.reset()

    def _fused_step(self) -> Callable[[Any], bool] | None:
        """Make a function that trains on a batch in one run, if there is one; it returns False of batches that it cannot take."""
        return None

    def _epoch(
        self,
        epoch: int,
        train_data: Any,
        eval_metric: Any,
        batch_end_callback: Any,
        monitor: Any,
        sparse_row_id_fn: Any,
        step: Callable[[Any], bool] | None,
        variables: dict[str, Any],
    ) -> tuple[list[tuple[str, float]], int]:
        """Run through the data once; return what was measured over all of it, and the number of batches.

        Callbacks find the variables of `fit` and those here in ``param.locals``, under the names that MXNet has for them.
        """
        eval_metric.reset()
        data_iter = iter(train_data)
        nbatch, eval_name_vals, end_of_batch = 0, [], False
        data_batch = next(data_iter, None)
        if data_batch is None:
            raise NotReady(
                describe("the training data gives no batch", operator="fit", hint="reset the iterator, or give it data for one batch")
            )
        while not end_of_batch:
            if monitor is not None:
                monitor.tic()
            if step is None or not step(data_batch):
                self.forward_backward(data_batch)
                self.update()
            self._measure(eval_metric, data_batch)
            next_data_batch = next(data_iter, None)  # only now: an iterator may overwrite the batch that it gave
            if next_data_batch is not None:
                self.prepare(next_data_batch, sparse_row_id_fn=sparse_row_id_fn)
            else:
                end_of_batch = True
                eval_name_vals = eval_metric.get_global_name_value()  # callbacks may reset it
            if monitor is not None:
                monitor.toc_print()
            if batch_end_callback is not None:
                _call(batch_end_callback, BatchEndParam(epoch, nbatch, eval_metric, locals={**variables, **locals()}))
            nbatch += 1
            data_batch = next_data_batch
        return eval_name_vals, nbatch


def _keep_off_gradients(callbacks: Any) -> bool:
    """Whether no callback can look at gradients, which a step in one run does not keep: none is the user's own."""
    listed = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    return all(each is None or getattr(each, "__module__", "") == "symbolic.training.callback" for each in listed)


def _call(callbacks: Any, *args: Any) -> None:
    """Call one function, or each of several."""
    for callback in callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]:
        callback(*args)
