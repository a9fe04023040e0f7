"""``mx.test_utils``: what comparisons and checks of operators accept, and what they refuse."""

import numpy as np

from tests.scenario import scenario

KINDS = ("float16", "float32", "float64", "int32", "int64", "uint8", "bool")


def verdict(function, *args, **kwargs):
    """Say whether a check passes, and what it raises if not."""
    try:
        function(*args, **kwargs)
    except AssertionError:
        return "differs"
    except Exception:
        return "refused"
    return "ok"


@scenario()
def defaults(mx):
    tools = mx.test_utils
    types = [np.dtype(kind) for kind in ("float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool")]
    return str(
        [
            np.dtype(tools.default_dtype()).name,
            [float(tools.default_rtols()[kind]) for kind in types],
            [float(tools.default_atols()[kind]) for kind in types],
            [float(tools.default_numeric_eps()[kind]) for kind in types[:3]],
            [tools.get_rtol(), tools.get_atol(), tools.get_etol(), tools.get_rtol(0.5), tools.get_atol(0.25), tools.get_etol(0.1)],
            [tools.get_rtol(dtype=types[0]), tools.get_atol(dtype=types[1])],
            [
                tools.get_tols(np.ones(1, "float16"), np.ones(1, "float64"), None, None),
                tools.get_tols(1.0, np.ones(1, "float32"), None, 0.5),
            ],
            tools.get_tols(np.ones(1, "float32"), np.ones(1, "int32"), {types[1]: 0.5}, {types[5]: 3}),
            tools.get_tolerance(np.ones(1, "float16"), None, tools.default_rtols()),
            tools.effective_dtype(np.ones(1, "int8")).name,
            str(tools.default_context()),
            len(tools.list_gpus()),
            [tools.is_cd_run(), tools.has_tvm_ops(), tools.is_op_runnable()],
        ]
    )


@scenario(*[(kind, form) for kind in ("float16", "float32", "float64") for form in ("numpy", "nd", "mixed", "number")])
def near_the_tolerance(mx, kind, form):
    """Errors of 0.9 and of 1.1 times what is allowed, of small and large values, above and below."""
    tools, found = mx.test_utils, []
    dtype = np.dtype(kind)
    rtol, atol = tools.default_rtols()[dtype], tools.default_atols()[dtype]
    for value in (0.0, 1.0, -20.0, 500.0):
        for share in (0.9, 1.1):
            for sign in (1, -1):
                b = np.array([value, value], kind)
                a = np.array([value, value + sign * share * (atol + rtol * abs(value))], kind)
                if form in ("nd", "mixed"):
                    a = mx.nd.array(a, dtype=kind)
                if form == "nd":
                    b = mx.nd.array(b, dtype=kind)
                if form == "number":
                    b = float(value)
                found.append(verdict(tools.assert_almost_equal, a, b) == "ok")  # beside a number, the reference fails on its message
    return str(found)


@scenario(*[(one, other) for one in KINDS for other in KINDS])
def two_types(mx, one, other):
    tools = mx.test_utils
    a, b = np.array([0, 1, 1]), np.array([0, 1, 1])
    return str(
        [
            verdict(tools.assert_almost_equal, a.astype(one), b.astype(other)),
            verdict(tools.assert_almost_equal, a.astype(one), 1 - b.astype(other).astype("int8")),
            verdict(tools.assert_almost_equal, a.astype(one) * 0, b.astype(other)),
        ]
    )


@scenario("float32", "float64", "int32")
def tolerances_given(mx, kind):
    tools = mx.test_utils
    a, b = np.array([[1, 2], [3, 5]], kind), np.array([[1, 2], [3, 4]], kind)
    dtype = np.dtype(kind)
    cases = [{}, {"rtol": 0.2}, {"rtol": 0.3}, {"atol": 0.9}, {"atol": 1.1}, {"rtol": 0.1, "atol": 0.5}, {"rtol": 0.2, "atol": 0.3}]
    cases += [{"rtol": {dtype: 0.3}}, {"atol": {np.dtype("int8"): 9}}, {"rtol": 0, "atol": 1}, {"rtol": 0, "atol": 0}]
    found = [verdict(tools.assert_almost_equal, a, b, **words) for words in cases]
    found += [verdict(tools.assert_almost_equal, mx.nd.array(a, dtype=kind), mx.nd.array(b, dtype=kind), **words) for words in cases]
    found += [tools.almost_equal(a, b, *words) for words in [(), (0.2,), (0.3,), (0, 0.9), (0, 1.1)]]
    return str(found)


