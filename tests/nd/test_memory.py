"""Whose memory an array is: views, copies, layouts, NumPy and DLPack."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

import symbolic as mx
from symbolic.errors import ArgumentError, DTypeError, InputError, ShapeError
from symbolic.nd.array import NDArray

GOOD = np.random.RandomState(0).uniform(-1, 1, (3, 6)).astype(np.float32)


def misaligned(array):
    raw = np.frombuffer(bytearray(b"\0" + array.tobytes()), np.uint8)[1:]
    return raw.view(array.dtype).reshape(array.shape)


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


LAYOUTS = {
    "c": lambda: GOOD.copy(),
    "fortran": lambda: np.asfortranarray(GOOD),
    "strided": lambda: np.repeat(np.repeat(GOOD, 2, 0), 2, 1)[::2, ::2],
    "backwards": lambda: GOOD[::-1, ::-1].copy()[::-1, ::-1],
    "transposed": lambda: np.ascontiguousarray(GOOD.T).T,
    "stretched": lambda: np.broadcast_to(np.float32(0.5), (3, 6)),
    "big-endian": lambda: GOOD.astype(">f4"),
    "read-only": lambda: read_only(GOOD),
    "misaligned": lambda: misaligned(GOOD),
    "matrix": lambda: np.asarray(GOOD).view(np.matrix),
    "float64": lambda: GOOD.astype(np.float64),
    "bool": lambda: GOOD > 0,
    "empty": lambda: np.zeros((0, 3), np.float32),
    "scalar": lambda: np.array(0.25, np.float32),
}


SHARED = dict.fromkeys((NDArray, mx.nd.from_numpy), ("c", "matrix", "float64", "bool", "scalar"))
SHARED[mx.nd.from_numpy] += ("read-only",)  # by its owner, who has given it away


def is_owned(array):
    data = array.as_numpy_view()
    return type(data) is np.ndarray and data.flags.carray and data.dtype.isnative


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "make",
    [mx.nd.array, NDArray, mx.nd.from_numpy, lambda a: mx.nd.from_numpy(a, zero_copy=False)],
    ids=["array", "NDArray", "share", "copy"],
)
def test_any_layout_gives_the_values_in_the_one_that_executors_need(layout, make):
    source = LAYOUTS[layout]()
    if make is mx.nd.from_numpy and not source.flags.c_contiguous:
        with pytest.raises(ArgumentError, match="zero_copy=False"):
            make(source)
        return
    made = make(source)
    assert is_owned(made)
    assert made.shape == source.shape
    np.testing.assert_array_equal(made.asnumpy(), np.asarray(source).astype(made.dtype))
    shared = np.shares_memory(made.as_numpy_view(), source)
    assert shared is (source.size > 0 and make in (NDArray, mx.nd.from_numpy) and layout in SHARED[make])
    before = np.array(source)
    made[...] = 7
    if not shared:
        np.testing.assert_array_equal(source, before)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_computes(layout):
    source = LAYOUTS[layout]()
    before = np.array(source)
    x = mx.nd.empty(source.shape)
    x[...] = source
    np.testing.assert_array_equal((mx.nd.array(source) + x).asnumpy(), 2 * before.astype(np.float32))
    np.testing.assert_array_equal((x + source).asnumpy(), 2 * before.astype(np.float32))
    np.testing.assert_array_equal(source, before)


def test_numpy_shares_and_gives_away():
    source = np.arange(4.0)
    made = mx.nd.from_numpy(source)
    made[1] = 9
    with pytest.raises(ValueError, match="read-only"):
        source[2] = 8
    mx.nd.from_numpy(source)[2] = 8
    assert made.asnumpy().tolist() == source.tolist() == [0, 9, 8, 3]
    seen = np.asarray(made)
    seen[0] = 7
    assert source[0] == 7
    made.asnumpy()[:] = -1
    np.array(made)[:] = -1
    assert source.tolist() == [7, 9, 8, 3]


def test_array_protocol_of_numpy_2():
    x = mx.nd.array([1, 2])
    assert x.__array__(np.float32) is x.as_numpy_view()
    assert x.__array__(np.float64).dtype == np.float64
    assert not np.shares_memory(x.__array__(copy=True), x.as_numpy_view())
    with pytest.raises(DTypeError):
        x.__array__(np.float64, copy=False)


class Foreign:
    """Another library's array."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **words):
        return self.array.__dlpack__(**words)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


@pytest.mark.parametrize("hand_over", [lambda a: a, Foreign, lambda a: a.__dlpack__()], ids=["numpy", "object", "capsule"])
def test_dlpack_in_shares_memory(hand_over):
    source = np.arange(6, dtype=np.float32).reshape(2, 3)
    made = mx.nd.from_dlpack(hand_over(source))
    assert np.shares_memory(made.as_numpy_view(), source)
    made[0] = 5
    assert source[0].tolist() == [5, 5, 5]


def test_dlpack_in_outlives_its_source():
    made = mx.nd.from_dlpack(np.full(10000, 3.0).__dlpack__())
    np.full(10000, 4.0)
    assert (made.asnumpy() == 3).all()


