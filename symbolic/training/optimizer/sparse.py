"""Steps of the rows that a row-sparse gradient has; the other rows of weight and states stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic.nd.array import NDArray, wrap
from symbolic.training.optimizer import formula as formulas

__all__ = ["step_rows"]


def step_rows(optimizer: Any, weight: NDArray, grad: NDArray, state: Any, numbers: Mapping[str, float]) -> None:
    """Step some rows of a weight, as if there were no others."""
    rows = _rows_of(grad)
    if not len(rows):
        return
    weight_rows, grad_rows = _taken(weight, rows), _taken(grad, rows)
    state_rows = formulas.mapped(lambda array: _taken(array, rows), state)
    formulas.applied(optimizer, weight_rows, grad_rows, state_rows, numbers)
    for target, source in zip((weight, *formulas.leaves(state)), (weight_rows, *formulas.leaves(state_rows)), strict=True):
        _put(target, rows, source)


def _rows_of(grad: NDArray) -> np.ndarray:
    return np.unique(grad.indices.asnumpy())  # type: ignore[attr-defined]


def _taken(array: NDArray, rows: np.ndarray) -> NDArray:
    return wrap(np.asarray(array)[rows], array.context)


def _put(target: NDArray, rows: np.ndarray, source: NDArray) -> None:
    if target.stype == "default":
        target.as_numpy_view()[rows] = source.as_numpy_view()
        return
    whole = target.asnumpy()
    whole[rows] = source.as_numpy_view()
    target[:] = whole
