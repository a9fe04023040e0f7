"""What nodes cost: hand counts, networks whose cost is known, and every operator that has a case."""

from math import prod

import numpy as np
import pytest

import symbolic as mx
from symbolic import registry
from symbolic.cost.memory import run_of
from symbolic.cost.rules import WORK
from symbolic.cost.work import Cost, costs
from symbolic.graph.graph import Graph
from symbolic.infer.dtype import dtypes_of
from symbolic.infer.shape import shapes_of
from symbolic.values.shape import UNKNOWN, complete
from tests.ops.test_laws import build, case_files

sym = mx.sym
x = sym.Variable("x")
FLOAT32 = np.dtype("float32")


def every(symbol, is_train=False, dtypes=None, **shapes):
    """Count all nodes: name -> Cost."""
    graph = symbol.graph
    given = {node: shapes[node.name] for node in graph.variables if node.name in shapes}
    types = dtypes_of(graph, {node: np.dtype(dtypes[node.name]) for node in graph.variables if node.name in (dtypes or {})})
    found = costs(graph, shapes_of(graph, given), types, is_train=is_train)
    return {node.name: each for node, each in zip(graph.nodes, found, strict=True)}


def one(symbol, is_train=False, **shapes):
    """Count the last node."""
    return list(every(symbol, is_train, **shapes).values())[-1]


def named(name, *inputs, **words):
    """Compose by registered name on variables."""
    return registry.find(name)(*[sym.Variable(each) for each in inputs], **words)


def test_variables_cost_nothing():
    assert every(sym.exp(x, name="e"), x=(2, 3))["x"] == Cost(0, 0, 0, 0)


# -- FLOPs, counted by hand ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbol", "shape", "flops"),
    [
        # 2 * outputs * taps * channels, and a bias
        (sym.Convolution(x, kernel=(3, 3), num_filter=8), (2, 3, 8, 8), 2 * (2 * 8 * 6 * 6) * 27 + 2 * 8 * 6 * 6),
        (sym.Convolution(x, kernel=(3, 3), num_filter=8, no_bias=True), (2, 3, 8, 8), 2 * (2 * 8 * 6 * 6) * 27),
        (sym.Convolution(x, kernel=(3, 3), num_filter=8, no_bias=True, pad=(1, 1), stride=(2, 2)), (2, 3, 8, 8), 2 * (2 * 8 * 4 * 4) * 27),
        (sym.Convolution(x, kernel=(3, 3), num_filter=6, num_group=3, no_bias=True), (1, 3, 5, 5), 2 * (6 * 3 * 3) * 9),
        (sym.Convolution(x, kernel=(3,), num_filter=4, no_bias=True, layout="NCW"), (2, 5, 10), 2 * (2 * 4 * 8) * 15),
        (sym.Convolution(x, kernel=(2, 2, 2), num_filter=4, no_bias=True), (1, 3, 4, 4, 4), 2 * (4 * 27) * 24),
        # each input spreads a window over its filters
        (sym.Deconvolution(x, kernel=(4, 4), stride=(2, 2), pad=(1, 1), num_filter=5), (2, 3, 6, 6), 2 * (2 * 3 * 36) * 5 * 16),
        (sym.FullyConnected(x, num_hidden=7), (4, 3, 5), 2 * 4 * 15 * 7 + 4 * 7),
        (sym.FullyConnected(x, num_hidden=7, no_bias=True, flatten=False), (4, 3, 5), 2 * 12 * 5 * 7),
        (sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max"), (1, 3, 8, 8), 3 * 16 * 3),
        (sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="avg"), (1, 3, 8, 8), 3 * 16 * 4),
        (sym.Pooling(x, kernel=(1, 1), global_pool=True, pool_type="avg"), (1, 3, 8, 8), 3 * 64),
        (sym.BatchNorm(x, fix_gamma=False), (2, 3, 4, 4), 2 * 96),
        (sym.Activation(x, act_type="relu"), (2, 3), 6),
        (sym.Activation(x, act_type="tanh"), (2, 3), 6),
        (sym.softmax(x), (2, 3), 30),
        (sym.Dropout(x, p=0.5), (2, 3), 0),
        (sym.Embedding(x, input_dim=10, output_dim=4), (2, 3), 0),
        (sym.transpose(x), (2, 3), 0),
        (sym.sum(x, axis=1), (4, 5), 4 * 4),
        (sym.mean(x, axis=1), (4, 5), 4 * 5),
        (sym.max(x), (4, 5), 19),
        (sym.exp(x) + 1, (4, 5), 20),
        (sym.add_n(x, x, x), (4, 5), 40),
        (sym.clip(x, 0, 1), (4, 5), 40),
        (sym.dot(x, x, transpose_b=True), (4, 5), 2 * 4 * 4 * 5),
        (sym.dot(x, x, transpose_a=True), (4, 5), 2 * 5 * 5 * 4),
        (sym.batch_dot(x, x, transpose_b=True), (3, 4, 5), 3 * 2 * 4 * 4 * 5),
        (sym.linalg_gemm2(x, x, transpose_b=True), (3, 4, 5), 3 * 2 * 4 * 4 * 5),
        (sym.linalg_potrf(x), (1, 1), 1),  # a root
        (sym.linalg_potrf(x), (2, 2), 5),  # two roots, a quotient, a square, a difference
        (sym.linalg_det(x), (1, 1), 0),
        (sym.linalg_det(x), (2, 2), 4),  # a quotient, a multiply-add, a product
        (sym.broadcast_hypot(x, x), (2,), 8),
    ],
)
def test_by_hand(symbol, shape, flops):
    assert one(symbol, x=shape).flops == flops


