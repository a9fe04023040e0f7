"""Modules on several contexts: how batches are split, when they shrink, what comes of buckets and moving statistics."""

import os

import numpy as np

from tests.scenario import scenario
from tests.training.compact import compact
from tests.training.scenarios.module import WHY, batches, dumped, lenet, mlp, start, values

LOADS = [[1], [1, 1], [1, 1, 1], [1] * 4, [2, 1], [1, 2], [1, 3, 1], [3, 1, 1, 3], [0.5, 0.5], [10, 1], [1, 0], [1, 10, 1]]


def contexts(mx, count):
    return [mx.cpu(number) for number in range(count)]


@compact()
def splits(mx):
    found = {}
    for loads in LOADS:
        for rows in range(1, 14):
            mod = mx.mod.Module(mlp(mx), context=contexts(mx, len(loads)), work_load_list=loads)
            try:
                mod.bind([("data", (rows, 3))], [("softmax_label", (rows,))])
                found[f"{loads} {rows}"] = [[part.start, part.stop] for part in mod._exec_group.slices]
            except ValueError:
                found[f"{loads} {rows}"] = "refused"
    return found


def made(mx, network, loads, *shape, **words):
    mod = mx.mod.Module(network, context=contexts(mx, len(loads)), work_load_list=loads, **words)
    mod.bind([("data", shape)], [("softmax_label", shape[:1])])
    mod.init_params()
    start(mx, mod)
    mod.init_optimizer(optimizer_params={"learning_rate": 0.3, "momentum": 0.9})
    return mod


@scenario(([1, 1], [8, 5, 8, 3]), ([1, 1, 1], [9, 4, 3, 9]), ([2, 1], [6, 6, 4]), rtol=2e-4, atol=2e-5, why=WHY)
def batches_that_shrink(mx, loads, sizes):
    mod = made(mx, mlp(mx), loads, sizes[0], 10)
    outputs = []
    for number, rows in enumerate(sizes):
        one = next(batches(mx, 1, rows, 10))
        mod.forward_backward(mx.io.DataBatch([one.data[0] * (number + 1)], one.label))
        mod.update()
        outputs.append([each.shape for each in mod.get_outputs(merge_multi_context=False)[0]])
    return outputs, mod.get_outputs(), dumped(mod.get_params())


@scenario(([1, 1], 1), ([1, 1, 1], 2), ([1, 3], 1))
def batches_that_become_too_small(mx, loads, rows):
    mod = made(mx, mlp(mx), loads, 8, 10)
    mod.forward(next(batches(mx, 1, rows, 10)))
    return [each.shape for each in mod.get_outputs(merge_multi_context=False)[0]]


@scenario(([1, 1], "pad"), ([1, 1, 1], "pad"), ([2, 1], "discard"), ([1, 1], "roll_over"), rtol=2e-4, atol=2e-5, why=WHY)
def fitted(mx, loads, handle):
    data = mx.io.NDArrayIter(values(17, 10), np.arange(17) % 4, 6, last_batch_handle=handle)
    mod = made(mx, mlp(mx), loads, 6, 10)
    seen = []
    mod.fit(
        data,
        data,
        eval_metric=["acc", "ce"],
        num_epoch=3,
        batch_end_callback=lambda one: seen.append([value for _, value in one.eval_metric.get_name_value()]),
    )
    data.reset()
    return np.array(seen), mod.score(data, "ce"), mod.predict(data), dumped(mod.get_params())


@scenario(1, 2, 3, rtol=2e-3, atol=2e-4, why=WHY)
def statistics(mx, count):
    """Each context has its own; those told and saved are the mean."""
    mod = made(mx, lenet(mx), [1] * count, 6, 1, 8, 8)
    for one in batches(mx, 3, 6, 1, 8, 8):
        mod.forward_backward(one)
        mod.update()
    mx.nd.waitall()  # MXNet returns statistics of the step before else, now and then
    apart = [[each.asnumpy() for each in block] for block in mod._exec_group.aux_arrays]
    return apart, dumped(mod.get_params())


@scenario(1, 2, rtol=2e-4, atol=2e-5, why=WHY)
def buckets(mx, count):
    def network(key):
        x = mx.sym.sum(mx.sym.Embedding(mx.sym.Variable("data"), input_dim=9, output_dim=5, name="embed"), axis=1)
        return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=4, name="fc"), name="softmax"), ["data"], ["softmax_label"]

    mod = mx.mod.BucketingModule(network, 7, context=contexts(mx, count))
    mod.bind([("data", (6, 7))], [("softmax_label", (6,))])
    mod.init_params()
    start(mx, mod)
    mod.init_optimizer(optimizer_params={"learning_rate": 0.3, "momentum": 0.9})
    for number, key in enumerate([7, 3, 5, 3, 7, 2]):
        draw = np.random.RandomState(number)
        data, label = mx.nd.array(draw.randint(0, 9, (6, key))), mx.nd.array(draw.randint(0, 4, 6))
        shapes = [mx.io.DataDesc("data", (6, key))], [mx.io.DataDesc("softmax_label", (6,))]
        mod.forward_backward(mx.io.DataBatch([data], [label], bucket_key=key, provide_data=shapes[0], provide_label=shapes[1]))
        mod.update()
    return mod.get_outputs(), dumped(mod.get_params())


@scenario(("local", "1"), ("device", "1"), ("local", "0"), ("device", "0"), (None, "1"), rtol=2e-4, atol=2e-5, why=WHY)
def stores(mx, kind, on_store):
    os.environ["MXNET_UPDATE_ON_KVSTORE"] = on_store
    try:
        mod = mx.mod.Module(mlp(mx), context=contexts(mx, 2), fixed_param_names=["fc1_bias"])
        mod.bind([("data", (6, 10))], [("softmax_label", (6,))])
        mod.init_params()
        start(mx, mod)
        mod.init_optimizer(kvstore=kind, optimizer="adam", optimizer_params={"learning_rate": 0.1})
    finally:
        del os.environ["MXNET_UPDATE_ON_KVSTORE"]
    for one in batches(mx, 4, 6, 10):
        mod.forward_backward(one)
        mod.update()
    apart = [[each.asnumpy() for each in block] for block in mod._exec_group.param_arrays]
    return mod._update_on_kvstore, apart, dumped(mod.get_params())
