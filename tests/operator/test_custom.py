"""Operators written in Python: what they are asked, what they get, what becomes of what they do.

Expected values are those of MXNet 1.9.1, or arithmetic.
"""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import BindError, FormatError, MXNetError, ParameterError, ShapeError
from symbolic.operator import custom

EXECUTORS = ("numpy", "reference")


@pytest.fixture(autouse=True)
def own_names(monkeypatch):
    """Let each test register what it likes."""
    monkeypatch.setattr(custom, "_classes", {})


class Scale(mx.operator.CustomOp):
    def __init__(self, factor):
        self.factor = factor

    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0] * self.factor)

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * self.factor)


def scale_registered():
    @mx.operator.register("scale")
    class ScaleProp(mx.operator.CustomOpProp):
        def __init__(self, factor="2"):
            super().__init__()
            self.factor = float(factor)

        def create_operator(self, ctx, shapes, dtypes):
            return Scale(self.factor)

    return ScaleProp


def defined(name, forward, backward=None, **methods):
    """Register a class made of functions."""

    class Made(mx.operator.CustomOp):
        pass

    Made.forward = forward
    if backward is not None:
        Made.backward = backward
    top = methods.pop("need_top_grad", True)

    class MadeProp(mx.operator.CustomOpProp):
        def __init__(self):
            super().__init__(need_top_grad=top)

        def create_operator(self, ctx, shapes, dtypes):
            return Made()

    for method, function in methods.items():
        setattr(MadeProp, method, function if callable(function) else lambda self, value=function: value)
    mx.operator.register(name)(MadeProp)
    return Made


def copy_through(self, is_train, req, in_data, out_data, aux):
    self.assign(out_data[0], req[0], in_data[0])


def array(*values, dtype="float32"):
    return mx.nd.array(values, dtype=dtype)


def test_keywords_arrive_as_text():
    seen = {}

    @mx.operator.register("words")
    class Words(mx.operator.CustomOpProp):
        def __init__(self, **words):
            super().__init__()
            seen.update(words)

    mx.sym.Custom(
        mx.sym.Variable("x"), op_type="words", number=3, part=0.5, shape=(1, 2), text="a", truth=True, name="n", attr={"__mark__": "m"}
    )
    assert seen == {"number": "3", "part": "0.5", "shape": "(1, 2)", "text": "a", "truth": "True"}


@pytest.mark.parametrize("executor", EXECUTORS)
def test_forward_and_backward(executor):
    scale_registered()
    x = mx.sym.Variable("x")
    y = mx.sym.Custom(x, op_type="scale", factor=3, name="y") + x
    assert y.list_arguments() == ["x"]
    bound = y.simple_bind(mx.cpu(), x=(2,), executor=executor)
    assert bound.forward(is_train=True, x=array(1, 2))[0].asnumpy().tolist() == [4, 8]
    bound.backward([array(1, 10)])
    assert bound.grad_dict["x"].asnumpy().tolist() == [4, 40]


def test_gradient_is_added_where_asked():
    scale_registered()
    y = mx.sym.Custom(mx.sym.Variable("x"), op_type="scale")
    gradient = array(5, 5)
    bound = y.bind(mx.cpu(), {"x": array(1, 2)}, {"x": gradient}, grad_req="add")
    bound.forward(is_train=True)
    bound.backward([array(1, 2)])
    assert gradient.asnumpy().tolist() == [7, 9]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_two_nodes_of_one_class_have_objects_of_their_own(executor):
    """MXNet too makes one for each node and keeps it from forward to backward."""
    made = []

    @mx.operator.register("count")
    class Count(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            operator = Counting()
            made.append(operator)
            return operator

    class Counting(mx.operator.CustomOp):
        runs = 0

        def forward(self, is_train, req, in_data, out_data, aux):
            self.runs += 1
            self.assign(out_data[0], req[0], in_data[0] + self.runs)

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            self.assign(in_grad[0], req[0], out_grad[0] * self.runs)

    x = mx.sym.Variable("x")
    total = mx.sym.Custom(x, op_type="count", name="a") + mx.sym.Custom(x, op_type="count", name="b")
    bound = total.simple_bind(mx.cpu(), x=(1,), executor=executor)
    assert bound.forward(is_train=True)[0].asnumpy().tolist() == [2]
    bound.backward([array(1)])
    assert bound.grad_dict["x"].asnumpy().tolist() == [2]
    assert bound.forward()[0].asnumpy().tolist() == [4]
    assert [operator.runs for operator in made] == [2, 2]


def states_registered():
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0] * 2)
        self.assign(out_data[1], req[1], in_data[1] + 1)
        aux[0][:] = aux[0] + 1

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * 2)
        self.assign(in_grad[1], req[1], out_grad[1] * 3)
        aux[0][:] = aux[0] + 10

    defined(
        "two",
        forward,
        backward,
        list_arguments=["a", "b"],
        list_outputs=["x", "y"],
        list_auxiliary_states=["s"],
        infer_shape=lambda self, shapes: ([shapes[0]] * 2, [shapes[0]] * 2, [(1,)]),
    )


