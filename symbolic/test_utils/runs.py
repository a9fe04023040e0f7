"""Running a Symbol: its outputs, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import ArgumentError, InputError, describe
from symbolic.symbol.handle import Symbol
from symbolic.test_utils.checks import put
from symbolic.values.context import Context, current_context

__all__ = ["check_speed", "simple_forward"]


def simple_forward(sym: Symbol, ctx: Context | None = None, is_train: bool = False, **inputs: Any) -> Any:
    """Compute a Symbol's outputs as NumPy arrays.

    Parameters
    ----------
    sym : Symbol
        What is computed.
    ctx : Context, optional
        Where.
    is_train : bool, default False
        As in training.
    **inputs
        Arrays by name.

    Returns
    -------
    numpy.ndarray, or list of numpy.ndarray
        One output, or all of them.
    """
    executor = sym.bind(ctx or current_context(), args={name: nd.array(value) for name, value in inputs.items()})
    executor.forward(is_train=is_train)
    outputs = [output.asnumpy() for output in executor.outputs]
    return outputs[0] if len(outputs) == 1 else outputs


def check_speed(
    sym: Symbol,
    location: Mapping[str, Any] | None = None,
    ctx: Context | None = None,
    N: int = 20,
    grad_req: Any = None,
    typ: str = "whole",
    **kwargs: Any,
) -> float:
    """Measure the mean time of a run, in seconds.

    Parameters
    ----------
    sym : Symbol
        What runs.
    location : dict of numpy.ndarray, optional
        Values of arguments; by default drawn.
    ctx : Context, optional
        Where.
    N : int, default 20
        Runs that are measured, after one that is not.
    grad_req : optional
        As in ``simple_bind``; ``"write"`` by default.
    typ : {"whole", "forward"}
        Forward and backward, or forward alone.
    **kwargs
        Shapes, as for ``simple_bind``, where there is no ``location``.
    """
    if typ not in ("whole", "forward"):
        facts = {"argument": "typ", "got": repr(typ), "expected": "'whole' or 'forward'"}
        raise ArgumentError(describe("there is no such measurement", operator="check_speed", facts=facts))
    if location is not None and not isinstance(location, Mapping):
        facts = {"argument": "location", "got": type(location).__name__, "expected": "dict"}
        raise InputError(describe("arrays are given by name", operator="check_speed", facts=facts))
    shapes = kwargs if location is None else {name: value.shape for name, value in location.items()}
    executor = sym.simple_bind(grad_req=grad_req or "write", ctx=ctx or current_context(), **shapes)
    values = {name: np.random.normal(size=array.shape) for name, array in executor.arg_dict.items()} if location is None else location
    for name, value in values.items():
        put(executor.arg_dict[name], value.astype(executor.arg_dict[name].dtype))

    def run() -> None:
        executor.forward(is_train=typ == "whole")
        if typ == "whole":
            executor.backward(out_grads=executor.outputs)

    run()
    start = time.perf_counter()
    for _ in range(N):
        run()
    return (time.perf_counter() - start) / N
