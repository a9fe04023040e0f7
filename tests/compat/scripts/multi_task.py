"""Two heads, an iterator and a metric of one's own, callbacks."""

import mxnet as mx

from start import ByName, blobs, tell


class TwoLabels(mx.io.DataIter):
    """Hands on the batches of another iterator with a second label."""

    def __init__(self, source):
        super().__init__()
        self.source = source
        self.batch_size = source.batch_size

    @property
    def provide_data(self):
        return self.source.provide_data

    @property
    def provide_label(self):
        name, shape = self.source.provide_label[0][:2]
        return [("softmax1_label", shape), ("softmax2_label", shape)]

    def hasNext(self):
        return self.source.hasNext()

    def reset(self):
        self.source.reset()

    def next(self):
        batch = self.source.next()
        label = batch.label[0]
        return mx.io.DataBatch(data=batch.data, label=[label, label % 2], pad=batch.pad, index=batch.index)


class BothRight(mx.metric.EvalMetric):
    def __init__(self, num=2):
        super().__init__("both", num=num)

    def update(self, labels, preds):
        mx.metric.check_label_shapes(labels, preds)
        for label, pred in zip(labels, preds):
            found = mx.nd.argmax_channel(pred).asnumpy().astype("int32")
            self.sum_metric += (found == label.asnumpy().astype("int32")).sum()
            self.num_inst += len(found)


X, y = blobs(classes=4)
fc = mx.symbol.FullyConnected(mx.symbol.Variable("data"), name="fc1", num_hidden=10)
act = mx.symbol.Activation(data=fc, name="sigmoid1", act_type="sigmoid")
heads = [
    mx.symbol.SoftmaxOutput(mx.symbol.FullyConnected(act, name="h%d" % i, num_hidden=n), name="softmax%d" % i) for i, n in ((1, 4), (2, 2))
]
net = mx.symbol.Group(heads)
train = TwoLabels(mx.io.NDArrayIter(X, y, batch_size=24))
model = mx.mod.Module(context=mx.cpu(), symbol=net, label_names=("softmax1_label", "softmax2_label"))
epochs = []
model.fit(
    train,
    eval_data=train,
    eval_metric=mx.metric.CompositeEvalMetric(
        [BothRight(), mx.metric.CrossEntropy(output_names=["softmax1_output"], label_names=["softmax1_label"])]
    ),
    optimizer="rmsprop",
    optimizer_params=(("learning_rate", 0.02), ("gamma1", 0.9)),
    initializer=ByName(),
    num_epoch=3,
    batch_end_callback=[mx.callback.Speedometer(24, 2), lambda param: epochs.append(param.nbatch)],
    epoch_end_callback=lambda epoch, symbol, arguments, states: epochs.append(100 * (epoch + 1)),
)
found = model.predict(train)
tell(
    epochs=epochs,
    first=found[0].asnumpy()[:4],
    second=found[1].asnumpy()[:4],
    score=[value for _, value in model.score(train, BothRight())],
)