@pytest.mark.parametrize("executor", EXECUTORS)
def test_several_outputs_and_states(executor):
    states_registered()
    two = mx.sym.Custom(mx.sym.Variable("a"), op_type="two", name="n")
    assert two.list_arguments() == ["a", "n_b"]
    assert two.list_outputs() == ["n_x", "n_y"]
    assert two.list_auxiliary_states() == ["n_s"]
    assert two.infer_shape(a=(2, 3)) == ([(2, 3), (2, 3)], [(2, 3), (2, 3)], [(1,)])
    bound = two.simple_bind(mx.cpu(), a=(2,), executor=executor)
    outputs = bound.forward(is_train=True, a=array(1, 2))
    assert [output.asnumpy().tolist() for output in outputs] == [[2, 4], [1, 1]]
    assert bound.aux_dict["n_s"].asnumpy().tolist() == [1]
    bound.backward([array(1, 2), array(3, 4)])
    assert bound.aux_dict["n_s"].asnumpy().tolist() == [11]
    assert bound.grad_dict["a"].asnumpy().tolist() == [2, 4]
    assert bound.grad_dict["n_b"].asnumpy().tolist() == [9, 12]
    bound.forward(is_train=False)
    assert bound.aux_dict["n_s"].asnumpy().tolist() == [12]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_state_of_two_nodes_is_written_by_one_after_the_other(executor):
    states_registered()
    a, s = mx.sym.Variable("a"), mx.sym.Variable("s")
    first = mx.sym.Custom(a, a, s, op_type="two", name="first")
    second = mx.sym.Custom(first[0], first[1], s, op_type="two", name="second")
    bound = mx.sym.Group([second[0], second[1], s]).simple_bind(mx.cpu(), a=(2,), executor=executor)
    outputs = bound.forward(is_train=True, a=array(1, 2))
    assert bound.aux_dict["s"].asnumpy().tolist() == [2]
    assert outputs[2].asnumpy().tolist() == [2]
    bound.backward([array(1, 1), array(1, 1), array(0)])
    assert bound.aux_dict["s"].asnumpy().tolist() == [22]
    assert bound.grad_dict["a"].asnumpy().tolist() == [4 + 9] * 2


