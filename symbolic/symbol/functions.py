"""Functions of ``mx.sym`` that are no operators: variables, creation, two-sided arithmetic, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbolic import ops
from symbolic.errors import ArgumentError, describe
from symbolic.graph.node import NO_ATTRS, Node
from symbolic.operator.text import spell
from symbolic.scope import AttrScope, NameManager, hide, origin
from symbolic.symbol import arithmetic
from symbolic.symbol.handle import Symbol
from symbolic.values.dtype import code_of, dtype_of

__all__ = [
    "Variable",
    "arange",
    "eye",
    "fromjson",
    "full",
    "histogram",
    "hypot",
    "linspace",
    "load",
    "load_json",
    "maximum",
    "minimum",
    "ones",
    "pow",
    "power",
    "split_v2",
    "var",
    "zeros",
]

STORAGE = {"default": 0, "row_sparse": 1, "csr": 2}


def Variable(
    name: str,
    attr: Mapping[str, str] | None = None,
    shape: Any = None,
    lr_mult: float | None = None,
    wd_mult: float | None = None,
    dtype: Any = None,
    init: Any = None,
    stype: str | None = None,
    profiler_scope: str | None = None,
    **kwargs: Any,
) -> Symbol:
    """Make a named input of a graph, to be bound to an array later.

    Parameters
    ----------
    name : str
        Its name, as in ``list_arguments``.
    attr : dict of str, optional
        Annotations.
    shape : tuple of int, optional
        What is known of its shape; 0 is an unknown size.
    lr_mult, wd_mult : float, optional
        Multipliers of learning rate and weight decay, for optimizers.
    dtype : optional
        Type of its elements.
    init : Initializer or str, optional
        How training initialises it: an object with ``dumps()``, or its text.
    stype : str, optional
        Storage type, ``"default"``, ``"row_sparse"`` or ``"csr"``.
    **kwargs
        Further annotations, ``__key__=value``.

    Raises
    ------
    ArgumentError
        If ``name`` is no string, or a further keyword is not spelled ``__key__``.
    """
    if not isinstance(name, str):
        raise ArgumentError(describe("the name of a variable must be a string", facts={"argument": "name", "got": repr(name), "expected": "str"}))
    attributes = {}
    for key, value in (attr or {}).items():
        if not isinstance(value, str):
            raise ArgumentError(
                describe(f"attribute {key!r} must be a string", name=name, facts={"argument": key, "got": repr(value), "expected": repr(str(value))})
            )
        attributes[hide(key)] = value
    attributes = AttrScope.current.get(attributes)
    if shape is not None:
        attributes["__shape__"] = spell(tuple(shape) if isinstance(shape, (tuple, list)) else (shape,))
    if lr_mult is not None:
        attributes["__lr_mult__"] = str(lr_mult)
    if wd_mult is not None:
        attributes["__wd_mult__"] = str(wd_mult)
    if dtype is not None:
        attributes["__dtype__"] = str(code_of(dtype_of(dtype)))
    if init is not None:
        attributes["__init__"] = init if isinstance(init, str) else init.dumps()
    if stype is not None:
        if stype not in STORAGE:
            raise ArgumentError(describe("unknown storage type", name=name, facts={"argument": "stype", "got": stype, "expected": ", ".join(STORAGE)}))
        attributes["__storage_type__"] = str(STORAGE[stype])
    if profiler_scope is not None:
        attributes["__profiler_scope__"] = profiler_scope
    for key, value in kwargs.items():
        if not (key.startswith("__") and key.endswith("__")):
            raise ArgumentError(
                describe(
                    f"unknown argument {key!r}", name=name, facts={"argument": key, "got": repr(value)}, hint=f"annotations are spelled __{key}__={value!r}"
                )
            )
        attributes[key] = str(value)
    name = NameManager.current.get(name, "variable") if name else NameManager.current.get(None, "variable")
    return Symbol([(Node(None, None, name, (), attributes or NO_ATTRS, origin()), 0)])


var = Variable


def load(fname: Any) -> Symbol:
    """Read a graph from a file that MXNet, of any version, or this library wrote.

    Raises
    ------
    FileError
        If the file cannot be read.
    FormatError
        If its content is no graph; the message says where.
    """
    from symbolic.io.json import load as read

    return read(fname)


def load_json(json_str: str) -> Symbol:
    """Read a graph from JSON text; see `load`."""
    from symbolic.io.json import from_json

    return from_json(json_str)


fromjson = load_json


def zeros(shape: Any, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Fill an array with zeros; a size of 0 follows from how it is used."""
    return ops._zeros(shape=shape, dtype=dtype or "float32", **kwargs)


