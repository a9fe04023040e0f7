"""Arrays by key: pushed by several devices, pulled by several, changed by updaters."""

import os
import tempfile

import numpy as np

from tests.scenario import scenario

SHAPE = (2, 3)
INTS, STRINGS = [5, 7, 11], ["b", "c", "d"]


def ones(mx, value=1.0, shape=SHAPE, **words):
    return mx.nd.ones(shape, **words) * value


def rows(mx, values=None):
    """Make a row-sparse array of four rows."""
    return mx.nd.array(np.arange(8).reshape(4, 2) if values is None else values).tostype("row_sparse")


@scenario("local", "device", "LOCAL", "local_update_cpu", "local_allreduce_cpu", "local_allreduce_device", "Device", "teststore")
def kinds(mx, name):
    store = mx.kv.create(name)
    return [store.type, store.rank, store.num_workers, store.is_capable("optimizer")]


@scenario()
def default_kind(mx):
    return [
        mx.kv.create().type,
        mx.kvstore.create().type,
        isinstance(mx.kv.create(), mx.kv.KVStore),
        mx.kv.create().is_capable("OPTIMIZER"),
    ]


@scenario(INTS, STRINGS)
def one_key(mx, keys):
    store = mx.kv.create()
    store.init(keys[0], ones(mx, 4))
    out = mx.nd.zeros(SHAPE)
    store.pull(keys[0], out=out)
    first = out.asnumpy()
    store.push(keys[0], ones(mx, 8))
    store.pull(keys[0], out)
    return [first, out]


@scenario(*[(keys, kind) for keys in (INTS, STRINGS) for kind in ("local", "device")])
def lists_of_keys(mx, keys, kind):
    store = mx.kv.create(kind)
    store.init(keys, [ones(mx, i) for i in range(3)])
    store.push(keys, [ones(mx, 4 + i) for i in range(3)])
    outs = [mx.nd.zeros(SHAPE) for _ in keys]
    store.pull(keys, out=outs)
    return outs


@scenario("local", "device")
def several_devices(mx, kind):
    store = mx.kv.create(kind)
    store.init(3, mx.nd.zeros(SHAPE))
    store.init(INTS, [mx.nd.zeros(SHAPE)] * 3)
    store.push(3, [ones(mx, i, ctx=mx.cpu(i)) for i in range(4)])
    outs = [mx.nd.zeros(SHAPE, mx.cpu(i)) for i in range(4)]
    store.pull(3, out=outs)
    store.push(INTS, [[ones(mx, i * 2.0, ctx=mx.cpu(i)) for i in range(4)]] * 3)
    many = [[mx.nd.zeros(SHAPE, mx.cpu(i)) for i in range(4)] for _ in INTS]
    store.pull(INTS, out=many)
    return [outs, many, [str(array.context) for array in outs]]


@scenario(INTS, STRINGS)
def with_updater(mx, keys):
    store, seen = mx.kv.create(), []

    def update(key, pushed, kept):
        seen.append(key.decode() if isinstance(key, bytes) else key)
        kept += pushed * 2

    store.init(keys, [mx.nd.zeros(SHAPE)] * 3)
    store._set_updater(update)
    outs = [mx.nd.zeros(SHAPE) for _ in range(4)]
    for _ in range(3):
        store.push(keys[0], ones(mx))
    store.push(keys[1], [ones(mx, i) for i in range(4)])
    store.push(keys, [[ones(mx)] * 2] * 3)
    store.pull(keys[0], out=outs[0])
    store.pull(keys[1:], out=outs[1:3])
    store.pushpull(keys[0], ones(mx), out=outs[3])
    return [outs, sorted(map(str, seen))]


@scenario()
def one_key_twice(mx):
    store = mx.kv.create()
    store.init(3, ones(mx))
    store.push([3, 3], [ones(mx, 2), ones(mx, 3)])
    out = mx.nd.zeros(SHAPE)
    store.pull([3], out=[out])
    return out


