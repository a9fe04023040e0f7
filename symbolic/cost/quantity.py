"""A count as a function of named dimensions."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

from symbolic.cost.polynomial import Polynomial
from symbolic.errors import ArgumentError, UnknownName, closest, describe

__all__ = ["Formula"]

MOST_SAID = 4  # of the polynomials of a maximum


class Formula:
    """A whole number as a function of named dimensions: a polynomial, or the largest of some.

    ``print`` it, call it, ``flops(N=8)``, or read ``polynomials``; ``repr`` has all digits.

    Attributes
    ----------
    names : tuple of str
        The dimensions.
    polynomials : tuple of Polynomial
        The value is that of the largest.
    start : tuple of int
        For each dimension the smallest value for which the formula holds.
    """

    def __init__(self, polynomials: Sequence[Polynomial], start: Sequence[int]):
        self.polynomials = tuple(polynomials)
        self.names = self.polynomials[0].names
        self.start = tuple(start)

    def __call__(self, *values: int, **dimensions: int) -> int:
        """Evaluate.

        Parameters
        ----------
        *values, **dimensions : int
            The value of each dimension, by position or by name.

        Raises
        ------
        ArgumentError
            If one is missing, or is not a whole number from `start` on.
        """
        point = self.point(values, dimensions)
        return int(max(polynomial.at(point) for polynomial in self.polynomials))

    def point(self, values: Sequence[int], dimensions: Mapping[str, int]) -> tuple[int, ...]:
        """Match values to dimensions."""
        if len(values) > len(self.names):
            raise ArgumentError(describe(f"too many values: {len(values)} for {list(self.names)}", name="cost"))
        given = {**dict(zip(self.names, values, strict=False)), **dimensions}
        for name in given:
            if name not in self.names:
                facts = {"argument": name, "expected": list(self.names)}
                raise UnknownName(describe(f"no dimension is called {name!r}{closest(name, self.names)}", name="cost", facts=facts))
        point = []
        for name, least in zip(self.names, self.start, strict=True):
            value = given.get(name)
            try:
                point.append(-1 if isinstance(value, bool) else operator.index(value))  # type: ignore[arg-type]
            except TypeError:
                point.append(-1)
            if point[-1] < least:
                facts = {"argument": name, "got": "nothing" if value is None else repr(value), "expected": f"int from {least}"}
                what = "a dimension has no value" if value is None else "a dimension has a value for which the formula does not hold"
                raise ArgumentError(describe(what, name="cost", facts=facts, hint=f"call it with {name}=..."))
        return tuple(point)

    def __add__(self, other: Formula) -> Formula:
        """Add a polynomial."""
        assert len(other.polynomials) == 1
        return Formula([each + other.polynomials[0] for each in self.polynomials], self.start)

    def __int__(self) -> int:
        return self()

    def __str__(self) -> str:
        said = list(dict.fromkeys(map(str, self.polynomials)))
        return _largest_of(said if len(said) <= MOST_SAID else [*said[: MOST_SAID - 1], f"{len(said) - MOST_SAID + 1} more"])

    def __repr__(self) -> str:
        return _largest_of([repr(polynomial) for polynomial in self.polynomials])


def _largest_of(said: list[str]) -> str:
    said = list(dict.fromkeys(said))
    return said[0] if len(said) == 1 else f"max({', '.join(said)})"