@pytest.mark.parametrize(("mode", "gates", "cell"), [("rnn_tanh", 1, 1), ("lstm", 4, 18), ("gru", 3, 15)])
def test_recurrent_layers(mode, gates, cell):
    layer = sym.RNN(x, state_size=6, num_layers=2, bidirectional=True, mode=mode, name="rnn")
    steps, batch = 5, 3
    products = [2 * gates * 6 * (features + 6) for features in (4, 12)]
    assert one(layer, x=(steps, batch, 4)).flops == steps * batch * 2 * (sum(products) + 2 * 6 * (3 * gates + cell))


def test_training_costs_more_where_it_does():
    assert one(sym.Dropout(x, p=0.5), is_train=True, x=(2, 3)).flops == 18
    assert one(sym.BatchNorm(x), is_train=True, x=(2, 3)).flops == 36
    assert one(sym.BatchNorm(x, use_global_stats=True), is_train=True, x=(2, 3)).flops == 12


def test_a_composite_is_its_body():
    step = named("sgd_update", "w", "g", lr=0.1, wd=0.01)
    assert one(step, w=(10,), g=(10,)).flops == 50  # rescale, decay, their sum, lr, difference
    scores = sym.contrib.interleaved_matmul_selfatt_qk(x, heads=2)
    t, n, h, d = 5, 3, 2, 4
    products = 2 * (n * h * t * t) * d
    assert one(scores, x=(t, n, h * d * 3)).flops == products + n * h * t * d + 1  # queries are divided by the root of d


def test_loops_count_their_steps():
    step = sym.contrib.foreach(lambda row, state: (row * state, row + state), x, sym.Variable("s"))
    assert one(sym.Group([step[0], step[1]]), x=(7, 4), s=(4,)).flops == 7 * 8
    loop = sym.contrib.while_loop(lambda i: sym.sum(i) < 100, lambda i: (i, i * 2), [sym.Variable("i")], max_iterations=9)
    assert one(sym.Group([loop[0][0], loop[1][0]]), i=(3,)).flops == 9 * (3 + 2 + 1)


def test_a_branch_is_counted_as_both():
    made = sym.contrib.cond(sym.sum(x) > 0, lambda: x * 2, lambda: x + 1)
    assert one(made, x=(4,)).flops >= 8