@scenario("local", "device")
def pushpull(mx, kind):
    store = mx.kv.create(kind)
    store.init("a", ones(mx))
    values, out, kept = [ones(mx, 2), ones(mx, 3)], mx.nd.zeros(SHAPE), mx.nd.zeros(SHAPE)
    store.pushpull("a", values, out=out)
    store.pushpull("a", values)
    store.pull("a", out=kept)
    return [values, out, kept]


@scenario("local", "device")
def broadcast(mx, kind):
    store = mx.kv.create(kind)
    outs, kept = [mx.nd.zeros(SHAPE), mx.nd.zeros(SHAPE)], mx.nd.zeros(SHAPE)
    store.broadcast("a", ones(mx, 5), outs)
    store.broadcast(["b", "c"], [ones(mx, 6), ones(mx, 7)], [outs[0], outs[0]])
    store.pull("a", out=kept)
    return [outs, kept]


@scenario("teststore")
def without_memory(mx, kind):
    store = mx.kv.create(kind)
    a, b, c = ones(mx), ones(mx, 2), mx.nd.zeros(SHAPE)
    store.broadcast("a", ones(mx, 5), [a, c])
    store.pushpull("a", [a, b], out=c)
    store.pushpull("a", [a, b])
    store.pushpull("a", c, out=[b])
    return [a, b, c, sorted(name for name in mx.kv.KVStoreBase.kv_registry if name == kind)]


@scenario(("sgd", {"learning_rate": 0.5}), ("sgd", {"momentum": 0.9}), ("adam", {}), ("test", {}))
def with_optimizer(mx, name, words):
    store = mx.kv.create()
    store.init(["w", "v"], [ones(mx), ones(mx, 2, (4,))])
    store.set_optimizer(mx.optimizer.create(name, **words))
    for step in range(3):
        store.push("w", [ones(mx, step), ones(mx)])
        store.push(["v", "w"], [ones(mx, 0.5, (4,)), ones(mx, 0.1)])
    outs = [mx.nd.zeros(SHAPE), mx.nd.zeros((4,))]
    store.pull(["w", "v"], out=outs)
    states = store._updater.states
    return [outs, {key: states[key] for key in sorted(states)}]


@scenario(False, True)
def states_in_a_file(mx, dump_optimizer):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "states")
        for part in range(2):
            store = mx.kv.create()
            store.init(0, ones(mx))
            store.set_optimizer(mx.optimizer.SGD(momentum=0.9))
            if part:
                store.load_optimizer_states(file)
            for _ in range(3):
                store.push(0, ones(mx))
            store.save_optimizer_states(file, dump_optimizer)
            out = mx.nd.zeros(SHAPE)
            store.pull(0, out=out)
            found += [out, store._updater.states, store._updater.optimizer.num_update]
    return found


@scenario("float64", "float16", "int32")
def types(mx, dtype):
    store = mx.kv.create()
    store.init(0, ones(mx, 3, dtype=dtype))
    store.push(0, [ones(mx, 2, dtype=dtype), ones(mx, 5, dtype=dtype)])
    outs = [mx.nd.zeros(SHAPE, dtype=dtype), mx.nd.zeros(SHAPE)]
    store.pull(0, out=outs)
    return outs


@scenario()
def chosen_rows(mx):
    store = mx.kv.create()
    store.init("e", rows(mx))
    outs = [mx.nd.zeros((4, 2)).tostype("row_sparse") for _ in range(5)]
    store.row_sparse_pull("e", out=outs[0], row_ids=mx.nd.array([1, 3, 3]))
    store.row_sparse_pull("e", out=outs[1:3], row_ids=[mx.nd.array([1, 3]), mx.nd.array([0])])
    store.row_sparse_pull("e", out=outs[3:], row_ids=mx.nd.array([2], dtype="int64"))
    whole = ones(mx, 9, (4, 2))
    store.pull("e", out=whole, ignore_sparse=False)
    return [outs, whole, outs[0].stype]


@scenario(True, False)
def sparse_arrays_are_left_out(mx, ignore_sparse):
    store = mx.kv.create()
    store.init("e", ones(mx, 1, (4, 2)).tostype("row_sparse"))
    out, dense = ones(mx, 2, (4, 2)).tostype("row_sparse"), ones(mx, 2, (4, 2))
    store.pull("e", out=[out, dense], ignore_sparse=ignore_sparse)
    return [out, dense]


