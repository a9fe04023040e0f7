"""Modules: bound, set, stepped, reshaped, scored, saved."""

import tempfile
from collections import namedtuple

import numpy as np

from tests.scenario import scenario

WHY = "sums of a different order, over several steps"


def values(*shape, seed=0, scale=1.0):
    return np.random.RandomState(seed).uniform(-scale, scale, shape).astype("f")


def mlp(mx, hidden=8, classes=4):
    x = mx.sym.Variable("data")
    x = mx.sym.FullyConnected(x, num_hidden=hidden, name="fc1")
    x = mx.sym.Activation(x, act_type="relu", name="relu1")
    x = mx.sym.FullyConnected(x, num_hidden=classes, name="fc2")
    return mx.sym.SoftmaxOutput(x, name="softmax")


def lenet(mx):
    x = mx.sym.Variable("data")
    x = mx.sym.Convolution(x, kernel=(3, 3), num_filter=4, name="conv")
    x = mx.sym.BatchNorm(x, name="bn", fix_gamma=False)
    x = mx.sym.Activation(x, act_type="tanh", name="tanh")
    x = mx.sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max", name="pool")
    x = mx.sym.FullyConnected(mx.sym.Flatten(x), num_hidden=4, name="fc")
    return mx.sym.SoftmaxOutput(x, name="softmax")


def lstm(mx):
    x = mx.sym.Variable("data")
    x = mx.sym.RNN(
        x, mx.sym.Variable("rnn_weight"), mx.sym.Variable("h0"), mx.sym.Variable("c0"), state_size=5, num_layers=1, mode="lstm", name="rnn"
    )
    x = mx.sym.FullyConnected(mx.sym.SequenceLast(x), num_hidden=4, name="fc")
    return mx.sym.SoftmaxOutput(x, name="softmax")


def start(mx, module):
    """Set parameters that depend on their names alone."""
    arguments, states = module.get_params()
    fill = {
        name: mx.nd.array(values(*array.shape, seed=len(name) + sum(map(ord, name)) % 97, scale=0.5)) for name, array in arguments.items()
    }
    aux = {name: mx.nd.array(np.abs(values(*array.shape, seed=len(name))) + 0.5) for name, array in states.items()}
    module.set_params(fill, aux)


def batches(mx, count, *shape, classes=4):
    for number in range(count):
        label = np.random.RandomState(number + 50).randint(0, classes, shape[0]).astype("f")
        yield mx.io.DataBatch([mx.nd.array(values(*shape, seed=number + 10))], [mx.nd.array(label)])


def dumped(found):
    arguments, states = found
    return {name: arguments[name] for name in sorted(arguments)}, {name: states[name] for name in sorted(states)}


@scenario(
    ("mlp", "sgd", {}),
    ("mlp", "sgd", {"learning_rate": 0.2, "momentum": 0.9, "wd": 0.01}),
    ("mlp", "adam", {"learning_rate": 0.01}),
    ("lenet", "sgd", {"learning_rate": 0.1, "momentum": 0.5}),
    ("lenet", "rmsprop", {"learning_rate": 0.01}),
    ("lstm", "adagrad", {"learning_rate": 0.1}),
    rtol=2e-4,
    atol=2e-5,
    why=WHY,
)
def steps(mx, net, optimizer, words):
    make, shape = {"mlp": (mlp, (6, 10)), "lenet": (lenet, (6, 2, 8, 8)), "lstm": (lstm, (7, 6, 3))}[net]
    states = ["h0", "c0"] if net == "lstm" else None
    mod = mx.mod.Module(make(mx), state_names=states)
    layout = "TNC" if net == "lstm" else "NCHW"
    desc = mx.io.DataDesc("data", shape, layout=layout)
    batch = shape[1] if net == "lstm" else shape[0]
    mod.bind([desc], [("softmax_label", (batch,))])
    mod.init_params()
    start(mx, mod)
    mod.init_optimizer(optimizer=optimizer, optimizer_params=words)
    metric, seen = mx.metric.create(["acc", "ce"]), []
    if states:
        mod.set_states(value=0.1)
    for number in range(6):
        label = np.random.RandomState(number + 50).randint(0, 4, batch).astype("f")
        one = mx.io.DataBatch([mx.nd.array(values(*shape, seed=number + 10))], [mx.nd.array(label)])
        mod.forward_backward(one)
        mod.update()
        mod.update_metric(metric, one.label)
        seen.append(mod.get_outputs()[0].asnumpy())
    return np.array(seen), metric.get(), dumped(mod.get_params()) if net != "lenet" else mod.get_params()[1]


