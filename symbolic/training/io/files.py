"""Batches out of files: parameters as words, rounds over the samples, and batches one after the other."""

from __future__ import annotations

import glob
import inspect
import os
import typing
import warnings
from typing import Any, ClassVar

import numpy as np

from symbolic.errors import ArgumentError, FileError, InputError, ParameterError, closest, describe
from symbolic.operator.fields import REQUIRED, Param, param
from symbolic.operator.text import Unreadable, reader
from symbolic.training.io.description import DataBatch, DataDesc
from symbolic.training.io.iterator import DataIter

__all__ = ["MXDataIter", "paths_of"]


class MXDataIter(DataIter):
    """Iterate over batches out of files. Its subclasses, as `CSVIter`, are what one uses.

    A subclass declares its parameters as operators do, opens its files in ``_open``, which returns how many samples there are, and
    returns some of them from ``_data`` and ``_label``. Values may be text, as on a command line.

    Parameters
    ----------
    data_name, label_name : str
        Names of the variables that the arrays are for.
    **words
        What the subclass declares. Others are passed over with a warning: MXNet takes them in silence.
    """

    passed_over: ClassVar[tuple[str, ...]] = ("input_shape", "data_shape")  # words that scripts give to iterators without them
    drops_the_rest = False  # whether samples that do not fill a batch are left out

    batch_size: int = param("Samples in a batch.", ge=1)
    round_batch: bool = param("Fill the last batch from the beginning; the next round then begins behind those.", default=True)
    prefetch_buffer: int = param("Accepted as in MXNet; batches are made when they are asked for.", default=4, ge=0)
    ctx: str = param("Accepted as in MXNet; batches lie in the memory of the host.", default="gpu")
    dtype: str = param("Type of the elements; the file's own if None.", default="None")

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        fields = _fields(cls)
        names = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=_shown_default(f)) for name, f in fields.items()]
        cls.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined]
        described = [
            f"    {name}{'' if f.default is REQUIRED else f' : {f.default!r} by default'}\n        {f.doc}" for name, f in fields.items()
        ]
        cls.__doc__ = "\n".join([inspect.getdoc(cls) or "", "", "Parameters", "----------", *map(inspect.cleandoc, described)])

    def __init__(self, *args: Any, data_name: str = "data", label_name: str = "softmax_label", **words: Any):
        if args:
            facts = {"got": f"{len(args)} by position", "expected": "keywords"}
            raise ArgumentError(describe("arguments are given by name", operator=type(self).__name__, facts=facts))
        super().__init__()
        self._read(words)
        self._number = self._open()
        if self.drops_the_rest:
            self._number -= self._number % self.batch_size
        self._at = self._overflow = 0
        self._places = np.zeros(self.batch_size, np.int64)
        self._pad = 0
        self._data_array: Any = None
        self._label_array: Any = None
        self._waits = self._skips = False
        if not self._advance():
            facts = {"batch_size": self.batch_size}
            raise InputError(describe("there are not enough samples for a batch", operator=type(self).__name__, facts=facts))
        self._waits = True  # the first batch was read to know the shapes
        self.provide_data = [DataDesc(data_name, self._data_array.shape, self._data_array.dtype)]
        self.provide_label = [DataDesc(label_name, self._label_array.shape, self._label_array.dtype)]

    def _read(self, words: dict[str, Any]) -> None:
        """Read what the user gave into attributes of the same names."""
        name, fields = type(self).__name__, _fields(type(self))
        for word, field in fields.items():
            if word not in words and field.default is REQUIRED:
                raise ParameterError(describe(f"{word} is missing", operator=name, facts={word: field.doc}))
            value = words.get(word, field.default)
            try:
                read = value if word not in words else reader(field)(value)
            except Unreadable as error:
                facts = {"argument": word, "got": repr(value), "expected": error}
                raise ParameterError(describe(f"{word} cannot be this", operator=name, facts=facts)) from None
            setattr(self, word, read)
        for word in sorted(words.keys() - fields.keys() - set(self.passed_over)):
            warnings.warn(f"{name} has no parameter {word!r}{closest(word, fields)}", UserWarning, stacklevel=4)

    def _open(self) -> int:
        raise NotImplementedError

    def _data(self, places: np.ndarray) -> Any:
        raise NotImplementedError

    def _label(self, places: np.ndarray) -> Any:
        raise NotImplementedError

    def _advance(self) -> bool:
        """Read the next batch."""
        left = self._number - self._at
        if left <= 0 or self._overflow:
            return False
        fresh = min(left, self.batch_size)
        self._pad = self.batch_size - fresh
        places = self._places.copy()  # without round_batch, those of the batch before fill this one
        places[:fresh] = np.arange(self._at, self._at + fresh)
        if self._pad and self.round_batch:
            if self._pad > self._number:
                facts = {"samples": self._number, "batch_size": self.batch_size}
                raise InputError(describe("the samples, even twice, do not fill a batch", operator=type(self).__name__, facts=facts))
            places[fresh:] = np.arange(self._pad)
            self._overflow = self._pad
        self._at += fresh
        self._places = places
        self._data_array, self._label_array = self._data(places), self._label(places)
        return True

    def reset(self) -> None:
        """Go back to the beginning, or behind the samples that filled the last batch."""
        self._waits = False
        self._at, self._overflow = self._overflow, 0

    def debug_skip_load(self) -> None:
        """Give the same batch again and again from now on, to measure what else takes time."""
        self._skips = True

    def next(self) -> DataBatch:
        """Return the next batch; see `DataIter.next`."""
        if not self.iter_next():
            raise StopIteration
        return DataBatch([self._data_array], [self._label_array], self._pad, self.getindex())

    def iter_next(self) -> bool:
        """Move to the next batch; return whether there is one."""
        if self._waits or (self._skips and self._data_array is not None):
            self._waits = False
            return True
        return self._advance()

    def getdata(self) -> Any:
        """Return the data of the batch, one NDArray."""
        return self._data_array

    def getlabel(self) -> Any:
        """Return the labels of the batch, one NDArray."""
        return self._label_array

    def getindex(self) -> Any:
        """Return the numbers of the batch's samples."""
        return self._places.astype(np.uint64)

    def getpad(self) -> int:
        """Return how many samples at the end only fill the batch."""
        return self._pad


def _fields(cls: type) -> dict[str, Param]:
    """Collect the parameters that a class and its bases declare, the own ones first."""
    found: dict[str, Param] = {}
    for one in cls.__mro__:
        hints = typing.get_type_hints(one) if any(isinstance(value, Param) for value in vars(one).values()) else {}
        for name, value in vars(one).items():
            if isinstance(value, Param) and name not in found:
                value.type = hints[name]
                found[name] = value
    return found


def _shown_default(field: Param) -> Any:
    return inspect.Parameter.empty if field.default is REQUIRED else field.default


def paths_of(uri: str, operator: str) -> list[str]:
    """List the files that a path names: itself, all of a folder, or several with ``;`` in between."""
    found: list[str] = []
    for part in filter(None, uri.removeprefix("file://").split(";")):
        inside = sorted(path for path in glob.glob(os.path.join(glob.escape(part), "*")) if os.path.isfile(path))
        found.extend(inside if os.path.isdir(part) else [part])
    for path in found:
        if not os.path.isfile(path):
            raise FileError(describe(f"there is no file {path!r}", operator=operator))
    if not any(os.path.getsize(path) for path in found):
        raise FileError(describe(f"there is nothing in {uri!r}", operator=operator))
    return found