@scenario()
def not_numbers(mx):
    tools, nan, inf = mx.test_utils, np.nan, np.inf
    pairs = [([nan, 1], [nan, 1]), ([nan, 1], [1, 1]), ([1, 1], [nan, 1]), ([inf, 1], [inf, 1]), ([inf, 1], [-inf, 1]), ([inf, 1], [1, 1])]
    found = []
    for one, other in pairs:
        a, b = np.array(one, "float32"), np.array(other, "float32")
        for equal_nan in (False, True):
            found.append(verdict(tools.assert_almost_equal, a, b, equal_nan=equal_nan))
            found.append(tools.almost_equal(a, b, equal_nan=equal_nan))
        found.append(verdict(tools.assert_almost_equal_ignore_nan, a, b))
        found.append(verdict(tools.assert_allclose, a, b))
        found.append(tools.same(a, b))
    return str(found)


@scenario()
def shapes(mx):
    tools, found = mx.test_utils, []
    for one, other in [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 3), (1, 1)), ((), (2,)), ((2, 3), (3, 2)), ((0,), (0,)), ((2,), (3,))]:
        a, b = np.ones(one, "float32"), np.ones(other, "float32")
        for use_broadcast in (True, False):
            found.append(verdict(tools.assert_almost_equal, a, b, use_broadcast=use_broadcast) != "ok")
        found.append(tools.same(a, b))
    return str(found)


@scenario()
def numbers(mx):
    tools = mx.test_utils
    return str(
        [
            verdict(tools.assert_almost_equal, 1.0, 1.0 + 1e-7),
            verdict(tools.assert_almost_equal, 1.0, 1.1),
            verdict(tools.assert_almost_equal, 3, 3),
            verdict(tools.assert_almost_equal, 3, 4),
            verdict(tools.assert_almost_equal, np.float32(1), 1.00001),
            verdict(tools.assert_almost_equal, mx.nd.ones((1,)), 1.0001),
            verdict(tools.assert_almost_equal, np.array([True]), np.array([False])),
            verdict(tools.assert_almost_equal, np.array([200], "uint8"), np.array([100], "uint8"), atol=99),
        ]
    )


@scenario()
def share_that_may_be_off(mx):
    tools = mx.test_utils
    a, b = np.zeros(10, "float32"), np.zeros(10, "float32")
    a[:2] = 1
    nan = np.full(10, np.nan, "float32")
    found = [verdict(tools.assert_almost_equal_with_err, a, b, etol=etol) for etol in (None, 0, 0.1, 0.25, 1)]
    found.append(verdict(tools.assert_almost_equal_with_err, mx.nd.array(a), mx.nd.array(b), etol=0.25))
    found.append(verdict(tools.assert_almost_equal_with_err, a, b, rtol=0, atol=2, etol=0.01))
    found.append(verdict(tools.assert_almost_equal_with_err, nan, nan, equal_nan=True))
    return str(found)


@scenario()
def the_worst(mx):
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.1], [3.5, 4.0]])
    index, size = mx.test_utils._find_max_violation(a, b, 0.01, 0.001)
    return [str(tuple(map(int, index))), float(size)]


@scenario()
def tuples(mx):
    tools = mx.test_utils
    one, two = mx.nd.ones((2,)), mx.nd.zeros((2,))
    pairs = [((one, (two, None)), (one, (two, one))), ((one, two), (one, one)), (None, one), (one, two), ((one,), (one,))]
    return str([verdict(tools.compare_ndarray_tuple, *pair) for pair in pairs])


# -- operators --------------------------------------------------------------------------------------------------------

