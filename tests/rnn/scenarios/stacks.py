"""Cells of cells: stacked, in both directions, and modified."""

from tests.rnn.networks import BATCH, CELLS, INPUTS, STEPS, answers, composing, listed, sequence, unrolled
from tests.scenario import scenario


def stack(mx, *cells, params=None):
    found = mx.rnn.SequentialRNNCell(params=params)
    for cell in cells:
        found.add(cell)
    return found


def both(mx, left="lstm", right="gru", **words):
    return mx.rnn.BidirectionalCell(CELLS[left](mx, prefix="l_"), CELLS[right](mx, prefix="r_"), **words)


def residual(mx):
    return mx.rnn.ResidualCell(mx.rnn.GRUCell(INPUTS, prefix="res_"))


STACKS = {
    "sequential": lambda mx: stack(mx, CELLS["lstm"](mx, prefix="a_"), CELLS["gru"](mx, prefix="b_"), CELLS["rnn"](mx, prefix="c_")),
    "bidirectional": both,
    "named": lambda mx: both(mx, output_prefix="both_"),
    "deep": lambda mx: stack(mx, both(mx), CELLS["rnn"](mx, prefix="top_")),
    "twice": lambda mx: stack(
        mx, both(mx, output_prefix="x_"), mx.rnn.BidirectionalCell(mx.rnn.RNNCell(2), mx.rnn.RNNCell(3, prefix="z_"))
    ),
    "dropout": lambda mx: stack(mx, CELLS["rnn"](mx), mx.rnn.DropoutCell(0.0), mx.rnn.GRUCell(3)),
    "residual": residual,
    "residual_stack": lambda mx: stack(mx, residual(mx), mx.rnn.ResidualCell(mx.rnn.LSTMCell(INPUTS))),
    "residual_of_both": lambda mx: mx.rnn.ResidualCell(mx.rnn.BidirectionalCell(mx.rnn.GRUCell(2, "l_"), mx.rnn.GRUCell(2, "r_"))),
    "fused": lambda mx: stack(mx, mx.rnn.FusedRNNCell(4, 1, "gru"), mx.rnn.RNNCell(2)),
    "both_fused": lambda mx: mx.rnn.BidirectionalCell(mx.rnn.FusedRNNCell(4, prefix="f_"), mx.rnn.LSTMCell(2)),
}


@scenario(*[(kind, merge) for kind in STACKS for merge in (None, True, False)])
@composing
def unroll(mx, kind, merge):
    return unrolled(mx, STACKS[kind](mx), "NTC", "one", merge)


@scenario(*[(kind, form) for kind in ("sequential", "bidirectional", "residual", "dropout") for form in ("one", "list")])
@composing
def time_first(mx, kind, form):
    return unrolled(mx, STACKS[kind](mx), "TNC", form, True)


@scenario(*STACKS)
@composing
def facts(mx, kind):
    cell = STACKS[kind](mx)
    begin = [] if kind == "residual_of_both" else cell.begin_state()  # the reference has no begin_state of that one
    return str([cell.state_info, cell.state_shape, sorted(cell.params._params), [state.name for state in begin], cell._prefix])


@scenario("sequential", "residual", "dropout")
@composing
def one_step(mx, kind):
    cell = STACKS[kind](mx)
    output, states = cell(mx.sym.Variable("x"), cell.begin_state())
    output, states = cell(mx.sym.Variable("y"), states)
    return answers(mx, listed(mx, [output, *states]), y=(BATCH, INPUTS), **({"x": (BATCH, INPUTS)} if states else {}))


@scenario("sequential", "deep", "residual_stack")
@composing
def weights(mx, kind):
    cell = STACKS[kind](mx)
    data, shapes = sequence(mx, "NTC", "one")
    net, _ = cell.unroll(STEPS, data, merge_outputs=True)
    sizes = dict(zip(net.list_arguments(), net.infer_shape(**shapes)[0], strict=True))
    args = {name: mx.nd.ones(shape) * place for place, (name, shape) in enumerate(sorted(sizes.items()))}
    unpacked = cell.unpack_weights(args)
    again = cell.pack_weights(unpacked)
    return [
        str([(name, unpacked[name].shape, unpacked[name].asnumpy().mean().item()) for name in sorted(unpacked)]),
        str([(name, again[name].shape, again[name].asnumpy().mean().item()) for name in sorted(again)]),
        str(sorted(args)),
    ]


@scenario("sequential", "bidirectional")
@composing
def one_container(mx, kind):
    """The container's variables are those of its cells."""
    params = mx.rnn.RNNParams("shared_")
    weight = params.get("i2h_weight")
    cells = mx.rnn.RNNCell(5, prefix="shared_"), mx.rnn.RNNCell(5, prefix="shared_")
    cell = stack(mx, *cells, params=params) if kind == "sequential" else mx.rnn.BidirectionalCell(*cells, params=params)
    return [sorted(cell.params._params), cells[0].params._params["shared_i2h_weight"] is weight, cells[0]._own_params, cell._own_params]


