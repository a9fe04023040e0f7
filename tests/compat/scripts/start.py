"""What the scripts share: first values that do not depend on a generator, and how they tell their numbers."""

import json
import zlib

import mxnet as mx
import numpy as np


@mx.init.register
class ByName(mx.init.Initializer):
    """Draw each weight from its name, so that any library starts with the same values."""

    def __init__(self, scale=0.3):
        super().__init__(scale=scale)
        self.scale = scale

    def _init_weight(self, name, arr):
        rng = np.random.RandomState(zlib.crc32(str(name).encode()) % 2**31)
        arr[:] = rng.uniform(-self.scale, self.scale, arr.shape)


def blobs(count=120, features=6, classes=3, seed=0):
    """Draw points about a few centres."""
    rng = np.random.RandomState(seed)
    centres = rng.normal(0, 2, (classes, features))
    labels = rng.randint(0, classes, count)
    return (centres[labels] + rng.normal(0, 1, (count, features))).astype(np.float32), labels.astype(np.float32)


def mlp(hidden=8, classes=3):
    """Compose a small perceptron."""
    net = mx.symbol.Variable("data")
    net = mx.symbol.FullyConnected(data=net, name="fc1", num_hidden=hidden)
    net = mx.symbol.Activation(data=net, name="relu1", act_type="relu")
    net = mx.symbol.FullyConnected(data=net, name="fc2", num_hidden=classes)
    return mx.symbol.SoftmaxOutput(data=net, name="softmax")


def tell(**numbers):
    """Print numbers as JSON, the last line."""
    print(json.dumps({key: np.asarray(value, dtype=np.float64).ravel().tolist() for key, value in numbers.items()}))
