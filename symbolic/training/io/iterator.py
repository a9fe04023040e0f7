"""The base of all iterators over batches."""

from __future__ import annotations

from typing import Any, Self

from symbolic.training.io.description import DataBatch

__all__ = ["DataIter"]


class DataIter:
    """Iterate over batches, again and again.

    A subclass has `provide_data` and `provide_label`, lists of `DataDesc`, and `reset`; and either `next`, or `iter_next`
    with `getdata`, `getlabel`, `getpad` and maybe `getindex`.

    Parameters
    ----------
    batch_size : int
        Samples in a batch.
    """

    provide_data: Any
    provide_label: Any

    def __init__(self, batch_size: int = 0):
        self.batch_size = batch_size

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> DataBatch:
        return self.next()

    def reset(self) -> None:
        """Go back to the beginning."""

    def next(self) -> DataBatch:
        """Return the next batch.

        Raises
        ------
        StopIteration
            If there is none.
        """
        if not self.iter_next():
            raise StopIteration
        return DataBatch(data=self.getdata(), label=self.getlabel(), pad=self.getpad(), index=self.getindex())

    def iter_next(self) -> Any:
        """Move to the next batch; return whether there is one."""

    def getdata(self) -> Any:
        """Return the data of the batch, a list of NDArray."""

    def getlabel(self) -> Any:
        """Return the labels of the batch, a list of NDArray."""

    def getindex(self) -> Any:
        """Return the numbers of the batch's samples, if they are known."""

    def getpad(self) -> Any:
        """Return how many samples at the end only fill the batch."""
