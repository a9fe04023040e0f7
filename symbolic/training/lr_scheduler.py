"""Learning rates by number of updates, each with a warm-up: ``mx.lr_scheduler``.

A scheduler is a function of the number of updates so far. It may be asked again for the same number, and out of order; but
`FactorScheduler` and `MultiFactorScheduler` never go back up.
"""

from __future__ import annotations

import logging
from itertools import pairwise
from math import cos, pi
from typing import Any

from symbolic.errors import ArgumentError, InputError, NotSupported, describe

__all__ = ["CosineScheduler", "FactorScheduler", "LRScheduler", "MultiFactorScheduler", "PolyScheduler"]

logger = logging.getLogger(__name__)


class LRScheduler:
    """Base of the schedulers; a subclass says what comes after the warm-up, in ``__call__``.

    Parameters
    ----------
    base_lr : float
        Learning rate at the end of the warm-up.
    warmup_steps : int
        Number of updates that the warm-up takes.
    warmup_begin_lr : float
        Learning rate at its beginning.
    warmup_mode : {'linear', 'constant'}
        Grow evenly to ``base_lr``, or stay at ``warmup_begin_lr``.

    Raises
    ------
    ArgumentError
        If an argument is out of range (it is also a ``ValueError``).
    """

    def __init__(self, base_lr: float = 0.01, warmup_steps: int = 0, warmup_begin_lr: float = 0, warmup_mode: str = "linear"):
        self._whole(warmup_steps, "warmup_steps")
        self._refuse(warmup_begin_lr > base_lr, "warmup_begin_lr", warmup_begin_lr, f"at most base_lr, {base_lr}")
        self._refuse(warmup_steps < 0, "warmup_steps", warmup_steps, "0 or more")
        self._refuse(warmup_mode not in ("linear", "constant"), "warmup_mode", repr(warmup_mode), "'linear' or 'constant'")
        self.base_lr = base_lr
        self.warmup_steps, self.warmup_begin_lr, self.warmup_final_lr = warmup_steps, warmup_begin_lr, base_lr
        self.warmup_mode = warmup_mode

    def _refuse(self, wrong: bool, argument: str, got: Any, expected: str) -> None:
        if wrong:
            facts = {"argument": argument, "got": got, "expected": expected}
            raise ArgumentError(describe("the schedule makes no sense", operator=type(self).__name__, facts=facts))

    def _whole(self, value: Any, argument: str) -> None:
        if not isinstance(value, int):
            facts = {"argument": argument, "got": repr(value), "expected": "int"}
            raise InputError(describe("updates are counted in whole numbers", operator=type(self).__name__, facts=facts))

    def get_warmup_lr(self, num_update: int) -> float:
        """Return the learning rate within the warm-up.

        Raises
        ------
        InputError
            If the warm-up is over.
        """
        if num_update >= self.warmup_steps:
            facts = {"argument": "num_update", "got": num_update, "expected": f"less than warmup_steps, {self.warmup_steps}"}
            raise InputError(describe("the warm-up is over", operator=type(self).__name__, facts=facts))
        if self.warmup_mode == "constant":
            return self.warmup_begin_lr
        self._refuse(self.warmup_mode != "linear", "warmup_mode", repr(self.warmup_mode), "'linear' or 'constant'")
        return self.warmup_begin_lr + (self.warmup_final_lr - self.warmup_begin_lr) * float(num_update) / float(self.warmup_steps)

    def __call__(self, num_update: int) -> float:
        """Return the learning rate after ``num_update`` updates."""
        raise NotSupported(describe("the class does not say what the rate is", operator=type(self).__name__, hint="define __call__"))


class FactorScheduler(LRScheduler):
    """Multiply the rate by a factor after every ``step`` updates.

    Parameters
    ----------
    step : int
        Number of updates from one change to the next.
    factor : float
        What the rate is multiplied by; at most 1.
    stop_factor_lr : float
        The rate does not fall below this.
    base_lr, warmup_steps, warmup_begin_lr, warmup_mode
        As for `LRScheduler`.
    """

    def __init__(
        self, step: int, factor: float = 1, stop_factor_lr: float = 1e-8, base_lr: float = 0.01, warmup_steps: int = 0,
        warmup_begin_lr: float = 0, warmup_mode: str = "linear",
    ):  # fmt: skip
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        self._refuse(step < 1, "step", step, "1 or more")
        self._refuse(factor > 1, "factor", factor, "at most 1")
        self.step, self.factor, self.stop_factor_lr, self.count = step, factor, stop_factor_lr, 0

    def __call__(self, num_update: int) -> float:
        """Return the learning rate after ``num_update`` updates."""
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        while num_update > self.count + self.step:
            self.count += self.step
            self.base_lr = max(self.base_lr * self.factor, self.stop_factor_lr)
            logger.info("update %d: learning rate is %.5e from now on", num_update, self.base_lr)
        return self.base_lr


