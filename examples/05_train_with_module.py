"""Train a classifier of handwritten digits with ``Module.fit``, save it, and go on from the checkpoint.

Needs scikit-learn for its bundled data: pip install 'symbind[test]'
"""

import logging
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

import symbolic as mx

logging.basicConfig(level=logging.INFO, format="%(message)s")
mx.random.seed(0)
np.random.seed(0)

images, labels = load_digits(return_X_y=True)
order = np.random.permutation(len(images))
images, labels = images[order].astype(np.float32).reshape(-1, 1, 8, 8) / 16, labels[order].astype(np.float32)
train = mx.io.NDArrayIter(images[:1400], labels[:1400], batch_size=50, shuffle=True)
test = mx.io.NDArrayIter(images[1400:], labels[1400:], batch_size=50)

net = mx.sym.Convolution(mx.sym.Variable("data"), kernel=(3, 3), num_filter=16, name="conv")
net = mx.sym.Pooling(mx.sym.Activation(net, act_type="relu"), kernel=(2, 2), stride=(2, 2), pool_type="max")
net = mx.sym.Activation(mx.sym.FullyConnected(net, num_hidden=64, name="fc1"), act_type="relu")
net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=10, name="fc2"), name="softmax")

with tempfile.TemporaryDirectory() as folder:
    prefix = str(Path(folder) / "digits")
    options = {"learning_rate": 0.2, "momentum": 0.9, "wd": 1e-4, "lr_scheduler": mx.lr_scheduler.FactorScheduler(100, 0.7)}
    module = mx.mod.Module(net, context=mx.cpu())
    module.fit(
        train,
        eval_data=test,
        num_epoch=5,
        optimizer_params=options,
        initializer=mx.init.Xavier(),
        epoch_end_callback=mx.callback.module_checkpoint(module, prefix, save_optimizer_states=True),
    )

    # Another day: the weights, and the momentum of the optimizer, are those of epoch 5.
    again = mx.mod.Module.load(prefix, 5, load_optimizer_states=True)
    again.fit(train, eval_data=test, begin_epoch=5, num_epoch=8, optimizer_params={"learning_rate": 0.05, "momentum": 0.9})

accuracy = dict(again.score(test, "acc"))["accuracy"]
print(f"accuracy after 8 epochs on {len(images) - 1400} unseen digits: {accuracy:.2%}")
assert accuracy > 0.95
