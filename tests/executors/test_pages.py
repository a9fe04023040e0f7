"""Large arrays begin on huge pages, and take no memory before they are written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

import symbolic as mx
from executors.pages import HAS_HUGE, HUGE, zeros

SIZES = [0, 1, HUGE - 1, HUGE, HUGE + 1, 5 * HUGE // 2]


@pytest.mark.parametrize("nbytes", SIZES)
def test_zeros(nbytes):
    array = zeros(nbytes)
    assert array.shape == (nbytes,) and array.dtype == np.uint8 and array.flags.writeable and not array.any()
    array.fill(7)
    assert array.sum() == 7 * nbytes
    if HAS_HUGE and nbytes >= HUGE:
        assert array.ctypes.data % HUGE == 0


@pytest.mark.parametrize("nbytes", [1 << 62, 1 << 80])
def test_more_than_there_is(nbytes):
    with pytest.raises(MemoryError):
        zeros(nbytes)


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="this system does not tell what is resident")
def test_what_is_resident():
    before = resident()
    arrays = [zeros(32 * HUGE) for _ in range(4)]
    assert resident() - before < HUGE
    arrays[0].fill(1)
    assert 32 * HUGE <= resident() - before < 34 * HUGE
    arrays.clear()
    assert resident() - before < 2 * HUGE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_has_its_own():
    array = zeros(2 * HUGE)
    child = os.fork()
    if not child:
        array.fill(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not array.any()


@pytest.mark.skipif(not HAS_HUGE, reason="this system has no huge pages")
def test_an_executor_has_its_arrays_and_buffers_there():
    x = mx.sym.Variable("x")
    net = mx.sym.FullyConnected(mx.sym.FullyConnected(x, num_hidden=1024, no_bias=True), num_hidden=1024, no_bias=True)
    exe = net.simple_bind(mx.cpu(), x=(1024, 1024), executor="numpy")
    exe.forward()
    for array in (*exe.arg_arrays, *exe.grad_arrays, *exe.outputs):
        assert array._data.ctypes.data % HUGE == 0
    assert {buffer.ctypes.data % HUGE for buffer in exe._arena.blocks} == {0}
