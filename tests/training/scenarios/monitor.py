"""Monitors: which values they see, and what they make of them."""

import numpy as np

from tests.scenario import scenario


def net(mx):
    x = mx.sym.Variable("data")
    for number in range(2):
        x = mx.sym.FullyConnected(x, name=f"fc_{number}", num_hidden=2)
        x = mx.sym.Activation(x, name=f"act_{number}", act_type="sigmoid")
    return mx.sym.LinearRegressionOutput(x, name="softmax", grad_scale=2)


def watched(mx, monitor, symbol=None, steps=1, training=True):
    mod = mx.mod.Module(net(mx) if symbol is None else symbol)
    mod.bind([("data", (1, 2))], [("softmax_label", (1, 2))], for_training=training)
    mod.install_monitor(monitor)
    given = {
        "fc_0_weight": [[0.15, 0.20], [0.25, 0.30]],
        "fc_0_bias": [0.35, 0.35],
        "fc_1_weight": [[0.40, 0.45], [0.50, 0.55]],
        "fc_1_bias": [0.60, 0.60],
    }
    arguments = mod._exec_group.param_names
    mod.init_params(mx.init.One(), {k: mx.nd.array(v) for k, v in given.items() if k in arguments}, allow_missing=True)
    batch = mx.io.DataBatch([mx.nd.array([[0.05, 0.10]])], [mx.nd.array([[0.01, 0.99]])])
    found = []
    for _ in range(steps):
        monitor.tic()
        mod.forward_backward(batch) if training else mod.forward(batch)
        found.append(monitor.toc())
    return found


def mean_abs(mx):
    return lambda x: mx.nd.sum(mx.nd.abs(x)) / x.size


def numbers(found):
    """Names, steps, and measures as numbers; gradients of label and data are not computed in MXNet."""
    rows = [row for row in found if row[1] not in ("softmax_backward_output1", "fc_0_backward_output0")]
    return [(n, k) for n, k, _ in rows], np.array([float(text) for _, _, text in rows])


@scenario(True, False)
def all_values(mx, sort):
    found = watched(mx, mx.mon.Monitor(1, stat_func=mean_abs(mx), pattern=".*", sort=sort))[0]
    return len(found), [name for _, name, _ in found], numbers(found)


@scenario()
def default_measure(mx):
    return numbers(watched(mx, mx.mon.Monitor(1))[0])


@scenario(".*weight", "fc_0", "act_.*output", "nothing")
def patterns(mx, pattern):
    return [name for _, name, _ in watched(mx, mx.mon.Monitor(1, pattern=pattern))[0]]


@scenario(1, 2, 3)
def intervals(mx, interval):
    monitor = mx.mon.Monitor(interval, pattern="fc_0_output")
    return [[row[:2] for row in found] for found in watched(mx, monitor, steps=5)], monitor.step, monitor.activated, monitor.queue


@scenario()
def inputs_of_nodes(mx):
    found = watched(mx, mx.mon.Monitor(1, monitor_all=True, pattern="fc"))[0]
    return sorted({name for _, name, _ in found if "backward" not in name})


@scenario()
def lists_of_measures(mx):
    monitor = mx.mon.Monitor(1, stat_func=lambda x: [x.max(), x.min(), x], pattern="fc_0_output")
    ((_, name, text),) = watched(mx, monitor)[0]
    return name, text.count("\t"), np.array([float(part) for part in text.split("\t")[:2]])


@scenario()
def measure_of_a_wrong_kind(mx):
    watched(mx, mx.mon.Monitor(1, stat_func=lambda x: 3))


@scenario()
def other_nets(mx):
    x = mx.sym.Convolution(
        mx.sym.Reshape(mx.sym.Variable("data"), shape=(1, 1, 1, 2), name="reshape"), num_filter=2, kernel=(1, 1), name="conv"
    )
    x = mx.sym.BatchNorm(x, name="bn", fix_gamma=False, use_global_stats=True)
    x = mx.sym.Activation(x, act_type="relu", name="relu")
    x = mx.sym.Pooling(x, kernel=(1, 2), pool_type="max", name="pool")
    x = mx.sym.exp(mx.sym.Flatten(x, name="flat"), name="e")
    x = mx.sym.FullyConnected(x, num_hidden=2, name="fc")
    found = watched(mx, mx.mon.Monitor(1), mx.sym.LinearRegressionOutput(x, name="softmax"))[0]
    unlike = ("pool_workspace", "zeros_without_dtype_output")  # what MXNet's kernels need
    forward = [name for _, name, _ in found if "backward" not in name and name not in unlike]
    return forward, sorted({name.partition("_backward")[0] for _, name, _ in found if "backward" in name})


@scenario(False, True)
def names_of_what_enters(mx, is_train):
    x = mx.sym.Variable("x", shape=(2, 3, 6, 6))
    net = mx.sym.Activation(mx.sym.Convolution(x, kernel=(2, 2), num_filter=2, name="conv"), act_type="relu", name="act")
    net = mx.sym.LRN(mx.sym.concat(mx.sym.BatchNorm(net, name="bn"), net, dim=1, name="cat"), nsize=1, name="lrn")
    net = mx.sym.softmax(mx.sym.LeakyReLU(mx.sym.elemwise_add(net, net, name="add"), name="leaky"), name="softmax")
    net = mx.sym.SoftmaxActivation(
        mx.sym.Dropout(mx.sym.mean(mx.sym.tile(net, (1, 2), name="tile"), axis=1, name="mean"), name="drop"), name="act2"
    )
    exe, names = net.simple_bind(mx.cpu()), []
    exe.set_monitor_callback(lambda name, array: names.append(name if isinstance(name, str) else name.decode()), monitor_all=True)
    exe.forward(is_train=is_train)
    return names
