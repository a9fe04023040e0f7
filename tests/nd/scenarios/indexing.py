"""``x[key]`` and ``x[key] = value``: every kind of key, what shares memory, and assignment with what stretches."""

from __future__ import annotations

import numpy as np

from tests.nd.packing import scenario

SHAPE = (4, 3, 5)
KEYS = """
0
-1
3
:
...
()
1:3
:-1
-2:
::2
::-1
3:0:-1
3::-2
-1:-4:-1
:100
-100:2
2:2:1
0, 1
0, -1, 2
0, :, 2
:, 1
:, -1, :
1:3, 0
1:3, 0:2
1:3, 0:2, ::2
..., 0
..., 1:3
0, ...
0, ..., 1
1:3, ..., ::-1
None
None, 0
0, None
:, None
..., None
None, ..., None
:, None, 1
1, None, 2
1:2, None, :, None, 3
np.int64(2)
np.int32(-1)
[0, 2]
[0]
[-1, 0, 1]
[0, 2], [1, 2]
[0, 2], 1
1, [0, 2]
:, [0, 2]
[0, 2], :
..., [0, 4]
[0, 2], ..., [1, 3]
[[0, 1], [2, 3]]
[[0, 1], [2, 3]], 0
:, [[0, 1], [2, 0]]
[0, 2], [[1], [2]]
1:3, [0, 2]
[0, 1], 0:2, [3, 4]
[0, 1], [1, 2], [3, 4]
[0, 1], [1, 2], 3
[0, 1], 1, [3, 4]
1, [0, 2], 1:3
::2, [0, 1], ::-1
np.array([0, 2])
np.array([0, 2], 'int32'), 1
np.array([[0], [2]]), np.array([0, 1])
mx.nd.array([0, 2])
mx.nd.array([0, 2], dtype='int32'), mx.nd.array([1, 2], dtype='int64')
mx.nd.array([[0, 1], [2, 3]])
:, mx.nd.array([0, 2])
(0, 1)
(1,)
(0, 1), (1, 2)
(0, 1), :
:, (0, 2)
range(2)
None, [0, 1]
[0, 1], None, [1, 2]
-1, ..., None, [0, 1]
1:3, None, [0, 1]
[True, False]
slice(None)
slice(1, None, 2)
slice(None, None, -1), 1
(slice(0, 2), slice(1, 3), slice(0, 1))
Ellipsis
np.array([True, False, True, False])
mx.nd.array([1, 0, 1, 0], dtype='bool')
""".strip().splitlines()


def of(key, mx):
    class Key:
        def __getitem__(self, found):
            return found

    return eval(f"Key()[{key}]", {"Key": Key, "np": np, "mx": mx})


def counted(mx, shape=SHAPE, dtype="float32"):
    return mx.nd.array(np.arange(np.prod(shape)).reshape(shape), dtype=dtype)


@scenario(*[(key,) for key in KEYS])
def read(mx, key):
    x = counted(mx)
    found = x[of(key, mx)]
    return [found, x[of(key, mx)].shape, counted(mx, dtype="int32")[of(key, mx)]]


def is_written(key):
    """Leave out keys with which the reference writes to foreign memory, or refuses arrays because of a new axis behind others."""
    return key not in ("[-1, 0, 1]", ":, None", "..., None", "None, ..., None", "2:2:1") and not ("None" in key and "[" in key)


@scenario(*[(key,) for key in KEYS if is_written(key)])
def written(mx, key):
    found = []
    for value in (7, -1.5, True, np.float64(3)):
        x = counted(mx)
        x[of(key, mx)] = value
        found.append(x)
    shape = counted(mx)[of(key, mx)].shape
    numbers = -np.arange(np.prod(shape)).reshape(shape) - 1.0
    for value in (mx.nd.array(numbers), numbers, numbers[..., :1], numbers.astype("int32"), numbers.tolist(), mx.nd.array([[5]])):
        x = counted(mx)
        try:
            x[of(key, mx)] = value
        except Exception:  # a list of another rank
            x[:] = -99
        found.append(x)
    return found


