"""Arrays behave as the reference's do, but for the differences that are listed here with their reasons."""

from __future__ import annotations

import builtins
import json
import math

import pytest

import symbolic as mx
from tests.nd.snippets import RECORDED, described, snippets, value_of

EXPECTED = json.loads(RECORDED.read_text())
SNIPPETS = [pytest.param(file, code, id=f"{file}: {code}") for file, code in snippets()]


def same(found, wanted):
    if isinstance(wanted, float) and isinstance(found, float):
        return math.isclose(found, wanted, rel_tol=1e-5, abs_tol=1e-7) or (math.isnan(found) and math.isnan(wanted))
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, dict):
        return isinstance(found, dict) and found.keys() == wanted.keys() and all(same(found[key], wanted[key]) for key in wanted)
    return type(found) is type(wanted) and found == wanted


@pytest.mark.parametrize(("file", "code"), SNIPPETS)
def test_as_the_reference(file, code):
    wanted = EXPECTED[f"{file}: {code}"]
    with mx.util.np_shape(file == "np_shape"):
        if isinstance(wanted, dict) and "raised" in wanted:
            kind = getattr(builtins, wanted["raised"], mx.MXNetError)
            with pytest.raises(kind) as caught:
                value_of(code, mx)
            # Python itself says TypeError where an operator or an argument is missing
            assert isinstance(caught.value, mx.MXNetError) or type(caught.value) is TypeError
        else:
            found = described(value_of(code, mx))
            assert same(found, wanted), f"found {found}, the reference {wanted}"


def test_every_record_is_of_a_snippet():
    assert set(EXPECTED) == {f"{file}: {code}" for file, code in snippets()}
