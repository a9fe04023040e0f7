"""Another number of batches in an epoch."""

from __future__ import annotations

from typing import Any

from symbolic.training.io.iterator import DataIter

__all__ = ["ResizeIter"]


class ResizeIter(DataIter):
    """Give ``size`` batches of another iterator, which begins again in between if it has less.

    Parameters
    ----------
    data_iter : DataIter
        The other iterator.
    size : int
        Batches in an epoch.
    reset_internal : bool
        Whether the other one, too, begins again at `reset`.
    """

    def __init__(self, data_iter: Any, size: int, reset_internal: bool = True):
        super().__init__(data_iter.batch_size)
        self.data_iter = data_iter
        self.size = size
        self.reset_internal = reset_internal
        self.cur = 0
        self.current_batch: Any = None
        self.provide_data = data_iter.provide_data
        self.provide_label = data_iter.provide_label
        if hasattr(data_iter, "default_bucket_key"):
            self.default_bucket_key = data_iter.default_bucket_key

    def reset(self) -> None:
        """Count from zero again."""
        self.cur = 0
        if self.reset_internal:
            self.data_iter.reset()

    def iter_next(self) -> bool:
        """Move to the next batch; return whether there is one."""
        if self.cur == self.size:
            return False
        try:
            self.current_batch = self.data_iter.next()
        except StopIteration:
            self.data_iter.reset()
            self.current_batch = self.data_iter.next()
        self.cur += 1
        return True

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
