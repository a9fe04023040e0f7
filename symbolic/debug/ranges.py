"""What an array holds, in one line: its range, and how much of it is no number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Range", "is_finite", "range_of"]


@dataclass(frozen=True)
class Range:
    """What an array holds.

    Attributes
    ----------
    shape, dtype
        Of the array.
    nans, infinities, zeros, negatives : int
        How many elements are so.
    low, high : float
        Of the finite elements; NaN if there are none.
    mean : float
        Of the finite elements.
    first : tuple of int or None
        Where the first element stands that is not finite.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    nans: int
    infinities: int
    zeros: int
    negatives: int
    low: float
    high: float
    mean: float
    first: tuple[int, ...] | None

    @property
    def size(self) -> int:
        """How many elements there are."""
        return math.prod(self.shape)

    @property
    def finite(self) -> bool:
        """Whether all elements are."""
        return not self.nans and not self.infinities

    @property
    def wrong(self) -> str:
        """Spell what is not finite: ``"3 NaN and 1 infinity"``."""
        parts = [f"{self.nans} NaN"] if self.nans else []
        if self.infinities:
            parts.append(f"{self.infinities} {'infinity' if self.infinities == 1 else 'infinities'}")
        return " and ".join(parts)

    def __str__(self) -> str:
        head = f"{self.shape} {self.dtype}"
        if not self.size:
            return f"{head}, empty"
        parts = [] if math.isnan(self.low) else [f"{self.low:.6g} to {self.high:.6g}, mean {self.mean:.6g}"]
        if not self.finite:
            parts.append(self.wrong)
        elif self.dtype.kind == "f":
            parts += [f"{self.zeros} zero"] if self.zeros else []
            parts += [f"{self.negatives} negative"] if 0 < self.negatives < self.size else []
        return ", ".join([head, *parts])


def is_finite(array: np.ndarray) -> bool:
    """Whether every element is a finite number; of what has no infinities it is."""
    if array.dtype.kind not in "fc":
        return True
    with np.errstate(all="ignore"):
        return bool(np.isfinite(np.add.reduce(array, axis=None))) or bool(np.isfinite(array).all())


def range_of(array: Any) -> Range:
    """Sum up an array."""
    array = np.asarray(array)
    nan = math.nan
    if not array.size:
        return Range(array.shape, array.dtype, 0, 0, 0, 0, nan, nan, nan, None)
    with np.errstate(all="ignore"):
        finite = np.isfinite(array)
        good = array if finite.all() else array[finite]
        nans = int(np.isnan(array).sum())
        first = None if good is array else tuple([int(place) for place in np.unravel_index(int(np.argmin(finite)), array.shape)])
        low, high, mean = (float(good.min()), float(good.max()), float(good.mean(dtype=np.float64))) if good.size else (nan, nan, nan)
        return Range(
            array.shape,
            array.dtype,
            nans,
            int(array.size - finite.sum()) - nans,
            int((array == 0).sum()),
            int((array < 0).sum()),
            low,
            high,
            mean,
            first,
        )