@scenario(*[(key,) for key in KEYS if "[" not in key and "array" not in key and "range" not in key and "(0, " not in key])
def seen_or_not(mx, key):
    """Write to the part; say whether the whole changes, and the part if the whole does."""
    x = counted(mx)
    part = x[of(key, mx)]
    part[:] = -5
    y = counted(mx)
    other = y[of(key, mx)]
    y[:] = -7
    return [x, other]


WRONG = """
'x'
1.5
4
-5
0, 3
0, 0, 0, 0
0:1.5
::0
[0, 9]
[0, 1], [0, 1, 2]
{}
..., ...
None, None, None, None
object()
1j
""".strip().splitlines()


@scenario(*[(key,) for key in WRONG])
def not_read(mx, key):
    x = counted(mx)
    found = x[of(key, mx)]
    return [found.asnumpy() * 0 if key == "[0, 9]" else found]


@scenario()
def chained(mx):
    x = counted(mx)
    x[1][2][3] = -1
    x[1:3][0] = -2
    x[0][:] = mx.nd.array([1, 2, 3, 4, 5])
    x[2, 1][2:4] *= 10
    x[3] += x[3]
    x[3, :, 0] = x[0, :, 1]
    y = x.reshape((12, 5))[5:7]
    y[:] = 8
    return [x, x[1:3].reshape((-1,))[2:4], x[2][1:].shape, x[x.argmax(axis=0)[0, 0].asscalar().astype("int32")]]


@scenario()
def small(mx):
    x = mx.nd.array([5, 6])
    found = [x[0], x[0].shape, x[1].asscalar(), x[0:1].shape, x[-1], mx.nd.array([3])[0][0][0]]
    x[0], x[1] = x[1].copy(), x[0].copy()
    y = mx.nd.zeros((1,))
    y[:] = x[0]
    y[0] = 3
    return [*found, x, y, mx.nd.zeros((3, 1))[:, 0].shape, mx.nd.zeros((1, 3))[0].shape]


@scenario()
def rows_assigned(mx):
    x = mx.nd.zeros((3, 4))
    x[0] = [1, 2, 3, 4]
    x[1] = np.array([5, 6, 7, 8])
    x[2] = mx.nd.array([9, 10, 11, 12])
    x[0:2, 1:3] = mx.nd.array([[-1], [-2]])
    x[:, 3] = mx.nd.array([1, 2, 3])
    x[1:2] = 2.5
    x[[0, 2], 0] = [50, 60]
    x[[0, 2]] = mx.nd.ones((1, 4))
    x[np.array([1]), :] = x[np.array([0]), :] * 3
    y = mx.nd.zeros((2, 2), dtype="int32")
    y[:] = 3.9
    y[0] = mx.nd.array([1.7, -1.7])
    y[1, 1] = np.float32(2.6)
    z = mx.nd.zeros((2,), dtype="uint8")
    z[:] = 300
    return [x, y, z]


TOO_MUCH = {
    "rows": lambda mx: mx.nd.zeros((2, 3)).__setitem__(0, mx.nd.ones((4,))),
    "rank": lambda mx: mx.nd.zeros((2, 3)).__setitem__(slice(None), mx.nd.ones((7,))),
    "list": lambda mx: mx.nd.zeros((2, 3)).__setitem__(0, [1, 2]),
    "text": lambda mx: mx.nd.zeros((2, 3)).__setitem__(0, "x"),
    "dict": lambda mx: mx.nd.zeros((2, 3)).__setitem__(0, {}),
    "beyond": lambda mx: mx.nd.zeros((2, 3)).__setitem__(5, 1),
    "axes": lambda mx: mx.nd.zeros((2, 3)).__setitem__((0, 0, 0), 1),
    "many": lambda mx: mx.nd.zeros((2, 3)).__setitem__((slice(None), 0), mx.nd.ones((3,))),
}


@scenario(*TOO_MUCH)
def not_written(mx, name):
    TOO_MUCH[name](mx)
