"""Recording, requests, retention, assignment, views, functions: what ``mx.autograd`` does, and what it refuses."""

import numpy as np

from tests.scenario import scenario


def variable(mx, values=(1.0, 2.0, 3.0), request="write"):
    x = mx.nd.array(values)
    x.attach_grad(request)
    return x


def state(ag):
    return [ag.is_recording(), ag.is_training()]


@scenario()
def modes(mx):
    ag = mx.autograd
    seen = [state(ag)]
    with ag.record():
        seen.append(state(ag))
        with ag.pause():
            seen.append(state(ag))
            with ag.record(train_mode=False):
                seen.append(state(ag))
        with ag.pause(train_mode=True):
            seen.append(state(ag))
        with ag.predict_mode():
            seen.append(state(ag))
            with ag.train_mode():
                seen.append(state(ag))
    with ag.train_mode():
        seen.append(state(ag))
    seen += [ag.set_recording(True), ag.set_recording(False), ag.set_training(1), ag.set_training(0), ag.set_training(False)]
    with ag.record() as nothing:
        seen.append(nothing)
    try:
        with ag.record():
            raise KeyError
    except KeyError:
        seen.append(state(ag))
    return seen


@scenario("write", "add", "null")
def requests(mx, request):
    x = variable(mx, request=request)
    z = variable(mx, (3.0, 1.0, 2.0))
    seen = [x.grad, x._fresh_grad]
    for scale in (1, 2):
        with mx.autograd.record():
            y = x * z * scale
        y.backward()
        seen += [None if x.grad is None else x.grad.copy(), z.grad.copy(), int(x._fresh_grad or 0), int(z._fresh_grad)]
    z._fresh_grad = False
    return [*seen, z._fresh_grad == 0]


@scenario()
def gradient_of_none(mx):
    x = mx.nd.ones(3)
    before = x.grad
    x.attach_grad()
    with mx.autograd.record():
        y = x * 2
        z = x.detach()
    return before is None, y.grad is None, z.grad is None, x.grad, x[1:].grad is None, x.copy().grad is None


@scenario("twice", "unrecorded", "unmarked", "null", "inner", "inner after", "sibling")
def refused(mx, how):
    ag = mx.autograd
    x = variable(mx) if how != "unmarked" else mx.nd.ones(3)
    if how == "null":
        x.attach_grad("null")
    with ag.record():
        y = x * 2
        z = y * x
        w = y + x
    if how == "twice":
        z.backward()
        z.backward()
    elif how == "unrecorded":
        (x * 2).backward()
    elif how == "inner":
        y.backward()
        z.backward()
    elif how == "inner after":
        z.backward()
        y.backward()
    elif how == "sibling":
        z.backward()
        w.backward()
    else:
        z.backward()


@scenario()
def retained(mx):
    x = variable(mx, request="add")
    with mx.autograd.record():
        y = x * x
        z = y * x
    z.backward(retain_graph=True)
    first = x.grad.copy()
    y.backward(mx.nd.array([1, 0, 2]), retain_graph=True)
    second = x.grad.copy()
    z.backward()
    return first, second, x.grad


@scenario()
def heads(mx):
    ag = mx.autograd
    x = variable(mx)
    seen = []
    for gradients in (None, [None, mx.nd.array([1, 0, 2])], [mx.nd.array([5, 6, 7]), None], (mx.nd.ones(3), mx.nd.zeros(3))):
        with ag.record():
            y = x * 2
            z = y * 3
        ag.backward([y, z], gradients)
        seen.append(x.grad.copy())
    with ag.record():
        y = x * 4
    ag.backward(y, mx.nd.array([1, 2, 3]))
    seen.append(x.grad.copy())
    x.backward()
    return [*seen, x.grad]


@scenario("lengths", "empty", "unconnected", "unmarked", "intermediate", "gone")
def grad_refused(mx, how):
    ag = mx.autograd
    x, z = variable(mx), variable(mx)
    with ag.record():
        y = x * 2
        w = y * mx.nd.ones(3)
    if how == "lengths":
        ag.backward([y, w], [None])
    elif how == "empty":
        ag.grad(w, [])
    elif how == "unconnected":
        ag.grad(w, [x, z])
    elif how == "unmarked":
        ag.grad(w, [x, mx.nd.ones(3)])
    elif how == "intermediate":
        ag.grad(w, [y])
    else:
        ag.grad(w, [x])
        ag.grad(w, [x])


