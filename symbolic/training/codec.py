"""Pictures from and to bytes of files, by Pillow."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, FormatError, NotSupported, describe

__all__ = ["decoded", "encoded", "pillow"]


def pillow() -> Any:
    """Return the module PIL.Image.

    Raises
    ------
    NotSupported
        If Pillow is not installed.
    """
    try:
        from PIL import Image  # type: ignore[import-not-found]
    except ImportError:
        raise NotSupported(describe("pictures are read and written by Pillow, an extra", hint="pip install symbind[image]")) from None
    return Image


def decoded(file: Any, iscolor: int = 1) -> np.ndarray:
    """Read a picture.

    Parameters
    ----------
    file : binary file
        Its bytes.
    iscolor : int
        1 for three channels, red first; 0 for gray, without channels; -1 for what the file has.

    Returns
    -------
    numpy.ndarray
        Bytes, of shape ``(height, width, 3)`` or ``(height, width)``.
    """
    image = pillow()
    try:
        with image.open(file) as picture:
            is_gray = picture.mode in ("1", "L", "I", "F")
            if iscolor == 0 and not is_gray and picture.format == "JPEG":
                picture.draft("L", picture.size)  # brightness is stored as such
                is_gray = True
            picture.load()
            found = np.array(picture.convert("L" if is_gray and iscolor <= 0 else "RGB"))
            return _gray(found, picture.format) if iscolor == 0 and found.ndim == 3 else found
    except Exception as error:  # its readers raise whatever a damaged file makes them, and DecompressionBombError, which has no base
        raise FormatError(describe(f"this is no picture that Pillow reads: {error}", operator="imdecode")) from None


def _gray(picture: np.ndarray, kind: str | None) -> np.ndarray:
    """Weigh red, green and blue in whole numbers, as libpng does and, for other files, OpenCV."""
    weights, rounding, bits = ((9797, 19234, 3737), 0, 15) if kind == "PNG" else ((4899, 9617, 1868), 1 << 13, 14)
    return ((picture.astype(np.int32) @ np.array(weights, np.int32) + rounding) >> bits).astype(np.uint8)


FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def encoded(picture: np.ndarray, kind: str, quality: int) -> bytes:
    """Write a picture: bytes of shape ``(height, width, 3)``, red first, or ``(height, width)``.

    Parameters
    ----------
    kind : str
        End of a file's name: ``".jpg"`` or ``".png"``.
    quality : int
        Of a JPEG, to 100; or the compression of a PNG, to 9.
    """
    image, written = pillow(), FORMATS.get(kind.lower())
    if written is None:
        facts = {"argument": "img_fmt", "got": repr(kind), "expected": ", ".join(FORMATS)}
        raise ArgumentError(describe("pictures are not written in this format", operator="pack_img", facts=facts))
    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[..., 0]
    out = io.BytesIO()
    options = {"quality": quality} if written == "JPEG" else {"compress_level": min(quality, 9)}
    image.fromarray(np.ascontiguousarray(picture, dtype=np.uint8)).save(out, written, **options)
    return out.getvalue()
