"""Changes of pictures and of the boxes in them, for training: called with both, they return both. Draws are from ``random``.

Boxes are an array of shape ``(number, 5 or more)``: class, left, top, right, bottom, and what else is known. Sides are shares of the
picture's width and height.
"""

from __future__ import annotations

import random
import warnings
from math import sqrt
from numbers import Real
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import ArgumentError, InputError, NotSupported, describe
from symbolic.nd.array import NDArray
from symbolic.training.image import augment, picture

__all__ = [
    "DetAugmenter",
    "DetBorrowAug",
    "DetHorizontalFlipAug",
    "DetRandomCropAug",
    "DetRandomPadAug",
    "DetRandomSelectAug",
]

X, Y, LEFT, TOP, RIGHT, BOTTOM = (1, 3), (2, 4), 1, 2, 3, 4  # columns of boxes
Window = tuple[int, int, int, int]  # left, top, width, height, in pixels
Range = tuple[float, float]


class DetAugmenter(augment.Spelled):
    """Change a picture and its boxes when called with them.

    Parameters
    ----------
    **kwargs
        Arguments of the subclass, for `dumps`; arrays become lists.
    """

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        """Return a changed picture, and its boxes."""
        what = f"{type(self).__name__} does not say how pictures and boxes are changed"
        raise NotSupported(describe(what, operator="DetAugmenter"))


class DetBorrowAug(DetAugmenter):
    """Change the picture only, by an augmenter that leaves boxes where they are.

    Parameters
    ----------
    augmenter : Augmenter
        Changes the picture.
    """

    def __init__(self, augmenter: augment.Augmenter):
        if not isinstance(augmenter, augment.Augmenter):
            facts = {"got": type(augmenter).__name__, "expected": "Augmenter"}
            raise ArgumentError(describe("this changes no pictures", operator="DetBorrowAug", facts=facts))
        super().__init__(augmenter=augmenter.dumps())
        self.augmenter = augmenter

    def dumps(self) -> Any:
        """Spell its name and the augmenter."""
        return [type(self).__name__.lower(), self.augmenter.dumps()]

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        return self.augmenter(src), label


class DetRandomSelectAug(DetAugmenter):
    """Change by one of several augmenters, or by none.

    Parameters
    ----------
    aug_list : list of DetAugmenter, or one
        One of these is drawn.
    skip_prob : float
        Probability that nothing is changed; 1 if there are no augmenters.
    """

    def __init__(self, aug_list: Any, skip_prob: float = 0):
        super().__init__(skip_prob=skip_prob)
        self.aug_list = list(aug_list) if isinstance(aug_list, (list, tuple)) else [aug_list]
        for one in self.aug_list:
            if not isinstance(one, DetAugmenter):
                facts = {"got": type(one).__name__, "expected": "DetAugmenter"}
                hint = "put an Augmenter into DetBorrowAug"
                raise InputError(describe("this changes no boxes", operator="DetRandomSelectAug", facts=facts, hint=hint))
        self.skip_prob = skip_prob if self.aug_list else 1

    def dumps(self) -> Any:
        """Spell its name and those of its parts."""
        return [type(self).__name__.lower(), [one.dumps() for one in self.aug_list]]

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        if random.random() < self.skip_prob:
            return src, label
        random.shuffle(self.aug_list)  # as MXNet draws
        return self.aug_list[0](src, label)


class DetHorizontalFlipAug(DetAugmenter):
    """Swap left and right, with the probability ``p``. The array of boxes is changed in place."""

    def __init__(self, p: float):
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        if random.random() < self.p:
            src = nd.flip(src, axis=1)
            right = 1.0 - label[:, LEFT]
            label[:, LEFT] = 1.0 - label[:, RIGHT]
            label[:, RIGHT] = right
        return src, label


