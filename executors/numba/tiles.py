"""Convolution as machine code: a tile of some filters at some vectors of positions stays in registers until it is whole.

Data lies in planes, one for each channel, with its padding around it. A plane counts as one row of numbers: what a tap of the
window reads at the positions ``p, p + 1, ...`` are neighbours, too, so that patches need not be copied::

    y[o, p] = bias[o] + sum over channels c, taps t of  weight[o, c, t] * x[c, p + reach[t]]

With one tap that reaches nowhere it is a product of matrices; and sums of products of matrices, one for each channel, are of this
form, too (`multiplied`, `summed`).

Positions at the end of a row, whose window goes round its edge, are computed and left out later. A number of the weights is
spread over a register, where it serves all vectors of the tile; a vector of the data serves all filters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from executors.numba.machine import REGISTER, address_of
from executors.numba.together import on_blocks
from executors.numba.vector import SUFFIX, TYPES, type_of
from executors.parallel import shares

__all__ = ["beginning", "convolve", "multiplied", "summed", "used"]

SET_STRIDE = 1 << 12  # bytes from one line to the next that has its place in the same set of a first cache
WAYS = 6  # lines of weights in one set, so that there is room for data, too
CACHED = 1 << 19  # bytes that stay in a second cache; from there they are read so many times as fast:
FASTER = 4
POINTERS = ("w", "x", "y", "bias", "reach")
SIZES = ("taps", "channels", "plane", "w_row", "w_channel", "out_plane", "positions", "image", "out_image", "filters")
WORDS = ("first", "end", "inner", "by_filter", "tiles", *POINTERS, *SIZES)


class Tile(NamedTuple):
    """How many filters and vectors of positions are computed at once."""

    filters: int
    vectors: int


TILES = (Tile(8, 3), Tile(6, 4), Tile(12, 2), Tile(24, 1), Tile(6, 2)) if REGISTER == 64 else (Tile(4, 3), Tile(6, 2), Tile(12, 1))
NARROW = next(tile for tile in TILES if tile.vectors == 1)


def lanes_of(dtype: np.dtype) -> int:
    """Elements of a register."""
    return REGISTER // dtype.itemsize


def fitting(positions: int, filters: int, dtype: np.dtype, row: int = 0) -> Tile:
    """Choose the tile that leaves least of it unused, of those whose rows of weights, so many bytes apart, find room in a first cache."""
    vectors = -(-positions // lanes_of(dtype))
    places = SET_STRIDE // math.gcd(row, SET_STRIDE)  # of as many rows no two compete
    tiles = [tile for tile in TILES if tile.filters <= WAYS * places] or TILES[1:2]  # the lowest
    return min(tiles, key=lambda tile: -(-vectors // tile.vectors) * tile.vectors * -(-filters // tile.filters) * tile.filters)


def used(positions: int, filters: int, dtype: np.dtype, row: int = 0) -> float:
    """Tell which part of the tiles' positions there is."""
    wide = fitting(positions, filters, dtype, row).vectors * lanes_of(dtype)
    return positions / (-(-positions // wide) * wide)


def reading(nbytes: int, times: int) -> int:
    """Guess what reading some bytes again and again costs."""
    return nbytes * times // (FASTER if nbytes <= CACHED else 1)


def multiplied(matrix: np.ndarray, x: np.ndarray, y: np.ndarray, workers: int, bias: np.ndarray | None = None) -> Callable[[], Any]:
    """Prepare ``y[n] = matrix @ x[n] + bias`` for stacks of matrices, in both of which rows have no gaps."""
    bias = np.zeros(len(matrix), y.dtype) if bias is None else bias
    return convolve(matrix[:, :, None], x, bias, y, np.zeros(1, np.int64), y.shape[2], workers)


def summed(factors: np.ndarray, x: np.ndarray, y: np.ndarray, workers: int) -> Callable[[], Any]:
    """Prepare ``y = sum over t of factors[t] @ x[t]``: ``(t, rows, n)`` and ``(t, n, k)``, without gaps, give ``(rows, k)``."""
    steps, depth, positions = x.shape
    reach = np.arange(depth, dtype=np.int64) * positions
    image = x.reshape(1, steps, depth * positions)
    # narrow tiles: what they read of x, one register of each row, stays in the first cache
    return convolve(factors.transpose(1, 0, 2), image, np.zeros(len(y), y.dtype), y[None], reach, positions, workers, NARROW)


def convolve(
    weight: np.ndarray,
    x: np.ndarray,
    bias: np.ndarray,
    y: np.ndarray,
    reach: np.ndarray,
    positions: int,
    workers: int,
    tile: Tile | None = None,
) -> Callable[[], Any]:
    """Prepare the convolution of some images.

    Parameters
    ----------
    weight : numpy.ndarray
        ``(filters, channels, taps)``, without gaps between taps.
    x, y : numpy.ndarray
        ``(images, channels, ...)`` and ``(images, filters, at least positions)``; planes have no gaps.
    bias : numpy.ndarray
        ``(filters,)``.
    reach : numpy.ndarray
        int64, one for each tap: elements from a position to what it reads. The last position's must lie in the plane.
    positions : int
        How many are computed.
    workers : int
        Threads; the result does not depend on it.
    tile : Tile, optional
        The one that fits best, if none is given. The result does not depend on it, either.
    """
    filters, channels, taps = weight.shape
    tile = tile or fitting(positions, filters, x.dtype, abs(weight.strides[0]))
    address = _code(tile, filters % tile.filters, type_of(x.dtype) or "")
    tiles = -(-positions // (tile.vectors * lanes_of(x.dtype)))
    places, bands = len(x) * tiles, -(-filters // tile.filters)
    by_filter = weight.nbytes + reading(x.nbytes, bands) < reading(weight.nbytes, places) + x.nbytes
    inner = places if by_filter else bands
    size = x.itemsize
    blocks = []
    for part in shares(places * bands, workers):
        words = {
            **{name: array.ctypes.data for name, array in zip(POINTERS, (weight, x, y, bias, reach), strict=True)},
            "first": part.start,
            "end": part.stop,
            "inner": inner,
            "by_filter": by_filter,
            "tiles": tiles,
            "taps": taps,
            "channels": channels,
            "w_row": weight.strides[0] // size,
            "w_channel": weight.strides[1] // size,
            "filters": filters,
            "positions": positions,
            "image": x.strides[0] // size,
            "plane": x.strides[1] // size,
            "out_image": y.strides[0] // size,
            "out_plane": y.strides[1] // size,
        }
        blocks.append(np.array([words[word] for word in WORDS], np.int64))
    return on_blocks(address, blocks, (weight, x, bias, y, reach))


@cache
def _code(tile: Tile, rest: int, kind: str) -> int:
    """Write and compile the loops over tiles; return their address."""
    lanes = REGISTER // np.dtype(kind).itemsize
    spelt, element = f"<{lanes} x {TYPES[kind]}>", TYPES[kind]
    suffix = f"v{lanes}{SUFFIX[kind]}"
    text = [
        f"declare {spelt} @llvm.fmuladd.{suffix}({spelt}, {spelt}, {spelt})",
        f"declare {spelt} @llvm.masked.load.{suffix}.p0(ptr, i32, <{lanes} x i1>, {spelt})",
        f"declare void @llvm.masked.store.{suffix}.p0({spelt}, ptr, i32, <{lanes} x i1>)",
    ]
    heights = [tile.filters, *([rest] if rest else [])]
    for filters in heights:
        for whole in (True, False):
            text += _tile(filters, tile.vectors, lanes, kind, whole)
    main = [
        *beginning(WORDS, POINTERS),
        "  %turned = icmp ne i64 %by_filter, 0",
        "  %none = icmp sge i64 %first, %end",
        "  br i1 %none, label %done, label %unit",
        "unit:",
        "  %u = phi i64 [ %first, %entry ], [ %u.next, %unit.end ]",
        "  %a = sdiv i64 %u, %inner",
        "  %b = srem i64 %u, %inner",
        "  %place = select i1 %turned, i64 %b, i64 %a",
        "  %row = select i1 %turned, i64 %a, i64 %b",
        "  %n = sdiv i64 %place, %tiles",
        "  %t = srem i64 %place, %tiles",
        f"  %p = mul i64 %t, {tile.vectors * lanes}",
        f"  %o = mul i64 %row, {tile.filters}",
        "  %o.w = mul i64 %o, %w_row",
        f"  %w.o = getelementptr {element}, ptr %w, i64 %o.w",
        "  %n.x = mul i64 %n, %image",
        "  %x.p = add i64 %n.x, %p",
        f"  %x.here = getelementptr {element}, ptr %x, i64 %x.p",
        "  %n.y = mul i64 %n, %out_image",
        "  %o.y = mul i64 %o, %out_plane",
        "  %y.o = add i64 %n.y, %o.y",
        "  %y.p = add i64 %y.o, %p",
        f"  %y.here = getelementptr {element}, ptr %y, i64 %y.p",
        f"  %bias.o = getelementptr {element}, ptr %bias, i64 %o",
        "  %left = sub i64 %positions, %p",
        f"  %whole = icmp sge i64 %left, {tile.vectors * lanes}",
        "  %high.left = sub i64 %filters, %o",
        f"  %high = icmp sge i64 %high.left, {tile.filters}",
        f"  br i1 %high, label %rows{tile.filters}, label %rows{heights[-1] if rest else tile.filters}",
    ]
    given = "(ptr %w.o, ptr %x.here, ptr %bias.o, ptr %y.here, ptr %reach, "
    given += "i64 %taps, i64 %channels, i64 %plane, i64 %w_row, i64 %w_channel, i64 %out_plane, i64 %left)"
    for filters in heights:
        main += [f"rows{filters}:", f"  br i1 %whole, label %full{filters}, label %part{filters}"]
        for label, whole in (("full", True), ("part", False)):
            main += [f"{label}{filters}:", f"  call void @{_name(filters, whole)}{given}", "  br label %unit.end"]
    main += ["unit.end:", "  %u.next = add i64 %u, 1", "  %more = icmp slt i64 %u.next, %end"]
    main += ["  br i1 %more, label %unit, label %done", "done:", "  ret void", "}"]
    return address_of("\n".join([*text, *main, ""]))


def beginning(words: Sequence[str], pointers: Collection[str]) -> list[str]:
    """Write the first lines of a module's public function: it reads the words of its block."""
    lines = ["define void @NAME(ptr noalias %block) {", "entry:"]
    for number, word in enumerate(words):
        lines += [f"  %{word}.at = getelementptr i64, ptr %block, i64 {number}"]
        lines += [f"  %{word} = load {'ptr' if word in pointers else 'i64'}, ptr %{word}.at, align 8"]
    return lines


def _name(filters: int, whole: bool) -> str:
    return f"{'full' if whole else 'part'}_{filters}"


def _tile(filters: int, vectors: int, lanes: int, kind: str, whole: bool) -> list[str]:
    """Write the function of one tile; ``left`` positions of it exist."""
    spelt, element = f"<{lanes} x {TYPES[kind]}>", TYPES[kind]
    mask, suffix, size = f"<{lanes} x i1>", f"v{lanes}{SUFFIX[kind]}", np.dtype(kind).itemsize
    cells = [(o, v) for o in range(filters) for v in range(vectors)]
    lines = [
        f"define internal void @{_name(filters, whole)}(ptr %w, ptr noalias %x, ptr %bias, ptr noalias %y, ptr %reach, i64 %taps, "
        "i64 %channels, i64 %plane, i64 %w_row, i64 %w_channel, i64 %out_plane, i64 %left) noinline {",
        "entry:",
    ]

    def splat(name: str, value: str) -> list[str]:
        return [
            f"  %{name}.one = insertelement {spelt} poison, {element} {value}, i32 0",
            f"  %{name} = shufflevector {spelt} %{name}.one, {spelt} poison, <{lanes} x i32> zeroinitializer",
        ]

    if not whole:
        numbers = f"<{', '.join(f'i64 {lane}' for lane in range(lanes))}>"
        for v in range(vectors):
            lines += [
                f"  %left{v} = sub i64 %left, {v * lanes}",
                f"  %left{v}.one = insertelement <{lanes} x i64> poison, i64 %left{v}, i32 0",
                f"  %left{v}.all = shufflevector <{lanes} x i64> %left{v}.one, <{lanes} x i64> poison, <{lanes} x i32> zeroinitializer",
                f"  %mask{v} = icmp sgt <{lanes} x i64> %left{v}.all, {numbers}",
            ]
    for o in range(filters):
        lines += [f"  %b{o}.at = getelementptr {element}, ptr %bias, i64 {o}", f"  %b{o}.n = load {element}, ptr %b{o}.at, align {size}"]
        lines += splat(f"b{o}", f"%b{o}.n")
        lines += [f"  %row{o} = mul i64 %w_row, {o}", f"  %w{o} = getelementptr {element}, ptr %w, i64 %row{o}"]
    lines += ["  br label %channel", "channel:", "  %c = phi i64 [ 0, %entry ], [ %c.next, %channel.end ]"]
    lines += [f"  %c{o}.{v} = phi {spelt} [ %b{o}, %entry ], [ %f{o}.{v}, %channel.end ]" for o, v in cells]
    lines += [
        "  %k.c = mul i64 %c, %w_channel",
        "  %offset = mul i64 %c, %plane",
        f"  %x.c = getelementptr {element}, ptr %x, i64 %offset",
        "  br label %tap",
        "tap:",
    ]
    lines += ["  %t = phi i64 [ 0, %channel ], [ %t.next, %tap ]", "  %k = phi i64 [ %k.c, %channel ], [ %k.next, %tap ]"]
    lines += [f"  %a{o}.{v} = phi {spelt} [ %c{o}.{v}, %channel ], [ %f{o}.{v}, %tap ]" for o, v in cells]
    lines += ["  %reach.at = getelementptr i64, ptr %reach, i64 %t", "  %far = load i64, ptr %reach.at, align 8"]
    lines += [f"  %x.t = getelementptr {element}, ptr %x.c, i64 %far"]
    for v in range(vectors):
        lines += [f"  %d{v}.at = getelementptr {element}, ptr %x.t, i64 {v * lanes}"]
        if whole:
            lines += [f"  %d{v} = load {spelt}, ptr %d{v}.at, align {size}"]
        else:
            arguments = f"ptr %d{v}.at, i32 {size}, {mask} %mask{v}, {spelt} zeroinitializer"
            lines += [f"  %d{v} = call {spelt} @llvm.masked.load.{suffix}.p0({arguments})"]
    for o in range(filters):
        lines += [f"  %n{o}.at = getelementptr {element}, ptr %w{o}, i64 %k", f"  %n{o}.n = load {element}, ptr %n{o}.at, align {size}"]
        lines += splat(f"n{o}", f"%n{o}.n")
        for v in range(vectors):
            lines += [f"  %f{o}.{v} = call {spelt} @llvm.fmuladd.{suffix}({spelt} %n{o}, {spelt} %d{v}, {spelt} %a{o}.{v})"]
    lines += ["  %t.next = add i64 %t, 1", "  %k.next = add i64 %k, 1", "  %t.more = icmp slt i64 %t.next, %taps"]
    lines += ["  br i1 %t.more, label %tap, label %channel.end", "channel.end:", "  %c.next = add i64 %c, 1"]
    lines += ["  %c.more = icmp slt i64 %c.next, %channels", "  br i1 %c.more, label %channel, label %done", "done:"]
    for o in range(filters):
        lines += [f"  %y{o}.off = mul i64 %out_plane, {o}", f"  %y{o} = getelementptr {element}, ptr %y, i64 %y{o}.off"]
        for v in range(vectors):
            lines += [f"  %y{o}.{v} = getelementptr {element}, ptr %y{o}, i64 {v * lanes}"]
            if whole:
                lines += [f"  store {spelt} %f{o}.{v}, ptr %y{o}.{v}, align {size}"]
            else:
                arguments = f"{spelt} %f{o}.{v}, ptr %y{o}.{v}, i32 {size}, {mask} %mask{v}"
                lines += [f"  call void @llvm.masked.store.{suffix}.p0({arguments})"]
    return [*lines, "  ret void", "}"]