@scenario(1, 4)
def rows_of_lists(mx, devices):
    keys, store = ["a", "b"], mx.kv.create()
    store.init(keys, [mx.nd.zeros((4, 2)).tostype("row_sparse")] * 2)
    store.push(keys, [[rows(mx)] * devices] * 2)
    outs = [[mx.nd.zeros((4, 2)).tostype("row_sparse") for _ in range(devices)] for _ in keys]
    store.row_sparse_pull(keys, out=outs, row_ids=[[mx.nd.array([[0, 1], [3, 3]])] * devices] * 2)
    return outs


@scenario("row_sparse", "default")
def rows_pushed(mx, stype):
    store = mx.kv.create()
    store.init("e", ones(mx, 1, (4, 2)).tostype(stype))
    store.push("e", [rows(mx), rows(mx)])
    out = mx.nd.zeros((4, 2))
    store.pull("e", out=out, ignore_sparse=False)
    return out


@scenario()
def rows_with_optimizer(mx):
    store = mx.kv.create()
    store.init("e", ones(mx, 1, (4, 2)).tostype("row_sparse"))
    store.set_optimizer(mx.optimizer.SGD(learning_rate=0.1, momentum=0.9, wd=0.1))
    for _ in range(3):
        store.push("e", [rows(mx, [[0, 0], [1, 2], [0, 0], [1, 0]]), rows(mx, [[0, 0], [1, 2], [0, 0], [0, 0]])])
    out = mx.nd.zeros((4, 2)).tostype("row_sparse")
    store.row_sparse_pull("e", out=out, row_ids=mx.nd.array([0, 1, 2, 3]))
    return out


def of_store(mx, kind="local"):
    store = mx.kv.create(kind)
    store.init(3, ones(mx))
    return store


MISTAKES = {
    "name": lambda mx: mx.kv.create(3),
    "nccl": lambda mx: mx.kv.create("nccl"),
    "init twice": lambda mx: of_store(mx).init(3, ones(mx)),
    "init of several": lambda mx: of_store(mx).init(4, [ones(mx), ones(mx)]),
    "push before init": lambda mx: of_store(mx).push(4, ones(mx)),
    "pull before init": lambda mx: of_store(mx).pull(4, out=ones(mx)),
    "mixed keys": lambda mx: of_store(mx).init("a", ones(mx)),
    "mixed keys in a list": lambda mx: mx.kv.create().init([3, "a"], [ones(mx), ones(mx)]),
    "key": lambda mx: of_store(mx).init(3.5, ones(mx)),
    "value": lambda mx: of_store(mx).init(4, np.ones(2)),
    "lengths": lambda mx: of_store(mx).init([4, 5], [ones(mx)]),
    "no out": lambda mx: of_store(mx).pull(3),
    "no rows": lambda mx: of_store(mx).row_sparse_pull(3, out=ones(mx)),
    "rows of a dense one": lambda mx: of_store(mx).row_sparse_pull(3, out=ones(mx).tostype("row_sparse"), row_ids=mx.nd.array([1])),
    "shape of out": lambda mx: of_store(mx).pull(3, out=mx.nd.zeros((3,))),
    "capability": lambda mx: of_store(mx).is_capable("x"),
    "states without optimizer": lambda mx: of_store(mx).save_optimizer_states("/tmp/none"),
    "compression on the host": lambda mx: of_store(mx).set_gradient_compression({"type": "2bit"}),
    "compression": lambda mx: of_store(mx, "device").set_gradient_compression({"type": "1bit"}),
    "threshold": lambda mx: of_store(mx, "device").set_gradient_compression({"type": "2bit", "threshold": -1}),
    "compression without type": lambda mx: of_store(mx, "device").set_gradient_compression({}),
}


@scenario(*MISTAKES)
def mistakes(mx, what):
    MISTAKES[what](mx)
    mx.nd.waitall()
