"""Life of a checkpoint: trained on two contexts, fine-tuned with fixed layers, resumed, and split over groups of contexts."""

import os
import tempfile

import mxnet as mx
import numpy as np

from start import ByName, tell

folder = tempfile.mkdtemp()
rng = np.random.RandomState(0)
images = rng.randn(80, 1, 8, 8).astype("f")
labels = (images[:, 0, :4].sum((1, 2)) > 0).astype("f") + 2 * (images[:, 0, 4:].sum((1, 2)) > 0)
it = mx.io.NDArrayIter(images, labels, 20, label_name="softmax_label")
data = mx.sym.Variable("data")
conv = mx.sym.Convolution(data, kernel=(3, 3), num_filter=4, name="conv1")
relu = mx.sym.Activation(mx.sym.BatchNorm(conv, name="bn1", fix_gamma=False), act_type="relu", name="relu1")
net = mx.sym.FullyConnected(mx.sym.Flatten(relu, name="flatten0"), num_hidden=4, name="fc1")
mod = mx.mod.Module(mx.sym.SoftmaxOutput(net, name="softmax"), context=[mx.cpu(0), mx.cpu(1)], work_load_list=[1, 1])
sgd = {"learning_rate": 0.05, "momentum": 0.9}
mod.fit(
    it,
    num_epoch=3,
    optimizer="sgd",
    optimizer_params=sgd,
    initializer=ByName(),
    kvstore="device",
    epoch_end_callback=[mx.callback.do_checkpoint(folder + "/a"), mx.callback.module_checkpoint(mod, folder + "/b", 1, True)],
)
assert sorted(os.listdir(folder))[:4] == ["a-0001.params", "a-0002.params", "a-0003.params", "a-symbol.json"]
scores = [value for _, value in mod.score(it, ["acc", mx.metric.CrossEntropy()])]

symbol, arguments, states = mx.model.load_checkpoint(folder + "/a", 3)
tuned = mx.symbol.FullyConnected(data=symbol.get_internals()["flatten0_output"], num_hidden=4, name="fcnew")
tuned = mx.symbol.SoftmaxOutput(data=tuned, name="softmax")
fixed = [name for name in tuned.list_arguments() if name.startswith(("conv", "bn"))]
fine = mx.mod.Module(tuned, fixed_param_names=fixed)
it.reset()
kept = {name: arguments[name] for name in arguments if "fc1" not in name}
fine.fit(it, num_epoch=2, arg_params=kept, aux_params=states, allow_missing=True, initializer=ByName(), optimizer_params=sgd)
found, _ = fine.get_params()
assert all((found[name].asnumpy() == arguments[name].asnumpy()).all() for name in fixed)

resumed = mx.mod.Module.load(folder + "/b", 2, True)
it.reset()
resumed.fit(it, num_epoch=3, begin_epoch=2, optimizer_params=sgd)

with mx.AttrScope(ctx_group="dev1"):
    first = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=5, name="f1")
with mx.AttrScope(ctx_group="dev2"):
    last = mx.sym.LinearRegressionOutput(mx.sym.FullyConnected(mx.sym.tanh(first), num_hidden=2, name="f2"), name="lro")
exe = last.simple_bind(mx.cpu(0), group2ctx={"dev1": mx.cpu(1), "dev2": mx.cpu(2)}, data=(3, 4))
assert [array.context.device_id for array in exe.arg_arrays] == [1, 1, 1, 2, 2, 2]
for name, array in exe.arg_dict.items():
    array[:] = np.random.RandomState(len(name)).randn(*array.shape)
exe.forward(is_train=True)
exe.backward()
tell(
    scores=scores,
    tuned=found["fcnew_weight"].asnumpy()[:, :3],
    resumed=resumed.get_params()[0]["fc1_weight"].asnumpy()[:, :3],
    outputs=exe.outputs[0].asnumpy(),
    gradient=exe.grad_dict["f1_weight"].asnumpy(),
)