def test_custom_operators_are_not_known():
    class Work(mx.operator.CustomOp):
        pass

    @mx.operator.register("test_cost_work")
    class Prop(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Work()

    made = every(sym.Custom(x, op_type="test_cost_work", name="own") + 1, x=(2, 3))
    assert made["own"].flops is None and made["own"].written == 24


# -- networks whose cost is known -------------------------------------------------------------------------------------------


def residual_network(units, widths, bottleneck):
    """He et al. (2015); windows of 3 x 3 take the strides, as in torchvision."""

    def conv(data, filters, kernel, stride, name):
        pad = (kernel // 2, kernel // 2)
        made = sym.Convolution(data, kernel=(kernel, kernel), num_filter=filters, stride=(stride, stride), pad=pad, no_bias=True, name=name)
        return sym.BatchNorm(made, fix_gamma=False, name=name + "_bn")

    def relu(data):
        return sym.Activation(data, act_type="relu")

    net = relu(conv(sym.Variable("data"), 64, 7, 2, "stem"))
    net = sym.Pooling(net, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max")
    channels = 64
    for stage, (count, width) in enumerate(zip(units, widths, strict=True)):
        for unit in range(count):
            name, stride = f"stage{stage}_unit{unit}", 2 if stage and not unit else 1
            out = 4 * width if bottleneck else width
            short = net if out == channels and stride == 1 else conv(net, out, 1, stride, name + "_short")
            if bottleneck:
                body = relu(conv(net, width, 1, 1, name + "_a"))
                body = conv(relu(conv(body, width, 3, stride, name + "_b")), out, 1, 1, name + "_c")
            else:
                body = conv(relu(conv(net, width, 3, stride, name + "_a")), width, 3, 1, name + "_b")
            net, channels = relu(body + short), out
    net = sym.Pooling(net, global_pool=True, kernel=(7, 7), pool_type="avg")
    return sym.FullyConnected(net, num_hidden=1000, name="fc")


@pytest.mark.parametrize(
    ("units", "bottleneck", "products", "parameters"),
    [((2, 2, 2, 2), False, 1_814_073_344, 11_689_512), ((3, 4, 6, 3), True, 4_089_184_256, 25_557_032)],
    ids=["resnet18", "resnet50"],
)
def test_residual_networks(units, bottleneck, products, parameters):
    net = residual_network(units, (64, 128, 256, 512), bottleneck)
    found = every(net, data=(1, 3, 224, 224))
    layers = {node.name for node in net.graph.nodes if node.op is not None and node.op.name in ("Convolution", "FullyConnected")}
    assert sum(found[name].flops for name in layers) == 2 * products + 1000  # the last layer's bias
    assert sum(each.parameters for each in found.values()) == parameters
    total = sum(each.flops for each in found.values())
    assert 2 * products < total < 2.05 * products  # all the rest is next to nothing


def test_gradients_cost_twice_the_forward_run():
    net = residual_network((1, 1, 1, 1), (16, 32, 64, 128), False)
    graph = net.graph
    shapes = shapes_of(graph, {node: (2, 3, 64, 64) for node in graph.variables if node.name == "data"})
    run = run_of(graph, shapes, [FLOAT32] * graph.size, {n for n in graph.arguments if n.name != "data"}, True)
    low = run.lowered
    work = costs(low.graph, low.shapes, low.dtypes, {}, True)
    by_op = {}
    for place in run.computed:
        name = low.graph.nodes[place].op.name
        by_op[name] = by_op.get(name, 0) + work[place].flops
    forward = by_op["Convolution"]
    stem = 2 * (2 * 64 * 32 * 32) * 3 * 49  # no gradient of the pictures is wanted
    assert by_op["_backward_Convolution"] == 2 * forward - stem


# -- bytes and parameters ---------------------------------------------------------------------------------------------------


def test_bytes():
    found = every(sym.elemwise_add(x, x, name="twice"), x=(4, 5))["twice"]
    assert (found.read, found.written) == (80, 80)  # one value, read once
    found = every(sym.Cast(x, dtype="float16", name="half"), dtypes={"x": "float64"}, x=(4, 5))["half"]
    assert (found.read, found.written) == (160, 40)
    found = every(sym.Reshape(sym.exp(x), shape=(-1,), name="view"), x=(4, 5))["view"]
    assert (found.read, found.written) == (0, 0)
    found = every(sym.zeros_like(sym.exp(x), name="zeros"), x=(4, 5))["zeros"]
    assert found.read == 0 and found.written == 80  # only the shape is read


def test_shared_weights_count_once():
    w = sym.Variable("shared_weight")
    first = sym.FullyConnected(x, weight=w, num_hidden=4, no_bias=True, name="first")
    found = every(sym.FullyConnected(first, weight=w, num_hidden=4, no_bias=True, name="second"), x=(2, 4))
    assert (found["first"].parameters, found["second"].parameters) == (16, 0)
    assert found["first"].read == found["second"].read == 4 * (8 + 16)


def test_unknown_shapes_are_not_guessed():
    found = every(sym.FullyConnected(sym.exp(x, name="e"), num_hidden=4, name="fc"), x=(UNKNOWN, 3))
    assert found["e"] == Cost(None, None, None, 0)
    assert found["fc"].flops is None and found["fc"].parameters == 4 * 3 + 4


def test_long_chains():
    made = x
    for _ in range(20_000):
        made = made + 1
    assert sum(each.flops for each in every(made, x=(3,)).values()) == 60_000


# -- every operator ---------------------------------------------------------------------------------------------------------

UNKNOWN_WORK = {"Custom", "_backward_Custom"}  # the user's code
OPERATORS = {op.canonical for name in registry.names() for op in [registry.find(name)]}


def test_every_primitive_has_a_line():
    assert {op.name for op in OPERATORS if op.body is None and not op.subgraphs} - WORK.keys() == UNKNOWN_WORK
    assert not [name for name in WORK if not registry.known(name)]


def all_cases():
    for path, cases in case_files():
        if any(not case.refused for case in cases):
            yield pytest.param([case for case in cases if not case.refused], id=path[4:])


@pytest.mark.parametrize("cases", list(all_cases()))
def test_every_operator_has_a_number(cases):
    differentiated = set()
    for case in cases:
        symbol, names = build(case)
        if not len(symbol):
            continue
        arrays = dict(zip(names, case.arrays().values(), strict=True))
        with mx.np_shape():
            graph = symbol.graph
            shapes = shapes_of(graph, {node: arrays[node.name].shape for node in graph.variables if node.name in arrays})
            types = dtypes_of(graph, {node: arrays[node.name].dtype for node in graph.variables if node.name in arrays})
            checked(graph, shapes, types, case.train)
            op = registry.find(case.op)
            known = all(map(complete, shapes)) and not op.foreign
            if case.gradient and known and op.differentiable and case.op not in differentiated and any(t.kind == "f" for t in types if t):
                differentiated.add(case.op)
                types = [FLOAT32 if each is None else each for each in types]
                wrt = {node for node in graph.arguments if types[graph.number((node, 0))].kind == "f"}
                low = run_of(graph, shapes, types, wrt, True).lowered
                checked(low.graph, low.shapes, low.dtypes, True)


def checked(graph: Graph, shapes, types, is_train):
    for node, each in zip(graph.nodes, costs(graph, shapes, types, is_train=is_train), strict=True):
        if node.op is None or node.op.name in UNKNOWN_WORK:
            continue
        numbers = [*graph.inputs[graph.index[node]], *range(graph.base[node], graph.base[node] + node.params._layout.size)]
        if all(complete(shapes[number]) for number in numbers):
            assert isinstance(each.flops, int) and each.flops >= 0, (node, node.params, each)
            assert each.written is not None and each.written <= sum(8 * prod(shapes[n]) for n in numbers)
