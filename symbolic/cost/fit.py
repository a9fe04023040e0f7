"""Exact polynomials through values at whole numbers, checked at others."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

from symbolic.cost.polynomial import Polynomial

__all__ = ["NotPolynomial", "degrees_of", "fit"]

MOST = 6  # the highest degree that is tried; matrices grow with the third power of their size, and a batch of maps with a fifth
CHECKS = 2  # values beyond those that decide

Sample = Callable[[tuple[int, ...]], Sequence[int]]


class NotPolynomial(Exception):
    """A quantity is no polynomial in a dimension; carries its place among the names."""


def degrees_of(sample: Sample, base: tuple[int, ...]) -> list[int]:
    """Find for each dimension the degree of all quantities, from where differences of values in a row vanish.

    Raises
    ------
    NotPolynomial
        If they do not.
    """
    found = []
    for place in range(len(base)):
        rows: list[list[int]] = []
        degree = None
        for step in range(MOST + CHECKS + 1):
            rows.append(list(sample((*base[:place], base[place] + step, *base[place + 1 :]))))
            if len(rows[-1]) != len(rows[0]):
                raise NotPolynomial(place)
            degree = len(rows) - 1 - CHECKS
            if degree >= 0 and all(_degree(column) <= degree for column in set(zip(*rows, strict=True))):
                break
        else:
            raise NotPolynomial(place)
        found.append(degree)
    return found


def _degree(values: Sequence[int]) -> int:
    """The degree of the lowest polynomial through values at whole numbers in a row."""
    degree = -1
    differences = list(values)
    while any(differences):
        degree += 1
        differences = [b - a for a, b in itertools.pairwise(differences)]
    return max(degree, 0)


def fit(sample: Sample, names: Sequence[str], base: tuple[int, ...]) -> list[Polynomial]:
    """Find the polynomial of each quantity, from ``base`` on.

    Parameters
    ----------
    sample : callable
        Dimensions -> the quantities, whole numbers, as many everywhere.
    base : tuple of int
        The smallest value of each dimension that is asked for.

    Raises
    ------
    NotPolynomial
        If a quantity is none, or if values apart from those that decide differ from it.
    """
    degrees = degrees_of(sample, base)
    offsets = list(itertools.product(*[range(degree + 1) for degree in degrees]))
    rows = [list(sample(tuple(b + o for b, o in zip(base, offset, strict=True)))) for offset in offsets]
    if len({len(row) for row in rows}) > 1:
        raise NotPolynomial(0)
    remembered: dict[tuple[int, ...], Polynomial] = {}
    found = []
    for column in zip(*rows, strict=True):
        if column not in remembered:
            remembered[column] = _through(column, names, base, degrees, offsets)
        found.append(remembered[column])
    for place, far in enumerate(_far(base)):
        values = list(sample(far))
        if len(values) != len(found) or any(polynomial.at(far) != value for polynomial, value in set(zip(found, values, strict=True))):
            raise NotPolynomial(min(place, len(base) - 1))
    return found


def _far(base: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Choose values to check at: each dimension much greater for itself, then all."""
    single = [(*base[:place], 3 * base[place] + 61, *base[place + 1 :]) for place in range(len(base))]
    return [*single, tuple([2 * b + 13 + 4 * place for place, b in enumerate(base)])] if len(base) > 1 else single


def _through(
    column: Sequence[int], names: Sequence[str], base: tuple[int, ...], degrees: Sequence[int], offsets: Sequence[tuple[int, ...]]
) -> Polynomial:
    """Turn values on a grid into coefficients, one dimension after the other."""
    values: dict[tuple[int, ...], Fraction] = {offset: Fraction(value) for offset, value in zip(offsets, column, strict=True)}
    for place, degree in enumerate(degrees):
        matrix = _inverse(base[place], degree)
        turned: dict[tuple[int, ...], Fraction] = {}
        for offset, value in values.items():
            if value:
                for power in range(degree + 1):
                    key = (*offset[:place], power, *offset[place + 1 :])
                    turned[key] = turned.get(key, Fraction(0)) + matrix[power][offset[place]] * value
        values = turned
    return Polynomial(names, values)


@lru_cache(maxsize=256)
def _inverse(start: int, degree: int) -> list[list[Fraction]]:
    """For each power, what each of the values at ``start``, ``start + 1``, ... adds to its coefficient (Lagrange)."""
    points = [start + step for step in range(degree + 1)]
    columns = []
    for point in points:
        terms = [Fraction(1)]
        for other in points:
            if other != point:
                scale = Fraction(1, point - other)
                shifted = [Fraction(0), *terms]
                terms = [(a - other * b) * scale for a, b in zip(shifted, [*terms, Fraction(0)], strict=True)]
        columns.append(terms)
    return [[column[power] for column in columns] for power in range(degree + 1)]
