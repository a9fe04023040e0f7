"""Networks that are trained in both libraries, on digits and on a text; this file runs in MXNet too.

``fitted`` draws weights and order as each library does: only means over seeds can agree. ``exact`` is given both, so that every
loss agrees.
"""

from __future__ import annotations

import contextlib
import os
import warnings

import numpy as np

BATCH, TRAINED = 50, 1500  # the first digits are trained on, the others validate
LETTERS, LENGTH, SENTENCES = 16, 12, 4000

# -- data -------------------------------------------------------------------------------------------------------------


def text():
    """Write sentences of a small grammar, letters as numbers; what comes next is partly chance."""
    draw = np.random.RandomState(3)
    nouns, verbs = ["cat", "dog", "old goat", "bird", "stone"], ["sees", "bites", "has", "is"]
    words = []
    while sum(map(len, words)) < SENTENCES:
        words.append(f"the {draw.choice(nouns)} {draw.choice(verbs)} a {draw.choice(nouns)}.")
    letters = "".join(words)
    known = sorted(set(letters))
    assert len(known) == LETTERS
    return np.array([known.index(letter) for letter in letters])


def sentences():
    """Cut the text into runs of letters, each with the run one letter on."""
    letters = text()
    starts = np.arange(0, len(letters) - LENGTH - 1, 4)
    return letters[starts[:, None] + np.arange(LENGTH)], letters[starts[:, None] + np.arange(LENGTH) + 1]


def iterators(mx, name, digits, shuffle):
    """Make the iterators of training and validation; ``digits`` are pixels and labels."""
    if name == "lstm":
        data, label = sentences()
        trained = 800
    else:
        data, label = digits
        data = data.astype("f") / 16
        data, trained = data.reshape((-1, 1, 8, 8)) if name == "lenet" else data, TRAINED
    return (
        mx.io.NDArrayIter(data[:trained].astype("f"), label[:trained].astype("f"), BATCH, shuffle=shuffle),
        mx.io.NDArrayIter(data[trained:].astype("f"), label[trained:].astype("f"), BATCH),
    )


# -- networks ---------------------------------------------------------------------------------------------------------


def mlp(mx):
    x = mx.sym.Activation(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=32, name="fc1"), act_type="relu")
    x = mx.sym.Activation(mx.sym.FullyConnected(x, num_hidden=16, name="fc2"), act_type="tanh")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=10, name="fc3"), name="softmax")


def normalized(mx):
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=32, no_bias=True, name="fc1")
    x = mx.sym.Activation(mx.sym.BatchNorm(x, fix_gamma=False, momentum=0.8, name="bn"), act_type="relu")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=10, name="fc2"), name="softmax")


def lenet(mx):
    x = mx.sym.Convolution(mx.sym.Variable("data"), kernel=(3, 3), pad=(1, 1), num_filter=8, name="conv1")
    x = mx.sym.Pooling(mx.sym.Activation(x, act_type="tanh"), kernel=(2, 2), stride=(2, 2), pool_type="max")
    x = mx.sym.Convolution(x, kernel=(3, 3), num_filter=16, name="conv2")
    x = mx.sym.Pooling(mx.sym.Activation(x, act_type="tanh"), kernel=(2, 2), stride=(1, 1), pool_type="avg")
    x = mx.sym.Activation(mx.sym.FullyConnected(mx.sym.Flatten(x), num_hidden=32, name="fc1"), act_type="tanh")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=10, name="fc2"), name="softmax")


def lstm(mx):
    x = mx.sym.Embedding(mx.sym.Variable("data"), input_dim=LETTERS, output_dim=8, name="embed")
    outputs, _ = mx.rnn.LSTMCell(32, prefix="lstm_").unroll(LENGTH, x, layout="NTC", merge_outputs=True)
    scores = mx.sym.FullyConnected(mx.sym.Reshape(outputs, shape=(-1, 32)), num_hidden=LETTERS, name="scores")
    label = mx.sym.Reshape(mx.sym.Variable("softmax_label"), shape=(-1,))
    return mx.sym.SoftmaxOutput(scores, label, name="softmax")


NETWORKS = {"mlp": mlp, "normalized": normalized, "lenet": lenet, "lstm": lstm}

# -- curves over seeds ------------------------------------------------------------------------------------------------

CURVES = {  # network: optimizer, its options, epochs
    "mlp": ("sgd", {"learning_rate": 0.1, "momentum": 0.9}, 6),
    "lenet": ("adam", {"learning_rate": 0.01}, 5),
    "lstm": ("rmsprop", {"learning_rate": 0.02}, 5),
}
MEASURED = ["Train-accuracy", "Train-cross-entropy", "Validation-accuracy", "Validation-cross-entropy"]


class Log:
    """A logger that keeps what ``fit`` tells of each epoch."""

    def __init__(self):
        self.told = {name: [] for name in MEASURED}

    def info(self, message, *args):
        for name in self.told:
            if name in message % args:
                self.told[name].append(args[-1])

    warning = debug = info


