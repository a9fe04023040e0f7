"""Dense arrays: what they are, copies and views, conversion, arithmetic in place, functions of ``mx.nd`` that make and join them."""

from __future__ import annotations

import copy
import pickle
import tempfile

import numpy as np

from tests.nd.packing import scenario


def some(mx, *shape, dtype="float32"):
    return mx.nd.array(np.arange(np.prod(shape)).reshape(shape), dtype=dtype)


@scenario()
def attributes(mx):
    x = some(mx, 2, 3, 4)
    found = [x.shape, x.size, x.ndim, x.dtype, x.stype, x.context, x.ctx, x.T, x.writable, len(x), x.grad, hash(x) == hash(x)]
    found += [repr(some(mx, 2, 2)), str(some(mx, 3)), repr(some(mx, 1, 1, 2, dtype="int8")), repr(mx.nd.array([1], ctx=mx.cpu(1)))]
    return [*found, mx.nd.array(5).shape, mx.nd.array([[]]).shape, x.as_nd_ndarray() is x, {x: 1}[x]]


@scenario()
def numbers_of(mx):
    x = mx.nd.array([3])
    y = mx.nd.array([7], dtype="int32")
    found = [x.asscalar(), type(x.asscalar()).__name__, type(y.asscalar()).__name__, bool(x), bool(mx.nd.zeros((1,)))]
    return [
        *found,
        list(range(9))[: y.reshape((1,)).astype("int64").asscalar()],
        -x,
        abs(mx.nd.array([-2, 3])),
    ]


NO = {
    "asscalar": lambda mx: mx.nd.ones((2,)).asscalar(),
    "int": lambda mx: int(mx.nd.ones((2,))),
    "float": lambda mx: float(mx.nd.ones((2,))),
    "bool": lambda mx: bool(mx.nd.ones((2,))),
    "and": lambda mx: mx.nd.ones((2,)) and 1,
    "reshape": lambda mx: mx.nd.ones((2, 3)).reshape((4, 4)),
    "reshape twice": lambda mx: mx.nd.ones((2, 3)).reshape((4, 4), shape=(1,)),
    "reshape words": lambda mx: mx.nd.ones((2, 3)).reshape((3, 2), foo=1),
    "two unknown": lambda mx: mx.nd.ones((2, 3)).reshape((-1, -1)),
    "squeeze": lambda mx: mx.nd.ones((2, 1)).squeeze(axis=0),
    "squeeze twice": lambda mx: mx.nd.squeeze(mx.nd.ones((1, 1)), axis=(0, 0)),
    "copyto shape": lambda mx: mx.nd.ones((2,)).copyto(mx.nd.ones((3,))),
    "copyto type": lambda mx: mx.nd.ones((2,)).copyto(3),
    "broadcast_to": lambda mx: mx.nd.ones((2, 3)).broadcast_to((4, 5)),
    "broadcast_to rank": lambda mx: mx.nd.ones((2, 3)).broadcast_to((2,)),
    "array of none": lambda mx: mx.nd.array("abc"),
    "concatenate nothing": lambda mx: mx.nd.concatenate([]),
    "moveaxis": lambda mx: mx.nd.moveaxis(mx.nd.ones((2, 3)), 5, 0),
    "moveaxis lengths": lambda mx: mx.nd.moveaxis(mx.nd.ones((2, 3)), [0, 1], 0),
    "slice assign": lambda mx: mx.nd.ones((2, 3)).__setitem__(slice(None), "a"),
    "split": lambda mx: mx.nd.split_v2(mx.nd.ones((5,)), 2),
    "no array": lambda mx: mx.nd.add(mx.nd.ones((2,)), "a"),
    "shapes": lambda mx: mx.nd.ones((2, 3)) + mx.nd.ones((4, 3)),
    "in place shapes": lambda mx: mx.nd.ones((2, 1)).__iadd__(mx.nd.ones((2, 3))),
    "hash of list": lambda mx: {[mx.nd.ones((1,))]: 1},
    "load": lambda mx: mx.nd.load("/no/such/file"),
    "save": lambda mx: mx.nd.save("/tmp/none.nd", 3),
    "save a list of numbers": lambda mx: mx.nd.save("/tmp/none.nd", [1, 2]),
    "save mixed": lambda mx: mx.nd.save("/tmp/none.nd", {"a": mx.nd.ones((1,)), 3: mx.nd.ones((1,))}),
    "buffer": lambda mx: mx.nd.load_frombuffer(3),
    "broken buffer": lambda mx: mx.nd.load_frombuffer(b"abc"),
    "histogram": lambda mx: mx.nd.histogram(mx.nd.ones((2,)), bins="a"),
    "onehot": lambda mx: mx.nd.onehot_encode(mx.nd.array([1, 2]), mx.nd.zeros((3, 3))),
    "context": lambda mx: mx.nd.ones((2,)).as_in_context("cpu"),
    "zeros": lambda mx: mx.nd.zeros(),
    "tostype": lambda mx: mx.nd.ones((2,)).tostype("sparse"),
}


