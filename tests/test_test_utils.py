"""``mx.test_utils``, where scenarios cannot say it: messages, files, sparse arrays."""

from __future__ import annotations

import bz2
import gzip
import os
import struct
import sys
import zipfile

import numpy as np
import pytest

import symbolic as mx
import symbolic.test_utils as tools


def test_message_says_where_and_what():
    a, b = np.zeros((3, 4), np.float32), np.zeros((3, 4), np.float32)
    a[1, 2], a[2, 0] = 5, 0.5
    with pytest.raises(AssertionError) as caught:
        tools.assert_almost_equal(a, b, rtol=0, atol=0.1, names=("FOUND", "WANTED"))
    lines = str(caught.value).splitlines()
    assert "50.000000 times the tolerance rtol=0, atol=0.1" in lines[0]
    assert "2 of 12 elements" in lines[0]
    assert "(1, 2): FOUND=5.0, WANTED=0.0" in lines[1]
    assert "(2, 0): FOUND=0.5, WANTED=0.0" in lines[2]


def test_message_lists_as_many_as_asked_for():
    with pytest.raises(AssertionError) as caught:
        tools.assert_almost_equal(np.arange(100.0), np.zeros(100), mismatches=(3, 3))
    assert str(caught.value).count("error at") == 3
    assert "99 of 100" in str(caught.value)


def test_print_options_stay():
    before = np.get_printoptions()
    with pytest.raises(AssertionError):
        tools.assert_almost_equal(np.ones(3), np.zeros(3))
    assert np.get_printoptions() == before


def test_large_integers_are_told_apart():
    one, other = np.array([2**53], np.int64), np.array([2**53 + 1], np.int64)
    with pytest.raises(AssertionError):
        tools.assert_almost_equal(one, other)
    tools.assert_almost_equal(one, other, atol=1)


def test_bfloat16_is_compared_as_coarsely_as_float16():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    tools.assert_almost_equal(np.array([1.0], ml_dtypes.bfloat16), np.array([1.005], np.float32))
    with pytest.raises(AssertionError):
        tools.assert_almost_equal(np.array([1.0], ml_dtypes.bfloat16), np.array([1.5], np.float32))


def test_shapes_that_do_not_stretch():
    with pytest.raises(mx.MXNetError, match="cannot be compared"):
        tools.assert_almost_equal(np.ones(3), np.ones(2))
    with pytest.raises(mx.MXNetError, match="one shape"):
        tools.assert_almost_equal(mx.nd.ones((2, 3)), mx.nd.ones((3,)))


def test_differences_are_summed_in_float64():
    """A sum of a million numbers near 1 hides, in float32, what an element adds to it."""
    x = mx.sym.Variable("x")
    net = mx.sym.broadcast_mul(mx.sym.ones((200, 200)), mx.sym.reshape(x, shape=(1, 1)))
    executor = net.bind(mx.cpu(), {"x": mx.nd.array([3.0])})
    found = tools.numeric_grad(executor, {"x": np.array([3.0], np.float32)}, eps=2**-9)
    np.testing.assert_allclose(found["x"], [40000], rtol=1e-6)


def test_numeric_gradient_leaves_what_it_is_given():
    location = {"x": np.array([1.0, 2.0])}
    tools.check_numeric_gradient(mx.sym.Variable("x") * 3, location, rtol=1e-2)
    assert location["x"].tolist() == [1, 2]


@pytest.mark.parametrize("stype", ["row_sparse", "csr"])
def test_sparse_arguments_and_gradients(stype):
    x, y = mx.sym.Variable("x", stype=stype), mx.sym.Variable("y", stype=stype)
    one, two = tools.rand_ndarray((4, 3), stype, density=0.5), tools.rand_ndarray((4, 3), stype, density=0.5)
    net = mx.sym.sparse.elemwise_add(x, y)
    tools.check_symbolic_forward(net, {"x": one, "y": two}, [one.asnumpy() + two.asnumpy()])
    head = [mx.nd.ones((4, 3))]
    tools.check_symbolic_backward(net, {"x": one, "y": two}, head, {"x": np.ones((4, 3)), "y": np.ones((4, 3))})
    tools.check_numeric_gradient(net, {"x": one, "y": two}, rtol=1e-2, atol=1e-2)


def test_check_speed():
    x = mx.sym.Variable("x")
    assert tools.check_speed(mx.sym.exp(x), {"x": np.ones((3, 4))}, N=2) > 0
    assert tools.check_speed(mx.sym.exp(x), N=2, typ="forward", x=(3, 4)) > 0
    with pytest.raises(ValueError, match="measurement"):
        tools.check_speed(mx.sym.exp(x), typ="half", x=(3, 4))


def test_consistency_goes_on_if_told_to(caplog):
    x = mx.sym.Variable("x")
    ways = [{"ctx": mx.cpu(), "x": (2, 2)}] * 2
    nets = [mx.sym.sin(x, name="f"), mx.sym.cos(x, name="f")]
    tools.check_consistency(nets, ways, raise_on_err=False)
    assert "WAY_1_f_output and WAY_0_f_output differ" in caplog.text
    with pytest.raises(AssertionError):
        tools.check_consistency(nets, ways)


