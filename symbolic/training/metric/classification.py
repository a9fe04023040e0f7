"""Metrics of classes: which one was predicted, and which one it was."""

from __future__ import annotations

import math
from typing import Any

import numpy

from symbolic.errors import InputError, ShapeError, describe
from symbolic.training.metric.base import EvalMetric, alias, check_label_shapes, register, values

__all__ = ["F1", "MCC", "PCC", "Accuracy", "TopKAccuracy"]


@register
@alias("acc")
class Accuracy(EvalMetric):
    """Tell the share of samples whose class was predicted.

    Parameters
    ----------
    axis : int, default 1
        Where the classes lie in predictions; one of a label's shape holds classes itself.
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(self, axis: int = 1, name: str = "accuracy", output_names: list[str] | None = None, label_names: list[str] | None = None):
        super().__init__(name, axis=axis, output_names=output_names, label_names=label_names, has_global_stats=True)
        self.axis = axis

    def update(self, labels: Any, preds: Any) -> None:
        """Compare classes; those of labels are numbers, rounded towards zero."""
        labels, preds = check_label_shapes(labels, preds, wrap=True)
        for label, pred in zip(labels, preds, strict=True):
            true, found = values(label), values(pred)
            if found.shape != true.shape:
                found = found.argmax(axis=_axis(self.axis, found, self.name))
            true, found = true.astype("int32").ravel(), found.astype("int32").ravel()
            check_label_shapes(true, found)
            self._count((found == true).sum(), len(found))


def _axis(axis: int, found: numpy.ndarray, metric: str) -> int:
    if -found.ndim <= axis < found.ndim:
        return axis
    facts = {"axis": axis, "predictions": found.shape}
    raise ShapeError(describe("predictions have no such axis of classes", operator=metric, facts=facts))


@register
@alias("top_k_accuracy", "top_k_acc")
class TopKAccuracy(EvalMetric):
    """Tell the share of samples whose class is among the ``top_k`` most likely ones.

    Parameters
    ----------
    top_k : int
        More than 1.
    name : str
        What it is called in logs; ``_<top_k>`` is added.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(
        self, top_k: int = 1, name: str = "top_k_accuracy", output_names: list[str] | None = None, label_names: list[str] | None = None
    ):
        if not top_k > 1:
            facts = {"argument": "top_k", "got": top_k, "expected": "2 or more"}
            raise InputError(describe("among the single most likely class: that is Accuracy", operator="TopKAccuracy", facts=facts))
        super().__init__(name, top_k=top_k, output_names=output_names, label_names=label_names, has_global_stats=True)
        self.top_k = top_k
        self._short_name = self.name
        self.name += f"_{top_k}"

    def get_config(self) -> dict[str, Any]:
        """Return what ``metric.create(**config)`` makes one like this of: the name is without its end."""
        return {**super().get_config(), "name": self._short_name}

    def update(self, labels: Any, preds: Any) -> None:
        """Look for the class of each label among the largest predictions of its row."""
        labels, preds = check_label_shapes(labels, preds, wrap=True)
        for label, pred in zip(labels, preds, strict=True):
            true, likely = values(label).astype("int32").ravel(), values(pred).astype("float32")
            if likely.ndim > 2:
                raise InputError(describe("predictions have two axes at most", operator=self.name, facts={"got": likely.shape}))
            check_label_shapes(true, likely)
            if likely.ndim == 1:  # classes themselves: in the order of their size
                self._count((numpy.argsort(likely, kind="stable") == true).sum(), len(likely))
                continue
            if likely.shape[1] < self.top_k:
                facts = {"top_k": self.top_k, "predictions": likely.shape}
                raise ShapeError(describe("there are less than top_k classes", operator=self.name, facts=facts))
            among = numpy.argpartition(likely, -self.top_k)[:, -self.top_k :]  # in any order
            self._count((among == true[:, None]).sum(), len(likely))


class Outcomes:
    """How often two classes were taken for each other, and for themselves."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.true_positives = self.false_positives = self.false_negatives = self.true_negatives = 0

    def add(self, true: numpy.ndarray, found: numpy.ndarray) -> None:
        """Count a batch of booleans: is it of class 1, was it predicted to be."""
        self.true_positives += int((true & found).sum())
        self.false_positives += int((~true & found).sum())
        self.false_negatives += int((true & ~found).sum())
        self.true_negatives += int((~true & ~found).sum())

    @property
    def total_examples(self) -> int:
        """Number of samples."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def precision(self) -> float:
        """Share of class 1 among what was predicted to be; 0 without any."""
        return self.true_positives / (self.true_positives + self.false_positives or 1)

    @property
    def recall(self) -> float:
        """Share of what was predicted to be class 1 among all that are; 0 without any."""
        return self.true_positives / (self.true_positives + self.false_negatives or 1)

    @property
    def fscore(self) -> float:
        """Harmonic mean of precision and recall; 0 if both are."""
        precision, recall = self.precision, self.recall
        return 2 * precision * recall / (precision + recall or 1)

    @property
    def matthewscc(self) -> float:
        """Correlation of truth and prediction; factors of zero under the root are left out."""
        tp, fp, fn, tn = self.true_positives, self.false_positives, self.false_negatives, self.true_negatives
        product = math.prod([term or 1 for term in (tp + fp, tp + fn, tn + fp, tn + fn)])
        return (tp * tn - fp * fn) / math.sqrt(product)