@scenario(*NO)
def refused(mx, name):
    return NO[name](mx)


@scenario()
def views_and_copies(mx):
    x = some(mx, 4, 6)
    made = [
        x.reshape((2, 12)),
        x.reshape(-1),
        x[1:3],
        x[0],
        x.T,
        x.copy(),
        x.astype("float32"),
        x.astype("float32", copy=False),
        x.flatten(),
    ]
    made += [
        x.as_in_context(x.context),
        x.detach(),
        x.expand_dims(0),
        x.squeeze(),
        x.identity() if hasattr(x, "identity") else x,
    ]
    made += [
        x.reshape_like(mx.nd.ones((6, 4))),
        x.expand_dims(0, inplace=True),
        x.flatten(inplace=True),
        x[2:3].squeeze(inplace=True),
        x[:],
        x[...],
    ]
    for number, part in enumerate(made):
        part[:] = -number
    return [x, [part is x for part in made], [part.shape for part in made]]


@scenario()
def numpy_copies(mx):
    x = some(mx, 2, 3)
    y = x.asnumpy()
    y[:] = 9
    z = mx.nd.array(y)
    y[:] = 7
    return [
        x,
        z,
        y.flags.writeable,
        y.flags.c_contiguous,
        x.T.asnumpy().flags.c_contiguous,
        type(y).__name__,
        x.astype("float16").asnumpy(),
    ]


SHAPES = [
    (-1,), (0, -1), (0, 0, -1), (-2,), (0, -2), (-3, 0), (0, -3), (-4, 1, 2, -2), (-4, -1, 2, -2), (-4, 1, -1, 0, 0), (6, -1), (2, 3, 4), (-1, 4),
    (0, 12), (24, 1), (2, -1, 0), (-3, -2), (-2, 1), (1, -2), (-4, 2, -1, -3), (0, -4, 3, 1, 0),
]  # fmt: skip


@scenario(*[(shape,) for shape in SHAPES])
def reshaped(mx, shape):
    x = some(mx, 2, 3, 4)
    found = [x.reshape(shape).shape, x.reshape(*shape).shape, x.reshape(shape=shape).shape, x.reshape(list(shape)).shape]
    return [*found, mx.nd.reshape(x, shape=shape).shape, mx.nd.reshape(x, shape, out=None).shape, x.reshape(shape)]


@scenario(*[(shape,) for shape in [(0, -1), (-1, 0), (0, 0, -1), (-3, 0), (0, -3), (-2,), (-1, 4, 0)]])
def reshaped_from_behind(mx, shape):
    x = some(mx, 2, 3, 4)
    return [
        x.reshape(shape, reverse=True).shape,
        mx.nd.reshape(x, shape=shape, reverse=1).shape,
        x.reshape(shape=shape, reverse=True).shape,
    ]


@scenario()
def iterated(mx):
    x = some(mx, 3, 2)
    found = [
        list(x),
        [row.shape for row in x],
        [v.asscalar() for v in x[0]],
        [b for row in x for b in row],
        list(zip(x, range(3), strict=True)),
    ]
    return [*found, [v.asscalar() for v in mx.nd.arange(3)], sum(x), max(mx.nd.array([3, 5, 4])), mx.nd.array([5]) in [mx.nd.array([5])]]


@scenario()
def pickled_and_copied(mx):
    x = some(mx, 3, 2, dtype="int32")
    found = [pickle.loads(pickle.dumps(x, protocol)) for protocol in (0, 1, 2, 4)] + [copy.copy(x), copy.deepcopy(x), copy.deepcopy([x, x])]
    a, b = copy.deepcopy([x, x])
    return [*found, a is b, pickle.loads(pickle.dumps({"x": x}))["x"], pickle.loads(pickle.dumps(x)).context]