@scenario()
def properties(mx):
    mod = mx.mod.Module(mlp(mx))
    before = [mod.binded, mod.params_initialized, mod.optimizer_initialized, mod.for_training, mod.inputs_need_grad]
    mod.bind([("data", (6, 10))], [("softmax_label", (6,))])
    desc = mod.data_shapes[0]
    after = [mod.binded, mod.params_initialized, mod.optimizer_initialized, mod.for_training, mod.inputs_need_grad]
    return (
        before,
        after,
        mod.data_names,
        mod.label_names,
        mod.output_names,
        [tuple(each) for each in mod.data_shapes],
        [tuple(each) for each in mod.label_shapes],
        mod.output_shapes,
        [type(desc).__name__, desc.layout, np.dtype(desc.dtype).name],
        mod.symbol.list_outputs(),
    )


def unbound(mx):
    return mx.mod.Module(mlp(mx))


def bound(mx, **words):
    mod = unbound(mx)
    mod.bind([("data", (6, 10))], [("softmax_label", (6,))], **words)
    return mod


def ready(mx, **words):
    mod = bound(mx, **words)
    mod.init_params()
    start(mx, mod)
    return mod


@scenario("data_shapes", "label_shapes", "output_shapes")
def asked_too_early(mx, name):
    return getattr(unbound(mx), name)


@scenario("forward", "backward", "update", "get_outputs", "get_input_grads", "init_optimizer", "init_params", "get_params", "set_states")
def called_too_early(mx, name):
    mod = unbound(mx)
    return mod.forward(next(batches(mx, 1, 6, 10))) if name == "forward" else getattr(mod, name)()


@scenario("update", "get_input_grads")
def called_before_its_time(mx, name):
    return getattr(ready(mx), name)()


@scenario()
def input_gradients_in_inference(mx):
    return bound(mx, for_training=False, inputs_need_grad=True)


@scenario()
def backward_in_inference(mx):
    mod = ready(mx, for_training=False)
    mod.forward(next(batches(mx, 1, 6, 10)))
    mod.backward()


@scenario(
    ("data_names", ["nothing"]),
    ("label_names", ["nothing"]),
    ("state_names", ["nothing"]),
    ("fixed_param_names", ["nothing"]),
    ("work_load_list", [1, 2]),
)
def wrong_names(mx, argument, given):
    return mx.mod.Module(mlp(mx), **{argument: given}).data_names


@scenario()
def wrong_data_shapes(mx):
    return unbound(mx).bind([("other", (6, 10))], [("softmax_label", (6,))])


@scenario()
def shape_that_is_an_array(mx):
    mod = mx.mod.Module(mx.sym.Activation(mx.sym.Variable("data"), act_type="relu"), ("data",), None)
    try:
        mod.bind(data_shapes=[("data", mx.nd.array([10, 10]))])
    except TypeError:
        refused = True
    before = mod.binded
    mod.bind(data_shapes=[("data", (10, 10))])
    return refused, before, mod.binded


@scenario()
def bound_twice(mx):
    mod = ready(mx)
    mod.bind([("data", (3, 10))], [("softmax_label", (3,))])
    first = mod.data_shapes[0].shape
    mod.bind([("data", (3, 10))], [("softmax_label", (3,))], force_rebind=True)
    one = mx.io.DataBatch([mx.nd.array(values(3, 10))], [mx.nd.zeros((3,))])
    mod.forward(one, is_train=False)
    return first, mod.data_shapes[0].shape, mod.get_outputs()[0], dumped(mod.get_params())


@scenario(
    ("correct", False, False),
    ("missing", True, False),
    ("missing", False, False),
    ("extra", True, True),
    ("extra", True, False),
    ("extra", False, False),
    ("both", False, False),
    ("both", True, False),
    ("both", True, True),
)
def set_params(mx, kind, allow_missing, allow_extra):
    mod = ready(mx)
    arguments, _ = mod.get_params()
    given = {name: mx.nd.array(array.asnumpy() * 2) for name, array in arguments.items()}
    if kind in ("missing", "both"):
        del given["fc2_bias"]
    if kind in ("extra", "both"):
        given["fc3_weight"] = mx.nd.ones((2, 2))
    mod.set_params(given, {}, allow_missing=allow_missing, force_init=True, allow_extra=allow_extra)
    return dumped(mod.get_params())


