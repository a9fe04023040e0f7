"""For large batches: rates by layer (LARS, LAMB), and gradients summed over several batches (LBSGD)."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import Any

from symbolic import nd
from symbolic.errors import NotSupported, describe
from symbolic.nd.array import NDArray
from symbolic.training.optimizer.adam import Moments
from symbolic.training.optimizer.base import Optimizer, register
from symbolic.training.optimizer.formula import as_input, as_number, computed, stepped
from symbolic.training.optimizer.sgd import SGD, aggregation

__all__ = ["LAMB", "LARS", "LBSGD"]

logger = logging.getLogger(__name__)


@register
class LARS(SGD):
    """SGD whose rate, for each layer, follows the ratio of the lengths of its weight and its gradient.

    Parameters
    ----------
    momentum : float
        Share of the last step that is taken again.
    lazy_update : bool
        A row-sparse gradient changes only the rows that it has.
    eta : float
        Trust in a layer: the length of its step over that of its weight.
    eps : float
        Added to the length of the gradient.
    momentum_correction : bool
        Scale the momentum by the change of the learning rate.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Weights called ``*gamma``, ``*beta`` or ``*bias`` keep the plain rate. Operators ``multi_lars`` and ``sgd_mom_update``.
    Source: You, Gitman and Ginsburg (2017), Large batch training of convolutional networks.
    """

    _decayed = ("_weight",)
    _repeats = False  # the rate is read

    def __init__(
        self, momentum: float = 0.0, lazy_update: bool = True, eta: float = 0.001, eps: float = 0,
        momentum_correction: bool = True, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(momentum, lazy_update, **kwargs)
        self.momentum_correction, self.eta, self.eps, self.skip = momentum_correction, eta, eps, 0
        self.last_lr: Any = None
        self.cur_lr: Any = None

    def _get_lrs(self, indices: Sequence[Any]) -> list[Any]:
        """Return the learning rates of weights, and note the change since the last update."""
        now = self.learning_rate
        self.last_lr = now if self.cur_lr is None else self.cur_lr
        self.cur_lr = now
        return self._times(now, indices, "lr_mult")

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Add the corrected momentum, and whether the rate goes by layer: 1 or 0."""
        change = self.cur_lr / self.last_lr if self.momentum_correction and self.last_lr != 0 else 1.0
        plain = str(self.idx2name.get(index, index)).endswith(("gamma", "beta", "bias"))
        return {"lr": lr, "wd": wd, "momentum": self.momentum * change, "by_layer": 0.0 if plain else 1.0}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any, momentum: Any, by_layer: Any) -> tuple[Any, Any]:
        """``rate = lr * eta * |weight| / (|g| + wd * |weight| + eps)``; then a step of SGD."""
        lengths = [F.multi_sum_sq(array, num_arrays=1) for array in (weight, grad)]
        words = {"eta": self.eta, "eps": self.eps, "rescale_grad": self.rescale_grad}
        rate = as_number(F.multi_lars(as_input(lr), *lengths, as_input(wd), **words))
        words = self._words(lr=by_layer * rate + (1 - by_layer) * lr, wd=wd)
        if state is None or self.momentum <= 0:
            return stepped("sgd_update", weight, grad, **words)[0], state
        new, (state,) = stepped("sgd_mom_update", weight, grad, (state,), momentum=momentum, **words)
        return new, state


