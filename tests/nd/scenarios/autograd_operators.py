"""Gradients of operators called while recording; states, masks, loops, operators of the user."""

import numpy as np

from tests.scenario import scenario


def drawn(mx, *shape):
    return mx.nd.array(np.random.normal(size=shape))


def gradients(mx, function, *variables):
    """Return a value, and the gradients of its sum with weights."""
    for x in variables:
        x.attach_grad()
    with mx.autograd.record():
        y = function(*variables)
        total = 0
        for number, part in enumerate(y if isinstance(y, (list, tuple)) else [y]):
            weight = mx.nd.array(np.cos(number + np.arange(part.size)).reshape(part.shape))
            total = total + (part * weight).sum()
    total.backward()
    return [*(y if isinstance(y, (list, tuple)) else [y]), *[x.grad for x in variables]]


LAYERS = {
    "FullyConnected": lambda nd, x: nd.FullyConnected(x, nd.ones((3, 32)) / 7, nd.ones(3), num_hidden=3),
    "Convolution": lambda nd, x: nd.Convolution(x, nd.ones((3, 2, 2, 2)) / 5, num_filter=3, kernel=(2, 2), no_bias=True),
    "Deconvolution": lambda nd, x: nd.Deconvolution(x, nd.ones((2, 3, 2, 2)) / 5, num_filter=3, kernel=(2, 2), no_bias=True),
    "max pooling": lambda nd, x: nd.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max"),
    "mean pooling": lambda nd, x: nd.Pooling(x, kernel=(2, 2), pool_type="avg"),
    "global pooling": lambda nd, x: nd.Pooling(x, global_pool=True, pool_type="max", kernel=(1, 1)),
    "relu": lambda nd, x: nd.Activation(x, act_type="relu"),
    "softrelu": lambda nd, x: nd.Activation(x, act_type="softrelu"),
    "leaky": lambda nd, x: nd.LeakyReLU(x, act_type="leaky"),
    "gelu": lambda nd, x: nd.LeakyReLU(x, act_type="gelu"),
    "softmax": lambda nd, x: nd.softmax(x, axis=1),
    "log_softmax": lambda nd, x: nd.log_softmax(x),
    "LayerNorm": lambda nd, x: nd.LayerNorm(x, nd.ones(4), nd.zeros(4)),
    "InstanceNorm": lambda nd, x: nd.InstanceNorm(x, nd.ones(2), nd.zeros(2)),
    "L2Normalization": lambda nd, x: nd.L2Normalization(x),
    "LRN": lambda nd, x: nd.LRN(x, nsize=3),
    "sum": lambda nd, x: nd.sum(x, axis=(1, 2)),
    "mean": lambda nd, x: x.mean(axis=0),
    "max": lambda nd, x: x.max(axis=3),
    "norm": lambda nd, x: x.norm(axis=1),
    "prod": lambda nd, x: x.prod(axis=3),
    "topk": lambda nd, x: nd.topk(x, k=2, ret_typ="value"),
    "sort": lambda nd, x: nd.sort(x, axis=2),
    "pick": lambda nd, x: nd.pick(x, nd.array([1, 0, 3, 2] * 4).reshape((2, 2, 4)), axis=3),
    "take": lambda nd, x: nd.take(x, nd.array([1, 0, 1])),
    "slice_axis": lambda nd, x: nd.slice_axis(x, axis=2, begin=1, end=3),
    "SliceChannel": lambda nd, x: list(nd.SliceChannel(x, num_outputs=2)),
    "tile": lambda nd, x: nd.tile(x, (1, 2, 1, 1)),
    "where": lambda nd, x: nd.where(x > 0, x * 2, x * 3),
    "clip": lambda nd, x: nd.clip(x, -0.5, 0.5),
    "smooth_l1": lambda nd, x: nd.smooth_l1(x, scalar=1.0),
    "batch_dot": lambda nd, x: nd.batch_dot(x[:, 0], x[:, 1]),
    "UpSampling": lambda nd, x: nd.UpSampling(x, scale=2, sample_type="nearest"),
    "SequenceMask": lambda nd, x: nd.SequenceMask(x, nd.array([1, 2]), use_sequence_length=True),
    "Pad": lambda nd, x: nd.Pad(x, mode="edge", pad_width=(0, 0, 0, 0, 1, 1, 0, 2)),
    "gather_nd": lambda nd, x: nd.gather_nd(x, nd.array([[1, 0], [0, 1]])),
    "Cast": lambda nd, x: (x.astype("float64") * 2).astype("float32"),
    "float16": lambda nd, x: nd.softmax(x.astype("float16")).astype("float32"),
    "linalg_gemm2": lambda nd, x: nd.linalg_gemm2(x, x, transpose_b=True),
    "one after the other": lambda nd, x: nd.tanh(nd.sigmoid(x) * nd.exp(-x)) / (1 + nd.square(x)),
}


