"""Stores of arrays by key, where MXNet cannot be asked: it crashes, or has them in other processes."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, FileError, FormatError, InputError, MXNetError, NotSupported, UnknownName


def pulled(store, key, shape):
    out = mx.nd.zeros(shape)
    store.pull(key, out=out)
    return out.asnumpy()


@pytest.mark.parametrize("name", ["dist_sync", "dist_async", "dist_device_sync", "dist", "DIST_SYNC", "horovod", "byteps", "p3", "nccl"])
def test_several_processes_are_refused_with_a_way_out(name):
    with pytest.raises(NotSupported, match="'local'"):
        mx.kv.create(name)


def test_unknown_stores():
    with pytest.raises(UnknownName, match="did you mean 'local'"):
        mx.kv.create("locl")
    with pytest.raises(TypeError):
        mx.kv.create(3)


def test_two_bits_for_each_element():
    """Seide et al. (2014): what is lost is added to the next gradient, for each device."""
    store = mx.kv.create("device")
    store.set_gradient_compression({"type": "2bit", "threshold": 0.5})
    store.init("w", mx.nd.zeros((4,)))
    grads = [np.array([0.1, 0.6, -0.7, 0.3], np.float32), np.array([0.2, -0.5, 1.7, 0.25], np.float32)]
    left = [np.zeros(4, np.float32), np.zeros(4, np.float32)]
    for _ in range(6):
        wanted = np.zeros(4, np.float32)
        for device, grad in enumerate(grads):
            left[device] = left[device] + grad
            sent = np.where(left[device] >= 0.5, 0.5, np.where(left[device] <= -0.5, -0.5, 0)).astype(np.float32)
            left[device] = left[device] - sent
            wanted += sent
        store.push("w", [mx.nd.array(grad) for grad in grads])
        np.testing.assert_array_equal(pulled(store, "w", (4,)), wanted)
    store.push("w", mx.nd.array(grads[0]))  # of one device nothing has to travel
    np.testing.assert_array_equal(pulled(store, "w", (4,)), grads[0])


def test_compression_that_is_refused():
    with pytest.raises(NotSupported, match="device"):
        mx.kv.create("local").set_gradient_compression({"type": "2bit"})
    for words in ({"type": "1bit"}, {"type": "2bit", "threshold": 0}, {}, {"type": "2bit", "treshold": 1}):
        with pytest.raises(ArgumentError, match="2bit"):
            mx.kv.create("device").set_gradient_compression(words)


def test_values_are_copied():
    """MXNet keeps the very array of a single device."""
    store = mx.kv.create()
    value, grad = mx.nd.ones((2,)), mx.nd.ones((2,)) * 2
    store.init(0, value)
    value[:] = 7
    np.testing.assert_array_equal(pulled(store, 0, (2,)), [1, 1])
    store.push(0, grad)
    grad[:] = 7
    np.testing.assert_array_equal(pulled(store, 0, (2,)), [2, 2])


def test_pushpull_needs_a_key():
    with pytest.raises(UnknownName, match="init"):  # MXNet crashes
        mx.kv.create().pushpull(3, [mx.nd.ones((2,))] * 2)
    store = mx.kv.create()
    store.init("weight", mx.nd.ones((2,)))
    with pytest.raises(UnknownName, match="did you mean 'weight'"):
        store.pull("weigth", out=mx.nd.ones((2,)))


def test_messages():
    store = mx.kv.create()
    store.init(3, mx.nd.ones((2,)))
    with pytest.raises(ArgumentError, match="another shape"):
        store.push(3, mx.nd.ones((3,)))
    with pytest.raises(ArgumentError, match="another shape"):
        store.push(3, [mx.nd.ones((2,)), mx.nd.ones((3,))])
    with pytest.raises(ArgumentError, match="there already"):
        store.init(3, mx.nd.ones((2,)))
    with pytest.raises(InputError, match="not both"):
        store.push("3", mx.nd.ones((2,)))
    with pytest.raises(InputError, match="set_optimizer"):
        store.save_optimizer_states("x")
    with pytest.raises(InputError, match="row numbers"):
        store.row_sparse_pull(3, out=[mx.nd.ones((2,))] * 2, row_ids=[mx.nd.ones((1,))] * 3)
    with pytest.raises(MXNetError):
        store._send_command_to_servers(0, "")
    store._barrier()


def test_files(tmp_path):
    store = mx.kv.create()
    store.init(3, mx.nd.ones((2,)))
    store.set_optimizer(mx.optimizer.SGD(momentum=0.9))
    with pytest.raises(FileError, match="missing"):
        store.load_optimizer_states(tmp_path / "missing")
    (tmp_path / "other").write_bytes(b"something else")
    with pytest.raises(FormatError):
        store.load_optimizer_states(str(tmp_path / "other"))
    store.push(3, mx.nd.ones((2,)))
    store.save_optimizer_states(tmp_path / "states")
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["other", "states"]
    store.load_optimizer_states(tmp_path / "states")
    np.testing.assert_allclose(store._updater.states[3].asnumpy(), [-0.01, -0.01])


def test_ones_own_store():
    @mx.kv.KVStoreBase.register
    class Mirror(mx.kv.KVStoreBase):
        def pushpull(self, key, value, out=None, priority=0):
            assert out is not None
            out[:] = value

    try:
        store = mx.kv.create("mirror")
        out = mx.nd.zeros((2,))
        store.pushpull(0, mx.nd.ones((2,)), out=out)
        np.testing.assert_array_equal(out.asnumpy(), [1, 1])
        with pytest.raises(NotImplementedError, match="rank"):
            _ = store.rank
        with pytest.warns(UserWarning, match="mirror"):
            mx.kv.KVStoreBase.register(Mirror)
        with pytest.raises(AssertionError):
            mx.kv.KVStoreBase.register(3)
    finally:
        del mx.kv.KVStoreBase.kv_registry["mirror"]


def test_numpy_integers_are_keys():
    store = mx.kv.create()
    store.init(np.int64(3), mx.nd.ones((2,)))
    np.testing.assert_array_equal(pulled(store, 3, (2,)), [1, 1])