@scenario(True, False)
def init_params_from_some(mx, allow_missing):
    mod = bound(mx)
    mod.init_params(mx.init.One(), {"fc1_weight": mx.nd.ones((8, 10)) * 3}, allow_missing=allow_missing)
    return dumped(mod.get_params())


@scenario()
def init_params_again(mx):
    mod = bound(mx)
    mod.init_params(mx.init.One())
    mod.init_params(mx.init.Zero())
    first = mod.get_params()[0]["fc1_weight"].asnumpy()
    mod.init_params(mx.init.Zero(), force_init=True)
    mod.set_params({"fc1_weight": mx.nd.ones((8, 10))}, {}, allow_missing=True, force_init=False)
    return first.sum(), mod.get_params()[0]["fc1_weight"].asnumpy().sum()


@scenario()
def init_params_without_initializer(mx):
    bound(mx).init_params(None)


@scenario()
def init_params_of_another_shape(mx):
    bound(mx).init_params(mx.init.One(), {"fc1_weight": mx.nd.ones((8, 11))}, allow_missing=True)


@scenario()
def initializers_of_variables(mx):
    weight = mx.sym.Variable("fc_weight", init=mx.init.Constant(3))
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), weight, num_hidden=2, name="fc")
    mod = mx.mod.Module(net, label_names=None)
    mod.bind([("data", (1, 2))])
    mod.init_params(mx.init.One())
    return dumped(mod.get_params())


@scenario("write", "add", "null")
def gradient_requests(mx, request):
    mod = ready(mx, grad_req=request, inputs_need_grad=True)
    for one in batches(mx, 2, 6, 10):
        mod.forward_backward(one)
    found = mod._exec_group.execs[0].grad_dict
    return {name: found[name] for name in sorted(found)}


@scenario(rtol=1e-4, atol=1e-5, why=WHY)
def gradient_requests_by_name(mx):
    mod = ready(mx, grad_req={"fc1_weight": "add", "fc2_bias": "null"})
    for one in batches(mx, 2, 6, 10):
        mod.forward_backward(one)
    found = mod._exec_group.execs[0].grad_dict
    return {name: found[name] for name in sorted(found)}


@scenario()
def gradient_requests_in_a_list(mx):
    mod = ready(mx, grad_req=["null", "write", "null", "write", "add", "null"])
    for one in batches(mx, 2, 6, 10):
        mod.forward_backward(one)
    found = mod._exec_group.execs[0].grad_dict
    return {name: found[name] for name in sorted(found)}


@scenario(1, 2)
def input_grads(mx, contexts):
    a, b, c = (mx.sym.Variable(name) for name in "abc")
    mod = mx.mod.Module(a + 2 * b + 3 * c, ["b", "c", "a"], None, context=[mx.cpu(number) for number in range(contexts)])
    mod.bind([["b", (5, 5)], ["c", (5, 5)], ["a", (5, 5)]], None, inputs_need_grad=True)
    mod.init_params()
    mod.forward(mx.io.DataBatch([mx.nd.ones((5, 5))] * 3))
    mod.backward([mx.nd.ones((5, 5))])
    return mod.get_input_grads(), [[each.shape for each in block] for block in mod.get_input_grads(merge_multi_context=False)]


@scenario()
def fixed_parameters(mx):
    mod = mx.mod.Module(mlp(mx), fixed_param_names=["fc1_weight", "fc1_bias"])
    mod.bind([("data", (6, 10))], [("softmax_label", (6,))])
    mod.init_params()
    start(mx, mod)
    mod.init_optimizer(optimizer_params={"learning_rate": 0.5})
    for one in batches(mx, 3, 6, 10):
        mod.forward_backward(one)
        mod.update()
    return dumped(mod.get_params()), [name for name, array in mod._exec_group.execs[0].grad_dict.items() if array is None]


@scenario()
def reshape(mx):
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=20, name="fc")
    mod = mx.mod.Module(net, ("data",), None)
    mod.bind(data_shapes=[("data", (7, 20))])
    mod.init_params()
    mod.init_optimizer(optimizer_params={"learning_rate": 1})
    found = []
    for rows in (7, 14, 3, 14):
        mod.reshape(data_shapes=[("data", (rows, 20))])
        mod.forward(mx.io.DataBatch([mx.nd.ones((rows, 20))]))
        mod.backward([mx.nd.ones((rows, 20))])
        mod.update()
        found.append((mod.get_outputs()[0].shape, mod.get_params()[0]["fc_bias"].asnumpy().copy(), mod.output_shapes))
    return found


