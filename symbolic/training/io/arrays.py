"""Batches out of arrays in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import ArgumentError, InputError, NotSupported, ShapeError, describe
from symbolic.nd.array import NDArray, wrap
from symbolic.nd.convert import array as dense_array
from symbolic.operator.match import shown
from symbolic.training.io.description import DataBatch, DataDesc
from symbolic.training.io.iterator import DataIter

__all__ = ["NDArrayIter"]

HANDLES = ("pad", "discard", "roll_over")


class NDArrayIter(DataIter):
    """Iterate over arrays in memory, which lie side by side along their batch axes.

    Parameters
    ----------
    data : array, list of arrays, or dict of arrays by name
        NDArray, numpy.ndarray, CSRNDArray, a SciPy matrix or an ``h5py.Dataset``; the last is read batch by batch.
        Several without names are called ``_0_data``, ``_1_data``; batches have them in the order of their names.
    label : the same, optional
        Labels.
    batch_size : int
        Samples in a batch.
    shuffle : bool
        Put the samples in a new order, drawn from ``np.random``, at the beginning and at each `reset`.
    last_batch_handle : {"pad", "discard", "roll_over"}
        What becomes of samples that do not fill a batch: filled up from the beginning (the batch's ``pad`` tells how
        many), left out, or kept as the first ones after `reset`.
    data_name, label_name : str
        Names of arrays that come without.
    layout : str
        What the axes of all arrays are; N is the batch.

    Attributes
    ----------
    cursor : int
        Where the batch begins.
    idx : numpy.ndarray
        The order of the last shuffling.

    Raises
    ------
    NotSupported
        If a CSRNDArray comes without ``last_batch_handle="discard"``.

    Examples
    --------
    >>> batches = NDArrayIter(np.arange(10).reshape(5, 2), batch_size=2)
    >>> [batch.pad for batch in batches]
    [0, 0, 1]
    """

    def __init__(
        self,
        data: Any,
        label: Any = None,
        batch_size: int = 1,
        shuffle: bool = False,
        last_batch_handle: str = "pad",
        data_name: str = "data",
        label_name: str = "softmax_label",
        layout: str = "NCHW",
    ):
        if isinstance(batch_size, bool) or not hasattr(batch_size, "__index__") or batch_size < 1:
            facts = {"argument": "batch_size", "got": shown(batch_size), "expected": "an integer, 1 or more"}
            raise ArgumentError(describe("a batch has one sample or more", operator="NDArrayIter", facts=facts))
        super().__init__(batch_size)
        self.data = _init_data(data, False, data_name)
        self.label = _init_data(label, True, label_name)
        self.shuffle = shuffle
        self.last_batch_handle = last_batch_handle
        self.layout = layout
        self._axis = layout.find("N")
        if last_batch_handle != "discard" and any(_is_sparse(source) for _, source in self.data + self.label):
            facts = {"argument": "last_batch_handle", "got": repr(last_batch_handle), "expected": "'discard'"}
            raise NotSupported(describe("batches of a CSRNDArray are not filled up", operator="NDArrayIter", facts=facts))
        self.num_data = self.data[0][1].shape[self._axis]
        for name, source in self.data + self.label:
            if source.shape[self._axis] != self.num_data:
                is_label = any(source is other for _, other in self.label)
                facts = {
                    "argument": f"{'label' if is_label else 'data'}, {name!r}",
                    "got": f"{source.shape[self._axis]} samples: shape {source.shape}",
                    "expected": f"{self.num_data} samples, as in {self.data[0][0]!r} of shape {self.data[0][1].shape}",
                    "batch axis": self._axis,
                }
                raise ShapeError(describe("there are less samples in one array than in another", operator="NDArrayIter", facts=facts))
        self.idx = np.arange(self.num_data)
        self._order = self.idx.copy()  # all orders upon each other, for what is not moved itself
        self.cursor = -batch_size
        self.reset()
        self.num_source = len(self.data) + len(self.label)
        self._kept: dict[str, list[Any]] = {}  # samples rolled over, of data and label

    @property
    def data_list(self) -> list[Any]:
        """All arrays, data first."""
        return [source for _, source in self.data + self.label]

    @property
    def provide_data(self) -> list[DataDesc]:  # type: ignore[override]
        """Descriptions of the data."""
        return self._described(self.data)

    @property
    def provide_label(self) -> list[DataDesc]:  # type: ignore[override]
        """Descriptions of the labels."""
        return self._described(self.label)

    def _described(self, sources: list[tuple[str, Any]]) -> list[DataDesc]:
        axis, size = self._axis, (self.batch_size,)
        return [
            DataDesc(name, (*x.shape[:axis], *size, *x.shape[axis + 1 :]) if axis >= 0 else x.shape, x.dtype, self.layout)
            for name, x in sources
        ]

    def hard_reset(self) -> None:
        """Go back to the beginning; what was to roll over is dropped."""
        self._kept = {}
        self._shuffle()
        self.cursor = -self.batch_size

    def reset(self) -> None:
        """Go back to the beginning, or to what rolls over."""
        self._shuffle()
        is_last = self.num_data - self.batch_size < self.cursor < self.num_data
        self.cursor = (
            self.cursor - self.num_data - self.batch_size if self.last_batch_handle == "roll_over" and is_last else -self.batch_size
        )

    def _shuffle(self) -> None:
        """Order the samples anew. The order is one of the last order: draws agree with the reference's."""
        if self.shuffle:
            np.random.shuffle(self.idx)
            self._order = self._order[self.idx]
            self.data, self.label = ([(name, self._ordered(x)) for name, x in sources] for sources in (self.data, self.label))

    def _ordered(self, source: Any) -> Any:
        if not isinstance(source, NDArray):
            return source  # h5py: ordered when it is read
        found = wrap(np.take(np.asarray(source), self.idx, axis=self._axis), source.context)
        return found.tostype(source.stype) if _is_sparse(source) else found

    def iter_next(self) -> bool:
        """Move to the next batch; return whether there is one."""
        self.cursor += self.batch_size
        return self.cursor < self.num_data

    def next(self) -> DataBatch:
        """Return the next batch; see `DataIter.next`."""
        if not self.iter_next():
            raise StopIteration
        data, label = self.getdata(), self.getlabel()
        if data[0].shape[self._axis] != self.batch_size:
            self._kept = {"data": data, "label": label}
            raise StopIteration
        return DataBatch(data=data, label=label, pad=self.getpad(), index=None)

    def getdata(self) -> list[Any]:
        """Return the data at the cursor."""
        return self._batch("data", self.data)

    def getlabel(self) -> list[Any]:
        """Return the labels at the cursor."""
        return self._batch("label", self.label)

    def getpad(self) -> int:
        """Return how many samples fill up the batch; after a roll over, how many are from the last epoch."""
        if self.last_batch_handle == "pad":
            return max(0, self.cursor + self.batch_size - self.num_data)
        return -self.cursor if self.last_batch_handle == "roll_over" and -self.batch_size < self.cursor < 0 else 0

    def _batch(self, kind: str, sources: list[tuple[str, Any]]) -> list[Any]:
        if not -self.batch_size < self.cursor < self.num_data:
            facts = {"cursor": self.cursor, "samples": self.num_data}
            raise InputError(describe("there is no batch here", operator="NDArrayIter", facts=facts, hint="call reset, then next"))
        end = self.cursor + self.batch_size
        if self.cursor < 0:
            kept = self._kept.pop(kind, None)
            if kept is None:
                facts = {"cursor": self.cursor}
                raise InputError(describe("the samples that roll over were taken before", operator="NDArrayIter", facts=facts))
            return [nd.concat(first, self._part(x, 0, end), dim=self._axis) for first, (_, x) in zip(kept, sources, strict=True)]
        if end > self.num_data and self.last_batch_handle == "pad":
            return [self._filled(source) for _, source in sources]
        return [self._part(source, self.cursor, min(end, self.num_data)) for _, source in sources]

    def _part(self, source: Any, start: int, end: int) -> Any:
        """Copy samples: what is done to a batch is not done to the data."""
        if not isinstance(source, NDArray):
            return self._read(source, self._order[start:end])
        if _is_sparse(source):
            found = source[start:end]
            return found if _is_sparse(found) else found.tostype(source.stype)
        if type(source) is not NDArray:
            return nd.slice_axis(source, axis=self._axis, begin=start, end=end)
        view = source.as_numpy_view()  # the operator would read its parameters anew for each batch
        part = view[start:end] if self._axis == 0 else np.moveaxis(np.moveaxis(view, self._axis, 0)[start:end], 0, self._axis)
        return wrap(part.copy(order="C"), source.context)

    def _filled(self, source: Any) -> Any:
        """Take samples from the cursor on, and from the beginning as often as it needs."""
        places = np.arange(self.cursor, self.cursor + self.batch_size) % self.num_data
        if not isinstance(source, NDArray):
            return self._read(source, self._order[places])
        return wrap(np.take(np.asarray(source), places, axis=self._axis), source.context)

    @staticmethod
    def _read(source: Any, places: np.ndarray) -> NDArray:
        """Read samples of an h5py.Dataset, which takes places in rising order, each once."""
        rising, back = np.unique(places, return_inverse=True)
        return dense_array(np.asarray(source[rising])[back])


