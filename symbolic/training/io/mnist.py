"""Batches out of the files of MNIST."""

from __future__ import annotations

import gzip
import logging
import math
import struct
import zlib
from typing import Any

import numpy as np

from symbolic.errors import FileError, FormatError, ParameterError, describe
from symbolic.nd.array import NDArray
from symbolic.operator.fields import param
from symbolic.training.io.files import MXDataIter

__all__ = ["MNISTIter"]

IMAGES, LABELS = 2051, 2049  # first number of a file: bytes, in three axes and in one


class MNISTIter(MXDataIter):
    """Iterate over pictures in files of the kind of MNIST's (idx, gzipped or not), as numbers from 0 to 255/256.

    Samples that do not fill a batch are left out. The order of shuffling is the reference's.
    """

    drops_the_rest = True

    image: str = param("File of the pictures.", default="./train-images-idx3-ubyte")
    label: str = param("File of the labels.", default="./train-labels-idx1-ubyte")
    batch_size: int = param("Samples in a batch.", default=128, ge=1)
    shuffle: bool = param("Put the samples in another order, once.", default=True)
    flat: bool = param("Give a picture as a row of numbers, not as one channel of rows and columns.", default=False)
    seed: int = param("Which order.", default=0)
    silent: bool = param("Log nothing.", default=False)
    num_parts: int = param("Read one of so many equal parts.", default=1, ge=1)
    part_index: int = param("Which part.", default=0, ge=0)

    def _open(self) -> int:
        if self.dtype not in ("None", "float32"):
            facts = {"argument": "dtype", "got": repr(self.dtype), "expected": "float32"}
            raise ParameterError(describe("pictures are not read into this type", operator="MNISTIter", facts=facts))
        images, labels = _idx(self.image, IMAGES), _idx(self.label, LABELS)
        part = slice(*[len(images) * (self.part_index + step) // self.num_parts for step in (0, 1)])
        self._images, self._labels = images[part], labels[part]
        if len(self._images) != len(self._labels):
            facts = {"pictures": len(self._images), "labels": len(self._labels)}
            raise FormatError(describe("there are not as many labels as pictures", operator="MNISTIter", facts=facts))
        self._order = _shuffled(len(self._images), self.seed) if self.shuffle else np.arange(len(self._images))
        if not self.silent:
            logging.info("MNISTIter: %d pictures of shape %s", len(self._images), self._images.shape[1:])
        return len(self._images)

    def _data(self, places: np.ndarray) -> Any:
        found = self._images[self._order[places]].astype(np.float32) / 256
        return NDArray(found.reshape(len(places), -1) if self.flat else found[:, None])

    def _label(self, places: np.ndarray) -> Any:
        return NDArray(self._labels[self._order[places]].astype(np.float32))


def _idx(path: str, magic: int) -> np.ndarray:
    """Read an idx file: a number that tells its kind, sizes, and bytes."""
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.open(file) if packed else file as plain:
                return _content(plain, path, magic)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FormatError(describe(f"{path!r} is broken: {error}", operator="MNISTIter")) from None
    except OSError as error:
        raise FileError(describe(f"cannot read {path!r}: {error.strerror or error}", operator="MNISTIter"), error) from None


def _content(file: Any, path: str, magic: int) -> np.ndarray:
    """Read no more than the head says, so that little gzip cannot become much."""
    axes = magic & 255
    start = file.read(4 + 4 * axes)
    head = struct.unpack(f">{1 + axes}i", start) if len(start) == 4 + 4 * axes else ()
    whole = bool(head) and head[0] == magic and min(head[1:]) >= 0
    count = math.prod(head[1:]) if whole else 0
    parts, left = [], count + 1  # a byte more than there should be
    while left and (part := file.read(min(left, 1 << 20))):  # in parts: a head may claim what is not there
        parts.append(part)
        left -= len(part)
    content = b"".join(parts)
    if not whole or len(content) != count:
        facts = {"got": f"{list(head)} and {len(content)} bytes{' or more' * (not left)}", "expected": f"{magic}, sizes, and as many bytes"}
        raise FormatError(describe(f"{path!r} is broken, or no such file", operator="MNISTIter", facts=facts))
    return np.frombuffer(content, np.uint8).reshape(head[1:])


def _shuffled(number: int, seed: int) -> np.ndarray:
    """Order numbers as C++'s ``std::shuffle`` with ``mt19937(seed)`` does in the reference's build.

    Each place, from the second on, changes with one before it or stays. Which one is drawn evenly: a draw of 32 bits is divided
    by how often the number of places fits, and drawn again if it lies in what is left over.
    """
    order = list(range(number))
    draws = iter(())
    source = np.random.RandomState(seed & 0xFFFFFFFF)
    for place in range(1, number):
        scale = 0xFFFFFFFF // (place + 1)
        while True:
            draw = next(draws, None)
            if draw is None:
                draws = iter(source.randint(0, 1 << 32, size=4096, dtype=np.uint32).tolist())
            elif draw < scale * (place + 1):
                break
        other = draw // scale
        order[place], order[other] = order[other], order[place]
    return np.array(order, np.int64)