def test_generators_need_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(ImportError, match="pip install scipy"):
        tools.chi_square_check(np.random.rand, [(0, 1)], [1.0], 10)


# -- surroundings -----------------------------------------------------------------------------------------------------


def test_environment_of_older_scripts(monkeypatch):
    monkeypatch.delenv("SYMBIND_X", raising=False)
    assert tools.set_env_var("SYMBIND_X", "1") == ""
    assert tools.set_env_var("SYMBIND_X", "2", "none") == "1"
    with tools.EnvManager("SYMBIND_X", "3"):
        assert os.environ["SYMBIND_X"] == "3"
    assert os.environ["SYMBIND_X"] == "2"


def test_random_seed():
    with tools.random_seed(3):
        first = np.random.rand(), mx.nd.random.uniform(shape=(2,)).asnumpy()
    with tools.random_seed(3):
        second = np.random.rand(), mx.nd.random.uniform(shape=(2,)).asnumpy()
    assert first[0] == second[0]
    assert (first[1] == second[1]).all()
    assert np.random.rand() != first[0]


def test_stderr_is_discarded_and_comes_back(capfd):
    with tools.discard_stderr():
        os.write(2, b"hidden")
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"


def test_what_is_not_here():
    with pytest.raises(NotImplementedError, match="Gluon"):
        tools.check_gluon_hybridize_consistency(None, [])
    with pytest.raises(OSError, match=r"im2rec\.py"):
        tools.get_im2rec_path("SYMBIND_NO_SUCH_VARIABLE")


# -- files ------------------------------------------------------------------------------------------------------------


def test_download(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "source.txt").write_text("content")
    with pytest.raises(NotImplementedError, match=r"curl -L -o there/file\.gz http://example\.org/file\.gz"):
        tools.download("http://example.org/file.gz", dirname="there")
    assert not (tmp_path / "there").exists()
    address = (tmp_path / "source.txt").as_uri()
    assert tools.download(address, "copy.txt", "there") == os.path.join("there", "copy.txt")
    assert (tmp_path / "there" / "copy.txt").read_text() == "content"
    assert tools.download("http://example.org/source.txt") == "source.txt"  # it is there


def test_download_model(tmp_path):
    assert tools.download_model("unknown", str(tmp_path)) == (None, 0)
    for part in ("a.json", "a.params"):
        (tmp_path / part).write_text(part)
    meta = {"net": {"symbol": (tmp_path / "a.json").as_uri(), "params": (tmp_path / "a.params").as_uri()}}
    prefix, epoch = tools.download_model("net", str(tmp_path / "models"), meta)
    assert epoch == 0
    assert (tmp_path / "models" / "net-0000.params").read_text() == "a.params"
    assert prefix == str(tmp_path / "models" / "net")


def write_mnist(folder, ending, opened):
    rng = np.random.default_rng(0)
    for name, count, sizes in [("train", 5, (28, 28)), ("t10k", 3, (28, 28))]:
        images = rng.integers(0, 256, (count, *sizes), np.uint8)
        labels = rng.integers(0, 10, count).astype(np.uint8)
        for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
            with opened(folder / f"{name}-{kind}-ubyte{ending}", "wb") as file:
                file.write(struct.pack(f">I{values.ndim}I", 0x800 + values.ndim, *values.shape) + values.tobytes())


@pytest.mark.parametrize(("ending", "opened"), [("", open), (".gz", gzip.open)])
def test_mnist(tmp_path, monkeypatch, ending, opened):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotImplementedError, match="train-labels-idx1-ubyte"):
        tools.get_mnist()
    (tmp_path / "data").mkdir()
    write_mnist(tmp_path / "data", ending, opened)
    found = tools.get_mnist()
    assert {name: (value.shape, value.dtype.name) for name, value in found.items()} == {
        "train_data": ((5, 1, 28, 28), "float32"),
        "train_label": ((5,), "int8"),
        "test_data": ((3, 1, 28, 28), "float32"),
        "test_label": ((3,), "int8"),
    }
    assert found["train_data"].max() <= 1
    if not ending:
        train, validation = tools.get_mnist_iterator(2, (784,))
        assert next(iter(train)).data[0].shape == (2, 784)
        train, validation = tools.get_mnist_iterator(2, (1, 28, 28))
        assert next(iter(validation)).data[0].shape == (2, 1, 28, 28)


def test_packed_data(tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.bz2").write_bytes(bz2.compress(b"lines\n" * 3))
    tools.get_bz2_data(str(tmp_path), "a", (tmp_path / "source" / "a.bz2").as_uri(), "a.bz2")
    assert (tmp_path / "a").read_bytes() == b"lines\n" * 3
    assert not (tmp_path / "a.bz2").exists()
    with zipfile.ZipFile(tmp_path / "source" / "b.zip", "w") as archive:
        archive.writestr("inside.txt", "text")
    tools.get_zip_data(str(tmp_path), (tmp_path / "source" / "b.zip").as_uri(), "b.zip")
    assert (tmp_path / "inside.txt").read_text() == "text"
