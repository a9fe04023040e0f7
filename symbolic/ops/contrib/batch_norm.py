"""Forms of batch normalisation: over several devices, and with an activation."""

from __future__ import annotations

from symbolic import ops
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.ops.nn import batch_norm

DATA = tensor("Input.", shape="(n, c, *x)")
NDEV = param("No effect: there is one device here.", default=1)
KEY = param("No effect.")


def is_hidden(op: Operator) -> bool:
    """Whether mean and variance are not shown."""
    return not op.output_mean_var  # type: ignore[attr-defined]


@operator
class _contrib_SyncBatchNorm(Operator):
    """Normalise each channel, on axis 1: `BatchNorm` of all devices together; there is one here.

    Output ``var`` is the variance.
    """

    data: Tensor = DATA
    gamma: Tensor = batch_norm.GAMMA
    beta: Tensor = batch_norm.BETA
    moving_mean: Tensor = batch_norm.MOVING_MEAN
    moving_var: Tensor = batch_norm.MOVING_VAR
    output: Tensor = result("Normalised data.")
    mean: Tensor = result("Mean by which was normalised.", shape="(c,)", hidden=is_hidden)
    var: Tensor = result("Variance by which was normalised.", shape="(c,)", hidden=is_hidden)
    eps: float = batch_norm.EPSILON
    momentum: float = batch_norm.MOMENTUM
    fix_gamma: bool = batch_norm.FIX_GAMMA
    use_global_stats: bool = batch_norm.USE_GLOBAL_STATS
    output_mean_var: bool = batch_norm.OUTPUT_MEAN_VAR
    ndev: int = NDEV
    key: str = KEY

    def body(self, data, gamma, beta, moving_mean, moving_var):
        words = {word: value for word, value in self._words.items() if word not in ("ndev", "key")}
        states = (data, gamma, beta, moving_mean, moving_var)
        output, mean, var = ops.BatchNorm_v1(*states, **{**words, "output_mean_var": True})
        yield "output", output
        yield "mean", mean
        yield "var", var


@operator
class _contrib_BatchNormWithReLU(Operator):
    """Normalise each channel, and apply the relu: ``max(BatchNorm(data), 0)``."""

    data: Tensor = DATA
    gamma: Tensor = batch_norm.GAMMA
    beta: Tensor = batch_norm.BETA
    moving_mean: Tensor = batch_norm.MOVING_MEAN
    moving_var: Tensor = batch_norm.MOVING_VAR
    output: Tensor = result("Normalised data, cut off below zero.")
    mean: Tensor = result("Mean by which was normalised.", shape="(c,)", hidden=is_hidden)
    var: Tensor = result("``1 / sqrt(variance + eps)``, whatever its name.", shape="(c,)", hidden=is_hidden)
    eps: float = batch_norm.EPSILON
    momentum: float = batch_norm.MOMENTUM
    fix_gamma: bool = batch_norm.FIX_GAMMA
    use_global_stats: bool = batch_norm.USE_GLOBAL_STATS
    output_mean_var: bool = batch_norm.OUTPUT_MEAN_VAR
    axis: int = param("Where the channels are.", default=1)
    cudnn_off: bool = param("Without effect.", default=False)
    min_calib_range: float | None = param("Without effect: for quantised graphs.", default=None)
    max_calib_range: float | None = param("Without effect: for quantised graphs.", default=None)

    def body(self, data, gamma, beta, moving_mean, moving_var):
        states = (data, gamma, beta, moving_mean, moving_var)
        output, mean, var = ops.BatchNorm(*states, **{**self._words, "output_mean_var": True})
        yield "output", ops.relu(output)
        yield "mean", mean
        yield "var", var
