"""Scripts written for MXNet, run through the door: they print the numbers that they print in MXNet 1.9.1."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from tests.compat.record_scripts import FILE, SCRIPTS, numbers

RECORDED = json.loads(FILE.read_text())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_same_numbers(path):
    found = numbers([sys.executable, "-m", "symbolic.compat"], path)
    assert list(found) == list(RECORDED[path.stem])
    for key, values in RECORDED[path.stem].items():
        assert len(found[key]) == len(values), key
        np.testing.assert_allclose(found[key], values, rtol=1e-3, atol=1e-4, err_msg=key)  # after tens of steps of training