class _Windowed(DetAugmenter):
    """Find a window, inside or around the picture, by trial.

    A trial draws the ratio of width to height, then the height between bounds that follow from the bounds of the area.
    """

    def __init__(self, aspect_ratio_range: Any, area_range: Any, max_attempts: int, least_area: float, **kwargs: Any):
        name = type(self).__name__
        self.aspect_ratio_range, self.area_range = _range(aspect_ratio_range, name), _range(area_range, name)
        self.max_attempts = max_attempts
        super().__init__(
            aspect_ratio_range=self.aspect_ratio_range, area_range=self.area_range, max_attempts=max_attempts, **kwargs
        )  # fmt: skip
        (thin, wide), (small, large) = self.aspect_ratio_range, self.area_range
        self.enabled = large > least_area and small <= large and 0 < thin <= wide
        if not self.enabled:
            facts = {
                "area_range": area_range,
                "aspect_ratio_range": aspect_ratio_range,
                "expected": f"area over {least_area}, ratio over 0",
            }
            warnings.warn(describe("no window is like this: pictures stay as they are", operator=name, facts=facts), stacklevel=4)

    def _found(self, label: Any, height: int, width: int) -> tuple[Window, Any] | None:
        """Try until a window fits; return it and the boxes in it."""
        if not self.enabled or height <= 0 or width <= 0:
            return None
        areas = tuple(share * height * width for share in self.area_range)
        for _ in range(self.max_attempts):
            ratio = random.uniform(*self.aspect_ratio_range)
            least, most = (round(sqrt(area / ratio)) for area in areas)
            found = self._tried(label, (height, width), ratio, least, most, areas)
            if found is not None:
                return found
        return None

    def _tried(self, label: Any, size: tuple[int, int], ratio: float, least: int, most: int, areas: Any) -> tuple[Window, Any] | None:
        raise NotImplementedError


class DetRandomCropAug(_Windowed):
    """Cut out a window in which boxes stay visible.

    Parameters
    ----------
    min_object_covered : float
        What the window must show, as a share of each box that it touches: more than this.
    aspect_ratio_range : (float, float), or float
        Bounds of width over height.
    area_range : (float, float), or float
        Bounds of the area, as shares of the picture's.
    min_eject_coverage : float
        Boxes of which the window shows less than this share are dropped.
    max_attempts : int
        How many windows are tried; then the picture stays as it is.

    Notes
    -----
    Source: Liu and others (2016), SSD: single shot multibox detector.
    """

    def __init__(
        self,
        min_object_covered: float = 0.1,
        aspect_ratio_range: Any = (0.75, 1.33),
        area_range: Any = (0.05, 1.0),
        min_eject_coverage: float = 0.3,
        max_attempts: int = 50,
    ):
        shares = {"min_object_covered": min_object_covered, "min_eject_coverage": min_eject_coverage}
        super().__init__(aspect_ratio_range, area_range, max_attempts, 0, **shares)
        order = ("min_object_covered", "aspect_ratio_range", "area_range", "min_eject_coverage", "max_attempts")
        self._kwargs = {key: self._kwargs[key] for key in order}  # as MXNet spells it
        self.min_object_covered, self.min_eject_coverage = min_object_covered, min_eject_coverage

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        found = self._found(label, src.shape[0], src.shape[1])
        if found is None:
            return src, label
        return picture.fixed_crop(src, *found[0], None), found[1]

    def _tried(self, label: Any, size: tuple[int, int], ratio: float, least: int, most: int, areas: Any) -> tuple[Window, Any] | None:
        height, width = size
        if round(most * ratio) > width:
            most = int((width + 0.4999999) / ratio)  # the highest that is not too wide
        h = _between(least, min(most, height))
        w = round(h * ratio)
        if w * h < areas[0]:  # rounding went too far
            h += 1
            w = round(h * ratio)
        if w * h > areas[1]:
            h -= 1
            w = round(h * ratio)
        if not (areas[0] <= w * h <= areas[1] and 0 <= w <= width and 0 <= h <= height):
            return None
        top = random.randint(0, height - h)
        left = random.randint(0, width - w)
        window = (left, top, w, h)
        if not self._shows(label, window, height, width):
            return None
        boxes = self._seen(label, window, height, width)
        return None if boxes is None else (window, boxes)

    def _shows(self, label: Any, window: Window, height: int, width: int) -> bool:
        """Whether the window shows a box, and enough of each that it touches."""
        left, top, w, h = window
        if w * h < 2:
            return False
        areas = _areas(label)
        boxes = label[areas * width * height > 2]
        areas = areas[areas * width * height > 2]
        seen = boxes.copy()
        seen[:, X] = boxes[:, X].clip(left / width, (left + w) / width)
        seen[:, Y] = boxes[:, Y].clip(top / height, (top + h) / height)
        shares = _areas(seen) / areas
        shares = shares[shares > 0]
        return shares.size > 0 and bool(shares.min() > self.min_object_covered)

    def _seen(self, label: Any, window: Window, height: int, width: int) -> Any:
        """Measure boxes from the window; drop those of which little is seen. None if no box stays."""
        w, h = window[2] / width, window[3] / height
        seen = label.copy()
        seen[:, X] -= window[0] / width
        seen[:, Y] -= window[1] / height
        seen[:, X] /= w
        seen[:, Y] /= h
        seen[:, 1:5] = seen[:, 1:5].clip(0, 1)
        before, after = _areas(label), _areas(seen) * w * h
        shares = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
        stays = (after > 0) & (shares > self.min_eject_coverage)
        return seen[stays] if stays.any() else None


