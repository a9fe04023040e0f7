"""What a batch is: its arrays, and their names, shapes, types and layouts."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from symbolic.errors import InputError, UnknownName, describe

__all__ = ["DataBatch", "DataDesc"]


class DataDesc(namedtuple("DataDesc", ["name", "shape"])):
    """Name and shape of an array of a batch, and beside that pair its type and layout.

    Parameters
    ----------
    name : str
        Of the variable that the array is for.
    shape : tuple of int
        With the batch's size.
    dtype : optional
        Type of the elements, float32 by default.
    layout : str or None
        What the axes are, a letter each; N is the batch.
    """

    dtype: Any
    layout: str | None

    def __new__(cls, name: str, shape: Any, dtype: Any = np.float32, layout: str | None = "NCHW") -> DataDesc:
        made = super().__new__(cls, name, shape)
        made.dtype = dtype
        made.layout = layout
        return made

    def __repr__(self) -> str:
        return f"DataDesc[{self.name},{self.shape},{self.dtype},{self.layout}]"

    @staticmethod
    def get_batch_axis(layout: str | None) -> int:
        """Find the axis along which a batch is split over devices: 0 without a layout, -1 if it has no N."""
        return 0 if layout is None else layout.find("N")

    @staticmethod
    def get_list(shapes: Iterable[tuple[str, Any]], types: Iterable[tuple[str, Any]] | None) -> list[DataDesc]:
        """Join pairs of name and shape with pairs of name and type, if there are any."""
        if types is None:
            return [DataDesc(name, shape) for name, shape in (pair[:2] for pair in shapes)]
        type_of = dict(types)
        shapes = list(shapes)
        for name, *_ in shapes:
            if name not in type_of:
                raise UnknownName(describe(f"{name!r} has a shape and no type", operator="DataDesc", facts={"types": ", ".join(type_of)}))
        return [DataDesc(name, shape, type_of[name]) for name, shape in (pair[:2] for pair in shapes)]


class DataBatch:
    """A batch: arrays of data, and of labels.

    Parameters
    ----------
    data : list of NDArray
        One for each input.
    label : list of NDArray, optional
        One for each label.
    pad : int, optional
        How many samples at the end only fill the batch; prediction leaves them out.
    index : numpy.ndarray, optional
        Numbers of the samples.
    bucket_key : optional
        For `BucketingModule`: which of its networks the batch is for.
    provide_data, provide_label : list of DataDesc, optional
        Descriptions of the arrays, for a batch that is unlike the others.
    """

    def __init__(
        self,
        data: Sequence[Any] | None,
        label: Sequence[Any] | None = None,
        pad: int | None = None,
        index: Any = None,
        bucket_key: Any = None,
        provide_data: Sequence[Any] | None = None,
        provide_label: Sequence[Any] | None = None,
    ):
        for argument, arrays in (("data", data), ("label", label)):
            if arrays is not None and not isinstance(arrays, (list, tuple)):
                facts = {"argument": argument, "got": type(arrays).__name__, "expected": "list of NDArray"}
                raise InputError(describe("a batch has lists of arrays", operator="DataBatch", facts=facts))
        self.data: Any = data
        self.label: Any = label
        self.pad, self.index, self.bucket_key = pad, index, bucket_key
        self.provide_data, self.provide_label = provide_data, provide_label

    def __str__(self) -> str:
        labels = [array.shape for array in self.label] if self.label else None
        return f"{type(self).__name__}: data shapes: {[array.shape for array in self.data]} label shapes: {labels}"
