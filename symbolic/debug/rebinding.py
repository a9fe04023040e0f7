"""``mx.debug.why_rebound``: why new plans were made."""

from __future__ import annotations

from typing import Self

from symbolic import events

__all__ = ["why_rebound"]


class why_rebound:
    """Collect, within a block, the reason for each new plan: which input has another shape, or which mode is new.

    The same reasons go to the log ``symbolic.rebind``, at level INFO, whether or not they are collected.

    Attributes
    ----------
    reasons : list of str
        In order. ``print`` shows them all.

    Examples
    --------
    >>> import symbolic as mx
    >>> exe = mx.sym.exp(mx.sym.Variable("x"), name="e").simple_bind(mx.cpu(), x=(2, 3))
    >>> with mx.debug.why_rebound() as why:
    ...     other = exe.reshape(x=(1, 3))
    >>> print(why)
    e: Executor.reshape makes a new plan: x (2, 3) -> (1, 3)
    """

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def __enter__(self) -> Self:
        events.rebinds.append(self.reasons.append)
        return self

    def __exit__(self, *error: object) -> None:
        events.rebinds.remove(self.reasons.append)

    def __len__(self) -> int:
        return len(self.reasons)

    def __str__(self) -> str:
        return "\n".join(self.reasons) or "no new plan was made"