def test_dlpack_in_of_another_order_is_copied():
    source = np.asfortranarray(GOOD)
    made = mx.nd.from_dlpack(Foreign(source))
    assert is_owned(made)
    np.testing.assert_array_equal(made.asnumpy(), GOOD)


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.1.0", reason="older NumPy cannot tell")
def test_dlpack_in_of_read_only_memory_is_copied():
    source = read_only(GOOD)
    made = mx.nd.from_dlpack(Foreign(source))
    made[...] = 0
    np.testing.assert_array_equal(source, GOOD)


def test_dlpack_out_shares_memory():
    x = mx.nd.zeros((2, 3))
    np.from_dlpack(x)  # NumPy may take it for read-only
    for capsule in (x.to_dlpack_for_read(), x.to_dlpack_for_write(), mx.nd.to_dlpack_for_read(x), mx.nd.to_dlpack_for_write(x)):
        other = mx.nd.from_dlpack(capsule)
        other += 1
    assert x.asnumpy().tolist() == [[4] * 3] * 2


def test_dlpack_in_refuses():
    capsule = mx.nd.ones((2,)).to_dlpack_for_read()
    mx.nd.from_dlpack(capsule)
    for wrong in (capsule, 3, None, "x"):
        with pytest.raises(InputError, match="from_dlpack"):
            mx.nd.from_dlpack(wrong)


def test_copies_of_a_view_hold_no_more_than_the_view():
    whole = mx.nd.arange(100000)
    part = whole[10:12]
    assert len(pickle.dumps(part)) < 1000
    for twin in (pickle.loads(pickle.dumps(part)), copy.deepcopy(part), copy.copy(part), part.copy(), part.astype("float32")):
        assert twin.asnumpy().tolist() == [10, 11]
        twin[:] = 0
    assert whole[10:12].asnumpy().tolist() == [10, 11]


def test_pickling_keeps_type_context_and_storage():
    x = mx.nd.array([[1, 0]], dtype="float16", ctx=mx.cpu(3)).tostype("csr")
    y = pickle.loads(pickle.dumps(x))
    assert (type(y), y.dtype, y.context, y.stype) == (type(x), np.float16, mx.cpu(3), "csr")


# -- indexing against NumPy -------------------------------------------------------------------------------------------

SHAPES = st_numpy.array_shapes(min_dims=1, max_dims=4, max_side=4)


def counted(shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_basic_indexing_is_numpys_and_shares_contiguous_parts(data):
    shape = data.draw(SHAPES)
    key = data.draw(st_numpy.basic_indices(shape, allow_newaxis=True))
    assume(not (isinstance(key, tuple) and any(isinstance(part, np.ndarray) for part in key)))
    plain = counted(shape)
    array = mx.nd.from_numpy(plain.copy())
    wanted = plain[key]
    found = array[key]
    assert is_owned(found)
    np.testing.assert_array_equal(found.asnumpy(), np.reshape(wanted, wanted.shape or (1,)))
    is_view = wanted.size > 0 and (np.ndim(wanted) == 0 or wanted.flags.c_contiguous)
    assert np.shares_memory(found.as_numpy_view(), array.as_numpy_view()) is is_view
    plain[key] = -1
    array[key] = -1
    np.testing.assert_array_equal(array.asnumpy(), plain)
    if np.size(wanted):
        values = np.arange(np.size(wanted), dtype=np.float64).reshape(np.shape(wanted))
        plain[key] = values
        array[key] = values
        np.testing.assert_array_equal(array.asnumpy(), plain)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_advanced_indexing_is_numpys_and_copies(data):
    shape = data.draw(SHAPES)
    key = data.draw(st_numpy.integer_array_indices(shape, result_shape=st_numpy.array_shapes(max_dims=2, max_side=3), dtype=np.int64))
    given_as = data.draw(st.sampled_from([np.asarray, np.ndarray.tolist, mx.nd.array, lambda part: mx.nd.array(part, dtype="int32")]))
    plain = counted(shape)
    array = mx.nd.from_numpy(plain.copy())
    spelled = tuple(given_as(part) for part in key)
    found = array[spelled]
    np.testing.assert_array_equal(found.asnumpy(), plain[key])
    assert is_owned(found)
    assert not np.shares_memory(found.as_numpy_view(), array.as_numpy_view())
    plain[key] = -1
    array[spelled] = -1
    np.testing.assert_array_equal(array.asnumpy(), plain)


def test_no_memory_is_a_clear_error(monkeypatch):
    def refuse(*_):
        raise MemoryError

    monkeypatch.setattr(np, "zeros", refuse)
    with pytest.raises(ShapeError, match=r"(?s)no memory.*1024, 1048576.*4\.0 GiB"):
        mx.nd.zeros((1024, 1048576))


def test_no_shape_is_a_clear_error():
    for wrong in ("x", (2, -1), (2, 3.5), None, 2.0):
        with pytest.raises(ShapeError, match=r"(?s)no shape.*shape"):
            mx.nd.zeros(wrong)


def test_what_wraps_what():
    with pytest.raises(ArgumentError, match=r"mx\.nd\.array"):
        NDArray([1, 2])  # type: ignore[arg-type]
    with pytest.raises(DTypeError):
        NDArray(np.array(["a"]))