OPERATORS = {
    "sin": lambda s, x, y: s.sin(x),
    "product": lambda s, x, y: x * y,
    "dot": lambda s, x, y: s.dot(x, y, transpose_b=True),
    "tanh_of_sum": lambda s, x, y: s.tanh(x + 2 * y),
    "broadcast": lambda s, x, y: s.broadcast_mul(x, s.sum(y, axis=0, keepdims=True)),
    "softmax": lambda s, x, y: s.softmax(x * y, axis=1),
    "dense": lambda s, x, y: s.FullyConnected(x, y, num_hidden=3, no_bias=True, name="fc"),
    "concat": lambda s, x, y: s.concat(x, y, dim=0),
    "norm": lambda s, x, y: s.L2Normalization(x),
    "exp": lambda s, x, y: s.exp(x) / (1 + y * y),
    "slice": lambda s, x, y: s.slice_axis(x, axis=1, begin=1, end=3) * 3,
    "sigmoid": lambda s, x, y: s.Activation(x - y, act_type="sigmoid"),
    "sum": lambda s, x, y: s.sum(x * x, axis=1),
    "wrong": lambda s, x, y: s.BlockGrad(x) * x,
    "wrong_twice": lambda s, x, y: s.BlockGrad(y * y) + x,
    "none": lambda s, x, y: s.BlockGrad(x),
}


def placed(mx, kind, seed=1):
    """Make a network and values of its arguments."""
    net = OPERATORS[kind](mx.sym, mx.sym.Variable("x"), mx.sym.Variable("y"))
    rng = np.random.RandomState(seed)
    return net, {name: rng.uniform(0.2, 1.0, (3, 4)) for name in net.list_arguments()}


@scenario(*[(kind, dtype) for kind in OPERATORS for dtype in ("float32", "float64")])
def numeric_gradient(mx, kind, dtype):
    net, location = placed(mx, kind)
    words = {"rtol": 1e-3, "atol": 1e-4} if dtype == "float64" else {"rtol": 1e-2, "atol": 1e-2}
    return verdict(mx.test_utils.check_numeric_gradient, net, location, dtype=getattr(np, dtype), **words)


@scenario("list", "nodes", "some", "add", "null", "inference", "eps", "float16", "nd", "small_eps", "unknown", "bad_nodes", "missing")
def numeric_gradient_words(mx, what):
    net, location = placed(mx, "product")
    words = {"rtol": 1e-2, "atol": 1e-2}
    if what == "list":
        location = list(location.values())
    elif what == "nodes":
        words["grad_nodes"] = ["x", "y"]
    elif what == "some":
        words["grad_nodes"] = ["y"]
    elif what == "add":
        words["grad_nodes"] = {"x": "add", "y": "write"}
    elif what == "null":
        words["grad_nodes"] = {"x": "null", "y": "write"}
    elif what == "inference":
        words["use_forward_train"] = False
    elif what == "eps":
        words["numeric_eps"] = 1e-2
    elif what == "float16":
        words = {"dtype": np.float16, "rtol": 0.1, "atol": 0.1}
    elif what == "nd":
        location = {name: mx.nd.array(value) for name, value in location.items()}
    elif what == "small_eps":
        words["numeric_eps"] = 1e-6
    elif what == "unknown":
        location["z"] = np.ones(2)
    elif what == "bad_nodes":
        words["grad_nodes"] = "x"
    else:
        del location["x"]
    return verdict(mx.test_utils.check_numeric_gradient, net, location, **words)


