"""Two modules that train each other by gradients of inputs, without fit."""

import mxnet as mx
import numpy as np

from start import ByName, tell

batch = 16
generator_net = mx.sym.FullyConnected(mx.sym.Variable("rand"), name="g1", num_hidden=8)
generator_net = mx.sym.FullyConnected(mx.sym.Activation(generator_net, act_type="tanh"), name="g2", num_hidden=2)
judge_net = mx.sym.FullyConnected(mx.sym.Variable("data"), name="d1", num_hidden=8)
judge_net = mx.sym.LeakyReLU(judge_net, act_type="leaky", slope=0.2)
judge_net = mx.sym.LogisticRegressionOutput(
    mx.sym.FullyConnected(judge_net, name="d2", num_hidden=1), mx.sym.Variable("label"), name="dloss"
)

generator = mx.mod.Module(symbol=generator_net, data_names=("rand",), label_names=None, context=mx.cpu())
generator.bind(data_shapes=[("rand", (batch, 3))], inputs_need_grad=True)
judge = mx.mod.Module(symbol=judge_net, data_names=("data",), label_names=("label",), context=mx.cpu())
judge.bind(data_shapes=[("data", (batch, 2))], label_shapes=[("label", (batch, 1))], inputs_need_grad=True)
for module in (generator, judge):
    module.init_params(initializer=ByName())
    module.init_optimizer(optimizer="adam", optimizer_params={"learning_rate": 0.02, "beta1": 0.5})

rng = np.random.RandomState(0)
ones, zeros = mx.nd.ones((batch, 1)), mx.nd.zeros((batch, 1))
seen = []
for _ in range(15):
    noise = mx.io.DataBatch([mx.nd.array(rng.normal(size=(batch, 3)))], [])
    generator.forward(noise, is_train=True)
    made = generator.get_outputs()
    judge.forward(mx.io.DataBatch(made, [zeros]), is_train=True)
    judge.backward()
    kept = [[grad.copyto(grad.context) for grad in grads] for grads in judge._exec_group.grad_arrays]
    real = mx.nd.array(rng.normal(2, 0.5, size=(batch, 2)))
    judge.forward(mx.io.DataBatch([real], [ones]), is_train=True)
    judge.backward()
    for grads, old in zip(judge._exec_group.grad_arrays, kept):
        for grad, other in zip(grads, old):
            grad += other
    judge.update()
    judge.forward(mx.io.DataBatch(made, [ones]), is_train=True)
    judge.backward()
    generator.backward(judge.get_input_grads())
    generator.update()
    seen.append(judge.get_outputs()[0].asnumpy().mean())
tell(judged=seen, weight=generator.get_params()[0]["g2_weight"].asnumpy(), made=made[0].asnumpy()[:4])
