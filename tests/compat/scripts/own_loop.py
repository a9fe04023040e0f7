"""A convolutional net trained by hand: simple_bind, a key-value store with an updater, checkpoints, internals."""

import os
import tempfile

import mxnet as mx
import numpy as np

from start import ByName, tell

rng = np.random.RandomState(1)
batch = 16
images = rng.randn(96, 1, 16, 16).astype("f") * 0.3
labels = rng.randint(0, 4, 96)
for i, y in enumerate(labels):
    images[i, 0, (y // 2) * 8 : (y // 2) * 8 + 8, (y % 2) * 8 : (y % 2) * 8 + 8] += 1

data = mx.sym.Variable("data")
conv1 = mx.sym.Convolution(data=data, kernel=(5, 5), num_filter=4, name="conv1")
pool1 = mx.sym.Pooling(data=mx.sym.Activation(data=conv1, act_type="tanh"), pool_type="max", kernel=(2, 2), stride=(2, 2))
conv2 = mx.sym.Convolution(data=pool1, kernel=(3, 3), num_filter=6, name="conv2")
bn = mx.sym.BatchNorm(conv2, fix_gamma=False, name="bn")
pool2 = mx.sym.Pooling(data=mx.sym.Activation(data=bn, act_type="tanh"), pool_type="max", kernel=(2, 2), stride=(2, 2))
flat = mx.sym.Flatten(data=pool2, name="flat")
net = mx.sym.SoftmaxOutput(data=mx.sym.FullyConnected(data=flat, num_hidden=4, name="fc"), name="softmax")

exe = net.simple_bind(ctx=mx.cpu(), grad_req="write", data=(batch, 1, 16, 16))
args = dict(zip(net.list_arguments(), exe.arg_arrays))
init = ByName()
for name, array in args.items():
    if name not in ("data", "softmax_label"):
        init(mx.init.InitDesc(name), array)
for name, array in exe.aux_dict.items():
    array[:] = 1 if name.endswith("var") else 0


def update(index, grad, weight):
    weight[:] -= 0.1 * grad / batch


kv = mx.kv.create("local")
keys = [i for i, n in enumerate(net.list_arguments()) if n not in ("data", "softmax_label")]
for k in keys:
    kv.init(k, exe.arg_arrays[k])
kv._set_updater(update)
history = []
for _epoch in range(3):
    acc, entropy = mx.metric.create("acc"), mx.metric.CrossEntropy()
    for b in range(0, 96, batch):
        args["data"][:] = images[b : b + batch]
        args["softmax_label"][:] = mx.nd.array(labels[b : b + batch])
        exe.forward(is_train=True)
        exe.backward()
        for k in keys:
            kv.push(k, exe.grad_arrays[k], priority=-k)
            kv.pull(k, exe.arg_arrays[k], priority=-k)
        acc.update([mx.nd.array(labels[b : b + batch])], exe.outputs)
        entropy.update([mx.nd.array(labels[b : b + batch])], exe.outputs)
    history.append([acc.get()[1], entropy.get()[1]])

prefix = os.path.join(tempfile.mkdtemp(), "net")
mx.model.save_checkpoint(prefix, 7, net, {n: a for n, a in args.items() if n not in ("data", "softmax_label")}, exe.aux_dict)
sym, arg_params, aux_params = mx.model.load_checkpoint(prefix, 7)
inputs = {"data": mx.nd.array(images[:3]), "softmax_label": mx.nd.zeros((3,))}
again = sym.bind(mx.cpu(), dict(arg_params, **inputs), grad_req="null", aux_states=aux_params).forward()[0].asnumpy()
small = exe.reshape(data=(3, 1, 16, 16), partial_shaping=True, allow_up_sizing=False)
small.arg_dict["data"][:] = images[:3]
reshaped = small.forward(is_train=False)[0].asnumpy()
feature = mx.mod.Module(sym.get_internals()["flat_output"], label_names=None)
feature.bind(for_training=False, data_shapes=[("data", (2, 1, 16, 16))])
feature.set_params(arg_params, aux_params, allow_extra=True)
feature.forward(mx.io.DataBatch([mx.nd.array(images[:2])]))
tell(
    history=history,
    again=again,
    reshaped=reshaped,
    feature=feature.get_outputs()[0].asnumpy()[0],
    mean=exe.aux_dict["bn_moving_mean"].asnumpy(),
)