def test_an_output_that_nobody_reads():
    states_registered()
    x = mx.sym.Custom(mx.sym.Variable("a"), op_type="two", name="n")[0] + 1
    bound = x.simple_bind(mx.cpu(), a=(2,))
    assert bound.forward(is_train=True, a=array(1, 2))[0].asnumpy().tolist() == [3, 5]
    bound.backward([array(1, 2)])
    assert bound.grad_dict["n_b"].asnumpy().tolist() == [0, 0]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_loss_needs_no_head_gradient(executor):
    """The softmax of MXNet's tutorial, which leaves the gradient of the label alone."""

    def forward(self, is_train, req, in_data, out_data, aux):
        x = in_data[0].asnumpy()
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.assign(out_data[0], req[0], mx.nd.array(e / e.sum(axis=1, keepdims=True)))

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        assert out_grad[0].shape == ()  # not there
        label = in_data[1].asnumpy().ravel().astype(int)
        y = out_data[0].asnumpy()
        y[np.arange(len(label)), label] -= 1
        self.assign(in_grad[0], req[0], mx.nd.array(y))

    defined(
        "softmax",
        forward,
        backward,
        need_top_grad=False,
        list_arguments=["data", "label"],
        infer_shape=lambda self, shapes: ([shapes[0], (shapes[0][0],)], [shapes[0]], []),
    )
    data = mx.sym.Variable("data")
    loss = mx.sym.Custom(data=data, label=mx.sym.Variable("label"), op_type="softmax", name="softmax")
    assert loss.infer_shape(data=(2, 3))[0] == [(2, 3), (2,)]
    bound = loss.simple_bind(mx.cpu(), data=(2, 3), executor=executor)
    x = np.array([[1, 2, 3], [0, 0, 1]], "float32")
    bound.forward(is_train=True, data=x, label=np.array([2, 0], "float32"))
    bound.backward()
    known = mx.sym.SoftmaxOutput(data, mx.sym.Variable("label")).simple_bind(mx.cpu(), data=(2, 3))
    known.forward(is_train=True, data=x, label=np.array([2, 0], "float32"))
    known.backward()
    np.testing.assert_allclose(bound.grad_dict["data"].asnumpy(), known.grad_dict["data"].asnumpy(), rtol=1e-5)
    assert bound.grad_dict["label"].asnumpy().tolist() == [0, 0]


def test_gradient_by_finite_differences():
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], mx.nd.sin(in_data[0]) * in_data[1])

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * mx.nd.cos(in_data[0]) * in_data[1])
        self.assign(in_grad[1], req[1], out_grad[0] * mx.nd.sin(in_data[0]))

    defined("wave", forward, backward, list_arguments=["a", "b"])
    names = ("a", "b")
    y = mx.sym.Custom(*map(mx.sym.Variable, names), op_type="wave") ** 2
    values = {name: np.random.RandomState(place).uniform(-1, 1, 5) for place, name in enumerate(names)}
    bound = y.simple_bind(mx.cpu(), a=(5,), b=(5,), type_dict=dict.fromkeys(names, "float64"))
    assert bound.forward(is_train=True, **values)[0].dtype == np.float64
    bound.backward([mx.nd.ones((5,), dtype="float64")])
    found = {name: bound.grad_dict[name].asnumpy() for name in names}
    for name in names:
        moved = [bound.forward(**{**values, name: values[name] + step})[0].asnumpy() for step in (1e-6, -1e-6)]
        np.testing.assert_allclose(found[name], (moved[0] - moved[1]) / 2e-6, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("chosen", "heads", "inputs", "outputs"),
    [(lambda self, g, x, y: [g[0]], (2,), (), ()), (lambda self, g, x, y: [x[0]], (), (2,), ()), (lambda self, g, x, y: y, (), (), (2,))],
)
def test_backward_gets_what_it_declares(chosen, heads, inputs, outputs):
    """What it does not is there as an array without axes, as in MXNet."""
    seen = []

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        seen.append((out_grad[0].shape, in_data[0].shape, out_data[0].shape))
        self.assign(in_grad[0], req[0], 3)

    defined("choosy", copy_through, backward, declare_backward_dependency=chosen)
    bound = mx.sym.Custom(mx.sym.Variable("x"), op_type="choosy").simple_bind(mx.cpu(), x=(2,))
    bound.forward(is_train=True)
    bound.backward([array(1, 1)])
    assert seen == [(heads, inputs, outputs)]
    assert bound.grad_dict["x"].asnumpy().tolist() == [3, 3]


def test_requests_and_mode():
    seen = []

    def forward(self, is_train, req, in_data, out_data, aux):
        seen.append((bool(is_train), list(req)))

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        seen.append(list(req))
        in_grad[1][:] = 5  # although nobody asked

    defined("asks", forward, backward, list_arguments=["a", "b"])
    bound = mx.sym.Custom(op_type="asks", name="n").simple_bind(mx.cpu(), grad_req={"n_a": "write", "n_b": "null"}, n_a=(2,), n_b=(2,))
    bound.forward()
    bound.forward(is_train=True)
    bound.backward([array(1, 1)])
    assert seen == [(False, ["write"]), (True, ["write"]), ["write", "null"]]


