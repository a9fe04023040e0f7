"""Cells with products: names, shapes, values and gradients, for every layout and way to merge."""

import numpy as np

from tests.rnn.networks import BATCH, CELLS, INPUTS, STEPS, answers, composing, listed, sequence, unrolled
from tests.scenario import scenario

FORMS = [("NTC", "one"), ("TNC", "one"), ("NTC", "list"), ("TNC", "list"), ("TNC", "split")]


@scenario(
    *[(kind, layout, form, merge) for kind in ("rnn", "lstm", "gru") for layout, form in FORMS for merge in (None, True, False)],
    ("relu", "NTC", "one", None),
    ("softrelu", "TNC", "list", True),
)
@composing
def unroll(mx, kind, layout, form, merge):
    return unrolled(mx, CELLS[kind](mx), layout, form, merge)


@scenario(*CELLS)
@composing
def facts(mx, kind):
    cell = CELLS[kind](mx, prefix="a_")
    attributes = {name: variable.list_attr() for name, variable in sorted(cell.params._params.items())}
    counters = [cell._own_params, cell._prefix, cell._counter, cell._init_counter]
    return str([cell.state_info, cell.state_shape, list(cell._gate_names), attributes, counters])


@scenario(*CELLS)
@composing
def one_step(mx, kind):
    cell = CELLS[kind](mx)
    states = cell.begin_state()
    first, states = cell(mx.sym.Variable("x"), states)
    second, states = cell(mx.sym.Variable("y"), states)
    return answers(mx, listed(mx, [first, second, *states]), x=(BATCH, INPUTS), y=(BATCH, INPUTS))


@scenario("rnn", "lstm", "gru")
@composing
def unroll_twice(mx, kind):
    """Names begin anew; weights are the same."""
    cell = CELLS[kind](mx)
    first, _ = cell.unroll(2, [mx.sym.Variable("a"), mx.sym.Variable("b")])
    second, _ = cell.unroll(1, [mx.sym.Variable("c")])
    return [mx.sym.Group(first).list_outputs(), mx.sym.Group(second).list_outputs(), mx.sym.Group(first + second).list_arguments()]


@scenario("zeros", "ones", "variable", "word")
@composing
def begin_state(mx, kind):
    cell = mx.rnn.LSTMCell(5, prefix="s_")
    if kind == "variable":
        states = cell.begin_state(func=mx.sym.Variable)
    elif kind == "word":
        states = cell.begin_state(mx.sym.zeros, dtype="float64")
        return [[state.name for state in states], [str(sorted(state.list_attr().items())) for state in states]]
    else:
        states = cell.begin_state(func=getattr(mx.sym, kind))
    outputs, _ = cell.unroll(STEPS, mx.sym.Variable("data"), begin_state=states)
    more = {"s_begin_state_0": (BATCH, 5), "s_begin_state_1": (BATCH, 5)} if kind == "variable" else {}
    return [
        [state.name for state in states],
        [state.list_attr()["__layout__"] for state in states],
        answers(mx, listed(mx, outputs), data=(BATCH, STEPS, INPUTS), **more),
    ]


@scenario()
@composing
def begin_states_are_counted(mx):
    cell = mx.rnn.LSTMCell(5)
    names = [state.name for _ in range(2) for state in cell.begin_state()]
    cell.reset()
    return [names, [state.name for state in cell.begin_state()]]


@scenario("rnn", "lstm", "gru")
@composing
def shared_params(mx, kind):
    """Two cells on one container have one set of weights."""
    shared = mx.rnn.RNNParams("shared_")
    one, two = CELLS[kind](mx, prefix="one_", params=shared), CELLS[kind](mx, prefix="two_", params=shared)
    first, _ = one.unroll(1, [mx.sym.Variable("x")])
    second, _ = two.unroll(1, [first[0]])
    return [one._own_params, *answers(mx, second[0], x=(BATCH, 5))]


@scenario()
@composing
def params_of_their_own(mx):
    params = mx.rnn.RNNParams("p_")
    first = params.get("w", shape=(2, 3), lr_mult=2.0)
    again = params.get("w", shape=(9, 9))
    return [first is again, first.name, sorted(params._params), first.attr("__shape__"), first.attr("__lr_mult__")]