@scenario()
def forward_of_other_shapes(mx):
    a, b = mx.sym.Variable("data1"), mx.sym.Variable("data2")
    net = mx.sym.FullyConnected(mx.sym.Flatten(a + b), num_hidden=10, name="fc")
    mod = mx.mod.Module(mx.sym.SoftmaxOutput(net, name="softmax"), ["data1", "data2"])
    mod.bind([("data1", (10, 3, 6, 6)), ("data2", (10, 3, 6, 6))], [("softmax_label", (10,))])
    mod.init_params(mx.init.One())
    mod.init_optimizer(optimizer_params={"learning_rate": 0.01})
    shapes = []
    for rows in (10, 3, 20, 5, 10):
        data = [mx.nd.array(values(rows, 3, 6, 6, seed=rows + number)) for number in range(2)]
        mod.forward(mx.io.DataBatch(data, [mx.nd.ones((rows,))]))
        shapes.append((mod.get_outputs()[0].shape, [tuple(each) for each in mod.data_shapes], [tuple(each) for each in mod.label_shapes]))
        mod.backward()
        mod.update()
    return shapes, mod.get_outputs(), mod.get_params()[0]["fc_bias"]


@scenario()
def forward_of_any_batch(mx):
    Batch = namedtuple("Batch", ["data"])
    mod = mx.mod.Module(mx.sym.Variable("data") * 2, label_names=None)
    mod.bind(data_shapes=[("data", (1, 10))])
    mod.init_params()
    found = []
    for shape in ((1, 10), (3, 5), (2, 2, 2)):
        mod.forward(Batch([mx.nd.ones(shape)]))
        found.append(mod.get_outputs()[0].asnumpy())
    return found, mod.predict(mx.nd.ones((1, 10))), mod.predict(np.ones((2, 10)))


@scenario()
def shape_of_weights_cannot_change(mx):
    ready(mx).forward(mx.io.DataBatch([mx.nd.ones((6, 11))], [mx.nd.zeros((6,))]))


@scenario()
def iterators(mx):
    mod = ready(mx, for_training=False)
    data, label = values(16, 10, seed=3), np.arange(16, dtype="f") % 4
    data_iter = mx.io.NDArrayIter(data, label, 6)
    return (
        mod.predict(data_iter),
        mod.predict(data_iter, num_batch=1),
        mod.predict(data_iter, merge_batches=False),
        mod.predict(data_iter, always_output_list=True),
        mod.predict(data_iter, reset=False),
        mod.score(data_iter, ["acc", "ce"]),
        mod.score(data_iter, mx.metric.Accuracy(), num_batch=2),
        [(len(outputs), outputs[0].shape, number, batch.pad) for outputs, number, batch in mod.iter_predict(data_iter)],
    )


@scenario()
def predict_from_nothing(mx):
    ready(mx).predict([1, 2, 3])


@scenario(rtol=2e-4, atol=2e-5, why=WHY)
def fit(mx):
    mod = mx.mod.Module(mlp(mx))
    data, label = values(23, 10, seed=3), np.arange(23, dtype="f") % 4
    train, val = mx.io.NDArrayIter(data, label, 5), mx.io.NDArrayIter(data[:7], label[:7], 5)
    told = []
    first = bound(mx)
    first.init_params()
    start(mx, first)
    arguments, states = first.get_params()
    mod.fit(
        train,
        val,
        eval_metric=["acc", "ce"],
        optimizer_params={"learning_rate": 0.1, "momentum": 0.9},
        arg_params=arguments,
        aux_params=states,
        begin_epoch=2,
        num_epoch=4,
        batch_end_callback=lambda p: told.append((p.epoch, p.nbatch, p.eval_metric.get()[1])),
        epoch_end_callback=[lambda *a: told.append((a[0], a[1].list_outputs(), sorted(a[2]), sorted(a[3])))] * 2,
        eval_end_callback=lambda p: told.append((p.epoch, p.nbatch)),
        eval_batch_end_callback=lambda p: told.append((p.nbatch, sorted(p._fields))),
        validation_metric="acc",
    )
    return told, dumped(mod.get_params()), mod._optimizer.rescale_grad, mod._optimizer.num_update


@scenario()
def fit_without_an_end(mx):
    mx.mod.Module(mlp(mx)).fit(mx.io.NDArrayIter(np.zeros((6, 10)), np.zeros(6), 6))