def test_types_are_the_class_s_own():
    defined("counts", copy_through, infer_type=lambda self, types: (types, [np.int32], []))
    y = mx.sym.Custom(mx.sym.Variable("x"), op_type="counts")
    assert y.infer_type(x="float16") == ([np.float16], [np.int32], [])
    bound = y.simple_bind(mx.cpu(), x=(2,))
    assert bound.forward(x=array(1, 2))[0].dtype == np.int32
    assert bound.outputs[0].asnumpy().tolist() == [1, 2]


def test_shapes_known_in_part():
    asked = []

    def infer_shape(self, shapes):
        asked.append(shapes)
        return [shapes[0]], [(shapes[0][0], shapes[0][1] * 2)]

    defined("wide", copy_through, infer_shape=infer_shape)
    y = mx.sym.Custom(mx.sym.Variable("x"), op_type="wide")
    assert y.infer_shape_partial(x=(2, 0)) == ([(2, 0)], [(2, 0)], [])
    assert y.infer_shape_partial() == ([()], [()], [])
    assert asked[-1] == [[]]
    assert y.infer_shape(x=(2, 3)) == ([(2, 3)], [(2, 6)], [])
    with mx.np_shape():
        assert y.infer_shape(x=(0, 3)) == ([(0, 3)], [(0, 6)], [])


def test_shapes_from_the_class_alone():
    defined("fixed", copy_through, infer_shape=lambda self, shapes: ([(4, 5)], [(4, 5)], []))
    assert mx.sym.Custom(mx.sym.Variable("x"), op_type="fixed").infer_shape() == ([(4, 5)], [(4, 5)], [])


def test_wrong_shapes_from_the_class():
    defined("short", copy_through, infer_shape=lambda self, shapes: ([], [shapes[0]], []))
    with pytest.raises(ShapeError, match="must return 1 for inputs, 1 for outputs, 0 for states, not 0, 1, 0"):
        mx.sym.Custom(mx.sym.Variable("x"), op_type="short", name="n").infer_shape(x=(2,))


class Boom(Exception):
    pass


@pytest.mark.parametrize("executor", EXECUTORS)
def test_an_exception_is_the_caller_s(executor):
    trouble = {"forward": True, "backward": True}

    def forward(self, is_train, req, in_data, out_data, aux):
        if trouble["forward"]:
            raise Boom("forward")
        self.assign(out_data[0], req[0], in_data[0])

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        if trouble["backward"]:
            raise ShapeError("backward")
        self.assign(in_grad[0], req[0], out_grad[0])

    defined("boom", forward, backward)
    bound = (mx.sym.Custom(mx.sym.Variable("x") * 2, op_type="boom", name="fuse") + 1).simple_bind(mx.cpu(), x=(1,), executor=executor)
    with pytest.raises(Boom) as raised:
        bound.forward(is_train=True, x=array(3))
    assert "fuse (Custom, made at" in raised.value.__notes__[0]
    trouble["forward"] = False
    assert bound.forward(is_train=True, x=array(3))[0].asnumpy().tolist() == [7]
    with pytest.raises(ShapeError) as raised:
        bound.backward([array(1)])
    assert str(raised.value) == "backward"
    assert "fuse" in raised.value.__notes__[0]
    trouble["backward"] = False
    bound.backward([array(1)])
    assert bound.grad_dict["x"].asnumpy().tolist() == [2]


def test_exceptions_of_the_property_class():
    def infer_shape(self, shapes):
        raise Boom("shape")

    defined("shapeless", copy_through, infer_shape=infer_shape)
    with pytest.raises(Boom) as raised:
        mx.sym.Custom(mx.sym.Variable("x"), op_type="shapeless", name="n").infer_shape(x=(2,))
    assert "n (Custom" in raised.value.__notes__[0]

    scale_registered()
    with pytest.raises(TypeError, match="unexpected keyword") as raised:
        mx.sym.Custom(mx.sym.Variable("x"), op_type="scale", facto=3)
    assert "facto" in raised.value.__notes__[0]


