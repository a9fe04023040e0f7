"""Functions of ``mx.sym`` that are no operators: variables, creation, two-sided arithmetic, files."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from symbolic import ops
from symbolic.errors import ArgumentError, MXNetError, describe
from symbolic.fluent import split_words
from symbolic.graph.node import NO_ATTRS, Node
from symbolic.operator.text import Unreadable, read_shape, spell
from symbolic.scope import AttrScope, hide, origin
from symbolic.symbol import arithmetic
from symbolic.symbol.constant import constant, is_array
from symbolic.symbol.handle import Symbol
from symbolic.symbol.indexing import np_indexing
from symbolic.values.dtype import code_of, dtype_of
from symbolic.values.shape import from_user, to_user

__all__ = [
    "Variable",
    "arange",
    "eye",
    "from_networkx",
    "fromjson",
    "full",
    "histogram",
    "hypot",
    "linspace",
    "load",
    "load_json",
    "maximum",
    "minimum",
    "np_indexing",
    "ones",
    "pow",
    "power",
    "split_v2",
    "var",
    "zeros",
]

STORAGE = {"undefined": -1, "default": 0, "row_sparse": 1, "csr": 2}


def Variable(
    name: str,
    attr: Mapping[str, str] | None = None,
    shape: Any = None,
    lr_mult: float | None = None,
    wd_mult: float | None = None,
    dtype: Any = None,
    init: Any = None,
    stype: str | None = None,
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
        raise _wrong("the name of a variable must be a string", None, "name", name, "str")
    if attr is not None and not isinstance(attr, Mapping):
        raise _wrong("annotations are a dict", name, "attr", attr, "dict of str")
    for key, value in (attr or {}).items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise _wrong(f"annotation {key!r} must be a string", name, f"attr[{key!r}]", value, f"str: {str(value)!r}")
    attributes = {hide(key): value for key, value in AttrScope.current.get(attr).items()}
    if shape is not None:
        attributes["__shape__"] = _shape_text(shape, name)
    if lr_mult is not None:
        attributes["__lr_mult__"] = str(lr_mult)
    if wd_mult is not None:
        attributes["__wd_mult__"] = str(wd_mult)
    if dtype is not None:
        attributes["__dtype__"] = str(code_of(dtype_of(dtype, f"dtype of variable {name!r}")))
    if init is not None:
        if not isinstance(init, str) and not hasattr(init, "dumps"):
            raise _wrong("init must be an initializer", name, "init", init, "Initializer, or its text")
        attributes["__init__"] = init if isinstance(init, str) else init.dumps()
    if stype is not None:
        if stype not in STORAGE:
            raise _wrong("unknown storage type", name, "stype", stype, ", ".join(STORAGE))
        attributes["__storage_type__"] = str(STORAGE[stype])
    for key, value in kwargs.items():
        if not (key.startswith("__") and key.endswith("__")):
            raise _wrong(f"unknown argument {key!r}; annotations are spelled __{key}__", name, key, value, "a keyword of Variable")
        attributes[key] = str(value)
    return Symbol(((Node(None, None, str(name), (), attributes or NO_ATTRS, origin(1)), 0),))


var = Variable


def _wrong(what: str, name: str | None, argument: str, got: Any, expected: str) -> ArgumentError:
    return ArgumentError(
        describe(
            what,
            operator="Variable",
            name=name,
            facts={"argument": argument, "got": f"{got!r} ({type(got).__name__})", "expected": expected},
        )
    )


def _shape_text(shape: Any, name: str) -> str:
    """Spell a declared shape as the user did, having read it once."""
    try:
        read = from_user(read_shape(shape) if isinstance(shape, str) else shape)
    except (MXNetError, Unreadable) as error:
        raise _wrong(f"a variable cannot have this shape: {error}", name, "shape", shape, "tuple of int") from None
    if isinstance(shape, (tuple, list)) and any(size is None for size in shape):
        return spell(to_user(read))
    return spell(shape)


def load(fname: Any, *, limits: Any = None) -> Symbol:
    """Read a graph from a file that MXNet, of any version, or this library wrote.

    Parameters
    ----------
    fname : path, bytes or binary file object
        Where, or the content itself.
    limits : symbolic.files.json.Limits, optional
        What is refused for its size.

    Raises
    ------
    FileError
        If the file cannot be read.
    FormatError
        If its content is no graph; the message says where.
    """
    from symbolic.files.json import load as read

    return read(fname, limits=limits)


def load_json(json_str: str, *, limits: Any = None) -> Symbol:
    """Read a graph from JSON text; see `load`."""
    from symbolic.files.json import from_json

    return from_json(json_str, limits=limits)


fromjson = load_json


def from_networkx(graph: Any) -> Symbol:
    """Make a symbol of a multigraph in the form that ``symbol.to_networkx()`` gives, changed or not.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Its nodes have ``name`` and ``op``, and ``params`` and ``attrs`` of text; its edges ``input`` and ``output``;
        ``graph.graph["heads"]`` tells the outputs. Other attributes are not read.

    Raises
    ------
    FormatError
        If there is a cycle, an input is missing or given twice, or an attribute is missing or of the wrong kind.
    UnknownOperator, ParameterError
        If an operator, or one of its parameters, is not known.
    """
    from symbolic.graph.nx import from_networkx as values
    from symbolic.operator.opaque import opaque_operator, opaque_parameters

    def opaque(name: str, words: Mapping[str, str], inputs: int, outputs: int) -> Any:
        op = unknown.setdefault(name, opaque_operator(name))
        return op, opaque_parameters(op, words, inputs, outputs)

    unknown: dict[str, Any] = {}
    return Symbol(values(graph, Symbol, opaque))


def zeros(shape: Any, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Fill an array with zeros; a size of 0 follows from how it is used."""
    return ops._zeros(shape=shape, dtype="float32" if dtype is None else dtype, **kwargs)


