"""Sentences as numbers, batches of sentences, and checkpoints of cells."""

import random
import tempfile
from pathlib import Path

import numpy as np

from tests.scenario import scenario

WORDS = [["a", "b", "c"], ["b", "c", "d", "a"], ["e"], []]


@scenario(
    {},
    {"invalid_label": 0},
    {"invalid_label": 2, "start_label": 1},
    {"invalid_key": "<eos>", "start_label": 5},
    {"vocab": {"a": 1, "b": 2, "c": 3}, "unknown_token": "UNK"},
    {"vocab": {"a": 1, "b": 2, "c": 3, "UNK": 9}, "unknown_token": "UNK", "start_label": 4},
    {"unknown_token": "UNK"},
    {"vocab": {word: place for place, word in enumerate("abcde")}},
    {"vocab": {"a": 1}, "unknown_token": "UNK", "invalid_label": 0},
)
def encode(mx, words):
    words = {key: dict(value) if isinstance(value, dict) else value for key, value in words.items()}
    encoded, vocab = mx.rnn.encode_sentences(WORDS, **words)
    return str([encoded, vocab, vocab is words.get("vocab")])


@scenario()
def encode_unknown(mx):
    try:
        mx.rnn.encode_sentences(WORDS, vocab={"a": 1})
    except AssertionError:
        return "AssertionError"


@scenario()
def vocabularies_grow(mx):
    first, vocab = mx.rnn.encode_sentences([["x", "y"]], start_label=1, invalid_label=0)
    second, vocab = mx.rnn.encode_sentences([["y", "z"]], vocab=vocab, unknown_token="<unk>", start_label=9)
    return str([first, second, vocab])


def sentences(seed=0):
    rng = np.random.RandomState(seed)
    return [list(map(int, rng.randint(1, 30, rng.randint(1, 9)))) for _ in range(60)]


def batches(iterator):
    """Say all of an epoch."""
    text, values = [], []
    for batch in iterator:
        described = [(d.name, d.shape, d.layout, np.dtype(d.dtype).name) for d in (*batch.provide_data, *batch.provide_label)]
        text.append([batch.bucket_key, batch.pad, described, [np.dtype(x.dtype).name for x in (*batch.data, *batch.label)]])
        values += [batch.data[0].asnumpy().ravel(), batch.label[0].asnumpy().ravel()]
    return [str(text), np.concatenate(values)]


@scenario(
    {},
    {"buckets": [3, 5, 8]},
    {"buckets": [8, 4]},
    {"buckets": [4]},
    {"buckets": [2, 20]},
    {"invalid_label": 0},
    {"layout": "TN"},
    {"layout": "TN", "buckets": [3, 9], "data_name": "x", "label_name": "y"},
    {"dtype": "int32"},
    {"dtype": "float64", "invalid_label": -7},
)
def iterate(mx, words):
    random.seed(5)
    words = {key: list(value) if isinstance(value, list) else value for key, value in words.items()}
    iterator = mx.rnn.BucketSentenceIter(sentences(), 4, **words)
    first = batches(iterator)
    iterator.reset()
    described = [(d.name, d.shape, d.layout) for d in (*iterator.provide_data, *iterator.provide_label)]
    facts = [iterator.batch_size, list(iterator.buckets), iterator.default_bucket_key, described, iterator.major_axis]
    return [str(facts), first, batches(iterator)]


@scenario()
def ends_and_begins_anew(mx):
    random.seed(1)
    iterator = mx.rnn.BucketSentenceIter(sentences(1), 8, buckets=[8])
    counts = [sum(1 for _ in iterator)]
    counts.append(sum(1 for _ in iterator))
    iterator.reset()
    counts.append(sum(1 for _ in iterator))
    try:
        iterator.next()
    except StopIteration:
        counts.append(-1)
    return counts


@scenario("layout", "none")
def refused(mx, what):
    try:
        mx.rnn.BucketSentenceIter(sentences(), 4, layout="CT") if what == "layout" else mx.rnn.BucketSentenceIter(
            [[1, 2, 3]], 1, buckets=[2]
        )
    except ValueError:
        return "ValueError"


@scenario("fused", "lstm", "several")
def checkpoint(mx, kind):
    """Weights lie unpacked in the file and come back packed."""
    if kind == "fused":
        cells = mx.rnn.FusedRNNCell(3, 2, "lstm", prefix="f_", bidirectional=True)
        net, _ = cells.unroll(2, mx.sym.Variable("data"), layout="TNC", merge_outputs=True)
    elif kind == "lstm":
        cells = mx.rnn.LSTMCell(3)
        net, _ = cells.unroll(2, mx.sym.Variable("data"), layout="TNC", merge_outputs=True)
    else:
        cells = [mx.rnn.LSTMCell(3), mx.rnn.GRUCell(2)]
        net, _ = cells[0].unroll(2, mx.sym.Variable("data"), layout="TNC")
        net, _ = cells[1].unroll(2, net, merge_outputs=True, layout="TNC")
    shapes = zip(net.list_arguments(), net.infer_shape(data=(2, 1, 4))[0], strict=True)
    args = {name: mx.nd.array(np.random.rand(*shape)) for name, shape in shapes if name != "data"}
    with tempfile.TemporaryDirectory() as folder:
        prefix = str(Path(folder) / "model")
        mx.rnn.save_rnn_checkpoint(cells, prefix, 3, net, args, {})
        files = sorted(path.name for path in Path(folder).iterdir())
        stored = mx.nd.load(f"{prefix}-0003.params")
        symbol, found, aux = mx.rnn.load_rnn_checkpoint(cells, prefix, 3)
        callback = mx.rnn.do_rnn_checkpoint(cells, prefix, period=2)
        for epoch in range(4):
            callback(epoch, net, args, {})
        after = sorted(path.name for path in Path(folder).iterdir())
    same = sorted(found) == sorted(args) and all((found[name].asnumpy() == args[name].asnumpy()).all() for name in args)
    names = sorted(stored)
    return [
        str([files, after, [(name, stored[name].shape) for name in names], same, symbol.list_arguments(), aux]),
        np.concatenate([stored[name].asnumpy().ravel() for name in names]),
    ]


@scenario()
def names(mx):
    """What users import."""
    cells = [
        "RNNParams",
        "BaseRNNCell",
        "RNNCell",
        "LSTMCell",
        "GRUCell",
        "FusedRNNCell",
        "SequentialRNNCell",
        "DropoutCell",
        "ModifierCell",
    ]
    cells += ["ZoneoutCell", "ResidualCell", "BidirectionalCell", "BaseConvRNNCell", "ConvRNNCell", "ConvLSTMCell", "ConvGRUCell"]
    others = ["encode_sentences", "BucketSentenceIter", "save_rnn_checkpoint", "load_rnn_checkpoint", "do_rnn_checkpoint", "rnn_unroll"]
    return [
        all(getattr(mx.rnn.rnn_cell, name) is getattr(mx.rnn, name) for name in cells),
        all(callable(getattr(mx.rnn, name)) for name in others),
        mx.rnn.rnn.save_rnn_checkpoint is mx.rnn.save_rnn_checkpoint,
        mx.rnn.io.BucketSentenceIter is mx.rnn.BucketSentenceIter,
        issubclass(mx.rnn.BucketSentenceIter, mx.io.DataIter),
        [issubclass(mx.rnn.ZoneoutCell, mx.rnn.ModifierCell), issubclass(mx.rnn.LSTMCell, mx.rnn.BaseRNNCell)],
    ]