@register
class LBSGD(Optimizer):
    """SGD that adds up the gradients of several batches, and warms the rate up to what the large batch allows.

    Parameters
    ----------
    momentum : float
        Share of the last step that is taken again.
    multi_precision : bool
        Keep a float32 copy of each float16 weight.
    warmup_strategy : {'linear', 'power2', 'sqrt', 'lars'}
        How the rate grows from 1 to ``batch_scale`` times the learning rate; or ``'lars'``: by layer, without warm-up.
    warmup_epochs, updates_per_epoch : int
        The warm-up takes their product, in updates.
    batch_scale : int
        Number of batches in one step.
    begin_epoch : int
        Epochs that are done already.
    num_epochs : int
        No effect.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Source: Goyal et al. (2017), Accurate, large minibatch SGD; You, Gitman and Ginsburg (2017) for ``'lars'``.
    """

    def __init__(
        self, momentum: float = 0.0, multi_precision: bool = False, warmup_strategy: str = "linear", warmup_epochs: int = 5,
        batch_scale: int = 1, updates_per_epoch: int = 32, begin_epoch: int = 0, num_epochs: int = 60, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(multi_precision=multi_precision, **kwargs)
        text = "LBSGD: batch_scale=%s, warmup_strategy=%s, warmup_epochs=%s, updates_per_epoch=%s"
        logger.info(text, batch_scale, warmup_strategy, warmup_epochs, updates_per_epoch)
        self.momentum, self.warmup_strategy, self.warmup_epochs = momentum, warmup_strategy, warmup_epochs
        self.batch_scale, self.updates_per_epoch, self.num_epochs = batch_scale, updates_per_epoch, num_epochs
        self.init_updates = begin_epoch * updates_per_epoch
        self.lbmult, self.admult, self.adaptive = 1, 1, False
        self.cumgrads: dict[Any, dict[str, Any]] = {}

    def create_state(self, index: Any, weight: NDArray) -> Any:
        """Make the last step, zeros, if there is momentum."""
        return self._zeros(weight) if self.momentum != 0 else None

    def _get_lbmult(self, nup: int) -> float:
        """Say what the rate is multiplied by after ``nup`` updates."""
        most, length = float(self.batch_scale), self.warmup_epochs * self.updates_per_epoch
        if nup >= length:
            return most
        powers = {"linear": 1.0, "power2": 2.0, "sqrt": 0.5}
        if length <= 1 or self.warmup_strategy not in powers:
            return 1.0
        return 1.0 + (most - 1) * (nup / length) ** powers[self.warmup_strategy]

    def scalars_of(self, indices: Sequence[Any]) -> list[dict[str, float]]:
        """Add up no gradients: for graphs, where each batch is a step."""
        if self.batch_scale != 1:
            facts = {"argument": "batch_scale", "got": self.batch_scale, "expected": 1}
            raise NotSupported(describe("gradients of several batches are added up outside of a graph only", operator="LBSGD", facts=facts))
        return [self._counted(index) for index in indices]

    def _counted(self, index: Any) -> dict[str, float]:
        """Count a batch, and return the numbers; the rate is that of the count before it, as in MXNet."""
        lr, wd = self._get_lr(index), self._get_wd(index)
        self._update_count(index)
        batches = self.cumgrads[index]["num_cums"] if index in self.cumgrads else self._index_update_count[index] + self.init_updates
        return {"lr": lr * (1.0 if self.warmup_strategy == "lars" else self._get_lbmult(batches)), "wd": wd}

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Add the gradient up; step when there are ``batch_scale`` of them."""
        if isinstance(index, (list, tuple)):
            for one in zip(index, weight, grad, state, strict=True):
                self.update(*one)
            return
        self._check([weight, grad])
        so_far = self.cumgrads.get(index, {"cum_grad": 0, "num_cums": self.init_updates})
        # A copy: the array of the gradient is written again by the next batch.
        added = so_far["cum_grad"] + grad if isinstance(so_far["cum_grad"], NDArray) else grad.copy()
        number = so_far["num_cums"] + 1
        self.cumgrads[index] = {"cum_grad": added, "num_cums": number}
        numbers = self._counted(index)
        if number % self.batch_scale == 0:
            self._step(weight, added / self.batch_scale, state, numbers)
            self.cumgrads[index]["cum_grad"] = 0

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any) -> tuple[Any, Any]:
        """Do a step of SGD; by layer, ``lr * sqrt(|weight| ** 2 / (|grad| ** 2 + wd * |weight| ** 2))``."""
        if self.warmup_strategy == "lars":
            w, g = [as_number(F.multi_sum_sq(array, num_arrays=1)) for array in (weight, grad)]
            if F is nd:
                lr = lr * min(max(math.sqrt(w / (g + wd * w + 1e-18)), 0.01), 100.0)
            else:
                lr = lr * as_number(F.clip(F.sqrt(w / (g + wd * w + 1e-18)), 0.01, 100.0))
        words = self._words(lr=lr, wd=wd)
        if state is None:
            return stepped("sgd_update", weight, grad, **words)[0], None
        new, (state,) = stepped("sgd_mom_update", weight, grad, (state,), momentum=max(self.momentum, 0.0), **words)
        return new, state


@register
class LAMB(Moments):
    """The direction of Adam, as long as the weight.

    Parameters
    ----------
    learning_rate, beta1, beta2 : float
        Length of a step; shares of the means of gradient and squared gradient that are kept.
    epsilon : float
        Added to the root in the denominator.
    lower_bound, upper_bound : float, optional
        Bounds on the length of the weight.
    bias_correction : bool
        Make up for means that began at zero.
    **kwargs
        As for `Optimizer`.

    Notes
    -----
    Operators ``lamb_update_phase1`` and ``lamb_update_phase2``. Source: You et al. (2020), Large batch optimization for deep
    learning, algorithm 2.
    """

    _repeats = True

    def __init__(
        self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-6,
        lower_bound: float | None = None, upper_bound: float | None = None, bias_correction: bool = True, **kwargs: Any,
    ):  # fmt: skip
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon, self.bias_correction = epsilon, bias_correction
        self.lower_bound, self.upper_bound = lower_bound, upper_bound
        self.aggregate_num = max(1, min(45, aggregation(45)))

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Add the number of the step."""
        return {"lr": lr, "wd": wd, "t": self._index_update_count[index]}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any, wd: Any, t: Any) -> tuple[Any, Any]:
        """``weight - lr * |weight| / |direction| * direction``."""
        words = self._words(wd=wd, t=t) | {"beta1": self.beta1, "beta2": self.beta2, "epsilon": self.epsilon}
        words["bias_correction"] = self.bias_correction
        direction, state = computed("lamb_update_phase1", (weight, grad, *state), **words)
        lengths = [F.reshape(F.norm(value), shape=(1,)) for value in (weight, direction)]
        bounds = {"lower_bound": self.lower_bound or -1.0, "upper_bound": self.upper_bound or -1.0}
        return computed("lamb_update_phase2", (weight, direction, *lengths), weight, lr=lr, **bounds)[0], state
