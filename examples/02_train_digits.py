"""Train a classifier of handwritten digits; the whole step, updates by ``rmsprop_update`` too, is one graph.

Needs scikit-learn for its bundled data: pip install 'symbind[test]'
"""

import numpy as np
from sklearn.datasets import load_digits

import symbolic as mx

BATCH, EPOCHS = 50, 20

# The network, and its gradients as a graph.
data = mx.sym.Variable("data")
hidden = mx.sym.Activation(mx.sym.FullyConnected(data, num_hidden=128, name="fc1"), act_type="relu", name="relu1")
network = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(hidden, num_hidden=10, name="fc2"), name="softmax")
weights = ["fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"]
gradients = network.gradient(weights)

# A training step: each output is a weight after it; the running means n are states, rewritten by each run.
inner = {name: network.get_internals()[name] for name in weights}
step = mx.sym.Group(
    [
        mx.sym.rmsprop_update(
            inner[name], gradient, mx.sym.Variable(f"{name}_n"), lr=2e-3, rescale_grad=1 / BATCH, wd=1e-4, name=f"{name}_step"
        )
        for name, gradient in zip(weights, gradients, strict=True)
    ]
)

images, labels = load_digits(return_X_y=True)
order = np.random.RandomState(0).permutation(len(images))
images, labels = images[order].astype(np.float32) / 16, labels[order].astype(np.float32)
train, test = slice(0, 1400), slice(1400, None)

executor = step.simple_bind(mx.cpu(), grad_req="null", data=(BATCH, 64))
rng = np.random.RandomState(1)
for name in weights:
    array = executor.arg_dict[name]
    array[:] = rng.normal(0, 0.1, array.shape) if name.endswith("weight") else 0.0

for _ in range(EPOCHS):
    for start in range(0, 1400, BATCH):
        batch = slice(start, start + BATCH)
        stepped = executor.forward(is_train=True, data=images[train][batch], softmax_label=labels[train][batch])
        for name, value in zip(weights, stepped, strict=True):
            executor.arg_dict[name][:] = value

# The network alone, on images it has not seen.
tester = network.simple_bind(mx.cpu(), grad_req="null", data=images[test].shape)
tester.copy_params_from({name: executor.arg_dict[name] for name in weights})
found = tester.forward(data=images[test])[0].asnumpy().argmax(axis=1)
accuracy = (found == labels[test]).mean()
print(f"accuracy after {EPOCHS} epochs on {len(found)} unseen digits: {accuracy:.2%}")
assert accuracy > 0.97
