"""infer_shape and infer_type as users call them; the answers of the reference are in ``test_answers.py``."""

import threading
import warnings

import numpy as np
import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, DTypeError, ShapeError, UnknownName

S = mx.sym


def net():
    data = S.Variable("data")
    h = S.BatchNorm(S.FullyConnected(data, num_hidden=8, name="fc1"), name="bn")
    return S.SoftmaxOutput(S.FullyConnected(h, num_hidden=4, name="fc2"), name="softmax")


EVERYTHING = (
    [(3, 6), (8, 6), (8,), (8,), (8,), (4, 8), (4,), (3,)],
    [(3, 4)],
    [(8,), (8,)],
)


def test_from_the_data():
    assert net().infer_shape(data=(3, 6)) == EVERYTHING
    assert net().infer_shape((3, 6)) == EVERYTHING
    assert net().infer_shape((3, 6), None, None, None, (8,)) == EVERYTHING


def test_from_the_weights_and_the_output():
    fc = S.FullyConnected(S.Variable("x"), num_hidden=5, flatten=False, name="fc") * S.Variable("y")
    assert fc.infer_shape(y=(7, 0), x=(0, 2))[0] == [(7, 2), (5, 2), (5,), (7, 5)]
    moved = S.transpose(S.Reshape(S.exp(S.Variable("x")), shape=(0, -1)), axes=(1, 0)) + S.Variable("y")
    assert moved.infer_shape(x=(0, 2, 3), y=(6, 4))[0] == [(4, 2, 3), (6, 4)]


def test_a_group_lists_the_shape_of_each_output():
    s = net()
    both = S.Group([s, s.get_internals()["fc1_output"], S.Variable("data2")])
    assert both.infer_shape(data=(3, 6), data2=(1, 1))[1] == [(3, 4), (3, 8), (1, 1)]


def test_shapes_of_states_may_be_given():
    assert net().infer_shape(data=(3, 6), bn_moving_mean=(8,)) == EVERYTHING
    with pytest.raises(ShapeError, match="bn_moving_mean"):
        net().infer_shape(data=(3, 6), bn_moving_mean=(9,))


def test_unknown_shapes_warn_with_their_names_at_the_users_line():
    with pytest.warns(UserWarning, match=r"cannot decide .*\n  data +\(\)\n  fc1_weight(.|\n)*\n  give data: the rest follows") as caught:
        assert net().infer_shape() == (None, None, None)
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="cannot decide the types") as caught:
        assert net().infer_type() == (None, None, None)
    assert caught[0].filename == __file__


def test_partial_inference_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        arguments, outputs, states = net().infer_shape_partial(data=(0, 6))
        assert arguments == [(0, 6), (8, 6), (8,), (8,), (8,), (4, 8), (4,), (0,)]
        assert outputs == [(0, 4)] and states == [(8,), (8,)]
        assert net().infer_type_partial() == ([None] * 8, [None], [None] * 2)


def test_declared_shapes_and_what_overrules_them():
    x, y = S.Variable("x", shape=(2, 0)), S.Variable("y", shape="(0, 3)")
    assert (x + y).infer_shape() == ([(2, 3), (2, 3)], [(2, 3)], [])
    assert (x + y).infer_shape(x=(5, 3)) == ([(5, 3), (5, 3)], [(5, 3)], [])
    assert S.Variable("z", shape=(4,)).infer_shape() == ([(4,)], [(4,)], [])
    with pytest.raises(ShapeError, match=r"x.*y|y.*x"):
        (S.Variable("x", shape=(2, 3)) + S.Variable("y", shape=(3, 2))).infer_shape()


def test_declared_types_and_what_overrules_them():
    x, y = S.Variable("x", dtype="float16"), S.Variable("y")
    assert (x + y).infer_type() == ([np.float16] * 2, [np.float16], [])
    assert (x + y).infer_type(x="float64") == ([np.float64] * 2, [np.float64], [])