@scenario("float32", "float64", "float16", "uint8", "int8", "int32", "int64")
def types_kept(mx, dtype):
    x = mx.nd.array([1, 2, 3], dtype=dtype)
    found = [x, x + 1, x * 2, 3 - x, x + x, x.astype(dtype), x.copyto(mx.nd.zeros((3,), dtype=dtype)), mx.nd.zeros((2,), dtype=dtype)]
    found += [
        mx.nd.ones((2,), dtype=dtype),
        mx.nd.full((2,), 3, dtype=dtype),
        mx.nd.empty((2,), dtype=dtype).dtype,
        mx.nd.arange(3, dtype=dtype),
    ]
    found += [
        x[0:2],
        x.sum(),
        x.max(),
        x == 2,
        x > 1,
        x.T,
        x.tile((2,)),
        x.repeat(2),
        x.asnumpy().dtype.name,
        mx.nd.array(x),
        x.zeros_like(),
    ]
    return [*found, mx.nd.eye(2, dtype=dtype), x.asscalar() if x.size == 1 else None, mx.nd.concat(x, x, dim=0), mx.nd.stack(x, x), -x]


@scenario("float32", "int32", "float16")
def in_place(mx, dtype):
    x = mx.nd.array([[1, 2], [3, 4]], dtype=dtype)
    before, part = x, x[1]
    found = []
    for step in (
        "x += 1",
        "x -= 2",
        "x *= 3",
        "x += x",
        "x *= part",
        "x -= part",
        "x[:] = 5",
        "x %= 3",
        "x[0] += 1",
        "x[:, 1] *= 2",
        "x[0, 1] -= 4",
    ):
        names = {"x": x, "part": part}
        exec(step, names)
        found.append((names["x"] is before, x.copy()))
    return [*found, part]


@scenario()
def divided_in_place(mx):
    x = mx.nd.array([[1, 2], [3, 4]])
    x /= 2
    x /= mx.nd.array([[1], [2]])
    y = mx.nd.array([5, 7, -7])
    y %= 3
    return [x, y, y % mx.nd.array([2, 2, 2]), 7 % mx.nd.array([2, 4, -4]), mx.nd.array([7, -7]) % -3]


TWO = [
    "add", "subtract", "multiply", "divide", "true_divide", "modulo", "power", "maximum", "minimum", "equal", "not_equal",
    "greater", "greater_equal", "lesser", "lesser_equal", "logical_and", "logical_or", "logical_xor",
]  # fmt: skip


@scenario(*TWO)
def two_sided(mx, name):
    if not hasattr(mx.nd, name):
        return None
    f = getattr(mx.nd, name)
    a, b, row = mx.nd.array([[1, 2, 3], [4, 0, 6]]), mx.nd.array([[2, 2, 1], [4, 1, 5]]), mx.nd.array([1, 2, 3])
    found = [f(a, b), f(a, 2), f(2, b), f(a, row), f(row, b), f(a, 2.5), f(b, mx.nd.array([[1], [2]]))]
    found.append(f(3, 2))
    i = mx.nd.array([[1, 2], [3, 4]], dtype="int32")
    return [*found, f(i, i), f(i, 2)]


@scenario()
def python_operators(mx):
    a, b = mx.nd.array([[1, 2], [3, -4]]), mx.nd.array([[2, 2], [-1, 3]])
    found = [a + b, a - b, a * b, a / b, a % b, a**2, 2**a, a ** b.abs(), 1 - a, 2 / a, 5 % b, a == b, a != b, a > b, a >= b, a < b, a <= b]
    return [*found, a == 2, a != 2, a < 2, a > 2, a <= 2, a >= 2, a is None]


