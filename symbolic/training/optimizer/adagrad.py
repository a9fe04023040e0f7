"""Steps divided by the size of past gradients: AdaGrad, RMSProp, AdaDelta, Ftrl."""

from __future__ import annotations

from typing import Any

from symbolic.nd.array import NDArray
from symbolic.training.optimizer.base import Optimizer, register
from symbolic.training.optimizer.formula import stepped
from symbolic.training.optimizer.sparse import step_rows

__all__ = ["AdaDelta", "AdaGrad", "Ftrl", "RMSProp"]


@register
class AdaGrad(Optimizer):
    """Divide each element's step by the root of the sum of its squared gradients.

    Parameters
    ----------
    eps : float
        Added to the sum under the root.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    A row-sparse gradient changes only the rows that it has. Source: Duchi, Hazan and Singer (2011), Adaptive subgradient
    methods for online learning.
    """

    _repeats = True
    _rows = True

    def __init__(self, eps: float = 1e-7, **kwargs: Any):
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: Any, weight: NDArray) -> NDArray:
        """Make the sum of the squares, zeros."""
        return self._zeros(weight)

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``history = history + g ** 2; weight - lr * (g / sqrt(history + eps) + wd * weight)``."""
        g = self._clipped(F, grad * self.rescale_grad)
        history = state + F.square(g)
        return weight - lr * (g / F.sqrt(history + self.float_stable_eps) + wd * weight), history


@register
class RMSProp(Optimizer):
    """Divide each element's step by the running root mean square of its gradient.

    Parameters
    ----------
    learning_rate : float
        Length of a step.
    gamma1 : float
        Share of the running means that is kept at each step.
    gamma2 : float
        Share of the last step that is taken again; only if ``centered``.
    epsilon : float
        Added under the root.
    centered : bool
        Take the mean of the gradient off, and use momentum: Graves (2013).
    clip_weights : float, optional
        Bound on the size of each element of the weight.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Operators ``rmsprop_update`` and ``rmspropalex_update``. Sources: Tieleman and Hinton (2012), Neural Networks for Machine
    Learning, lecture 6; Graves (2013), Generating sequences with recurrent neural networks, equations 38 to 45.
    """

    _repeats = True

    def __init__(
        self, learning_rate: float = 0.001, gamma1: float = 0.9, gamma2: float = 0.9, epsilon: float = 1e-8,
        centered: bool = False, clip_weights: float | None = None, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.gamma1, self.gamma2, self.centered, self.epsilon, self.clip_weights = gamma1, gamma2, centered, epsilon, clip_weights

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, ...]:
        """Make the mean square; if centred, also the mean and the last step. Zeros."""
        return tuple([self._zeros(weight) for _ in range(3 if self.centered else 1)])

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``n = gamma1 * n + (1 - gamma1) * g ** 2; weight - lr * g / sqrt(n + epsilon)``."""
        words = self._words(lr=lr, wd=wd, gamma1=self.gamma1, epsilon=self.epsilon, clip_weights=self.clip_weights or -1.0)
        if self.centered:
            return stepped("rmspropalex_update", weight, grad, state, gamma2=self.gamma2, **words)
        return stepped("rmsprop_update", weight, grad, state, **words)


@register
class AdaDelta(Optimizer):
    """Scale each element's step by the ratio of past steps to past gradients; there is no learning rate.

    Parameters
    ----------
    rho : float
        Share of the running means that is kept at each step.
    epsilon : float
        Added under both roots.
    **kwargs
        As for `Optimizer`; ``learning_rate`` has no effect.

    Notes
    -----
    Source: Zeiler (2012), ADADELTA: an adaptive learning rate method.
    """

    _repeats = True

    def __init__(self, rho: float = 0.90, epsilon: float = 1e-5, **kwargs: Any):
        super().__init__(**kwargs)
        self.rho, self.epsilon = rho, epsilon

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        """Make the mean squares of gradient and step, zeros."""
        return self._zeros(weight), self._zeros(weight)

    def scalars_of(self, indices: Any) -> list[dict[str, float]]:
        """Count, and return the decays: no rate is asked for."""
        self._update_count(list(indices))
        return [{"wd": wd} for wd in self._get_wds(indices)]

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, wd: Any) -> tuple[Any, Any]:
        """``step = sqrt(delta + epsilon) / sqrt(n + epsilon) * g; weight - step - wd * weight``."""
        n, delta = state
        g = self._clipped(F, grad * self.rescale_grad)
        n = n * self.rho + (1 - self.rho) * g * g
        step = F.sqrt(delta + self.epsilon) / F.sqrt(n + self.epsilon) * g
        delta = delta * self.rho + (1 - self.rho) * step * step
        return weight - (step + wd * weight), (n, delta)


@register
class Ftrl(Optimizer):
    """Follow the regularized leader: weights that become exactly zero.

    Parameters
    ----------
    lamda1 : float
        Weight of the sum of absolute values.
    learning_rate : float
        Length of a step.
    beta : float
        Added to the root of the sum of squares: tames the first steps.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Operator ``ftrl_update``. A row-sparse gradient of a row-sparse weight changes only the rows that it has. Source: McMahan
    et al. (2013), Ad click prediction: a view from the trenches.
    """

    _repeats = True

    def __init__(self, lamda1: float = 0.01, learning_rate: float = 0.1, beta: float = 1, **kwargs: Any):
        super().__init__(**kwargs)
        self.lamda1, self.beta, self.lr = lamda1, beta, learning_rate

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        """Make the sums of gradients and of their squares, zeros."""
        return self._zeros(weight), self._zeros(weight)

    def _step(self, weight: NDArray, grad: NDArray, state: Any, numbers: Any) -> None:
        if grad.stype == "row_sparse" and weight.stype == "row_sparse":
            step_rows(self, weight, grad, state, numbers)
        else:
            super()._step(weight, grad, state, numbers)

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``(lamda1 * sign(z) - z) / ((beta + sqrt(n)) / lr + wd)`` where ``abs(z) > lamda1``, else 0."""
        return stepped("ftrl_update", weight, grad, state, lamda1=self.lamda1, beta=self.beta, **self._words(lr=lr, wd=wd))
