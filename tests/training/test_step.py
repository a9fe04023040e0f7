"""A training step as one graph: the same weights as forward, backward and Updater; files; what it keeps."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

OPTIMIZERS = [
    ("sgd", {"learning_rate": 0.1}),
    ("sgd", {"learning_rate": 0.1, "momentum": 0.9, "wd": 1e-3, "clip_gradient": 0.5}),
    ("nag", {"learning_rate": 0.1, "momentum": 0.9}),
    ("signum", {"learning_rate": 0.01, "momentum": 0.9, "wd_lh": 1e-4}),
    ("ftml", {"learning_rate": 0.01}),
    ("lars", {"learning_rate": 0.1, "momentum": 0.9, "eta": 0.1}),
    ("lamb", {"learning_rate": 0.01}),
    ("lamb", {"learning_rate": 0.01, "bias_correction": False, "lower_bound": 1e-3, "upper_bound": 10.0}),
    ("dcasgd", {"learning_rate": 0.1, "momentum": 0.9}),
    ("adam", {"learning_rate": 0.01, "wd": 1e-3}),
    ("adamw", {"learning_rate": 0.01, "wd": 1e-2}),
    ("adagrad", {"learning_rate": 0.1}),
    ("rmsprop", {"learning_rate": 0.01}),
    ("rmsprop", {"learning_rate": 0.01, "centered": True, "clip_weights": 2.0}),
    ("adadelta", {}),
    ("ftrl", {"learning_rate": 0.1}),
    ("adamax", {"learning_rate": 0.01}),
    ("nadam", {"learning_rate": 0.01}),
    ("test", {"learning_rate": 0.1}),
]
BATCH, STEPS = 10, 20


def network(dtype="float32", dropout=True):
    data = mx.sym.Variable("data", dtype=dtype)
    hidden = mx.sym.FullyConnected(data, num_hidden=8, no_bias=True, name="fc1")  # a bias before it would have noise for a gradient
    hidden = mx.sym.Activation(mx.sym.BatchNorm(hidden, fix_gamma=False, name="bn"), act_type="tanh", name="act")
    if dropout:
        hidden = mx.sym.Dropout(hidden, p=0.3, name="drop")
    weight = mx.sym.Variable("fc2_weight", lr_mult=0.5, wd_mult=2.0)
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(hidden, weight, num_hidden=3, name="fc2"), name="softmax")


def batches(dtype="float32"):
    rng = np.random.RandomState(3)
    for _ in range(STEPS):
        data = rng.normal(size=(BATCH, 5)).astype(dtype)
        yield {"data": data, "softmax_label": (data.sum(axis=1) > 0).astype(np.float32)}


def initial(arrays):
    rng = np.random.RandomState(4)
    return {name: rng.normal(0.2, 0.5, array.shape) for name, array in arrays.items()}


def made(name, options, net, weights):
    return mx.optimizer.create(name, param_idx2name=dict(enumerate(weights)), sym=net, rescale_grad=1 / BATCH, **options)


WEIGHTS = ["fc1_weight", "bn_gamma", "bn_beta", "fc2_weight", "fc2_bias"]


def by_hand(net, optimizer, dtype="float32"):
    """Train as Module does: forward, backward, Updater."""
    mx.random.seed(5)
    requests = {name: "write" if name in WEIGHTS else "null" for name in net.list_arguments()}
    executor = net.simple_bind(mx.cpu(), grad_req=requests, type_dict={"data": dtype}, data=(BATCH, 5))
    for name, values in initial({name: executor.arg_dict[name] for name in WEIGHTS}).items():
        executor.arg_dict[name][:] = values
    executor.aux_dict["bn_moving_var"][:] = 1
    update = mx.optimizer.get_updater(optimizer)
    for batch in batches(dtype):
        executor.forward(is_train=True, **batch)
        executor.backward()
        for index, name in enumerate(WEIGHTS):
            update(index, executor.grad_dict[name], executor.arg_dict[name])
    return {name: executor.arg_dict[name].asnumpy() for name in WEIGHTS} | {k: v.asnumpy() for k, v in executor.aux_dict.items()}


def bound(net, optimizer, dtype="float32", **words):
    mx.random.seed(5)
    made = mx.training.Step(net, optimizer, type_dict={"data": dtype}, data=(BATCH, 5), softmax_label=(BATCH,), **words)
    made.set_params(initial(made.weights), {"bn_moving_var": np.ones(8), "bn_moving_mean": np.zeros(8)})
    return made


def params(made):
    return {name: array.asnumpy() for found in made.get_params() for name, array in found.items()}


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=lambda value: str(value))
def test_same_as_by_hand(name, options):
    """In float64, where adaptive rules do not blow up the noise of rounding."""
    dtype = "float32" if name == "lars" else "float64"  # multi_lars takes float32
    net = network(dtype)
    want = by_hand(net, made(name, options, net, WEIGHTS), dtype)
    one = bound(net, made(name, options, net, WEIGHTS), dtype)
    for batch in batches(dtype):
        one(**batch)
    found = params(one)
    assert int(one.count.asscalar()) == STEPS
    for key, values in want.items():
        np.testing.assert_allclose(found[key], values, rtol=1e-6, atol=1e-6 if name == "lars" else 1e-9, err_msg=key)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop"])
def test_other_types(name, dtype):
    options = {"learning_rate": 0.01, "multi_precision": dtype == "float16"}
    net = network(dtype, dropout=False)
    want = by_hand(net, made(name, options, net, WEIGHTS), dtype)
    one = bound(net, made(name, options, net, WEIGHTS), dtype)
    for batch in batches(dtype):
        one(**batch)
    tolerance = {"rtol": 1e-2, "atol": 5e-3} if dtype == "float16" else {"rtol": 1e-3, "atol": 1e-5}
    for key, values in want.items():
        found = params(one)[key]
        assert found.dtype == values.dtype, key
        np.testing.assert_allclose(found.astype("f8"), values.astype("f8"), err_msg=key, **tolerance)


def test_schedulers_need_no_new_program():
    net = network()

    def scheduled():
        return made("sgd", {"momentum": 0.9, "lr_scheduler": mx.lr_scheduler.FactorScheduler(5, 0.5, base_lr=0.2)}, net, WEIGHTS)

    want = by_hand(net, scheduled())
    one = bound(net, scheduled())
    for batch in batches():
        one(**batch)
    for key, values in want.items():
        np.testing.assert_allclose(params(one)[key], values, rtol=2e-4, atol=2e-6, err_msg=key)
    assert len(one.executor._programs) == 1


@pytest.mark.parametrize("executor", ["numpy", "reference", "numba"])
def test_executors_agree(executor):
    if executor == "numba":
        pytest.importorskip("numba")
    net = network(dropout=False)
    want = by_hand(net, made("adam", {}, net, WEIGHTS))
    one = bound(net, made("adam", {}, net, WEIGHTS), executor=executor)
    for batch in batches():
        one(**batch)
    for key, values in want.items():
        np.testing.assert_allclose(params(one)[key], values, rtol=1e-3, atol=1e-5, err_msg=key)


def test_json_runs_alike():
    net = network(dropout=False)
    one = bound(net, made("adam", {}, net, WEIGHTS))
    loaded = mx.sym.load_json(one.symbol.tojson())
    assert loaded.list_arguments() == one.symbol.list_arguments() and loaded.tojson() == one.symbol.tojson()
    assert loaded.list_outputs() == ["softmax_output", "step_output"]
    executor = loaded.simple_bind(mx.cpu(), grad_req="null", data=(BATCH, 5))
    for name, array in executor.aux_dict.items():
        array[:] = one.executor.aux_dict[name]
    for batch in batches():
        (want,) = one(**batch)
        numbers = {name: one.executor.arg_dict[name] for name in ("step_lr", "step_wd")}
        found, count = executor.forward(is_train=True, **batch, **numbers)
        np.testing.assert_array_equal(found.asnumpy(), want.asnumpy())
    assert count.asnumpy() == [STEPS]
    for name, array in executor.aux_dict.items():
        np.testing.assert_array_equal(array.asnumpy(), one.executor.aux_dict[name].asnumpy(), err_msg=name)


@pytest.mark.parametrize("name", ["sgd", "adam", "nadam", "lamb", "rmsprop"])
def test_resumes_exactly(name, tmp_path):
    net = network(dropout=False)

    def fresh():
        return bound(
            net, made(name, {"learning_rate": 0.05, "lr_scheduler": mx.lr_scheduler.FactorScheduler(4, 0.5, base_lr=0.05)}, net, WEIGHTS)
        )

    whole, first, second = fresh(), fresh(), fresh()
    for place, batch in enumerate(batches()):
        whole(**batch)
        if place == STEPS // 2:
            first.save(tmp_path / "step.params")
            second.load(tmp_path / "step.params")
        (first if place < STEPS // 2 else second)(**batch)
    for key, values in params(whole).items():
        np.testing.assert_array_equal(params(second)[key], values, err_msg=key)
    assert second.count.asnumpy() == [STEPS]


def test_a_foreign_file_changes_nothing(tmp_path):
    net = network()
    one = bound(net, made("adam", {}, net, WEIGHTS))
    before = params(one)
    mx.nd.save(str(tmp_path / "other.params"), {"arg:fc1_weight": mx.nd.ones((8, 5))})
    with pytest.raises(mx.MXNetError, match="use Step"):
        one.load(tmp_path / "other.params")
    for key, values in before.items():
        np.testing.assert_array_equal(params(one)[key], values)


def test_it_trains_the_arrays_it_is_given():
    net = network()
    executor = net.simple_bind(mx.cpu(), data=(BATCH, 5))
    arrays = {**executor.arg_dict, **executor.aux_dict}
    for name, values in initial({name: arrays[name] for name in WEIGHTS}).items():
        arrays[name][:] = values
    updater = mx.optimizer.get_updater(made("adam", {}, net, WEIGHTS))
    one = mx.training.Step(net, updater=updater, arrays=arrays)
    assert one.weights["fc1_weight"] is executor.arg_dict["fc1_weight"]
    before = executor.arg_dict["fc1_weight"].asnumpy()
    one(**next(iter(batches())))
    assert np.abs(executor.arg_dict["fc1_weight"].asnumpy() - before).max() > 0
    mean, _ = updater.states[0]
    assert np.abs(mean.asnumpy()).max() > 0  # the updater's own state


def test_fixed_weights_stay():
    net = network()
    one = mx.training.Step(net, "sgd", fixed_names=["fc1_weight", "bn_beta"], data=(BATCH, 5), softmax_label=(BATCH,))
    assert list(one.weights) == ["bn_gamma", "fc2_weight", "fc2_bias"]
    assert {"fc1_weight", "bn_beta"} <= set(one.symbol.list_arguments())
    one.init_params(mx.init.Xavier())
    before = one.arg_params["fc1_weight"].asnumpy()
    one(**next(iter(batches())))
    np.testing.assert_array_equal(one.arg_params["fc1_weight"].asnumpy(), before)


def test_gradients_are_not_kept():
    data = mx.sym.Variable("data")
    for layer in range(6):
        data = mx.sym.FullyConnected(data, num_hidden=256, name=f"fc{layer}")
    net = mx.sym.LinearRegressionOutput(data, name="lro")
    one = mx.training.Step(net, "sgd", label_names=["lro_label"], data=(4, 256), lro_label=(4, 256))
    one(data=np.zeros((4, 256)))
    assert one.executor.planned_bytes < 3 * 256 * 256 * 4  # of the six gradients hardly more than one is there at a time


def test_loops_and_composites():
    """A loss that is a formula, over a loop: its body is differentiated too."""
    data, state, weight = mx.sym.Variable("data"), mx.sym.Variable("begin"), mx.sym.Variable("weight", shape=(1,))
    _, last = mx.sym.contrib.foreach(lambda x, s: (x, [mx.sym.broadcast_mul(s[0], weight) + x]), data, [state])
    net = mx.sym.MakeLoss(mx.sym.sum(mx.sym.smooth_l1(last[0] - 1, scalar=1.0)), name="loss")
    one = mx.training.Step(net, mx.optimizer.SGD(learning_rate=0.05), data_names=("data", "begin"), label_names=(), data=(3, 1), begin=(1,))
    one.set_params({"weight": np.array([0.1])})
    losses = [float(one(data=np.full((3, 1), 0.5), begin=np.zeros(1))[0].asnumpy().sum()) for _ in range(30)]
    assert losses[-1] < 0.2 * losses[0]


def test_it_prints_and_draws():
    symbol = mx.training.step(network(), "rmsprop", learning_rate=0.1)
    assert "_rewrite" in symbol.debug_str()
    assert "step" in mx.viz.plot_network(symbol, shape={"data": (BATCH, 5)}).source


def test_refusals():
    net = network()
    with pytest.raises(mx.MXNetError, match="nothing is left"):
        mx.training.step(net, "sgd", fixed_names=WEIGHTS)
    with pytest.raises(mx.MXNetError, match="fc1_weight"):
        mx.training.step(net, "sgd", fixed_names=["fc1_wieght"])
    with pytest.raises(mx.MXNetError, match="no options"):
        mx.training.step(net, mx.optimizer.SGD(), learning_rate=1.0)
    with pytest.raises(mx.MXNetError, match="shapes"):
        mx.training.Step(net, "sgd")
