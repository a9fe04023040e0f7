"""Descriptions, batches, and iterators over arrays in memory."""

import numpy as np

from tests.scenario import scenario
from tests.training.compact import compact

HANDLES = ("pad", "discard", "roll_over")


def taken(batch):
    return [
        [x.asnumpy() for x in batch.data],
        [x.asnumpy() for x in batch.label or []],
        batch.pad,
        None if batch.index is None else np.asarray(batch.index),
    ]


def epochs(it, number=3):
    out = []
    for _ in range(number):
        out.append([taken(batch) for batch in it])
        it.reset()
    return out


def described(it):
    return [[[d.name, list(d.shape), np.dtype(d.dtype).name, d.layout] for d in part] for part in (it.provide_data, it.provide_label)]


def rows(n, k=2):
    return np.arange(n * k, dtype=np.float32).reshape(n, k)


@compact()
def desc(mx):
    D = mx.io.DataDesc
    one = D("x", (2, 3))
    two = D("y", (4,), "int32", "N")
    three = D(name="z", shape=(1, 2), dtype=np.float16, layout=None)
    name, shape = one
    return [
        name,
        list(shape),
        repr(one),
        repr(two),
        str(three),
        one == ("x", (2, 3)),
        one == D("x", (2, 3), "float64"),
        isinstance(one, tuple),
        len(one),
        one[1] == (2, 3),
        [D.get_batch_axis(layout) for layout in (None, "NCHW", "TNC", "CHW", "", "CHWN")],
        [repr(d) for d in D.get_list([("a", (1,)), ("b", (2,))], None)],
        [repr(d) for d in D.get_list([("a", (1,)), ("b", (2,))], [("b", np.int32), ("a", "float64")])],
        one._asdict(),
        one._fields,
        hash(one) == hash(("x", (2, 3))),
    ]


@compact()
def desc_without_type(mx):
    mx.io.DataDesc.get_list([("a", (1,)), ("b", (2,))], [("b", np.int32)])


@compact()
def batch(mx):
    B = mx.io.DataBatch
    x, y = mx.nd.ones((2, 3)), mx.nd.zeros((2,))
    full = B([x], [y], 1, np.arange(2), "key", [("x", (2, 3))], [("y", (2,))])
    bare = B([x])
    return [
        str(full),
        str(bare),
        [full.pad, full.index, full.bucket_key, full.provide_data, full.provide_label],
        [bare.label, bare.pad, bare.index, bare.bucket_key, bare.provide_data, bare.provide_label],
        B(None).data,
        str(B((x, y), ())),
        B(data=[x], label=None, pad=0).pad,
    ]


@compact("data", "label")
def batch_of_no_list(mx, where):
    mx.io.DataBatch(**{"data": [mx.nd.ones((1,))], where: mx.nd.ones((1,))})


@compact()
def base_iterator(mx):
    it = mx.io.DataIter(7)
    return [
        it.batch_size,
        mx.io.DataIter().batch_size,
        iter(it) is it,
        it.reset(),
        it.iter_next(),
        it.getdata(),
        it.getlabel(),
        it.getindex(),
        it.getpad(),
        list(it),
    ]


@compact()
def iterator_of_ones_own(mx):
    class Count(mx.io.DataIter):
        def __init__(self):
            super().__init__(2)
            self.at = 0

        def iter_next(self):
            self.at += 1
            return self.at < 4

        def getdata(self):
            return [mx.nd.ones((2,)) * self.at]

        def getlabel(self):
            return None

        def getpad(self):
            return self.at

        def getindex(self):
            return np.array([self.at])

    return [taken(b) for b in Count()]


SIZES = ((10, 3), (9, 3), (7, 7), (5, 1), (2, 5), (1, 3), (4, 10), (3, 8))


@compact(*[(handle, n, size) for handle in HANDLES for n, size in SIZES if n >= size or handle != "roll_over"])
def handles(mx, handle, n, size):
    it = mx.io.NDArrayIter(rows(n), np.arange(n), size, last_batch_handle=handle)
    return [epochs(it, 4), described(it), it.num_data, it.batch_size, it.num_source, len(it.data_list)]


@compact(*HANDLES)
def shuffled(mx, handle):
    """Orders are drawn from np.random, each upon the last."""
    it = mx.io.NDArrayIter(rows(11), np.arange(11), 4, shuffle=True, last_batch_handle=handle)
    return [epochs(it), it.idx, it.data[0][1].asnumpy(), it.label[0][1].asnumpy()]


@compact()
def shuffled_dictionary(mx):
    it = mx.io.NDArrayIter({"b": rows(6), "a": mx.nd.arange(6)}, {"l": np.arange(6)}, 4, True)
    return [epochs(it), described(it)]