def fitted(mx, name, seed, digits):
    """Train from a seed; return what is ``MEASURED``, by epoch."""
    optimizer, options, epochs = CURVES[name]
    np.random.seed(seed)
    mx.random.seed(seed)
    log = Log()
    trained, validated = iterators(mx, name, digits, True)
    mx.mod.Module(NETWORKS[name](mx), logger=log, context=mx.cpu()).fit(
        trained,
        validated,
        eval_metric=["acc", "ce"],
        optimizer=optimizer,
        optimizer_params=options,
        initializer=mx.init.Xavier(factor_type="in", magnitude=2.34),
        num_epoch=epochs,
    )
    return np.array([log.told[kind] for kind in MEASURED])


# -- curves of a given beginning --------------------------------------------------------------------------------------

SGD = {"learning_rate": 0.1, "momentum": 0.9, "wd": 1e-3}
EXACT = {  # network, optimizer, its options, contexts, and whether a store steps: None without one
    "sgd": ("mlp", "sgd", SGD, 1, None),
    "sgd, store": ("mlp", "sgd", SGD, 1, True),
    "sgd, store adds": ("mlp", "sgd", SGD, 1, False),
    "sgd, two contexts, store": ("mlp", "sgd", SGD, 2, True),
    "sgd, two contexts, store adds": ("mlp", "sgd", SGD, 2, False),
    "adam": ("mlp", "adam", {"learning_rate": 0.01}, 1, None),
    "adam, store": ("mlp", "adam", {"learning_rate": 0.01}, 2, True),
    "rmsprop": ("mlp", "rmsprop", {"learning_rate": 0.01}, 1, None),
    "rmsprop, store adds": ("mlp", "rmsprop", {"learning_rate": 0.01, "centered": True}, 2, False),
    "normalized sgd": ("normalized", "sgd", SGD, 1, None),
    "normalized adam": ("normalized", "adam", {"learning_rate": 0.01}, 1, True),
    "normalized rmsprop, two contexts": ("normalized", "rmsprop", {"learning_rate": 0.01}, 2, False),
    "lenet sgd": ("lenet", "sgd", SGD, 1, None),
    "lenet adam": ("lenet", "adam", {"learning_rate": 0.005}, 1, None),
    "lstm sgd": ("lstm", "sgd", {"learning_rate": 0.03, "momentum": 0.9}, 1, None),
    "lstm rmsprop": ("lstm", "rmsprop", {"learning_rate": 0.01}, 1, None),
}
STEPS = 15  # in each of two epochs


def beginning(mx, network, shapes):
    """Make weights that do not depend on the library."""
    arguments, _, states = network.infer_shape(**shapes)
    draw = np.random.RandomState(9)
    names = zip(network.list_arguments(), arguments)  # noqa: B905
    weights = {
        name: mx.nd.array(draw.uniform(-1, 1, shape) * (3 / np.prod(shape[1:])) ** 0.5 if len(shape) > 1 else draw.uniform(0.4, 0.6, shape))
        for name, shape in names
        if name not in shapes
    }
    return weights, {
        name: mx.nd.ones(shape) if "var" in name else mx.nd.zeros(shape)
        for name, shape in zip(network.list_auxiliary_states(), states)  # noqa: B905
    }


def exact(mx, name, digits):
    """Train from given weights, in order; return the loss of every batch."""
    kind, optimizer, options, contexts, on_store = EXACT[name]
    network, losses = NETWORKS[kind](mx), []
    trained, _ = iterators(mx, kind, digits, False)
    weights, states = beginning(mx, network, {each.name: each.shape for each in trained.provide_data + trained.provide_label})

    def loss(label, scores):
        rows = label.ravel().astype(int)
        losses.append(-np.log(scores[np.arange(len(rows)), rows] + 1e-12).mean())
        return losses[-1]

    with updating(on_store), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mx.mod.Module(network, context=[mx.cpu(place) for place in range(contexts)], logger=Log()).fit(
            mx.io.ResizeIter(trained, STEPS),
            eval_metric=mx.metric.np(loss, name="loss"),
            kvstore=None if on_store is None else mx.kv.create("local"),
            optimizer=optimizer,
            optimizer_params=options,
            arg_params=weights,
            aux_params=states,
            num_epoch=2,
        )
    return np.reshape(losses, (2 * STEPS, contexts)).mean(1)


@contextlib.contextmanager
def updating(on_store):
    """Let stores step parameters, or only add up gradients."""
    before = os.environ.get("MXNET_UPDATE_ON_KVSTORE")
    os.environ["MXNET_UPDATE_ON_KVSTORE"] = str(int(bool(on_store)))
    try:
        yield
    finally:
        if before is None:
            del os.environ["MXNET_UPDATE_ON_KVSTORE"]
        else:
            os.environ["MXNET_UPDATE_ON_KVSTORE"] = before
