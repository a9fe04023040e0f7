"""Graphs that MXNet and this library compose by the same calls: functions of the library's module; see ``record_json.py``."""

COMPOSITIONS = {}


def composition(function):
    """Enter a function of the library's module, which returns a symbol."""
    COMPOSITIONS[function.__name__] = function
    return function


# ------------------------------------------------------------------ variables and what is written of them
@composition
def variable(mx):
    return mx.sym.Variable("data")


@composition
def variable_with_everything(mx):
    return mx.sym.Variable(
        "w", shape=(3, 0), lr_mult=0.5, wd_mult=2, dtype="float16", init="zeros", stype="row_sparse", __mood__="calm", attr={"note": "x"}
    )


@composition
def unnamed_variable(mx):
    return mx.sym.Variable("") + mx.sym.Variable("")


@composition
def shapes_of_variables(mx):
    described = {"float64": (1,), "uint8": (2, 3), "int32": (), "int8": (0, 0), "int64": (1, 2, 3, 4)}
    return mx.sym.Group([mx.sym.Variable(dtype, shape=shape, dtype=dtype) for dtype, shape in described.items()])


@composition
def letters(mx):
    words = ['say "hi"', "back\\slash", "two\nlines", "tab\tand\rreturn", "é漢🦉", "a/b", "'", "", " ", "{[}]", "\\n", "%s"]
    words += ["\x01\x08\x0c\x1b\x7f", "\u2028"]
    return mx.sym.Group([mx.sym.Variable(f"v{word}", attr={"__word__": word}) for word in words])


@composition
def annotated(mx):
    with mx.AttrScope(ctx_group="left", __lr_mult__="0.5"):
        x = mx.sym.Variable("x", lr_mult=3)
        with mx.AttrScope(ctx_group="right"):
            return mx.sym.FullyConnected(x, num_hidden=2, name="fc", attr={"__mood__": "merry"})


@composition
def annotated_later(mx):
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc")
    net._set_attr(__mood__="calm", lr_mult="2")
    net.get_internals()["fc_weight"]._set_attr(__init__="ones")
    return net


@composition
def hidden_keywords(mx):
    return mx.sym.Convolution(mx.sym.Variable("x"), kernel=(1, 1), num_filter=1, lr_mult=0.1, name="c")


# ------------------------------------------------------------------ names
@composition
def automatic_names(mx):
    x = mx.sym.Variable("x")
    y = mx.sym.FullyConnected(x, num_hidden=3)
    y = mx.sym.Activation(y, act_type="relu")
    y = mx.sym.FullyConnected(y, num_hidden=3)
    return mx.sym.SoftmaxOutput(mx.sym.elemwise_add(y, y) + y)


@composition
def prefixed_names(mx):
    with mx.name.Prefix("net_"):
        return mx.sym.FullyConnected(mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=3, name="a"), num_hidden=4)


@composition
def equal_names(mx):
    a, b = mx.sym.Variable("a"), mx.sym.Variable("a")
    return mx.sym.sin(a, name="s") * mx.sym.sin(b, name="s")


@composition
def aliases(mx):
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    sym = mx.sym
    called = [sym.broadcast_plus(x, y), sym.reshape(x, shape=(1, -1)), sym.Flatten(x), sym.flatten(x), sym.Concat(x, y), sym.concat(x, y)]
    called += [sym.ElementWiseSum(x, y), sym.cast(x, dtype="int32"), sym.stop_gradient(x), sym.SliceChannel(x, num_outputs=1)]
    called += [
        sym.split(x, num_outputs=1),
        sym.swapaxes(x, dim1=0, dim2=1),
        sym.sum_axis(x, axis=1),
        sym.identity(x),
        sym.max_axis(x, axis=0),
    ]
    return mx.sym.Group(called)


# ------------------------------------------------------------------ parameters as text
@composition
def numbers(mx):
    x = mx.sym.Variable("x")
    called = [x + 1, x + 1.0, 2 - x, x * -0.5, x / 3, 1 / x, x**2, 2**x, x % 7, x + 1e-5, x + 1e20, x * 123456789.125]
    return mx.sym.Group([*called, -x, abs(x), x + 1e-30, x - 0.1])


@composition
def comparisons(mx):
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    return mx.sym.Group([x > 0, x >= y, x < 1.5, x <= y, x == 2, x != y])


@composition
def two_sided(mx):
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    sym = mx.sym
    called = [x + y, x - y, x * y, x / y, x**y, x % y, sym.maximum(x, y), sym.maximum(x, 2), sym.minimum(3, x)]
    return sym.Group([*called, sym.hypot(x, y), sym.hypot(x, 4), sym.power(2, x)])


