"""``mx.test_utils``: random arrays, what surrounds a test, and generators."""

import os

import numpy as np

from tests.scenario import scenario


def kept(value):
    """Take NumPy integers for integers, whichever version spells them."""
    return str(tuple(map(int, value)))


@scenario()
def sizes(mx):
    tools = mx.test_utils
    found = [tools.rand_shape_2d(), tools.rand_shape_2d(3, 30), tools.rand_shape_2d(5, 5, True), tools.rand_shape_3d()]
    found += [
        tools.rand_shape_3d(2, 3, 4, allow_zero_size=True),
        tools.rand_shape_nd(5),
        tools.rand_shape_nd(3, 20),
        tools.rand_shape_nd(4, 1, True),
    ]
    found += [tools.rand_coord_2d(0, 10, 5, 50) for _ in range(3)]
    return [kept(value) for value in found]


@scenario()
def arrays(mx):
    tools = mx.test_utils
    two = tools.random_arrays((2, 3), (4,))
    return [
        tools.random_arrays((3,)),
        tools.random_arrays(()),
        two,
        tools.random_uniform_arrays((2,), (3,), low=2, high=5),
        tools.random_uniform_arrays((2,), dtype="float64"),
        tools.random_sample([1, 2, 3, 4, 5], 3),
        tools.random_sample(list(range(4)), 0),
        tools.rand_ndarray((2, 3)),
        tools.rand_ndarray((2, 2), dtype="float64"),
    ]


@scenario()
def sample_refused(mx):
    try:
        mx.test_utils.random_sample([1, 2], 3)
    except AssertionError:
        return "AssertionError"


@scenario("half", "all", "none", "rows", "value", "modified", "float64", "three_axes")
def row_sparse(mx, what):
    words = {
        "half": {"density": 0.5},
        "all": {"density": 1},
        "none": {"density": 0},
        "rows": {"rsp_indices": np.array([1, 3])},
        "value": {"density": 0.5, "data_init": 3.0},
        "modified": {"density": 0.7, "modifier_func": lambda x: 2 * x + 1},
        "float64": {"density": 0.5, "dtype": "float64"},
        "three_axes": {"density": 0.5},
    }[what]
    shape = (6, 2, 3) if what == "three_axes" else (6, 3)
    array, (values, indices) = mx.test_utils.rand_sparse_ndarray(shape, "row_sparse", **words)
    return [array.stype, np.dtype(array.dtype).name, str(array.shape), array, np.asarray(values), np.asarray(indices, "int64")]


@scenario("half", "all", "none", "value", "powerlaw", "float64")
def csr(mx, what):
    """Values differ, for SciPy draws them there; sizes and counts do not."""
    words = {
        "half": {"density": 0.5},
        "all": {"density": 1.0},
        "none": {"density": 0.0},
        "value": {"density": 0.5, "data_init": 3.0},
        "powerlaw": {"density": 0.5, "distribution": "powerlaw"},
        "float64": {"density": 0.25, "dtype": "float64"},
    }[what]
    array, parts = mx.test_utils.rand_sparse_ndarray((8, 10), "csr", **words)
    dense = array.asnumpy()
    rows = [int((row != 0).sum()) for row in dense] if what == "powerlaw" else []
    return str(
        [
            array.stype,
            np.dtype(array.dtype).name,
            array.shape,
            len(parts),
            int((dense != 0).sum()),
            rows,
            what == "value" and float(dense.max()),
        ]
    )


@scenario("csr_shape", "stype", "distribution", "density", "powerlaw", "rows", "create")
def refused(mx, what):
    tools = mx.test_utils
    try:
        if what == "csr_shape":
            tools.rand_sparse_ndarray((2, 3, 4), "csr", density=0.5)
        elif what == "stype":
            tools.rand_sparse_ndarray((2, 3), "other", density=0.5)
        elif what == "distribution":
            tools.rand_sparse_ndarray((2, 3), "row_sparse", density=0.5, distribution="powerlaw")
        elif what == "density":
            tools.rand_sparse_ndarray((2, 3), "csr", density=1.5)
        elif what == "powerlaw":
            tools.rand_sparse_ndarray((4, 3), "csr", density=0.1, distribution="powerlaw")
        elif what == "rows":
            tools.rand_sparse_ndarray((2, 3), "row_sparse", rsp_indices=np.array([0, 1, 2]))
        else:
            tools.create_sparse_array((2, 3), "other")
    except (AssertionError, ValueError) as error:
        return "AssertionError" if isinstance(error, AssertionError) else "ValueError"


