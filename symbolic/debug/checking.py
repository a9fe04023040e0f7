"""``mx.debug.check_nans``: training that stops where the first NaN or infinity is made."""

from __future__ import annotations

from typing import Any, Self

from symbolic import events
from symbolic.debug.culprit import Culprit, nans
from symbolic.debug.ranges import is_finite
from symbolic.errors import MXNetError

__all__ = ["NonFinite", "check_nans"]


class NonFinite(MXNetError, FloatingPointError):
    """A run made a NaN or an infinity; `culprit` tells where.

    Attributes
    ----------
    culprit : Culprit or None
        What `nans` found.
    """

    def __init__(self, message: str, culprit: Culprit | None = None):
        super().__init__(message)
        self.culprit = culprit


class check_nans:
    """Have every run of every executor checked, from now on; as a context, until its end.

    After a forward run its outputs are looked at, after a backward run the gradients: one pass over them. If they are not
    all finite, the first node that made a NaN or an infinity is looked for (see `nans`), and saved.

    Parameters
    ----------
    save : bool or path
        Where the capsule goes; see `nans`.

    Raises
    ------
    NonFinite
        From ``forward`` or ``backward``, within.

    Examples
    --------
    >>> import symbolic as mx
    >>> with mx.debug.check_nans():
    ...     outputs = mx.sym.exp(mx.sym.Variable("x")).eval(x=mx.nd.ones((2,)))
    """

    def __init__(self, save: Any = True):
        self.save = save
        events.after_run.append(self._look)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Check no longer."""
        if self._look in events.after_run:
            events.after_run.remove(self._look)

    def _look(self, exe: Any, backward: bool) -> None:
        found = exe.grad_arrays if backward else exe.outputs
        if all(array is None or is_finite(array._data) for array in found):
            return
        culprit = nans(exe, backward=backward, save=self.save)
        what = "gradients" if backward else "outputs"
        message = str(culprit) if culprit is not None else f"{exe._symbol.name}: {what} are not finite, but all that they are made of is"
        raise NonFinite(message, culprit)
