"""Other kinds of modules: with buckets, in a row, in Python."""

import tempfile

import numpy as np

from tests.scenario import scenario

WHY = "sums of a different order, over several steps"


def values(*shape, seed=0, scale=1.0):
    return np.random.RandomState(seed).uniform(-scale, scale, shape).astype("f")


def filled(mx, arrays):
    return {name: mx.nd.array(values(*array.shape, seed=sum(map(ord, name)) % 97, scale=0.5)) for name, array in arrays.items()}


def dumped(found):
    arguments, states = found
    return {name: arguments[name] for name in sorted(arguments)}, {name: states[name] for name in sorted(states)}


# -- buckets --------------------------------------------------------------------------------------------------------------


def words(mx, key):
    """A network that unrolls ``key`` steps over words, one operator a step."""
    data, label = mx.sym.Variable("data"), mx.sym.Variable("softmax_label")
    embedded = mx.sym.Embedding(data, input_dim=11, output_dim=6, name="embed")
    steps = mx.sym.SliceChannel(embedded, num_outputs=key, axis=1, squeeze_axis=1) if key > 1 else [mx.sym.Flatten(embedded)]
    weight, bias = mx.sym.Variable("step_weight"), mx.sym.Variable("step_bias")
    state, outputs = None, []
    for number in range(key):
        joined = steps[number] if state is None else steps[number] + state
        state = mx.sym.Activation(
            mx.sym.FullyConnected(joined, weight, bias, num_hidden=6, name=f"step{number}"), act_type="tanh", name=f"tanh{number}"
        )
        outputs.append(state)
    joined = mx.sym.Concat(*outputs, dim=0) if key > 1 else state
    scores = mx.sym.FullyConnected(joined, num_hidden=11, name="scores")
    turned = mx.sym.Reshape(mx.sym.transpose(label), shape=(-1,))
    return mx.sym.SoftmaxOutput(scores, turned, name="softmax"), ("data",), ("softmax_label",)


def sentences(mx, key, seed, rows=4):
    random = np.random.RandomState(seed)
    return mx.io.DataBatch(
        [mx.nd.array(random.randint(0, 11, (rows, key)))],
        [mx.nd.array(random.randint(0, 11, (rows, key)))],
        bucket_key=key,
        provide_data=[mx.io.DataDesc("data", (rows, key))],
        provide_label=[mx.io.DataDesc("softmax_label", (rows, key))],
    )


def bucketing(mx, contexts=1, **given):
    mod = mx.mod.BucketingModule(lambda key: words(mx, key), default_bucket_key=7, context=[mx.cpu(n) for n in range(contexts)], **given)
    mod.bind([("data", (4, 7))], [("softmax_label", (4, 7))])
    mod.init_params()
    mod.set_params(filled(mx, mod.get_params()[0]), {})
    return mod


@scenario(1, 2, rtol=2e-4, atol=2e-5, why=WHY)
def buckets(mx, contexts):
    mod = bucketing(mx, contexts)
    mod.init_optimizer(optimizer="adam", optimizer_params={"learning_rate": 0.05})
    metric, seen = mx.metric.Perplexity(ignore_label=None), []
    for number, key in enumerate((3, 7, 1, 3, 5, 7, 3)):
        batch = sentences(mx, key, number)
        mod.prepare(batch)
        mod.forward_backward(batch)
        mod.update()
        found = mod.get_outputs()[0]
        turned = [mx.nd.transpose(batch.label[0]).reshape((-1,))]
        metric.update(turned, [found]) if contexts == 1 else None
        seen.append((mod.symbol.list_arguments(), found.shape, mod.data_shapes[0].shape, mod.output_names, found.asnumpy().sum()))
    return seen, metric.get(), dumped(mod.get_params()), sorted(mod._buckets)


@scenario("write", "add")
def gradient_requests_of_buckets(mx, request):
    def made(_):
        weight = mx.sym.Variable("a", shape=(1,), init=mx.init.One())
        return mx.sym.make_loss(mx.sym.broadcast_mul(mx.sym.Variable("data"), weight)), ("data",), None

    mod = mx.mod.BucketingModule(made, default_bucket_key=10)
    mod.bind([["data", (2,)]], for_training=True, grad_req=request)
    mod.init_params()
    found = []
    for key in (10, 5, 10, 5):
        desc = mx.io.DataDesc(name="data", shape=(2,), layout="N")
        mod.forward_backward(mx.io.DataBatch([mx.nd.ones((2,))], None, provide_data=[desc], bucket_key=key))
        found.append(mod._curr_module._exec_group.execs[0].grad_dict["a"].asscalar())
    return found


