"""States of optimizers as bytes: MXNet's are read, ours too, and nothing that a file names is run."""

from __future__ import annotations

import collections
import functools
import pickle
import random

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, FormatError
from symbolic.training.optimizer.keeping import load_states
from tests.training import exchange


@functools.cache
def recorded():
    with np.load(exchange.RECORDED) as arrays:
        return dict(arrays)


@pytest.mark.filterwarnings("ignore:.*steps in float16")
@pytest.mark.parametrize("kept", ["states", "all"])
@pytest.mark.parametrize("case", exchange.CASES)
def test_bytes_of_the_reference(case, kept):
    content = recorded()[f"{case}|{kept}"].tobytes()
    found = exchange.continued(mx, case, content, kept == "all")
    coarse = "mixed" in case  # to the neighbour in float16
    np.testing.assert_allclose(found, recorded()[f"{case}|{kept}|after"], 2e-3 if coarse else 1e-5, 1e-3 if coarse else 1e-6)


@pytest.mark.parametrize("case", exchange.CASES)
def test_our_own_bytes(case):
    states, everything = exchange.written(mx, case)
    wanted = recorded()[f"{case}|all|after"]
    for content, whole in ((states, False), (everything, True)):
        np.testing.assert_allclose(exchange.continued(mx, case, content, whole), wanted, 2e-3, 1e-3)


@pytest.mark.parametrize("case", exchange.CASES)
def test_attributes_are_those_of_the_reference(case):
    theirs = load_states(recorded()[f"{case}|all"].tobytes())[1]
    ours = load_states(exchange.written(mx, case)[1])[1]
    assert type(ours) is type(theirs) and ours is not None
    assert list(map(str, sorted(vars(ours)))) == list(map(str, sorted(vars(theirs))))
    for key, value in vars(theirs).items():
        if isinstance(value, (int, str, type(None), list, tuple)):
            assert vars(ours)[key] == value, key
    assert ours._index_update_count is ours._all_index_update_counts[0]


def test_python_reads_what_is_written():
    """Its own reader takes every value but arrays and optimizers, of which it would import the class from MXNet."""
    from symbolic.files import states

    shared = [1, 2]
    value = {
        0: None, "a": (1.5, -3, 2**40, -(2**70), True, False, "text \u00e9", b"bytes", ()),
        1: [shared, shared, {}, {"x": [[]]}],
    }  # fmt: skip
    found = pickle.loads(states.write(value))
    assert found == value
    assert found[1][0] is found[1][1]
    assert states.read(states.write(value), lambda name: False) == value
    for protocol in (2, 3, 4, 5):
        assert states.read(pickle.dumps(value, protocol), lambda name: False) == value


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (2, 3, 4)])
def test_arrays_of_every_shape(shape, dtype):
    with mx.np_shape():
        array = mx.nd.array(np.random.RandomState(0).uniform(-1, 1, shape), dtype=dtype)
        updater = mx.optimizer.get_updater(mx.optimizer.SGD())
        updater.states = {"k": (array, None, [array])}
        again = mx.optimizer.get_updater(mx.optimizer.SGD())
        again.set_states(updater.get_states())
    state = again.states["k"]
    assert type(state) is tuple and type(state[2]) is list and state[1] is None
    assert state[0].dtype == array.dtype and state[0].shape == array.shape
    np.testing.assert_array_equal(state[0].asnumpy(), array.asnumpy())


def test_storage_of_states_is_kept():
    updater = mx.optimizer.get_updater(mx.optimizer.SGD(momentum=0.9))
    weight = mx.nd.array([[1, 2], [0, 0], [3, 4]]).tostype("row_sparse")
    updater(0, mx.nd.sparse.row_sparse_array(([[1, 1]], [2]), shape=(3, 2)), weight)
    updater.set_states(updater.get_states())
    assert updater.states[0].stype == "row_sparse"
    np.testing.assert_allclose(updater.states[0].asnumpy(), [[0, 0], [0, 0], [-0.01, -0.01]])


def test_states_come_to_the_context_of_the_weight():
    updater = mx.optimizer.get_updater(mx.optimizer.SGD(momentum=0.9))
    updater(0, mx.nd.ones((2,)), mx.nd.ones((2,)))
    content = updater.get_states()
    updater.set_states(content)
    assert updater.states_synced == {0: False}
    updater(0, mx.nd.ones((2,), ctx=mx.cpu(3)), mx.nd.ones((2,), ctx=mx.cpu(3)))
    assert updater.states_synced == {0: True} and updater.states[0].context == mx.cpu(3)


class Own(mx.optimizer.Optimizer):
    """A user's optimizer, with states of its own."""

    def __init__(self, strength=2.0, **kwargs):
        super().__init__(**kwargs)
        self.strength = strength

    def create_state(self, index, weight):
        return [weight.copy(), (weight * 2, None)]

    def update(self, index, weight, grad, state):
        self._update_count(index)
        weight[:] -= self._get_lr(index) * self.strength * grad


class Steps(mx.lr_scheduler.LRScheduler):
    """A user's schedule."""

    def __call__(self, num_update):
        return self.base_lr / (1 + num_update)