@compact()
def hard_reset(mx):
    out = []
    for handle in HANDLES:
        for shuffle in (False, True):
            it = mx.io.NDArrayIter(rows(7), np.arange(7), 3, shuffle, handle)
            list(it)
            it.hard_reset()
            out.append([taken(b) for b in it])
    return out


@compact(*HANDLES)
def reset_in_the_middle(mx, handle):
    it = mx.io.NDArrayIter(rows(8), np.arange(8), 3, last_batch_handle=handle)
    it.next()
    it.reset()
    first = [taken(b) for b in it]
    it.reset()
    it.next()
    it.next()
    it.reset()
    return [first, [taken(b) for b in it]]


@compact()
def step_by_step(mx):
    out = []
    for handle in ("pad", "discard"):
        it = mx.io.NDArrayIter(rows(5), np.arange(5), 2, last_batch_handle=handle)
        out.append([it.cursor, it.getindex()])
        while it.iter_next():
            out.append([it.cursor, it.getpad(), it.getindex(), it.getdata()[0].asnumpy(), it.getlabel()[0].asnumpy()])
        out.append(it.cursor)
    return out


@compact()
def roll_over_cursor(mx):
    it = mx.io.NDArrayIter(rows(5), np.arange(5), 2, last_batch_handle="roll_over")
    out = []
    for _ in range(3):
        for b in it:
            out.append([it.cursor, b.pad, it.getpad(), b.label[0].asnumpy()])
        out.append(it.cursor)
        it.reset()
        out.append(it.cursor)
    return out


@compact()
def beyond_the_end(mx):
    it = mx.io.NDArrayIter(rows(4), None, 2)
    list(it)
    return [list(it), it.cursor]


@compact()
def data_before_the_beginning(mx):
    mx.io.NDArrayIter(rows(4), None, 2, last_batch_handle="roll_over")
    it = mx.io.NDArrayIter(rows(4), None, 2)
    list(it)
    it.getdata()


@compact()
def kinds_of_data(mx):
    array = rows(4)
    out = []
    for data in (
        array,
        mx.nd.array(array),
        [array],
        [array, array + 1],
        {"x": array},
        {"x": array, "a": mx.nd.array(array)},
        [[1, 2, 3, 4]],
        {"x": [1, 2, 3, 4]},
        array.astype("int32"),
        mx.nd.array(array, dtype="int32"),
        mx.nd.array(array, dtype="float16"),
        array.astype("float64"),
        array > 3,
        np.asfortranarray(array),
    ):
        it = mx.io.NDArrayIter(data, batch_size=2)
        out.append([described(it), [taken(b) for b in it]])
    return out


@compact()
def kinds_of_labels(mx):
    array = rows(4)
    out = []
    for label in (None, [], {}, array, [array, array], {"l": array}, mx.nd.array(np.arange(4)), np.arange(4)):
        it = mx.io.NDArrayIter(array, label, 2)
        out.append([described(it), [taken(b) for b in it]])
    return out


@compact()
def names(mx):
    it = mx.io.NDArrayIter([rows(2), rows(2)], rows(2), 2, data_name="d", label_name="l")
    return [described(it), [name for name, _ in it.data], [name for name, _ in it.label]]


@compact()
def many_arrays_are_sorted_by_name(mx):
    it = mx.io.NDArrayIter([rows(2) + i for i in range(12)], batch_size=2)
    return [described(it), taken(it.next())]


@compact("text", 3, "none", "empty", "object", "set")
def no_data(mx, what):
    mx.io.NDArrayIter({"text": "abc", 3: 3, "none": None, "empty": [], "object": {"x": object()}, "set": {1, 2}}[what])


@compact()
def three_axes(mx):
    it = mx.io.NDArrayIter(np.arange(40).reshape(5, 4, 2), np.arange(5), 2, layout="NTC")
    return [described(it), epochs(it, 1)]


@compact()
def batch_axis_second(mx):
    """The axis of the batch is as long as the first: the reference counts samples along that."""
    data = np.arange(50).reshape(5, 5, 2)
    out = []
    for handle in HANDLES:
        it = mx.io.NDArrayIter(data, None, 2, layout="TNC", last_batch_handle=handle)
        out.append([described(it), epochs(it, 1)])
    return out


@compact()
def data_is_copied(mx):
    data = mx.nd.array(rows(4))
    it = mx.io.NDArrayIter(data, None, 2)
    first = it.next()
    first.data[0][:] = -1
    it.reset()
    return [taken(b) for b in it]


@compact()
def given_dictionary_of_arrays_is_read_once(mx):
    data = {"x": mx.nd.array(rows(4))}
    it = mx.io.NDArrayIter(data, None, 2)
    data["x"][:] = 7
    return taken(it.next())


