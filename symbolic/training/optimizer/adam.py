"""Steps scaled by running means of the gradient and of its square: Adam and its relatives."""

from __future__ import annotations

import math
from typing import Any

from symbolic.nd.array import NDArray
from symbolic.training.optimizer.base import Optimizer, register
from symbolic.training.optimizer.formula import as_input, computed, stepped

__all__ = ["FTML", "Adam", "AdamW", "Adamax", "Nadam"]


class Moments(Optimizer):
    """Optimizers that keep a mean of the gradient and one of its size.

    Parameters
    ----------
    learning_rate : float
        Length of a step.
    beta1 : float
        Share of the mean of the gradient that is kept at each step.
    beta2 : float
        Share of the mean of the squared gradient that is kept.
    **kwargs
        As for `Optimizer`.
    """

    def __init__(self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, **kwargs: Any):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2 = beta1, beta2

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        """Make both means, zeros."""
        return self._zeros(weight), self._zeros(weight)

    def _correction(self, index: Any) -> float:
        """Say what makes up for means that began at zero: ``sqrt(1 - beta2 ** t) / (1 - beta1 ** t)``."""
        t = self._index_update_count[index]
        return math.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)


@register
class Adam(Moments):
    """Adam: the mean of the gradient over the root of the mean of its square.

    Parameters
    ----------
    learning_rate, beta1, beta2 : float
        Length of a step; shares of the means of gradient and squared gradient that are kept.
    epsilon : float
        Added to the root in the denominator.
    lazy_update : bool
        A row-sparse gradient changes only the rows that it has.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Operator ``adam_update``. Source: Kingma and Ba (2015), Adam: a method for stochastic optimization.
    """

    _repeats = True

    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8,
        lazy_update: bool = True, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon, self.lazy_update = epsilon, lazy_update

    @property
    def _rows(self) -> bool:  # type: ignore[override]
        return self.lazy_update

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Correct the bias of the means through the rate."""
        return {"lr": lr * self._correction(index), "wd": wd}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``weight - lr * mean / (sqrt(var) + epsilon)``."""
        words = self._words(lr=lr, wd=wd) | {"beta1": self.beta1, "beta2": self.beta2, "epsilon": self.epsilon}
        return stepped("adam_update", weight, grad, state, **words)


