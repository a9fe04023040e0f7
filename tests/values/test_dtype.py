"""Types of elements, by name, number and class."""

from __future__ import annotations

import numpy as np
import pytest

from symbolic.errors import DTypeError
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