class MultiFactorScheduler(LRScheduler):
    """Multiply the rate by a factor after each of some numbers of updates.

    Parameters
    ----------
    step : list of int
        The numbers, ascending.
    factor : float
        What the rate is multiplied by; at most 1.
    base_lr, warmup_steps, warmup_begin_lr, warmup_mode
        As for `LRScheduler`.
    """

    def __init__(
        self, step: list[int], factor: float = 1, base_lr: float = 0.01, warmup_steps: int = 0, warmup_begin_lr: float = 0,
        warmup_mode: str = "linear",
    ):  # fmt: skip
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        if not isinstance(step, list) or not step:
            facts = {"argument": "step", "got": repr(step), "expected": "list of int, one or more"}
            raise InputError(describe("the rate changes after some numbers of updates", operator="MultiFactorScheduler", facts=facts))
        self._refuse(step[0] < 1, "step", step, "1 or more")
        self._refuse(any(a >= b for a, b in pairwise(step)), "step", step, "ascending numbers")
        self._refuse(factor > 1, "factor", factor, "at most 1")
        self.step, self.factor, self.cur_step_ind, self.count = step, factor, 0, 0

    def __call__(self, num_update: int) -> float:
        """Return the learning rate after ``num_update`` updates."""
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        while self.cur_step_ind < len(self.step) and num_update > self.step[self.cur_step_ind]:
            self.count = self.step[self.cur_step_ind]
            self.cur_step_ind += 1
            self.base_lr *= self.factor
            logger.info("update %d: learning rate is %.5e from now on", num_update, self.base_lr)
        return self.base_lr


class _Descent(LRScheduler):
    """From ``base_lr`` down to ``final_lr`` at ``max_update``; a subclass says how, as a share of the way that is left."""

    def __init__(
        self, max_update: int, base_lr: float, final_lr: float, warmup_steps: int, warmup_begin_lr: float, warmup_mode: str
    ):  # fmt: skip
        super().__init__(base_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        self._whole(max_update, "max_update")
        self._refuse(max_update < 1, "max_update", max_update, "1 or more")
        self.base_lr_orig, self.final_lr = base_lr, final_lr
        self.max_update, self.max_steps = max_update, max_update - warmup_steps

    def _left(self, done: float) -> float:
        raise NotImplementedError

    def __call__(self, num_update: int) -> float:
        """Return the learning rate after ``num_update`` updates."""
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        if num_update <= self.max_update:
            left = self._left(float(num_update - self.warmup_steps) / float(self.max_steps))
            self.base_lr = self.final_lr + (self.base_lr_orig - self.final_lr) * left
        return self.base_lr


class PolyScheduler(_Descent):
    """Let the rate fall by a power of the updates that are left.

    Parameters
    ----------
    max_update : int
        Number of updates after which the rate stays, warm-up included.
    base_lr : float
        Rate to begin with.
    pwr : float
        The power.
    final_lr : float
        Rate to end with.
    warmup_steps, warmup_begin_lr, warmup_mode
        As for `LRScheduler`.
    """

    def __init__(
        self, max_update: int, base_lr: float = 0.01, pwr: float = 2, final_lr: float = 0, warmup_steps: int = 0,
        warmup_begin_lr: float = 0, warmup_mode: str = "linear",
    ):  # fmt: skip
        super().__init__(max_update, base_lr, final_lr, warmup_steps, warmup_begin_lr, warmup_mode)
        self.power = pwr

    def _left(self, done: float) -> float:
        return (1 - done) ** self.power


class CosineScheduler(_Descent):
    """Let the rate fall along half a wave of the cosine: slowly, fast, slowly.

    Parameters
    ----------
    max_update : int
        Number of updates after which the rate stays, warm-up included.
    base_lr : float
        Rate to begin with.
    final_lr : float
        Rate to end with.
    warmup_steps, warmup_begin_lr, warmup_mode
        As for `LRScheduler`.

    Notes
    -----
    Source: Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts; here without restarts.
    """

    def __init__(
        self, max_update: int, base_lr: float = 0.01, final_lr: float = 0, warmup_steps: int = 0, warmup_begin_lr: float = 0,
        warmup_mode: str = "linear",
    ):  # fmt: skip
        super().__init__(max_update, base_lr, final_lr, warmup_steps, warmup_begin_lr, warmup_mode)

    def _left(self, done: float) -> float:
        return (1 + cos(pi * done)) / 2
