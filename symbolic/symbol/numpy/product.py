"""NumPy's products on symbols: vectors, matrices, stacks of these, and any contraction that letters spell."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, describe
from symbolic.symbol.arithmetic import multiply
from symbolic.symbol.known import known_shape, rank_of
from symbolic.symbol.numpy.call import as_symbol, axes_of, call, counted, refused, table, together, whole
from symbolic.values.shape import NO_RANK, UNKNOWN

__all__ = ["PRODUCTS", "matmul"]

PRODUCTS = table()


def _rank(symbol: Any) -> int | None:
    shape = known_shape(symbol)
    return None if shape is NO_RANK else len(shape)


@PRODUCTS(np.dot)
def dot(a: Any, b: Any) -> Any:
    """Sum products over the last axis of ``a`` and the last but one of ``b``, or its only one.

    A ``b`` of unknown shape is taken for a vector or matrix.
    """
    if isinstance(a, numbers.Number) or isinstance(b, numbers.Number):
        return multiply(a, b)
    a, b = together((a, b), "np.dot")
    rank = _rank(b) or 0
    if rank > 2:
        b = call("transpose", b, axes=(rank - 2, *range(rank - 2), rank - 1))
    return call("dot", a, b)


@PRODUCTS(np.matmul)
def matmul(a: Any, b: Any) -> Any:
    """Multiply matrices; of more than two axes, stacks of them, whose other axes stretch. Vectors are rows and columns.

    What has an unknown shape is taken for a vector or matrix.

    Raises
    ------
    ArgumentError
        If one is a number.
    """
    for side in (a, b):
        if isinstance(side, numbers.Number):
            raise refused("np.matmul", repr(side), "a vector, a matrix or a stack of them", "a number multiplies by *")
    a, b = together((a, b), "np.matmul")
    left, right = _rank(a), _rank(b)
    if right is None or right <= 2:
        return call("dot", a, b)  # the last axis of a, whatever stands before, and the first of b
    if left == 1:
        return call("squeeze", matmul(call("expand_dims", a, axis=0), b), axis=(-2,))
    if left is None:
        left = rank_of(a, "np.matmul")
    shapes = known_shape(a), known_shape(b)
    for _ in range(left, right):
        a = call("expand_dims", a, axis=0)
    for _ in range(right, left):
        b = call("expand_dims", b, axis=0)
    rank = max(left, right)
    one, other = ((1,) * (rank - len(shape)) + tuple(shape) for shape in shapes)
    return call("batch_dot", _stacked(a, one[:-2], other[:-2]), _stacked(b, other[:-2], one[:-2]))


def _stacked(symbol: Any, own: Sequence[Any], others: Sequence[Any]) -> Any:
    """Stretch the axes of size one in front of matrices to the other side's; unknown sizes are taken to be equal."""
    axes, sizes = [], []
    for axis, (size, wanted) in enumerate(zip(own, others, strict=True)):
        if size is not UNKNOWN and wanted is not UNKNOWN and size == 1 != wanted:
            axes.append(axis)
            sizes.append(wanted)
    return call("broadcast_axis", symbol, axis=tuple(axes), size=tuple(sizes)) if axes else symbol


