"""Corners of operators that unit tests written for MXNet ask about: names, refusals, what is known of shapes."""

import numpy as np

from tests.scenario import scenario


@scenario()
def arguments_of_an_operator(mx):
    found = [mx.operator.get_operator_arguments(name) for name in ("Activation", "Concat", "exp", "Pooling")]
    first = found[0]
    return [(a.narg, a.names, a.types[0]) for a in found[:3]], first.types[1], type(first).__name__, "kernel" in found[3].names


@scenario("zeros", "ones")
def filled_with_an_unknown_shape(mx, name):
    make = getattr(mx.nd, name)
    refused = []
    for shape in ((), (0, 1, 3, 0), 0):
        try:
            make(shape=shape)
            refused.append(False)
        except mx.base.MXNetError:
            refused.append(True)
    with mx.np_shape():
        return refused, make(shape=()).shape, make(shape=(0, 1, 3, 0)).shape, make(shape=0).shape


@scenario()
def tiled_to_nothing(mx):
    data = mx.nd.arange(4).reshape((2, 2))
    with mx.np_shape():
        return mx.nd.tile(data, (1, 0, 3)).shape, mx.nd.tile(data, (0,)).shape


@scenario()
def part_of_an_axis_of_unknown_size(mx):
    data = mx.sym.Variable("data", shape=(10, 0))
    parts = [mx.sym.slice_axis(data, axis=axis, begin=begin, end=end) for axis, begin, end in ((0, 0, 5), (1, 0, 5), (1, 2, None))]
    found = [part.infer_shape_partial()[1] for part in parts]
    with mx.np_shape():
        data = mx.sym.Variable("data", shape=(10, -1))
        found.append(mx.sym.slice_axis(data, axis=1, begin=-4, end=-1).infer_shape_partial()[1])
    return found, parts[1].infer_shape(data=(10, 7))[1]


@scenario(ValueError, AssertionError, KeyError, OSError)
def an_exception_in_custom_code(mx, kind):
    class Broken(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            raise kind("broken")

    @mx.operator.register("scenario_broken_" + kind.__name__)
    class BrokenProp(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Broken()

    mx.nd.Custom(mx.nd.ones((2,)), op_type="scenario_broken_" + kind.__name__).asnumpy()


@scenario()
def names_for_a_monitor(mx):
    data = mx.sym.Variable("data", shape=(2, 3, 6, 6))
    net = mx.sym.Activation(mx.sym.Convolution(data, kernel=(2, 2), num_filter=2, name="conv"), act_type="relu", name="act")
    bound = net.simple_bind(mx.cpu(), grad_req="null")
    seen = []
    for monitor_all in (False, True):
        bound.set_monitor_callback(lambda name, array: seen.append(mx.base.py_str(name)), monitor_all=monitor_all)
        bound.forward()
        seen.append("--")
    return seen


@scenario()
def words_of_sparse_embedding(mx):
    data, weight = mx.sym.Variable("data"), mx.sym.Variable("weight")
    symbol = mx.sym.contrib.SparseEmbedding(data, weight, input_dim=5, output_dim=2, deterministic=True)
    return symbol.infer_shape(data=(3,))[:2], symbol.bind(mx.cpu(), {"data": mx.nd.array([0, 3]), "weight": mx.nd.ones((5, 2))}).forward()[
        0
    ]


@scenario()
def pooling_with_the_convention_same(mx):
    data = mx.nd.array(np.arange(20.0).reshape(1, 2, 10))
    try:
        mx.nd.Pooling(data, kernel=2, stride=2, pad=2, pool_type="max", pooling_convention="same").wait_to_read()
    except mx.base.MXNetError:
        return mx.nd.Pooling(data, kernel=2, stride=2, pad=(0, 0, 0), pool_type="max", pooling_convention="same")