@scenario()
def made(mx):
    nd = mx.nd
    found = [
        nd.zeros((2, 3)),
        nd.zeros(2),
        nd.ones((1,)),
        nd.ones((2, 1), dtype="int32"),
        nd.full((2, 2), 7),
        nd.full((2,), 2.5, dtype="float64"),
    ]
    found += [nd.zeros((2,), mx.cpu(1)).context, nd.full((2,), 1, mx.cpu(1)).context, nd.empty((2, 3)).shape, nd.empty(2).shape]
    found += [
        nd.arange(5),
        nd.arange(1, 5),
        nd.arange(1, 5, 2),
        nd.arange(0, 1, 0.25),
        nd.arange(3, repeat=2),
        nd.arange(5, 0, -2),
        nd.arange(2, dtype="int64"),
    ]
    found += [
        nd.linspace(0, 1, 5),
        nd.linspace(0, 1, 5, endpoint=False),
        nd.linspace(1, 3, 1),
        nd.linspace(2, -2, 3, dtype="float64"),
        nd.linspace(0, 9, 4, ctx=mx.cpu(1)).context,
    ]
    found += [
        nd.eye(3),
        nd.eye(2, 3),
        nd.eye(2, 3, 1),
        nd.eye(3, k=-1),
        nd.eye(3, 2, dtype="int32"),
        nd.array([[1, 2], [3, 4]]),
        nd.array((1, 2)),
        nd.array(3),
    ]
    found += [
        nd.array(np.ones((2,), "i4")),
        nd.array(np.ones((2,), "f8")),
        nd.array([1, 2], dtype="uint8"),
        nd.array(nd.ones((2,), dtype="int32")),
        nd.array(range(3)),
    ]
    found += [
        nd.array([nd.array([1, 2]).asnumpy(), np.array([3, 4])]),
        nd.zeros_like(nd.ones((2,))),
        nd.ones_like(nd.zeros((2,))),
        nd.array([True, False]),
    ]
    out = nd.empty((2, 2))
    found += [
        nd.zeros((2, 2), out=out) is out,
        out.copy(),
        nd.ones((2, 2), out=out) is out,
        out.copy(),
        nd.full((2, 2), 3, out=out) is out,
        out,
    ]
    return found


@scenario()
def joined_and_split(mx):
    nd, x, y = mx.nd, some(mx, 2, 3), some(mx, 1, 3) * 10
    found = [
        nd.concatenate([x, y]),
        nd.concatenate([x, x], axis=1),
        nd.concatenate([x]),
        nd.concatenate([x], always_copy=False) is x,
    ]
    found += [
        nd.concat(x, y, dim=0),
        nd.stack(x, x),
        nd.stack(x, x, axis=1),
        nd.stack(x, x, axis=-1),
        nd.split(x, num_outputs=3),
        nd.split(x, 3, axis=1, squeeze_axis=True),
    ]
    found += [
        x.split(3, axis=1),
        nd.split_v2(x, 3, axis=1),
        nd.split_v2(x, (1,), axis=1),
        nd.split_v2(x, (1, 2), 1),
        nd.split_v2(x, 2, squeeze_axis=True),
        x.split_v2(2),
    ]
    found += [
        nd.SliceChannel(x, num_outputs=3),
        nd.add_n(x, x, x),
        nd.ElementWiseSum(x, x),
        nd.moveaxis(some(mx, 2, 3, 4), 0, 2),
        nd.moveaxis(some(mx, 2, 3, 4), [0, 1], [-1, 0]),
    ]
    found += [
        nd.swapaxes(some(mx, 2, 3, 4), 0, 2).shape,
        nd.flip(x, axis=1),
        nd.tile(x, (2, 2)),
        nd.repeat(x, 2),
        nd.repeat(x, 2, axis=0),
        nd.pad(some(mx, 1, 1, 2, 2), mode="constant", pad_width=(0, 0, 0, 0, 1, 1, 0, 1), constant_value=9),
    ]
    return [
        *found,
        nd.broadcast_to(some(mx, 1, 3), (2, 3)),
        some(mx, 3).broadcast_to((2, 3)),
        nd.broadcast_axis(some(mx, 1, 3), axis=0, size=2),
        y.broadcast_like(x),
    ]


@scenario()
def counted_and_encoded(mx):
    nd = mx.nd
    x = nd.array([0.5, 1.5, 1.5, 2.5, 3.9, -1])
    found = [*nd.histogram(x, bins=4, range=(0, 4)), *nd.histogram(x, bins=nd.array([0, 1, 2, 4])), *nd.histogram(x, bins=3)]
    out = nd.zeros((3, 4))
    found += [
        nd.onehot_encode(nd.array([1, 0, 3]), out) is out,
        out,
        nd.one_hot(nd.array([1, 0]), 3),
        nd.one_hot(nd.array([1, 0]), depth=3, on_value=5, off_value=-1, dtype="int32"),
    ]
    found += [
        nd.choose_element_0index(some(mx, 2, 3), nd.array([1, 2])),
        nd.fill_element_0index(some(mx, 2, 3), nd.array([-1, -2]), nd.array([1, 2])),
    ]
    found += [
        nd.pick(some(mx, 2, 3), nd.array([1, 2])),
        nd.batch_take(some(mx, 2, 3), nd.array([1, 2], dtype="int32")),
        nd.take(some(mx, 3, 2), nd.array([2, 0])),
        some(mx, 3).take(nd.array([1, 5])),
    ]
    return [
        *found,
        nd.waitall(),
        nd.contrib.isnan(nd.array([1, np.nan])),
        nd.contrib.isinf(nd.array([1, np.inf])),
        nd.contrib.isfinite(nd.array([1, np.nan])),
    ]


