"""Products of matrices whose rows both lie along what is summed, as machine code: sums stay in registers until they are whole.

::

    y[i, j] = bias[j] + sum over k of  a[i, k] * b[j, k]

This is what a dense layer computes: samples by features, weights by features. BLAS copies such factors into another order
first; here a tile of a few rows of each is read where it lies, a register of each row at a time::

    a[i, k : k + 16]  *  b[j, k : k + 16]  -->  16 partial sums for each pair of rows, added up at the end
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from executors.numba.machine import REGISTER, address_of
from executors.numba.tiles import beginning
from executors.numba.together import on_blocks
from executors.numba.vector import SUFFIX, TYPES, type_of
from executors.parallel import shares

__all__ = ["inner"]

ROWS, COLUMNS = (4, 6) if REGISTER == 64 else (3, 4)  # of the first and the second factor in a tile: as many sums as registers hold
POINTERS = ("a", "b", "y", "bias")
SIZES = ("rows", "columns", "depth", "a_row", "b_row", "y_row")
WORDS = ("first", "end", "inner", "by_column", *POINTERS, *SIZES)


def inner(a: np.ndarray, b: np.ndarray, y: np.ndarray, workers: int, bias: np.ndarray | None = None) -> Callable[[], Any]:
    """Prepare ``y = a @ b.T + bias`` for matrices in whose rows are no gaps; the result does not depend on ``workers``."""
    bias = np.zeros(len(b), y.dtype) if bias is None else bias
    address = _code(len(a) % ROWS, type_of(y.dtype) or "")
    down, across = -(-len(a) // ROWS), -(-len(b) // COLUMNS)
    by_column = a.nbytes <= b.nbytes  # rows of the larger factor stay in the first cache, the smaller one in the second
    blocks = []
    for part in shares(down * across, workers):
        words = {
            **{name: array.ctypes.data for name, array in zip(POINTERS, (a, b, y, bias), strict=True)},
            "first": part.start,
            "end": part.stop,
            "inner": down if by_column else across,
            "by_column": by_column,
            "rows": len(a),
            "columns": len(b),
            "depth": a.shape[1],
            "a_row": a.strides[0] // a.itemsize,
            "b_row": b.strides[0] // b.itemsize,
            "y_row": y.strides[0] // y.itemsize,
        }
        blocks.append(np.array([words[word] for word in WORDS], np.int64))
    return on_blocks(address, blocks, (a, b, y, bias))


@cache
def _code(rest: int, kind: str) -> int:
    """Write and compile the loops over tiles, the last of which has ``rest`` rows if that is not 0; return their address."""
    element = TYPES[kind]
    lanes = REGISTER // np.dtype(kind).itemsize
    spelt, suffix = f"<{lanes} x {element}>", f"v{lanes}{SUFFIX[kind]}"
    text = [
        f"declare {spelt} @llvm.fmuladd.{suffix}({spelt}, {spelt}, {spelt})",
        f"declare {spelt} @llvm.masked.load.{suffix}.p0(ptr, i32, <{lanes} x i1>, {spelt})",
        f"declare {element} @llvm.vector.reduce.fadd.{suffix}({element}, {spelt})",
        "declare i64 @llvm.smin.i64(i64, i64)",
    ]
    heights = [ROWS, *([rest] if rest else [])]
    for rows in heights:
        text += _tile(rows, kind)
    main = [
        *beginning(WORDS, POINTERS),
        "  %turned = icmp ne i64 %by_column, 0",
        "  %none = icmp sge i64 %first, %end",
        "  br i1 %none, label %done, label %unit",
        "unit:",
        "  %u = phi i64 [ %first, %entry ], [ %u.next, %unit.end ]",
        "  %outside = sdiv i64 %u, %inner",
        "  %inside = srem i64 %u, %inner",
        "  %down = select i1 %turned, i64 %inside, i64 %outside",
        "  %across = select i1 %turned, i64 %outside, i64 %inside",
        f"  %i = mul i64 %down, {ROWS}",
        f"  %j = mul i64 %across, {COLUMNS}",
        "  %i.a = mul i64 %i, %a_row",
        "  %j.b = mul i64 %j, %b_row",
        "  %i.y = mul i64 %i, %y_row",
        "  %ij.y = add i64 %i.y, %j",
        f"  %a.here = getelementptr {element}, ptr %a, i64 %i.a",
        f"  %b.here = getelementptr {element}, ptr %b, i64 %j.b",
        f"  %y.here = getelementptr {element}, ptr %y, i64 %ij.y",
        f"  %bias.here = getelementptr {element}, ptr %bias, i64 %j",
        "  %rows.left = sub i64 %rows, %i",
        f"  %high = icmp sge i64 %rows.left, {ROWS}",
        "  %columns.left = sub i64 %columns, %j",
        f"  br i1 %high, label %rows{heights[0]}, label %rows{heights[-1]}",
    ]
    given = "(ptr %a.here, ptr %b.here, ptr %y.here, ptr %bias.here, i64 %depth, i64 %a_row, i64 %b_row, i64 %y_row, i64 %columns.left)"
    for rows in heights:
        main += [f"rows{rows}:", f"  call void @tile_{rows}{given}", "  br label %unit.end"]
    main += ["unit.end:", "  %u.next = add i64 %u, 1", "  %more = icmp slt i64 %u.next, %end"]
    main += ["  br i1 %more, label %unit, label %done", "done:", "  ret void", "}"]
    return address_of("\n".join([*text, *main, ""]))


def _tile(rows: int, kind: str) -> list[str]:
    """Write the function of one tile; where fewer columns are left than it has, the last one stands for those that are not there."""
    element, size = TYPES[kind], np.dtype(kind).itemsize
    lanes = REGISTER // size
    spelt, mask, suffix = f"<{lanes} x {element}>", f"<{lanes} x i1>", f"v{lanes}{SUFFIX[kind]}"
    cells = [(i, j) for i in range(rows) for j in range(COLUMNS)]
    lines = [
        f"define internal void @tile_{rows}(ptr %a, ptr %b, ptr noalias %y, ptr %bias, i64 %depth, "
        "i64 %a_row, i64 %b_row, i64 %y_row, i64 %columns.left) noinline {",
        "entry:",
        "  %last = sub i64 %columns.left, 1",
    ]
    for i in range(rows):
        lines += [f"  %a{i}.off = mul i64 %a_row, {i}", f"  %a{i} = getelementptr {element}, ptr %a, i64 %a{i}.off"]
    for j in range(COLUMNS):
        lines += [f"  %j{j} = call i64 @llvm.smin.i64(i64 {j}, i64 %last)", f"  %b{j}.off = mul i64 %b_row, %j{j}"]
        lines += [f"  %b{j} = getelementptr {element}, ptr %b, i64 %b{j}.off"]

    def step(at: str, into: str, source: str, masked: bool) -> list[str]:
        """Multiply a register of each row, and add to the sums."""
        made = []
        for name, count in (("a", rows), ("b", COLUMNS)):
            for n in range(count):
                made.append(f"  %{into}{name}{n}.at = getelementptr {element}, ptr %{name}{n}, i64 {at}")
                if masked:
                    arguments = f"ptr %{into}{name}{n}.at, i32 {size}, {mask} %mask, {spelt} zeroinitializer"
                    made.append(f"  %{into}{name}{n} = call {spelt} @llvm.masked.load.{suffix}.p0({arguments})")
                else:
                    made.append(f"  %{into}{name}{n} = load {spelt}, ptr %{into}{name}{n}.at, align {size}")
        for i, j in cells:
            arguments = f"{spelt} %{into}a{i}, {spelt} %{into}b{j}, {spelt} %{source}{i}.{j}"
            made.append(f"  %{into}{i}.{j} = call {spelt} @llvm.fmuladd.{suffix}({arguments})")
        return made

    lines += [f"  %whole = and i64 %depth, {-lanes}", "  %any = icmp sgt i64 %whole, 0", "  br i1 %any, label %loop, label %rest"]
    lines += ["loop:", "  %k = phi i64 [ 0, %entry ], [ %k.next, %loop ]"]
    lines += [f"  %s{i}.{j} = phi {spelt} [ zeroinitializer, %entry ], [ %f{i}.{j}, %loop ]" for i, j in cells]
    lines += step("%k", "f", "s", masked=False)
    lines += [f"  %k.next = add i64 %k, {lanes}", "  %more = icmp slt i64 %k.next, %whole", "  br i1 %more, label %loop, label %rest"]
    lines += ["rest:"]
    lines += [f"  %r{i}.{j} = phi {spelt} [ zeroinitializer, %entry ], [ %f{i}.{j}, %loop ]" for i, j in cells]
    lines += ["  %left = sub i64 %depth, %whole", "  %over = icmp sgt i64 %left, 0", "  br i1 %over, label %tail, label %sums", "tail:"]
    numbers = f"<{', '.join(f'i64 {lane}' for lane in range(lanes))}>"
    lines += [
        f"  %left.one = insertelement <{lanes} x i64> poison, i64 %left, i32 0",
        f"  %left.all = shufflevector <{lanes} x i64> %left.one, <{lanes} x i64> poison, <{lanes} x i32> zeroinitializer",
        f"  %mask = icmp sgt <{lanes} x i64> %left.all, {numbers}",
    ]
    lines += step("%whole", "t", "r", masked=True)
    lines += ["  br label %sums", "sums:"]
    lines += [f"  %z{i}.{j} = phi {spelt} [ %r{i}.{j}, %rest ], [ %t{i}.{j}, %tail ]" for i, j in cells]
    for j in range(COLUMNS):
        lines += [
            f"  %bias{j}.at = getelementptr {element}, ptr %bias, i64 %j{j}",
            f"  %bias{j} = load {element}, ptr %bias{j}.at, align {size}",
        ]
    for i in range(rows):
        lines += [f"  %y{i}.off = mul i64 %y_row, {i}", f"  %y{i} = getelementptr {element}, ptr %y, i64 %y{i}.off"]
        for j in range(COLUMNS):
            arguments = f"{element} %bias{j}, {spelt} %z{i}.{j}"
            lines += [
                f"  %sum{i}.{j} = call reassoc {element} @llvm.vector.reduce.fadd.{suffix}({arguments})",
                f"  %y{i}.{j} = getelementptr {element}, ptr %y{i}, i64 %j{j}",
                f"  store {element} %sum{i}.{j}, ptr %y{i}.{j}, align {size}",
            ]
    return [*lines, "  ret void", "}"]
