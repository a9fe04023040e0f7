"""``mx.debug.replay``: what a capsule holds, run again."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic import random
from symbolic.debug.capsule import read
from symbolic.debug.culprit import nans
from symbolic.nd.array import NDArray
from symbolic.values.context import cpu

__all__ = ["replay"]


def replay(path: Any, executor: str | None = None) -> Any:
    """Run what a capsule holds, and look for a NaN or an infinity again.

    Parameters
    ----------
    path : str, os.PathLike, bytes-like or binary file object
        What `nans` saved.
    executor : str, optional
        Which executor runs it.

    Returns
    -------
    Culprit or None
        As from `nans`; ``None`` if all is finite this time: with another executor, or a kernel that is mended.

    Raises
    ------
    FormatError
        If the file is no capsule.
    """
    told, held = read(path)
    symbol = told["symbol"]
    arrays = {name.removeprefix("arg:"): NDArray(array) for name, array in held.items() if name.startswith("arg:")}
    states = set(symbol.list_auxiliary_states())
    arguments = {name: array for name, array in arrays.items() if name not in states}
    backward = told["phase"] == "backward"
    gradients = {name: NDArray(np.zeros_like(array._data)) for name, array in arguments.items() if array._data.dtype.kind == "f"}
    exe = symbol.bind(
        cpu(),
        args=arguments,
        args_grad=gradients if backward else None,
        aux_states={name: arrays[name] for name in states},
        executor=executor,
    )
    with random.made_streams(told["streams"]):
        exe.forward(is_train=told["is_train"])
    if backward:
        heads = [held.get(f"head:{place}") for place in range(len(exe.outputs))]
        exe.backward(
            [NDArray(np.zeros_like(output._data) if head is None else head) for head, output in zip(heads, exe.outputs, strict=True)]
        )
    found = nans(exe, backward=backward, save=None)
    if found is not None:
        found.line = told["line"]
    return found