@scenario("none", "short", "group", "long")
@composing
def refused(mx, kind):
    cell = mx.rnn.RNNCell(5)
    x = mx.sym.Variable("x")
    try:
        if kind == "none":
            cell.unroll(2, None)
        elif kind == "short":
            cell.unroll(3, [x, x])
        elif kind == "long":
            cell.unroll(1, [x, x])
        else:
            cell.unroll(2, mx.sym.Group([x, x]))
    except AssertionError:
        return "AssertionError"
    return "accepted"


@scenario("state_info", "call", "unroll")
@composing
def base_is_none(mx, what):
    cell = mx.rnn.BaseRNNCell("b_")
    try:
        if what == "state_info":
            return cell.state_info
        if what == "call":
            return cell(mx.sym.Variable("x"), [])
        return cell.unroll(1, [mx.sym.Variable("x")])
    except NotImplementedError:
        return "NotImplementedError"


@scenario()
@composing
def a_cell_of_the_users(mx):
    """A subclass that states what a step is."""

    class Sum(mx.rnn.BaseRNNCell):
        def __init__(self):
            super().__init__(prefix="sum_")
            self._w = self.params.get("w", shape=(1, 4))

        @property
        def state_info(self):
            return [{"shape": (0, 4), "__layout__": "NC"}]

        def __call__(self, inputs, states):
            self._counter += 1
            total = mx.sym.broadcast_add(inputs + states[0], self._w, name=f"{self._prefix}t{self._counter}_out")
            return self._get_activation(total, "tanh"), [total]

    cell = Sum()
    return [unrolled(mx, cell, "TNC", "list"), sorted(cell.params._params), cell.unpack_weights({"sum_w": 1}), cell.pack_weights({})]


@scenario("rnn", "lstm", "gru")
@composing
def weights(mx, kind):
    """Unpacked gate by gate, and packed again."""
    cell = CELLS[kind](mx, prefix="w_")
    rows = 5 * len(cell._gate_names)
    shapes = {"i2h_weight": (rows, 3), "i2h_bias": (rows,), "h2h_weight": (rows, 5), "h2h_bias": (rows,)}
    packed = {f"w_{name}": mx.nd.array(np.random.rand(*shape)) for name, shape in shapes.items()}
    packed["other"] = mx.nd.ones((2,))
    unpacked = cell.unpack_weights(packed)
    again = cell.pack_weights(unpacked)
    return [
        list(packed),
        {name: unpacked[name] for name in sorted(unpacked)},
        sorted(again),
        all((again[name].asnumpy() == packed[name].asnumpy()).all() for name in packed),
    ]


@scenario("float16", "float64")
@composing
def weights_keep_their_type(mx, dtype):
    cell = mx.rnn.GRUCell(2)
    shapes = {"i2h_weight": (6, 3), "i2h_bias": (6,), "h2h_weight": (6, 2), "h2h_bias": (6,)}
    packed = {f"gru_{name}": mx.nd.ones(shape, dtype=dtype) for name, shape in shapes.items()}
    unpacked = cell.unpack_weights(packed)
    again = cell.pack_weights(unpacked)
    return [sorted((name, np.dtype(value.dtype).name) for name, value in {**unpacked, **again}.items())]


@scenario("unpack", "pack")
@composing
def missing_weights(mx, way):
    cell = mx.rnn.LSTMCell(2)
    try:
        (cell.unpack_weights if way == "unpack" else cell.pack_weights)({})
    except KeyError:
        return "KeyError"


@scenario()
@composing
def stacked_by_hand(mx):
    """Outputs of one cell, a list or a Symbol, are inputs of the next."""
    data, shapes = sequence(mx, "NTC", "one")
    outputs, _ = mx.rnn.LSTMCell(4, prefix="one_").unroll(STEPS, data)
    outputs, _ = mx.rnn.GRUCell(3, prefix="two_").unroll(STEPS, outputs, merge_outputs=True)
    outputs, states = mx.rnn.RNNCell(3, prefix="three_").unroll(STEPS, outputs, layout="NTC")
    return answers(mx, listed(mx, [*outputs, *states]), **shapes)