@scenario()
def optimizer_objects(mx):
    mod = ready(mx)
    mod.init_optimizer(optimizer=mx.optimizer.SGD(learning_rate=0.1, rescale_grad=1 / 6))
    names = mod._optimizer.idx2name
    mod.init_optimizer(optimizer="adam")
    kind = type(mod._optimizer).__name__
    mod.init_optimizer(optimizer="adam", optimizer_params={"learning_rate": 0.3, "rescale_grad": 2.0}, force_init=True)
    return names, kind, type(mod._optimizer).__name__, mod._optimizer.rescale_grad, mod._optimizer.lr, mod._kvstore, mod._update_on_kvstore


@scenario()
def optimizer_of_a_wrong_kind(mx):
    ready(mx).init_optimizer(optimizer=3)


@scenario()
def kvstore_of_a_wrong_kind(mx):
    ready(mx).init_optimizer(kvstore=3)


@scenario(1, 2)
def checkpoints(mx, contexts):
    folder = tempfile.mkdtemp()
    words = {"context": [mx.cpu(number) for number in range(contexts)]}
    mod = mx.mod.Module(mlp(mx), **words)
    mod.bind([("data", (6, 10))], [("softmax_label", (6,))])
    mod.init_params()
    start(mx, mod)
    learning = {"learning_rate": 0.1, "momentum": 0.9}
    mod.init_optimizer(optimizer_params=learning)
    for one in batches(mx, 2, 6, 10):
        mod.forward_backward(one)
        mod.update()
    mod.save_checkpoint(f"{folder}/net", 3, save_optimizer_states=True)
    other = mx.mod.Module.load(f"{folder}/net", 3, load_optimizer_states=True, **words)
    before = other.params_initialized
    other.bind([("data", (6, 10))], [("softmax_label", (6,))])
    other.init_optimizer(optimizer_params=learning)
    for each in (mod, other):
        for one in batches(mx, 2, 6, 10):
            each.forward_backward(one)
            each.update()
    same = [np.abs(mod.get_params()[0][name].asnumpy() - other.get_params()[0][name].asnumpy()).max() for name in mod.get_params()[0]]
    keys = sorted(map(str, (mod._kvstore._updater if contexts > 1 else mod._updater).states))
    return before, max(same), keys, mod.symbol.tojson() == other.symbol.tojson()


@scenario()
def params_files(mx):
    name = tempfile.mkdtemp() + "/p"
    mod = ready(mx)
    mod.save_params(name)
    start(mx, mod)
    other = bound(mx)
    other.load_params(name)
    return sorted(mx.nd.load(name)), dumped(other.get_params())


@scenario()
def shared_module(mx):
    first = ready(mx)
    first.init_optimizer(optimizer_params={"learning_rate": 0.5})
    second = unbound(mx)
    second.bind([("data", (3, 10))], [("softmax_label", (3,))], shared_module=first)
    ready_already = second.params_initialized, second.optimizer_initialized
    one = mx.io.DataBatch([mx.nd.array(values(3, 10))], [mx.nd.zeros((3,))])
    second.forward_backward(one)
    second.update()
    first._params_dirty = True
    return ready_already, dumped(first.get_params())


@scenario()
def states(mx):
    state, data = mx.sym.Variable("state"), mx.sym.Variable("data")
    mod = mx.mod.Module(mx.sym.Group([data + state, state * 2]), state_names=["state"], label_names=None, context=[mx.cpu(0), mx.cpu(1)])
    mod.bind([("data", (5, 2))], for_training=False)
    mod.init_params()
    one = mx.io.DataBatch([mx.nd.ones((5, 2))], [])
    mod.set_states(value=1)
    mod.forward(one)
    first = [each.asnumpy() for each in mod.get_outputs()]
    mod.set_states(states=mod.get_outputs(merge_multi_context=False)[:1])
    mod.forward(one)
    return first, mod.get_outputs(), [[each.asnumpy() for each in block] for block in mod.get_states(merge_multi_context=False)]


@scenario((True, None, None), (False, None, None), (False, [], 1))
def states_asked_wrongly(mx, merge, given, value):
    mod = ready(mx)
    if merge:
        return mod.get_states()
    return mod.set_states(given, value)


@scenario("float16", "float64")
def types(mx, dtype):
    net = mx.sym.Activation(mx.sym.Variable("data"), act_type="relu", __layout__="TNC", name="act")
    mod = mx.mod.Module(net, ("data",), None, context=[mx.cpu(0), mx.cpu(1)])
    mod.bind([mx.io.DataDesc("data", (3, 8, 7), dtype, "TNC")])
    mod.init_params()
    mod.forward(mx.io.DataBatch([mx.nd.ones((3, 8, 7), dtype=dtype)]))
    mod.backward([mx.nd.ones((3, 8, 7), dtype=dtype)])
    return mod.get_outputs(), [each.shape for each in mod.get_outputs(merge_multi_context=False)[0]], mod.output_shapes