class _OfTwoClasses(EvalMetric):
    """Measure two classes by how often they are taken for each other; a subclass says which number of `Outcomes`.

    Parameters
    ----------
    average : {"macro", "micro"}
        Of the numbers of all batches, or the one number of all samples together.
    """

    measure: str

    def __init__(self, name: str, output_names: list[str] | None, label_names: list[str] | None, average: str):
        self.average = average
        self.metrics, self._global = Outcomes(), Outcomes()
        super().__init__(name, average=average, output_names=output_names, label_names=label_names, has_global_stats=True)

    def update(self, labels: Any, preds: Any) -> None:
        """Count a batch; predictions have a column for each class."""
        labels, preds = check_label_shapes(labels, preds, wrap=True)
        for label, pred in zip(labels, preds, strict=True):
            true, found = values(label).astype("int32").ravel(), values(pred)
            check_label_shapes(true, found)
            if len(numpy.unique(true)) > 2:
                facts = {"got": f"labels {numpy.unique(true)}", "expected": "two classes"}
                raise ShapeError(describe("this measures two classes; PCC measures more", operator=self.name, facts=facts))
            found = found.argmax(axis=_axis(1, found, self.name))
            for outcomes in (self.metrics, self._global):
                outcomes.add(true == 1, found == 1)
        local, total = getattr(self.metrics, self.measure), getattr(self._global, self.measure)
        if self.average == "macro":
            self.sum_metric += local
            self.global_sum_metric += total
            self.num_inst += 1
            self.global_num_inst += 1
            self.metrics.reset()
            self._global.reset()
        else:
            self.num_inst, self.global_num_inst = self.metrics.total_examples, self._global.total_examples
            self.sum_metric, self.global_sum_metric = local * self.num_inst, total * self.global_num_inst

    def reset(self) -> None:
        """Start both accounts again."""
        super().reset()
        self.metrics.reset()
        self._global.reset()

    def reset_local(self) -> None:
        """Start the local account again."""
        super().reset_local()
        self.metrics.reset()


@register
class F1(_OfTwoClasses):
    """Tell the F1 score of class 1 against class 0, the harmonic mean of precision and recall.

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    average : {"macro", "micro"}
        The mean of all batches' scores, or the score of all samples together.
    """

    measure = "fscore"

    def __init__(
        self, name: str = "f1", output_names: list[str] | None = None, label_names: list[str] | None = None, average: str = "macro"
    ):
        super().__init__(name, output_names, label_names, average)


@register
class MCC(_OfTwoClasses):
    """Tell the correlation of two classes and their predictions, from -1 over 0, pure chance, to 1.

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    average : {"macro", "micro"}
        The mean of all batches' coefficients, or that of all samples together.

    Notes
    -----
    Source: Matthews (1975), Comparison of the predicted and observed secondary structure of T4 phage lysozyme.
    """

    measure = "matthewscc"

    def __init__(
        self, name: str = "mcc", output_names: list[str] | None = None, label_names: list[str] | None = None, average: str = "macro"
    ):
        super().__init__(name, output_names, label_names, average)
        self._average, self._metrics = average, self.metrics


@register
class PCC(EvalMetric):
    """Tell the correlation of any number of classes and their predictions; of two it is `MCC` over all samples.

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    has_global_stats : bool
        Whether there is a global account.

    Notes
    -----
    Source: Gorodkin (2004), Comparing two K-category assignments by a K-category correlation coefficient.
    """

    def __init__(
        self, name: str = "pcc", output_names: list[str] | None = None, label_names: list[str] | None = None, has_global_stats: bool = True
    ):
        self.k = 2
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=has_global_stats)

    def update(self, labels: Any, preds: Any) -> None:
        """Count how often each class was taken for each."""
        labels, preds = check_label_shapes(labels, preds, wrap=True)
        for label, pred in zip(labels, preds, strict=True):
            true, found = values(label).astype("int32"), values(pred)
            found = found.argmax(axis=_axis(1, found, self.name)) if found.shape != true.shape else found.astype("int32")
            check_label_shapes(true.ravel(), found.ravel())
            self._grow(int(max(true.max(initial=0), found.max(initial=0))) + 1)
            for counts in (self.lcm, self.gcm):
                numpy.add.at(counts, (found.ravel(), true.ravel()), 1)
        self.num_inst += 1
        self.global_num_inst += 1

    def _grow(self, classes: int) -> None:
        """Make room for more classes."""
        more = classes - self.k
        if more > 0:
            self.lcm, self.gcm = (numpy.pad(counts, (0, more)) for counts in (self.lcm, self.gcm))
            self.k = classes

    @property
    def sum_metric(self) -> float:  # type: ignore[override]
        """The coefficient of the local account, as often as it was updated."""
        return _correlation(self.lcm) * self.num_inst

    @property
    def global_sum_metric(self) -> float:  # type: ignore[override]
        """The coefficient of the global account, as often as it was updated."""
        return _correlation(self.gcm) * self.global_num_inst

    def reset(self) -> None:
        """Start both accounts again."""
        self.global_num_inst = 0
        self.gcm = numpy.zeros((self.k, self.k))
        self.reset_local()

    def reset_local(self) -> None:
        """Start the local account again."""
        self.num_inst = 0
        self.lcm = numpy.zeros((self.k, self.k))


def _correlation(counts: numpy.ndarray) -> float:
    """Correlate rows and columns of a table of counts; nan if all lie in one."""
    n, rows, columns = counts.sum(), counts.sum(axis=1), counts.sum(axis=0)
    spread = (rows * (n - rows)).sum() * (columns * (n - columns)).sum()
    return float((n * counts.trace() - (rows * columns).sum()) / math.sqrt(spread)) if spread else float("nan")
