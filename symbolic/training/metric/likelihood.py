"""Metrics of probabilities: how likely the prediction held what came."""

from __future__ import annotations

import math
from typing import Any

import numpy

from symbolic import nd
from symbolic.errors import InputError, describe
from symbolic.training.metric.base import EvalMetric, alias, check_label_shapes, register, values

__all__ = ["CrossEntropy", "NegativeLogLikelihood", "Perplexity"]

SMALLEST = 1e-10  # a probability below this counts as this


@register
class Perplexity(EvalMetric):
    """Tell among how many equally likely words a language model hesitates: e to the mean negative log-likelihood.

    Parameters
    ----------
    ignore_label : int or None
        A label that is not counted, as that of padding.
    axis : int, default -1
        Where the classes lie in predictions.
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(
        self,
        ignore_label: int | None,
        axis: int = -1,
        name: str = "perplexity",
        output_names: list[str] | None = None,
        label_names: list[str] | None = None,
    ):
        super().__init__(
            name, ignore_label=ignore_label, axis=axis, output_names=output_names, label_names=label_names, has_global_stats=True
        )
        self.ignore_label = ignore_label
        self.axis = axis

    def update(self, labels: Any, preds: Any) -> None:
        """Take in labels of any shape, with probabilities of as many rows."""
        if len(labels) != len(preds):
            facts = {"labels": len(labels), "predictions": len(preds)}
            raise InputError(describe("labels and predictions differ in number", operator=self.name, facts=facts))
        loss, number = 0.0, 0.0
        for label, pred in zip(labels, preds, strict=True):
            if label.size * pred.shape[-1] != pred.size:
                raise InputError(_unlike(label, pred, self.name))
            label = label.as_in_context(pred.context).reshape((label.size,))
            likely = values(nd.pick(pred, label.astype("int32"), axis=self.axis))
            number += likely.size
            if self.ignore_label is not None:
                ignored = values(label) == self.ignore_label
                number -= ignored.sum()
                likely = numpy.where(ignored, 1, likely)
            loss -= numpy.log(numpy.maximum(likely, SMALLEST)).sum(dtype=numpy.float64)
        self._count(loss, int(number))

    def get(self) -> tuple[str, float]:
        """Return the name and the perplexity since the last `reset_local`."""
        return self.name, _exponential(self.sum_metric, self.num_inst)

    def get_global(self) -> tuple[str, float]:
        """Return the name and the perplexity since the last `reset`."""
        return self.name, _exponential(self.global_sum_metric, self.global_num_inst)


def _exponential(total: float, number: float) -> float:
    return math.exp(total / number) if number else float("nan")


def _unlike(label: Any, pred: Any, metric: str) -> str:
    facts = {"labels": label.shape, "predictions": pred.shape}
    return describe("predictions have one row of probabilities for each label", operator=metric, facts=facts)


class _OfLikelihood(EvalMetric):
    """Tell the mean of ``-log(probability + eps)`` over all samples."""

    def __init__(self, eps: float, name: str, output_names: list[str] | None, label_names: list[str] | None):
        super().__init__(name, eps=eps, output_names=output_names, label_names=label_names, has_global_stats=True)
        self.eps = eps

    def update(self, labels: Any, preds: Any) -> None:
        """Take in classes, with a row of probabilities for each."""
        labels, preds = check_label_shapes(labels, preds, wrap=True)
        for label, pred in zip(labels, preds, strict=True):
            true, likely = values(label).ravel(), values(pred)
            if len(true) != len(likely):
                raise InputError(_unlike(label, pred, self.name))
            with numpy.errstate(divide="ignore", invalid="ignore"):
                loss = -numpy.log(likely[numpy.arange(len(true)), true.astype(numpy.int64)] + self.eps)
            self._count(loss.sum(), len(true))


@register
@alias("ce")
class CrossEntropy(_OfLikelihood):
    """Tell the mean negative logarithm of the probability of the class that it was.

    Parameters
    ----------
    eps : float, default 1e-12
        Added to probabilities, so that none is zero.
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(
        self, eps: float = 1e-12, name: str = "cross-entropy", output_names: list[str] | None = None, label_names: list[str] | None = None
    ):
        super().__init__(eps, name, output_names, label_names)


@register
@alias("nll_loss")
class NegativeLogLikelihood(_OfLikelihood):
    """Tell the mean negative log-likelihood: `CrossEntropy` by another name.

    Parameters
    ----------
    eps : float, default 1e-12
        Added to probabilities, so that none is zero.
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(
        self, eps: float = 1e-12, name: str = "nll-loss", output_names: list[str] | None = None, label_names: list[str] | None = None
    ):
        super().__init__(eps, name, output_names, label_names)
