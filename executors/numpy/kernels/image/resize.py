"""Images of another size, as OpenCV makes them: what MXNet hands them to.

Rows and columns are interpolated one after the other, from a few elements each. uint8 is computed in whole numbers, with shares
in units of 1/2048, so that the results are the same bit by bit.
"""

import math
from dataclasses import dataclass

import numpy as np

from executors.numpy.table import kernel

NEAREST, LINEAR, CUBIC, AREA, LANCZOS, LINEAR_EXACT = range(6)
UNIT = 2048  # of the shares of uint8
CUBIC_SLOPE = np.float32(-0.75)  # of the cubic kernel at its first zero


@dataclass(frozen=True)
class Taps:
    """What each element of a resized axis is made of: ``sum over k of share[i, k] * source[index[i, k]]``."""

    index: np.ndarray
    share: np.ndarray

    def of(self, source, axis):
        """Sum along an axis, in the wider of the two types."""
        shape = [-1 if other == axis else 1 for other in range(source.ndim)]
        terms = (source.take(index, axis) * share.reshape(shape) for index, share in zip(self.index.T, self.share.T, strict=True))
        return sum(terms)

    def whole(self):
        """Express shares in units, as whole numbers."""
        return Taps(self.index, np.rint(self.share * np.float32(UNIT)).astype(np.int32))


@kernel("_image_resize")
def resize(op, data, output):
    (before, after), axes = (array.shape[-3:-1] for array in (data, output)), (data.ndim - 3, data.ndim - 2)
    scales = [size / length for size, length in zip(before, after, strict=True)]
    way = op.interp
    is_whole = all(scale == round(scale) for scale in scales)
    if way == LINEAR_EXACT and data.dtype != np.uint8:
        way = LINEAR
    if way == LINEAR and scales == [2, 2]:
        way = AREA
    if way == NEAREST:
        places = [
            np.minimum(np.floor(np.arange(length) * scale), size - 1).astype(np.intp)
            for size, length, scale in zip(before, after, scales, strict=True)
        ]
        np.copyto(output, data.take(places[0], axes[0]).take(places[1], axes[1]))
    elif way == LINEAR_EXACT:
        np.copyto(output, exactly(data, [linear_taps(*axis, np.float64) for axis in zip(before, after, strict=True)], axes))
    elif way == AREA and min(scales) >= 1:
        averaged(data, [area_taps(*axis) for axis in zip(before, after, strict=True)], axes, is_whole, output)
    else:
        interpolated(data, [taps_of(way, *axis) for axis in zip(before, after, strict=True)], axes, way, output)


def taps_of(way, before, after):
    """Choose the elements and shares of an axis for one of the ways to interpolate."""
    if way == CUBIC:
        return wide_taps(before, after, cubic, 4)
    if way == LANCZOS:
        return wide_taps(before, after, lanczos, 8)
    return stretched_taps(before, after) if way == AREA else linear_taps(before, after)


