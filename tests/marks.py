"""Marks that tests in several folders use."""

from __future__ import annotations

import importlib.util

import pytest

NUMBA = pytest.param(
    "numba",
    marks=pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="the numba executor needs pip install 'symbind[numba]'"),
)
