"""Functions of ``mx.nd.contrib`` over its operators: updates of one or many weights, and questions about elements."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from symbolic.nd.array import NDArray, wrap
from symbolic.nd.call import on_arrays
from symbolic.symbol.updates import zipfian

__all__ = ["OWN"]


def isinf(data: NDArray) -> Any:
    """Tell which elements are infinite: 1, else 0, in the type of ``data``."""
    return data.abs() == math.inf


def isnan(data: NDArray) -> Any:
    """Tell which elements are nan: 1, else 0, in the type of ``data``."""
    return data != data


def isfinite(data: NDArray) -> Any:
    """Tell which elements are neither infinite nor nan: 1, else 0, in the type of ``data``."""
    return (data.abs() != math.inf) * (data == data)


def rand_zipfian(true_classes: NDArray, num_sampled: int, range_max: int, ctx: Any = None) -> tuple[NDArray, NDArray, NDArray]:
    """Draw classes, the low ones often, with repetition: ``P(c) = log((c + 2) / (c + 1)) / log(range_max + 1)``.

    Parameters
    ----------
    true_classes : NDArray
        Classes of which the expected counts are wanted, too.
    num_sampled : int
        Number of draws.
    range_max : int
        Number of classes.
    ctx : Context, optional
        Where.

    Returns
    -------
    tuple of NDArray
        The draws, as int64; how often each true class, and how often each draw, is expected among them, as float64.
    """
    uniform = importlib.import_module("symbolic.nd.random").uniform
    return zipfian(uniform, true_classes, num_sampled, range_max, ctx=ctx)


def _rescale(rescale_grad: Any, like: NDArray) -> NDArray:
    """Make an array of what gradients are multiplied by."""
    if isinstance(rescale_grad, NDArray):
        return rescale_grad
    return wrap(np.full((1,), rescale_grad, np.float32), like.ctx)


def adamw_update(
    weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, rescale_grad: Any, lr: float, eta: float, beta1: float = 0.9,
    beta2: float = 0.999, epsilon: float = 1e-8, wd: float = 0, clip_gradient: float = -1, out: NDArray | None = None,
    name: str | None = None, **kwargs: Any,
) -> NDArray:  # fmt: skip
    """Step as the operator ``_adamw_update`` does; ``rescale_grad`` may be a number."""
    words = {"lr": lr, "eta": eta, "beta1": beta1, "beta2": beta2, "epsilon": epsilon, "wd": wd, "clip_gradient": clip_gradient}
    scale = _rescale(rescale_grad, weight)
    made: NDArray = on_arrays("_adamw_update")(weight, grad, mean, var, scale, **words, out=out, name=name, **kwargs)
    return made


def mp_adamw_update(
    weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, weight32: NDArray, rescale_grad: Any, lr: float, eta: float,
    beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8, wd: float = 0, clip_gradient: float = -1,
    out: NDArray | None = None, name: str | None = None, **kwargs: Any,
) -> NDArray:  # fmt: skip
    """Step as the operator ``_mp_adamw_update`` does; ``rescale_grad`` may be a number."""
    words = {"lr": lr, "eta": eta, "beta1": beta1, "beta2": beta2, "epsilon": epsilon, "wd": wd, "clip_gradient": clip_gradient}
    scale = _rescale(rescale_grad, weight)
    made: NDArray = on_arrays("_mp_adamw_update")(weight, grad, mean, var, weight32, scale, **words, out=out, name=name, **kwargs)
    return made


def _many(op: str, lists: Sequence[Sequence[NDArray]], last: Sequence[NDArray], count: str, given: int, words: dict[str, Any]) -> Any:
    """Call an update of many weights: weight by weight what belongs to it, then what all share."""
    arrays = [array for group in zip(*lists, strict=True) for array in group]
    return on_arrays(op)(*arrays, *last, **{count: given or len(lists[0])}, **words)


def multi_adamw_update(
    weights: Any, grads: Any, mean: Any, var: Any, rescale_grad: Any, lrs: Any, wds: Any, etas: Any, out: Any = None,
    name: str | None = None, size: int = 0, **kwargs: Any,
) -> Any:  # fmt: skip
    """Step many weights by AdamW; arguments are lists, ``rescale_grad`` a number or an array."""
    words = {"lrs": lrs, "wds": wds, "etas": etas, "out": out, "name": name, **kwargs}
    return _many("_multi_adamw_update", (weights, grads, mean, var), [_rescale(rescale_grad, weights[0])], "num_weights", size, words)


def multi_mp_adamw_update(
    weights: Any, grads: Any, mean: Any, var: Any, weights32: Any, rescale_grad: Any, lrs: Any, wds: Any, etas: Any, out: Any = None,
    name: str | None = None, size: int = 0, **kwargs: Any,
) -> Any:  # fmt: skip
    """Step many weights of low precision by AdamW; arguments are lists, ``rescale_grad`` a number or an array."""
    words = {"lrs": lrs, "wds": wds, "etas": etas, "out": out, "name": name, **kwargs}
    scale = _rescale(rescale_grad, weights[0])
    return _many("_multi_mp_adamw_update", (weights, grads, mean, var, weights32), [scale], "num_weights", size, words)


def multi_lamb_update(
    weights: Any, grads: Any, mean: Any, var: Any, step_count: Any, lrs: Any, wds: Any, out: Any = None, num_tensors: int = 0, **kwargs: Any
) -> Any:
    """Step many weights by LAMB; arguments are lists."""
    words = {"step_count": step_count, "learning_rates": lrs, "wds": wds, "out": out, **kwargs}
    return _many("_multi_lamb_update", (weights, grads, mean, var), [], "num_tensors", num_tensors, words)


def multi_mp_lamb_update(
    weights: Any, grads: Any, mean: Any, var: Any, weights32: Any, step_count: Any, lrs: Any, wds: Any, out: Any = None,
    num_tensors: int = 0, **kwargs: Any,
) -> Any:  # fmt: skip
    """Step many weights of low precision by LAMB; arguments are lists."""
    words = {"step_count": step_count, "learning_rates": lrs, "wds": wds, "out": out, **kwargs}
    return _many("_multi_mp_lamb_update", (weights, grads, mean, var, weights32), [], "num_tensors", num_tensors, words)


_OWN = (
    isinf, isnan, isfinite, rand_zipfian, adamw_update, mp_adamw_update, multi_adamw_update, multi_mp_adamw_update, multi_lamb_update,
    multi_mp_lamb_update,
)  # fmt: skip
OWN = {function.__name__: function for function in _OWN}
