"""The fused cell: layouts of its vector, states, and that the unfused stack computes the same."""

import numpy as np

from tests.rnn.networks import BATCH, INPUTS, STEPS, answers, composing, filled, listed, sequence, unrolled
from tests.scenario import scenario

MODES = ("rnn_relu", "rnn_tanh", "lstm", "gru")


@scenario(
    *[(mode, layers, both) for mode in MODES for layers in (1, 2) for both in (False, True)],
    ("lstm", 3, True),
)
@composing
def unroll(mx, mode, layers, both):
    cell = mx.rnn.FusedRNNCell(3, layers, mode, bidirectional=both, get_next_state=True)
    return unrolled(mx, cell, "TNC", "one")


@scenario(
    *[(layout, form, merge) for layout, form in [("NTC", "one"), ("NTC", "list"), ("TNC", "list")] for merge in (None, True, False)],
    ("TNC", "one", False),
    ("TNC", "one", True),
    ("NTC", "split", True),
)
@composing
def layouts(mx, layout, form, merge):
    return unrolled(mx, mx.rnn.FusedRNNCell(3, mode="gru", prefix="f_"), layout, form, merge)


@scenario(*MODES)
@composing
def facts(mx, mode):
    cell = mx.rnn.FusedRNNCell(5, 2, mode, bidirectional=True)
    return str(
        [
            cell.state_info,
            cell.state_shape,
            [list(cell._gate_names), cell._num_gates, cell._directions, cell._prefix, cell._parameter.name],
            sorted(cell.params._params),
            [state.name for state in cell.begin_state()],
        ]
    )


@scenario(*[(mode, layers, both) for mode in MODES for layers, both in [(1, False), (2, True), (3, False)]])
@composing
def weights(mx, mode, layers, both):
    """The vector's parts, gate by gate, and the vector again."""
    cell = mx.rnn.FusedRNNCell(3, layers, mode, bidirectional=both, prefix="f_")
    net, _ = cell.unroll(2, mx.sym.Variable("data"), layout="TNC", merge_outputs=True)
    shapes = dict(zip(net.list_arguments(), net.infer_shape(data=(2, BATCH, INPUTS))[0], strict=True))
    packed = {"f_parameters": mx.nd.arange(int(np.prod(shapes["f_parameters"]))), "other": mx.nd.ones((2,))}
    unpacked = cell.unpack_weights(packed)
    again = cell.pack_weights(unpacked)
    names = sorted(unpacked)
    same = (again["f_parameters"].asnumpy() == packed["f_parameters"].asnumpy()).all().item()
    return [
        str([names, [unpacked[name].shape for name in names], sorted(again), same, sorted(packed)]),
        np.concatenate([unpacked[name].asnumpy().ravel() for name in names]).astype("int16"),
    ]


@scenario(
    *[(mode, layers, both, merge) for mode in MODES for layers, both, merge in [(1, False, None), (2, True, True), (2, False, False)]]
)
@composing
def unfused(mx, mode, layers, both, merge):
    """Both compute alike from one set of weights."""
    cell = mx.rnn.FusedRNNCell(3, layers, mode, bidirectional=both, prefix="f_")
    stack = cell.unfuse()
    data, shapes = sequence(mx, "NTC", "one")
    whole, _ = cell.unroll(STEPS, data, merge_outputs=True)
    parts, _ = stack.unroll(STEPS, data, merge_outputs=merge)
    parts = parts if merge else listed(mx, [mx.sym.expand_dims(part, axis=1) for part in parts])
    size = whole.infer_shape(**shapes)[0][1]
    packed = {name: mx.nd.array(value) for name, value in filled({"f_parameters": size}).items()}
    unpacked = stack.pack_weights(cell.unpack_weights(packed))
    values = {"data": filled(shapes)["data"]}
    first = whole.bind(mx.cpu(), {"data": mx.nd.array(values["data"]), **packed}).forward()[0].asnumpy()
    second = parts.bind(mx.cpu(), {"data": mx.nd.array(values["data"]), **unpacked}).forward()
    joined = np.concatenate([part.asnumpy() for part in second], axis=1)
    return [
        str([np.allclose(first, joined, atol=1e-5), sorted(unpacked)]),
        answers(mx, parts, values={**values, **{name: value.asnumpy() for name, value in unpacked.items()}}, **shapes),
    ]


@scenario("lstm", "gru")
@composing
def given_states(mx, mode):
    cell = mx.rnn.FusedRNNCell(3, 2, mode, get_next_state=True)
    begin = cell.begin_state(func=mx.sym.Variable)
    outputs, states = cell.unroll(STEPS, mx.sym.Variable("data"), begin_state=begin, layout="TNC")
    shapes = {state.name: (2, BATCH, 3) for state in begin}
    return [
        str([[state.name for state in begin], [state.attr("__layout__") for state in [*begin, *states]]]),
        answers(mx, listed(mx, [outputs, *states]), data=(STEPS, BATCH, INPUTS), **shapes),
    ]


@scenario(*[(dropout, both) for dropout in (0.0, 0.5) for both in (False, True)])
@composing
def names_of_the_unfused(mx, dropout, both):
    cell = mx.rnn.FusedRNNCell(3, 3, "lstm", bidirectional=both, dropout=dropout, prefix="f_")
    stack = cell.unfuse()
    net, states = stack.unroll(STEPS, mx.sym.Variable("data"), merge_outputs=True)
    internals = net.get_internals().list_outputs()
    return str([[type(part).__name__ for part in stack._cells], internals, sorted(stack.params._params), len(states), stack.state_info])


@scenario()
@composing
def dropout(mx):
    """In inference, nothing is dropped."""
    cell = mx.rnn.FusedRNNCell(3, 2, "gru", dropout=0.5)
    net, _ = cell.unroll(STEPS, mx.sym.Variable("data"), layout="TNC", merge_outputs=True)
    executor = net.simple_bind(mx.cpu(), data=(STEPS, BATCH, INPUTS))
    for name, value in filled({name: array.shape for name, array in executor.arg_dict.items()}).items():
        executor.arg_dict[name][:] = value
    return executor.forward(is_train=False)[0]


@scenario("step", "layout", "size")
@composing
def refused(mx, what):
    cell = mx.rnn.FusedRNNCell(3, 1, "gru", prefix="f_")
    try:
        if what == "step":
            cell(mx.sym.Variable("x"), cell.begin_state())
        elif what == "layout":
            cell.unroll(2, mx.sym.Variable("x"), layout="NCT")
        else:
            cell.unpack_weights({"f_parameters": mx.nd.ones((100,))})
    except (NotImplementedError, AssertionError) as error:
        return "AssertionError" if isinstance(error, AssertionError) else "NotImplementedError"


@scenario()
@composing
def shared(mx):
    """Two fused cells on one container."""
    params = mx.rnn.RNNParams("s_")
    one, two = mx.rnn.FusedRNNCell(4, params=params, prefix="one_"), mx.rnn.FusedRNNCell(4, params=params, prefix="two_")
    data, shapes = sequence(mx, "TNC", "one")
    first, _ = one.unroll(STEPS, data, layout="TNC", merge_outputs=True)
    second, _ = two.unroll(STEPS, first, layout="TNC", merge_outputs=True)
    return answers(mx, second, **shapes)