class DetRandomPadAug(_Windowed):
    """Put a border around the picture, wider on some sides.

    Parameters
    ----------
    aspect_ratio_range : (float, float), or float
        Bounds of width over height, with the border.
    area_range : (float, float), or float
        Bounds of the area with the border, as shares of the picture's; the larger is over 1.
    max_attempts : int
        How many borders are tried; then the picture stays as it is. Both sides must grow by two pixels.
    pad_val : (float, float, float), or float
        Colour of the border.
    """

    def __init__(
        self,
        aspect_ratio_range: Any = (0.75, 1.33),
        area_range: Any = (1.0, 3.0),
        max_attempts: int = 50,
        pad_val: Any = (128, 128, 128),
    ):
        if not isinstance(pad_val, (tuple, list, Real)):
            facts = {"argument": "pad_val", "got": repr(pad_val), "expected": "a number, or one for each channel"}
            raise InputError(describe("this is no colour", operator="DetRandomPadAug", facts=facts))
        super().__init__(aspect_ratio_range, area_range, max_attempts, 1, pad_val=pad_val)
        self.pad_val = pad_val

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        height, width = src.shape[:2]
        found = self._found(label, height, width)
        if found is None:
            return src, label
        (left, top, w, h), boxes = found
        colour = [self.pad_val] * src.shape[2] if isinstance(self.pad_val, Real) else self.pad_val
        return picture.copyMakeBorder(src, top, h - top - height, left, w - left - width, values=colour), boxes

    def _tried(self, label: Any, size: tuple[int, int], ratio: float, least: int, most: int, areas: Any) -> tuple[Window, Any] | None:
        height, width = size
        if round(least * ratio) < width:
            least = int((width + 0.499999) / ratio)  # the lowest that is wide enough
        h = _between(max(least, height), most)
        w = round(h * ratio)
        if h - height < 2 or w - width < 2:
            return None
        top = random.randint(0, h - height)
        left = random.randint(0, w - width)
        boxes = label.copy()
        boxes[:, X] = (boxes[:, X] * width + left) / w
        boxes[:, Y] = (boxes[:, Y] * height + top) / h
        return (left, top, w, h), boxes


def _range(given: Any, operator: str) -> Range:
    """Make bounds of one number."""
    if isinstance(given, Real):
        return given, given  # type: ignore[return-value]
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        facts = {"got": repr(given), "expected": "two numbers, or one"}
        raise InputError(describe("these are no bounds", operator=operator, facts=facts))
    return given  # type: ignore[return-value]


def _between(least: int, most: int) -> int:
    return random.randint(least, most) if least < most else most


def _areas(boxes: Any) -> Any:
    return np.maximum(0, boxes[:, RIGHT] - boxes[:, LEFT]) * np.maximum(0, boxes[:, BOTTOM] - boxes[:, TOP])