@scenario()
def grad(mx):
    ag = mx.autograd
    x, z = variable(mx), variable(mx, (4.0, 5.0, 6.0), "add")
    with ag.record():
        y = x * z + x
    found = ag.grad(y, [x, z], retain_graph=True)
    one = ag.grad(y, x, head_grads=mx.nd.array([1, 2, 3]), retain_graph=True)
    two = ag.grad([y, x], [z, x], [mx.nd.array([1, 1, 0]), mx.nd.array([0, 1, 0])])
    return found, one, two, x.grad, z.grad


@scenario()
def marked_again(mx):
    ag = mx.autograd
    x = variable(mx)
    with ag.record():
        y = x * 2
        before = y.grad is None
        y.attach_grad()
        z = y * y
    z.backward()
    seen = [before, y.grad, x.grad]
    with ag.record():
        y = x * 2
    x.attach_grad()
    y.backward()
    seen.append(x.grad)
    gradient = mx.nd.array([7, 7, 7])
    ag.mark_variables([x, z], [gradient, mx.nd.zeros(3)], ["add", "null"])
    with ag.record():
        y = x * z
    y.backward()
    ag.mark_variables(x, gradient)
    return [*seen, gradient, z.grad, x.grad]


@scenario("single", "request", "attach", "shape")
def mark_refused(mx, how):
    x = variable(mx)
    if how == "single":
        mx.autograd.mark_variables(x, [mx.nd.zeros(3)])
    elif how == "request":
        mx.autograd.mark_variables([x], [mx.nd.zeros(3)], "overwrite")
    elif how == "attach":
        x.attach_grad("overwrite")
    else:
        mx.autograd.mark_variables([x], [mx.nd.zeros(2)])
        with mx.autograd.record():
            y = x * 2
        y.backward()


ASSIGNMENTS = {
    "marked += 1": lambda nd, x, y, c: x.__iadd__(1),
    "marked *= unrecorded": lambda nd, x, y, c: x.__imul__(nd.ones(3)),
    "recorded -= 1": lambda nd, x, y, c: y.__isub__(1),
    "recorded /= recorded": lambda nd, x, y, c: y.__itruediv__(x),
    "read += 1": lambda nd, x, y, c: c.__iadd__(1),
    "unrecorded += recorded": lambda nd, x, y, c: nd.ones(3).__iadd__(y),
    "marked[:] = number": lambda nd, x, y, c: x.__setitem__(slice(None), 0),
    "marked[1] = number": lambda nd, x, y, c: x.__setitem__(1, 0),
    "marked[1:2] = number": lambda nd, x, y, c: x.__setitem__(slice(1, 2), 0),
    "marked[list] = number": lambda nd, x, y, c: x.__setitem__([0, 2], 0),
    "recorded[:] = number": lambda nd, x, y, c: y.__setitem__(slice(None), 0),
    "recorded[1:] = number": lambda nd, x, y, c: y.__setitem__(slice(1, None), 0),
    "unrecorded[1:4] = recorded": lambda nd, x, y, c: nd.zeros(6).__setitem__(slice(1, 4), y),
    "unrecorded[0] = recorded": lambda nd, x, y, c: nd.zeros((2, 3)).__setitem__(0, y),
    "unrecorded[list] = recorded": lambda nd, x, y, c: nd.zeros(6).__setitem__([1, 4, 5], y),
    "out=marked": lambda nd, x, y, c: nd.exp(y, out=x),
    "out=input": lambda nd, x, y, c: nd.exp(x, out=x),
    "out=recorded": lambda nd, x, y, c: nd.exp(x, out=y),
    "copyto marked": lambda nd, x, y, c: y.copyto(x),
    "update marked": lambda nd, x, y, c: nd.sgd_update(x, c, lr=0.1, out=x),
}


@scenario(*ASSIGNMENTS)
def assigned(mx, how):
    x, c = variable(mx), mx.nd.ones(3)
    with mx.autograd.record():
        y = x * c
        ASSIGNMENTS[how](mx.nd, x, y, c)