@scenario(
    "sequential", "bidirectional", "step_both", "step_in_stack", "modified", "modified_stack", "zoneout_fused", "zoneout_both", "drop"
)
@composing
def refused(mx, what):
    shared = mx.rnn.RNNParams("p_")
    own = mx.rnn.RNNCell(5, params=shared)
    try:
        if what == "sequential":
            stack(mx, own, params=mx.rnn.RNNParams("q_"))
        elif what == "bidirectional":
            mx.rnn.BidirectionalCell(own, mx.rnn.RNNCell(5), params=shared)
        elif what == "step_both":
            both(mx)(mx.sym.Variable("x"), [])
        elif what == "step_in_stack":
            cell = stack(mx, both(mx))
            cell(mx.sym.Variable("x"), cell.begin_state())
        elif what == "modified":
            mx.rnn.ResidualCell(own)
            own.begin_state()
        elif what == "modified_stack":
            cell = stack(mx, own)
            mx.rnn.ModifierCell(cell)
            cell.begin_state()
        elif what == "zoneout_fused":
            mx.rnn.ZoneoutCell(mx.rnn.FusedRNNCell(3))
        elif what == "zoneout_both":
            mx.rnn.ZoneoutCell(both(mx))
        else:
            mx.rnn.DropoutCell("half")
    except (NotImplementedError, AssertionError) as error:
        return "AssertionError" if isinstance(error, AssertionError) else "NotImplementedError"


@scenario(*[(kind, layout, merge) for kind in ("drop", "stack") for layout in ("NTC", "TNC") for merge in (None, True, False)])
@composing
def dropout_names(mx, kind, layout, merge):
    """Whether a sequence is dropped from whole or step by step shows in the nodes."""
    cell = mx.rnn.DropoutCell(0.5) if kind == "drop" else stack(mx, CELLS["rnn"](mx), mx.rnn.DropoutCell(0.3), mx.rnn.DropoutCell(0.0))
    data, shapes = sequence(mx, layout, "one")
    outputs, states = cell.unroll(STEPS, data, layout=layout, merge_outputs=merge)
    net = listed(mx, outputs)
    return str([type(outputs).__name__, net.get_internals().list_outputs(), net.infer_shape(**shapes), len(states)])


@scenario(*[(outputs, states) for outputs in (0.0, 0.3) for states in (0.0, 0.4)])
@composing
def zoneout(mx, outputs, states):
    """In inference nothing is kept."""
    cell = mx.rnn.ZoneoutCell(mx.rnn.LSTMCell(5), zoneout_outputs=outputs, zoneout_states=states)
    data, shapes = sequence(mx, "NTC", "one")
    found, last = cell.unroll(STEPS, data, merge_outputs=True)
    net = listed(mx, [found, *last])
    executor = net.simple_bind(mx.cpu(), **shapes)
    for name, array in executor.arg_dict.items():
        array[:] = 0.1 * len(name)
    executor.forward(is_train=False)
    text = [net.list_arguments(), net.list_outputs(), net.infer_shape(**shapes), net.get_internals().list_outputs(), cell.state_info]
    return [str(text), *executor.outputs]


@scenario(1.0, 0.0)
@composing
def zoneout_keeps(mx, share):
    """With the share 1 nothing new ever comes through; with 0, everything."""
    cell = mx.rnn.ZoneoutCell(mx.rnn.RNNCell(5), zoneout_outputs=0.0, zoneout_states=share)
    data, shapes = sequence(mx, "NTC", "one")
    found, last = cell.unroll(STEPS, data, merge_outputs=True)
    net = listed(mx, [found, *last])
    executor = net.simple_bind(mx.cpu(), **shapes)
    for name, array in executor.arg_dict.items():
        array[:] = 0.1 * len(name)
    return executor.forward(is_train=False)


@scenario("zoneout", "residual", "dropout_residual")
@composing
def modifiers_twice(mx, kind):
    """Names of a second unrolling, and of modifiers of modifiers."""
    if kind == "zoneout":
        cell = mx.rnn.ZoneoutCell(mx.rnn.RNNCell(4), zoneout_outputs=0.5)
    elif kind == "residual":
        cell = residual(mx)
    else:
        cell = mx.rnn.ResidualCell(mx.rnn.ZoneoutCell(mx.rnn.RNNCell(4), zoneout_states=0.5))
    names = []
    for _ in range(2):
        outputs, states = cell.unroll(2, [mx.sym.Variable("a"), mx.sym.Variable("b")])
        names.append([mx.sym.Group(outputs).list_outputs(), mx.sym.Group(outputs).list_arguments(), [state.name for state in states]])
    return str([names, [state.name for state in cell.begin_state()], cell.state_info, sorted(cell.params._params)])


