"""Iterators: what goes wrong in other threads, words, and sizes that the reference does not check."""

from __future__ import annotations

import gzip
import inspect
import struct

import numpy as np
import pytest

import symbolic as mx


class Failing(mx.io.DataIter):
    def __init__(self):
        super().__init__(2)
        self.provide_data, self.provide_label = [mx.io.DataDesc("data", (2,))], []

    def next(self):
        raise ZeroDivisionError


def test_prefetching_hands_errors_on():
    with pytest.raises(ZeroDivisionError):
        mx.io.PrefetchingIter(Failing()).next()


def test_prefetching_refuses_iterators_of_different_lengths():
    both = mx.io.PrefetchingIter([mx.io.NDArrayIter(np.zeros((n, 2)), None, 2) for n in (4, 8)])
    both.next(), both.next()
    with pytest.raises(mx.MXNetError, match="the end, a batch"):
        both.next()


def test_prefetching_keeps_going():
    inner = mx.io.NDArrayIter(np.arange(20), np.arange(20), 3, shuffle=True)
    it = mx.io.PrefetchingIter(inner)
    for _ in range(20):
        assert len(list(it)) == 7
        it.reset()


def test_arrays_of_different_lengths():
    with pytest.raises(mx.MXNetError, match="less samples"):
        mx.io.NDArrayIter(np.zeros((4, 2)), np.zeros(3))