@scenario()
def written_to(mx):
    """What may be written while recording, or between the runs."""
    ag, nd = mx.autograd, mx.nd
    seen = []
    x, y = variable(mx), nd.zeros(3)
    with ag.record():
        y[:] = x
        z = y * 3
    z.backward()
    seen += [x.grad.copy(), y]
    y = nd.zeros((2, 3))
    with ag.record():
        y[:] = x
        z = y * y
    z.backward()
    seen += [x.grad.copy(), y]
    o, p = nd.zeros(3), nd.zeros(3, dtype="float64")
    with ag.record():
        nd.exp(x, out=o)
        x.copyto(p)
        z = o * 2
        w = p * p
        n = nd.ones(3)
        n += 1
        n[1:] = 5
    z.backward()
    seen += [x.grad.copy(), o, n]
    w.backward()
    seen += [x.grad.copy(), p]
    with ag.record():
        y = x * x
    x[:] = 5  # the memory is what was recorded
    y.backward()
    seen.append(x.grad.copy())
    with ag.record():
        y = x * 2
        with ag.pause():
            y += 1
            x[1:] = 7
        z = y * x
    z.backward()
    return [*seen, x.grad, y, z]


@scenario()
def views(mx):
    x = mx.nd.array(np.arange(24).reshape(2, 3, 4) / 7)
    x.attach_grad()
    weight = mx.nd.array(np.cos(np.arange(36)))
    keys = [
        np.s_[1],
        np.s_[1:2],
        np.s_[:, 1],
        np.s_[:, ::2, 1:3],
        np.s_[..., 2],
        np.s_[1, ..., 1:],
        np.s_[:, :, ::-1],
        np.s_[0, 2, 3],
        np.s_[-1, -2],
        np.s_[None, 1],
        np.s_[:, None, 1:, 2],
        np.s_[[1, 0, 1]],
        np.s_[[1, 0], [2, 2]],
        np.s_[:, [0, 0, 2], 1:],
        np.s_[1, [0, 2]],
    ]
    seen = []
    for key in keys:
        with mx.autograd.record():
            part = x[key]
            y = part * weight[: part.size].reshape(part.shape) * part
        y.backward()
        seen.append(x.grad.copy())
    return mx.nd.stack(*seen)


@scenario()
def shapes(mx):
    x = mx.nd.array(np.arange(6).reshape(2, 3))
    x.attach_grad()
    weight = mx.nd.array([3, 1, 4, 1, 5, 9])
    makers = [
        lambda: x.reshape(-1),
        lambda: x.reshape((3, 2)),
        lambda: x.reshape(0, -1, 1),
        lambda: x.T.reshape((6,)),
        lambda: x.expand_dims(0),
        lambda: x.expand_dims(axis=1),
        lambda: x.flatten(),
        lambda: x.swapaxes(0, 1),
        lambda: x.expand_dims(0).squeeze(),
        lambda: x.transpose(),
        lambda: mx.nd.moveaxis(x, 0, 1),
        lambda: x.copy(),
        lambda: x.copyto(mx.nd.zeros((2, 3))),
        lambda: x.copyto(mx.cpu(1)),
        lambda: x.as_in_context(mx.cpu(1)),
        lambda: x.astype("float64"),
        lambda: x.astype("float32", copy=False),
        lambda: x.astype("int32"),
        lambda: mx.nd.array(x),
        lambda: x.broadcast_to((2, 3)),
        lambda: mx.nd.concat(*[x[i].reshape((1, 3)) for i in range(2)], dim=0),
        lambda: mx.nd.stack(*list(x)),
        lambda: mx.nd.concat(*x.split(num_outputs=3, axis=1), dim=1),
    ]
    seen = []
    for maker in makers:
        with mx.autograd.record():
            y = maker()
            z = y.astype("float32").reshape((6,)).as_in_context(mx.cpu()) * weight
        z.backward()
        seen.append(x.grad.copy())
    return mx.nd.stack(*seen)


@scenario()
def arithmetic(mx):
    x, z = variable(mx, (2.0, 3.0)), variable(mx, (4.0, 0.5))
    makers = [
        lambda: 1 / x + 2**x + x**2 + 5 % x + x % 2 + (1 - x) + (-x) + abs(x),
        lambda: x * z - x / z + x**z + z % x,
        lambda: (x > 2) + (x == z) + (x <= 3) * x,
        lambda: mx.nd.maximum(x, z) + mx.nd.minimum(x, 2.5) + mx.nd.maximum(3, z),
        lambda: x + x.reshape((2, 1)) * z,
        lambda: x * np.float64(3) + 1.5,
        lambda: mx.nd.add_n(x, z, x),
        lambda: x.detach() * x + mx.nd.BlockGrad(x * z),
        lambda: mx.nd.make_loss(x * z),
        lambda: mx.nd.broadcast_hypot(x, z),
    ]
    seen = []
    for maker in makers:
        x.grad[:], z.grad[:] = 0, 0
        with mx.autograd.record():
            y = maker() + x * 0 + z * 0
        y.backward()
        seen += [x.grad.copy(), z.grad.copy()]
    return mx.nd.stack(*seen)