def test_classes_of_the_user_are_found_where_they_are_defined():
    updater = mx.optimizer.get_updater(Own(3.0, lr_scheduler=Steps(0.5)))
    updater(0, mx.nd.ones((2,)), mx.nd.ones((2,)))
    again = mx.optimizer.get_updater(mx.optimizer.SGD())
    again.set_states(updater.get_states(dump_optimizer=True))
    assert type(again.optimizer) is Own and again.optimizer.strength == 3.0
    assert type(again.optimizer.lr_scheduler) is Steps and again.optimizer.learning_rate == 0.25
    np.testing.assert_array_equal(again.states[0][1][0].asnumpy(), [2, 2])


def test_optimizers_of_older_versions():
    """They had fewer attributes."""
    optimizer = mx.optimizer.Adam(beta1=0.5)
    for name in ("aggregate_num", "_all_index_update_counts", "allow_np_array", "lazy_update"):
        del optimizer.__dict__[name]
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    updater.set_states(mx.optimizer.get_updater(mx.optimizer.SGD()).get_states())
    updater.optimizer = optimizer
    updater.set_states(updater.get_states(dump_optimizer=True))
    updater(0, mx.nd.ones((2,)), mx.nd.ones((2,)))
    assert updater.optimizer.beta1 == 0.5 and updater.optimizer.num_update == 1


def test_param_dict_stays_behind():
    class Parameter:
        lr_mult, wd_mult = 0.5, 1.0

    updater = mx.optimizer.get_updater(mx.optimizer.SGD(param_dict={0: Parameter()}))
    updater.set_states(updater.get_states(dump_optimizer=True))
    assert updater.optimizer.param_dict == {}


def test_what_a_file_cannot_hold():
    optimizer = mx.optimizer.SGD()
    optimizer.net = mx.sym.Variable("x")
    updater = mx.optimizer.get_updater(optimizer)
    with pytest.raises(ArgumentError, match="Symbol"):
        updater.get_states(dump_optimizer=True)
    assert updater.get_states()
    del optimizer.net
    assert updater.get_states(dump_optimizer=True)


# ------------------------------------------------------------------------------------------------------- hostile files


class Call:
    """What a hostile file does: call something when it is read."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def refused(content, match=None):
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    with pytest.raises(FormatError, match=match):
        updater.set_states(content)
    assert updater.states == {}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("function", [print, eval, __import__, getattr, exec, open, type, dict, collections.Counter])
def test_no_function_is_called(function, protocol):
    refused(pickle.dumps({0: Call(function, "1")}, protocol))


def test_the_name_is_told():
    refused(pickle.dumps({0: Call(eval, "1")}), r"builtins.eval")
    refused(pickle.dumps(({}, collections.Counter())), r"collections.Counter")


@pytest.mark.parametrize(
    "content",
    [
        b"", b".", b"N.", b"\x80\x04", b"\x80\x04N.", b"\x80\x04].", b"\x80\x04}(K\x00u.", b"\x80\x04(.", b"\x80\x04}K\x00h\x05s.",
        b"\x80\x04}\x94K\x00h\x00s.", b"\x80\x04]\x94h\x00a\x86.", b"not states", b"\x12\x01\0\0\0\0\0\0", b"\x80\x04\x8c\x01a\x93.",
        b"\x80\x04}N]s.", b"\x80\x04}]Ns.", b"\x80\x04cbuiltins\nbytearray\nNR.", b"\x80\x04K\x01Nb.", b"\x80\x04" + b"]" * 5000 + b"a" * 4999 + b".",
        b"\x80\x04cmxnet.ndarray.ndarray\nNDArray\n(N\x85R}\x8c\x06handleC\x02abscb.",
        b"\x80\x04}K\x00cmxnet.ndarray.ndarray\nNDArray\nN\x85R}\x8c\x06handleC\x02absbs.",
        b"\x80\x04}}\x86.", b"\x80\x04}K\x01\x86.", b"\x80\x04}Ucmxnet.lr_scheduler\nLRScheduler\n)\x81\x86.",
        b"\x80\x04}cmxnet.lr_scheduler\nLRScheduler\n)\x81\x86.",
    ],
)  # fmt: skip
def test_damage_is_refused(content):
    refused(content)


def test_cut_short_or_changed():
    """Whatever happens to the bytes, the states are read or refused."""
    whole = exchange.written(mx, "multifactor")[1]
    draw = random.Random(1)
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    for turn in range(1500):
        content = bytearray(whole[: draw.randrange(len(whole))] if turn % 3 == 0 else whole)
        for _ in range(turn % 4):
            content[draw.randrange(len(content)) if content else 0 : 1] = bytes([draw.randrange(256)])
        try:
            updater.set_states(bytes(content))
        except mx.MXNetError:
            continue


def test_values_shared_many_times_stay_shared():
    """Thirty lists, each twice in the next, would be a billion."""
    value: list = []
    for _ in range(30):
        value = [value, value]
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    updater.set_states(pickle.dumps({0: value}))
    assert updater.states[0][0] is updater.states[0][1]


def test_no_bytes():
    with pytest.raises(ArgumentError, match="bytes"):
        mx.optimizer.get_updater(mx.optimizer.SGD()).set_states("text")