@PRODUCTS(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """Sum the products of all elements."""
    a, b = (call("Reshape", side, shape=(-1,)) for side in together((a, b), "np.vdot"))
    return call("dot", a, b)


@PRODUCTS(np.outer)
def outer(a: Any, b: Any) -> Any:
    """Multiply each element with each."""
    a, b = together((a, b), "np.outer")
    return call("broadcast_mul", call("Reshape", a, shape=(-1, 1)), call("Reshape", b, shape=(1, -1)))


@PRODUCTS(np.inner)
def inner(a: Any, b: Any) -> Any:
    """Sum products over the last axes of both."""
    a, b = together((a, b), "np.inner")
    return call("dot", a, b, transpose_b=True) if rank_of(b, "np.inner") > 1 else call("dot", a, b)


@PRODUCTS(np.linalg.multi_dot)
def multi_dot(arrays: Any) -> Any:
    """Multiply several, from the left."""
    product, *others = arrays
    for other in others:
        product = dot(product, other)
    return product


@PRODUCTS(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """Multiply a matrix by itself; a negative number of times, its inverse."""
    a, times = as_symbol(a, "np.linalg.matrix_power"), whole(n, "np.linalg.matrix_power", "n")
    if times == 0:
        return matmul(a, call("_linalg_inverse", a))
    if times < 0:
        a, times = call("_linalg_inverse", a), -times
    power = None
    while times:  # squares, of which those in the binary spelling of n are multiplied
        if times & 1:
            power = a if power is None else matmul(power, a)
        times >>= 1
        a = matmul(a, a) if times else a
    return power


@PRODUCTS(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Multiply vectors of three elements, at right angles to both."""
    if axis is not None:
        axisa = axisb = axisc = axis
    if not axisa == axisb == axisc:
        raise refused("np.cross", f"axisa={axisa}, axisb={axisb}, axisc={axisc}", "one axis for all three")
    a, b = together((a, b), "np.cross")

    def turned(symbol: Any, order: tuple[int, int, int]) -> Any:
        return call("take", symbol, np.array(order), axis=axisa, mode="wrap")

    ahead, behind = (1, 2, 0), (2, 0, 1)
    return call(
        "broadcast_sub",
        call("broadcast_mul", turned(a, ahead), turned(b, behind)),
        call("broadcast_mul", turned(a, behind), turned(b, ahead)),
    )


# -- contractions ---------------------------------------------------------------------------------------------------------


def merged(symbol: Any, first: int, many: int) -> Any:
    """Make one axis of ``many`` in a row; of none, one of size one."""
    if not many:
        return call("expand_dims", symbol, axis=first)
    for _ in range(many - 1):
        symbol = call("Reshape", symbol, shape=(*(0,) * first, -3, -2))
    return symbol


def parted(symbol: Any, axis: int, like: Any, first: int, many: int) -> Any:
    """Undo `merged` on an axis: ``like`` has the axes, from ``first`` on."""
    if not many:
        return call("squeeze", symbol, axis=(axis,))
    if many == 1:
        return symbol
    return call("reshape_like", symbol, like, lhs_begin=axis, lhs_end=axis + 1, rhs_begin=first, rhs_end=first + many)


def reordered(symbol: Any, letters: str, wanted: str) -> Any:
    return symbol if letters == wanted else call("transpose", symbol, axes=tuple(letters.index(letter) for letter in wanted))


def reduced_to(symbol: Any, letters: str, kept: set[str]) -> tuple[Any, str]:
    """Take diagonals of letters that stand twice, and sum over those that nobody else has."""
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            one = letters.index(letter)
            other = letters.index(letter, one + 1)
            symbol = call("diag", symbol, axis1=one, axis2=other)
            letters = letters[:one] + letters[one + 1 : other] + letters[other + 1 :] + letter
    gone = tuple(axis for axis, letter in enumerate(letters) if letter not in kept)
    if gone:
        symbol = call("sum", symbol, axis=gone)
        letters = "".join(letter for letter in letters if letter in kept)
    return symbol, letters


def contracted(a: Any, of_a: str, b: Any, of_b: str, kept: set[str]) -> tuple[Any, str]:
    """Multiply two and sum over the letters that both have and nobody else; return the letters that are left, too."""
    both = [letter for letter in of_a if letter in of_b]
    batch, summed = ("".join(letter for letter in both if (letter in kept) is wanted) for wanted in (True, False))
    left, right = ("".join(letter for letter in own if letter not in both) for own in (of_a, of_b))
    a, b = reordered(a, of_a, batch + left + summed), reordered(b, of_b, batch + summed + right)
    letters = batch + left + right
    if not letters:
        return call("dot", *(call("Reshape", side, shape=(-1,)) for side in (a, b))), letters
    n = len(batch)
    flat = [_flat(a, n, len(left), len(summed)), _flat(b, n, len(summed), len(right))]
    product = call("batch_dot", *flat)
    product = parted(product, 2, b, n + len(summed), len(right))
    product = parted(product, 1, a, n, len(left))
    return parted(product, 0, a, 0, n), letters


def _flat(symbol: Any, *counts: int) -> Any:
    """Merge the axes of a symbol into one for each count."""
    for place, many in enumerate(counts):
        symbol = merged(symbol, place, many)
    return symbol


@PRODUCTS(np.einsum)
def einsum(subscripts: Any, *operands: Any, optimize: Any = False) -> Any:
    """Multiply and sum as letters say, two operands at a time, from the left: ``np.einsum("bij,bjk->bik", x, y)``.

    Raises
    ------
    ArgumentError
        If the letters do not fit together, or the spelling is that with lists of numbers.
    """
    if not isinstance(subscripts, str):
        raise refused("np.einsum", f"{subscripts!r} ({type(subscripts).__name__})", "letters: 'ij,jk->ik'")
    text = subscripts.replace(" ", "")
    inputs, arrow, output = text.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(operands):
        raise refused("np.einsum", f"{len(operands)} operands for {text!r}", f"{len(terms)}, as the letters say")
    symbols = together(operands, "np.einsum")
    if "..." in text:
        terms, output = _dots_spelled(terms, symbols, output if arrow else None)
    elif not arrow:
        output = _implicit(terms)
    for term in (*terms, output):
        if not (term.isalpha() or not term):
            raise refused("np.einsum", f"{term!r} in {text!r}", "letters")
    if len({*output}) != len(output) or not {*output} <= {*"".join(terms)}:
        raise refused("np.einsum", f"output {output!r} of {text!r}", "letters of the inputs, each once")
    for term, symbol in zip(terms, symbols, strict=True):
        rank = _rank(symbol)
        if rank is not None and rank != len(term):
            raise refused("np.einsum", f"{len(term)} letters {term!r} for {symbol!r} of {rank} axes", "a letter for each axis")
    return _chain(symbols, terms, output)


def _chain(symbols: list[Any], terms: list[str], output: str) -> Any:
    result, letters = None, ""
    for place, (symbol, term) in enumerate(zip(symbols, terms, strict=True)):
        later = {*output, *"".join(terms[place + 1 :])}
        symbol, term = reduced_to(symbol, term, later | {*letters})
        if result is None:
            result, letters = symbol, term
        else:
            result, letters = contracted(result, letters, symbol, term, later)
        result, letters = reduced_to(result, letters, later) if letters else (result, letters)
    return reordered(result, letters, output) if letters else result


def _implicit(terms: list[str]) -> str:
    together = "".join(terms)
    return "".join(sorted(letter for letter in {*together} if together.count(letter) == 1))


def _dots_spelled(terms: list[str], symbols: list[Any], output: str | None) -> tuple[list[str], str]:
    """Give letters to the axes that dots stand for; they have to be as many in each operand."""
    free = [letter for letter in map(chr, range(ord("A"), ord("z") + 1)) if letter.isalpha() and letter not in "".join(terms)]
    counts = {rank_of(symbol, "np.einsum") - len(term) + 3 for term, symbol in zip(terms, symbols, strict=True) if "..." in term}
    if len(counts) != 1 or min(counts) < 0:
        raise ArgumentError(
            describe(
                "dots stand for one number of axes", operator="np.einsum", facts={"got": sorted(counts), "expected": "as many in each"}
            )
        )
    dots = "".join(free[: counts.pop()])
    spelled = [term.replace("...", dots) for term in terms]
    if output is None:
        return spelled, dots + "".join(letter for letter in _implicit(spelled) if letter not in dots)
    return spelled, output.replace("...", dots)


@PRODUCTS(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Sum products over axes of both: the last and first few, or those that two lists name."""
    a, b = together((a, b), "np.tensordot")
    if axes == 1:
        return call("dot", a, b)
    left, right = rank_of(a, "np.tensordot"), rank_of(b, "np.tensordot")
    if isinstance(axes, numbers.Integral):
        many = int(axes)
        of_a, of_b = tuple(range(left - many, left)), tuple(range(many))
    else:
        of_a, of_b = (axes_of(side, "np.tensordot") for side in axes)
    if len(of_a) != len(of_b):
        raise refused("np.tensordot", f"axes={axes!r}", "as many axes on both sides")
    letters = [chr(ord("a") + place) for place in range(left + right)]
    first, second = letters[:left], letters[left:]
    for one, other in zip(of_a, of_b, strict=True):
        second[counted(other, right, "np.tensordot")] = first[counted(one, left, "np.tensordot")]
    summed = {first[counted(one, left, "np.tensordot")] for one in of_a}
    output = "".join(letter for letter in (*first, *second) if letter not in summed)
    return einsum(f"{''.join(first)},{''.join(second)}->{output}", a, b)
