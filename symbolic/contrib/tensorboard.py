"""Metrics for TensorBoard, through whichever writer is installed."""

from __future__ import annotations

import importlib
from typing import Any

from symbolic.errors import NotSupported

__all__ = ["LogMetricsCallback"]

WRITERS = ("mxboard", "tensorboardX", "torch.utils.tensorboard")


class LogMetricsCallback:
    """A callback of Module that writes each metric as a scalar.

    Parameters
    ----------
    logging_dir : str
        Where the events go.
    prefix : str, optional
        Stands before the metric's name.

    Raises
    ------
    NotSupported
        If there is no package that writes events.
    """

    def __init__(self, logging_dir: str, prefix: str | None = None):
        self.prefix = prefix
        self.step = 0
        for name in WRITERS:
            try:
                self.summary_writer = importlib.import_module(name).SummaryWriter(logging_dir)
                return
            except ImportError:
                continue
        raise NotSupported(f"none of {', '.join(WRITERS)} is installed: pip install tensorboardX")

    def __call__(self, param: Any) -> None:
        """Write what the metric says now."""
        self.step += 1
        if param.eval_metric is None:
            return
        for name, value in param.eval_metric.get_name_value():
            name = f"{self.prefix}-{name}" if self.prefix is not None else name
            self.summary_writer.add_scalar(name, value, global_step=self.step)
