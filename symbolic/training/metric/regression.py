"""Metrics of numbers: errors, correlation, and outputs that are losses themselves."""

from __future__ import annotations

from typing import Any

import numpy

from symbolic.errors import ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.training.metric.base import EvalMetric, alias, check_label_shapes, register, values

__all__ = ["MAE", "MSE", "RMSE", "Caffe", "Loss", "PearsonCorrelation", "Torch"]

Names = list[str] | None


class _OfError(EvalMetric):
    """Tell the mean of one number of each batch, made of the differences between labels and predictions."""

    def __init__(self, name: str, output_names: Names, label_names: Names):
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=True)

    @staticmethod
    def measure(error: numpy.ndarray) -> Any:
        """Make the number."""
        raise NotImplementedError

    def update(self, labels: Any, preds: Any) -> None:
        """Take in numbers; those without a second axis are a column."""
        labels, preds = check_label_shapes(labels, preds, wrap=True)
        for label, pred in zip(labels, preds, strict=True):
            true, found = _column(label), _column(pred)
            try:
                error = true - found
            except ValueError:
                facts = {"labels": true.shape, "predictions": found.shape}
                raise ShapeError(describe("labels and predictions do not fit", operator=self.name, facts=facts)) from None
            self._count(self.measure(error))


def _column(array: Any) -> numpy.ndarray:
    found = values(array)
    return found.reshape(-1, 1) if found.ndim == 1 else found


@register
class MAE(_OfError):
    """Tell the mean absolute error.

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(self, name: str = "mae", output_names: Names = None, label_names: Names = None):
        super().__init__(name, output_names, label_names)

    @staticmethod
    def measure(error: numpy.ndarray) -> Any:
        """Make the number of a batch."""
        return numpy.abs(error).mean()


@register
class MSE(_OfError):
    """Tell the mean squared error.

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(self, name: str = "mse", output_names: Names = None, label_names: Names = None):
        super().__init__(name, output_names, label_names)

    @staticmethod
    def measure(error: numpy.ndarray) -> Any:
        """Make the number of a batch."""
        return (error**2.0).mean()


@register
class RMSE(_OfError):
    """Tell the root of the mean squared error, the mean over batches.

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(self, name: str = "rmse", output_names: Names = None, label_names: Names = None):
        super().__init__(name, output_names, label_names)

    @staticmethod
    def measure(error: numpy.ndarray) -> Any:
        """Make the number of a batch."""
        return numpy.sqrt((error**2.0).mean())


@register
@alias("pearsonr")
class PearsonCorrelation(EvalMetric):
    """Tell how well predictions and labels lie on a line: the correlation of all their numbers.

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    average : {"macro", "micro"}
        The mean of all batches' coefficients, or the coefficient of all numbers since the last `reset`.
    """

    def __init__(self, name: str = "pearsonr", output_names: Names = None, label_names: Names = None, average: str = "macro"):
        self.average = average
        super().__init__(name, average=average, output_names=output_names, label_names=label_names, has_global_stats=True)

    def reset(self) -> None:
        """Start both accounts again."""
        super().reset()
        self._number = 0
        self._means = numpy.zeros(2)
        self._moments = numpy.zeros((2, 2))  # sums of products of distances from the means

    def update(self, labels: Any, preds: Any) -> None:
        """Take in numbers of one shape."""
        labels, preds = check_label_shapes(labels, preds, wrap=True)
        for label, pred in zip(labels, preds, strict=True):
            check_label_shapes(label, pred, shape=True)
            both = numpy.stack([values(label).ravel(), values(pred).ravel()]).astype(numpy.float64)
            if self.average == "macro":
                with numpy.errstate(divide="ignore", invalid="ignore"):
                    self._count(numpy.corrcoef(both[0], both[1])[0, 1])
            else:
                self._take_in(both)
                self.num_inst += 1
                self.global_num_inst += 1

    def _take_in(self, both: numpy.ndarray) -> None:
        """Join a batch's moments with those so far.

        Source: Chan, Golub and LeVeque (1979), Updating formulae and a pairwise algorithm for computing sample variances.
        """
        number, means = both.shape[1], both.mean(axis=1)
        apart = both - means[:, None]
        between = means - self._means
        total = self._number + number
        self._moments += apart @ apart.T + numpy.outer(between, between) * (self._number * number / total)
        self._means += between * (number / total)
        self._number = total

    def get(self) -> tuple[str, float]:
        """Return the name and the coefficient; nan before anything was seen."""
        return super().get() if self.average == "macro" or not self.num_inst else (self.name, self._coefficient())

    def get_global(self) -> tuple[str, float]:
        """Return the name and the coefficient since the last `reset`."""
        return super().get_global() if self.average == "macro" or not self.global_num_inst else (self.name, self._coefficient())

    def _coefficient(self) -> float:
        with numpy.errstate(divide="ignore", invalid="ignore"):
            return float(self._moments[0, 1] / numpy.sqrt(self._moments[0, 0] * self._moments[1, 1]))


@register
class Loss(EvalMetric):
    """Tell the mean of outputs that are losses.

    Parameters
    ----------
    name : str
        What it is called in logs.
    output_names, label_names : list of str, optional
        Which predictions and labels `update_dict` takes; all by default.
    """

    def __init__(self, name: str = "loss", output_names: Names = None, label_names: Names = None):
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=True)

    def update(self, _: Any, preds: Any) -> None:
        """Take in outputs; labels are not looked at."""
        for pred in [preds] if isinstance(preds, NDArray) else preds:
            self._count(values(pred).sum(), pred.size)


@register
class Torch(Loss):
    """Tell the mean of outputs that are losses: `Loss` by another name."""

    def __init__(self, name: str = "torch", output_names: Names = None, label_names: Names = None):
        super().__init__(name, output_names, label_names)


@register
class Caffe(Loss):
    """Tell the mean of outputs that are losses: `Loss` by another name."""

    def __init__(self, name: str = "caffe", output_names: Names = None, label_names: Names = None):
        super().__init__(name, output_names, label_names)