@scenario()
def bucket_properties(mx):
    mod = mx.mod.BucketingModule(lambda key: words(mx, key), default_bucket_key=7)
    before = mod.data_names, mod.output_names, mod.binded
    mod.bind([("data", (4, 7))], [("softmax_label", (4, 7))])
    mod.init_params()
    mod.switch_bucket(3, [("data", (4, 3))], [("softmax_label", (4, 3))])
    return before, mod.data_names, mod.output_names, [tuple(d) for d in mod.data_shapes], [tuple(d) for d in mod.label_shapes], mod.binded


@scenario("data_shapes", "label_shapes", "output_shapes", "symbol")
def bucket_asked_too_early(mx, name):
    return getattr(mx.mod.BucketingModule(lambda key: words(mx, key), default_bucket_key=7), name)


@scenario()
def bucket_without_default(mx):
    return mx.mod.BucketingModule(lambda key: words(mx, key))


@scenario(rtol=2e-4, atol=2e-5, why=WHY)
def buckets_bound_again(mx):
    mod = bucketing(mx)
    mod.init_optimizer(optimizer_params={"learning_rate": 0.1})
    mod.forward_backward(sentences(mx, 7, 1))
    mod.update()
    mod.bind([("data", (2, 7))], [("softmax_label", (2, 7))], force_rebind=True)
    mod.forward(sentences(mx, 7, 1, rows=2), is_train=False)
    return dumped(mod.get_params()), mod.get_outputs()[0].shape, sorted(mod._buckets)


@scenario(rtol=2e-4, atol=2e-5, why=WHY)
def saved_buckets(mx):
    prefix = tempfile.mkdtemp() + "/b"
    mod = bucketing(mx)
    mod.forward(sentences(mx, 3, 1), is_train=False)
    mod.save_checkpoint(prefix, 5)
    other = mx.mod.BucketingModule.load(prefix, 5, lambda key: words(mx, key), 7)
    other.bind([("data", (4, 7))], [("softmax_label", (4, 7))])
    other.forward(sentences(mx, 3, 1), is_train=False)
    return sorted(map(int, other._buckets)), other.get_outputs(), dumped(other.get_params()), mx.nd.load(f"{prefix}.buckets")[0]


@scenario()
def fit_buckets(mx):
    mod = mx.mod.BucketingModule(lambda key: words(mx, key), default_bucket_key=7)

    class Batches(mx.io.DataIter):
        provide_data = [mx.io.DataDesc("data", (4, 7))]
        provide_label = [mx.io.DataDesc("softmax_label", (4, 7))]
        place = 0

        def reset(self):
            self.place = 0

        def next(self):
            if self.place == 4:
                raise StopIteration
            self.place += 1
            return sentences(mx, (7, 3, 5, 3)[self.place - 1], self.place)

    told = []
    mod.fit(Batches(), eval_metric=mx.metric.Loss(), num_epoch=2, batch_end_callback=lambda p: told.append((p.epoch, p.nbatch)))
    return told, sorted(mod._buckets), mod._curr_module._optimizer.num_update


# -- in a row -------------------------------------------------------------------------------------------------------------


def row(mx, loss=False):
    body = mx.sym.Activation(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=8, name="fc1"), act_type="relu", name="relu1")
    head = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name="fc2")
    mod = mx.mod.SequentialModule()
    mod.add(mx.mod.Module(body, label_names=None))
    if loss:

        def gradient(scores, labels):
            scores, labels = scores.asnumpy(), labels.asnumpy().astype(int)
            e = np.exp(scores - scores.max(1, keepdims=True))
            e /= e.sum(1, keepdims=True)
            e[np.arange(len(e)), labels] -= 1
            return e

        mod.add(mx.mod.Module(head, label_names=None), auto_wiring=True)
        return mod.add(mx.mod.PythonLossModule(grad_func=gradient), take_labels=True, auto_wiring=True)
    head = mx.sym.SoftmaxOutput(head, name="softmax")
    return mod.add(mx.mod.Module(head), take_labels=True, auto_wiring=True)


