"""Whether a Symbol gives the same in several types and on several contexts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import InputError, describe
from symbolic.symbol.handle import Symbol
from symbolic.test_utils.checks import put
from symbolic.test_utils.compare import assert_almost_equal
from symbolic.test_utils.tolerance import get_tols

__all__ = ["check_consistency"]


def _smaller(one: Any, other: Any) -> Any:
    """Return the type of fewer bytes."""
    return one if np.dtype(one).itemsize < np.dtype(other).itemsize else other


def check_consistency(
    sym: Symbol | Sequence[Symbol],
    ctx_list: Sequence[Mapping[str, Any]],
    scale: float = 1.0,
    grad_req: Any = "write",
    arg_params: Mapping[str, Any] | None = None,
    aux_params: Mapping[str, Any] | None = None,
    rtol: Any = None,
    atol: Any = None,
    raise_on_err: bool = True,
    ground_truth: Mapping[str, Any] | None = None,
    equal_nan: bool = False,
    use_uniform: bool = False,
    rand_type: Any = np.float64,
) -> Mapping[str, Any]:
    """Raise AssertionError if outputs or gradients differ between ways to bind a Symbol.

    Parameters
    ----------
    sym : Symbol or list of Symbol
        One for all, or one for each way; arguments and outputs have the same names.
    ctx_list : list of dict
        Keywords of ``simple_bind``: ``{"ctx": mx.cpu(), "data": (2, 3), "type_dict": {"data": np.float64}}``.
    scale : float, default 1
        Standard deviation of the arguments that are drawn.
    grad_req : str, list or dict, default "write"
        As in ``simple_bind``; ``"null"`` leaves gradients out.
    arg_params, aux_params : dict of array, optional
        Values of arguments, the rest is drawn; of auxiliary states, the rest is 0.
    rtol, atol, equal_nan
        As in `assert_almost_equal`; by default those of the coarser type.
    raise_on_err : bool, default True
        Raise; otherwise log a warning.
    ground_truth : dict of array, optional
        Outputs and gradients by name; by default those of the way with the widest type.
    use_uniform : bool, default False
        Draw evenly from -0.92 to 0.92 times ``scale``, not from the normal distribution.
    rand_type : default numpy.float64
        Type in which arguments are drawn: a narrow one, that all ways start alike.

    Returns
    -------
    dict of NDArray
        What all were compared with.
    """
    if len(ctx_list) < 2 or (not isinstance(sym, Symbol) and len(sym) != len(ctx_list)):
        facts = {"argument": "ctx_list", "got": len(ctx_list), "expected": "two or more, one for each Symbol if there are several"}
        raise InputError(describe("there is nothing to compare", operator="check_consistency", facts=facts))
    symbols = [sym] * len(ctx_list) if isinstance(sym, Symbol) else list(sym)
    outputs, arguments = symbols[0].list_outputs(), symbols[0].list_arguments()
    for other in symbols[1:]:
        if (other.list_outputs(), other.list_arguments()) != (outputs, arguments):
            facts = {"got": (other.list_arguments(), other.list_outputs()), "expected": (arguments, outputs)}
            raise InputError(describe("the Symbols differ in names", operator="check_consistency", facts=facts))
    executors = [one.simple_bind(grad_req=grad_req, **words) for one, words in zip(symbols, ctx_list, strict=True)]
    values = dict(arg_params or {})
    for name, array in sorted(executors[0].arg_dict.items()):
        if name not in values:
            reach = 0.92 * scale
            drawn = np.random.uniform(-reach, reach, array.shape) if use_uniform else np.random.normal(size=array.shape, scale=scale)
            values[name] = np.asarray(drawn).astype(rand_type)
    for executor in executors:
        for name, array in executor.arg_dict.items():
            put(array, values[name])
        for name, array in executor.aux_dict.items():
            put(array, (aux_params or {}).get(name, 0))
        for array in executor.grad_arrays if grad_req == "add" else ():
            put(array, 0)
    types = [np.dtype(executor.outputs[0].dtype) for executor in executors]
    best = 0
    for place, dtype in enumerate(types):
        best = place if dtype > types[best] else best
    judge = _Judge(types, best, (rtol, atol), equal_nan, raise_on_err)

    for executor in executors:
        executor.forward(is_train=False)
    judge.compare(executors, outputs, [], _truth(executors[best], grad_req, ground_truth))
    if grad_req != "null":
        for executor in executors:
            executor.forward(is_train=True)
        heads = []
        for place, output in enumerate(executors[0].outputs):
            narrow = output.dtype
            for executor in executors:
                narrow = _smaller(executor.outputs[place].dtype, narrow)
            heads.append(output.astype(narrow).asnumpy())
        for executor in executors:
            pairs = zip(heads, executor.outputs, strict=True)
            executor.backward([nd.array(head, ctx=executor._ctx, dtype=output.dtype).tostype(output.stype) for head, output in pairs])
        judge.compare(executors, outputs, arguments, _truth(executors[best], grad_req, ground_truth))
    return _truth(executors[best], grad_req, ground_truth)


def _truth(executor: Any, grad_req: Any, given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Take what all are compared with: what the user gave, or what an executor computed."""
    if given is not None:
        return given
    return {**executor.output_dict, **(executor.grad_dict if grad_req != "null" else {})}


class _Judge:
    """Compares each executor with the truth, with the tolerance of the coarser type."""

    def __init__(self, types: list[np.dtype], best: int, tolerances: tuple[Any, Any], equal_nan: bool, raises: bool):
        self._types, self._best, self._tolerances, self._equal_nan, self._raises = types, best, tolerances, equal_nan, raises

    def compare(self, executors: list[Any], outputs: list[str], arguments: list[str], truth: Mapping[str, Any]) -> None:
        for place, executor in enumerate(executors):
            if place == self._best:
                continue
            arrays = [*executor.outputs, *(executor.grad_arrays if arguments else [])]
            for name, array in zip([*outputs, *arguments], arrays, strict=True):
                if truth[name] is not None and array is not None:
                    self._compare_one(place, name, array, truth[name])

    def _compare_one(self, place: int, name: str, array: Any, wanted: Any) -> None:
        """Compare, where a wider array made from narrower values is only as exact as those."""
        ends = [_smaller(array.dtype, self._types[place]), _smaller(wanted.dtype, self._types[self._best])]
        rtol, atol = get_tols(np.zeros((), ends[0]), np.zeros((), ends[1]), *self._tolerances)
        try:
            assert_almost_equal(array, wanted, rtol, atol, (f"WAY_{place}_{name}", f"WAY_{self._best}_{name}"), equal_nan=self._equal_nan)
        except AssertionError as error:
            if self._raises:
                raise
            logging.warning("check_consistency: %s", error)
