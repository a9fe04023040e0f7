"""Functions of pictures: read, resize, crop, rotate. A picture is an NDArray of shape ``(height, width, channels)``, red first."""

from __future__ import annotations

import io
import random
import warnings
from numbers import Number
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import ArgumentError, DTypeError, FileError, InputError, ParameterError, ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.operator.match import shown
from symbolic.training.codec import decoded

__all__ = [
    "center_crop",
    "color_normalize",
    "copyMakeBorder",
    "fixed_crop",
    "imdecode",
    "imread",
    "imresize",
    "imrotate",
    "random_crop",
    "random_rotate",
    "random_size_crop",
    "resize_short",
    "scale_down",
]

Size = tuple[int, int]
CUBIC, AREA, LINEAR = 2, 3, 1


def imdecode(buf: Any, flag: int = 1, to_rgb: Any = True, out: NDArray | None = None) -> NDArray:
    """Read a picture from the bytes of a file.

    Parameters
    ----------
    buf : bytes, numpy.ndarray or NDArray
        The bytes.
    flag : int
        1 for three channels, 0 for one, gray; -1 for what the file has.
    to_rgb : bool
        Red first; else blue.
    out : NDArray, optional
        Receives the picture.

    Raises
    ------
    FormatError
        If it is no picture.
    NotSupported
        If Pillow is missing: ``pip install symbind[image]``.
    """
    if isinstance(buf, (NDArray, np.ndarray)):
        content = np.ascontiguousarray(np.asarray(buf), dtype=np.uint8).tobytes()
    elif isinstance(buf, (bytes, bytearray)):
        content = bytes(buf)
    else:
        facts = {"argument": "buf", "got": shown(buf), "expected": "bytes, bytearray, numpy.ndarray or NDArray"}
        raise ArgumentError(describe("a picture is read from bytes; imread takes a path", operator="imdecode", facts=facts))
    picture = decoded(io.BytesIO(content), flag)
    picture = picture[..., None] if picture.ndim == 2 else picture if to_rgb else picture[..., ::-1]
    made = nd.array(picture, dtype=np.uint8)
    if out is None:
        return made
    made.copyto(out)
    return out


def imread(filename: Any, flag: int = 1, to_rgb: Any = True, out: NDArray | None = None) -> NDArray:
    """Read a picture from a file; see `imdecode`."""
    try:
        with open(filename, "rb") as file:
            content = file.read()
    except OSError as error:
        raise FileError(f"cannot read the picture {filename!r}: {error.strerror or error}", error) from None
    return imdecode(content, flag, to_rgb, out)


def imresize(src: NDArray, w: int, h: int, interp: int = 1, out: NDArray | None = None) -> NDArray:
    """Resize a picture, as OpenCV does.

    Parameters
    ----------
    src : NDArray
        Of shape ``(height, width, channels)``; uint8, or of a floating-point type.
    w, h : int
        New width and height.
    interp : int
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos; 9 chooses by the sizes, 10 at random.
    """
    interp = _interpolation(interp, (src.shape[0], src.shape[1], h, w))
    made = nd.image.resize(src, size=(w, h), interp=interp)
    return made if out is None else made.copyto(out)


def _interpolation(interp: int, sizes: tuple[int, ...] = ()) -> int:
    """Choose how to interpolate; ``sizes`` are the old and the new height and width."""
    if interp == 9:
        if not sizes:
            return CUBIC
        height, width, new_height, new_width = sizes
        if new_height > height and new_width > width:
            return CUBIC
        return AREA if new_height < height and new_width < width else LINEAR
    if interp == 10:
        return random.randint(0, 4)
    if interp not in (0, 1, 2, 3, 4):
        facts = {"argument": "interp", "got": interp, "expected": "0 to 4, 9 or 10"}
        raise ParameterError(describe("there is no such way to interpolate", operator="imresize", facts=facts))
    return interp


def scale_down(src_size: Size, size: Size) -> Size:
    """Shrink a size, keeping its ratio, until it lies within another.

    Parameters
    ----------
    src_size, size : (int, int)
        The outer and the inner width and height.

    Examples
    --------
    >>> scale_down((640, 480), (720, 120))
    (640, 106)
    """
    width, height = size
    outer_width, outer_height = src_size
    if outer_height < height:
        width, height = width * outer_height / height, outer_height
    if outer_width < width:
        width, height = outer_width, height * outer_width / width
    return int(width), int(height)


