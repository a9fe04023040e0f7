"""``mx.base``: names that scripts for MXNet import from there."""

from __future__ import annotations

import ctypes

import numpy as np

import symbolic as mx
from symbolic.base import MXNetError, c_str, mx_real_t, mx_uint, numeric_types, py_str, string_types


def test_names_of_old_scripts():
    assert mx_real_t is np.float32 and mx_uint is ctypes.c_uint
    assert isinstance(np.float32(1), numeric_types) and isinstance(1, numeric_types) and isinstance("a", string_types)
    assert isinstance(np.int64(1), mx.base.integer_types)
    assert py_str(c_str("grün").value) == "grün"


def test_errors_are_there():
    assert mx.base.MXNetError is MXNetError is mx.MXNetError
    assert issubclass(mx.base.NotImplementedForSymbol, MXNetError)