def interpolated(data, taps, axes, way, output):
    """Interpolate columns, then rows; in whole numbers if the data are."""
    rows, columns = taps
    if data.dtype != np.uint8:
        np.copyto(output, rows.of(columns.of(data, axes[1]), axes[0]), casting="same_kind")
        return
    rows, columns = rows.whole(), columns.whole()
    strips = columns.of(data.astype(np.int32), axes[1])
    if way in (CUBIC, LANCZOS):
        sums = rows.of(strips.astype(np.int64), axes[0])
        rounded = (sums + UNIT**2 // 2) // UNIT**2
        if way == CUBIC:  # eight elements of a row at a time are rounded as floating-point numbers there: halves to even
            eights = np.arange(math.prod(sums.shape[-2:])) // 8 < math.prod(sums.shape[-2:]) // 8
            rounded = np.where(eights.reshape(sums.shape[-2:]), np.rint(sums / UNIT**2), rounded)
        np.copyto(output, rounded.clip(0, 255), casting="unsafe")
        return
    shape = [-1 if axis == axes[0] else 1 for axis in range(data.ndim)]
    halves = [
        (strips.take(index, axes[0]) // 16 * share.reshape(shape)) >> 16 for index, share in zip(rows.index.T, rows.share.T, strict=True)
    ]
    np.copyto(output, (sum(halves) + 2) >> 2, casting="unsafe")


def exactly(data, taps, axes):
    """Interpolate uint8 with shares in units of 1/256, rounding once."""
    for tap, axis in zip(reversed(taps), reversed(axes), strict=True):
        behind = np.rint(tap.share[:, 1] * 256).astype(np.int64)
        data = Taps(tap.index, np.stack([256 - behind, behind], 1)).of(data, axis)
    return ((data + 2**15) // 2**16).astype(np.uint8)


def averaged(data, taps, axes, is_whole, output):
    """Average over the area that each element covers."""
    rows, columns = taps
    if not is_whole:
        means = rows.of(columns.of(data, axes[1]), axes[0])
    else:  # sums are exact in uint8
        count = rows.index.shape[1] * columns.index.shape[1]
        ones = [Taps(tap.index, np.ones(tap.index.shape, np.int64 if data.dtype == np.uint8 else data.dtype)) for tap in taps]
        sums = ones[0].of(ones[1].of(data, axes[1]), axes[0])
        floats = sums.astype(np.float32) if data.dtype == np.uint8 else sums
        means = (sums + 2) // 4 if data.dtype == np.uint8 and count == 4 else floats * np.float32(1 / count)
    if data.dtype == np.uint8:
        means = np.rint(means).clip(0, 255)
    np.copyto(output, means, casting="unsafe")


def middles(before, after, dtype=np.float32):
    """Place the middles of the new elements among the old ones: which element they follow, and how far."""
    place = ((np.arange(after) + 0.5) * (before / after) - 0.5).astype(dtype)
    low = np.floor(place)
    return low.astype(np.intp), place - low


def pairs(low, part, before):
    """Read an element and the one behind it; outside, the outermost go on."""
    return Taps(np.stack([low, low + 1], 1).clip(0, before - 1), np.stack([1 - part, part], 1))


def linear_taps(before, after, dtype=np.float32):
    return pairs(*middles(before, after, dtype), before)


def stretched_taps(before, after):
    """Repeat elements, and blend two where a new element covers the edge between them."""
    place = np.arange(after)
    low = np.floor(place * (before / after)).astype(np.intp)
    part = ((place + 1) - (low + 1) * (after / before)).astype(np.float32)
    return pairs(low, np.where(part <= 0, 0, part - np.floor(part)), before)


def wide_taps(before, after, shares, count):
    """Read ``count`` elements around each place; outside, the outermost go on."""
    low, part = middles(before, after)
    index = low[:, None] + np.arange(count) - (count // 2 - 1)
    return Taps(index.clip(0, before - 1), shares(part))


def cubic(x):
    """Cubic convolution (Keys 1981, Cubic convolution interpolation for digital image processing, equation 3)."""
    a, y = CUBIC_SLOPE, 1 - x
    first = ((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a
    near = [((a + 2) * t - (a + 3)) * t * t + 1 for t in (x, y)]
    return np.stack([first, *near, 1 - first - near[0] - near[1]], 1).astype(np.float32)


def lanczos(x):
    """Windowed sinc with four lobes, ``sinc(t) sinc(t / 4)``, scaled to sum to one (Duchon 1979, Lanczos filtering)."""
    t = x[:, None].astype(np.float64) + 3 - np.arange(8)
    on_element = x < np.finfo(np.float32).eps
    share = np.sinc(t) * np.sinc(t / 4)
    share[on_element] = np.arange(8) == 3
    return (share / share.sum(1, keepdims=True)).astype(np.float32)


def area_taps(before, after):
    """Give each old element the part of a new one's length that it covers; filled up with shares of zero."""
    scale = before / after
    start = np.arange(after) * scale
    end = np.minimum(start + scale, before)
    index = np.floor(start).astype(np.intp)[:, None] + np.arange(int(np.ceil(scale)) + 1)
    part = (np.minimum(index + 1, end[:, None]) - np.maximum(index, start[:, None])).clip(0)
    part[part <= 1e-3] = 0  # rounding makes slivers
    used = part.any(0)
    share = (part / (end - start)[:, None]).astype(np.float32)
    return Taps(index[:, used].clip(0, before - 1), share[:, used])
