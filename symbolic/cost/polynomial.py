"""Polynomials in named dimensions, with exact coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb

__all__ = ["Polynomial"]

Powers = tuple[int, ...]


class Polynomial:
    """A sum of terms such as ``301056 * N * H**2``.

    Attributes
    ----------
    names : tuple of str
        The dimensions, in the order of the powers.
    terms : dict of tuple of int to Fraction
        Powers of the dimensions -> coefficient; none is zero.
    """

    __slots__ = ("names", "terms")

    def __init__(self, names: Sequence[str], terms: Mapping[Powers, Fraction | int]):
        self.names = tuple(names)
        self.terms = {powers: Fraction(factor) for powers, factor in terms.items() if factor}

    def at(self, values: Sequence[int]) -> Fraction:
        """Evaluate, the values in the order of ``names``."""
        result = Fraction(0)
        for powers, factor in self.terms.items():
            for value, power in zip(values, powers, strict=True):
                factor *= value**power
            result += factor
        return result

    def degree(self, name: str) -> int:
        """The highest power of a dimension."""
        place = self.names.index(name)
        return max((powers[place] for powers in self.terms), default=0)

    def never_negative(self, start: Sequence[int]) -> bool:
        """Whether it is negative nowhere from ``start`` on, as far as signs tell: those of its terms in ``x - start``."""
        terms = self.terms
        for place, least in enumerate(start):
            moved: dict[Powers, Fraction] = {}
            for powers, factor in terms.items():
                for power in range(powers[place] + 1):  # x**p = sum of comb(p, q) least**(p - q) (x - least)**q
                    key = (*powers[:place], power, *powers[place + 1 :])
                    part = factor * comb(powers[place], power) * least ** (powers[place] - power)
                    moved[key] = moved.get(key, Fraction(0)) + part
            terms = moved
        return all(factor >= 0 for factor in terms.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and (self.names, self.terms) == (other.names, other.terms)

    def __hash__(self) -> int:
        return hash((self.names, frozenset(self.terms.items())))

    def __add__(self, other: Polynomial) -> Polynomial:
        terms = dict(self.terms)
        for powers, factor in other.terms.items():
            terms[powers] = terms.get(powers, Fraction(0)) + factor
        return Polynomial(self.names, terms)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + Polynomial(other.names, {powers: -factor for powers, factor in other.terms.items()})

    def __str__(self) -> str:
        return self.spelled(exact=False)

    def __repr__(self) -> str:
        return self.spelled(exact=True)

    def spelled(self, exact: bool) -> str:
        """Write it down, highest powers first; with all digits, or, to be read, with four: ``8.215e9*N + 4000``."""
        parts = []
        for powers, factor in sorted(self.terms.items(), key=lambda term: (-sum(term[0]), [-power for power in term[0]])):
            names = [name if power == 1 else f"{name}**{power}" for name, power in zip(self.names, powers, strict=True) if power]
            size = abs(factor)
            number = _number(size, exact)
            text = "*".join(names if names and size == 1 else [number, *names])
            parts.append(("-" if factor < 0 else "") + text if not parts else (" - " if factor < 0 else " + ") + text)
        return "".join(parts) or "0"


def _number(size: Fraction, exact: bool) -> str:
    """Spell a coefficient."""
    if exact:
        return str(size) if size.denominator == 1 else f"({size})"
    value = float(size)
    if size.denominator == 1 and value < 1e6:
        return str(size.numerator)
    if value < 1e6:
        return f"{value:.4g}"
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
