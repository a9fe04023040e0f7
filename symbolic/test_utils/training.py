"""Whether optimizers step alike, and Symbols are alike."""

from __future__ import annotations

import json
from typing import Any

import symbolic.random
from symbolic.errors import ArgumentError, InputError, describe
from symbolic.symbol.handle import Symbol
from symbolic.test_utils.compare import assert_almost_equal, compare_ndarray_tuple
from symbolic.test_utils.sparse import rand_ndarray
from symbolic.values.context import current_context

__all__ = ["compare_optimizer", "same_symbol_structure"]


def _drawn_twice(shape: Any, dtype: Any, stype: str, density: float | None) -> tuple[Any, Any]:
    """Draw an array, dense and in a storage type."""
    if stype == "default":
        second = symbolic.random.uniform(shape=shape, ctx=current_context(), dtype=dtype)
        return second.copyto(current_context()), second
    if stype not in ("row_sparse", "csr"):
        facts = {"argument": "stype", "got": repr(stype), "expected": "default, row_sparse or csr"}
        raise ArgumentError(describe("there is no such storage type", operator="compare_optimizer", facts=facts))
    second = rand_ndarray(shape, stype, density=density, dtype=dtype)
    return second.copyto(current_context()).tostype("default"), second


def compare_optimizer(
    opt1: Any, opt2: Any, shape: Any, dtype: Any, w_stype: str = "default", g_stype: str = "default", rtol: float = 1e-4,
    atol: float = 1e-5, compare_states: bool = True, ntensors: int = 1,
) -> None:  # fmt: skip
    """Raise AssertionError if two optimizers do not step alike.

    Parameters
    ----------
    opt1, opt2 : Optimizer
        The first steps dense weights one by one, the second as told.
    shape : tuple of int, or list of them
        Of the weight; a list stands for weights that ``opt2`` updates in one call.
    dtype : numpy.dtype
        Of weight and gradient.
    w_stype, g_stype : str, default "default"
        Storage types of weight and gradient for ``opt2``.
    rtol, atol : float
        Tolerances.
    compare_states : bool, default True
        Compare the optimizers' states too.
    ntensors : int, default 1
        Number of weights, where ``shape`` is a list.
    """
    if not isinstance(shape, list):
        if ntensors != 1:
            facts = {"argument": "ntensors", "got": ntensors, "expected": "1, or a list of shapes"}
            raise InputError(describe("there is a shape for one weight only", operator="compare_optimizer", facts=facts))
        w1, w2 = _drawn_twice(shape, dtype, w_stype, density=1)
        g1, g2 = _drawn_twice(shape, dtype, g_stype, density=None)
        state1, state2 = opt1.create_state_multi_precision(0, w1), opt2.create_state_multi_precision(0, w2)
        if compare_states:
            compare_ndarray_tuple(state1, state2)
        opt1.update_multi_precision(0, w1, g1, state1)
        opt2.update_multi_precision(0, w2, g2, state2)
        if compare_states:
            compare_ndarray_tuple(state1, state2, rtol=rtol, atol=atol)
        assert_almost_equal(w1, w2, rtol=rtol, atol=atol)
        return
    weights = [_drawn_twice(one, dtype, "default", None) for one in shape]
    grads = [_drawn_twice(one, dtype, "default", None) for one in shape]
    many_w, many_g = tuple([pair[1] for pair in weights]), tuple([pair[1] for pair in grads])
    many = [opt2.create_state_multi_precision(0, weight) for weight in many_w[:ntensors]]
    opt2.update_multi_precision(list(range(ntensors)), many_w, many_g, many)
    for place in range(ntensors):
        weight, grad = weights[place][0], grads[place][0]
        state = opt1.create_state_multi_precision(place, weight)
        opt1.update_multi_precision(place, weight, grad, state)
        if compare_states:
            compare_ndarray_tuple(state, many[place], rtol, atol)
        compare_ndarray_tuple(weight, many_w[place], rtol, atol)


def same_symbol_structure(sym1: Symbol, sym2: Symbol) -> bool:
    """Whether the nodes of two Symbols, in order, are of the same operators; the longer one may go on."""
    kinds = [[node["op"] for node in json.loads(one.tojson())["nodes"]] for one in (sym1, sym2)]
    return all(first == second for first, second in zip(*kinds, strict=False))