@scenario("row_sparse", "csr")
def created(mx, stype):
    tools = mx.test_utils
    first = tools.create_sparse_array((5, 4), stype, density=1.0, data_init=2)
    second = tools.create_sparse_array_zd((5, 4), stype, 0.0, rsp_indices=[3, 1] if stype == "row_sparse" else None, data_init=2)
    third = tools.create_sparse_array_zd((5, 4), stype, 0.0)
    fourth = tools.rand_ndarray((5, 4), stype, density=0.5)
    return [first, second, third, [first.stype, fourth.stype, str(fourth.shape)]]


@scenario()
def functions(mx):
    tools = mx.test_utils
    x = np.arange(24.0).reshape(2, 3, 4)
    found = [tools.np_reduce(x, axis, keepdims, np.sum) for axis in (None, 0, 1, (0, 2), [1, 2]) for keepdims in (False, True)]
    found += [tools.collapse_sum_like(x, shape) for shape in ((3, 4), (1, 4), (2, 3, 4), (2, 1, 1), (), (4,), (0, 4))]
    found += [tools.assign_each(x[0], lambda v: v * v), tools.assign_each(x[0], None), tools.assign_each2(x[0], x[1], max)]
    found += [tools.create_2d_tensor(3, 2), tools.create_vector(4), tools.get_identity_mat(3), tools.get_identity_mat_batch(2)]
    return found


@scenario("eigvals", "symmetric", "orthonormal", rtol=1e-4, atol=1e-6, why="inverses of matrices by different LAPACKs")
def matrices(mx, kind):
    tools = mx.test_utils
    if kind == "eigvals":
        return [tools.new_matrix_with_real_eigvals_2d(3), tools.new_matrix_with_real_eigvals_nd((2, 2, 3, 3))]
    if kind == "symmetric":
        found = [tools.new_sym_matrix_with_real_eigvals_2d(3), tools.new_sym_matrix_with_real_eigvals_nd((2, 3, 3))]
        return [np.allclose(one, one.swapaxes(-1, -2)) for one in found]
    q = tools.new_orthonormal_matrix_2d(4)
    return np.allclose(q @ q.T, np.eye(4))


@scenario()
def surroundings(mx):
    tools, name, found = mx.test_utils, "SYMBIND_TEST_VARIABLE", []
    os.environ.pop(name, None)
    with tools.environment(name, "1"):
        found.append(os.environ.get(name))
        with tools.environment({name: None, name + "2": "x"}):
            found.append([os.environ.get(name), os.environ.get(name + "2")])
        found.append([os.environ.get(name), os.environ.get(name + "2")])
    found.append(os.environ.get(name))
    try:
        with tools.environment(name, "2"):
            raise KeyError
    except KeyError:
        found.append(os.environ.get(name))
    try:
        with tools.environment(name):
            pass
    except AssertionError:
        found.append("AssertionError")
    return found


@scenario()
def exceptions(mx):
    tools, found = mx.test_utils, []

    def fails(kind, *_, **__):
        raise kind

    for kind, wanted in [(ValueError, ValueError), (ValueError, Exception), (ValueError, (KeyError, ValueError)), (ValueError, KeyError)]:
        try:
            tools.assert_exception(fails, wanted, kind, 1, word=2)
            found.append("as expected")
        except (ValueError, AssertionError) as error:
            found.append(type(error).__name__)
    try:
        tools.assert_exception(lambda: None, ValueError)
    except AssertionError:
        found.append("nothing raised")
    return found


@scenario(1, 2, 3)
def repeated(mx, times):
    calls = []

    @mx.test_utils.retry(times)
    def now_and_then(limit):
        calls.append(limit)
        assert len(calls) >= limit

    found = []
    for limit in (1, 2, 5):
        calls.clear()
        try:
            found.append([now_and_then(limit), len(calls)])
        except AssertionError:
            found.append(["AssertionError", len(calls)])
    return str(found)


