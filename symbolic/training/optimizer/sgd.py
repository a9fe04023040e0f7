"""Steps down the gradient: SGD with momentum, Nesterov's, by sign, delayed, with noise."""

from __future__ import annotations

import math
import os
from typing import Any

from symbolic.nd.array import NDArray
from symbolic.training.optimizer.base import Optimizer, register
from symbolic.training.optimizer.formula import stepped

__all__ = ["DCASGD", "NAG", "SGD", "SGLD", "Signum", "Test", "ccSGD"]


def aggregation(default: int) -> int:
    """Read how many weights go into one update."""
    return int(os.environ.get("MXNET_OPTIMIZER_AGGREGATION_SIZE", default))


@register
class SGD(Optimizer):
    """Stochastic gradient descent with momentum.

    Parameters
    ----------
    momentum : float
        Share of the last step that is taken again.
    lazy_update : bool
        A row-sparse gradient changes only the rows that it has.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Operators ``sgd_update`` and ``sgd_mom_update``. Source: Polyak (1964), Some methods of speeding up the convergence of
    iteration methods.
    """

    _repeats = True
    _master_first = False

    def __init__(self, momentum: float = 0.0, lazy_update: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.momentum, self.lazy_update = momentum, lazy_update
        self.aggregate_num = aggregation(4)

    @property
    def _rows(self) -> bool:  # type: ignore[override]
        return self.lazy_update

    def create_state(self, index: Any, weight: NDArray) -> Any:
        """Make the last step, zeros, if there is momentum."""
        return self._zeros(weight) if self.momentum != 0 else None

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``mom = momentum * mom - lr * (g + wd * weight); weight + mom``."""
        if state is None or self.momentum <= 0:
            return stepped("sgd_update", weight, grad, **self._words(lr=lr, wd=wd))[0], state
        new, (state,) = stepped("sgd_mom_update", weight, grad, (state,), momentum=self.momentum, **self._words(lr=lr, wd=wd))
        return new, state


@register
class ccSGD(SGD):
    """SGD, by a name of old."""


@register
class NAG(Optimizer):
    """Nesterov's accelerated gradient.

    Parameters
    ----------
    momentum : float
        Share of the last step that is taken again.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Operator ``nag_mom_update``. Source: Nesterov (1983), A method of solving a convex programming problem with convergence
    rate O(1/k^2).
    """

    _repeats = True
    _master_first = False

    def __init__(self, momentum: float = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.momentum = momentum

    def create_state(self, index: Any, weight: NDArray) -> Any:
        """Make the last step, zeros, if there is momentum."""
        return self._zeros(weight) if self.momentum != 0 else None

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``mom = momentum * mom - lr * (g + wd * weight); weight + momentum * mom - lr * (g + wd * weight)``."""
        words = self._words(lr=lr, wd=wd)
        if state is None:
            return stepped("sgd_update", weight, grad, **words)[0], None
        new, (state,) = stepped("nag_mom_update", weight, grad, (state,), momentum=max(self.momentum, 0.0), **words)
        return new, state


@register
class Signum(Optimizer):
    """Steps of one length, of which the sign follows the momentum; without momentum, signSGD.

    Parameters
    ----------
    learning_rate : float
        Length of each step.
    momentum : float
        Share of the running mean of the gradient that is kept.
    wd_lh : float
        Decay outside the momentum: share of the weight that is taken off, times the learning rate.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Operators ``signum_update`` and ``signsgd_update``. Source: Bernstein et al. (2018), signSGD: compressed optimisation for
    non-convex problems.
    """

    _repeats = True

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.9, wd_lh: float = 0.0, **kwargs: Any):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum, self.wd_lh = momentum, wd_lh

    def create_state(self, index: Any, weight: NDArray) -> Any:
        """Make the mean of the gradient, zeros, if there is momentum."""
        return self._zeros(weight) if self.momentum != 0 else None

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``mom = momentum * mom - (1 - momentum) * (g + wd * weight); (1 - lr * wd_lh) * weight + lr * sign(mom)``."""
        words = self._words(lr=lr, wd=wd)
        if state is None:
            return stepped("signsgd_update", weight, grad, **words)[0], None
        words |= {"momentum": max(self.momentum, 0.0), "wd_lh": self.wd_lh}
        new, (state,) = stepped("signum_update", weight, grad, (state,), **words)
        return new, state


@register
class DCASGD(Optimizer):
    """SGD that makes up for gradients taken at an older weight: delay-compensated, asynchronous.

    Parameters
    ----------
    momentum : float
        Share of the last step that is taken again.
    lamda : float
        Strength of the compensation.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Source: Zheng et al. (2017), Asynchronous stochastic gradient descent with delay compensation.
    """

    _repeats = True

    def __init__(self, momentum: float = 0.0, lamda: float = 0.04, **kwargs: Any):
        super().__init__(**kwargs)
        self.momentum, self.lamda = momentum, lamda
        self.weight_previous: dict[Any, Any] = {}

    def create_state(self, index: Any, weight: NDArray) -> Any:
        """Make the last step, zeros or ``None``, and the weight before it."""
        return (self._zeros(weight) if self.momentum != 0 else None, weight.copy())

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """``mom = momentum * mom - lr * (g + wd * weight + lamda * g ** 2 * (weight - previous)); weight + mom``."""
        mom, previous = state
        g = self._clipped(F, grad * self.rescale_grad)
        step = -(lr * (g + wd * weight + self.lamda * g * g * (weight - previous)))
        if mom is None:
            return weight + step, (None, weight)
        mom = mom * self.momentum + step
        return weight + mom, (mom, weight)


@register
class SGLD(Optimizer):
    """Stochastic gradient Langevin dynamics: half a step of SGD and noise, so that weights sample the posterior.

    Notes
    -----
    The noise is normal, its standard deviation the root of the learning rate. Source: Welling and Teh (2011), Bayesian
    learning via stochastic gradient Langevin dynamics.
    """

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Add the standard deviation of the noise."""
        return {"lr": lr, "wd": wd, "noise": math.sqrt(lr)}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any, noise: Any) -> tuple[Any, Any]:
        """``weight - lr / 2 * (g + wd * weight) + noise``."""
        g = self._clipped(F, grad * self.rescale_grad)
        drawn = F._internal._random_normal_like(weight, loc=0.0, scale=1.0)
        return weight - 0.5 * lr * (g + wd * weight) + noise * drawn, state


@register
class Test(Optimizer):
    """Add the gradient to the weight; the state is a copy of the weight. For tests of what calls optimizers."""

    __test__ = False  # for pytest, which collects classes of this name

    def create_state(self, index: Any, weight: NDArray) -> NDArray:
        """Make room for the copy."""
        return self._zeros(weight, "float32")

    def scalars_of(self, indices: Any) -> list[dict[str, float]]:
        """Count nothing: there are no numbers."""
        return [{} for _ in indices]

    def formula(self, F: Any, weight: Any, grad: Any, state: Any) -> tuple[Any, Any]:
        """``weight + rescale_grad * grad``."""
        new = weight + grad * self.rescale_grad
        return new, new
