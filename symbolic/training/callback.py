"""Callbacks: what is called after each batch, or each epoch, of training."""

from __future__ import annotations

import importlib
import logging
import math
import time
from collections.abc import Callable
from typing import Any

from symbolic.model import save_checkpoint

__all__ = ["LogValidationMetricsCallback", "ProgressBar", "Speedometer", "do_checkpoint", "log_train_metric", "module_checkpoint"]


def module_checkpoint(mod: Any, prefix: str, period: int = 1, save_optimizer_states: bool = False) -> Callable[..., None]:
    """Make a callback that saves a module after every ``period`` epochs, for ``epoch_end_callback``.

    Parameters
    ----------
    mod : Module
        What is saved, as by ``mod.save_checkpoint``.
    prefix : str
        Beginning of the files' names.
    period : int, default 1
        How many epochs lie between.
    save_optimizer_states : bool, default False
        Whether the optimizer's states are saved too.
    """
    period = int(max(1, period))

    def callback(iter_no: int, sym: Any = None, arg: Any = None, aux: Any = None) -> None:
        if (iter_no + 1) % period == 0:
            mod.save_checkpoint(prefix, iter_no + 1, save_optimizer_states)

    return callback


def do_checkpoint(prefix: str, period: int = 1) -> Callable[..., None]:
    """Make a callback that saves network and parameters after every ``period`` epochs, for ``epoch_end_callback``."""
    period = int(max(1, period))

    def callback(iter_no: int, sym: Any, arg: Any, aux: Any) -> None:
        if (iter_no + 1) % period == 0:
            save_checkpoint(prefix, iter_no + 1, sym, arg, aux)

    return callback


def log_train_metric(period: int, auto_reset: bool = False) -> Callable[[Any], None]:
    """Make a callback that logs what is measured every ``period`` batches, for ``batch_end_callback``.

    Parameters
    ----------
    period : int
        How many batches lie between.
    auto_reset : bool, default False
        Whether the metric starts again afterwards.
    """

    def callback(param: Any) -> None:
        if param.nbatch % period == 0 and param.eval_metric is not None:
            for name, value in param.eval_metric.get_name_value():
                logging.info("Iter[%d] Batch[%d] Train-%s=%f", param.epoch, param.nbatch, name, value)
            if auto_reset:
                param.eval_metric.reset_local()

    return callback


class Speedometer:
    """Logs samples per second, and what is measured, every ``frequent`` batches; for ``batch_end_callback``.

    Parameters
    ----------
    batch_size : int
        Samples of a batch.
    frequent : int, default 50
        How many batches lie between.
    auto_reset : bool, default True
        Whether the metric starts again each time, so that it tells of those batches alone.
    """

    def __init__(self, batch_size: int, frequent: int = 50, auto_reset: bool = True):
        self.batch_size = batch_size
        self.frequent = frequent
        self.init = False
        self.tic = 0.0  # seconds, when the last message was logged
        self.last_count = 0
        self.auto_reset = auto_reset

    def __call__(self, param: Any) -> None:
        count = param.nbatch
        if self.last_count > count:  # a new epoch
            self.init = False
        self.last_count = count
        if not self.init:
            self.init, self.tic = True, time.time()
            return
        if count % self.frequent:
            return
        passed = time.time() - self.tic
        speed = self.frequent * self.batch_size / passed if passed else math.inf
        logger = logging
        if param.eval_metric is None:
            logger.info("Iter[%d] Batch [%d]\tSpeed: %.2f samples/sec", param.epoch, count, speed)
        else:
            pairs = param.eval_metric.get_name_value()
            start = count - self.frequent if self.auto_reset else 0
            if self.auto_reset:
                param.eval_metric.reset_local()
            message = "Epoch[%d] Batch [%d-%d]\tSpeed: %.2f samples/sec" + "\t%s=%f" * len(pairs)
            logger.info(message, param.epoch, start, count, speed, *[part for pair in pairs for part in pair])
        self.tic = time.time()


class ProgressBar:
    """Shows how much of an epoch is done; for ``batch_end_callback``.

    With ``tqdm`` installed it is a bar on the terminal, otherwise a line in the log.

    Parameters
    ----------
    total : int
        Batches of an epoch.
    length : int, default 80
        Characters of the bar.
    """

    def __init__(self, total: int, length: int = 80):
        self.bar_len = length
        self.total = total
        self._bar: Any = None
        try:
            self._tqdm: Any = importlib.import_module("tqdm").tqdm
        except ImportError:
            self._tqdm = None

    def __call__(self, param: Any) -> None:
        count = param.nbatch
        if self._tqdm is None:
            filled = round(self.bar_len * count / self.total)
            logging.info("[%s] %s%%\r", "=" * filled + "-" * (self.bar_len - filled), math.ceil(100.0 * count / self.total))
            return
        if self._bar is None or self._bar.n > count:
            self._bar = self._tqdm(total=self.total, ncols=self.bar_len, desc=f"Epoch {param.epoch}")
        self._bar.update(count - self._bar.n)
        if count >= self.total:
            self._bar.close()
            self._bar = None


class LogValidationMetricsCallback:
    """Logs what is measured on the validation data; for ``eval_end_callback``."""

    def __call__(self, param: Any) -> None:
        if param.eval_metric:
            for name, value in param.eval_metric.get_name_value():
                logging.info("Epoch[%d] Validation-%s=%f", param.epoch, name, value)
