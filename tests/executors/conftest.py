"""What tests of executors share."""

from __future__ import annotations

import pytest

import symbolic as mx


@pytest.fixture
def threads():
    """Set the number of threads, until the end of the test."""
    yield mx.set_num_threads
    mx.set_num_threads(None)