def test_wrong_calls():
    scale_registered()
    x = mx.sym.Variable("x")
    with pytest.raises(ParameterError, match="no custom operator is called 'scal'; did you mean 'scale'"):
        mx.sym.Custom(x, op_type="scal")
    with pytest.raises(ParameterError, match="no custom operator"):
        mx.sym.Custom(x)
    with pytest.raises(MXNetError, match="too many inputs"):
        mx.sym.Custom(x, x, op_type="scale")
    with pytest.raises(TypeError, match="cannot be a custom operator"):
        mx.operator.register("no")(Boom)
    bound = mx.sym.Custom(x, op_type="scale").simple_bind(mx.cpu(), x=(1,))
    bound.forward(is_train=True)
    with pytest.raises(BindError, match="no loss"):
        bound.backward()


def test_a_later_class_takes_the_name_for_later_nodes():
    x = mx.sym.Variable("x")
    scale_registered()
    before = mx.sym.Custom(x, op_type="scale")
    defined("scale", copy_through)
    after = mx.sym.Custom(x, op_type="scale")
    assert [s.eval(x=array(3))[0].asnumpy().tolist() for s in (before, after)] == [[6], [3]]


def test_on_arrays():
    states_registered()
    x, state = array(1, 2), array(5)
    first, second = mx.nd.Custom(x, x, state, op_type="two")
    assert first.asnumpy().tolist() == [2, 4]
    assert second.asnumpy().tolist() == [2, 3]
    assert state.asnumpy().tolist() == [6]
    with pytest.raises(MXNetError, match="input 's' is missing"):
        mx.nd.Custom(x, x, op_type="two")
    scale_registered()
    assert mx.nd.Custom(data=x, op_type="scale", factor=5).asnumpy().tolist() == [5, 10]
    target = mx.nd.zeros((2,))
    assert mx.nd.Custom(x, op_type="scale", out=target) is target
    assert target.asnumpy().tolist() == [2, 4]


def test_without_inputs():
    """What is assigned may be a NumPy array."""

    class Fill(mx.operator.CustomOp):
        def __init__(self, length):
            self.output = np.ones((length, 2), "float32")

        def forward(self, is_train, req, in_data, out_data, aux):
            self.assign(out_data[0], req[0], self.output)

    @mx.operator.register("fill")
    class FillProp(mx.operator.CustomOpProp):
        def __init__(self, length):
            super().__init__()
            self.length = int(length)

        def list_arguments(self):
            return []

        def infer_shape(self, in_shape):
            return [], [(self.length, 2)], []

        def infer_type(self, in_type):
            return [], [np.float32], []

        def create_operator(self, ctx, shapes, dtypes):
            return Fill(self.length)

    assert mx.nd.Custom(length=3, op_type="fill").asnumpy().tolist() == [[1, 1]] * 3
    filled = mx.sym.Custom(length=3, op_type="fill", name="n")
    assert (filled * mx.sym.Variable("x")).eval(x=mx.nd.ones((3, 2)))[0].asnumpy().tolist() == [[1, 1]] * 3
    assert filled.bind(mx.cpu(), {}).forward()[0].shape == (3, 2)


def test_exception_on_arrays():
    def forward(self, is_train, req, in_data, out_data, aux):
        raise Boom

    defined("boom", forward)
    with pytest.raises(Boom) as raised:
        mx.nd.Custom(array(1), op_type="boom")
    assert "Custom" in raised.value.__notes__[0]


def test_an_operator_may_compute_with_graphs_and_arrays():
    """Nothing waits for another thread: an executor within an executor runs."""
    scale_registered()
    inner = mx.sym.Custom(mx.sym.Variable("x"), op_type="scale", factor=3) + 1

    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], inner.eval(x=in_data[0])[0])

    defined("outer", forward)
    assert mx.sym.Custom(mx.sym.Variable("x"), op_type="outer").eval(x=array(2))[0].asnumpy().tolist() == [7]