def copyMakeBorder(src: NDArray, top: int, bot: int, left: int, right: int, type: int = 0, value: float = 0.0, values: Any = ()) -> NDArray:
    """Put a border around a picture.

    Parameters
    ----------
    top, bot, left, right : int
        Its widths.
    type : int
        0 of one colour; 1 the edge goes on; 2 mirrored with the edge, 4 without; 3 from the other side.
    value, values
        The colour: one number for all channels, or one for each.
    """
    modes = {0: "constant", 1: "edge", 2: "symmetric", 3: "wrap", 4: "reflect"}
    if type not in modes:
        facts = {"argument": "type", "got": type, "expected": "0 to 4"}
        raise ParameterError(describe("there is no such border", operator="copyMakeBorder", facts=facts))
    picture, widths = src.asnumpy(), ((top, bot), (left, right), (0, 0))
    if type:
        return nd.array(np.pad(picture, widths, mode=modes[type]), dtype=src.dtype)  # type: ignore[call-overload]
    made = np.empty((picture.shape[0] + top + bot, picture.shape[1] + left + right, picture.shape[2]), picture.dtype)
    made[...] = np.asarray(values[: picture.shape[2]] if len(values) else value)
    made[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return nd.array(made, dtype=src.dtype)


def resize_short(src: NDArray, size: int, interp: int = 2) -> NDArray:
    """Resize a picture so that its shorter side has a length; the ratio stays."""
    height, width = src.shape[:2]
    new = (size * height // width, size) if height > width else (size, size * width // height)
    return imresize(src, new[1], new[0], interp=_interpolation(interp, (height, width, *new)))


def fixed_crop(src: NDArray, x0: int, y0: int, w: int, h: int, size: Size | None = None, interp: int = 2) -> NDArray:
    """Cut out a window at a place, and resize it.

    Parameters
    ----------
    x0, y0, w, h : int
        Left, top, width and height of the window.
    size : (int, int), optional
        Width and height of the result.
    """
    part = src[y0 : y0 + h, x0 : x0 + w]
    if size is not None and (w, h) != tuple(size):
        part = imresize(part, *size, interp=_interpolation(interp, (h, w, size[1], size[0])))
    return part


def random_crop(src: NDArray, size: Size, interp: int = 2) -> tuple[NDArray, tuple[int, int, int, int]]:
    """Cut out a window of a size at a place drawn from Python's ``random``; return it and its place, left, top, width, height."""
    height, width = src.shape[:2]
    new_width, new_height = scale_down((width, height), size)
    left, top = random.randint(0, width - new_width), random.randint(0, height - new_height)
    return fixed_crop(src, left, top, new_width, new_height, size, interp), (left, top, new_width, new_height)


def center_crop(src: NDArray, size: Size, interp: int = 2) -> tuple[NDArray, tuple[int, int, int, int]]:
    """Cut out the middle in a size; return it and its place, left, top, width, height."""
    height, width = src.shape[:2]
    new_width, new_height = scale_down((width, height), size)
    left, top = int((width - new_width) / 2), int((height - new_height) / 2)
    return fixed_crop(src, left, top, new_width, new_height, size, interp), (left, top, new_width, new_height)


def random_size_crop(
    src: NDArray, size: Size, area: Any, ratio: tuple[float, float], interp: int = 2, **kwargs: Any
) -> tuple[NDArray, tuple[int, int, int, int]]:
    """Cut out a window of drawn area, ratio and place, and resize it; the middle if ten draws do not fit.

    Parameters
    ----------
    size : (int, int)
        Width and height of the result.
    area : float or (float, float)
        Bounds of the area, as shares of the picture's; the upper one is 1 by default.
    ratio : (float, float)
        Bounds of width over height.
    """
    if "min_area" in kwargs:
        warnings.warn("min_area is now called area", DeprecationWarning, stacklevel=2)
        area = kwargs.pop("min_area")
    if kwargs:
        facts = {"argument": next(iter(kwargs)), "expected": "src, size, area, ratio, interp"}
        raise InputError(describe("unknown argument", operator="random_size_crop", facts=facts))
    height, width = src.shape[:2]
    least, most = (float(area), 1.0) if np.ndim(area) == 0 else area
    for _ in range(10):
        target = random.uniform(least, most) * height * width
        drawn = np.exp(random.uniform(np.log(ratio[0]), np.log(ratio[1])))
        new_width, new_height = round(np.sqrt(target * drawn)), round(np.sqrt(target / drawn))
        if new_width <= width and new_height <= height:
            left, top = random.randint(0, width - new_width), random.randint(0, height - new_height)
            return fixed_crop(src, left, top, new_width, new_height, size, interp), (left, top, new_width, new_height)
    return center_crop(src, size, interp)


def color_normalize(src: NDArray, mean: Any, std: Any = None) -> NDArray:
    """Subtract a mean colour and divide by a standard deviation, in place where ``src`` is of floating point."""
    if mean is not None:
        src -= mean
    if std is not None:
        src /= std
    return src


def imrotate(src: NDArray, rotation_degrees: Any, zoom_in: bool = False, zoom_out: bool = False) -> NDArray:
    """Rotate pictures around their middles.

    Parameters
    ----------
    src : NDArray
        float32, of shape ``(c, h, w)`` or ``(n, c, h, w)``: channels first.
    rotation_degrees : float, or NDArray of n
        By how much.
    zoom_in, zoom_out : bool
        Enlarge until no border is seen; shrink until all corners are.
    """
    if zoom_in and zoom_out:
        raise ArgumentError(describe("a picture is enlarged or shrunk, not both", operator="imrotate"))
    if src.dtype is not np.float32:
        raise DTypeError(describe("only float32 is rotated", operator="imrotate", facts={"got": np.dtype(src.dtype).name}))
    if src.ndim not in (3, 4):
        raise ShapeError(describe("pictures have three axes, stacks of them four", operator="imrotate", facts={"got": src.shape}))
    is_one = src.ndim == 3
    if is_one and not isinstance(rotation_degrees, Number):
        raise ArgumentError(describe("a single picture is rotated by a number", operator="imrotate"))
    stack = src.expand_dims(axis=0) if is_one else src
    number = len(stack)
    degrees = np.full(number, rotation_degrees) if isinstance(rotation_degrees, Number) else np.asarray(rotation_degrees)
    if len(degrees) != number:
        facts = {"pictures": number, "angles": len(degrees)}
        raise ShapeError(describe("there are not as many angles as pictures", operator="imrotate", facts=facts))
    angle = np.pi * degrees.astype(np.float32).reshape(-1, 1, 1) / np.float32(180)
    height, width = stack.shape[2:]
    half_height, half_width = (height - 1) / 2, (width - 1) / 2
    y, x = np.arange(height)[:, None] - half_height, np.arange(width) - half_width
    across, down = (x * np.cos(angle) - y * np.sin(angle)) / half_width, (x * np.sin(angle) + y * np.cos(angle)) / half_height
    grid = np.stack([across, down], axis=1)
    if zoom_in or zoom_out:
        grid = grid * _zoom(np.abs(angle), height, width, zoom_out)[..., None]
    turned = nd.BilinearSampler(stack, nd.array(grid))
    return turned[0] if is_one else turned


def _zoom(angle: np.ndarray, height: int, width: int, out: bool) -> np.ndarray:
    """Find by how much the corners, when turned, reach over the sides; or the sides over them."""
    reach, corner = np.hypot(height, width), np.arctan(height / width)
    most_x = reach * np.maximum(np.abs(np.cos(corner + angle)), np.abs(np.cos(corner - angle)))
    most_y = reach * np.maximum(np.abs(np.sin(corner + angle)), np.abs(np.sin(corner - angle)))
    return np.maximum(most_x / width, most_y / height) if out else np.minimum(width / most_x, height / most_y)


def random_rotate(src: NDArray, angle_limits: tuple[float, float], zoom_in: bool = False, zoom_out: bool = False) -> NDArray:
    """Rotate pictures by angles drawn evenly between limits, from ``np.random``; see `imrotate`."""
    drawn: Any = np.random.uniform(*angle_limits) if src.ndim == 3 else nd.array(np.random.uniform(*angle_limits, size=src.shape[0]))
    return imrotate(src, drawn, zoom_in=zoom_in, zoom_out=zoom_out)