def test_variables_of_one_name_get_the_same():
    s = S.Variable("x") * S.exp(S.Variable("x"))
    assert s.infer_shape(x=(2,)) == ([(2,), (2,)], [(2,)], [])
    assert s.infer_type(x="float64")[0] == [np.float64, np.float64]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda s: s.infer_shape(dat=(3, 6)), UnknownName, ["'dat'", "did you mean 'data'"]),
        (lambda s: s.infer_shape((3, 6), data=(3, 6)), ArgumentError, ["position", "name", "both"]),
        (lambda s: s.infer_shape(*[(1,)] * 9), ArgumentError, ["9", "8"]),
        (lambda s: s.infer_shape(data="3,6"), ArgumentError, ["data", "'3,6' (str)", "tuple of int"]),
        (lambda s: s.infer_shape(data=3), ArgumentError, ["data", "3 (int)", "tuple of int"]),
        (lambda s: s.infer_shape(data=(3, "x")), ArgumentError, ["data", "'x'", "tuple of int"]),
        (lambda s: s.infer_shape(data=(3, 2.5)), ArgumentError, ["data", "2.5", "tuple of int"]),
        (lambda s: s.infer_shape(data=(3, -6)), ShapeError, ["data", "-6"]),
        (lambda s: s.infer_shape(data=(2**33, 2**33)), ShapeError, ["data", str(2**33)]),
        (
            lambda s: s.infer_shape(data=(3, 6), fc1_weight=(8, 7)),
            ShapeError,
            ["fc1 (FullyConnected", "weight", "(8, 7)", "(8, 6)", "data", "(3, 6)"],
        ),
        (lambda s: s.infer_shape(data=(3, 6), softmax_label=(4,)), ShapeError, ["softmax (SoftmaxOutput", "label", "(4,)", "(3,)"]),
        (lambda s: s.infer_type(dat="float32"), UnknownName, ["'dat'", "did you mean 'data'"]),
        (lambda s: s.infer_type(data="float99"), DTypeError, ["data", "float99"]),
        (lambda s: s.infer_type(data=3), DTypeError, ["data", "3"]),
        (lambda s: s.infer_type("float32", data="float32"), ArgumentError, ["position", "name", "both"]),
        (lambda s: s.infer_type(data="float32", fc1_weight="float64"), DTypeError, ["fc1 (FullyConnected", "weight", "float64", "float32"]),
    ],
)
def test_wrong_calls_name_what_is_wrong(call, error, words):
    with pytest.raises(error) as caught:
        call(net())
    assert isinstance(caught.value, mx.MXNetError)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_the_message_names_the_users_line():
    line = f"{__file__}:{test_the_message_names_the_users_line.__code__.co_firstlineno + 2}"
    s = S.Variable("a") + S.Variable("b")
    with pytest.raises(ShapeError, match=rf"made at {line}"):
        s.infer_shape(a=(2, 3), b=(3, 2))


def test_np_shape_is_a_matter_of_the_thread():
    found = []

    def other():
        found.append((mx.is_np_shape(), S.Variable("x").infer_shape_partial(x=(0, 2))[0]))

    with mx.np_shape():
        assert mx.util.is_np_shape()
        assert S.Variable("x").infer_shape(x=(0, 2))[0] == [(0, 2)]
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert found == [(False, [(0, 2)])]
    assert not mx.is_np_shape()


def test_use_np_shape_decorates_functions_and_classes():
    @mx.use_np_shape
    def asked(x, *, y=1):
        """Say what it is called with."""
        return mx.is_np_shape(), x, y

    assert asked(3, y=4) == (True, 3, 4) and asked.__doc__.startswith("Say")

    @mx.use_np_shape
    class Asked:
        constant = 3

        def __init__(self):
            self.made = mx.is_np_shape()

        def method(self):
            return mx.is_np_shape()

        @staticmethod
        def plain(x):
            return mx.is_np_shape(), x

        @classmethod
        def of(cls):
            return mx.is_np_shape(), cls.constant

        @property
        def seen(self):
            return mx.is_np_shape()

    made = Asked()
    assert made.made and made.method() and made.seen
    assert made.plain(5) == (True, 5) and Asked.of() == (True, 3)
    assert not mx.is_np_shape()


def test_0_and_scalars_under_np_shape():
    x, y = S.Variable("x"), S.Variable("y")
    with mx.np_shape():
        assert (x + y).infer_shape(x=()) == ([(), ()], [()], [])
        assert (x + y).infer_shape(x=(0, 3)) == ([(0, 3), (0, 3)], [(0, 3)], [])
        assert (x + y).infer_shape(x=(-1, 3), y=(2, -1)) == ([(2, 3), (2, 3)], [(2, 3)], [])
        assert x.infer_shape_partial(x=(-1, 3)) == ([(-1, 3)], [(-1, 3)], [])
        assert x.infer_shape_partial() == ([None], [None], [])
        with mx.np_shape(False):
            assert x.infer_shape_partial(x=(0, 3)) == ([(0, 3)], [(0, 3)], [])
            assert x.infer_shape_partial() == ([()], [()], [])
        with pytest.raises(ShapeError):
            (x + y).infer_shape(x=(0, 3), y=(2, 3))


def test_lengths_of_which_nobody_says_the_type_are_integers():
    net = mx.sym.softmax(mx.sym.Variable("x"), mx.sym.Variable("n"), use_length=True)
    assert net.infer_type(x="float16")[0] == [np.float16, np.int32]
    assert net.infer_type(x="float16", n="int64")[0] == [np.float16, np.int64]
    assert net.simple_bind(x=(2, 3), n=(2,)).arg_dict["n"].dtype == np.int32