def ones(shape: Any, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Fill an array with ones."""
    return ops._ones(shape=shape, dtype="float32" if dtype is None else dtype, **kwargs)


def full(shape: Any, val: float, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Fill an array with ``val``."""
    return ops._full(shape=shape, dtype="float32" if dtype is None else dtype, value=float(val), **kwargs)


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: bool = False,
    name: str | None = None,
    dtype: Any = None,
) -> Symbol:
    """Count from ``start`` (or 0) to below ``stop`` in steps, each number ``repeat`` times."""
    return ops._arange(
        start=start, stop=stop, step=step, repeat=repeat, infer_range=infer_range, name=name, dtype="float32" if dtype is None else dtype
    )


def linspace(start: float, stop: float, num: int, endpoint: bool = True, name: str | None = None, dtype: Any = None) -> Symbol:
    """Space ``num`` numbers evenly from ``start`` to ``stop``."""
    return ops._linspace(start=start, stop=stop, num=num, endpoint=endpoint, name=name, dtype="float32" if dtype is None else dtype)


def eye(N: int, M: int = 0, k: int = 0, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Put ones on the ``k``-th diagonal of an ``N`` by ``M`` matrix, zeros elsewhere."""
    return ops._eye(N=N, M=M, k=k, dtype="float32" if dtype is None else dtype, **kwargs)


def histogram(a: Symbol, bins: Any = 10, range: tuple[float, float] | None = None, **kwargs: Any) -> Symbol:
    """Count values in bins, given by their edges (a Symbol or array) or by number and ``range``."""
    if isinstance(bins, Symbol) or is_array(bins):
        return ops._histogram(a, constant(bins) if is_array(bins) else bins, **kwargs)
    if not isinstance(bins, numbers.Integral):
        raise ArgumentError(
            describe(
                "bins are a number or their edges",
                operator="histogram",
                facts={"argument": "bins", "got": repr(bins), "expected": "int or Symbol"},
            )
        )
    if range is None:
        raise ArgumentError(
            describe(
                "a number of bins needs a range",
                operator="histogram",
                facts={"argument": "range", "got": "None", "expected": "(low, high)"},
            )
        )
    return ops._histogram(a, bin_cnt=int(bins), range=range, **kwargs)


def split_v2(ary: Symbol, indices_or_sections: Any, axis: int = 0, squeeze_axis: bool = False) -> Symbol:
    """Split along an axis into equal sections, or before each of some indices."""
    return ops._split_v2(ary, **split_words(indices_or_sections, axis, squeeze_axis))


def _both_numbers(left: Any, right: Any) -> bool:
    return isinstance(left, numbers.Number) and isinstance(right, numbers.Number)


def maximum(left: Any, right: Any) -> Any:
    """Take the larger of two symbols, or of a symbol and a number, element by element."""
    return max(left, right) if _both_numbers(left, right) else arithmetic.maximum(left, right)


def minimum(left: Any, right: Any) -> Any:
    """Take the smaller of two symbols, or of a symbol and a number, element by element."""
    return min(left, right) if _both_numbers(left, right) else arithmetic.minimum(left, right)


def hypot(left: Any, right: Any) -> Any:
    """Compute ``sqrt(left ** 2 + right ** 2)``, element by element."""
    return float(np.hypot(left, right)) if _both_numbers(left, right) else arithmetic.hypot(left, right)


def power(base: Any, exp: Any) -> Any:
    """Raise ``base`` to the power ``exp``, element by element."""
    return base**exp if _both_numbers(base, exp) else arithmetic.power(base, exp)


pow = power