@scenario(*LAYERS, rtol=1e-4, atol=1e-5, why="sums of float32 in another order")
def layer(mx, name):
    if name == "float16":
        return [
            x.astype("float16").astype("float32").round() for x in gradients(mx, lambda x: LAYERS[name](mx.nd, x), drawn(mx, 2, 2, 4, 4))
        ]
    return gradients(mx, lambda x: LAYERS[name](mx.nd, x), drawn(mx, 2, 2, 4, 4))


@scenario()
def weights(mx):
    nd = mx.nd
    seen = gradients(
        mx,
        lambda x, w, b: nd.Convolution(x, w, b, num_filter=3, kernel=(3, 3), pad=(1, 1)),
        drawn(mx, 2, 2, 5, 5),
        drawn(mx, 3, 2, 3, 3),
        drawn(mx, 3),
    )
    seen += gradients(mx, lambda w: nd.Embedding(nd.array([1, 0, 1, 3]), w, input_dim=4, output_dim=3), drawn(mx, 4, 3))
    seen += gradients(mx, lambda a, b: nd.dot(a, b, transpose_b=True), drawn(mx, 2, 3), drawn(mx, 4, 3))
    return seen


@scenario(True, False)
def batch_norm(mx, train):
    nd, ag = mx.nd, mx.autograd
    x, gamma, beta = drawn(mx, 4, 3, 2, 2), nd.array([1, 2, 3]), nd.zeros(3)
    mean, var = nd.array([0.5, 0, -0.5]), nd.array([1, 2, 0.5])
    seen = []
    for array in (x, gamma, beta):
        array.attach_grad()
    for _ in range(2):
        with ag.record(train_mode=train):
            y = nd.BatchNorm(x, gamma, beta, mean, var, fix_gamma=False, momentum=0.8)
            loss = (y * y * y).sum()
        loss.backward(train_mode=train)
        seen += [y, x.grad.copy(), gamma.grad.copy(), beta.grad.copy(), mean.copy(), var.copy()]
    return seen


@scenario()
def losses(mx):
    nd = mx.nd
    x, label = drawn(mx, 3, 4), nd.array([1, 0, 3])
    seen = gradients(mx, lambda v: nd.SoftmaxOutput(v, label, grad_scale=2), x)
    seen += gradients(mx, lambda v: nd.LinearRegressionOutput(v, nd.ones((3, 4))), x)
    seen += gradients(mx, lambda v: nd.LogisticRegressionOutput(v, nd.ones((3, 4))), x)
    seen += gradients(mx, lambda v: nd.softmax_cross_entropy(v, label), x)
    seen += gradients(mx, lambda v: nd.MakeLoss(nd.square(v), grad_scale=3), x)
    return seen


@scenario("lstm", "gru", "rnn_tanh", rtol=1e-4, atol=1e-5, why="sums of float32 in another order")
def recurrent(mx, kind):
    nd = mx.nd
    size = {"lstm": 4, "gru": 3, "rnn_tanh": 1}[kind]
    x, state = drawn(mx, 3, 2, 4), drawn(mx, 1, 2, 5)
    parameters = drawn(mx, size * 5 * (4 + 5 + 2)) / 3
    cell = {"state_cell": drawn(mx, 1, 2, 5)} if kind == "lstm" else {}
    return gradients(
        mx,
        lambda a, b, c: list(nd.RNN(a, c, b, state_size=5, num_layers=1, mode=kind, state_outputs=True, **cell)),
        x,
        state,
        parameters,
    )