@scenario(False, True, rtol=2e-4, atol=2e-5, why=WHY)
def modules_in_a_row(mx, loss):
    mod = row(mx, loss)
    mod.bind([("data", (6, 10))], [("softmax_label", (6,))], inputs_need_grad=True)
    mod.init_params()
    for module in mod._modules:
        module.set_params(filled(mx, module.get_params()[0]), {})
    mod.init_optimizer(optimizer_params={"learning_rate": 0.3})
    metric = mx.metric.create("acc")
    for number in range(4):
        label = np.random.RandomState(number).randint(0, 4, 6).astype("f")
        batch = mx.io.DataBatch([mx.nd.array(values(6, 10, seed=number))], [mx.nd.array(label)])
        mod.forward_backward(batch)
        mod.update()
        mod.update_metric(metric, batch.label)
    shapes = [tuple(each) for each in mod.data_shapes], [tuple(each) for each in mod.label_shapes], mod.output_shapes
    return (
        mod.get_outputs(),
        mod._modules[0].get_input_grads(),
        metric.get(),
        dumped(mod.get_params()),
        shapes,
        mod.data_names,
        mod.output_names,
        len(batch.data),
        mod.binded,
    )


@scenario()
def fit_a_row(mx):
    mod = row(mx)
    train = mx.io.NDArrayIter(values(20, 10), np.arange(20) % 4, 5)
    mod.fit(train, num_epoch=2, initializer=mx.init.One())
    return mod.score(train, "acc")[0][0], mod.predict(train).shape, sorted(mod.get_params()[0])


@scenario()
def row_of_nothing(mx):
    mod = mx.mod.SequentialModule()
    names = mod.data_names, mod.output_names
    try:
        mod.bind([("data", (1, 1))])
    except AssertionError:
        return names


@scenario()
def row_with_a_typo(mx):
    mx.mod.SequentialModule().add(mx.mod.Module(mx.sym.Variable("data") * 1, label_names=None), take_label=True)


@scenario()
def row_with_one_name_twice(mx):
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc")
    mod = mx.mod.SequentialModule()
    for _ in range(2):
        mod.add(mx.mod.Module(net, label_names=None), auto_wiring=True)
    mod.bind([("data", (2, 3))])
    mod.init_params()


@scenario("bind", "forward", "get_params", "update", "get_outputs", "init_optimizer")
def row_called_too_early(mx, name):
    mod = row(mx)
    if name == "bind":
        return mod.bind([("data", (6, 10))], for_training=False, inputs_need_grad=True)
    return mod.forward(None) if name == "forward" else getattr(mod, name)()


# -- in Python ------------------------------------------------------------------------------------------------------------


@scenario()
def python_loss(mx):
    mod = mx.mod.PythonLossModule(grad_func=lambda scores, labels: scores - labels)
    before = mod.data_names, mod.output_names, mod.data_shapes, mod.output_shapes, mod.get_params()
    mod.bind([("data", (2, 3))], [("softmax_label", (2, 3))])
    mod.init_params()
    mod.init_optimizer()
    batch = mx.io.DataBatch([mx.nd.array(values(2, 3))], [mx.nd.ones((2, 3))])
    mod.forward(batch)
    mod.backward()
    metric = mx.metric.create("mse")
    mod.update_metric(metric, batch.label)
    mod.update()
    return before, mod.output_shapes, mod.label_shapes, mod.get_outputs(), mod.get_input_grads(), metric.get()


@scenario("names", "request", "backward", "out_grads", "merge", "monitor", "no_gradient")
def python_loss_wrongly(mx, what):
    mod = mx.mod.PythonLossModule()
    if what == "names":
        return mod.bind([("other", (2, 3))])
    if what == "request":
        return mod.bind([("data", (2, 3))], grad_req="add")
    mod.bind([("data", (2, 3))], [("softmax_label", (2, 3))], for_training=what != "backward")
    if what == "merge":
        return mod.get_outputs(merge_multi_context=False)
    if what == "monitor":
        return mod.install_monitor(None)
    return mod.backward([mx.nd.ones((2, 3))]) if what == "out_grads" else mod.backward()


@scenario()
def python_module(mx):
    class Twice(mx.mod.PythonModule):
        def __init__(self):
            super().__init__(("data",), None, ["twice_output"])

        def _compute_output_shapes(self):
            return [("twice_output", self._data_shapes[0][1])]

        def forward(self, data_batch, is_train=None):
            self.found = [data_batch.data[0] * 2]

        def get_outputs(self, merge_multi_context=True):
            return self.found

    mod = Twice()
    mod.bind([("data", (2, 3))])
    mod.forward(mx.io.DataBatch([mx.nd.ones((2, 3))]))
    return mod.get_outputs(), mod.output_shapes, mod.label_shapes, mod.data_names, mod.get_params()
