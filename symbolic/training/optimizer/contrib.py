"""``mx.optimizer.contrib``: what MXNet was still trying out."""

from __future__ import annotations

from typing import Any

from symbolic import nd
from symbolic.errors import InputError, describe
from symbolic.nd.array import NDArray
from symbolic.training.optimizer.base import Optimizer, register
from symbolic.training.optimizer.formula import stepped

__all__ = ["GroupAdaGrad"]


@register
class GroupAdaGrad(Optimizer):
    """AdaGrad with one sum for each row of a matrix; for embeddings.

    Parameters
    ----------
    eps : float
        Added to the sum under the root.
    **kwargs
        As for `Optimizer`, but for ``wd``, which must be zero.

    Notes
    -----
    Operator ``_contrib_group_adagrad_update``. Source: Duchi, Hazan and Singer (2011), Adaptive subgradient methods for
    online learning.
    """

    _repeats = True
    _rows = True

    def __init__(self, eps: float = 1e-5, **kwargs: Any):
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: Any, weight: NDArray) -> NDArray:
        """Make the sum of each row's mean squares, zeros.

        Raises
        ------
        InputError
            If the weight is no matrix.
        """
        if weight.ndim != 2:
            facts = {"got": f"shape {weight.shape}", "expected": "2 axes"}
            raise InputError(describe("rows are those of a matrix", operator="GroupAdaGrad", facts=facts))
        return nd.zeros((weight.shape[0], 1), ctx=weight.context, dtype=weight.dtype, stype=weight.stype)

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Refuse weight decay."""
        if wd != 0:
            facts = {"argument": "wd", "got": wd, "expected": 0}
            raise InputError(describe("there is no weight decay", operator="GroupAdaGrad", facts=facts, hint="set_wd_mult({index: 0})"))
        return {"lr": lr}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, lr: Any) -> tuple[Any, Any]:
        """``history = history + (mean of g ** 2 over the row); weight - lr * g / sqrt(history + eps)``."""
        words = {**self._words(lr=lr), "clip_gradient": -1.0 if self.clip_gradient is None else self.clip_gradient}
        new, (state,) = stepped("_contrib_group_adagrad_update", weight, grad, (state,), epsilon=self.float_stable_eps, **words)
        return new, state