def test_as_json_and_pickled():
    scale_registered()
    y = mx.sym.Custom(mx.sym.Variable("x"), op_type="scale", factor=3, name="y", attr={"__mark__": "m"})
    text = y.tojson()
    assert '"factor": "3"' in text
    for twin in (mx.sym.load_json(text), pickle.loads(pickle.dumps(y))):
        assert twin.tojson() == text
        assert twin.attr("__mark__") == "m"
        assert twin.eval(x=array(2))[0].asnumpy().tolist() == [6]


def test_a_file_loads_without_the_class():
    states_registered()
    text = mx.sym.Custom(mx.sym.square(mx.sym.Variable("a"), name="below"), op_type="two", name="n").tojson()
    custom._classes.clear()
    loaded = mx.sym.load_json(text)
    assert (
        mx.sym.load_json(loaded.tojson()).tojson() == loaded.tojson() == text.replace("[3, 0, 1]", "[3, 0, 0]")
    )  # which are states, only the class knows
    assert len(loaded) == 2
    below = loaded.get_internals()["below_output"]
    assert below.eval(a=array(1, 2))[0].asnumpy().tolist() == [1, 4]
    with pytest.raises(MXNetError, match=r"mx\.operator\.register"):
        loaded.simple_bind(mx.cpu(), a=(2,), n_b=(2,), n_s=(1,)).forward()
    states_registered()
    assert mx.sym.load_json(text).list_auxiliary_states() == ["n_s"]


def test_two_loaded_nodes_are_described_apart():
    asked = []

    class Prop(mx.operator.CustomOpProp):
        def __init__(self):
            super().__init__()
            asked.append(self)

        def infer_shape(self, shapes):
            self.size = shapes[0][0]
            return shapes, [shapes[0]], []

        def create_operator(self, ctx, shapes, dtypes):
            return Scale(self.size)

    mx.operator.register("sized")(Prop)
    pair = mx.sym.Group([mx.sym.Custom(mx.sym.Variable(name), op_type="sized", name=f"n{name}") for name in "ab"])
    twin = mx.sym.load_json(pair.tojson())
    assert len(asked) == 4
    for symbol in (pair, twin):
        first, second = symbol.eval(a=array(1, 1), b=array(1, 1, 1))
        assert (first.asnumpy().tolist(), second.asnumpy().tolist()) == ([2, 2], [3, 3, 3])


def test_gradient_as_a_graph():
    scale_registered()
    gradient = mx.sym.Custom(mx.sym.Variable("x"), op_type="scale", factor=3, name="y").gradient("x")
    assert gradient.eval(x=array(2, 5))[0].asnumpy().tolist() == [3, 3]
    assert mx.sym.load_json(gradient.tojson()).eval(x=array(2, 5))[0].asnumpy().tolist() == [3, 3]


def test_a_file_that_names_nothing_registered_in_a_strange_way():
    text = mx.sym.Variable("x").tojson().replace('"op": "null"', '"op": "Custom"')
    with pytest.raises(FormatError):
        mx.sym.load_json(text)


def test_backward_after_inference_does_not_step_states_again():
    states_registered()
    bound = mx.sym.Custom(op_type="two", name="n").simple_bind(mx.cpu(), n_a=(1,), n_b=(1,))
    bound.forward(is_train=False)
    bound.backward([array(1), array(1)])
    assert bound.aux_dict["n_s"].asnumpy().tolist() == [11]
    assert bound.grad_dict["n_a"].asnumpy().tolist() == [2]


def test_monitored():
    states_registered()
    bound = mx.sym.Custom(op_type="two", name="n").simple_bind(mx.cpu(), n_a=(1,), n_b=(1,))
    seen = {}
    bound.set_monitor_callback(lambda name, value: seen.update({name: value.asnumpy().tolist()}))
    bound.forward(n_a=array(4))
    assert seen["n_x"] == [8]
    assert bound.aux_dict["n_s"].asnumpy().tolist() == [1]