@scenario()
def cropped(mx):
    nd, x = mx.nd, some(mx, 3, 4)
    found = [
        nd.crop(x, begin=(1, 1), end=(3, 3)),
        nd.slice(x, begin=(0, 1), end=(2, None)),
        nd.slice(x, (0, 0), (3, 4), (2, 3)),
        nd.slice_axis(x, axis=1, begin=-2, end=None),
    ]
    found += [
        nd._internal._crop_assign(x, nd.ones((2, 2)), begin=(0, 0), end=(2, 2)),
        nd._internal._crop_assign_scalar(x, scalar=5, begin=(0, 0), end=(2, 2)),
    ]
    found += [
        nd._internal._slice_assign(x, nd.ones((2, 2)), begin=(1, 1), end=(3, 3)),
        nd._internal._slice_assign_scalar(x, scalar=7, begin=(1,), end=(2,)),
        x,
    ]
    nd._internal._crop_assign(x, nd.ones((2, 2)), out=x, begin=(0, 0), end=(2, 2))
    return [
        *found,
        x,
        x.slice_assign(nd.zeros((1, 2)), begin=(2, 0), end=(3, 2), step=(1, 1)),
        x.slice_assign_scalar(9, (0, 3), (3, 4), (1, 1)),
    ]


@scenario()
def saved(mx):
    arrays = [some(mx, 2, 3), some(mx, 1, dtype="int8"), some(mx, 2, 2, dtype="float16"), some(mx, 2, 1, dtype="int64")]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/x"
        for content in (arrays, arrays[:1], arrays[0], {"a": arrays[0], "arg:b": arrays[1]}):
            mx.nd.save(path, content)
            with open(path, "rb") as file:
                data = file.read()
            found += [mx.nd.load(path), mx.nd.load_frombuffer(data), len(data)]
    return found


@scenario()
def moved(mx):
    x = some(mx, 2, 3)
    y = mx.nd.zeros((2, 3), dtype="int32")
    found = [
        x.copyto(y) is y,
        y,
        x.copyto(mx.cpu(1)).context,
        x.as_in_context(mx.cpu(1)).context,
        x.as_in_context(mx.cpu(0)) is x,
    ]
    with mx.cpu(2):
        found += [mx.nd.ones((1,)).context, mx.nd.array([1]).context, mx.current_context()]
    with mx.Context("cpu", 1):
        found.append(mx.nd.arange(3).context)
    shared = mx.nd.zeros((1, 2), ctx=mx.Context("cpu_shared", 0))
    return [*found, shared.context, shared + 1, (x.as_in_context(mx.cpu(1)) + 1).context, x[0].context, x.wait_to_read()]


@scenario()
def dlpack(mx):
    x = some(mx, 2, 3)
    y = mx.nd.from_dlpack(x.to_dlpack_for_read())
    z = mx.nd.from_dlpack(mx.nd.to_dlpack_for_write(x))
    z += 1
    return [
        x,
        y,
        z,
        type(x.to_dlpack_for_read()).__name__,
        mx.nd.from_dlpack(mx.nd.to_dlpack_for_read(x)),
        mx.nd.from_dlpack(x.to_dlpack_for_write()),
    ]


@scenario()
def numpy_shared(mx):
    source = np.arange(6, dtype=np.float32).reshape(2, 3)
    copied, shared = mx.nd.from_numpy(source, zero_copy=False), mx.nd.from_numpy(source)
    shared[1, 1] = 100
    return [
        source,
        copied,
        shared,
        source.flags.writeable,
        mx.nd.from_numpy(np.arange(3)),
        mx.nd.from_numpy(np.ones((2,), "int8"), zero_copy=False),
    ]


@scenario()
def numpy_shared_in_another_order(mx):
    return mx.nd.from_numpy(np.arange(6, dtype=np.float32).reshape(2, 3).T)