@scenario(([1, 1], 6), ([2, 1], 7), ([1, 3, 1], 9), rtol=2e-4, atol=2e-5, why=WHY)
def several_contexts(mx, loads, rows):
    contexts = [mx.cpu(number) for number in range(len(loads))]
    mod = mx.mod.Module(mlp(mx), context=contexts, work_load_list=loads)
    mod.bind([("data", (rows, 10))], [("softmax_label", (rows,))], inputs_need_grad=True)
    mod.init_params()
    start(mx, mod)
    mod.init_optimizer(optimizer_params={"learning_rate": 0.3, "momentum": 0.9})
    metric = mx.metric.create("acc")
    for one in batches(mx, 4, rows, 10):
        mod.forward_backward(one)
        mod.update()
        mod.update_metric(metric, one.label)
    parts = [[each.shape for each in block] for block in mod.get_outputs(merge_multi_context=False)]
    return (
        mod.get_outputs(),
        mod.get_input_grads(),
        parts,
        metric.get(),
        dumped(mod.get_params()),
        mod.output_shapes,
        mod._update_on_kvstore,
    )


@scenario(([1, 100], 6), ([1, 1, 1], 2))
def too_many_contexts(mx, loads, rows):
    mod = mx.mod.Module(mlp(mx), context=[mx.cpu(number) for number in range(len(loads))], work_load_list=loads)
    mod.bind([("data", (rows, 10))], [("softmax_label", (rows,))])


@scenario()
def batch_for_each_context(mx):
    mod = mx.mod.Module(mlp(mx), context=[mx.cpu(0), mx.cpu(1)])
    mod.bind([("data", (6, 10))], [("softmax_label", (6,))])
    mod.init_params()
    start(mx, mod)
    both = list(batches(mx, 2, 3, 10))
    mod.forward(both, is_train=True)
    metric = mx.metric.create("acc")
    mod.update_metric(metric, [one.label for one in both], pre_sliced=True)
    return mod.get_outputs(), metric.get()


@scenario(
    (1, {"dev1": 1, "dev2": 2}),
    (2, {"dev1": [1, 2], "dev2": [3, 4]}),
    (2, {"dev1": 1, "dev2": [3]}),
    (2, [{"dev1": 1, "dev2": 2}, {"dev1": 3, "dev2": 4}]),
    (2, {"dev1": [1, 2, 3]}),
)
def groups_of_contexts(mx, contexts, groups):
    def named(given):
        if isinstance(given, dict):
            return {key: named(each) for key, each in given.items()}
        return [named(each) for each in given] if isinstance(given, list) else mx.cpu(given)

    with mx.AttrScope(ctx_group="dev1"):
        a = mx.sym.Variable("a") * 2
    with mx.AttrScope(ctx_group="dev2"):
        c = a + mx.sym.Variable("b")
    mod = mx.mod.Module(c, ["a", "b"], None, context=[mx.cpu(n) for n in range(contexts)], group2ctxs=named(groups))
    mod.bind([("a", (2, 5)), ("b", (2, 5))], inputs_need_grad=True)
    mod.init_params()
    mod.forward(mx.io.DataBatch([mx.nd.ones((2, 5))] * 2), is_train=True)
    mod.backward([mx.nd.ones((2, 5))])
    return [[str(each.context) for each in block] for block in mod.get_input_grads(merge_multi_context=False)], mod.get_input_grads()


@scenario()
def batch_sizes_that_differ(mx):
    mx.mod.Module(mlp(mx)).bind([("data", (6, 10))], [("softmax_label", (5,))])


@scenario()
def without_labels(mx):
    mod = ready(mx)
    mod.init_optimizer()
    one = next(batches(mx, 1, 6, 10))
    mod.forward(mx.io.DataBatch(one.data), is_train=False)
    first = mod.get_outputs()[0].asnumpy()
    return first, mod.label_shapes is None


@scenario()
def base_module(mx):
    mod = mx.mod.BaseModule()
    return mod.symbol, mod.binded, [name for name in dir(mod) if not name.startswith("_")]


@scenario("data_names", "output_names", "data_shapes", "label_shapes", "output_shapes")
def base_module_has_no(mx, name):
    return getattr(mx.mod.BaseModule(), name)
