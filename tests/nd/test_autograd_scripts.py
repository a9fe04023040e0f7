"""What scripts written for MXNet do with ``autograd``: whole idioms, with the values they expect."""

import numpy as np
import pytest

import symbolic as mx
from symbolic.contrib import autograd as first_form

nd, ag = mx.nd, mx.autograd


@pytest.mark.parametrize("stype", ["default", "row_sparse", "csr"])
def test_gradient_functions(stype):
    x = nd.random.uniform(shape=(4, 5)).tostype(stype)
    for function, slope in (
        (nd.exp, nd.exp),
        (lambda v: v / 2, lambda v: nd.ones(v.shape) * 0.5),
        (lambda v: v**2, lambda v: v * 2),
        (lambda v: v + v, lambda v: nd.ones(v.shape) * 2),
    ):
        found, output = first_form.grad_and_loss(function)(x)
        np.testing.assert_allclose(output.asnumpy(), function(x).asnumpy(), rtol=1e-6)
        np.testing.assert_allclose(found[0].asnumpy(), slope(x).asnumpy(), rtol=1e-6)
        assert found[0].stype == stype


def test_chosen_arguments():
    def mixed(a, b, mode):
        return a + b if mode else a * b

    a, b = nd.random.uniform(shape=(3, 2)), nd.random.uniform(shape=(3, 2))
    found, _ = first_form.grad_and_loss(mixed, argnum=[0, 1])(a, b, True)
    assert all((gradient.asnumpy() == 1).all() for gradient in found)
    found, _ = first_form.grad_and_loss(mixed, argnum=[0, 1])(a, b, False)
    assert (found[0].asnumpy() == b.asnumpy()).all() and (found[1].asnumpy() == a.asnumpy()).all()


def test_training_and_predicting():
    x = nd.ones((10, 10))
    x.attach_grad()
    with ag.record():
        y = nd.Dropout(x, p=0.5)
        assert (y.asnumpy().min(), y.asnumpy().max()) == (0, 2)
        y.backward()
        assert (x.grad.asnumpy() == y.asnumpy()).all()
        with ag.predict_mode():
            assert ag.is_recording() and not ag.is_training()
            y = nd.Dropout(x, p=0.5)
            assert (y.asnumpy() == 1).all()
            y.backward(train_mode=False)
            assert (x.grad.asnumpy() == 1).all()
    with ag.record(train_mode=False):
        y = nd.Dropout(x, p=0.5)
        y.backward(train_mode=False)
        assert (x.grad.asnumpy() == 1).all()
        with ag.train_mode():
            y = nd.Dropout(x, p=0.5)
            y.backward()
            assert (x.grad.asnumpy() == y.asnumpy()).all() and (y.asnumpy() == 0).any()


def test_what_is_detached_is_not_written():
    x, y = nd.ones((2, 2)), nd.ones((2, 2))
    dx, dy = nd.zeros_like(x), nd.zeros_like(x)
    ag.mark_variables([x, y], [dx, dy])
    assert not x._fresh_grad and not y._fresh_grad
    with first_form.train_section():
        (x + 2 + y).backward()
    assert (dx.asnumpy() == 1).all() and x._fresh_grad and y._fresh_grad
    dx[:] = 0
    x._fresh_grad = y._fresh_grad = False
    with first_form.train_section():
        ((x + 2).detach() + y).backward()
    assert (dx.asnumpy() == 0).all() and y._fresh_grad and not x._fresh_grad


def test_two_outputs_with_head_gradients():
    x, dx = nd.ones((3, 5)), nd.zeros((3, 5))
    ag.mark_variables([x], [dx])
    a = nd.arange(5)
    heads = [None, nd.ones(5), a]
    with ag.record():
        rows = [x[place] * (place + 1) for place in range(3)]
    ag.backward(rows, heads)
    assert (dx.asnumpy() == [[1] * 5, [2] * 5, [0, 3, 6, 9, 12]]).all()


def test_gradients_kept_as_grads_are_added_up():
    x = nd.ones(3)
    x.attach_grad("add")
    for _ in range(4):
        with ag.record():
            loss = (x * 2).sum()
        loss.backward()
    assert (x.grad.asnumpy() == 8).all()
    x.grad[:] = 0
    assert (x.grad.asnumpy() == 0).all()


def test_second_gradient():
    x = nd.ones((1,))
    x.attach_grad()
    with ag.record():
        z = nd.elemwise_add(nd.exp(x), x)
    (dx,) = ag.grad(z, [x], create_graph=True)
    assert abs(dx.asscalar() - 3.71828175) < 1e-6
    dx.backward()
    assert abs(x.grad.asscalar() - 2.71828175) < 1e-6


def test_a_function_in_a_class():
    class Sigmoid(ag.Function):
        def forward(self, x):
            y = 1 / (1 + nd.exp(-x))
            self.save_for_backward(y)
            return y

        def backward(self, dy):
            (y,) = self.saved_tensors
            return dy * y * (1 - y)

    x = nd.random.uniform(shape=(10,))
    x.attach_grad()
    with ag.record():
        m = Sigmoid()(x)
    m.backward()
    found = x.grad.copy()
    with ag.record():
        m = nd.sigmoid(x)
    m.backward()
    np.testing.assert_allclose(found.asnumpy(), x.grad.asnumpy(), rtol=1e-5)


def test_a_function_inside_of_a_network_in_a_loop():
    class Straight(ag.Function):
        """Round forwards, pass gradients through."""

        def forward(self, x):
            return x.round()

        def backward(self, dy):
            return dy

    w = nd.array([0.4, 1.6])
    w.attach_grad()
    for _ in range(3):
        with ag.record():
            loss = nd.square(Straight()(w * 2) - 6).sum()
        loss.backward()
        w -= 0.1 * w.grad
    assert np.isfinite(w.asnumpy()).all() and (w.asnumpy() > [1.5, 2]).all()


def test_numpy_scalars_of_np_shape():
    with mx.util.np_shape(True):
        x = mx.nd.array(np.ones((2, 3)))
        x.attach_grad()
        with ag.record():
            y = x[0, 1] * x.sum()
        y.backward()
    assert x.grad.asnumpy().tolist() == [[1.0, 7.0, 1.0], [1.0, 1.0, 1.0]]
