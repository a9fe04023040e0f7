"""Fine-tune a saved model: its layers stay as they are, a new head learns to tell odd digits from even ones.

Needs scikit-learn for its bundled data: pip install 'symbind[test]'
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

import symbolic as mx

mx.random.seed(0)
np.random.seed(0)

symbol, arguments, states = mx.model.load_checkpoint(Path(__file__).parent / "models" / "digits", 40)
features = symbol.get_internals()["flatten_output"]  # all but the last layer
head = mx.sym.FullyConnected(features, num_hidden=2, name="odd")
network = mx.sym.SoftmaxOutput(head, name="softmax")
frozen = [name for name in network.list_arguments() if name in arguments]
print(f"kept as they are: {', '.join(frozen)}")

images, digits = load_digits(return_X_y=True)
images, odd = images.astype(np.float32).reshape(-1, 1, 8, 8) / 16, (digits % 2).astype(np.float32)
train = mx.io.NDArrayIter(images[:500], odd[:500], batch_size=50, shuffle=True)
test = mx.io.NDArrayIter(images[500:], odd[500:], batch_size=50)

module = mx.mod.Module(network, context=mx.cpu(), fixed_param_names=frozen)
module.fit(
    train,
    num_epoch=30,
    arg_params={name: arguments[name] for name in frozen},
    aux_params=states,
    allow_missing=True,  # the head is new
    initializer=mx.init.Normal(0.01),
    optimizer="adam",
    optimizer_params={"learning_rate": 0.01},
)
trained, _ = module.get_params()
for name in frozen:
    assert np.array_equal(trained[name].asnumpy(), arguments[name].asnumpy())
accuracy = dict(module.score(test, "acc"))["accuracy"]
print(f"odd or even, after 500 examples: {accuracy:.2%} of the others right")
assert accuracy > 0.95
