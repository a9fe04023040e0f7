"""``mx.base``: the exceptions, and names that scripts for MXNet import from there."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from symbolic import errors
from symbolic.errors import *  # noqa: F403
from symbolic.errors import MXNetError, NotImplementedForSymbol, NotSupported, describe

__all__ = [
    *errors.__all__,
    "NotSupportedForSparseNDArray",
    "basestring",
    "build_param_doc",
    "c_array",
    "c_array_buf",
    "c_handle_array",
    "c_str",
    "c_str_array",
    "check_call",
    "classproperty",
    "data_dir",
    "data_dir_default",
    "error_types",
    "integer_types",
    "long",
    "mx_float",
    "mx_int",
    "mx_int64",
    "mx_real_t",
    "mx_uint",
    "numeric_types",
    "py_str",
    "register_error",
    "string_types",
]

mx_real_t = np.float32
mx_uint, mx_int, mx_int64, mx_float = ctypes.c_uint, ctypes.c_int, ctypes.c_int64, ctypes.c_float
mx_float_p = ctypes.POINTER(mx_float)
NDArrayHandle = SymbolHandle = ExecutorHandle = KVStoreHandle = OpHandle = DataIterHandle = RecordIOHandle = ctypes.c_void_p
CachedOpHandle = ProfileHandle = FunctionHandle = DataIterCreatorHandle = DLPackHandle = ctypes.c_void_p
basestring, long = str, int  # Python 2's names
string_types = (str,)
numeric_types = (float, int, np.generic)
integer_types = (int, np.int32, np.int64)


class _NullType:
    """What stands for an argument that is not given."""

    def __repr__(self) -> str:
        return "_Null"

    def __reduce__(self) -> str:
        return "_Null"


_Null = _NullType()


# -- errors -----------------------------------------------------------------------------------------------------------


class NotSupportedForSparseNDArray(NotSupported, ValueError):
    """What dense arrays can do and sparse ones cannot.

    Parameters
    ----------
    function : callable or str
        What was called, or a whole message.
    alias : str, optional
        Its name as an operator.
    *args
        What it was called with.
    """

    def __init__(self, function: Any, alias: str | None = None, *args: Any):
        if not isinstance(function, str):
            kinds = ", ".join(type(value).__name__ for value in args)
            named = f" (operator {alias!r})" if alias else ""
            what = f"{function.__name__}{named} is for dense arrays"
            function = describe(what, facts={"got": kinds} if kinds else (), hint="call it on x.tostype('default')")
        super().__init__(function)


error_types: dict[str, type[Exception]] = {
    "NotImplementedForSymbol": NotImplementedForSymbol,
    "ValueError": ValueError,
    "TypeError": TypeError,
    "AttributeError": AttributeError,
    "IndexError": IndexError,
    "NotImplementedError": NotImplementedError,
}


def register_error(func_name: Any = None, cls: Any = None) -> Any:
    """Enter an exception class in ``error_types``, under its name or another; also a decorator."""
    if isinstance(func_name, type):
        func_name, cls = func_name.__name__, func_name

    def register(registered: type[Exception]) -> type[Exception]:
        error_types[func_name or registered.__name__] = registered
        return registered

    return register if cls is None else register(cls)


def check_call(ret: int) -> None:
    """Raise if a function written in C has failed; here none is called."""
    if ret:
        raise MXNetError(describe("a call has failed", operator="check_call", facts={"got": ret, "expected": 0}))


# -- values of C ------------------------------------------------------------------------------------------------------


def c_str(string: str) -> ctypes.c_char_p:
    """Make a string of C."""
    return ctypes.c_char_p(string.encode("utf-8"))


def c_str_array(strings: Sequence[str]) -> Any:
    """Make an array of strings of C."""
    return (ctypes.c_char_p * len(strings))(*[string.encode("utf-8") for string in strings])


def c_array(ctype: Any, values: Sequence[Any]) -> Any:
    """Make an array of C."""
    return (ctype * len(values))(*values)


def c_array_buf(ctype: Any, buf: Any) -> Any:
    """Make an array of C on the memory of a Python ``array.array``."""
    return (ctype * len(buf)).from_buffer(buf)


def c_handle_array(objs: Iterable[Any]) -> Any:
    """Refuse: objects here have no handles of C."""
    raise NotSupported(describe("there are no handles of C behind the objects of this library", operator="c_handle_array"))


def py_str(content: bytes | str) -> str:
    """Make a string of Python from one of C; names that this library gives to callbacks are strings already."""
    return content if isinstance(content, str) else content.decode("utf-8")


# -- for those who build on it ----------------------------------------------------------------------------------------


class classproperty:
    """Decorate a function of the class, to be read as an attribute of it."""

    def __init__(self, function: Any):
        self._function = function.__func__ if isinstance(function, (classmethod, staticmethod)) else function

    def __get__(self, instance: Any, owner: type) -> Any:
        return self._function(owner)


def with_metaclass(meta: type, *bases: type) -> type:
    """Make a base class whose metaclass is ``meta``."""
    return meta("Base", bases, {})


def build_param_doc(arg_names: Sequence[str], arg_types: Sequence[str], arg_descs: Sequence[str], remove_dup: bool = True) -> str:
    """Lay out the section on parameters of a docstring."""
    lines, seen = [], set()
    for name, kind, description in zip(arg_names, arg_types, arg_descs, strict=True):
        if (name in seen and remove_dup) or name == "num_args":
            continue
        seen.add(name)
        lines.append(f"{name} : {kind}" + (f"\n    {description}" if description else ""))
    return "Parameters\n----------\n" + "\n".join(lines) + "\n"


def data_dir_default() -> str:
    """Name the folder for downloads, ``~/.mxnet``."""
    return str(Path.home() / ".mxnet")


def data_dir() -> str:
    """Name the folder for downloads: ``MXNET_HOME`` in the environment, else `data_dir_default`."""
    return os.environ.get("MXNET_HOME", data_dir_default())


def add_fileline_to_docstring(module: Any, incursive: bool = True) -> None:
    """Do nothing: tools find the source of a function themselves."""


def ctypes2buffer(cptr: Any, length: int) -> bytearray:
    """Copy ``length`` bytes of C's memory."""
    if not isinstance(cptr, ctypes.POINTER(ctypes.c_char)):
        raise errors.DTypeError(describe("expected a pointer to char", operator="ctypes2buffer", facts={"got": type(cptr).__name__}))
    return bytearray(ctypes.string_at(cptr, length))


def _as_list(obj: Any) -> list[Any]:
    """Make a list of what is none: ``[obj]``."""
    return list(obj) if isinstance(obj, (list, tuple)) else [obj]
