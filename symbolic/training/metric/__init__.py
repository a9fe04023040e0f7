"""How good predictions are: ``mx.metric.create("acc")``, ``mx.metric.F1(average="micro")``."""

from symbolic.training.metric.base import EvalMetric, alias, check_label_shapes, register
from symbolic.training.metric.classification import F1, MCC, PCC, Accuracy, TopKAccuracy
from symbolic.training.metric.composite import CompositeEvalMetric, CustomMetric, create, np
from symbolic.training.metric.likelihood import CrossEntropy, NegativeLogLikelihood, Perplexity
from symbolic.training.metric.regression import MAE, MSE, RMSE, Caffe, Loss, PearsonCorrelation, Torch

__all__ = [
    "F1",
    "MAE",
    "MCC",
    "MSE",
    "PCC",
    "RMSE",
    "Accuracy",
    "Caffe",
    "CompositeEvalMetric",
    "CrossEntropy",
    "CustomMetric",
    "EvalMetric",
    "Loss",
    "NegativeLogLikelihood",
    "PearsonCorrelation",
    "Perplexity",
    "TopKAccuracy",
    "Torch",
    "alias",
    "check_label_shapes",
    "create",
    "np",
    "register",
]