@scenario("foreach", "while_loop", "cond")
def control(mx, kind):
    nd = mx.nd
    x, w = drawn(mx, 3, 2), nd.array([0.5, 2])

    def run(x, w):
        if kind == "foreach":
            outputs, states = nd.contrib.foreach(lambda row, s: (row * w + s[0], [s[0] * w + row]), x, [nd.zeros(2)])
            return [outputs, states[0]]
        if kind == "while_loop":
            outputs, states = nd.contrib.while_loop(
                lambda i, s: i < 3, lambda i, s: (s * w, [i + 1, s * w + x[0]]), [nd.array([0]), x[1]], max_iterations=5
            )
            return [outputs, states[1]]
        return nd.contrib.cond(w.sum() > 1, lambda: x * w, lambda: x + w)

    return gradients(mx, run, x, w)


@scenario()
def custom(mx):
    class Scaled(mx.operator.CustomOp):
        def __init__(self, scale):
            super().__init__()
            self.scale = scale

        def forward(self, is_train, req, in_data, out_data, aux):
            self.seen = in_data[0].asnumpy()
            self.assign(out_data[0], req[0], in_data[0] * in_data[1] * self.scale)
            self.assign(out_data[1], req[1], in_data[0] + (10 if is_train else 20))
            aux[0][:] += 1

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            self.assign(in_grad[0], req[0], out_grad[0] * in_data[1] * self.scale + out_grad[1] * mx.nd.array(self.seen))
            self.assign(in_grad[1], req[1], out_grad[0] * in_data[0] * self.scale)

    @mx.operator.register("scaled_of_autograd")
    class Property(mx.operator.CustomOpProp):
        def __init__(self, scale):
            super().__init__(need_top_grad=True)
            self.scale = float(scale)

        def list_arguments(self):
            return ["a", "b"]

        def list_outputs(self):
            return ["product", "sum"]

        def list_auxiliary_states(self):
            return ["count"]

        def infer_shape(self, in_shape):
            return in_shape, [in_shape[0], in_shape[0]], [[1]]

        def create_operator(self, ctx, shapes, dtypes):
            return Scaled(self.scale)

    nd, ag = mx.nd, mx.autograd
    x, z, count = nd.array([1, 2, 3]), nd.array([4, 5, 6]), nd.zeros(1)
    x.attach_grad()
    z.attach_grad("add")
    seen = []
    for scale in (2, 3, 2):
        with ag.record():
            p, s = nd.Custom(x, z, count, scale=scale, op_type="scaled_of_autograd")
            q, _ = nd.Custom(p, s, count, scale=1, op_type="scaled_of_autograd")
            y = q * x
        y.backward()
        seen += [p, s, q, x.grad.copy(), z.grad.copy(), count.copy()]
        x[:] = x * 1.5
    return seen


@scenario("training", "predicting", "always")
def dropout(mx, how):
    """The same mask backward as forward."""
    nd, ag = mx.nd, mx.autograd
    x = nd.ones(200)
    x.attach_grad()
    same = []
    for _ in range(3):
        with ag.record(train_mode=how == "training"):
            y = nd.Dropout(x, p=0.4, mode="always" if how == "always" else "training")
            z = y * 3
        z.backward(train_mode=how == "training")
        same.append(bool(np.allclose(3 * y.asnumpy(), x.grad.asnumpy(), rtol=1e-5)))
        same.append(bool((y.asnumpy() == 0).any()))
    with ag.pause(train_mode=True):
        same.append(bool((nd.Dropout(x).asnumpy() == 0).any()))
    return [*same, bool((nd.Dropout(x).asnumpy() == 0).any())]


@scenario()
def drawn_while_recording(mx):
    """Draws are data like others: what is drawn is what gradients are made with."""
    nd, ag = mx.nd, mx.autograd
    x = nd.ones(50)
    x.attach_grad()
    with ag.record():
        noise = nd.random.uniform(1, 2, shape=(50,))
        mask = nd.random.uniform(0, 1, shape=(50,)) > 0.5
        y = x * noise * mask
    y.backward()
    shuffled = nd.arange(10)
    shuffled.attach_grad()
    return bool(np.allclose(x.grad.asnumpy(), (noise * mask).asnumpy())), noise.grad is None