@register
class AdamW(Moments):
    """Adam with the decay of the weight outside the means.

    Parameters
    ----------
    learning_rate, beta1, beta2 : float
        Length of a step; shares of the means of gradient and squared gradient that are kept.
    epsilon : float
        Added to the root in the denominator.
    correct_bias : bool
        Make up for means that began at zero.
    **kwargs
        As for `Optimizer`; ``wd`` is the share of the weight taken off at each step, times the learning rate.

    Notes
    -----
    Operator ``_adamw_update``. A step whose ``rescale_grad`` is zero, infinite or not a number changes nothing. Source:
    Loshchilov and Hutter (2019), Decoupled weight decay regularization, algorithm 2.
    """

    _repeats = True

    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-6,
        correct_bias: bool = True, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon, self.correct_bias = epsilon, correct_bias

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Add the correction of the bias, which the decay does not see."""
        return {"lr": lr, "wd": wd, "correction": self._correction(index) if self.correct_bias else 1.0}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any, correction: Any) -> tuple[Any, Any]:
        """``weight - lr * (correction * mean / (sqrt(var) + epsilon) + wd * weight)``."""
        words = self._words(lr=correction, wd=wd, eta=lr) | {"beta1": self.beta1, "beta2": self.beta2, "epsilon": self.epsilon}
        scale = as_input(correction * 0.0 + words.pop("rescale_grad"))
        return computed("_adamw_update", (weight, grad, *state, scale), weight, **words)


@register
class Adamax(Moments):
    """Adam by the largest gradient instead of the mean square.

    Parameters
    ----------
    learning_rate, beta1, beta2 : float
        Length of a step; share of the mean of the gradient that is kept, and of its largest size.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Source: Kingma and Ba (2015), Adam: a method for stochastic optimization, algorithm 2.
    """

    _repeats = True

    def __init__(self, learning_rate: float = 0.002, beta1: float = 0.9, beta2: float = 0.999, **kwargs: Any):
        super().__init__(learning_rate, beta1, beta2, **kwargs)

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Correct the bias of the mean through the rate."""
        return {"lr": lr / (1 - self.beta1 ** self._index_update_count[index]), "wd": wd}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``mean = beta1 * mean + (1 - beta1) * g; u = max(beta2 * u, abs(g)); weight - lr * mean / u``."""
        mean, largest = state
        g = self._clipped(F, grad * self.rescale_grad + wd * weight)
        mean = mean * self.beta1 + (1 - self.beta1) * g
        largest = F.maximum(self.beta2 * largest, F.abs(g))
        return weight - lr * mean / largest, (mean, largest)


@register
class Nadam(Moments):
    """Adam with Nesterov's momentum, which a schedule warms up.

    Parameters
    ----------
    learning_rate, beta1, beta2 : float
        Length of a step; shares of the means of gradient and squared gradient that are kept.
    epsilon : float
        Added to the root in the denominator.
    schedule_decay : float
        How fast the momentum comes up to ``beta1``.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    The product of the momenta so far, ``m_schedule``, is one for all weights, as in MXNet. Source: Dozat (2016),
    Incorporating Nesterov momentum into Adam.
    """

    _repeats = True

    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8,
        schedule_decay: float = 0.004, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon, self.schedule_decay, self.m_schedule = epsilon, schedule_decay, 1.0

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Add the shares of gradient and mean in the step, and the bias of the mean square."""
        t = self._index_update_count[index]
        now, then = [self.beta1 * (1 - 0.5 * 0.96 ** (step * self.schedule_decay)) for step in (t, t + 1)]
        self.m_schedule *= now
        shares = {"of_gradient": (1 - now) / (1 - self.m_schedule), "of_mean": then / (1 - self.m_schedule * then)}
        return {"lr": lr, "wd": wd, **shares, "bias": 1 - self.beta2**t}

    def formula(
        self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any, of_gradient: Any, of_mean: Any, bias: Any
    ) -> tuple[Any, Any]:
        """``weight - lr * (of_gradient * g + of_mean * mean) / (sqrt(var / bias) + epsilon)``."""
        mean, var = state
        g = self._clipped(F, grad * self.rescale_grad + wd * weight)
        mean = mean * self.beta1 + (1 - self.beta1) * g
        var = var * self.beta2 + (1 - self.beta2) * g * g
        step = lr * (of_gradient * g + of_mean * mean) / (F.sqrt(var / bias) + self.epsilon)
        return weight - step, (mean, var)


@register
class FTML(Optimizer):
    """Follow the moving leader: put the weight where a model of the recent losses is least.

    Parameters
    ----------
    beta1 : float
        Share of the model that is kept at each step.
    beta2 : float
        Share of the mean of the squared gradient that is kept.
    epsilon : float
        Added to the root.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Operator ``ftml_update``. Source: Zheng and Kwok (2017), Follow the moving leader in deep learning.
    """

    _repeats = True

    def __init__(self, beta1: float = 0.6, beta2: float = 0.999, epsilon: float = 1e-8, **kwargs: Any):
        super().__init__(**kwargs)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """Make curvature, mean of the squared gradient and slope, zeros."""
        return self._zeros(weight), self._zeros(weight), self._zeros(weight)

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Add the number of the step."""
        return {"lr": lr, "wd": wd, "t": self._index_update_count[index]}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any, t: Any) -> tuple[Any, Any]:
        """``-z / d``."""
        words = self._words(lr=lr, wd=wd, t=t) | {"beta1": self.beta1, "beta2": self.beta2, "epsilon": self.epsilon}
        words["clip_grad"] = words.pop("clip_gradient")
        return stepped("ftml_update", weight, grad, state, **words)
