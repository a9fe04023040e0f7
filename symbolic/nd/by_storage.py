"""Operators called on arrays of any storage: a rule of ``sparse_rules.py`` where there is one, else dense memory.

Calls that are recorded for a gradient are dense.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symbolic import registry
from symbolic.nd.array import NDArray
from symbolic.nd.call import ArrayOperator, call, on_arrays
from symbolic.nd.call import of_two as dense_of_two
from symbolic.nd.mode import RECORDING, mode
from symbolic.nd.sparse_array import met
from symbolic.nd.sparse_rules import RULES, dense, kept, lazy_update, like
from symbolic.nd.storage import KINDS
from symbolic.nd.tape import entry_of

__all__ = ["aware", "of_op", "of_two"]

SPARSE = frozenset(KINDS)


class SparseOperator(ArrayOperator):  # an operator as a function of arrays, some of which may be sparse
    __doc__ = ArrayOperator.__dict__["__doc__"]  # type: ignore[assignment]

    def __init__(self, op: Any, rule: Callable[..., Any]):
        super().__init__(op)
        self._rule = rule
        self._always = op.canonical.name == "cast_storage"  # it makes sparse arrays of dense ones

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not (met or self._always):
            return call(self._op, args, kwargs)
        for value in args:
            if type(value) in SPARSE or type(value) is list:
                return self._by_storage(args, kwargs)
        for value in kwargs.values():
            if type(value) in SPARSE:
                return self._by_storage(args, kwargs)
        return self._by_storage(args, kwargs) if self._always else call(self._op, args, kwargs)

    def _by_storage(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        op = self._op
        if len(args) == 1 and isinstance(args[0], (list, tuple)):
            args = tuple(args[0])
        places = len(args) if op.variadic is not None else len(op.inputs)
        arrays = [*args[:places], *[kwargs[slot] for slot in list(op.inputs)[len(args) :] if slot in kwargs]]
        plain = len(args) > places + len(op.params) or not all(isinstance(x, NDArray) for x in arrays) or _recorded(arrays)
        if plain or not (self._always or any(type(x) in SPARSE for x in arrays)):
            return call(op, args, kwargs)
        words = dict(zip(op.params, args[places:], strict=False))
        words.update({name: value for name, value in kwargs.items() if name in op.params})
        if op.variadic is not None:
            words.setdefault("num_args", len(arrays))
        out = kwargs.get("out")
        found = self._rule(op, arrays, words, *([out] if self._rule is lazy_update else ()))
        if found is None:
            return call(op, args, kwargs)
        return found if out is None or out is found else found.copyto(out)


def _recorded(arrays: Sequence[Any]) -> bool:
    """Tell whether a call on these is put on the tape."""
    return mode.flags >= RECORDING and any(isinstance(array, NDArray) and entry_of(array) is not None for array in arrays)


_aware: dict[str, Any] = {}


def aware(name: str) -> Any:
    """Find an operator by name, as a function of arrays of any storage."""
    found = _aware.get(name)
    if found is None:
        rule = RULES.get(registry.find(name).canonical.name)
        found = _aware[name] = on_arrays(name) if rule is None else SparseOperator(registry.find(name), rule)
    return found


def of_op(op: Any) -> Any:
    """Make an operator a function of arrays of any storage, under the name that it has."""
    rule = RULES.get(op.canonical.name)
    return ArrayOperator(op) if rule is None else SparseOperator(op, rule)


# -- Python's operators -----------------------------------------------------------------------------------------------

ONE_SHAPE = {"broadcast_plus": "elemwise_add", "broadcast_minus": "elemwise_sub", "broadcast_mul": "elemwise_mul"}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "broadcast_equal": operator.eq,
    "broadcast_not_equal": operator.ne,
    "broadcast_greater": operator.gt,
    "broadcast_greater_equal": operator.ge,
    "broadcast_lesser": operator.lt,
    "broadcast_lesser_equal": operator.le,
}


def of_two(name: str, lhs: Any, rhs: Any) -> Any:
    """Call an operator on two arrays of which the one on the left is sparse, or on a sparse array and a number."""
    if _recorded((lhs, rhs)):
        return dense_of_two(name, lhs, rhs)
    if not isinstance(lhs, NDArray):
        if not isinstance(lhs, np.ndarray) and _stays_zero(name, lhs, None):
            return like(rhs, dense_of_two(name, lhs, kept(rhs))._data)
    elif not isinstance(rhs, NDArray):
        if not isinstance(rhs, np.ndarray) and _stays_zero(name, None, rhs):
            sparse: Any = lhs
            return like(sparse, dense_of_two(name, kept(sparse), rhs)._data)
    elif lhs.shape == rhs.shape and name in ONE_SHAPE:
        return aware(ONE_SHAPE[name])(lhs, rhs)
    elif lhs.shape != rhs.shape and name in ("broadcast_mul", "broadcast_div"):
        return aware(name)(lhs, rhs)
    return dense_of_two(name, *[dense(side) if isinstance(side, NDArray) else side for side in (lhs, rhs)])


def _stays_zero(name: str, lhs: Any, rhs: Any) -> bool:
    """Tell whether a sparse array (None) and a number make a sparse array."""
    number = rhs if lhs is None else lhs
    if name in COMPARE:
        return not COMPARE[name](0 if lhs is None else lhs, 0 if rhs is None else rhs)
    if name == "broadcast_mul":
        return True
    if name == "broadcast_plus":
        return number == 0
    return lhs is None and (name == "broadcast_div" or (name == "broadcast_minus" and number == 0))
