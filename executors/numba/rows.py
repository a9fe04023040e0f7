"""Loops over rows in several passes, each of which may reduce a row to one number for the passes behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from executors.numba.expressions import larger
from executors.numba.formula import loaded, stored
from executors.numba.machine import FUSES, LANES, address_of
from executors.numba.region import WORTH_THREADS
from executors.numba.together import on_blocks
from executors.numba.vector import TYPES, Code, Vector, type_of
from executors.parallel import shares
from symbolic.limits import num_threads

__all__ = ["Pass", "greatest", "rows_call", "total"]


class Reduction(NamedTuple):
    """How the elements of a row become one: what there is without any, and how two are joined."""

    nothing: float
    join: Callable[[Vector, Vector], Vector]


greatest = Reduction(-math.inf, larger)
total = Reduction(0.0, lambda x, y: x + y)


class Pass(NamedTuple):
    """One pass over a row.

    Attributes
    ----------
    reads : tuple of int
        Arrays it reads.
    formula : callable
        Takes what is read, then the results of earlier passes; returns what is written or reduced.
    writes : int, optional
        The array it writes.
    reduction : Reduction, optional
        How what it computes is reduced; the result is there for later passes.
    """

    reads: tuple[int, ...]
    formula: Callable[..., Vector]
    writes: int | None = None
    reduction: Reduction | None = None


_remembered: dict[Any, tuple[int, int]] = {}


def rows_call(name: str, passes: Sequence[Pass], arrays: Sequence[np.ndarray]) -> Callable[[], Any]:
    """Prepare passes over the rows of arrays ``(rows, columns)``, without gaps and of one type; threads share the rows.

    The order in which a row is added up is that of its vectors, whatever the number of threads.

    Parameters
    ----------
    name : str
        Of the passes: those of one name are compiled once.
    """
    kind = type_of(arrays[0].dtype) or ""
    if (name, kind) not in _remembered:
        _remembered[name, kind] = _compile(passes, kind, len(arrays))
    address, work = _remembered[name, kind]
    rows, columns = arrays[0].shape
    cost = rows * -(-columns // LANES) * (work / 8 + 3 * len(arrays))
    addresses = [array.ctypes.data for array in arrays]
    parts = shares(rows, num_threads() if cost >= WORTH_THREADS else 1)
    return on_blocks(address, [np.array([part.start, part.stop, columns, *addresses], np.int64) for part in parts], arrays, cost)


def folded(x: Vector, join: Callable[[Vector, Vector], Vector]) -> Vector:
    """Join all elements of a vector, half with half; each element of the result is that number."""
    code, lanes = x.code, x.code.lanes
    spelt, width = code.vector(x.kind), lanes
    while width > 1:
        width //= 2
        turned = ", ".join([f"i32 {(lane + width) % lanes}" for lane in range(lanes)])
        x = join(x, code.emit(x.kind, f"shufflevector {spelt} {x.text}, {spelt} poison, <{lanes} x i32> <{turned}>"))
    return x


def _compile(passes: Sequence[Pass], kind: str, arrays: int) -> tuple[int, int]:
    """Write the loop over rows; return the address of its code, and the instructions for each vector."""
    spelt, element, mask = f"<{LANES} x {TYPES[kind]}>", TYPES[kind], f"<{LANES} x i1>"
    declared: dict[str, str] = {}
    functions: list[str] = []
    main = [f"  %w{n}.at = getelementptr i64, ptr %block, i64 {n}" for n in range(3 + arrays)]
    main += [f"  %w{n} = load {'i64' if n < 3 else 'ptr'}, ptr %w{n}.at, align 8" for n in range(3 + arrays)]
    main += [f"  %end = and i64 %w2, {-LANES}", "  %left = sub i64 %w2, %end", "  %short = trunc i64 %left to i32"]
    main += [f"  %one = insertelement <{LANES} x i32> poison, i32 %short, i32 0"]
    main += [f"  %all = shufflevector <{LANES} x i32> %one, <{LANES} x i32> poison, <{LANES} x i32> zeroinitializer"]
    main += [f"  %mask = icmp ugt <{LANES} x i32> %all, <{', '.join([f'i32 {n}' for n in range(LANES)])}>"]
    main += ["  %whole = icmp sgt i64 %end, 0", "  %rest = icmp sgt i64 %left, 0"]
    main += ["  %none = icmp sge i64 %w0, %w1", "  br i1 %none, label %done, label %row", "row:"]
    main += ["  %r = phi i64 [ %w0, %entry ], [ %r.next, %row.end ]", "  %o = mul i64 %r, %w2"]
    main += [f"  %a{n} = getelementptr {element}, ptr %w{n + 3}, i64 %o" for n in range(arrays)]
    results: list[str] = []
    before, work = "row", 0

    def call(label: str, number: int, column: str, accumulated: str, masked: str) -> list[str]:
        """Write a call of a pass for the vector that begins at a column."""
        actual = [*[f"ptr %{label}{n}" for n in range(arrays)], *[f"{spelt} {text}" for text in results]]
        actual += [f"{spelt} {accumulated}", f"{mask} {masked}"]
        places = [f"  %{label}{n} = getelementptr {element}, ptr %a{n}, i64 {column}" for n in range(arrays)]
        return [*places, f"  %{label} = call {spelt} @pass{number}({', '.join(actual)})"]

    for number, one in enumerate(passes):
        code = Code(LANES, FUSES)
        values = [loaded(code, kind, place, False) for place in one.reads]
        value = one.formula(*values, *[Vector(code, kind, f"%r{n}") for n in range(len(results))])
        if one.writes is not None:
            stored(code, value, kind, one.writes)
        answer = "%acc"
        if one.reduction is not None:
            masked = Vector(code, "b1", "%mask").choose(value, one.reduction.nothing)
            answer = one.reduction.join(Vector(code, kind, "%acc"), masked).text
        declared |= code.declared
        work += len(code.lines)
        formal = [*[f"ptr %p{n}" for n in range(arrays)], *[f"{spelt} %r{n}" for n in range(len(results))]]
        formal += [f"{spelt} %acc", f"{mask} %mask"]
        functions += [f"define internal {spelt} @pass{number}({', '.join(formal)}) alwaysinline {{", "entry:", *code.lines]
        functions += [f"  ret {spelt} {answer}", "}"]

        nothing = Vector(code, kind, "").number(one.reduction.nothing if one.reduction else 0.0).text
        s = f"s{number}"
        main += [f"  br i1 %whole, label %{s}.full, label %{s}.middle", f"{s}.full:"]
        main += [f"  %{s}.j = phi i64 [ 0, %{before} ], [ %{s}.next, %{s}.full ]"]
        main += [f"  %{s}.acc = phi {spelt} [ {nothing}, %{before} ], [ %{s}.f, %{s}.full ]"]
        main += call(f"{s}.f", number, f"%{s}.j", f"%{s}.acc", "splat (i1 true)")
        main += [f"  %{s}.next = add i64 %{s}.j, {LANES}", f"  %{s}.more = icmp slt i64 %{s}.next, %end"]
        main += [f"  br i1 %{s}.more, label %{s}.full, label %{s}.middle", f"{s}.middle:"]
        main += [f"  %{s}.half = phi {spelt} [ {nothing}, %{before} ], [ %{s}.f, %{s}.full ]"]
        main += [f"  br i1 %rest, label %{s}.part, label %{s}.end", f"{s}.part:"]
        main += call(f"{s}.m", number, "%end", f"%{s}.half", "%mask")
        main += [f"  br label %{s}.end", f"{s}.end:"]
        main += [f"  %{s}.all = phi {spelt} [ %{s}.half, %{s}.middle ], [ %{s}.m, %{s}.part ]"]
        before = f"{s}.end"
        if one.reduction is not None:
            inner = Code(LANES, FUSES)
            made = folded(Vector(inner, kind, "%x"), one.reduction.join)
            functions += [f"define internal {spelt} @fold{number}({spelt} %x) alwaysinline {{", "entry:", *inner.lines]
            functions += [f"  ret {spelt} {made.text}", "}"]
            declared |= inner.declared
            main.append(f"  %{s}.result = call {spelt} @fold{number}({spelt} %{s}.all)")
            results.append(f"%{s}.result")
    main += ["  br label %row.end", "row.end:", "  %r.next = add i64 %r, 1", "  %again = icmp slt i64 %r.next, %w1"]
    main += ["  br i1 %again, label %row, label %done", "done:", "  ret void", "}"]
    text = [*declared.values(), *functions, "define void @NAME(ptr noalias %block) {", "entry:", *main]
    return address_of("\n".join([*text, '!0 = !{!"branch_weights", i32 1, i32 1000}', ""])), work
