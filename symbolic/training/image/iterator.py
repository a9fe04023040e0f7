"""Batches of pictures, out of a record file or of files on a list."""

from __future__ import annotations

import os
import random
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import FileError, FormatError, InputError, ParameterError, ShapeError, describe
from symbolic.training import recordio
from symbolic.training.image.augment import CreateAugmenter
from symbolic.training.image.picture import imdecode
from symbolic.training.io.description import DataBatch
from symbolic.training.io.iterator import DataIter

__all__ = ["ImageIter"]

TYPES = ("int32", "float32", "int64", "float64")


class ImageIter(DataIter):
    """Iterate over pictures, each read and changed when its batch is made.

    Parameters
    ----------
    batch_size : int
        Pictures in a batch.
    data_shape : (3, int, int)
        Of a picture: channels, height, width.
    label_width : int
        Labels of a picture.
    path_imgrec, path_imgidx : path, optional
        A file of records, and its index.
    path_imglist : path, optional
        A list of files: lines of number, labels, and path, with tabs in between.
    imglist : list, optional
        The same: lists of labels and path.
    path_root : path, optional
        Folder that paths begin in.
    shuffle : bool
        Give the pictures in another order each time, drawn from ``random``; a file of records then needs its index.
    part_index, num_parts : int
        Take one of so many equal parts.
    aug_list : list, optional
        What changes pictures; by default what `CreateAugmenter` makes of **kwargs.
    data_name, label_name : str
        Names of the variables that the arrays are for.
    dtype : str
        Type of the labels on lists.
    last_batch_handle : {"pad", "discard", "roll_over"}
        What becomes of pictures that do not fill a batch; see `NDArrayIter`.
    """

    _no_label = 0.0

    def __init__(
        self,
        batch_size: int,
        data_shape: tuple[int, int, int],
        label_width: int = 1,
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
        label_name: str = "softmax_label",
        dtype: str = "float32",
        last_batch_handle: str = "pad",
        **kwargs: Any,
    ):
        super().__init__(batch_size)
        if not (path_imgrec or path_imglist or isinstance(imglist, list)):
            raise InputError(describe("where are the pictures? Give path_imgrec, path_imglist or imglist", operator="ImageIter"))
        if dtype not in TYPES:
            facts = {"argument": "dtype", "got": repr(dtype), "expected": ", ".join(TYPES)}
            raise InputError(describe("labels are not of this type", operator="ImageIter", facts=facts))
        self.check_data_shape(data_shape)
        self.path_root = path_root
        self.data_shape, self.label_width, self.shuffle = tuple(data_shape), label_width, shuffle
        self.last_batch_handle = last_batch_handle
        self.provide_data = [(data_name, (batch_size, *data_shape))]
        self.provide_label = [(label_name, (batch_size, label_width) if label_width > 1 else (batch_size,))]
        self.imglist: dict[Any, Any] | None = None
        if path_imglist:
            self.imglist = _read_list(path_imglist, dtype)
        elif isinstance(imglist, list):
            self.imglist = {str(place): (_labels(entry, dtype), entry[-1]) for place, entry in enumerate(imglist, 1)}
        self.imgrec: Any = None
        self.seq: list[Any] | None = None
        if not path_imgrec:
            self.seq = list(self.imglist or ())
        elif path_imgidx:
            self.imgrec = recordio.MXIndexedRecordIO(path_imgidx, path_imgrec, "r")
            self.seq = list(self.imgrec.keys)
        else:
            self.imgrec = recordio.MXRecordIO(path_imgrec, "r")
            if shuffle or num_parts > 1:
                raise InputError(describe("records are found in another order by an index: give path_imgidx", operator="ImageIter"))
        if num_parts > 1 and self.seq is not None:
            if not 0 <= part_index < num_parts:
                facts = {"argument": "part_index", "got": part_index, "expected": f"0 to {num_parts - 1}"}
                raise InputError(describe("there is no such part", operator="ImageIter", facts=facts))
            number = len(self.seq) // num_parts
            self.seq = self.seq[part_index * number : (part_index + 1) * number]
        self.num_image = None if self.seq is None else len(self.seq)
        self.auglist = CreateAugmenter(data_shape, **kwargs) if aug_list is None else aug_list
        self.cur = 0
        self._ended = False
        self._kept: tuple[Any, Any, int] | None = None
        self.reset()

    def reset(self) -> None:
        """Go back to the beginning, or to what rolls over."""
        if self.seq is not None and self.shuffle:
            random.shuffle(self.seq)
        if self.last_batch_handle != "roll_over" or self._kept is None:
            self._rewind()

    def hard_reset(self) -> None:
        """Go back to the beginning; what was to roll over is dropped."""
        if self.seq is not None and self.shuffle:
            random.shuffle(self.seq)
        self._rewind()
        self._kept = None

    def _rewind(self) -> None:
        self.cur = 0
        self._ended = False
        if self.imgrec is not None:
            self.imgrec.reset()

    def next_sample(self) -> tuple[Any, bytes]:
        """Return the label and the file of the next picture; at the end go back and raise StopIteration."""
        if self._ended:
            raise StopIteration
        if self.seq is None:
            content = self.imgrec.read()
            if content is None:
                if self.last_batch_handle != "discard":
                    self.imgrec.reset()
                raise StopIteration
            header, picture = recordio.unpack(content)
            return header.label, picture
        if self.cur >= len(self.seq):
            if self.last_batch_handle != "discard":
                self.cur = 0
            raise StopIteration
        key = self.seq[self.cur]
        self.cur += 1
        if self.imgrec is None:
            label, name = (self.imglist or {})[key]
            return label, self.read_image(name)
        header, picture = recordio.unpack(self.imgrec.read_idx(key))
        return header.label if self.imglist is None else self.imglist[key][0], picture

    def _fill(self, data: np.ndarray, label: np.ndarray, start: int) -> int:
        """Put pictures into a batch; return how many there are then."""
        place = start
        while place < self.batch_size:
            try:
                found, content = self.next_sample()
            except StopIteration:
                break
            picture = self.imdecode(content)
            self.check_valid_image([picture])
            data[place] = np.asarray(self.postprocess_data(self.augmentation_transform(picture)))
            label[place] = np.asarray(found).reshape(label[place].shape)
            place += 1
        return place

    def next(self) -> DataBatch:
        """Return the next batch; see `DataIter.next`."""
        if self._kept is None:
            data = np.zeros((self.batch_size, *self.data_shape), np.float32)
            label = np.full(self.provide_label[0][1], self._no_label, np.float32)
            number = self._fill(data, label, 0)
            if not number:
                raise StopIteration
        else:
            data, label, number = self._kept
        pad = self.batch_size - number
        if pad:
            if self.last_batch_handle == "discard":
                raise StopIteration
            if self.last_batch_handle == "roll_over" and self._kept is None:
                self._kept = (data, label, number)
                raise StopIteration
            self._fill(data, label, number)
            self._ended = self.last_batch_handle == "pad"
            self._kept = None
        return DataBatch([nd.array(data)], [nd.array(label)], pad=pad)

    def check_data_shape(self, data_shape: Any) -> None:
        """Refuse a shape that pictures cannot have."""
        if len(data_shape) != 3 or data_shape[0] != 3:
            facts = {"argument": "data_shape", "got": data_shape, "expected": "(3, height, width)"}
            raise ShapeError(describe("pictures have three channels, a height and a width", operator="ImageIter", facts=facts))

    def check_valid_image(self, data: Any) -> None:
        """Refuse what has no axes."""
        if len(data[0].shape) == 0:
            raise FormatError(describe("this is no picture", operator="ImageIter"))

    def imdecode(self, s: Any) -> Any:
        """Read a picture from the bytes of a file."""
        try:
            return imdecode(s)
        except (FormatError, ParameterError) as error:
            key = self.seq[self.cur - 1] if self.seq else None
            facts = {"picture": "the next record" if key is None else self.imglist[key][1] if self.imglist else f"record {key}"}
            raise FormatError(describe(f"a picture is broken: {error}", operator="ImageIter", facts=facts)) from None

    def read_image(self, fname: str) -> bytes:
        """Read a file on the list."""
        path = os.path.join(self.path_root or "", fname)
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            raise FileError(f"cannot read the picture {path!r}: {error.strerror or error}", error) from None

    def augmentation_transform(self, data: Any) -> Any:
        """Change a picture by all augmenters."""
        for one in self.auglist:
            data = one(data)
        return data

    def postprocess_data(self, datum: Any) -> Any:
        """Put the channels first."""
        return nd.transpose(datum, axes=(2, 0, 1))


def _read_list(path: Any, dtype: str) -> dict[int, Any]:
    found = {}
    try:
        with open(path, errors="replace") as file:
            for number, line in enumerate(file, 1):
                try:
                    key, *labels, name = line.rstrip("\r\n").split("\t")
                    found[int(key)] = (nd.array([float(label) for label in labels], dtype=dtype), name)
                except ValueError:
                    facts = {"file": path, "line": number, "got": line, "expected": "number, labels, path"}
                    raise FormatError(describe("this is no list of pictures", operator="ImageIter", facts=facts)) from None
    except OSError as error:
        raise FileError(f"cannot read the list of pictures {path!r}: {error.strerror or error}", error) from None
    return found


def _labels(entry: Any, dtype: str) -> Any:
    """Take the labels of an entry: all but the last of several, a number, or a list."""
    labels = entry[:-1] if len(entry) > 2 else [entry[0]] if isinstance(entry[0], (int, float, np.generic)) else entry[0]
    return nd.array(labels, dtype=dtype)
