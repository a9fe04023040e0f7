"""What all metrics share: two accounts, local and global, and names of the outputs and labels they look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy

from symbolic.errors import NotSupported, ShapeError, UnknownName, closest, describe
from symbolic.nd.array import NDArray
from symbolic.training.registry import registry_of

__all__ = ["EvalMetric", "alias", "check_label_shapes", "register"]


def check_label_shapes(labels: Any, preds: Any, wrap: bool = False, shape: bool = False) -> tuple[Any, Any]:
    """See that there are as many labels as predictions.

    Parameters
    ----------
    labels, preds : list of NDArray, or array
        What is compared.
    wrap : bool
        Put a single array into a list.
    shape : bool
        Compare shapes, not just lengths.

    Returns
    -------
    tuple
        The labels and the predictions.

    Raises
    ------
    ShapeError
        If they differ.
    """
    found = (labels.shape, preds.shape) if shape else (len(labels), len(preds))
    if found[0] != found[1]:
        what = "shape" if shape else "number"
        facts = {"labels": found[0], "predictions": found[1]}
        raise ShapeError(describe(f"labels and predictions differ in {what}", operator="metric", facts=facts))
    if wrap:
        labels = [labels] if isinstance(labels, (NDArray, numpy.ndarray)) else labels
        preds = [preds] if isinstance(preds, (NDArray, numpy.ndarray)) else preds
        if len(labels) != len(preds):  # an array of as many rows as there are arrays
            facts = {"labels": f"{len(labels)} arrays", "predictions": f"{len(preds)} arrays"}
            raise ShapeError(describe("labels and predictions differ in number", operator="metric", facts=facts))
    return labels, preds


def values(array: Any) -> numpy.ndarray:
    """Look at the values of an array, without a copy if they lie in one piece."""
    return array.as_numpy_view() if type(array) is NDArray else array.asnumpy() if isinstance(array, NDArray) else numpy.asarray(array)


class EvalMetric:
    """Keep a sum and a count of what was seen, and tell their ratio.

    There are two accounts: the local one starts again at each `reset_local` (a `Speedometer` shows the batches since
    its last line), the global one only at `reset` (the mean of an epoch).

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    has_global_stats : bool, default False
        Whether the subclass keeps the global account, ``global_sum_metric`` and ``global_num_inst``, too.
    **kwargs
        Arguments of the subclass, for `get_config`.
    """

    num_inst: Any
    sum_metric: Any
    global_num_inst: Any
    global_sum_metric: Any

    def __init__(self, name: Any, output_names: list[str] | None = None, label_names: list[str] | None = None, **kwargs: Any):
        self.name = str(name)
        self.output_names = output_names
        self.label_names = label_names
        self._has_global_stats = kwargs.pop("has_global_stats", False)
        self._kwargs = kwargs
        self.reset()

    def __str__(self) -> str:
        return f"EvalMetric: {dict(self.get_name_value())}"

    def get_config(self) -> dict[str, Any]:
        """Return what ``metric.create(**config)`` makes one like this of."""
        return {
            **self._kwargs,
            "metric": type(self).__name__,
            "name": self.name,
            "output_names": self.output_names,
            "label_names": self.label_names,
        }

    def update_dict(self, label: Mapping[str, Any], pred: Mapping[str, Any]) -> None:
        """Take in labels and predictions by name."""
        self.update(_chosen(label, self.label_names, "label", self.name), _chosen(pred, self.output_names, "output", self.name))

    def update(self, labels: Any, preds: Any) -> None:
        """Take in a batch: a list of labels, and one of predictions; both accounts grow."""
        raise NotSupported(describe(f"{type(self).__name__} does not say how a batch is measured", operator="update"))

    def reset(self) -> None:
        """Start both accounts again."""
        self.num_inst, self.sum_metric = 0, 0.0
        self.global_num_inst, self.global_sum_metric = 0, 0.0

    def reset_local(self) -> None:
        """Start the local account again."""
        self.num_inst, self.sum_metric = 0, 0.0

    def get(self) -> tuple[Any, Any]:
        """Return the name and the value of the local account; nan before anything was seen."""
        return self.name, self.sum_metric / self.num_inst if self.num_inst else float("nan")

    def get_global(self) -> tuple[Any, Any]:
        """Return the name and the value of the global account; of the local one if there is no other."""
        if not self._has_global_stats:
            return self.get()
        return self.name, self.global_sum_metric / self.global_num_inst if self.global_num_inst else float("nan")

    def get_name_value(self) -> list[tuple[str, Any]]:
        """Return pairs of name and value of the local account."""
        return _pairs(*self.get())

    def get_global_name_value(self) -> list[tuple[str, Any]]:
        """Return pairs of name and value of the global account."""
        return _pairs(*self.get_global()) if self._has_global_stats else self.get_name_value()

    def _count(self, total: Any, number: int = 1) -> None:
        """Add to both accounts, as Python's numbers: sums of NumPy's narrow ones would lose digits."""
        total = float(total)
        self.sum_metric += total
        self.global_sum_metric += total
        self.num_inst += number
        self.global_num_inst += number


def _pairs(name: Any, value: Any) -> list[tuple[str, Any]]:
    return list(zip(name if isinstance(name, list) else [name], value if isinstance(value, list) else [value], strict=False))


def _chosen(arrays: Mapping[str, Any], names: list[str] | None, what: str, metric: str) -> list[Any]:
    if names is None:
        return list(arrays.values())
    for name in names:
        if name not in arrays:
            facts = {f"{what}_names": names, "given": list(arrays)}
            raise UnknownName(describe(f"there is no {what} {name!r}{closest(name, arrays)}", operator=metric, facts=facts))
    return [arrays[name] for name in names]


registry = registry_of(EvalMetric, "metric")
register, alias = registry.register, registry.alias