def _is_sparse(source: Any) -> bool:
    return getattr(source, "stype", "default") == "csr"


def _is_dataset(source: Any) -> bool:
    """Whether this is an ``h5py.Dataset``; h5py itself is not imported for the question."""
    return type(source).__module__.partition(".")[0] == "h5py" and hasattr(source, "shape")


def _init_data(data: Any, allow_empty: bool, default_name: str) -> list[tuple[str, Any]]:
    """Give names to arrays, make NDArrays of them, and sort them by name."""
    if data is None:
        data = []
    if isinstance(data, (np.ndarray, NDArray)) or _is_dataset(data):
        data = [data]
    if isinstance(data, list):
        if not data and not allow_empty:
            raise InputError(describe("there is no data", operator="NDArrayIter", facts={"argument": default_name, "got": "nothing"}))
        data = {default_name: data[0]} if len(data) == 1 else {f"_{place}_{default_name}": x for place, x in enumerate(data)}
    if not isinstance(data, Mapping):
        facts = {"argument": default_name, "got": shown(data), "expected": "an array, a list of arrays, or a dict of them by name"}
        raise ArgumentError(describe("batches are made of arrays", operator="NDArrayIter", facts=facts))
    return sorted((name, _as_source(name, source)) for name, source in data.items())


def _as_source(name: str, source: Any) -> Any:
    if isinstance(source, NDArray) or _is_dataset(source):
        return source
    try:
        return nd.sparse.csr_matrix(source.tocsr()) if hasattr(source, "tocsr") else dense_array(source)
    except (ArgumentError, ShapeError) as error:
        facts = {"argument": name, "got": shown(source), "expected": "NDArray, numpy.ndarray, SciPy matrix or h5py.Dataset"}
        raise ArgumentError(describe(f"no batches can be made of this: {error}", operator="NDArrayIter", facts=facts)) from None