@composition
def tuples(mx):
    x = mx.sym.Variable("x")
    sym = mx.sym
    called = [sym.Convolution(x, kernel=[3, 3], num_filter=4, pad=(1, 1)), sym.Pooling(x, kernel=(2,), pool_type="avg")]
    called += [sym.Reshape(x, shape=(-1,)), sym.Reshape(x, shape=[0, -2]), sym.transpose(x), sym.transpose(x, axes=(1, 0))]
    called += [sym.sum(x, axis=(0, 1)), sym.sum(x, axis=0, keepdims=True), sym.sum(x), sym.mean(x, axis=[1])]
    called += [sym.slice(x, begin=(0, None), end=(None, 3)), sym.slice(x, begin=(0,), end=(2,), step=(1,)), sym.tile(x, reps=(2, 2))]
    called += [sym.expand_dims(x, axis=-1), sym.squeeze(x), sym.squeeze(x, axis=1), sym.pad(x, mode="constant", pad_width=(0, 1))]
    return sym.Group(called)


@composition
def words_and_truths(mx):
    x = mx.sym.Variable("x")
    sym = mx.sym
    called = [sym.Dropout(x, p=0.5, mode="always"), sym.LeakyReLU(x, act_type="elu", slope=0.3)]
    called += [sym.BatchNorm(x, fix_gamma=True, eps=2e-5, use_global_stats=False), sym.softmax(x, axis=1, temperature=None)]
    called += [sym.clip(x, a_min=0, a_max=6.0), sym.topk(x, k=2, ret_typ="both", is_ascend=1), sym.norm(x, ord=1)]
    called += [sym.one_hot(x, depth=3, dtype="int32"), sym.Cast(x, dtype="float64"), sym.argmax(x, axis=None), sym.argmax(x, axis=1)]
    return sym.Group(called)


@composition
def parameters_given_as_text(mx):
    x = mx.sym.Variable("x")
    return mx.sym.Convolution(x, kernel="(3,3)", num_filter="4", no_bias="true", name="c") + mx.sym.FullyConnected(
        x, num_hidden="0010", flatten="0", name="f"
    )


@composition
def values_from_numpy(mx):
    import numpy as np

    x = mx.sym.Variable("x")
    y = mx.sym.FullyConnected(x, num_hidden=np.int64(3), name="f")
    return (
        mx.sym.Reshape(y, shape=tuple(np.array([1, 3])), name="r")
        + mx.sym.Cast(x, dtype=np.float16, name="c")
        + mx.sym.zeros((2,), dtype=np.int32)
    )


@composition
def creation(mx):
    sym = mx.sym
    made = [sym.zeros((2, 3)), sym.zeros(4), sym.ones(shape=(2,), dtype="int32"), sym.full((2,), 7), sym.arange(5)]
    made += [sym.arange(1, 7, 2, repeat=2, dtype="float64"), sym.linspace(0, 1, 5), sym.eye(3), sym.eye(3, 4, 1)]
    return sym.Group([*made, sym.zeros_like(sym.Variable("x")), sym.ones_like(sym.Variable("x"))])


# ------------------------------------------------------------------ structure
@composition
def states(mx):
    x = mx.sym.Variable("x")
    return mx.sym.BatchNorm(mx.sym.BatchNorm(x, name="a"), fix_gamma=False, name="b")


@composition
def shared_states(mx):
    x, mean, var = mx.sym.Variable("x"), mx.sym.Variable("mean", init="zeros"), mx.sym.Variable("var", init="ones")
    a = mx.sym.BatchNorm(x, moving_mean=mean, moving_var=var, name="a")
    return mx.sym.BatchNorm(a, moving_mean=mean, moving_var=var, name="b") + mean


@composition
def shared_weight(mx):
    x, w = mx.sym.Variable("x"), mx.sym.Variable("w")
    a = mx.sym.FullyConnected(x, w, num_hidden=3, no_bias=True, name="a")
    return mx.sym.FullyConnected(a, weight=w, num_hidden=3, name="b")


@composition
def ten_inputs(mx):
    return mx.sym.Concat(*[mx.sym.Variable(f"v{place}") for place in range(10)], dim=0, name="c")


@composition
def eleven_inputs(mx):
    return mx.sym.add_n(*[mx.sym.Variable(f"v{place}") for place in range(11)], name="n")


@composition
def nine_heads(mx):
    return mx.sym.Group([mx.sym.Variable(f"v{place}") for place in range(9)])


@composition
def ten_heads(mx):
    return mx.sym.Group([mx.sym.Variable(f"v{place}") for place in range(10)])


@composition
def eleven_heads(mx):
    return mx.sym.Group([mx.sym.Variable(f"v{place}") for place in range(11)])


@composition
def many_outputs(mx):
    parts = mx.sym.SliceChannel(mx.sym.Variable("x"), num_outputs=3, axis=1, name="split")
    return mx.sym.Group([parts[2], parts[0] + parts[1], parts])


@composition
def one_output_of_many(mx):
    return mx.sym.topk(mx.sym.Variable("x"), k=2, ret_typ="both", name="t")[1]


@composition
def internals(mx):
    net = mx.sym.BatchNorm(mx.sym.Dropout(mx.sym.Variable("x"), name="d"), name="b")
    return net.get_internals()


@composition
def children(mx):
    return mx.sym.FullyConnected(mx.sym.sin(mx.sym.Variable("x"), name="s"), num_hidden=3, name="f").get_children()


