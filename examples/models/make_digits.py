"""Train the model that ``01_run_a_saved_model.py`` runs, and write it beside this file.

Needs scikit-learn for its bundled data: pip install 'symbind[test]'
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

import symbolic as mx

BATCH, EPOCHS = 50, 40

data = mx.sym.Variable("data")
net = mx.sym.Convolution(data, kernel=(3, 3), pad=(1, 1), num_filter=16, name="conv1")
net = mx.sym.Activation(mx.sym.BatchNorm(net, fix_gamma=False, name="bn1"), act_type="relu", name="relu1")
net = mx.sym.Pooling(net, kernel=(2, 2), stride=(2, 2), pool_type="max", name="pool1")
net = mx.sym.Convolution(net, kernel=(3, 3), num_filter=32, name="conv2")
net = mx.sym.Activation(net, act_type="relu", name="relu2")
net = mx.sym.Dropout(mx.sym.Flatten(net, name="flatten"), p=0.3, name="drop")
net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=10, name="fc"), name="softmax")

images, labels = load_digits(return_X_y=True)
order = np.random.RandomState(0).permutation(len(images))
images, labels = images[order].astype(np.float32).reshape(-1, 1, 8, 8) / 16, labels[order].astype(np.float32)

mx.random.seed(0)
rng = np.random.RandomState(1)
executor = net.simple_bind(mx.cpu(), data=(BATCH, 1, 8, 8))
for name, array in executor.arg_dict.items():
    array[:] = rng.normal(0, 0.1, array.shape) if name.endswith("weight") else float(name.endswith("gamma"))
executor.aux_dict["bn1_moving_var"][:] = 1
means = {name: mx.nd.zeros(array.shape) for name, array in executor.arg_dict.items()}
for epoch in range(EPOCHS):
    for batch in rng.permutation(1400).reshape(-1, BATCH):
        executor.forward(is_train=True, data=images[batch], softmax_label=labels[batch])
        executor.backward()
        for name, gradient in executor.grad_dict.items():
            if name not in ("data", "softmax_label"):
                weight = executor.arg_dict[name]
                mx.nd.rmsprop_update(weight, gradient, means[name], lr=2e-3 * 0.5 ** (epoch // 8), rescale_grad=1 / BATCH, out=weight)

tester = executor.reshape(data=(len(images) - 1400, 1, 8, 8), allow_up_sizing=True, partial_shaping=True)
accuracy = (tester.forward(data=images[1400:])[0].asnumpy().argmax(axis=1) == labels[1400:]).mean()
print(f"accuracy {accuracy:.2%}")
assert accuracy > 0.98

here = Path(__file__).parent
parameters = {name: array for name, array in executor.arg_dict.items() if name not in ("data", "softmax_label")}
mx.model.save_checkpoint(here / "digits", EPOCHS, net, parameters, executor.aux_dict)
chosen = [1400 + int(np.flatnonzero(labels[1400:] == digit)[0]) for digit in range(10)]
mx.nd.save(here / "digits-sample.params", {"images": mx.nd.array(images[chosen]), "labels": mx.nd.array(labels[chosen])})
