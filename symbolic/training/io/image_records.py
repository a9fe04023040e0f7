"""Batches of pictures out of record files."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import numpy as np

from symbolic import nd
from symbolic.errors import FormatError, ParameterError, ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.operator.fields import param
from symbolic.training import recordio
from symbolic.training.codec import decoded
from symbolic.training.io import pictures
from symbolic.training.io.files import MXDataIter, paths_of

__all__ = ["ImageRecordInt8Iter", "ImageRecordIter", "ImageRecordUInt8Iter", "PictureRecords"]

IGNORED = (  # words about threads, memory and logging
    "aug_seq", "verbose", "device_id", "shuffle_chunk_size", "shuffle_chunk_seed", "mean_a", "std_a",
)  # fmt: skip


class PictureRecords(MXDataIter):
    """Read the pictures of record files, in an order, by several threads. A subclass changes them in ``_changed``."""

    path_imgrec: str = param("The record file, or several with ; in between.")
    data_shape: tuple[int, ...] = param("Channels (3, or 1 for gray), height and width of a picture.")
    path_imglist: str = param("A list with other labels: lines of number, labels and path, with tabs in between.", default="")
    path_imgidx: str = param("Index of the file. It is found without.", default="")
    preprocess_threads: int = param("How many read pictures at once.", default=4, ge=1)
    shuffle: bool = param("Put the pictures in another order for each round.", default=False)
    seed: int = param("Which orders, and which draws for changes.", default=0)
    seed_aug: int | None = param("Which draws for changes; `seed` if None.", default=None)
    num_parts: int = param("Read one of so many parts.", default=1, ge=1)
    part_index: int = param("Which part.", default=0, ge=0)
    resize: int = param("Length of the shorter side, before anything else; -1 to leave it.", default=-1)
    inter_method: int = param("0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos, 9 by the sizes, 10 at random.", default=1)
    mean_img: str = param("File of a mean picture, subtracted instead of a colour; made of all pictures if it is missing.", default="")
    mean_r: float = param("Subtracted from red, or gray.", default=0.0)
    mean_g: float = param("Subtracted from green.", default=0.0)
    mean_b: float = param("Subtracted from blue.", default=0.0)
    std_r: float = param("Red, or gray, is divided by this.", default=1.0)
    std_g: float = param("Green is divided by this.", default=1.0)
    std_b: float = param("Blue is divided by this.", default=1.0)
    scale: float = param("All is multiplied by this.", default=1.0)

    def _read(self, words: dict[str, Any]) -> None:
        super()._read({word: value for word, value in words.items() if word not in IGNORED})

    def _open(self) -> int:
        if len(self.data_shape) != 3 or self.data_shape[0] not in (1, 3):
            facts = {"argument": "data_shape", "got": self.data_shape, "expected": "(3 or 1, height, width)"}
            raise ShapeError(describe("pictures have channels, a height and a width", operator=type(self).__name__, facts=facts))
        records = [(path, place) for path in paths_of(self.path_imgrec, type(self).__name__) for place in recordio.places(path)]
        part = slice(*[len(records) * (self.part_index + step) // self.num_parts for step in (0, 1)])
        self._records = records[part]
        self._listed = _labels_of(self.path_imglist) if self.path_imglist else None
        self._order = np.arange(len(self._records))
        self._round = 0
        self._prepare()
        self._mean: Any = np.array([self.mean_r, self.mean_g, self.mean_b][: self.data_shape[0]], np.float32)
        if self.mean_img:
            self._mean = self._mean_picture()
        self._shuffle()
        return len(self._records)

    def _prepare(self) -> None:
        """Make ready, when it is known which records there are."""

    def _shuffle(self) -> None:
        if self.shuffle:
            np.random.RandomState([self.seed & 0xFFFFFFFF, self._round]).shuffle(self._order)
        self._round += 1

    def reset(self) -> None:
        """Go back to the beginning, or behind the pictures that filled the last batch; shuffle again."""
        super().reset()
        self._shuffle()

    def _mean_picture(self) -> np.ndarray:
        """Read the mean picture, or make it of all pictures, changed as in a round, and keep it in the file."""
        if os.path.exists(self.mean_img):
            loaded: Any = nd.load(self.mean_img)
            arrays = list(loaded.values() if isinstance(loaded, dict) else loaded)
            if [array.shape for array in arrays] != [tuple(self.data_shape)]:
                facts = {"file": self.mean_img, "got": [array.shape for array in arrays], "expected": [tuple(self.data_shape)]}
                raise ShapeError(describe("this is no mean picture, or one of another shape", operator=type(self).__name__, facts=facts))
            return arrays[0].asnumpy().transpose(1, 2, 0)
        total = np.zeros([*self.data_shape[1:], self.data_shape[0]], np.float32)
        for number in range(len(self._records)):
            total += self._changed(*self._found(number))[0]
        mean = total * np.float32(1 / max(len(self._records), 1))
        nd.save(self.mean_img, {"mean_img": nd.array(mean.transpose(2, 0, 1))})
        return mean

    def _found(self, number: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
        """Read a picture and its labels; draws for its changes depend on the seed, the round and the picture only."""
        path, at = self._records[number]
        reader = recordio.MXRecordIO(path, "r")
        reader.handle.seek(at)
        header, content = recordio.unpack(reader.read() or b"")
        reader.close()
        labels = np.atleast_1d(np.asarray(header.label if self._listed is None else self._listed[header.id], np.float32))
        picture = decoded(io.BytesIO(content), 1 if self.data_shape[0] == 3 else 0)
        seed = self.seed if self.seed_aug is None else self.seed_aug
        draw = np.random.default_rng([seed & 0xFFFFFFFF, self._round, number])
        picture = picture[..., None] if picture.ndim == 2 else picture
        if self.resize > 0:
            picture = pictures.short_side(picture, self.resize, self.inter_method, draw)
        return picture, labels, draw

    def _changed(self, picture: np.ndarray, labels: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        raise NotImplementedError

    def _normalised(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        deviation = np.array([self.std_r, self.std_g, self.std_b][: picture.shape[2]], np.float32)
        return (picture - self._mean) * (np.float32(self.scale) / np.where(deviation > 0, deviation, np.float32(1)))

    def _data(self, places: np.ndarray) -> Any:
        with ThreadPoolExecutor(min(self.preprocess_threads, os.cpu_count() or 1)) as threads:
            found = list(threads.map(self._sample, self._order[places].tolist()))
        self._found_labels = np.stack([label for label, _ in found])
        return np.stack([picture for _, picture in found])

    def _sample(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        picture, labels, draw = self._found(number)
        picture, labels = self._changed(picture, labels, draw)
        return labels, self._finished(picture, draw).transpose(2, 0, 1)

    def _finished(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        return self._normalised(picture, draw)


class ImageRecordIter(PictureRecords):
    """Iterate over pictures in a record file: read, resized, cut, mirrored, and normalised as ``(x - mean) / std * scale``.

    Reading needs Pillow: ``pip install symbind[image]``. Draws are this library's own, from ``seed_aug`` and ``seed``.
    """

    kind: ClassVar[str] = "float32"

    label_width: int = param("Labels of a picture.", default=1, ge=1)
    rotate: int = param("Turn to the left by so many degrees; 0 or less not to.", default=-1)
    max_rotate_angle: int = param("Turn by up to so many degrees, either way.", default=0, ge=0)
    max_shear_ratio: float = param("Shear by up to so many pixels to the side for each row.", default=0.0, ge=0)
    max_aspect_ratio: float = param("Stretch to a drawn width over height: the largest, or without a smallest how far from 1.", default=0.0)
    min_aspect_ratio: float | None = param("The smallest width over height.", default=None)
    max_random_scale: float = param("Resize by a drawn factor: the largest.", default=1.0)
    min_random_scale: float = param("The smallest factor.", default=1.0)
    max_img_size: float = param("Longest side after turning and resizing.", default=1e10)
    min_img_size: float = param("Shortest side after turning and resizing.", default=0.0)
    pad: int = param("Width of a border, before the picture is cut.", default=0, ge=0)
    fill_value: int = param("Brightness of the border, and of what lies outside.", default=255)
    rand_crop: bool = param("Cut out a window anywhere, not in the middle.", default=False)
    max_crop_size: int = param("Cut out a square of a drawn side and resize it: the longest, in pixels; -1 not to.", default=-1)
    min_crop_size: int = param("The shortest side of the square.", default=-1)
    random_resized_crop: bool = param("Cut out a window of a drawn area and ratio and resize it.", default=False)
    max_random_area: float = param("Largest area, as a share.", default=1.0)
    min_random_area: float = param("Smallest area, as a share.", default=1.0)
    mirror: bool = param("Swap left and right.", default=False)
    rand_mirror: bool = param("Swap left and right of every other picture, at random.", default=False)
    brightness: float = param("Largest change of brightness, as a share.", default=0.0, ge=0)
    contrast: float = param("Largest change of contrast, as a share.", default=0.0, ge=0)
    saturation: float = param("Largest change of saturation, as a share.", default=0.0, ge=0)
    random_h: int = param("Largest change of hue, of 180 for the circle.", default=0, ge=0)
    random_s: int = param("Largest change of saturation as a colour has it, of 255.", default=0, ge=0)
    random_l: int = param("Largest change of lightness, of 255.", default=0, ge=0)
    pca_noise: float = param("Deviation of draws for a colour that is added; see `mx.image.LightingAug`.", default=0.0, ge=0)
    max_random_contrast: float = param("Largest change of the factor after normalising.", default=0.0, ge=0)
    max_random_illumination: float = param("Largest number added after normalising.", default=0.0, ge=0)

    def _open(self) -> int:
        name = type(self).__name__
        if self.dtype not in ("None", self.kind, "float16", "float64") or (
            self.kind != "float32" and self.dtype not in ("None", self.kind)
        ):
            facts = {"argument": "dtype", "got": repr(self.dtype), "expected": self.kind}
            raise ParameterError(describe("pictures are not given in this type", operator=name, facts=facts))
        scales, sides = (self.min_random_scale, self.max_random_scale), (self.min_crop_size, self.max_crop_size)
        if self.random_resized_crop and (self.rand_crop or scales != (1, 1) or sides != (-1, -1)):
            hint = "leave out rand_crop, min_random_scale, max_random_scale, min_crop_size and max_crop_size"
            raise ParameterError(describe("random_resized_crop draws the window alone", operator=name, hint=hint))
        bounds = {"aspect_ratio": self._ratios(), "random_scale": scales, "random_area": (self.min_random_area, self.max_random_area)}
        for what, (least, most) in {**bounds, "crop_size": sides}.items():
            if least > most or (what != "crop_size" and least <= 0):
                facts = {f"min_{what}": least, f"max_{what}": most, "expected": "over 0, the first not larger"}
                raise ParameterError(describe("bounds leave nothing in between", operator=name, facts=facts))
        return super()._open()

    def _ratios(self) -> tuple[float, float]:
        if self.min_aspect_ratio is None:
            return 1 - self.max_aspect_ratio, 1 + self.max_aspect_ratio
        return self.min_aspect_ratio, self.max_aspect_ratio

    def _data(self, places: np.ndarray) -> Any:
        return NDArray(super()._data(places).astype(np.dtype(self.kind if self.dtype == "None" else self.dtype)))

    def _label(self, places: np.ndarray) -> Any:
        return NDArray(self._found_labels[:, 0].copy() if self.label_width == 1 else self._found_labels)

    def _changed(self, picture: np.ndarray, labels: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        if len(labels) != self.label_width:
            facts = {"labels": len(labels), "label_width": self.label_width}
            raise FormatError(describe("a picture has another number of labels", operator=type(self).__name__, facts=facts))
        picture = self._window(self._tilted(picture, draw), draw)
        picture = self._jittered(picture, draw)
        bounds = (self.random_h, self.random_l, self.random_s)
        if any(bounds) and picture.shape[2] == 3:
            picture = pictures.shifted_in_hls(picture, *(int(draw.uniform(-bound, bound)) for bound in bounds))
        if self.pca_noise and picture.shape[2] == 3:
            picture = pictures.coloured(picture, draw.normal(0, self.pca_noise, 3))
        return picture, labels

    def _finished(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        picture = self._normalised(picture, draw)  # first: the mean picture is not mirrored
        return picture[:, ::-1] if self.mirror or (self.rand_mirror and draw.random() < 0.5) else picture

    def _tilted(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        """Turn, shear and stretch."""
        ratios, scales = self._ratios(), (self.min_random_scale, self.max_random_scale)
        if self.random_resized_crop:
            ratios = (1, 1)  # they are of the window
        sizes = (self.min_img_size, self.max_img_size)
        turns = self.rotate > 0 or self.max_rotate_angle > 0 or self.max_shear_ratio > 0
        if not turns and ratios == scales == (1, 1) and sizes == (0, 1e10):
            return picture
        angle = self.rotate if self.rotate > 0 else int(draw.integers(-self.max_rotate_angle, self.max_rotate_angle + 1))
        shear = draw.uniform(-self.max_shear_ratio, self.max_shear_ratio)
        scale, ratio = draw.uniform(*scales), draw.uniform(*ratios)
        new = [max(sizes[0], min(sizes[1], float(np.float32(scale) * np.float32(side)))) for side in picture.shape[:2]]
        matrix = pictures.tilted(angle, shear, scale, ratio, picture.shape, new)
        return pictures.warped(picture, matrix, max(1, int(new[0])), max(1, int(new[1])), self.inter_method, self.fill_value)

    def _window(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        height, width = self.data_shape[1:]
        picture = pictures.bordered(picture, self.pad, self.pad, self.pad, self.pad, self.fill_value) if self.pad else picture
        rows, columns = picture.shape[:2]
        areas, ratios = (self.min_random_area, self.max_random_area), self._ratios()
        for _ in range(10 if self.random_resized_crop and not areas == ratios == (1, 1) else 0):
            area, ratio = draw.uniform(*areas) * rows * columns, draw.uniform(*ratios)
            sides = [int((area / ratio) ** 0.5 + 0.5), int((area * ratio) ** 0.5 + 0.5)]
            high, wide = sides if draw.random() < 0.5 else sides[::-1]
            if 0 < high <= rows and 0 < wide <= columns:
                top, left = draw.integers(rows - high + 1), draw.integers(columns - wide + 1)
                return self._resized(picture[top : top + high, left : left + wide], height, width, draw)
        if self.max_crop_size > 0:
            if min(rows, columns) < self.max_crop_size:
                facts = {"picture": (rows, columns), "max_crop_size": self.max_crop_size}
                raise ShapeError(describe("a picture is smaller than the window", operator=type(self).__name__, facts=facts))
            side = int(draw.integers(max(self.min_crop_size, 1), self.max_crop_size + 1))
            return self._resized(self._cut(picture, side, side, draw), height, width, draw)
        if rows < height:  # enlarged, keeping the ratio
            way = pictures.chosen(self.inter_method, draw, (rows, columns), (height, width))
            wide = int(np.float32(height) / np.float32(rows) * np.float32(columns))
            picture = pictures.resized(picture, height, wide, way, draw)
            rows, columns = picture.shape[:2]
        if columns < width:
            way = pictures.chosen(self.inter_method, draw, (rows, columns), (height, width))
            high = int(np.float32(width) / np.float32(columns) * np.float32(rows))
            picture = pictures.resized(picture, high, width, way, draw)
        return self._cut(picture, height, width, draw)

    def _cut(self, picture: np.ndarray, height: int, width: int, draw: np.random.Generator) -> np.ndarray:
        top, left = picture.shape[0] - height, picture.shape[1] - width
        top, left = (draw.integers(top + 1), draw.integers(left + 1)) if self.rand_crop else (top // 2, left // 2)
        return picture[top : top + height, left : left + width]

    def _resized(self, picture: np.ndarray, height: int, width: int, draw: np.random.Generator) -> np.ndarray:
        return pictures.resized(picture, height, width, self.inter_method, draw)

    def _jittered(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        if not (self.brightness or self.contrast or self.saturation):
            return picture
        found = picture.astype(np.float32)
        gray = pictures.GRAY if found.shape[2] == 3 else np.ones(1, np.float32)
        for share, middle in (
            (self.brightness, lambda x: 0),
            (self.contrast, lambda x: (x * gray).sum(2).mean()),
            (self.saturation, lambda x: (x * gray).sum(2, keepdims=True)),
        ):
            if share:
                factor = 1 + draw.uniform(-share, share)
                found = factor * found + (1 - factor) * middle(found)
        return np.rint(found).clip(0, 255)

    def _normalised(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        deviation = np.array([self.std_r, self.std_g, self.std_b][: picture.shape[2]], np.float32)
        contrast = 1 + draw.uniform(-self.max_random_contrast, self.max_random_contrast)
        light = draw.uniform(-self.max_random_illumination, self.max_random_illumination)
        return ((picture - self._mean) * np.float32(contrast) + np.float32(light)) * (np.float32(self.scale) / deviation)


class ImageRecordUInt8Iter(ImageRecordIter):
    """Iterate over pictures in a record file, as bytes, not normalised; see `ImageRecordIter`."""

    kind = "uint8"

    def _normalised(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        return picture


class ImageRecordInt8Iter(ImageRecordIter):
    """Iterate over pictures in a record file, as signed bytes: less the mean, cut to -128 and 127; see `ImageRecordIter`."""

    kind = "int8"

    def _normalised(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        return np.rint(picture - self._mean).clip(-128, 127)


def _labels_of(path: str) -> dict[int, list[float]]:
    found = {}
    with open(paths_of(path, "ImageRecordIter")[0], errors="replace") as file:
        for number, line in enumerate(file, 1):
            try:
                key, *labels, _ = line.rstrip("\r\n").split("\t")
                found[int(float(key))] = [float(label) for label in labels]
            except (ValueError, OverflowError):  # int(float("inf"))
                facts = {"file": path, "line": number, "got": line, "expected": "number, labels, path"}
                raise FormatError(describe("this is no list of pictures", operator="ImageRecordIter", facts=facts)) from None
    return found
