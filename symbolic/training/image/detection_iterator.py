"""Batches of pictures with boxes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from symbolic.errors import FormatError, InputError, MXNetError, NotSupported, ShapeError, describe
from symbolic.training.codec import pillow
from symbolic.training.image.augment import DEVIATION, MEAN, colour
from symbolic.training.image.detection_augment import BOTTOM, LEFT, RIGHT, TOP
from symbolic.training.image.detection_lists import CreateDetAugmenter
from symbolic.training.image.iterator import ImageIter

__all__ = ["ImageDetIter"]


class ImageDetIter(ImageIter):
    """Iterate over pictures with boxes, each read and changed when its batch is made.

    The labels of a picture are flat: how many numbers stand before the boxes, how many a box has, what else stands before the boxes,
    and the boxes: class, left, top, right, bottom (shares of width and height), and what else there is. In a batch they are of shape
    ``(batch_size, most boxes of a picture, numbers of a box)``, filled up with -1. A picture without a box is left out.

    Parameters
    ----------
    batch_size : int
        Pictures in a batch.
    data_shape : (3, int, int)
        Of a picture: channels, height, width.
    path_imgrec, path_imglist, path_root, path_imgidx, shuffle, part_index, num_parts, imglist, last_batch_handle
        See `ImageIter`.
    aug_list : list of DetAugmenter, optional
        What changes pictures and boxes; by default what `CreateDetAugmenter` makes of **kwargs.
    data_name, label_name : str
        Names of the variables that the arrays are for.

    Attributes
    ----------
    label_shape : (int, int)
        Boxes of a picture, numbers of a box.
    """

    _no_label = -1.0

    def __init__(
        self,
        batch_size: int,
        data_shape: tuple[int, int, int],
        path_imgrec: Any = None,
        path_imglist: Any = None,
        path_root: Any = None,
        path_imgidx: Any = None,
        shuffle: bool = False,
        part_index: int = 0,
        num_parts: int = 1,
        aug_list: list[Any] | None = None,
        imglist: list[Any] | None = None,
        data_name: str = "data",
        label_name: str = "label",
        last_batch_handle: str = "pad",
        **kwargs: Any,
    ):
        super().__init__(
            batch_size, data_shape, 1, path_imgrec, path_imglist, path_root, path_imgidx, shuffle, part_index, num_parts, [], imglist,
            data_name, label_name, last_batch_handle=last_batch_handle,
        )  # fmt: skip
        self.auglist = CreateDetAugmenter(data_shape, **kwargs) if aug_list is None else aug_list
        self.label_shape = self._estimate_label_shape()
        self.provide_label = [(label_name, (batch_size, *self.label_shape))]

    def _estimate_label_shape(self) -> tuple[int, int]:
        """Read all labels to find the most boxes of a picture."""
        most = width = 0
        self.reset()
        while True:
            try:
                boxes = self._parse_label(self.next_sample()[0])
            except StopIteration:
                break
            most, width = max(most, boxes.shape[0]), boxes.shape[1]
        if not most:
            raise InputError(describe("there are no pictures", operator="ImageDetIter"))
        self.reset()
        return most, width

    def _parse_label(self, label: Any) -> np.ndarray:
        """Take the boxes out of flat labels, those that have an area."""
        raw = np.asarray(label).ravel()
        before, width = (int(raw[0]), int(raw[1])) if raw.size >= 7 else (0, 0)
        if raw.size < 7 or width < 5 or not 0 <= before <= raw.size or (raw.size - before) % width:
            facts = {"got": f"{raw.size} numbers, {raw[:2].tolist()} first", "expected": "numbers before the boxes, numbers of a box, ..."}
            raise FormatError(describe("these labels are no boxes", operator="ImageDetIter", facts=facts))
        boxes = raw[before:].reshape(-1, width)
        boxes = boxes[_have_area(boxes)]
        if not len(boxes):
            raise FormatError(describe("no box of a picture has an area", operator="ImageDetIter"))
        return boxes

    def _check_valid_label(self, label: Any) -> None:
        """Refuse boxes of which none has a class and an area."""
        if label.ndim != 2 or label.shape[1] < 5:
            facts = {"got": label.shape, "expected": "(boxes, 5 numbers or more)"}
            raise FormatError(describe("these are no boxes", operator="ImageDetIter", facts=facts))
        if not (_have_area(label) & (label[:, 0] >= 0)).any():
            raise FormatError(describe("no box of a picture has a class and an area", operator="ImageDetIter"))

    def reshape(self, data_shape: tuple[int, int, int] | None = None, label_shape: tuple[int, int] | None = None) -> None:
        """Give other shapes from the next batch on.

        Parameters
        ----------
        data_shape : (3, int, int), optional
            Of pictures: what the augmenters make.
        label_shape : (int, int), optional
            Boxes of a picture, not fewer than now, and numbers of a box, as now.
        """
        if data_shape is not None:
            self.check_data_shape(data_shape)
            self.provide_data = [(self.provide_data[0][0], (self.batch_size, *data_shape))]
            self.data_shape = tuple(data_shape)
        if label_shape is not None:
            self.check_label_shape(label_shape)
            self.provide_label = [(self.provide_label[0][0], (self.batch_size, *label_shape))]
            self.label_shape = tuple(label_shape)

    def check_label_shape(self, label_shape: Any) -> None:
        """Refuse a shape that boxes cannot have."""
        if len(label_shape) != 2 or label_shape[0] < self.label_shape[0] or label_shape[1] != self.label_shape[1]:
            facts = {"argument": "label_shape", "got": label_shape, "expected": f"({self.label_shape[0]} or more, {self.label_shape[1]})"}
            raise ShapeError(describe("the boxes do not fit this shape", operator="ImageDetIter", facts=facts))

    def sync_label_shape(self, it: ImageDetIter, verbose: bool = False) -> ImageDetIter:
        """Give this and another iterator room for the same number of boxes; return the other.

        Parameters
        ----------
        it : ImageDetIter
            The other one; its boxes have as many numbers.
        verbose : bool
            Log the new shape.
        """
        if not isinstance(it, ImageDetIter) or it.label_shape[1] != self.label_shape[1]:
            got = it.label_shape if isinstance(it, ImageDetIter) else type(it).__name__
            facts = {"got": got, "expected": f"ImageDetIter, its boxes of {self.label_shape[1]} numbers"}
            raise InputError(describe("the labels cannot be made alike", operator="ImageDetIter", facts=facts))
        shape = (max(self.label_shape[0], it.label_shape[0]), self.label_shape[1])
        for one in (self, it):
            if shape != one.label_shape:
                one.reshape(None, shape)
                if verbose:
                    logging.info("Resized label_shape to (%d, %d).", *shape)
        return it

    def _samples(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Give the changed pictures of a round, and their boxes; leave out those without."""
        while True:
            try:
                label, content = self.next_sample()
            except StopIteration:
                return
            picture = self.imdecode(content)
            try:
                self.check_valid_image([picture])
                picture, boxes = self.augmentation_transform(picture, self._parse_label(label))
                self._check_valid_label(boxes)
            except RuntimeError as error:  # by these, users' own checks leave pictures out too
                if isinstance(error, MXNetError) and not isinstance(error, FormatError):
                    raise
                logging.debug("A picture is left out: %s", error)
                continue
            yield picture, boxes

    def _fill(self, data: np.ndarray, label: np.ndarray, start: int) -> int:
        place = start
        if place == self.batch_size:
            return place
        for picture, boxes in self._samples():
            if len(boxes) > label.shape[1] or boxes.shape[1] != label.shape[2]:
                facts = {"got": boxes.shape, "expected": f"at most {label.shape[1]} of {label.shape[2]}"}
                hint = "change label_shape by reshape"
                raise ShapeError(describe("a picture has other boxes", operator="ImageDetIter", facts=facts, hint=hint))
            data[place] = np.asarray(self.postprocess_data(picture))
            label[place] = -1
            label[place, : len(boxes)] = boxes
            place += 1
            if place == self.batch_size:
                break
        return place

    def augmentation_transform(self, data: Any, label: Any = None) -> Any:
        """Change a picture and its boxes by all augmenters."""
        for one in self.auglist:
            data, label = one(data, label)
        return data, label

    def draw_next(
        self,
        color: tuple[int, int, int] | None = None,
        thickness: int = 2,
        mean: Any = None,
        std: Any = None,
        clip: bool = True,
        waitKey: int | None = None,
        window_name: str = "draw_next",
        id2labels: Mapping[int, str] | None = None,
    ) -> Iterator[np.ndarray]:
        """Give the pictures of the round, their boxes drawn.

        Parameters
        ----------
        color : (int, int, int), optional
            Of the boxes, red first; by default each has its own, drawn from ``np.random``.
        thickness : int
            Of their sides, in pixels.
        mean, std : True, or numpy.ndarray, optional
            What the augmenters subtracted and divided by; it is undone.
        clip : bool
            Bring the numbers into 0 to 255.
        waitKey, window_name
            Refused and passed over: this library shows no windows.
        id2labels : mapping, optional
            Names of classes, written into the boxes.

        Yields
        ------
        numpy.ndarray
            Bytes of shape ``(height, width, 3)``, blue first, as OpenCV has them.
        """
        if waitKey is not None:
            hint = "leave waitKey out, and show the pictures that this gives"
            raise NotSupported(describe("no windows are shown here", operator="draw_next", hint=hint))
        mean, std = (colour(given, np.array(known), "draw_next") for given, known in ((mean, MEAN), (std, DEVIATION)))
        for picture, boxes in self._samples():
            found = np.asarray(picture).astype(np.float32)
            found = found * (1 if std is None else np.asarray(std)) + (0 if mean is None else np.asarray(mean))
            found = np.ascontiguousarray((found.clip(0, 255) if clip else found).astype(np.uint8)[..., ::-1])
            sides = (boxes[:, [LEFT, TOP, RIGHT, BOTTOM]] * np.array(found.shape[1::-1] * 2, np.float32)).astype(int)
            for box, (left, top, right, bottom) in zip(boxes, sides.tolist(), strict=True):
                if left < 0:
                    continue
                bgr = np.random.rand(3) * 255 if color is None else color[::-1]
                _draw(found, (left, top, right, bottom), bgr, thickness)
                if id2labels is not None and int(box[0]) in id2labels:
                    _write(found, (left + 5, top + 5), id2labels[int(box[0])])
            yield found


def _have_area(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, RIGHT] > boxes[:, LEFT]) & (boxes[:, BOTTOM] > boxes[:, TOP])


def _draw(picture: np.ndarray, box: tuple[int, int, int, int], bgr: Any, thickness: int) -> None:
    """Draw the sides of a box; those of several pixels reach as far outside as inside. A negative thickness fills it."""
    left, top, right, bottom = box
    out, inner = thickness // 2, (thickness - 1) // 2

    def filled(x: int, y: int, last_x: int, last_y: int) -> None:
        picture[max(y, 0) : max(last_y + 1, 0), max(x, 0) : max(last_x + 1, 0)] = np.rint(bgr)

    if thickness < 0:
        filled(*box)
        return
    for y in (top, bottom):
        filled(left - out, y - out, right + inner, y + inner)
    for x in (left, right):
        filled(x - out, top - out, x + inner, bottom + inner)


def _write(picture: np.ndarray, place: tuple[int, int], text: str) -> None:
    """Write white letters into a picture."""
    image = pillow().fromarray(picture)
    from PIL import ImageDraw  # type: ignore[import-not-found]  # an extra

    ImageDraw.Draw(image).text(place, text, fill=(255, 255, 255))
    picture[...] = np.asarray(image)
