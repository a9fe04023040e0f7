"""Batches of pictures out of record files."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import numpy as np

from symbolic import nd
from symbolic.errors import FormatError, NotSupported, ParameterError, ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.operator.fields import param
from symbolic.training import recordio
from symbolic.training.codec import decoded
from symbolic.training.io.files import MXDataIter, paths_of

__all__ = ["ImageRecordInt8Iter", "ImageRecordIter", "ImageRecordUInt8Iter"]

LEFT_OUT = {  # what changes pictures and is not there, with the values that mean nothing is changed
    "max_rotate_angle": ("0",),
    "rotate": ("-1", "0"),
    "max_shear_ratio": ("0", "0.0"),
    "max_aspect_ratio": ("0", "0.0"),
    "max_crop_size": ("-1",),
    "min_crop_size": ("-1",),
    "max_random_scale": ("1", "1.0"),
    "min_random_scale": ("1", "1.0"),
    "random_h": ("0",),
    "random_s": ("0",),
    "random_l": ("0",),
    "mean_img": ("",),
    "pca_noise": ("0", "0.0"),
}
IGNORED = (  # words about threads, memory and logging, and bounds that are seldom reached
    "aug_seq", "verbose", "device_id", "shuffle_chunk_size", "shuffle_chunk_seed", "min_aspect_ratio", "max_img_size", "min_img_size",
)  # fmt: skip
GRAY = np.array([0.299, 0.587, 0.114], np.float32)


class ImageRecordIter(MXDataIter):
    """Iterate over pictures in a record file: read, resized, cut, mirrored, and normalised as ``(x - mean) / std * scale``.

    Reading needs Pillow: ``pip install symbind[image]``. Draws are this library's own, from ``seed_aug`` and ``seed``.
    """

    kind: ClassVar[str] = "float32"

    path_imgrec: str = param("The record file, or several with ; in between.")
    data_shape: tuple[int, ...] = param("Channels (3, or 1 for gray), height and width of a picture.")
    path_imglist: str = param("A list with other labels: lines of number, labels and path, with tabs in between.", default="")
    path_imgidx: str = param("Index of the file. It is found without.", default="")
    label_width: int = param("Labels of a picture.", default=1, ge=1)
    preprocess_threads: int = param("How many read pictures at once.", default=4, ge=1)
    shuffle: bool = param("Put the pictures in another order for each round.", default=False)
    seed: int = param("Which orders.", default=0)
    seed_aug: int | None = param("Which draws for changes; `seed` if None.", default=None)
    num_parts: int = param("Read one of so many parts.", default=1, ge=1)
    part_index: int = param("Which part.", default=0, ge=0)
    resize: int = param("Length of the shorter side, before the picture is cut; -1 to leave it.", default=-1)
    inter_method: int = param("0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos; others choose linear.", default=1)
    pad: int = param("Width of a border, before the picture is cut.", default=0, ge=0)
    fill_value: int = param("Brightness of the border.", default=255)
    rand_crop: bool = param("Cut out a window anywhere, not in the middle.", default=False)
    random_resized_crop: bool = param("Cut out a window of a drawn area and resize it.", default=False)
    max_random_area: float = param("Largest area, as a share.", default=1.0)
    min_random_area: float = param("Smallest area, as a share.", default=1.0)
    mirror: bool = param("Swap left and right.", default=False)
    rand_mirror: bool = param("Swap left and right of every other picture, at random.", default=False)
    brightness: float = param("Largest change of brightness, as a share.", default=0.0, ge=0)
    contrast: float = param("Largest change of contrast, as a share.", default=0.0, ge=0)
    saturation: float = param("Largest change of saturation, as a share.", default=0.0, ge=0)
    mean_r: float = param("Subtracted from red, or gray.", default=0.0)
    mean_g: float = param("Subtracted from green.", default=0.0)
    mean_b: float = param("Subtracted from blue.", default=0.0)
    std_r: float = param("Red, or gray, is divided by this.", default=1.0)
    std_g: float = param("Green is divided by this.", default=1.0)
    std_b: float = param("Blue is divided by this.", default=1.0)
    scale: float = param("All is multiplied by this.", default=1.0)
    max_random_contrast: float = param("Largest change of the factor after normalising.", default=0.0, ge=0)
    max_random_illumination: float = param("Largest number added after normalising.", default=0.0, ge=0)

    def _read(self, words: dict[str, Any]) -> None:
        for word, neutral in LEFT_OUT.items():
            if str(words.pop(word, neutral[0])) not in neutral:
                hint = "change pictures by mx.image.ImageIter, or by augmenters of your own"
                raise NotSupported(describe(f"{word} is left out", operator=type(self).__name__, hint=hint))
        super()._read({word: value for word, value in words.items() if word not in IGNORED and word not in ("mean_a", "std_a")})

    def _open(self) -> int:
        if len(self.data_shape) != 3 or self.data_shape[0] not in (1, 3):
            facts = {"argument": "data_shape", "got": self.data_shape, "expected": "(3 or 1, height, width)"}
            raise ShapeError(describe("pictures have channels, a height and a width", operator=type(self).__name__, facts=facts))
        if self.dtype not in ("None", self.kind, "float16", "float64") or (
            self.kind != "float32" and self.dtype not in ("None", self.kind)
        ):
            facts = {"argument": "dtype", "got": repr(self.dtype), "expected": self.kind}
            raise ParameterError(describe("pictures are not given in this type", operator=type(self).__name__, facts=facts))
        records = [(path, place) for path in paths_of(self.path_imgrec, type(self).__name__) for place in recordio.places(path)]
        part = slice(*[len(records) * (self.part_index + step) // self.num_parts for step in (0, 1)])
        self._records = records[part]
        self._listed = _labels_of(self.path_imglist) if self.path_imglist else None
        self._order = np.arange(len(self._records))
        self._round = 0
        self._found_labels = np.zeros((0, self.label_width), np.float32)
        self._shuffle()
        return len(self._records)

    def _shuffle(self) -> None:
        if self.shuffle:
            np.random.RandomState([self.seed & 0xFFFFFFFF, self._round]).shuffle(self._order)
        self._round += 1

    def reset(self) -> None:
        """Go back to the beginning, or behind the pictures that filled the last batch; shuffle again."""
        super().reset()
        self._shuffle()

    def _data(self, places: np.ndarray) -> Any:
        with ThreadPoolExecutor(min(self.preprocess_threads, os.cpu_count() or 1)) as threads:
            found = list(threads.map(self._picture, places.tolist()))
        self._found_labels = np.stack([label for label, _ in found])
        dtype = np.dtype(self.kind if self.dtype == "None" else self.dtype)
        return NDArray(np.stack([picture for _, picture in found]).astype(dtype))

    def _label(self, places: np.ndarray) -> Any:
        return NDArray(self._found_labels[:, 0].copy() if self.label_width == 1 else self._found_labels)

    def _picture(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        """Read one picture, and change it by draws that depend on the seed, the round and the picture only."""
        number = int(self._order[place])
        path, at = self._records[number]
        reader = recordio.MXRecordIO(path, "r")
        reader.handle.seek(at)
        header, content = recordio.unpack(reader.read() or b"")
        reader.close()
        labels = np.atleast_1d(np.asarray(header.label if self._listed is None else self._listed[header.id], np.float32))
        if len(labels) != self.label_width:
            facts = {"record": number, "labels": len(labels), "label_width": self.label_width}
            raise FormatError(describe("a picture has another number of labels", operator=type(self).__name__, facts=facts))
        picture = decoded(io.BytesIO(content), 1 if self.data_shape[0] == 3 else 0)
        seed = self.seed if self.seed_aug is None else self.seed_aug
        draw = np.random.default_rng([seed & 0xFFFFFFFF, self._round, number])
        picture = self._window(picture[..., None] if picture.ndim == 2 else picture, draw)
        if self.mirror or (self.rand_mirror and draw.random() < 0.5):
            picture = picture[:, ::-1]
        return labels, self._normalised(self._jittered(picture, draw), draw).transpose(2, 0, 1)

    def _window(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        height, width = self.data_shape[1:]
        if self.resize > 0:
            rows, columns = picture.shape[:2]
            new = (self.resize * rows // columns, self.resize) if rows > columns else (self.resize, self.resize * columns // rows)
            picture = self._resized(picture, *new)
        if self.pad:
            sides = (self.pad, self.pad)
            picture = np.pad(picture, (sides, sides, (0, 0)), constant_values=self.fill_value)
        rows, columns = picture.shape[:2]
        if self.random_resized_crop:
            area = draw.uniform(self.min_random_area, self.max_random_area) * rows * columns
            part_height, part_width = (
                min(most, max(1, round((area * side) ** 0.5))) for most, side in ((rows, height / width), (columns, width / height))
            )
            top, left = draw.integers(rows - part_height + 1), draw.integers(columns - part_width + 1)
            return self._resized(picture[top : top + part_height, left : left + part_width], height, width)
        if rows < height:  # enlarged, keeping the ratio
            picture = self._resized(picture, height, int(np.float32(height) / np.float32(rows) * np.float32(columns)))
            rows, columns = picture.shape[:2]
        if columns < width:
            picture = self._resized(picture, int(np.float32(width) / np.float32(columns) * np.float32(rows)), width)
            rows, columns = picture.shape[:2]
        top, left = rows - height, columns - width
        top, left = (draw.integers(top + 1), draw.integers(left + 1)) if self.rand_crop else (top // 2, left // 2)
        return picture[top : top + height, left : left + width]

    def _resized(self, picture: np.ndarray, height: int, width: int) -> np.ndarray:
        way = self.inter_method if 0 <= self.inter_method <= 4 else 1
        whole = nd.array(np.ascontiguousarray(picture), dtype=np.uint8)
        return np.asarray(nd.image.resize(whole, size=(width, height), interp=way))

    def _jittered(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        if not (self.brightness or self.contrast or self.saturation):
            return picture
        found = picture.astype(np.float32)
        gray = GRAY if found.shape[2] == 3 else np.ones(1, np.float32)
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
        channels = picture.shape[2]
        mean = np.array([self.mean_r, self.mean_g, self.mean_b][:channels], np.float32)
        deviation = np.array([self.std_r, self.std_g, self.std_b][:channels], np.float32)
        contrast = 1 + draw.uniform(-self.max_random_contrast, self.max_random_contrast)
        light = draw.uniform(-self.max_random_illumination, self.max_random_illumination)
        return ((picture - mean) * np.float32(contrast) + np.float32(light)) * (np.float32(self.scale) / deviation)


class ImageRecordUInt8Iter(ImageRecordIter):
    """Iterate over pictures in a record file, as bytes, not normalised; see `ImageRecordIter`."""

    kind = "uint8"

    def _normalised(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        return picture


class ImageRecordInt8Iter(ImageRecordIter):
    """Iterate over pictures in a record file, as signed bytes: less the mean, cut to -128 and 127; see `ImageRecordIter`."""

    kind = "int8"

    def _normalised(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        mean = np.array([self.mean_r, self.mean_g, self.mean_b][: picture.shape[2]], np.float32)
        return np.rint(picture - mean).clip(-128, 127)


def _labels_of(path: str) -> dict[int, list[float]]:
    found = {}
    with open(paths_of(path, "ImageRecordIter")[0]) as file:
        for number, line in enumerate(file, 1):
            key, *labels, _ = line.rstrip("\r\n").split("\t")
            try:
                found[int(float(key))] = [float(label) for label in labels]
            except ValueError:
                facts = {"file": path, "line": number, "got": line, "expected": "number, labels, path"}
                raise FormatError(describe("this is no list of pictures", operator="ImageRecordIter", facts=facts)) from None
    return found