def ones(shape: Any, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Fill an array with ones."""
    return ops._ones(shape=shape, dtype=dtype or "float32", **kwargs)


def full(shape: Any, val: float, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Fill an array with ``val``."""
    return ops._full(shape=shape, dtype=dtype or "float32", value=float(val), **kwargs)


def arange(
    start: float, stop: float | None = None, step: float = 1.0, repeat: int = 1, infer_range: bool = False, name: str | None = None, dtype: Any = None
) -> Symbol:
    """Count from ``start`` (or 0) to below ``stop`` in steps, each number ``repeat`` times."""
    return ops._arange(start=start, stop=stop, step=step, repeat=repeat, infer_range=infer_range, name=name, dtype=dtype or "float32")


def linspace(start: float, stop: float, num: int, endpoint: bool = True, name: str | None = None, dtype: Any = None) -> Symbol:
    """Space ``num`` numbers evenly from ``start`` to ``stop``."""
    return ops._linspace(start=start, stop=stop, num=num, endpoint=endpoint, name=name, dtype=dtype or "float32")


def eye(N: int, M: int = 0, k: int = 0, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Put ones on the ``k``-th diagonal of an ``N`` by ``M`` matrix, zeros elsewhere."""
    return ops._eye(N=N, M=M, k=k, dtype=dtype or "float32", **kwargs)


def histogram(a: Symbol, bins: Any = 10, range: Any = None, **kwargs: Any) -> Symbol:
    """Count values in bins, given by their edges (a Symbol or array) or by number and ``range``."""
    if isinstance(bins, int):
        if range is None:
            raise ArgumentError(describe("histogram with a number of bins needs a range", facts={"argument": "range", "got": "None", "expected": "(low, high)"}))
        return ops._histogram(a, bin_cnt=bins, range=range, **kwargs)
    return ops._histogram(a, bins, **kwargs)


def split_v2(ary: Symbol, indices_or_sections: Any, axis: int = 0, squeeze_axis: bool = False) -> Symbol:
    """Split along an axis into equal sections, or before each of some indices."""
    if isinstance(indices_or_sections, int):
        return ops._split_v2(ary, indices=(), axis=axis, squeeze_axis=squeeze_axis, sections=indices_or_sections)
    return ops._split_v2(ary, indices=(0, *indices_or_sections), axis=axis, squeeze_axis=squeeze_axis, sections=0)


def _two_sided(function: Any, name: str, doc: str, plain: Any) -> Any:
    def called(left: Any, right: Any) -> Any:
        if not isinstance(left, Symbol) and not isinstance(right, Symbol) and isinstance(left, (int, float)) and isinstance(right, (int, float)):
            return plain(left, right)
        return function(left, right)

    called.__name__ = called.__qualname__ = name
    called.__doc__ = doc
    return called


maximum = _two_sided(arithmetic.maximum, "maximum", "Take the larger of two symbols, or of a symbol and a number, element by element.", max)
minimum = _two_sided(arithmetic.minimum, "minimum", "Take the smaller of two symbols, or of a symbol and a number, element by element.", min)
power = _two_sided(arithmetic.raise_to, "power", "Raise ``left`` to the power of ``right``, element by element.", lambda a, b: a**b)
pow = power
hypot = _two_sided(arithmetic.hypot, "hypot", "Compute ``sqrt(left ** 2 + right ** 2)``, element by element.", lambda a, b: (a * a + b * b) ** 0.5)