@compact()
def defaults(mx):
    it = mx.io.NDArrayIter(rows(3))
    return [it.batch_size, it.shuffle, it.last_batch_handle, it.layout, epochs(it, 1), described(it)]


@compact()
def digits_as_in_a_test(mx):
    """Counts of labels over an epoch, with what is filled up."""
    data = np.ones([1000, 2, 2])
    labels = np.ones([1000, 1])
    for i in range(1000):
        data[i] = i / 100
        labels[i] = i / 100
    out = []
    for handle in HANDLES:
        it = mx.io.NDArrayIter(data, labels, 128, True, last_batch_handle=handle)
        counts = np.zeros(10)
        number = 0
        for _ in range(2):
            for b in it:
                number += 1
                for label in b.label[0].asnumpy().flatten():
                    counts[int(label)] += 1
            it.reset()
        out.append([number, counts])
    return out


@compact("pad", "roll_over")
def sparse_needs_discard(mx, handle):
    mx.io.NDArrayIter(mx.nd.array(rows(4)).tostype("csr"), None, 2, last_batch_handle=handle)


@compact(False, True)
def sparse(mx, shuffle):
    dense = rows(7, 3) * (rows(7, 3) % 2)
    csr = mx.nd.array(dense).tostype("csr")
    it = mx.io.NDArrayIter({"s": csr, "d": dense}, csr, 2, shuffle, "discard")
    out = epochs(it, 2)
    it.reset()
    return [out, described(it)]


@compact(False, True)
def scipy_matrix(mx, shuffle):
    from scipy import sparse

    dense = rows(5, 3) * (rows(5, 3) % 2)
    it = mx.io.NDArrayIter({"s": sparse.csr_matrix(dense)}, dense, 2, shuffle, "discard")
    out = [taken(b) for b in it]
    return out


@scenario(differs="batches of a CSRNDArray are some, too; the reference makes them dense", expect=["csr", "csr"])
def sparse_batches(mx):
    csr = mx.nd.array(rows(4)).tostype("csr")
    batch = mx.io.NDArrayIter(csr, csr, 2, last_batch_handle="discard").next()
    return [batch.data[0].stype, batch.label[0].stype]


@compact(1, 3, 5, 12)
def resized(mx, size):
    inner = mx.io.NDArrayIter(rows(5), np.arange(5), 2)
    it = mx.io.ResizeIter(inner, size)
    out = [epochs(it, 2), described(it), it.batch_size, it.size, it.cur, it.reset_internal]
    return [*out, hasattr(it, "default_bucket_key")]


@compact()
def resized_going_on(mx):
    inner = mx.io.NDArrayIter(rows(7), np.arange(7), 2)
    it = mx.io.ResizeIter(inner, 3, reset_internal=False)
    return epochs(it, 3)


@compact()
def resized_step_by_step(mx):
    it = mx.io.ResizeIter(mx.io.NDArrayIter(rows(4), np.arange(4), 2), 3)
    out = []
    while it.iter_next():
        out.append([it.getdata()[0].asnumpy(), it.getlabel()[0].asnumpy(), it.getpad(), it.getindex(), it.cur])
    return out


@compact()
def prefetched(mx):
    it = mx.io.PrefetchingIter(mx.io.NDArrayIter(rows(5), np.arange(5), 2))
    return [epochs(it, 3), described(it), it.batch_size, it.n_iter]


@compact()
def prefetched_two(mx):
    first = mx.io.NDArrayIter(rows(5), np.arange(5), 2)
    second = mx.io.NDArrayIter(rows(5) + 1, np.arange(5) + 1, 2)
    it = mx.io.PrefetchingIter(
        [first, second],
        rename_data=[{"data": "d1"}, {"data": "d2"}],
        rename_label=[{"softmax_label": "l1"}, {"softmax_label": "l2"}],
    )
    out = [epochs(it, 2), [[d.name, list(d.shape)] for d in it.provide_data + it.provide_label], it.batch_size]
    batch = it.next()
    return [*out, [d.name for d in batch.provide_data], [d.name for d in batch.provide_label]]


@compact()
def prefetched_reset_in_the_middle(mx):
    it = mx.io.PrefetchingIter(mx.io.NDArrayIter(rows(6), np.arange(6), 2))
    it.next()
    it.reset()
    return [taken(b) for b in it]


@compact()
def prefetched_step_by_step(mx):
    it = mx.io.PrefetchingIter(mx.io.NDArrayIter(rows(4), np.arange(4), 2))
    out = []
    while it.iter_next():
        out.append([it.getdata()[0].asnumpy(), it.getlabel()[0].asnumpy(), it.getpad(), it.getindex()])
    return out


@compact()
def prefetched_none(mx):
    mx.io.PrefetchingIter([])
