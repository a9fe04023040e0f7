"""Several metrics as one, and metrics made of a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy

from symbolic.errors import IndexingError, NotSupported, describe
from symbolic.training.metric.base import EvalMetric, alias, check_label_shapes, register, registry

__all__ = ["CompositeEvalMetric", "CustomMetric", "create", "np"]


def create(metric: Any, *args: Any, **kwargs: Any) -> EvalMetric:
    """Make a metric.

    Parameters
    ----------
    metric : str, EvalMetric, callable, list or dict
        A name, as ``"acc"``; an instance, returned as it is; a function of label and prediction; several of these, for one
        metric of all; what `EvalMetric.get_config` returned, as a dict or as JSON.
    *args, **kwargs
        Further arguments of the metric's class.

    Raises
    ------
    UnknownName
        If no metric has this name.

    Examples
    --------
    >>> create(["acc", "rmse"]).get()
    (['accuracy', 'rmse'], [nan, nan])
    """
    if callable(metric):
        return CustomMetric(metric, *args, **kwargs)
    if isinstance(metric, list):
        return CompositeEvalMetric([create(member, *args, **kwargs) for member in metric])
    return registry.create(metric, *args, **kwargs)


@register
@alias("composite")
class CompositeEvalMetric(EvalMetric):
    """Measure by several metrics at once; names and values are lists.

    Parameters
    ----------
    metrics : list, optional
        What `create` takes, each.
    name : str
        Its own name, shown nowhere but in `get_config`.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` hands on; all by default.
    """

    def __init__(
        self,
        metrics: list[Any] | None = None,
        name: str = "composite",
        output_names: list[str] | None = None,
        label_names: list[str] | None = None,
    ):
        self.metrics: list[Any] = []
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=True)
        self.metrics = [create(metric) for metric in metrics or []]

    def add(self, metric: Any) -> None:
        """Add a metric: whatever `create` takes."""
        self.metrics.append(create(metric))

    def get_metric(self, index: int) -> EvalMetric:
        """Return one of its metrics."""
        try:
            return self.metrics[index]
        except IndexError:
            facts = {"argument": "index", "got": index, "expected": f"less than {len(self.metrics)}"}
            raise IndexingError(describe("there are not that many metrics", operator=self.name, facts=facts)) from None

    def update_dict(self, labels: Mapping[str, Any], preds: Mapping[str, Any]) -> None:  # type: ignore[override]
        """Hand labels and predictions, those of this metric's names, to each."""
        if self.label_names is not None:
            labels = {name: array for name, array in labels.items() if name in self.label_names}
        if self.output_names is not None:
            preds = {name: array for name, array in preds.items() if name in self.output_names}
        for metric in self.metrics:
            metric.update_dict(labels, preds)

    def update(self, labels: Any, preds: Any) -> None:
        """Hand a batch to each."""
        for metric in self.metrics:
            metric.update(labels, preds)

    def reset(self) -> None:
        """Start all accounts again."""
        for metric in getattr(self, "metrics", ()):
            metric.reset()

    def reset_local(self) -> None:
        """Start the local accounts again."""
        for metric in getattr(self, "metrics", ()):
            metric.reset_local()

    def get(self) -> tuple[list[str], list[Any]]:
        """Return the names and the values of the local accounts."""
        return _joined([metric.get() for metric in self.metrics])

    def get_global(self) -> tuple[list[str], list[Any]]:
        """Return the names and the values of the global accounts."""
        return _joined([metric.get_global() for metric in self.metrics])

    def get_config(self) -> dict[str, Any]:
        """Return what ``metric.create(**config)`` makes one like this of."""
        return {**super().get_config(), "metrics": [metric.get_config() for metric in self.metrics]}


def _joined(found: list[tuple[Any, Any]]) -> tuple[list[str], list[Any]]:
    names: list[str] = []
    measured: list[Any] = []
    for name, value in found:
        names.extend([name] if isinstance(name, str) else name)
        measured.extend([value] if isinstance(value, (float, int, numpy.generic)) else value)
    return names, measured


@register
class CustomMetric(EvalMetric):
    """Measure by a function.

    Parameters
    ----------
    feval : callable
        Takes a label and a prediction as NumPy arrays; returns a number, or a sum and how many it is of.
    name : str, optional
        The function's own by default.
    allow_extra_outputs : bool
        Whether there may be more outputs than labels, as states of a recurrent network are.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(
        self,
        feval: Callable[[Any, Any], Any],
        name: str | None = None,
        allow_extra_outputs: bool = False,
        output_names: list[str] | None = None,
        label_names: list[str] | None = None,
    ):
        if name is None:
            name = str(getattr(feval, "__name__", type(feval).__name__))
            name = f"custom({name})" if "<" in name else name
        super().__init__(
            name,
            feval=feval,
            allow_extra_outputs=allow_extra_outputs,
            output_names=output_names,
            label_names=label_names,
            has_global_stats=True,
        )
        self._feval = feval
        self._allow_extra_outputs = allow_extra_outputs

    def update(self, labels: Any, preds: Any) -> None:
        """Call the function on each label with its prediction."""
        if not self._allow_extra_outputs:
            labels, preds = check_label_shapes(labels, preds, wrap=True)
        for pred, label in zip(preds, labels, strict=False):
            found = self._feval(_copied(label), _copied(pred))
            self._count(*found) if isinstance(found, tuple) else self._count(found)

    def get_config(self) -> dict[str, Any]:
        """Refuse: a function has no description."""
        raise NotSupported(describe("a metric made of a function cannot be described", operator=self.name))


def _copied(array: Any) -> Any:
    """Hand the function a copy: it may write into it."""
    return array.asnumpy() if hasattr(array, "asnumpy") else numpy.array(array)


def np(numpy_feval: Callable[[Any, Any], Any], name: str | None = None, allow_extra_outputs: bool = False) -> CustomMetric:
    """Make a metric of a function of NumPy arrays; see `CustomMetric`."""
    return CustomMetric(numpy_feval, name, allow_extra_outputs)