@scenario()
def memory(mx):
    x = mx.nd.ones((2, 3))
    return [
        mx.test_utils.same_array(x, x),
        mx.test_utils.same_array(x, x.copy()),
        mx.test_utils.same_array(x, x.reshape((3, 2)).reshape((2, 3))),
        x,
    ]


@scenario()
def quiet(mx):
    with mx.test_utils.discard_stderr():
        os.write(2, b"nobody sees this\n")
    return "done"


@scenario()
def intervals(mx):
    buckets, probs = mx.test_utils.gen_buckets_probs_with_ppf(lambda p: 4 * p - 1, 5)
    return [[list(map(float, bucket)) for bucket in buckets], probs]


@scenario()
def moments(mx):
    tools = mx.test_utils
    draw = lambda n: np.random.normal(1.0, 2.0, n)  # noqa: E731
    return [
        bool(value)
        for value in (
            tools.mean_check(draw, 1.0, 2.0, 10000),
            tools.mean_check(draw, 1.5, 2.0, 10000),
            tools.var_check(draw, 2.0, 10000),
            tools.var_check(draw, 3.0, 10000),
        )
    ]


@scenario("interval", "value", "wrong")
def chi_square(mx, kind):
    tools = mx.test_utils
    if kind == "value":
        buckets, probs = [0, 1, 2], [0.5, 0.25, 0.25]
        draw = lambda n: np.random.choice(3, n, p=[0.5, 0.25, 0.25])  # noqa: E731
    else:
        buckets, probs = tools.gen_buckets_probs_with_ppf(lambda p: p, 4)
        draw = (lambda n: np.random.rand(n)) if kind == "interval" else (lambda n: np.random.rand(n) ** 2)
    p, found, expected = tools.chi_square_check(draw, buckets, probs, nsamples=4000)
    return [float(p), found.astype("int64"), expected.astype("int64")]


@scenario("right", "wrong", "list", "count")
def verified(mx, kind):
    tools = mx.test_utils
    buckets, probs = tools.gen_buckets_probs_with_ppf(lambda p: p, 5)
    try:
        if kind == "right":
            return len(tools.verify_generator(np.random.rand, buckets, probs, nsamples=2000, nrepeat=4))
        if kind == "wrong":
            tools.verify_generator(lambda n: np.random.rand(n) ** 2, buckets, probs, nsamples=2000)
        elif kind == "list":
            tools.chi_square_check(np.random.rand, tuple(buckets), probs, 2000)
        else:
            tools.chi_square_check(np.random.rand, buckets, probs[1:], 2000)
    except AssertionError:
        return "AssertionError"


@scenario()
def one_batch(mx):
    real = mx.io.NDArrayIter(np.arange(12).reshape(6, 2), np.arange(6), 2)
    again = mx.test_utils.DummyIter(real)
    found = [next(again).data[0].asnumpy() for _ in range(3)]
    return [found, again.batch_size, again.provide_data[0].name, iter(again) is again, isinstance(again, mx.io.DataIter)]


@scenario()
def contexts(mx):
    tools = mx.test_utils
    found = []
    with mx.cpu(3):
        found.append(str(tools.default_context()))
        tools.set_default_context(mx.cpu(1))
        found.append(str(tools.default_context()))
        found.append(str(mx.nd.ones((1,)).ctx))
    found.append(str(tools.default_context()))
    return found


@scenario()
def names(mx):
    """What tests find after ``from mxnet.test_utils import *``."""
    space = {}
    exec(f"from {mx.__name__}.test_utils import *", space)
    wanted = "default_context set_default_context rand_ndarray rand_shape_nd assert_almost_equal check_numeric_gradient check_consistency"
    wanted += " np mx os rnd Context Symbol array contextmanager OrderedDict use_np environment get_mnist get_mnist_iterator get_bz2_data"
    wanted += " check_speed download download_model get_cifar10 get_zip_data check_gluon_hybridize_consistency get_im2rec_path checkShapes"
    wanted += (
        " getenv setenv Features numeric_grad same same_array retry DummyIter discard_stderr list_gpus random_uniform_arrays npt sys time"
    )
    return [name for name in wanted.split() if name not in space]