@scenario("ones", "variable")
@composing
def begin_state(mx, kind):
    func = mx.sym.ones if kind == "ones" else mx.sym.Variable
    found = []
    for cell in (STACKS["sequential"](mx), STACKS["bidirectional"](mx)):
        found.append([state.name for state in cell.begin_state(func=func)])
    found.append([state.name for state in residual(mx).begin_state(func)])
    found.append([state.name for state in residual(mx).begin_state(init_sym=func)])
    return str(found)


# What the reference's own test of these cells checks.


@scenario()
@composing
def residual_values(mx):
    cell = mx.rnn.ResidualCell(mx.rnn.GRUCell(50, prefix="rnn_"))
    inputs = [mx.sym.Variable(f"rnn_t{t}_data") for t in range(2)]
    outputs, _ = cell.unroll(2, inputs)
    outputs = mx.sym.Group(outputs)
    shapes = {"i2h_weight": (150, 50), "i2h_bias": (150,), "h2h_weight": (150, 50), "h2h_bias": (150,)}
    values = outputs.eval(
        rnn_t0_data=mx.nd.ones((10, 50)),
        rnn_t1_data=mx.nd.ones((10, 50)),
        **{f"rnn_{name}": mx.nd.zeros(shape) for name, shape in shapes.items()},
    )
    return str([sorted(cell.params._params), outputs.list_outputs(), [(value.asnumpy() == 1).all().item() for value in values]])


@scenario()
@composing
def residual_of_both_values(mx):
    cell = mx.rnn.ResidualCell(mx.rnn.BidirectionalCell(mx.rnn.GRUCell(25, prefix="rnn_l_"), mx.rnn.GRUCell(25, prefix="rnn_r_")))
    inputs = [mx.sym.Variable(f"rnn_t{t}_data") for t in range(2)]
    outputs, _ = cell.unroll(2, inputs, merge_outputs=False)
    outputs = mx.sym.Group(outputs)
    args, outs, _ = outputs.infer_shape(rnn_t0_data=(10, 50), rnn_t1_data=(10, 50))
    zeros = {name: mx.nd.zeros(shape) for name, shape in zip(outputs.list_arguments(), args, strict=True) if not name.endswith("data")}
    values = outputs.eval(rnn_t0_data=mx.nd.ones((10, 50)) + 5, rnn_t1_data=mx.nd.ones((10, 50)) + 5, **zeros)
    return str([sorted(cell.params._params), outputs.list_outputs(), outs, [(value.asnumpy() == 6).all().item() for value in values]])


@scenario()
@composing
def deep_stack(mx):
    cell = mx.rnn.SequentialRNNCell()
    for layer in range(5):
        if layer == 1:
            cell.add(mx.rnn.ResidualCell(mx.rnn.LSTMCell(100, prefix=f"rnn_stack{layer}_")))
        else:
            cell.add(mx.rnn.LSTMCell(100, prefix=f"rnn_stack{layer}_"))
    outputs, _ = cell.unroll(3, [mx.sym.Variable(f"rnn_t{t}_data") for t in range(3)])
    outputs = mx.sym.Group(outputs)
    shapes = outputs.infer_shape(rnn_t0_data=(10, 50), rnn_t1_data=(10, 50), rnn_t2_data=(10, 50))[1]
    return str([sorted(cell.params._params), outputs.list_outputs(), shapes])


@scenario()
@composing
def bidirectional_of_stacks(mx):
    cell = mx.rnn.BidirectionalCell(mx.rnn.LSTMCell(100, prefix="rnn_l0_"), mx.rnn.LSTMCell(100, prefix="rnn_r0_"), output_prefix="rnn_bi_")
    outputs, _ = cell.unroll(3, [mx.sym.Variable(f"rnn_t{t}_data") for t in range(3)])
    outputs = mx.sym.Group(outputs)
    return str([outputs.list_outputs(), outputs.infer_shape(rnn_t0_data=(10, 50), rnn_t1_data=(10, 50), rnn_t2_data=(10, 50))[1]])


@scenario()
@composing
def zoneout_names(mx):
    cell = mx.rnn.ZoneoutCell(mx.rnn.RNNCell(100, prefix="rnn_"), zoneout_outputs=0.5, zoneout_states=0.5)
    outputs, _ = cell.unroll(3, [mx.sym.Variable(f"rnn_t{t}_data") for t in range(3)])
    return str(mx.sym.Group(outputs).infer_shape(rnn_t0_data=(10, 50), rnn_t1_data=(10, 50), rnn_t2_data=(10, 50))[1])
