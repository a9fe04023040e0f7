"""A character LSTM over sentences of many lengths: one program for each length, all with the same weights.

The sentences are what Python says of its own functions.
"""

import builtins

import numpy as np

import symbolic as mx

mx.random.seed(0)
np.random.seed(0)

lines = [line.strip() for name in sorted(dir(builtins)) for line in (getattr(builtins, name).__doc__ or "").splitlines()]
sentences = [list(line) for line in lines if 10 < len(line) < 60]
coded, vocabulary = mx.rnn.encode_sentences(sentences, start_label=1, invalid_label=0)
buckets = [20, 40, 60]
train = mx.rnn.BucketSentenceIter(coded, batch_size=16, buckets=buckets, invalid_label=0)
classes = len(vocabulary) + 1
print(f"{len(coded)} sentences of {classes} characters, in buckets of {buckets}")


def network(length):
    """Predict each character from those before it."""
    cell = mx.rnn.LSTMCell(num_hidden=64, prefix="lstm_")
    data, label = mx.sym.Variable("data"), mx.sym.Variable("softmax_label")
    embedded = mx.sym.Embedding(data, input_dim=classes, output_dim=32, name="embedding")
    outputs, _ = cell.unroll(length, inputs=embedded, merge_outputs=True)
    scores = mx.sym.FullyConnected(mx.sym.Reshape(outputs, shape=(-1, 64)), num_hidden=classes, name="scores")
    label = mx.sym.Reshape(label, shape=(-1,))
    return (
        mx.sym.SoftmaxOutput(scores, label, use_ignore=True, ignore_label=0, normalization="valid", name="softmax"),
        ("data",),
        ("softmax_label",),
    )


module = mx.mod.BucketingModule(network, default_bucket_key=train.default_bucket_key, context=mx.cpu())
module.bind(train.provide_data, train.provide_label)
module.init_params(mx.init.Xavier())
module.init_optimizer(optimizer="adam", optimizer_params={"learning_rate": 0.01, "rescale_grad": 1.0})
perplexity = mx.metric.Perplexity(ignore_label=0)
for epoch in range(8):
    train.reset()
    perplexity.reset()
    for batch in train:
        module.forward_backward(batch)
        module.update()
        module.update_metric(perplexity, batch.label)
    print(f"epoch {epoch}: perplexity {perplexity.get()[1]:.2f}")
assert perplexity.get()[1] < 12
