"""A whole training step is one graph: it prints, draws, saves, and runs in one call; weights change in their own arrays."""

import tempfile
from pathlib import Path

import numpy as np

import symbolic as mx

mx.random.seed(0)
data = mx.sym.Variable("data")
hidden = mx.sym.Activation(mx.sym.FullyConnected(data, num_hidden=16, name="fc1"), act_type="tanh", name="tanh1")
network = mx.sym.LogisticRegressionOutput(mx.sym.FullyConnected(hidden, num_hidden=1, name="fc2"), name="out")

symbol = mx.training.step(network, "adam", label_names=["out_label"], learning_rate=0.05)
print(f"inputs   {', '.join(symbol.list_arguments())}")
print(f"rewrites {', '.join(symbol.list_auxiliary_states()[:4])}, ...")
print(f"outputs  {', '.join(symbol.list_outputs())}; {len(symbol.graph.nodes)} nodes")

rng = np.random.RandomState(0)
x = rng.uniform(-1, 1, (64, 2)).astype(np.float32)
y = (x[:, :1] * x[:, 1:] > 0).astype(np.float32)  # exclusive or


def bound():
    """Bind a step to arrays; schedulers feed it, so that no rate is compiled in."""
    rates = mx.lr_scheduler.CosineScheduler(400, base_lr=0.05, final_lr=0.005)
    optimizer = mx.optimizer.Adam(learning_rate=0.05, lr_scheduler=rates, rescale_grad=1 / 64)
    return mx.training.Step(network, optimizer, label_names=["out_label"], data=x.shape, out_label=y.shape)


step = bound()
step.init_params(mx.init.Xavier(magnitude=6))
with tempfile.TemporaryDirectory() as folder:
    saved = Path(folder) / "step.params"
    for number in range(400):
        if number == 200:
            step.save(saved)
        (seen,) = step(data=x, out_label=y)

    again = bound()
    again.load(saved)
    for _ in range(200):
        again(data=x, out_label=y)

right = ((seen.asnumpy() > 0.5) == y).mean()
same = all(np.array_equal(array.asnumpy(), again.weights[name].asnumpy()) for name, array in step.weights.items())
print(f"{right:.1%} right after {step.count.asscalar()} steps; resumed from step 200, the same weights to the last bit: {same}")
assert right > 0.95 and same
