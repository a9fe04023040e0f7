"""Random draws, states and code of the user within loops and conditions."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from tests.control.composing import EXECUTORS, W, over


def test_dropout_drops_the_same_backwards():
    out, _ = over(lambda row, st: (mx.sym.Dropout(row * W, p=0.5), st))
    drawn = []
    for executor in EXECUTORS:
        mx.random.seed(3)
        bound = out.simple_bind(mx.cpu(), data=(4, 20), s=(1,), w=(20,), executor=executor)
        bound.arg_dict["data"][:] = 1
        bound.arg_dict["w"][:] = 1
        drawn.append(bound.forward(is_train=True)[0].asnumpy())
        bound.backward([mx.nd.ones((4, 20))])
        np.testing.assert_array_equal(bound.grad_dict["data"].asnumpy(), drawn[-1])
        assert set(drawn[-1].ravel()) == {0, 2}
        assert not (drawn[-1][0] == drawn[-1][1]).all()
        assert (bound.forward(is_train=False)[0].asnumpy() == 1).all()
    np.testing.assert_array_equal(*drawn)


def test_two_loops_draw_apart():
    def noisy():
        return mx.sym.contrib.foreach(lambda row, st: (mx.sym.Dropout(row, name="drop"), st), data, state)[0]

    data, state = mx.sym.Variable("data"), mx.sym.Variable("s")
    first, second = (
        mx.sym.Group([noisy(), noisy()])
        .simple_bind(mx.cpu(), data=(2, 30), s=(1,))
        .forward(is_train=True, data=np.ones((2, 30), "float32"))
    )
    assert not (first.asnumpy() == second.asnumpy()).all()


@pytest.mark.parametrize("executor", EXECUTORS)
def test_batch_norm_steps_its_statistics(executor):
    """They are arguments outside, as in MXNet, whose backward fails here; each step of the loop writes them."""
    data = mx.sym.Variable("data")
    out, _ = mx.sym.contrib.foreach(lambda row, st: (mx.sym.BatchNorm(row, name="bn", momentum=0.5), st), data, mx.sym.Variable("s"))
    assert out.list_auxiliary_states() == []
    bound = out.simple_bind(mx.cpu(), data=(2, 4, 1), s=(1,), executor=executor)
    bound.arg_dict["data"][:] = np.arange(8).reshape(2, 4, 1)
    bound.forward(is_train=True)
    bound.backward([mx.nd.ones((2, 4, 1))])
    assert bound.arg_dict["bn_moving_mean"].asnumpy().tolist() == [(5.5 * 0.5) * 0.5 + 1.5 * 0.5]  # backwards: the last row first


class Counting(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        aux[0][:] += 1
        self.assign(out_data[0], req[0], in_data[0] * aux[0])

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        aux[0][:] += 100
        self.assign(in_grad[0], req[0], out_grad[0] * 2)


class CountingProp(mx.operator.CustomOpProp):
    def list_auxiliary_states(self):
        return ["n"]

    def infer_shape(self, in_shape):
        return in_shape, [in_shape[0]], [(1,)]

    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Counting()


class Failing(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        raise KeyError("boom")


class FailingProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Failing()


@pytest.mark.parametrize("executor", EXECUTORS)
def test_custom_operators_with_states(executor):
    mx.operator.register("control_counting")(CountingProp)
    out, _ = over(lambda row, st: (mx.sym.Custom(row, op_type="control_counting", name="c"), st))
    bound = out.simple_bind(mx.cpu(), data=(3, 1), s=(1,), executor=executor)
    bound.arg_dict["data"][:] = 1
    assert bound.forward()[0].asnumpy().ravel().tolist() == [1, 2, 3]
    assert bound.arg_dict["c_n"].asnumpy().tolist() == [3]
    bound.forward(is_train=True)
    bound.backward([mx.nd.ones((3, 1))])
    assert bound.arg_dict["c_n"].asnumpy().tolist() == [306]
    assert bound.grad_dict["data"].asnumpy().ravel().tolist() == [2, 2, 2]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_custom_operators_that_remember(executor):
    """Each step has an object of its own, which the way back meets again."""

    class Remembering(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            self.seen = in_data[0].asnumpy()
            self.assign(out_data[0], req[0], mx.nd.square(in_data[0]))

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            self.assign(in_grad[0], req[0], out_grad[0] * mx.nd.array(2 * self.seen))

    @mx.operator.register("control_remembering")
    class RememberingProp(mx.operator.CustomOpProp):
        def declare_backward_dependency(self, out_grad, in_data, out_data):
            return out_grad

        def create_operator(self, ctx, in_shapes, in_dtypes):
            return Remembering()

    def inner(cell, st):
        return mx.sym.Custom(cell, op_type="control_remembering"), st

    out, _ = over(lambda row, st: mx.sym.contrib.foreach(inner, row, st))
    bound = out.simple_bind(mx.cpu(), data=(3, 2, 1), s=(1,), executor=executor)
    values = np.arange(6, dtype="float32").reshape(3, 2, 1)
    bound.forward(is_train=True, data=values)
    np.testing.assert_array_equal(bound.outputs[0].asnumpy(), values**2)
    bound.backward([mx.nd.ones((3, 2, 1))])
    np.testing.assert_array_equal(bound.grad_dict["data"].asnumpy(), 2 * values)


def test_states_within_conditions():
    mx.operator.register("control_counting")(CountingProp)
    x, n = mx.sym.Variable("x"), mx.sym.Variable("n")
    out = mx.sym.contrib.cond(x < 1, lambda: mx.sym.Custom(x, n, op_type="control_counting"), lambda: x * 1)
    for is_train in (False, True):
        bound = out.simple_bind(mx.cpu(), x=(1,), n=(1,))
        for value, wanted in ((0, 1), (2, 1), (0, 2)):
            bound.forward(is_train=is_train, x=mx.nd.array([value]))
            assert bound.arg_dict["n"].asnumpy().tolist() == [wanted]


@pytest.mark.parametrize("is_train", [False, True])
def test_an_exception_within_is_the_caller_s(is_train):
    mx.operator.register("control_failing")(FailingProp)
    out, _ = over(lambda row, st: (mx.sym.Custom(row, op_type="control_failing", name="inner"), st))
    bound = out.simple_bind(mx.cpu(), data=(2, 1), s=(1,))
    with pytest.raises(KeyError) as raised:
        bound.forward(is_train=is_train)
    assert "inner (Custom" in raised.value.__notes__[0]
    assert "_foreach" in raised.value.__notes__[1]
