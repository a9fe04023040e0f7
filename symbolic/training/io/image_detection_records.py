"""Batches of pictures with boxes out of record files."""

from __future__ import annotations

import os
import struct
from typing import Any, Literal

import numpy as np

from symbolic.errors import FormatError, ParameterError, describe
from symbolic.nd.array import NDArray
from symbolic.operator.fields import param
from symbolic.training import recordio
from symbolic.training.io import pictures
from symbolic.training.io.image_records import PictureRecords

__all__ = ["ImageDetRecordIter"]

Floats = tuple[float, ...]
X, Y, LEFT, TOP, RIGHT, BOTTOM = (1, 3), (2, 4), 1, 2, 3, 4  # columns of boxes
SAMPLERS = (  # parameters of which each kind of window has its own
    "min_crop_scales", "max_crop_scales", "min_crop_aspect_ratios", "max_crop_aspect_ratios", "min_crop_overlaps", "max_crop_overlaps",
    "min_crop_sample_coverages", "max_crop_sample_coverages", "min_crop_object_coverages", "max_crop_object_coverages", "max_crop_trials",
)  # fmt: skip


class ImageDetRecordIter(PictureRecords):
    """Iterate over pictures with boxes in a record file: recoloured, mirrored, bordered, cut, resized, and normalised.

    Labels in the file are as `mx.image.ImageDetIter` reads them. In a batch there stand four numbers before those of a picture: its
    channels, height and width, and how many numbers follow; then `label_pad_value` fills up.

    Reading needs Pillow: ``pip install symbind[image]``. Draws are this library's own, from ``seed_aug`` and ``seed``.
    """

    label_width: int = param("Labels of a picture; -1 if each has its own number.", default=-1)
    label_pad_width: int = param("Room for labels in a batch; 0 or less for those of the picture with the most.", default=0)
    label_pad_value: float = param("What fills up labels.", default=-1.0)
    std_r: float = param("Red, or gray, is divided by this; 0 for 1.", default=0.0)
    std_g: float = param("Green is divided by this.", default=0.0)
    std_b: float = param("Blue is divided by this.", default=0.0)
    fill_value: int = param("Brightness of the border.", default=127)
    resize_mode: Literal["fit", "force", "shrink"] = param(
        "Stretch to the shape; or keep the ratio, and leave what is right of it and below 0: enlarged too (fit), or not.", default="force"
    )
    rand_mirror_prob: float = param("Probability that left and right are swapped.", default=0.0)
    rand_pad_prob: float = param("Probability of a border.", default=0.0)
    max_pad_scale: float = param("Largest factor by which a border enlarges both sides.", default=1.0)
    rand_crop_prob: float = param("Probability that a window is cut out.", default=0.0)
    num_crop_sampler: int = param("Kinds of windows; one that fits is cut out.", default=1, ge=0)
    min_crop_scales: Floats = param("Smallest sides, as shares, of each kind.", default=(0.0,))
    max_crop_scales: Floats = param("Largest sides.", default=(1.0,))
    min_crop_aspect_ratios: Floats = param("Smallest width over height.", default=(1.0,))
    max_crop_aspect_ratios: Floats = param("Largest width over height.", default=(1.0,))
    min_crop_overlaps: Floats = param("Smallest intersection over union of window and some box.", default=(0.0,))
    max_crop_overlaps: Floats = param("Largest intersection over union.", default=(1.0,))
    min_crop_sample_coverages: Floats = param("Smallest share of the window that some box takes.", default=(0.0,))
    max_crop_sample_coverages: Floats = param("Largest share of the window.", default=(1.0,))
    min_crop_object_coverages: Floats = param("Smallest share of some box that is in the window.", default=(0.0,))
    max_crop_object_coverages: Floats = param("Largest share of the box.", default=(1.0,))
    max_crop_trials: tuple[int, ...] = param("How often each kind is tried.", default=(25,))
    crop_emit_mode: Literal["center", "overlap"] = param(
        "Boxes that stay: with the middle in the window, or enough of them.", default="center"
    )
    emit_overlap_thresh: float = param("What is enough of a box, as a share.", default=0.3)
    max_random_hue: int = param("Largest change of hue, of 180 for the circle.", default=0, ge=0)
    random_hue_prob: float = param("Probability that hue changes.", default=0.0)
    max_random_saturation: int = param("Largest change of saturation, of 255.", default=0, ge=0)
    random_saturation_prob: float = param("Probability that saturation changes.", default=0.0)
    max_random_illumination: int = param("Largest change of lightness, of 255.", default=0, ge=0)
    random_illumination_prob: float = param("Probability that lightness changes.", default=0.0)
    max_random_contrast: float = param("Largest change of the factor of all colours.", default=0.0, ge=0)
    random_contrast_prob: float = param("Probability that the factor changes.", default=0.0)

    def _open(self) -> int:
        name = type(self).__name__
        if self.dtype not in ("None", "float32"):
            facts = {"argument": "dtype", "got": repr(self.dtype), "expected": "float32"}
            raise ParameterError(describe("pictures are not given in this type", operator=name, facts=facts))
        self._kinds: list[dict[str, Any]] = [{} for _ in range(self.num_crop_sampler)]
        for word in SAMPLERS:
            values = getattr(self, word)
            if len(values) not in (1, self.num_crop_sampler):
                facts = {"argument": word, "got": values, "expected": f"1 number, or {self.num_crop_sampler}"}
                raise ParameterError(describe("each kind of window needs its number", operator=name, facts=facts))
            for kind, value in zip(self._kinds, values if len(values) > 1 else values * self.num_crop_sampler, strict=True):
                kind[word] = value
        for kind in self._kinds:
            scales, ratios = ((kind[f"min_{what}"], kind[f"max_{what}"]) for what in ("crop_scales", "crop_aspect_ratios"))
            if not (0 <= scales[0] < scales[1] <= 1 and 0 < ratios[0] <= ratios[1]):
                facts = {
                    "crop_scales": scales,
                    "crop_aspect_ratios": ratios,
                    "expected": "scales in 0 to 1, ratios over 0, the first smaller",
                }
                raise ParameterError(describe("there are no such windows", operator=name, facts=facts))
        return super()._open()

    def _prepare(self) -> None:
        """Find how much room labels need."""
        counts = [self._count(*record) if self._listed is None else 0 for record in self._records]
        most = max([*counts, *map(len, (self._listed or {}).values())], default=0)
        if 0 < self.label_pad_width < most:
            facts = {"label_pad_width": self.label_pad_width, "labels": most}
            raise ParameterError(describe("a picture has more labels", operator=type(self).__name__, facts=facts))
        self._room = max(most, self.label_pad_width)

    def _count(self, path: str, place: int) -> int:
        """Read how many labels a record has: the first number after the mark and the length."""
        with open(path, "rb") as file:
            file.seek(place + 8)
            head = file.read(4)
        count = struct.unpack("<I", head)[0] or 1 if len(head) == 4 else 0
        if 4 * count > os.path.getsize(path):
            facts = {"file": path, "place": f"byte {place + 8}", "got": f"{count} labels", "expected": "no more than there is room for"}
            raise FormatError(describe("a record has more labels than the file has bytes", operator=type(self).__name__, facts=facts))
        return count

    def getindex(self) -> Any:
        """Return the numbers that the records of the batch have."""
        return np.array([self._header(int(number)).id for number in self._order[self._places]], np.uint64)

    def _header(self, number: int) -> Any:
        path, place = self._records[number]
        with open(path, "rb") as file:
            file.seek(place + 8)
            return recordio.IRHeader(*struct.unpack("<IfQQ", file.read(24)))

    def _data(self, places: np.ndarray) -> Any:
        return NDArray(super()._data(places).astype(np.float32))

    def _label(self, places: np.ndarray) -> Any:
        return NDArray(self._found_labels)

    def _changed(self, picture: np.ndarray, labels: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        before, boxes = self._parsed(labels)
        picture = self._recoloured(picture, draw)
        if draw.random() < self.rand_mirror_prob:
            picture = picture[:, ::-1]
            boxes[:, X] = 1 - boxes[:, X[::-1]]
        if draw.random() < self.rand_pad_prob and self.max_pad_scale > 1:
            picture, boxes = self._bordered(picture, boxes, draw)
        if draw.random() < self.rand_crop_prob:
            picture, boxes = self._cut(picture, boxes, draw)
        picture = self._fitted(picture, draw)
        whole = np.zeros([*self.data_shape[1:], picture.shape[2]], np.uint8)
        whole[: picture.shape[0], : picture.shape[1]] = picture
        found = np.concatenate([before, boxes.ravel()])
        padded = np.full(self._room + 4, self.label_pad_value, np.float32)
        padded[:4] = picture.shape[2], *picture.shape[:2], len(found)
        padded[4 : 4 + len(found)] = found
        return whole, padded

    def _parsed(self, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Take labels apart: what stands before the boxes, and the boxes."""
        before, width = (int(labels[0]), int(labels[1])) if len(labels) >= 7 else (0, 0)
        fits = self.label_width in (-1, len(labels)) and width >= 5 and 2 <= before < len(labels)
        if not fits or (len(labels) - before) % width:
            expected = "numbers before the boxes, numbers of a box, ..."
            facts = {"got": f"{len(labels)} numbers", "label_width": self.label_width, "expected": expected}
            raise FormatError(describe("labels are no boxes, or of another number", operator=type(self).__name__, facts=facts))
        return labels[:before], labels[before:].reshape(-1, width).copy()

    def _recoloured(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        def shift(bound: int, chance: float) -> int:
            return int(draw.uniform(-bound, bound)) if draw.random() < chance else 0

        hue = shift(self.max_random_hue, self.random_hue_prob)
        light = shift(self.max_random_illumination, self.random_illumination_prob)
        saturation = shift(self.max_random_saturation, self.random_saturation_prob)
        if (hue or light or saturation) and picture.shape[2] == 3:
            picture = pictures.shifted_in_hls(picture, hue, light, saturation)
        if draw.random() < self.random_contrast_prob:
            factor = 1 + draw.uniform(-self.max_random_contrast, self.max_random_contrast)
            picture = np.rint(picture * np.float32(factor)).clip(0, 255).astype(np.uint8)
        return picture

    def _bordered(self, picture: np.ndarray, boxes: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        scale = draw.uniform(1, self.max_pad_scale)
        rows, columns = picture.shape[:2]
        left, top = draw.uniform(0, scale - 1, 2)
        above, below = int(top * rows), int((scale - 1 - top) * rows)
        before, behind = int(left * columns), int((scale - 1 - left) * columns)
        return pictures.bordered(picture, above, below, before, behind, self.fill_value), _seen(boxes, (-left, -top, scale, scale))

    def _cut(self, picture: np.ndarray, boxes: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Try windows, one kind after the other; the first that fits is cut out."""
        rows, columns = picture.shape[:2]
        for place in draw.permutation(len(self._kinds)):
            kind = self._kinds[place]
            for _ in range(kind["max_crop_trials"]):
                window = _window(kind, columns / rows, draw)
                if not _fits(window, boxes, kind):
                    continue
                stays = _have_middle_in(boxes, window) if self.crop_emit_mode == "center" else self._enough(boxes, window)
                if stays.any() or not len(boxes):
                    left, top, wide, high = window
                    top, left, high, wide = int(top * rows), int(left * columns), int(high * rows), int(wide * columns)
                    if high < 1 or wide < 1:
                        continue
                    return picture[top : top + high, left : left + wide], _seen(boxes[stays], window)
        return picture, boxes

    def _enough(self, boxes: np.ndarray, window: Any) -> np.ndarray:
        return _shared(boxes, window) > self.emit_overlap_thresh * np.maximum(_areas(boxes), 1e-12)

    def _fitted(self, picture: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        height, width = self.data_shape[1:]
        rows, columns = picture.shape[:2]
        if self.resize_mode != "force":
            ratio = min(height / rows, width / columns, 1 if self.resize_mode == "shrink" else np.inf)
            height, width = max(1, int(rows * ratio + 1e-4)), max(1, int(columns * ratio + 1e-4))
        return pictures.resized(picture, height, width, self.inter_method, draw)


def _window(kind: dict[str, Any], ratio: float, draw: np.random.Generator) -> tuple[float, float, float, float]:
    """Draw a window: left, top, width and height, as shares of a picture of a ratio."""
    scale = draw.uniform(kind["min_crop_scales"], kind["max_crop_scales"]) + 1e-6
    least = max(kind["min_crop_aspect_ratios"] / ratio, scale * scale)
    most = min(kind["max_crop_aspect_ratios"] / ratio, 1 / (scale * scale))
    stretch = np.sqrt(draw.uniform(min(least, most), max(least, most)))
    width, height = min(1.0, scale * stretch), min(1.0, scale / stretch)
    return draw.uniform(0, 1 - width), draw.uniform(0, 1 - height), width, height


def _fits(window: Any, boxes: np.ndarray, kind: dict[str, Any]) -> bool:
    """Whether some box lies in the window as a kind demands. Bounds that all keep are not looked at."""
    shared, area, areas = _shared(boxes, window), window[2] * window[3], np.maximum(_areas(boxes), 1e-12)
    fits, asked = np.ones(len(boxes), bool), False
    for word, share in (
        ("crop_overlaps", shared / (area + areas - shared)), ("crop_sample_coverages", shared / area), ("crop_object_coverages", shared / areas)
    ):  # fmt: skip
        least, most = kind[f"min_{word}"], kind[f"max_{word}"]
        if least > 0 or most < 1:
            fits &= (share >= least) & (share <= most)
            asked = True
    return bool(fits.any()) or not asked


def _areas(boxes: np.ndarray) -> np.ndarray:
    return np.maximum(0, boxes[:, RIGHT] - boxes[:, LEFT]) * np.maximum(0, boxes[:, BOTTOM] - boxes[:, TOP])


def _shared(boxes: np.ndarray, window: Any) -> np.ndarray:
    """Measure what boxes have in common with a window."""
    left, top, width, height = window
    wide = np.minimum(boxes[:, RIGHT], left + width) - np.maximum(boxes[:, LEFT], left)
    high = np.minimum(boxes[:, BOTTOM], top + height) - np.maximum(boxes[:, TOP], top)
    return np.maximum(0, wide) * np.maximum(0, high)


def _have_middle_in(boxes: np.ndarray, window: Any) -> np.ndarray:
    left, top, width, height = window
    x, y = boxes[:, X].mean(1), boxes[:, Y].mean(1)
    return (x >= left) & (x < left + width) & (y >= top) & (y < top + height)


def _seen(boxes: np.ndarray, window: Any) -> np.ndarray:
    """Measure boxes from a window; cut off what lies outside."""
    left, top, width, height = window
    found = boxes.copy()
    found[:, X] = ((boxes[:, X] - left) / width).clip(0, 1)
    found[:, Y] = ((boxes[:, Y] - top) / height).clip(0, 1)
    return found
