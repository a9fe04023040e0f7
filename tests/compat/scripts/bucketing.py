"""An LSTM over sentences of several lengths."""

import random

import mxnet as mx
import numpy as np

from start import ByName, tell

rng = np.random.RandomState(3)
sentences = []
for length in [6, 10] * 20:
    start, stride = rng.randint(1, 12), rng.randint(1, 4)
    sentences.append([(start + stride * i) % 11 + 1 for i in range(length)])
random.seed(0)
np.random.seed(0)
train = mx.rnn.BucketSentenceIter(sentences, 8, buckets=[6, 10], invalid_label=0)


def sym_gen(seq_len):
    data = mx.sym.Variable("data")
    label = mx.sym.Variable("softmax_label")
    embed = mx.sym.Embedding(data=data, input_dim=13, output_dim=6, name="embed")
    stack = mx.rnn.SequentialRNNCell()
    for i in range(2):
        stack.add(mx.rnn.LSTMCell(num_hidden=8, prefix="lstm_l%d_" % i))
    outputs, states = stack.unroll(seq_len, inputs=embed, merge_outputs=True)
    pred = mx.sym.Reshape(outputs, shape=(-1, 8))
    pred = mx.sym.FullyConnected(data=pred, num_hidden=13, name="pred")
    label = mx.sym.Reshape(label, shape=(-1,))
    return mx.sym.SoftmaxOutput(data=pred, label=label, name="softmax"), ("data",), ("softmax_label",)


model = mx.mod.BucketingModule(sym_gen=sym_gen, default_bucket_key=train.default_bucket_key, context=mx.cpu())
metric = mx.metric.Perplexity(0)
seen = []
model.fit(
    train_data=train,
    eval_metric=metric,
    kvstore="local",
    optimizer="sgd",
    optimizer_params={"learning_rate": 0.05, "momentum": 0.9, "wd": 0.00001},
    initializer=ByName(),
    num_epoch=3,
    batch_end_callback=lambda param: seen.append(param.eval_metric.get()[1]),
)
arguments, _ = model.get_params()
tell(perplexity=seen, weight=arguments["lstm_l1_h2h_weight"].asnumpy()[:3], bias=arguments["pred_bias"].asnumpy())