@scenario("right", "wrong")
def numeric_gradient_of_users_operators(mx, what):
    """A gradient written by a user, right or twice too large, is accepted or caught."""
    factor = 1 if what == "right" else 2

    class Square(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            self.assign(out_data[0], req[0], in_data[0] * in_data[0])

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            self.assign(in_grad[0], req[0], 2 * factor * out_grad[0] * in_data[0])

    @mx.operator.register(f"test_utils_square_{what}")
    class SquareProp(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Square()

    net = mx.sym.Custom(mx.sym.Variable("x"), op_type=f"test_utils_square_{what}", name="square")
    return verdict(mx.test_utils.check_numeric_gradient, net, [np.random.rand(2, 3) + 0.5], rtol=1e-2, atol=1e-2)


@scenario()
def numeric_gradient_with_states(mx):
    net = mx.sym.BatchNorm(mx.sym.Variable("data"), name="bn", fix_gamma=False)
    location = {"data": np.random.rand(4, 2, 3), "bn_gamma": np.ones(2), "bn_beta": np.zeros(2)}
    states = [np.zeros(2), np.ones(2)]
    check = mx.test_utils.check_numeric_gradient
    return str(
        [
            verdict(check, net, location, aux_states=states, rtol=0.16, atol=1e-2),
            verdict(check, net, location, aux_states=dict(zip(net.list_auxiliary_states(), states, strict=True)), rtol=0.16, atol=1e-2),
            verdict(check, net, location, aux_states={"other": states[0]}, rtol=0.16, atol=1e-2),
        ]
    )


@scenario(rtol=2e-3, atol=2e-3, why="the reference sums differences in float32")
def gradients_by_differences(mx):
    net, location = placed(mx, "tanh_of_sum")
    executor = net.bind(mx.cpu(), {name: mx.nd.array(value) for name, value in location.items()})
    found = mx.test_utils.numeric_grad(executor, {k: np.array(v, "float32") for k, v in location.items()}, eps=2**-9)
    return [sorted(found), *[found[name] for name in sorted(found)]]


@scenario()
def forward(mx):
    tools = mx.test_utils
    net, location = placed(mx, "exp")
    x, y = location["x"], location["y"]
    right = np.exp(x) / (1 + y * y)
    check = tools.check_symbolic_forward
    outputs = check(net, location, [right])
    both = mx.sym.Group([net, net.get_internals()["x"] * 2])
    names = both.list_outputs()
    return [
        outputs[0],
        str(
            [
                verdict(check, net, [x, y], [right]),
                verdict(check, net, [x, y], (right,), rtol=1e-6, atol=1e-6),
                verdict(check, net, location, [right + 0.01]),
                verdict(check, net, location, [right + 0.01], rtol=0.1),
                verdict(check, net, location, {net.list_outputs()[0]: right}),
                verdict(check, net, {"x": x}, [right]),
                verdict(check, net, "x", [right]),
                verdict(check, both, location, [right, 2 * x]),
                verdict(check, both, location, [right, 3 * x]),
                verdict(check, both, location, {names[1]: 2 * x, names[0]: right}),
                verdict(check, net, location, [right], dtype=np.float64, rtol=1e-9),
                verdict(check, net, location, [right], dtype="asnumpy", rtol=1e-9),
                verdict(check, net, location, [right], dtype=np.int32),
                verdict(check, mx.sym.log(mx.sym.Variable("x")), [np.array([-1.0])], [np.array([np.nan])]),
                verdict(check, mx.sym.log(mx.sym.Variable("x")), [np.array([-1.0])], [np.array([np.nan])], equal_nan=True),
                verdict(check, mx.sym.Cast(mx.sym.Variable("x"), dtype="int32"), [x], [x.astype("int32")]),
            ]
        ),
    ]


@scenario()
def backward(mx):
    tools = mx.test_utils
    net, location = placed(mx, "product")
    x, y = location["x"], location["y"]
    head = np.random.rand(3, 4)
    check = tools.check_symbolic_backward
    found = check(net, location, [head], [head * y, head * x])
    both = mx.sym.Group([net, net.get_internals()["x"] * 2])
    return [
        [found["x"], found["y"]],
        str(
            [
                verdict(check, net, [x, y], [head], [head * y, head * x]),
                verdict(check, net, [x, y], [mx.nd.array(head)], [head * y, head * x]),
                verdict(check, net, [x, y], {net.list_outputs()[0]: head}, [head * y, head * x]),
                verdict(check, net, [x, y], [head], {"x": head * y}),
                verdict(check, net, [x, y], [head], {"x": head * x}),
                verdict(check, net, [x, y], [head], [head * y, head * x + 0.1]),
                verdict(check, net, [x, y], [head], [head * y, head * x], grad_req="add"),
                verdict(check, net, [x, y], [head], [head * y, head * x], grad_req="null"),
                verdict(check, net, [x, y], [head], [head * y, head * x], grad_req={"x": "add", "y": "null"}),
                verdict(check, net, [x, y], [head], [head * y, head * x], grad_req=["write", "add"]),
                verdict(check, net, [x, y], [head], [head * y, head * x], grad_req="other"),
                verdict(check, net, [x, y], head, [head * y, head * x]),
                verdict(check, net, [x, y], [head], [head * y, head * x], dtype=np.float64, rtol=1e-9),
                verdict(check, net, [x, y], [head], [head * y, head * x], dtype="asnumpy", rtol=1e-9),
                verdict(check, both, location, [head, head], {"x": head * y + 2 * head}),
                verdict(check, mx.sym.make_loss(net), location, None, {"x": y}),
            ]
        ),
    ]


@scenario()
def forward_alone(mx):
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    run = mx.test_utils.simple_forward
    values = {"x": np.ones((2, 3)), "y": np.arange(6).reshape(2, 3)}
    several = run(mx.sym.Group([x + y, x - y]), **values)
    dropped = run(mx.sym.Dropout(x, p=0.999999), is_train=True, x=np.ones((2, 3)))
    return [run(x * y, **values), several, type(several).__name__, dropped.sum() < 6, run(x * 2, mx.cpu(), False, x=[1, 2])]


@scenario("types", "differ", "no_raise", "null", "add", "truth", "params", "uniform", "short", "names")
def consistency(mx, what):
    x, w = mx.sym.Variable("x"), mx.sym.Variable("w")
    net = mx.sym.FullyConnected(x, w, num_hidden=2, no_bias=True, name="fc")
    ways = [{"ctx": mx.cpu(0), "x": (3, 4), "type_dict": {"x": kind, "w": kind}} for kind in (np.float64, np.float32)]
    check = mx.test_utils.check_consistency
    if what in ("differ", "no_raise"):
        nets = [net, mx.sym.FullyConnected(2 * x, w, num_hidden=2, no_bias=True, name="fc")]
        return verdict(check, nets, ways, raise_on_err=what == "differ")
    if what == "names":
        return verdict(check, [net, mx.sym.FullyConnected(x, w, num_hidden=2, no_bias=True, name="other")], ways)
    if what == "short":
        return verdict(check, net, ways[:1])
    words = {}
    if what in ("null", "add"):
        words["grad_req"] = what
    elif what == "params":
        words["arg_params"] = {"x": np.ones((3, 4))}
    elif what == "uniform":
        words = {"use_uniform": True, "scale": 3.0, "rand_type": np.float32}
    elif what == "truth":
        found = check(net, ways)
        zeros = {name: mx.nd.zeros(array.shape, dtype=array.dtype) for name, array in found.items()}
        return str([sorted(found), verdict(check, net, ways, ground_truth=zeros)])
    found = check(net, ways, **words)
    return [sorted(found), found["fc_output"]]


@scenario("sgd", "nag", "adam", "rmsprop")
def optimizers(mx, name):
    check = mx.test_utils.compare_optimizer
    make = lambda **words: mx.optimizer.create(name, **words)  # noqa: E731
    return str(
        [
            verdict(check, make(learning_rate=0.1), make(learning_rate=0.1), (3, 4), np.float32),
            verdict(check, make(learning_rate=0.1), make(learning_rate=0.4), (3, 4), np.float32),
            verdict(check, make(wd=0.1), make(wd=0.1), (2,), np.float32, compare_states=False),
        ]
    )


@scenario()
def same_structure(mx):
    x = mx.sym.Variable("x")
    check = mx.test_utils.same_symbol_structure
    return str([check(x + 1, mx.sym.Variable("other") + 2), check(x + 1, x * 2), check(mx.sym.exp(x), mx.sym.exp(mx.sym.exp(x)))])