@scenario()
def functions(mx):
    ag = mx.autograd

    class Product(ag.Function):
        def forward(self, a, b):
            self.save_for_backward(a, b)
            self.recording = ag.is_recording()
            return a * b, a + b

        def backward(self, dp, ds):
            a, b = self.saved_tensors
            return dp * b + ds, dp * a + 10 * ds

    class Scaled(ag.Function):
        def __init__(self, scale):
            super().__init__()
            self.scale = scale

        def forward(self, x):
            return x * self.scale

        def backward(self, dy):
            return dy * 100

    seen = []
    for scale in (2, 3):
        x, z = variable(mx), variable(mx, (4.0, 5.0, 6.0))
        function = Product()
        with ag.record():
            p, s = function(x, z)
            y = Scaled(scale)(p * 2) + s
        y.backward()
        seen += [p, s, y, x.grad, z.grad, function.recording, ag.is_recording()]
    with ag.record():
        p, _ = Product()(x, mx.nd.ones(3))
    p.backward()
    return [*seen, x.grad, Scaled(5)(x)]


@scenario(differs="MXNet forgets gradients that a Function is to add", expect=[12.0, 24.0, 36.0])
def added_by_function(mx):
    class Tripled(mx.autograd.Function):
        def forward(self, x):
            return x * 3

        def backward(self, dy):
            return dy * 3

    x = variable(mx, request="add")
    for _ in range(2):
        with mx.autograd.record():
            y = Tripled()(x) * x.detach() * 2
        y.backward()
    return x.grad.asnumpy().tolist()


@scenario(differs="MXNet counts a head that is given twice once", expect=[4.0, 4.0, 4.0])
def same_head_twice(mx):
    x = variable(mx)
    with mx.autograd.record():
        y = x * 2
    mx.autograd.backward([y, y])
    return x.grad.asnumpy().tolist()


@scenario("twice", "count", "identity")
def function_refused(mx, how):
    class Odd(mx.autograd.Function):
        def forward(self, x):
            return x if how == "identity" else x * 2

        def backward(self, dy):
            return dy, dy

    x = variable(mx)
    function = Odd()
    with mx.autograd.record():
        y = function(x)
        if how == "twice":
            function(x)
        z = y * 2
    z.backward()
    return x.grad


@scenario()
def symbols(mx):
    ag = mx.autograd
    x, z = variable(mx, (1.0,)), variable(mx, (2.0,))
    with ag.record():
        one = x * x + 2 * x - 1
        two = mx.nd.dot(x, z) + x * mx.nd.ones(1) - 3 / z
    seen = []
    for y in (one, two, x):
        symbol = ag.get_symbol(y)
        names = symbol.list_arguments()
        seen += [len(names), len(symbol.list_outputs())]
    values = dict(zip(ag.get_symbol(one).list_arguments(), [mx.nd.array([3])], strict=True))
    return [*seen, ag.get_symbol(one).eval(ctx=mx.cpu(), **values)[0]]


@scenario("unrecorded", "number")
def symbol_refused(mx, how):
    mx.autograd.get_symbol(variable(mx) * 2 if how == "unrecorded" else 3)


@scenario()
def storage_of_gradients(mx):
    x = mx.nd.ones((3, 2))
    x.attach_grad(stype="row_sparse")
    kind = x.grad.stype
    x.attach_grad()
    return kind, x.grad.stype, type(x.grad).__name__


@scenario()
def first_form(mx):
    old = mx.contrib.autograd
    x, z = mx.nd.array([1, 2, 3]), mx.nd.array([4, 5, 6])
    seen = [old.grad(lambda a, b: a * b + a)(x, z), old.grad(lambda a, b: a * b + a, argnum=1)(x, z)]
    gradients, loss = old.grad_and_loss(lambda a: a * a, argnum=[0])(x)
    seen += [gradients, loss]
    gradient = mx.nd.zeros(3)
    old.mark_variables([x], [gradient])
    with old.train_section():
        y = x * 3
        with old.test_section():
            seen.append(state(mx.autograd))
        seen.append(state(mx.autograd))
    old.backward([y], [mx.nd.array([1, 0, 1])], retain_graph=True)
    seen.append(gradient.copy())
    old.compute_gradient([y])
    return [*seen, gradient, old.set_is_training(True), old.set_is_training(False)]
