"""Types of elements, by name, number and class."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import symbolic as mx
from symbolic import registry
from symbolic.errors import DTypeError, ParameterError
from symbolic.values.dtype import CODES, code_of, dtype_of, name_of


@pytest.mark.parametrize("code", [code for code, name in CODES.items() if name != "bfloat16"])
def test_every_spelling_is_one_type(code):
    name = CODES[code]
    for spelled in (name, code, str(code), np.dtype(name), np.dtype(name).type, np.dtype(name).newbyteorder(">"), np.int64(code)):
        found = dtype_of(spelled)
        assert found == np.dtype(name) and found.isnative
    assert (code_of(name), name_of(np.dtype(name).type)) == (code, name)


def test_python_types_are_numpys():
    assert [dtype_of(kind).name for kind in (float, int, bool)] == ["float64", "int64", "bool"]
    assert dtype_of("bool_") == np.bool_


@pytest.mark.parametrize(
    "wrong", ["float33", "complex64", "object", "O", "S3", "datetime64", -1, 99, "99", object(), "", np.complex128, str, [("a", "f4")]]
)
def test_other_types_are_refused_by_name(wrong):
    with pytest.raises(DTypeError, match=r"^type of 'x'"):
        dtype_of(wrong, "type of 'x'")


def test_a_misspelt_name_gets_the_right_one():
    with pytest.raises(DTypeError, match="did you mean 'float32'"):
        dtype_of("flaot32")


def test_bfloat16_comes_with_an_extra():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert dtype_of("bfloat16") == dtype_of(12) == np.dtype(ml_dtypes.bfloat16)
    assert (code_of(ml_dtypes.bfloat16), name_of(ml_dtypes.bfloat16)) == (12, "bfloat16")


@pytest.mark.parametrize("op", ["Cast", "amp_cast"])
def test_casts_to_bfloat16(op):
    pytest.importorskip("ml_dtypes")
    cast, x = getattr(mx.sym, op), mx.nd.array([1.5, 3.14159, -7])
    symbol = cast(cast(mx.sym.Variable("x"), dtype="bfloat16"), dtype="float32")
    gradient = mx.nd.zeros((3,))
    bound = symbol.bind(mx.cpu(), {"x": x}, {"x": gradient})
    assert bound.forward(is_train=True)[0].asnumpy().tolist() == [1.5, 3.140625, -7]
    bound.backward(mx.nd.array([1, 3.14159, 2]))
    assert gradient.asnumpy().tolist() == [1, 3.140625, 2]
    assert getattr(mx.nd, op)(x, dtype="bfloat16").dtype.__name__ == "bfloat16"


@pytest.mark.parametrize("name", ["Cast", "amp_cast"])
def test_bfloat16_without_its_package(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    op = registry.find(name)
    monkeypatch.setattr(op, "_instances", {})  # what was read before
    with pytest.raises(ParameterError, match=r"pip install 'symbind\[bfloat16\]'"):
        op(mx.sym.Variable("x"), dtype="bfloat16")
