"""How readers of record files change a picture, an array of bytes of shape ``(height, width, channels)``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symbolic import nd

__all__ = ["bordered", "chosen", "coloured", "resized", "shifted_in_hls", "short_side", "tilted", "warped"]

NEAREST, LINEAR, CUBIC, AREA, LANCZOS = range(5)
BY_SIZES, AT_RANDOM = 9, 10
GRAY = np.array([0.299, 0.587, 0.114], np.float32)
EIGENVALUES = np.array([55.46, 4.794, 1.148])  # of the colours of ImageNet
EIGENVECTORS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])


def chosen(way: int, draw: np.random.Generator, old: Sequence[int], new: Sequence[int]) -> int:
    """Choose how to interpolate, if it depends on sizes or on chance."""
    if way == AT_RANDOM:
        return int(draw.integers(LANCZOS + 1))
    if way == BY_SIZES:
        grows, shrinks = (new[0] > old[0] and new[1] > old[1]), (new[0] < old[0] and new[1] < old[1])
        return CUBIC if grows else AREA if shrinks else LINEAR
    return way if NEAREST <= way <= LANCZOS else LINEAR


def resized(picture: np.ndarray, height: int, width: int, way: int, draw: np.random.Generator) -> np.ndarray:
    """Resize to a height and a width."""
    if picture.shape[:2] == (height, width):
        return picture
    whole = nd.array(np.ascontiguousarray(picture), dtype=np.uint8)
    return np.asarray(nd.image.resize(whole, size=(width, height), interp=chosen(way, draw, picture.shape, (height, width))))


def short_side(picture: np.ndarray, length: int, way: int, draw: np.random.Generator) -> np.ndarray:
    """Resize so that the shorter side has a length."""
    rows, columns = picture.shape[:2]
    new = (length * rows // columns, length) if rows > columns else (length, length * columns // rows)
    return resized(picture, *new, way, draw)


def bordered(picture: np.ndarray, top: int, bottom: int, left: int, right: int, value: int) -> np.ndarray:
    """Put a border of one brightness around a picture."""
    return np.pad(picture, ((top, bottom), (left, right), (0, 0)), constant_values=value)


def tilted(angle: float, shear: float, scale: float, ratio: float, old: Sequence[int], new: Sequence[float]) -> np.ndarray:
    """Make the matrix that turns, shears and stretches a picture around its middle.

    Parameters
    ----------
    angle : float
        In degrees, to the left.
    shear : float
        How far a pixel goes to the side for each row.
    scale, ratio : float
        By how much it grows, and width over height of what was a square.
    old, new : (float, float)
        Height and width before and after.

    Returns
    -------
    numpy.ndarray
        Float32, of shape ``(2, 3)``: x and y after, of x, y and 1 before.
    """
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    across = 2 * scale / (1 + ratio)
    down = ratio * across
    made = np.array([[across * cos - shear * sin * down, across * sin + shear * cos * down], [-sin * down, cos * down]], np.float32)
    middle = (np.array(new[::-1], np.float32) - made @ np.array(old[1::-1], np.float32)) / 2
    return np.concatenate([made, middle[:, None]], 1)


def warped(picture: np.ndarray, matrix: np.ndarray, height: int, width: int, way: int, value: int) -> np.ndarray:
    """Move pixels as a matrix says, to places that lie between pixels in 32nds, as OpenCV does.

    Parameters
    ----------
    matrix : numpy.ndarray
        Of shape ``(2, 3)``: x and y after, of x, y and 1 before.
    height, width : int
        Of the result.
    way : int
        0 nearest, 1 or 3 linear, 2 cubic, 4 Lanczos.
    value : int
        Brightness of what lies outside.
    """
    back = np.linalg.inv(np.vstack([matrix.astype(np.float64), [0, 0, 1]]))[:2]
    x, y = np.arange(width)[None], np.arange(height)[:, None]
    half = 512 if way == NEAREST else 16
    places = [
        np.rint(row[0] * x * 1024).astype(np.int64) + np.rint((row[1] * y + row[2]) * 1024).astype(np.int64) + half for row in back
    ]  # fmt: skip
    taps = {NEAREST: 1, CUBIC: 4, LANCZOS: 8}.get(way, 2)
    weights = _weights(taps)
    first = taps // 2 - (taps > 1)
    columns, rows = (place >> 10 for place in places)
    share_x, share_y = (np.zeros_like(place) if taps == 1 else place >> 5 & 31 for place in places)
    found = np.zeros((height, width, picture.shape[2]))
    for i in range(taps):
        for j in range(taps):
            row, column = rows + i - first, columns + j - first
            inside = (row >= 0) & (row < picture.shape[0]) & (column >= 0) & (column < picture.shape[1])
            pixel = picture[row.clip(0, picture.shape[0] - 1), column.clip(0, picture.shape[1] - 1)]
            found += np.where(inside[..., None], pixel, value) * (weights[share_y, i] * weights[share_x, j])[..., None]
    return np.floor(found + 0.5).clip(0, 255).astype(np.uint8)


def _weights(taps: int) -> np.ndarray:
    """Weigh neighbours for each 32nd of a pixel: an array of shape ``(32, taps)``."""
    away = np.arange(taps) - (taps // 2 - (taps > 1)) - np.arange(32)[:, None] / 32
    if taps == 1:
        return np.ones((32, 1))
    if taps == 2:
        return 1 - np.abs(away)
    if taps == 8:
        found = np.sinc(away) * np.sinc(away / 4)
        return found / found.sum(1, keepdims=True)
    a, x = -0.75, np.abs(away)  # Keys' cubic convolution
    return np.where(x <= 1, ((a + 2) * x - (a + 3)) * x * x + 1, ((a * x - 5 * a) * x + 8 * a) * x - 4 * a)


def shifted_in_hls(picture: np.ndarray, hue: int, light: int, saturation: int) -> np.ndarray:
    """Add to hue (0 to 180), lightness and saturation (0 to 255); what leaves these bounds stays at them."""
    red, green, blue = np.moveaxis(picture.astype(np.float32) / 255, 2, 0)
    most, least = np.max([red, green, blue], 0), np.min([red, green, blue], 0)
    spread, sum_ = most - least, most + least
    safe = np.where(spread > 0, spread, 1)
    sector = np.where(most == red, (green - blue) / safe, np.where(most == green, 2 + (blue - red) / safe, 4 + (red - green) / safe))
    share = np.where(spread > 0, spread / np.where(sum_ < 1, np.maximum(sum_, 1e-7), np.maximum(2 - sum_, 1e-7)), 0)
    parts = ((sector % 6 * 30, hue, 180), (sum_ / 2 * 255, light, 255), (share * 255, saturation, 255))
    h, l, s = ((np.rint(part) + more).clip(0, bound) for part, more, bound in parts)
    h, l, s = h / 30, l / 255, s / 255
    reach = s * np.minimum(l, 1 - l)
    found = []
    for turn in (0, 2, 4):  # red, green and blue, in sixths of the circle
        away = np.abs((h - turn + 3) % 6 - 3)  # 0 to 3
        found.append(l + reach * (3 - 2 * away).clip(-1, 1))
    return np.rint(np.stack(found, 2) * 255).clip(0, 255).astype(np.uint8)


def coloured(picture: np.ndarray, alphas: np.ndarray) -> np.ndarray:
    """Add a colour along the main directions of colours, by shares.

    Notes
    -----
    Source: Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional neural networks.
    """
    return np.rint(picture + EIGENVECTORS @ (alphas * EIGENVALUES)).clip(0, 255).astype(np.uint8)
