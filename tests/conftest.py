"""One BLAS thread in each test process: the processes themselves use the cores. Nobody listens when a test has ended."""

import os

import pytest

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


@pytest.fixture(autouse=True)
def nobody_listens_on():
    """A timer or listener that a test leaves behind would slow all that follow, and fill their memory."""
    yield
    from symbolic import autograd, events

    assert not events.timers
    assert not events.after_run
    assert not events.rebinds
    assert not autograd.is_recording()