@composition
def head_twice(mx):
    x = mx.sym.sin(mx.sym.Variable("x"), name="s")
    return mx.sym.Group([x, x, x])


@composition
def composed_by_call(mx):
    upper = mx.sym.FullyConnected(mx.sym.Variable("z"), num_hidden=2, name="upper")
    return upper(z=mx.sym.Activation(mx.sym.Variable("x"), act_type="tanh", name="lower"))


@composition
def diamond(mx):
    x = mx.sym.Variable("x")
    left, right = mx.sym.exp(x, name="left"), mx.sym.sqrt(x, name="right")
    return (right * left + left) / right


@composition
def fluent(mx):
    x = mx.sym.Variable("x")
    return x.reshape((2, -1)).sum(axis=1).exp().expand_dims(0).astype("float16").slice_axis(axis=0, begin=0, end=1)


@composition
def casts_left_out(mx):
    x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
    cast = mx.sym.amp_cast(x, dtype="float16", name="ac")
    both = mx.sym.amp_multicast(cast, y, num_outputs=2, name="am")
    return mx.sym.Group([both[0] + both[1], cast])


# ------------------------------------------------------------------ layers
@composition
def convolutional(mx):
    sym = mx.sym
    x = sym.Convolution(sym.Variable("data"), kernel=(3, 3), stride=(2, 2), num_filter=8, name="c1")
    x = sym.LeakyReLU(sym.BatchNorm(x, name="bn"), act_type="prelu", name="pr")
    x = sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="avg", pooling_convention="full", name="p1")
    x = sym.UpSampling(sym.Deconvolution(x, kernel=(2, 2), num_filter=4, name="d1"), scale=2, sample_type="nearest", name="up")
    x = sym.LRN(sym.InstanceNorm(x, name="in"), nsize=3, name="lrn")
    x = sym.Pooling(x, global_pool=True, pool_type="max", name="gp")
    return sym.SoftmaxOutput(sym.FullyConnected(sym.Flatten(x), num_hidden=10, name="fc"), name="softmax")


@composition
def sequential(mx):
    sym = mx.sym
    x = sym.Embedding(sym.Variable("data"), input_dim=10, output_dim=4, name="em")
    x = sym.SequenceMask(sym.swapaxes(x, dim1=0, dim2=1), use_sequence_length=True, value=-1, name="mask")
    last = sym.SequenceLast(x, name="last")
    return sym.Group([sym.LayerNorm(last, name="ln"), sym.SequenceReverse(x, name="reverse")])


@composition
def recurrent(mx):
    return mx.sym.RNN(
        mx.sym.Variable("x"), state_size=8, num_layers=2, mode="lstm", bidirectional=True, state_outputs=True, p=0.2, name="rnn"
    )


@composition
def max_pooling(mx):
    return mx.sym.Pooling(mx.sym.Variable("x"), kernel=(2, 2), pool_type="max", name="pool")


@composition
def losses(mx):
    sym, x = mx.sym, mx.sym.Variable("x")
    heads = [sym.LinearRegressionOutput(x, name="lin"), sym.LogisticRegressionOutput(x, name="log")]
    heads += [sym.MAERegressionOutput(x, grad_scale=2, name="mae"), sym.MakeLoss(x, normalization="batch"), sym.BlockGrad(x)]
    return sym.Group([*heads, sym.SVMOutput(x, name="svm"), sym.smooth_l1(x, scalar=3.0, name="sl1")])


@composition
def normalised(mx):
    return mx.sym.Dropout(mx.sym.L2Normalization(mx.sym.Variable("x"), name="l2"), p=0.3, name="dr")


@composition
def lookups(mx):
    sym, x, i = mx.sym, mx.sym.Variable("x"), mx.sym.Variable("i")
    called = [sym.take(x, i, name="t"), sym.pick(x, i, axis=0, name="p"), sym.gather_nd(x, i, name="g"), sym.where(i, x, x, name="w")]
    called += [sym.batch_dot(x, x, name="bd"), sym.dot(x, i, transpose_b=True, name="d"), sym.stack(x, i, axis=1, name="s")]
    return sym.Group([*called, sym.slice_axis(x, axis=0, begin=1, end=None, name="sa")])


# ------------------------------------------------------------------ graphs in graphs, which only MXNet composes
NESTED = {}


def nested(function):
    NESTED[function.__name__] = function
    return function


@nested
def loop(mx):
    outputs, states = mx.sym.contrib.foreach(lambda x, s: (mx.sym.tanh(x + s), x * s), mx.sym.Variable("x"), mx.sym.Variable("s"))
    return mx.sym.Group([outputs, states])


@nested
def loop_in_a_loop(mx):
    def inner(x, s):
        return x + s, x * s

    def outer(x, s):
        outputs, state = mx.sym.contrib.foreach(inner, x, s)
        return outputs * 2, state

    return mx.sym.Group(mx.sym.contrib.foreach(outer, mx.sym.Variable("x"), mx.sym.Variable("s")))


@nested
def branches(mx):
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    return mx.sym.contrib.cond(a < b, lambda: a + b, lambda: mx.sym.FullyConnected(a, num_hidden=12, name="é"))
