"""The functions of MXNet's R package that are no operators, each beside its Python line; see `tests.docs.from_r`."""

from __future__ import annotations

__all__ = ["PRELUDE", "SECTIONS"]

PRELUDE = """
import logging, os
import numpy as np
import symbolic as mx
rng = np.random.default_rng(0)
x = mx.sym.Variable("x")
data = mx.sym.Variable("data")
net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(data, num_hidden=2, name="fc"), name="softmax")
images, labels = rng.normal(size=(20, 4)).astype("float32"), rng.integers(0, 2, 20).astype("float32")
np.savetxt("data.csv", images, delimiter=",")
np.savetxt("label.csv", labels, delimiter=",")
"""
"""What the lines stand on, in order."""

SECTIONS = [
    (
        "Symbols",
        "",
        [
            ('mx.symbol.Variable("data")', 'mx.sym.Variable("data")', ""),
            ("mx.symbol.Group(list(a, b))", "mx.sym.Group([x, net])", ""),
            ('mx.symbol.save(net, "net.json")', 'net.save("net.json")', "readable by MXNet, too"),
            ('mx.symbol.load("net.json")', 'mx.sym.load("net.json")', "files of any age"),
            ("mx.symbol.load.json(text)", "mx.sym.load_json(net.tojson())", ""),
            ("net$as.json()", "net.tojson()", ""),
            (
                "mx.symbol.infer.shape(net, data=c(4, 20))",
                "net.infer_shape(data=(20, 4))",
                "R: `$arg.shapes`, `$out.shapes`, `$aux.shapes`; here a tuple of three lists",
            ),
            ("arguments(net)", "net.list_arguments()", ""),
            ("net$outputs or outputs(net)", "net.list_outputs()", ""),
            ("net$auxiliary.states", "net.list_auxiliary_states()", ""),
            ("internals(net) or net$get.internals()", "net.get_internals()", ""),
            ('net$get.output(1), internals(net)[["fc_output"]]', 'net.get_internals()["fc_output"]', "by name, or by position from 0"),
            ("children(net)", "net.get_children()", ""),
            ("mx.apply(net, data=x)", "net(data=x)", "composes anew"),
            ("a + b, a - b, a * b, a / b", "x + 1, x - 1, x * 2, x / 2", "with symbols and numbers"),
            ("graph.viz(net)", "mx.viz.plot_network(net)", '`.render("net", format="png")` writes a file'),
            (
                "graph.viz(net, shape=c(4, 20))",
                'mx.viz.plot_network(net, shape={"data": (20, 4)})',
                "shapes stand on the edges",
            ),
        ],
    ),
    (
        "Executors",
        "",
        [
            (
                'mx.simple.bind(net, ctx=mx.cpu(), data=c(4, 20), grad.req="write")',
                'exe = net.simple_bind(mx.cpu(), data=(20, 4), grad_req="write")',
                "",
            ),
            (
                "mx.exec.update.arg.arrays(exe, list(data=x), match.name=TRUE)",
                'exe.arg_dict["data"][:] = images',
                "or `exe.copy_params_from(arguments)`",
            ),
            ("mx.exec.update.aux.arrays(exe, states, match.name=TRUE)", "exe.copy_params_from({}, exe.aux_dict)", ""),
            ("mx.exec.update.grad.arrays(exe, grads, match.name=TRUE)", 'exe.grad_dict["fc_weight"][:] = 0', ""),
            ("mx.exec.forward(exe, is.train=TRUE)", "exe.forward(is_train=True)", "returns the outputs"),
            ("mx.exec.backward(exe)", "exe.backward()", ""),
            ("exe$arg.arrays, exe$ref.arg.arrays", "exe.arg_dict", "by name; `exe.arg_arrays` is a list"),
            ("exe$grad.arrays, exe$ref.grad.arrays", "exe.grad_dict", ""),
            ("exe$aux.arrays, exe$ref.aux.arrays", "exe.aux_dict", ""),
            ("exe$outputs, exe$ref.outputs", "exe.outputs", ""),
        ],
    ),
    (
        "Arrays",
        "R's functions on arrays, `mx.nd.X`, have dots where the operator's name has underscores: "
        "`mx.nd.slice.axis` is `mx.nd.slice_axis`. Every operator below is in `mx.nd`, too.",
        [
            ("mx.nd.array(x)", "mx.nd.array(images)", "a NumPy array, or lists of lists by rows"),
            ("mx.nd.zeros(c(3, 2))", "mx.nd.zeros((2, 3))", ""),
            ("mx.nd.ones(c(3, 2))", "mx.nd.ones((2, 3))", ""),
            ('mx.nd.save(list(a=a), "a.params")', 'mx.nd.save("a.params", {"a": mx.nd.ones((2, 3))})', "name of the file first"),
            ('mx.nd.load("a.params")', 'mx.nd.load("a.params")', ""),
            ("mx.nd.copyto(a, mx.cpu())", "mx.nd.ones(3).copyto(mx.cpu())", ""),
            ("as.array(a), as.matrix(a)", "mx.nd.ones(3).asnumpy()", ""),
            ("dim(a)", "mx.nd.ones((2, 3)).shape", "reversed"),
            ("length(a)", "mx.nd.ones((2, 3)).size", ""),
            ("ctx(a)", "mx.nd.ones(3).context", ""),
            ("is.mx.ndarray(a)", "isinstance(mx.nd.ones(3), mx.nd.NDArray)", ""),
            ("mx.runif(c(3, 2), min=0, max=1)", "mx.nd.random.uniform(0, 1, shape=(2, 3))", ""),
            ("mx.rnorm(c(3, 2), mean=0, sd=1)", "mx.nd.random.normal(0, 1, shape=(2, 3))", ""),
            ("mx.set.seed(0)", "mx.random.seed(0)", ""),
            ("mx.cpu(), mx.gpu(0)", "mx.cpu()", "`mx.num_gpus()` is 0: binding to `mx.gpu(0)` is refused"),
            ("mx.ctx.default()", "mx.current_context()", ""),
        ],
    ),
    (
        "Data",
        "",
        [
            (
                "mx.io.arrayiter(data=x, label=y, batch.size=10, shuffle=FALSE)",
                "train = mx.io.NDArrayIter(images, labels, batch_size=10, shuffle=False)",
                "examples along the first axis",
            ),
            (
                'mx.io.CSVIter(data.csv="data.csv", data.shape=4, label.csv="label.csv", batch.size=10)',
                'mx.io.CSVIter(data_csv="data.csv", data_shape=(4,), label_csv="label.csv", batch_size=10)',
                "",
            ),
            ("mx.io.MNISTIter(image=..., label=..., batch.size=10)", "mx.io.MNISTIter", "same words with underscores"),
            ("mx.io.ImageRecordIter(path.imgrec=..., data.shape=...)", "mx.io.ImageRecordIter", "likewise; needs the extra `image`"),
            ("mx.io.bucket.iter(buckets, batch.size=16)", "mx.rnn.BucketSentenceIter", "takes lists of numbers"),
            ('mx.io.extract(iter, "data")', "[batch.data[0].asnumpy() for batch in train]", ""),
            ("iter$reset()", "train.reset()", ""),
            ("iter$iter.next(), iter$value()", "train.next()", "raises StopIteration at the end; `for batch in train` is simpler"),
        ],
    ),
    (
        "Training",
        "",
        [
            (
                "mx.model.FeedForward.create(net, X=iter, num.round=2, learning.rate=0.1)",
                "model = mx.model.FeedForward.create(net, X=train, num_epoch=2, learning_rate=0.1)",
                "warns, as MXNet does, that `mx.mod.Module(net).fit(train, num_epoch=2)` is the newer way",
            ),
            ("predict(model, x)", "model.predict(images)", "one row for each example; R has one column"),
            ('mx.model.save(model, "model", 2)', 'model.save("model", 2)', "the same two files"),
            ('mx.model.load("model", 2)', 'mx.model.FeedForward.load("model", 2)', "`mx.model.load_checkpoint` gives symbol and arrays"),
            ("model$arg.params, model$aux.params", "model.arg_params, model.aux_params", ""),
            (
                "mx.model.init.params(net, input.shape, output.shape, initializer, ctx)",
                "module = mx.mod.Module(net); module.bind(train.provide_data, train.provide_label); module.init_params(mx.init.Normal(0.1))",
                "`module.get_params()` returns them",
            ),
            (
                "mx.mlp(x, y, hidden_node=c(8), out_node=2, ...)",
                "mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.Activation(mx.sym.FullyConnected(data, num_hidden=8), "
                'act_type="tanh"), num_hidden=2))',
                "compose it; there is no short form",
            ),
            ("mx.opt.sgd(learning.rate=0.1, momentum=0.9, wd=1e-4)", "mx.optimizer.SGD(learning_rate=0.1, momentum=0.9, wd=1e-4)", ""),
            ("mx.opt.rmsprop(learning.rate=0.002, gamma1=0.95)", "mx.optimizer.RMSProp(learning_rate=0.002, gamma1=0.95)", ""),
            ("mx.opt.adam(learning.rate=1e-3, beta1=0.9)", "mx.optimizer.Adam(learning_rate=1e-3, beta1=0.9)", ""),
            ("mx.opt.adagrad(learning.rate=0.05)", "mx.optimizer.AdaGrad(learning_rate=0.05)", ""),
            ("mx.opt.adadelta(rho=0.9)", "mx.optimizer.AdaDelta(rho=0.9)", ""),
            ("mx.opt.nag(learning.rate=0.01, momentum=0.9)", "mx.optimizer.NAG(learning_rate=0.01, momentum=0.9)", ""),
            ('mx.opt.create("sgd", learning.rate=0.1)', 'mx.optimizer.create("sgd", learning_rate=0.1)', ""),
            (
                "mx.opt.get.updater(optimizer, weights, ctx)",
                "mx.optimizer.get_updater(mx.optimizer.SGD())",
                "`updater(index, grad, weight)`",
            ),
            ("mx.init.uniform(0.07)", "mx.init.Uniform(0.07)", ""),
            ("mx.init.normal(0.01)", "mx.init.Normal(0.01)", ""),
            (
                'mx.init.Xavier(rnd_type="uniform", factor_type="avg", magnitude=3)',
                'mx.init.Xavier(rnd_type="uniform", factor_type="avg", magnitude=3)',
                "",
            ),
            ("mx.metric.accuracy", 'mx.metric.create("acc")', ""),
            ("mx.metric.top_k_accuracy", "mx.metric.TopKAccuracy(top_k=5)", ""),
            ("mx.metric.mae, mx.metric.mse, mx.metric.rmse", 'mx.metric.create(["mae", "mse", "rmse"])', ""),
            ("mx.metric.logloss", "mx.metric.CrossEntropy()", ""),
            ("mx.metric.Perplexity", "mx.metric.Perplexity(ignore_label=None)", ""),
            (
                'mx.metric.custom("rmsle", function(label, pred) ...)',
                "mx.metric.np(lambda label, pred: float(np.sqrt(np.mean((np.log1p(label) - np.log1p(pred)) ** 2))))",
                "the name is the function's",
            ),
            ("mx.callback.log.train.metric(50)", "mx.callback.log_train_metric(50)", ""),
            ("mx.callback.log.speedometer(10, 50)", "mx.callback.Speedometer(10, 50)", ""),
            ('mx.callback.save.checkpoint("model")', 'mx.callback.do_checkpoint("model")', ""),
            (
                "mx.callback.early.stop(...)",
                "",
                "none: `fit` one epoch at a time with `begin_epoch` and `num_epoch`, and stop when you like",
            ),
            ("mx.lr_scheduler.FactorScheduler(100, 0.9)", "mx.lr_scheduler.FactorScheduler(100, 0.9)", ""),
            ("mx.lr_scheduler.MultiFactorScheduler(c(100, 200), 0.9)", "mx.lr_scheduler.MultiFactorScheduler([100, 200], 0.9)", ""),
            ('mx.kv.create("local")', 'mx.kv.create("local")', "one process"),
        ],
    ),
    (
        "Recurrent networks",
        "The R package composes an unrolled graph from words; in Python one composes it from cells. "
        "[This tutorial](tutorials/06_bucketing_lstm.md) trains one with buckets.",
        [
            (
                'rnn.graph.unroll(num_rnn_layer=1, seq_len=5, num_hidden=8, cell_type="lstm", ...)',
                'mx.rnn.LSTMCell(num_hidden=8, prefix="lstm_").unroll(5, inputs=x, merge_outputs=True)',
                "also `GRUCell`, `RNNCell`, and stacks of them",
            ),
            (
                'rnn.graph(num_rnn_layer=1, num_hidden=8, cell_type="lstm", ...)',
                'mx.rnn.FusedRNNCell(8, mode="lstm", prefix="lstm_").unroll(5, inputs=x, layout="TNC", merge_outputs=True)',
                "one `RNN` node; time first",
            ),
            ("mx.model.buckets(symbols, train.data, ...)", "mx.mod.BucketingModule", "takes a function from length to symbol"),
            ("mx.infer.rnn(data, model)", "", "bind the symbol with `simple_bind`, copy the parameters, call `forward`"),
        ],
    ),
    (
        "The rest",
        "",
        [
            ('mx.profiler.config(list(filename="profile.json"))', 'mx.profiler.set_config(filename="profile.json")', ""),
            ("mx.profiler.state(1)", 'mx.profiler.set_state("run")', 'and `mx.profiler.set_state("stop")`'),
            (
                'mx.symbol.Custom(data, op_type="huber")',
                "mx.sym.Custom",
                "the operator is a Python class, as in [this tutorial](tutorials/08_custom_operator.md)",
            ),
            ("mx.serialize(model), mx.unserialize(model)", "", "save to files: `model.save`, `net.save`, `mx.nd.save`"),
            ("im2rec(image_lst, root, output_rec)", "mx.recordio.MXIndexedRecordIO", "`mx.recordio.pack_img` packs one picture"),
        ],
    ),
]
