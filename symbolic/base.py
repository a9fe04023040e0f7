"""``mx.base``: the exceptions, and names that scripts for MXNet import from there."""

from __future__ import annotations

import ctypes

import numpy as np

from symbolic import errors
from symbolic.errors import *  # noqa: F403

__all__ = [
    *errors.__all__,
    "basestring",
    "c_str",
    "integer_types",
    "long",
    "mx_float",
    "mx_int",
    "mx_int64",
    "mx_real_t",
    "mx_uint",
    "numeric_types",
    "py_str",
    "string_types",
]

mx_real_t = np.float32
mx_uint, mx_int, mx_int64, mx_float = ctypes.c_uint, ctypes.c_int, ctypes.c_int64, ctypes.c_float
basestring, long = str, int  # Python 2's names
string_types = (str,)
numeric_types = (float, int, np.generic)
integer_types = (int, np.int32, np.int64)


def c_str(string: str) -> ctypes.c_char_p:
    """Make a string of C."""
    return ctypes.c_char_p(string.encode("utf-8"))


def py_str(content: bytes) -> str:
    """Make a string of Python from one of C."""
    return content.decode("utf-8")