@pytest.mark.parametrize("handle", ["pad", "discard", "roll_over"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_data_and_labels_stay_together(handle, shuffle):
    it = mx.io.NDArrayIter({"a": np.arange(23), "b": np.arange(46).reshape(23, 2)}, np.arange(23), 4, shuffle, handle)
    for _ in range(3):
        for batch in it:
            a, b = (x.asnumpy() for x in batch.data)
            assert (a == batch.label[0].asnumpy()).all() and (b[:, 0] == 2 * a).all()
        it.reset()


def test_roll_over_loses_nothing():
    it = mx.io.NDArrayIter(np.arange(10), None, 4, last_batch_handle="roll_over")
    seen = []
    for _ in range(2):
        seen += [batch.data[0].asnumpy() for batch in it]
        it.reset()
    np.testing.assert_array_equal(np.concatenate(seen), [*range(8), 8, 9, *range(10)])


@pytest.mark.parametrize(("n", "size"), [(2, 5), (1, 3), (4, 10), (3, 8)])
def test_roll_over_fills_a_batch_in_several_rounds(n, size):
    """The reference fails."""
    it = mx.io.NDArrayIter(np.arange(n), np.arange(n), size, last_batch_handle="roll_over")
    seen = []
    for _ in range(30):
        for batch in it:
            np.testing.assert_array_equal(batch.data[0].asnumpy(), batch.label[0].asnumpy())
            seen.extend(batch.data[0].asnumpy())
        it.reset()
    assert len(seen) >= 30 * n - size and seen == [place % n for place in range(len(seen))]


@pytest.mark.parametrize("handle", ["pad", "discard"])
def test_batch_axis_counts_samples(handle):
    """The reference counts along the first axis whatever the layout."""
    it = mx.io.NDArrayIter(np.arange(24).reshape(2, 6, 2), None, 4, layout="TNC", last_batch_handle=handle)
    batches = list(it)
    assert [batch.data[0].shape for batch in batches] == [(2, 4, 2)] * (2 if handle == "pad" else 1)
    if handle == "pad":
        np.testing.assert_array_equal(batches[1].data[0].asnumpy()[0, :, 0], [8, 10, 0, 2])


class Dataset:
    """What an h5py.Dataset does: it takes places in rising order, each once."""

    def __init__(self, values):
        self.values, self.shape, self.dtype = values, values.shape, values.dtype

    def __getitem__(self, places):
        assert (np.diff(places) > 0).all()
        return self.values[places]


Dataset.__module__ = "h5py._hl.dataset"


@pytest.mark.parametrize("handle", ["pad", "discard", "roll_over"])
def test_datasets_are_read_batch_by_batch(handle):
    it = mx.io.NDArrayIter(Dataset(np.arange(11) * 2.0), mx.nd.arange(11), 4, True, handle)
    for _ in range(2):
        for batch in it:
            np.testing.assert_array_equal(batch.data[0].asnumpy(), batch.label[0].asnumpy() * 2)
        it.hard_reset()


@pytest.fixture
def table(tmp_path):
    (tmp_path / "x.csv").write_text("1,2\n3,4\n5,6\n")
    return str(tmp_path / "x.csv")


def test_words_are_documented_and_checked(table):
    names = list(inspect.signature(mx.io.CSVIter).parameters)
    assert names[:2] == ["data_csv", "data_shape"] and "batch_size" in names
    assert "data_csv" in (mx.io.CSVIter.__doc__ or "") and "batch_size" in (mx.io.MNISTIter.__doc__ or "")
    with pytest.warns(UserWarning, match="did you mean 'data_shape'"):
        mx.io.CSVIter(data_csv=table, data_shape=(2,), batch_size=1, data_shap=3)
    with pytest.raises(mx.MXNetError, match="an integer"):
        mx.io.CSVIter(data_csv=table, data_shape=(2,), batch_size="many")


def test_mid_round_reset_begins_again(table):
    it = mx.io.CSVIter(data_csv=table, data_shape=(2,), batch_size=1)
    it.next(), it.next()
    it.reset()
    assert it.next().data[0].asnumpy().tolist() == [[1, 2]]
    assert len(list(it)) == 2


def test_debug_skip_load(table):
    it = mx.io.CSVIter(data_csv=table, data_shape=(2,), batch_size=1)
    it.debug_skip_load()
    assert [it.next().data[0].asnumpy()[0, 0] for _ in range(5)] == [1] * 5


def test_broken_line_is_named(tmp_path):
    (tmp_path / "x.csv").write_text("1,2\n3,x\n")
    with pytest.raises(mx.MXNetError, match=r"line\s+2"):
        mx.io.CSVIter(data_csv=str(tmp_path / "x.csv"), data_shape=(2,), batch_size=1)
    (tmp_path / "x.t").write_text("1 0:1\n2 nothing\n")
    with pytest.raises(mx.MXNetError, match="2 nothing"):
        mx.io.LibSVMIter(data_libsvm=str(tmp_path / "x.t"), data_shape=(2,), batch_size=1)
    (tmp_path / "x.t").write_text("1 7:1\n")
    with pytest.raises(mx.MXNetError, match="7"):
        mx.io.LibSVMIter(data_libsvm=str(tmp_path / "x.t"), data_shape=(2,), batch_size=1)


def test_large_mnist_order_is_a_permutation(tmp_path):
    n = 5000
    (tmp_path / "i").write_bytes(gzip.compress(struct.pack(">IIII", 2051, n, 1, 1) + bytes(n)))
    (tmp_path / "l").write_bytes(struct.pack(">II", 2049, n) + (np.arange(n) % 256).astype(np.uint8).tobytes())
    it = mx.io.MNISTIter(image=str(tmp_path / "i"), label=str(tmp_path / "l"), batch_size=n, silent=True)
    labels = it.next().label[0].asnumpy()
    assert not (labels == np.arange(n) % 256).all()
    np.testing.assert_array_equal(np.sort(labels), np.sort(np.arange(n) % 256))


@pytest.fixture
def pictures(tmp_path):
    pytest.importorskip("PIL", reason="symbind[image]")
    with mx.recordio.MXRecordIO(tmp_path / "x.rec", "w") as writer:
        for number in range(9):
            picture = np.random.RandomState(number).randint(0, 256, (12, 10, 3)).astype(np.uint8)
            writer.write(mx.recordio.pack_img((0, number, number, 0), picture, 3, ".png"))
    return str(tmp_path / "x.rec")


def test_pictures_are_drawn_by_seed(pictures):
    words = {"path_imgrec": pictures, "data_shape": (3, 6, 6), "batch_size": 3, "shuffle": True, "rand_crop": True, "rand_mirror": True}
    words |= {"brightness": 0.2, "contrast": 0.2, "saturation": 0.2, "seed_aug": 3}

    def rounds(seed):
        it = mx.io.ImageRecordIter(**words, seed=seed)
        out = []
        for _ in range(2):
            out += [np.concatenate([batch.data[0].asnumpy().ravel(), batch.label[0].asnumpy()]) for batch in it]
            it.reset()
        return np.array(out)

    first, again, other = rounds(1), rounds(1), rounds(2)
    assert (first == again).all() and not (first == other).all() and not (first[:3] == first[3:]).all()
    assert (np.sort(first[:3, -3:].ravel()) == np.arange(9)).all()


def test_pictures_that_are_resized_at_random(pictures):
    words = {"random_resized_crop": True, "min_random_area": 0.2, "max_random_contrast": 0.1, "max_random_illumination": 3}
    it = mx.io.ImageRecordIter(path_imgrec=pictures, data_shape=(3, 6, 8), batch_size=4, **words)
    assert [batch.data[0].shape for batch in it] == [(4, 3, 6, 8)] * 3


def test_changes_that_contradict_each_other(pictures):
    for words in ({"random_resized_crop": True, "rand_crop": True}, {"min_crop_size": 4}, {"min_random_scale": 2}, {"max_aspect_ratio": 1}):
        with pytest.raises(ValueError, match="ImageRecordIter"):
            mx.io.ImageRecordIter(path_imgrec=pictures, data_shape=(3, 6, 6), batch_size=3, **words)
    mx.io.ImageRecordIter(path_imgrec=pictures, data_shape=(3, 6, 6), batch_size=3, max_rotate_angle=0, rotate=-1)


def test_parts_of_pictures(pictures):
    seen = []
    for part in range(2):
        it = mx.io.ImageRecordIter(path_imgrec=pictures, data_shape=(3, 6, 6), batch_size=1, num_parts=2, part_index=part)
        seen += [int(batch.label[0].asscalar()) for batch in it]
    assert seen == list(range(9))
