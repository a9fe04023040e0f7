"""Cells with convolutions."""

from tests.rnn.networks import answers, composing, listed
from tests.scenario import scenario

KINDS = ("ConvRNNCell", "ConvLSTMCell", "ConvGRUCell")
OPTIONS = {
    "plain": {},
    "tanh": {"activation": "tanh"},
    "window": {"h2h_kernel": (1, 3), "h2h_dilate": (1, 2), "i2h_kernel": (2, 3), "i2h_stride": (2, 1), "i2h_pad": (0, 1)},
    "dilated": {"i2h_dilate": (2, 1), "i2h_pad": (2, 1), "h2h_kernel": (5, 3)},
    "named": {"prefix": "p_"},
}


@scenario(*[(kind, option, merge) for kind in KINDS for option in OPTIONS for merge in (None, True) if not (merge and option != "plain")])
@composing
def unroll(mx, kind, option, merge):
    cell = getattr(mx.rnn, kind)((2, 3, 6, 5), 2, **OPTIONS[option])
    data = [mx.sym.Variable(f"t{t}_data") for t in range(2)]
    outputs, states = cell.unroll(2, data, layout="NTCHW", merge_outputs=merge)
    net = listed(mx, [listed(mx, outputs), *states])
    return [
        str([cell.state_info, cell.state_shape, sorted(cell.params._params)]),
        answers(mx, net, t0_data=(2, 3, 6, 5), t1_data=(2, 3, 6, 5)),
    ]


@scenario(*KINDS)
@composing
def facts(mx, kind):
    cell = getattr(mx.rnn, kind)(input_shape=(1, 3, 16, 10), num_hidden=10)
    attributes = {name: str(sorted(variable.list_attr().items())) for name, variable in sorted(cell.params._params.items())}
    begin = [state.name for state in cell.begin_state()]
    is_base = isinstance(cell, mx.rnn.BaseConvRNNCell)
    return str([is_base, list(cell._gate_names), cell._num_gates, cell._prefix, attributes, begin, cell._h2h_pad])


@scenario(*KINDS)
@composing
def initializers(mx, kind):
    words = {f"{part}_{what}_initializer": "ones" for part in ("i2h", "h2h") for what in ("weight", "bias")}
    cell = getattr(mx.rnn, kind)((1, 2, 5, 5), 2, **words)
    return str({name: sorted(variable.list_attr().items()) for name, variable in sorted(cell.params._params.items())})


@scenario("even", "abstract")
@composing
def refused(mx, what):
    try:
        if what == "even":
            mx.rnn.ConvLSTMCell((1, 3, 8, 8), 4, h2h_kernel=(2, 3))
        else:
            words = [(1, 1)] * 3
            cell = mx.rnn.BaseConvRNNCell((1, 3, 8, 8), 4, (3, 3), (1, 1), (3, 3), *words, None, None, "zeros", "zeros", "tanh")
            cell(mx.sym.Variable("x"), [])
    except (NotImplementedError, AssertionError) as error:
        return "AssertionError" if isinstance(error, AssertionError) else "NotImplementedError"


@scenario(*KINDS)
@composing
def weights(mx, kind):
    cell = getattr(mx.rnn, kind)((1, 2, 5, 5), 2, prefix="c_")
    rows = 2 * cell._num_gates
    args = {f"c_{group}_weight": mx.nd.random.uniform(shape=(rows, 2, 3, 3)) for group in ("i2h", "h2h")}
    args.update({f"c_{group}_bias": mx.nd.arange(rows) for group in ("i2h", "h2h")})
    unpacked = cell.unpack_weights(args)
    again = cell.pack_weights(unpacked)
    return [
        str([(name, unpacked[name].shape) for name in sorted(unpacked)]),
        [unpacked[name] for name in sorted(unpacked) if name.endswith("bias")],
        all((again[name].asnumpy() == args[name].asnumpy()).all() for name in args),
    ]


@scenario(*KINDS)
@composing
def in_a_stack(mx, kind):
    make = getattr(mx.rnn, kind)
    stack = mx.rnn.SequentialRNNCell()
    stack.add(make((1, 3, 6, 6), 4, prefix="one_"))
    stack.add(make((1, 4, 6, 6), 2, prefix="two_"))
    outputs, _ = stack.unroll(2, [mx.sym.Variable("a"), mx.sym.Variable("b")], layout="NTCHW", merge_outputs=False)
    net = mx.sym.Group(outputs)
    return str([net.list_arguments(), net.list_outputs(), net.infer_shape(a=(1, 3, 6, 6), b=(1, 3, 6, 6))[1]])
