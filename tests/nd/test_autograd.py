"""The tape and the way back through it: what scenarios cannot say."""

import gc
import threading
import weakref

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import GradientError, InputError, ShapeError
from symbolic.nd import backward, gradients
from symbolic.nd.mode import mode
from symbolic.nd.tape import Recorded, entry_of

nd, ag = mx.nd, mx.autograd


def variable(values, request="write", dtype=None):
    x = nd.array(values, dtype=dtype)
    x.attach_grad(request)
    return x


def network(x, weights, layers=3):
    h = x
    for _ in range(layers):
        h = nd.tanh(nd.FullyConnected(h, *weights, num_hidden=8))
    return nd.square(nd.Dropout(h, p=0.3)).mean()


def weights_of(network_size=8):
    rng = np.random.default_rng(0)
    return [variable(rng.normal(size=(network_size, network_size))), variable(rng.normal(size=network_size))]


def step(x, weights, layers=3):
    with ag.record():
        loss = network(x, weights, layers)
    loss.backward()
    for w in weights:
        nd.sgd_update(w, w.grad, lr=0.01, out=w)


def recorded_nodes():
    gc.collect()
    return sum(isinstance(thing, Recorded) for thing in gc.get_objects())


# -- plans and memory -------------------------------------------------------------------------------------------------


def test_a_training_loop_plans_once(monkeypatch):
    gradients.plans.clear()
    made = []
    monkeypatch.setattr(gradients, "Plan", lambda *args: made.append(backward.Plan(*args)) or made[-1])
    weights = weights_of()
    rng = np.random.default_rng(1)
    for _ in range(30):
        step(nd.array(rng.normal(size=(4, 8))), weights)
    assert len(made) == 1
    for _ in range(3):
        step(nd.array(rng.normal(size=(5, 8))), weights)
        step(nd.array(rng.normal(size=(4, 8))), weights, layers=2)
    assert len(made) == 3


def test_a_loop_over_numbers_that_change_plans_once():
    gradients.plans.clear()
    x = variable([1.0, 2.0])
    for place in range(20):
        with ag.record():
            y = x * (place + 0.5) + place
        y.backward()
        assert x.grad.asnumpy().tolist() == [place + 0.5] * 2
    assert len(gradients.plans) == 1


def test_operators_of_the_user_plan_once():
    class Doubled(ag.Function):
        def forward(self, x):
            self.scale = float(x.asnumpy()[0])
            return x * 2

        def backward(self, dy):
            return dy * self.scale

    gradients.plans.clear()
    for value in (1.0, 2.0, 3.0):
        x = variable([value, 5.0])
        with ag.record():
            y = Doubled()(x) * 1
        y.backward()
        assert x.grad.asnumpy().tolist() == [value] * 2
    assert len(gradients.plans) == 1


@pytest.mark.long
def test_memory_does_not_grow():
    weights, x = weights_of(), nd.ones((4, 8))
    for _ in range(5):
        step(x, weights)
    nodes, arrays = recorded_nodes(), len(gc.get_objects())
    for _ in range(1000):
        step(x, weights)
    assert recorded_nodes() <= nodes
    assert len(gc.get_objects()) < arrays + 1000


def test_memory_does_not_grow_without_backward():
    weights, x = weights_of(), nd.ones((4, 8))
    nodes = recorded_nodes()
    for _ in range(50):
        with ag.record():
            network(x, weights)
    assert recorded_nodes() <= nodes + 3


def test_backward_frees_what_was_recorded_without_the_collector():
    x = variable(np.ones(10))
    gc.disable()
    try:
        with ag.record():
            inner = nd.exp(x)
            loss = nd.sin(inner).sum()
        memory = weakref.ref(inner._data)
        del inner
        assert memory() is not None
        loss.backward(retain_graph=True)
        assert memory() is not None
        loss.backward()
        assert memory() is None
    finally:
        gc.enable()


def test_a_tape_is_freed_with_the_last_array_that_leads_to_it():
    x = variable(np.ones(10))
    gc.disable()
    try:
        with ag.record():
            y = nd.exp(nd.exp(x))
        node = weakref.ref(entry_of(y)[0])
        del y
        assert node() is None
    finally:
        gc.enable()


