"""Functions of ``mx.sym.contrib`` that are no operators: loops, draws of candidates, AdamW by numbers or by a Symbol."""

from __future__ import annotations

import importlib
import math
from typing import Any

from symbolic import registry
from symbolic.symbol.control import OWN as CONTROL
from symbolic.symbol.handle import Symbol

__all__ = ["OWN", "zipfian"]


def zipfian(uniform: Any, true_classes: Any, num_sampled: int, range_max: int, **where: Any) -> tuple[Any, Any, Any]:
    """Draw as `rand_zipfian` says, of Symbols or of arrays, which have the same methods; ``uniform`` draws."""
    total = math.log(range_max + 1)

    def expected(classes: Any) -> Any:
        classes = classes.astype("float64")
        return ((classes + 2.0) / (classes + 1.0)).log() / total * num_sampled

    sampled = (uniform(0, total, shape=(num_sampled,), dtype="float64", **where).exp() - 1).astype("int64") % range_max
    return sampled, expected(true_classes), expected(sampled)


def rand_zipfian(true_classes: Symbol, num_sampled: int, range_max: int) -> tuple[Symbol, Symbol, Symbol]:
    """Draw classes, the low ones often, with repetition: ``P(c) = log((c + 2) / (c + 1)) / log(range_max + 1)``.

    Parameters
    ----------
    true_classes : Symbol
        Classes of which the expected counts are wanted, too.
    num_sampled : int
        Number of draws.
    range_max : int
        Number of classes.

    Returns
    -------
    tuple of Symbol
        The draws, as int64; how often each true class, and how often each draw, is expected among them, as float64.
    """
    return zipfian(importlib.import_module("symbolic.symbol.random").uniform, true_classes, num_sampled, range_max)


def _rescale(rescale_grad: Any) -> Symbol:
    """Make a Symbol of what gradients are multiplied by."""
    if isinstance(rescale_grad, Symbol):
        return rescale_grad
    return importlib.import_module("symbolic.symbol.functions").full(shape=(1,), val=rescale_grad)


def adamw_update(
    weight: Any, grad: Any, mean: Any, var: Any, rescale_grad: Any, lr: float, eta: float, beta1: float = 0.9, beta2: float = 0.999,
    epsilon: float = 1e-8, wd: float = 0, clip_gradient: float = -1, out: Any = None, name: str | None = None, **kwargs: Any,
) -> Symbol:  # fmt: skip
    """Step as the operator ``_adamw_update`` does; ``rescale_grad`` may be a number."""
    words = {"lr": lr, "eta": eta, "beta1": beta1, "beta2": beta2, "epsilon": epsilon, "wd": wd, "clip_gradient": clip_gradient}
    made: Symbol = registry.find("_adamw_update")(weight, grad, mean, var, _rescale(rescale_grad), **words, name=name, **kwargs)
    return made


def mp_adamw_update(
    weight: Any, grad: Any, mean: Any, var: Any, weight32: Any, rescale_grad: Any, lr: float, eta: float, beta1: float = 0.9,
    beta2: float = 0.999, epsilon: float = 1e-8, wd: float = 0, clip_gradient: float = -1, out: Any = None, name: str | None = None,
    **kwargs: Any,
) -> Symbol:  # fmt: skip
    """Step as the operator ``_mp_adamw_update`` does; ``rescale_grad`` may be a number."""
    words = {"lr": lr, "eta": eta, "beta1": beta1, "beta2": beta2, "epsilon": epsilon, "wd": wd, "clip_gradient": clip_gradient}
    made: Symbol = registry.find("_mp_adamw_update")(
        weight, grad, mean, var, weight32, _rescale(rescale_grad), **words, name=name, **kwargs
    )
    return made


OWN = {**CONTROL, "rand_zipfian": rand_zipfian, "adamw_update": adamw_update, "mp_adamw_update": mp_adamw_update}