@scenario()
def nans(mx):
    x, y = mx.nd.array([1, np.nan, 3, np.nan]), mx.nd.array([np.nan, 2, 3, np.nan])
    found = [
        x == y,
        x != y,
        x > y,
        x >= y,
        x < y,
        x <= y,
        mx.nd.equal(x, 1),
        x != x,
        mx.nd.lesser(x, 2),
        x * 0,
        mx.nd.isnan(x) if hasattr(mx.nd, "isnan") else None,
    ]
    return [*found, mx.nd.nansum(x), mx.nd.array([np.inf, -np.inf]) + 1]


FLUENT = [
    "abs", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "argmax", "argmin", "argsort", "cbrt", "ceil", "cos",
    "cosh", "degrees", "exp", "expm1", "fix", "flatten", "flip", "floor", "log", "log10", "log1p", "log2", "log_softmax", "max",
    "mean", "min", "nanprod", "nansum", "norm", "ones_like", "prod", "radians", "rcbrt", "reciprocal", "relu", "rint", "round",
    "rsqrt", "sigmoid", "sign", "sin", "sinh", "shape_array", "size_array", "softmax", "softmin", "sort", "sqrt", "square", "sum",
    "swapaxes", "tan", "tanh", "topk", "transpose", "trunc", "zeros_like", "T", "argmax_channel",
]  # fmt: skip
WORDS = {
    "argmax": {"axis": 1}, "argmin": {"axis": 1}, "flip": {"axis": 0}, "max": {"axis": 1, "keepdims": True}, "norm": {"ord": 1, "axis": 0},
    "swapaxes": {"dim1": 0, "dim2": 1}, "topk": {"k": 2, "ret_typ": "value"}, "argsort": {"is_ascend": False}, "transpose": {"axes": (1, 0)},
    "sum": {"axis": (0, 1)}, "mean": {"axis": 0, "exclude": True}, "softmax": {"axis": 0},
}  # fmt: skip


@scenario(*FLUENT)
def fluent(mx, name):
    x = mx.nd.array(np.linspace(0.1, 0.9, 6).reshape(2, 3))
    if name == "T":
        return x.T
    words = WORDS.get(name, {})
    return [getattr(x, name)(**words), getattr(mx.nd, name)(x, **words)]


@scenario()
def fluent_words(mx):
    x = mx.nd.array(np.linspace(-2, 2, 24).reshape(2, 3, 4))
    found = [
        x.clip(-1, 1),
        x.clip(a_min=0, a_max=1),
        x.expand_dims(1).shape,
        x.expand_dims(axis=-1).shape,
        x.slice(begin=(0, 1), end=(1, 3)),
        x.slice_axis(axis=1, begin=0, end=1),
    ]
    found += [
        x.slice_like(mx.nd.ones((1, 2, 3))),
        x.take(mx.nd.array([1])),
        x.pick(mx.nd.array([[0, 1, 2], [3, 0, 1]])),
        x.repeat(2, axis=0).shape,
        x.tile((1, 2)).shape,
    ]
    found += [
        x.one_hot(3).shape,
        mx.nd.array([1, 2]).one_hot(depth=4),
        x.reshape_like(mx.nd.ones((6, 4))).shape,
        x.broadcast_axes(axis=0, size=1).shape if x.shape[0] == 1 else None,
    ]
    found += [
        x.transpose().shape,
        x.transpose((1, 0, 2)).shape,
        x.swapaxes(0, 1).shape,
        x.flatten().shape,
        x.split(num_outputs=2, axis=2),
        x.squeeze().shape,
        x.diag().shape,
    ]
    found += [
        x.sum().shape,
        x.sum(1).shape,
        x.mean(axis=(0, 2)),
        x.max(),
        x.min(axis=1),
        x.prod(axis=2),
        x.argmax(),
        x.sort(axis=0),
        x.topk(axis=2, k=1),
        x.norm(),
        x.astype("int32"),
    ]
    found += [
        x.depth_to_space(1).shape if False else None,
        mx.nd.ones((1, 4, 2, 2)).depth_to_space(2).shape,
        mx.nd.ones((1, 1, 2, 2)).space_to_depth(2).shape,
    ]
    return [
        *found,
        mx.nd.ones((1, 1, 2, 2)).pad(mode="constant", pad_width=(0, 0, 0, 0, 1, 1, 1, 1)).shape,
        x.shape_array(),
        x.size_array(),
        x.log_softmax(axis=0).shape,
    ]