@pytest.mark.long
def test_long_tapes():
    x = variable([0.5])
    with ag.record():
        y = x
        for _ in range(10_000):
            y = y + x
    y.backward()
    assert x.grad.asscalar() == 10_001
    with ag.record():
        y = x
        for _ in range(10_000):
            y = nd.identity(y)
    del y  # and is let go without a recursion


def test_the_forward_run_is_not_run_again():
    runs = []

    class Counted(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            runs.append("forward")
            self.assign(out_data[0], req[0], in_data[0] * 2)

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            runs.append("backward")
            self.assign(in_grad[0], req[0], out_grad[0] * 2)

    @mx.operator.register("counted_of_autograd")
    class Property(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Counted()

    x = variable([1.0, 2.0])
    with ag.record():
        y = nd.Custom(nd.exp(x), op_type="counted_of_autograd") * x
    y.backward(retain_graph=True)
    y.backward()
    assert runs == ["forward", "backward", "backward"]


# -- modes ------------------------------------------------------------------------------------------------------------


def test_each_thread_has_its_mode():
    seen = []
    with ag.record():
        thread = threading.Thread(target=lambda: seen.append((ag.is_recording(), ag.is_training())))
        thread.start()
        thread.join()
    assert seen == [(False, False)]


def test_a_scope_is_entered_again():
    scope = ag.record()
    with scope, scope:
        assert ag.is_recording()
    assert mode.flags == 0


def test_arrays_that_nobody_recorded_carry_nothing():
    x = nd.ones(3)
    y = nd.exp(x) + x[1:].sum()
    with ag.record():
        z = x * 2
    assert not any(hasattr(array, "_entry") for array in (x, y, z))


def test_an_error_leaves_the_mode_as_it_was():
    x = variable([1.0, 2.0])
    with ag.record():
        with pytest.raises(mx.MXNetError):
            nd.dot(x, nd.ones((3, 3)))
        assert ag.is_recording()


# -- gradients --------------------------------------------------------------------------------------------------------

TWICE = {
    "product": lambda x, z: x * z * x,
    "quotient": lambda x, z: x / (z * z),
    "power": lambda x, z: x**z + 2**x,
    "exp": lambda x, z: nd.exp(x * z),
    "dot": lambda x, z: nd.dot(x, z, transpose_b=True) * nd.dot(z, x, transpose_b=True),
    "dense": lambda x, z: nd.square(nd.FullyConnected(x, z, no_bias=True, num_hidden=2)),
    "softmax": lambda x, z: nd.softmax(x * z),
    "log_softmax": lambda x, z: nd.log_softmax(x) * z,
    "norm": lambda x, z: nd.norm(x * z, axis=1),
    "mean": lambda x, z: (x.mean(axis=0) * z) ** 3,
    "views": lambda x, z: x[0] * z[:, ::2].T.reshape((-1,))[:3] * x[1],
    "looked up": lambda x, z: nd.square(nd.take(x, nd.array([1, 0, 1]))) * z[[0, 0, 1]],
    "concat": lambda x, z: nd.square(nd.concat(x, z * x, dim=1)),
    "layer norm": lambda x, z: nd.LayerNorm(x, z[0], z[1]) * z,
    "group norm": lambda x, z: nd.GroupNorm(x.reshape((1, 2, 3)), z[0, :2], z[1, :2], num_groups=2).reshape((2, 3)) * z,
    "instance norm": lambda x, z: nd.InstanceNorm(x.reshape((1, 2, 3)), z[0, :2], z[1, :2]).reshape((2, 3)) * z,
    "dropout": lambda x, z: nd.square(nd.Dropout(x * z, p=0.0)),
    "gelu": lambda x, z: nd.LeakyReLU(x, act_type="gelu") * z,
    "softrelu": lambda x, z: nd.Activation(x * z, act_type="softrelu"),
    "where": lambda x, z: nd.where(x > z, x * x, z * z * x),
    "unused": lambda x, z: nd.sin(x) + z * 0,
}


@pytest.mark.parametrize("name", TWICE)
def test_second_gradients_are_those_of_differences(name):
    rng = np.random.default_rng(3)
    start = [rng.uniform(0.3, 1.5, (2, 3)), rng.uniform(0.3, 1.5, (2, 3))]
    function = TWICE[name]
    directions = [rng.normal(size=(2, 3)) for _ in range(2)]

    def along(arrays):
        """Return a number made of first gradients, and its own gradients."""
        x, z = (variable(array, dtype="float64") for array in arrays)
        with ag.record():
            y = function(x, z)
            weight = nd.array(np.cos(np.arange(y.size)).reshape(y.shape), dtype="float64")
            found = ag.grad((y * weight).sum(), [x, z], create_graph=True)
            total = sum((g * nd.array(d, dtype="float64")).sum() for g, d in zip(found, directions, strict=True))
        total.backward()
        return total.asscalar(), [x.grad.asnumpy(), z.grad.asnumpy()]

    _, found = along(start)
    for number in range(2):
        for place in np.ndindex(2, 3):
            pair = []
            for sign in (1, -1):
                moved = [array.copy() for array in start]
                moved[number][place] += sign * 1e-5
                pair.append(along(moved)[0])
            assert found[number][place] == pytest.approx((pair[0] - pair[1]) / 2e-5, rel=1e-4, abs=1e-6)


KEYS = [
    np.s_[0],
    np.s_[-1],
    np.s_[1:3],
    np.s_[3:0:-1],
    np.s_[::-2],
    np.s_[1, 2, 3],
    np.s_[..., 1],
    np.s_[1, ...],
    np.s_[1, ..., 2],
    np.s_[None],
    np.s_[:, None, 1],
    np.s_[..., None, :2],
    np.s_[2:2],
    np.s_[:, :, 10:],
    np.s_[[0, 2, 0]],
    np.s_[[[0, 1], [2, 3]]],
    np.s_[:, [1, 1], 2:],
    np.s_[[0, 1], :, [3, 4]],
    np.s_[[0, 1], 1, [3, 4]],
    np.s_[1, [2, 0], None],
    np.s_[np.array([[1], [0]]), np.array([0, 2])],
    np.s_[-3:-1, ..., -2],
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_gradients_of_parts(key):
    x = variable(np.random.default_rng(0).normal(size=(4, 3, 5)), "add", dtype="float64")
    with ag.record():
        part = x[key]
        y = part * part
    head = np.arange(1, part.size + 1.0).reshape(part.shape)
    y.backward(nd.array(head, dtype="float64"))
    expected = np.zeros((4, 3, 5))
    np.add.at(expected, key, (2 * part.asnumpy() * head).reshape(expected[key].shape))
    np.testing.assert_allclose(x.grad.asnumpy(), expected)


@pytest.mark.parametrize("key", [np.s_[:], np.s_[...], (), np.s_[None], np.s_[0:2], np.s_[:, None, :3], np.s_[::1, ...]], ids=str)
def test_a_whole_array_is_assigned_while_recording(key):
    x, y = variable(np.arange(6).reshape(2, 3)), nd.zeros((2, 3))
    row = variable([1.0, 2.0, 3.0])
    with ag.record():
        y[key] = x.reshape(y[key].shape)
        z = y * y
        w = nd.zeros((2, 3))
        w[key] = row
        z = z + w
    z.backward()
    assert (x.grad.asnumpy() == 2 * x.asnumpy()).all()
    assert row.grad.asnumpy().tolist() == [2.0] * 3


@pytest.mark.parametrize("key", [0, np.s_[1:], np.s_[:, ::-1], np.s_[[0, 1]], np.s_[:, :2]], ids=str)
def test_a_part_is_not(key):
    x, y = nd.zeros((2, 3)), nd.ones(nd.zeros((2, 3))[key].shape)
    y.attach_grad()
    with ag.record(), pytest.raises(mx.MXNetError, match=r"Inplace operations .* are not supported when recording with autograd"):
        x[key] = y
    x[key] = y


def test_gradients_of_head_gradients():
    x, head = variable([1.0, 2.0]), variable([3.0, 4.0])
    with ag.record():
        y = x * x
        first = ag.grad(y, x, head, create_graph=True)[0]
    first.backward()
    assert head.grad.asnumpy().tolist() == [2.0, 4.0]
    assert x.grad.asnumpy().tolist() == [6.0, 8.0]


def test_random_operators_with_a_body():
    x, weight = variable(np.arange(20)), np.random.default_rng(0).normal(size=20).astype(np.float32)
    with ag.record():
        y = nd.random.shuffle(x)
        z = (y * nd.array(weight)).sum()
    z.backward()
    drawn = y.asnumpy().astype(int)
    assert sorted(drawn) == list(range(20))
    np.testing.assert_allclose(x.grad.asnumpy()[drawn], weight)
    p = variable([0.2, 0.3, 0.5])
    with ag.record():
        sample, logarithm = nd.sample_multinomial(p, get_prob=True)
    logarithm.backward()
    expected = np.zeros(3)
    expected[int(sample.asscalar())] = 1 / p.asnumpy()[int(sample.asscalar())]
    np.testing.assert_allclose(p.grad.asnumpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_types(dtype):
    x = variable([[1.0, 2.0, 3.0]], dtype=dtype)
    with ag.record():
        y = nd.LayerNorm(nd.softmax(x), nd.ones(3, dtype=dtype), nd.zeros(3, dtype=dtype)) * x
    y.backward()
    assert x.grad.dtype == np.dtype(dtype)
    assert y.dtype == np.dtype(dtype)


def test_memory_that_an_executor_has_moved():
    w = variable(np.ones((2, 3)))
    data = mx.sym.Variable("data")
    executor = mx.sym.FullyConnected(data, mx.sym.Variable("w"), no_bias=True, num_hidden=2).bind(
        mx.cpu(), {"data": nd.ones((4, 3)), "w": w}, args_grad={"w": w.grad}
    )
    executor.forward(is_train=True)
    w[:] = 3
    with ag.record():
        y = w * w
    y.backward()
    assert (w.grad.asnumpy() == 6).all()


# -- errors -----------------------------------------------------------------------------------------------------------


def test_an_operator_without_a_gradient_is_named():
    x = variable([1.0])
    with ag.record():
        y = nd.sgd_update(x, x, lr=0.1)
    with pytest.raises(GradientError, match=r"sgd_update.*test_autograd\.py"):
        y.backward()


def test_head_gradients_are_checked():
    x = variable([1.0, 2.0])
    with ag.record():
        y = x * 2
    with pytest.raises(ShapeError):
        y.backward(nd.ones(3))
    with pytest.raises(mx.MXNetError):
        ag.backward([y], [5.0])
    y.backward(nd.ones(2, dtype="float64"))
    assert x.grad.asnumpy().tolist() == [2.0, 2.0]


def test_the_exception_of_a_function_reaches_the_caller():
    class Failing(ag.Function):
        def forward(self, x):
            return x * 2

        def backward(self, dy):
            raise KeyError("mine")

    x = variable([1.0])
    with ag.record():
        y = Failing()(x)
    with pytest.raises(KeyError, match="mine"):
        y.backward()


def test_a_function_returns_what_fits():
    class Wrong(ag.Function):
        def __init__(self, made):
            super().__init__()
            self.made = made

        def forward(self, x):
            return x * 2

        def backward(self, dy):
            return self.made

    for made, error in ((nd.ones(3), ShapeError), ((nd.ones(2), nd.ones(2)), InputError), (None, InputError)):
        x = variable([1.0, 2.0])
        with ag.record():
            y = Wrong(made)(x)
        with pytest.raises(error):
            y.backward()


def test_a_symbol_of_the_tape_computes_alike():
    x, z = variable([1.0, 2.0]), variable([3.0, 4.0])
    with ag.record():
        y = 2 / (1 - x[1:]) + nd.dot(x, z) ** 2 - x.reshape((2, 1))[0] % 3
    symbol = ag.get_symbol(y)
    names = symbol.list_arguments()
    assert len(names) == 2
    found = symbol.bind(mx.cpu(), dict(zip(names, (x, z), strict=True))).forward()[0]
    np.testing.assert_allclose(found.asnumpy(), y.asnumpy())
    assert len(mx.sym.load_json(symbol.tojson()).list_arguments()) == 2
