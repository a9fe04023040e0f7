"""What tools ask of symbols, shapes, attributes, executors, monitors."""

import mxnet as mx

from start import ByName, blobs, mlp, tell

net = mlp()
arguments, outputs, states = net.infer_shape(data=(20, 6))
internals = net.get_internals()
with mx.AttrScope(ctx_group="dev1", __lr_mult__="0.5"):
    named = mx.sym.Variable("named", shape=(2, 3))
with mx.name.Prefix("pre_"):
    prefixed = mx.sym.FullyConnected(named, num_hidden=2)
loaded = mx.sym.load_json(net.tojson())
counts = [len(net.list_arguments()), len(internals.list_outputs()), len(net.attr_dict()), len(loaded.list_arguments()), len(prefixed.name)]

X, y = blobs()
executor = net.simple_bind(mx.cpu(), data=(20, 6), grad_req="write")
for name, array in sorted(executor.arg_dict.items()):
    if name not in ("data", "softmax_label"):
        ByName()(mx.init.InitDesc(name), array)
executor.copy_params_from({"fc1_bias": mx.nd.ones((8,))}, allow_extra_params=True)
executor.forward(is_train=True, data=mx.nd.array(X[:20]), softmax_label=mx.nd.array(y[:20]))
executor.backward()
gradients = [mx.nd.norm(array).asscalar() for name, array in sorted(executor.grad_dict.items()) if name != "softmax_label"]

monitor = mx.mon.Monitor(1, lambda array: mx.nd.mean(mx.nd.abs(array)), pattern="fc2.*output|relu.*output", sort=True)
module = mx.mod.Module(net, context=mx.cpu())
module.bind([("data", (20, 6))], [("softmax_label", (20,))])
module.init_params(ByName())
module.install_monitor(monitor)
module.init_optimizer()
seen = []
for batch in mx.io.NDArrayIter(X, y, 20):
    monitor.tic()
    module.forward_backward(batch)
    module.update()
    seen += [float(value.strip()) for _, _, value in monitor.toc()]
mx.viz.print_summary(net, shape={"data": (1, 6)})
tell(
    shapes=[size for shape in arguments for size in shape],
    counts=counts,
    gradients=gradients,
    seen=seen,
    output=executor.outputs[0].asnumpy()[:3],
)
