"""Batches made ahead of time, on other threads."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from symbolic.errors import InputError, describe
from symbolic.training.io.description import DataBatch, DataDesc
from symbolic.training.io.iterator import DataIter

__all__ = ["PrefetchingIter"]


class PrefetchingIter(DataIter):
    """Have other iterators make their next batch while this one is used; several are joined to one batch.

    Parameters
    ----------
    iters : DataIter, or list of DataIter
        The other iterators, which end together. They run on threads of their own and must not be used otherwise.
    rename_data, rename_label : list of dict, optional
        For each iterator, the names that its data and labels get: ``{"data": "left"}``.
    """

    def __init__(self, iters: Any, rename_data: list[Mapping[str, str]] | None = None, rename_label: list[Mapping[str, str]] | None = None):
        super().__init__()
        self.iters = iters if isinstance(iters, list) else [iters]
        self.n_iter = len(self.iters)
        if not self.iters:
            facts = {"argument": "iters", "got": "[]", "expected": "one DataIter or more"}
            raise InputError(describe("there is nothing to fetch from", operator="PrefetchingIter", facts=facts))
        self.rename_data, self.rename_label = rename_data, rename_label
        self.batch_size = self.provide_data[0][1][0]
        self.current_batch: Any = None
        self._threads = ThreadPoolExecutor(self.n_iter, "PrefetchingIter")
        self._fetch()

    @property
    def provide_data(self) -> list[Any]:  # type: ignore[override]
        """Descriptions of the data of all iterators, renamed."""
        return _renamed([one.provide_data for one in self.iters], self.rename_data)

    @property
    def provide_label(self) -> list[Any]:  # type: ignore[override]
        """Descriptions of the labels of all iterators, renamed."""
        return _renamed([one.provide_label for one in self.iters], self.rename_label)

    def _fetch(self) -> None:
        self._coming: list[Future[Any]] = [self._threads.submit(_next_of, one) for one in self.iters]

    def reset(self) -> None:
        """Go back to the beginning of all iterators."""
        wait(self._coming)
        for one in self.iters:
            one.reset()
        self._fetch()

    def iter_next(self) -> bool:
        """Move to the next batch; return whether there is one."""
        batches = [batch.result() for batch in self._coming]
        pads = {None if batch is None else batch.pad for batch in batches}
        ended = [batch is None for batch in batches]
        if all(ended):
            return False
        if any(ended) or len(pads) > 1:
            facts = {"got": ", ".join("the end" if batch is None else f"a batch with pad {batch.pad}" for batch in batches)}
            raise InputError(describe("the iterators do not have as many samples", operator="PrefetchingIter", facts=facts))
        self.current_batch = DataBatch(
            [array for batch in batches for array in batch.data],
            [array for batch in batches for array in batch.label or ()],
            batches[0].pad,
            batches[0].index,
            provide_data=self.provide_data,
            provide_label=self.provide_label,
        )
        self._fetch()
        return True

    def next(self) -> DataBatch:
        """Return the next batch; see `DataIter.next`."""
        if not self.iter_next():
            raise StopIteration
        return self.current_batch

    def getdata(self) -> Any:
        """Return the data of the batch."""
        return self.current_batch.data

    def getlabel(self) -> Any:
        """Return the labels of the batch."""
        return self.current_batch.label

    def getindex(self) -> Any:
        """Return the numbers of the batch's samples, if they are known."""
        return self.current_batch.index

    def getpad(self) -> Any:
        """Return how many samples at the end only fill the batch."""
        return self.current_batch.pad


def _next_of(iterator: Any) -> Any:
    try:
        return iterator.next()
    except StopIteration:  # which a future could not hand on
        return None


def _renamed(described: list[Any], names: list[Mapping[str, str]] | None) -> list[Any]:
    if names is None:
        return [one for each in described for one in each]
    return [
        DataDesc(new[one.name], one.shape, one.dtype) if isinstance(one, DataDesc) else DataDesc(*one)
        for new, each in zip(names, described, strict=False)
        for one in each
    ]
