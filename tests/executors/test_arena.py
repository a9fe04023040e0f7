"""Programs that use the same buffers in turn: modes, buckets, other shapes; whoever comes back computes again what was lost."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from executors.numpy.arena import Arena


def net(steps):
    x = mx.sym.Variable("data")
    weight = mx.sym.Variable("w_weight")
    for _ in range(steps):
        x = mx.sym.tanh(mx.sym.FullyConnected(x, weight, num_hidden=6, no_bias=True))
    return mx.sym.MakeLoss(mx.sym.sum(x * x, axis=1))


def bound(steps, rows, **words):
    made = net(steps).simple_bind(mx.cpu(), data=(rows, 6), executor="numpy", **words)
    made.arg_dict["data"][:] = np.random.RandomState(rows).uniform(-1, 1, (rows, 6))
    if "shared_exec" not in words:
        made.arg_dict["w_weight"][:] = np.random.RandomState(9).uniform(-1, 1, (6, 6))
    return made


def test_the_smallest_block_that_is_large_enough_is_taken():
    arena = Arena()
    first = arena.take([100, 0, 300, 200])
    assert [block.nbytes for block in first] == [100, 0, 300, 200]
    second = arena.take([150, 50, 400])
    assert second[1] is first[0] and second[0] is first[3]
    assert [block.nbytes for block in arena.blocks] == [100, 200, 300, 400] and arena.bytes == 1000


def test_a_bucket_takes_no_memory_of_its_own():
    large = bound(9, 64)
    large.forward(is_train=True)
    before = large.planned_bytes
    for steps in (3, 5):
        small = bound(steps, 64, shared_exec=large, shared_arg_names=["w_weight"])
        small.forward(is_train=True)
        small.backward()
        assert small._arena is large._arena
    assert large._arena.bytes <= before


def gradient(executor):
    executor.backward()
    return executor.grad_dict["w_weight"].asnumpy()


@pytest.mark.parametrize("way", ["bucket", "reshape", "mode"])
def test_a_backward_run_after_another_program_ran(way):
    alone = bound(4, 8)
    alone.forward(is_train=True)
    wanted = gradient(alone)
    executor = bound(4, 8)
    executor.forward(is_train=True)
    if way == "bucket":
        other = bound(7, 8, shared_exec=executor, shared_arg_names=["w_weight"])
        other.forward(is_train=True)
        other.backward()
    elif way == "reshape":
        other = executor.reshape(data=(3, 6))
        other.forward(is_train=True)
        np.testing.assert_array_equal(other.outputs[0].shape, (3,))
    else:
        executor.forward(is_train=False)
        executor.forward(is_train=True)
        executor._program(False, False)
    executor.grad_dict["w_weight"][:] = 0
    np.testing.assert_allclose(gradient(executor), wanted, 1e-6)
    np.testing.assert_array_equal(executor.outputs[0].asnumpy(), alone.outputs[0].asnumpy())
