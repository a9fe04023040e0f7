"""Load a saved model, infer its shapes, run it, print what it sees, draw it.

The model reads handwritten digits; ``examples/models/make_digits.py`` trained it with this library. A model that MXNet
saved is used in just the same way.
"""

from pathlib import Path

import symbolic as mx

here = Path(__file__).parent
out = Path("out")
out.mkdir(exist_ok=True)

symbol, arguments, states = mx.model.load_checkpoint(here / "models" / "digits", 40)
digits = mx.nd.load(here / "models" / "digits-sample.params")
images, labels = digits["images"], digits["labels"].asnumpy().astype(int)

shapes, outputs, _ = symbol.infer_shape(data=images.shape)
print(f"{len(arguments)} arrays of parameters; for images {images.shape} the output is {outputs[0]}")

executor = symbol.simple_bind(mx.cpu(), grad_req="null", data=images.shape)
executor.copy_params_from(arguments, states)
(probabilities,) = executor.forward(data=images)

print("\n digit  seen as  certainty")
for label, row in zip(labels, probabilities.asnumpy(), strict=True):
    print(f"{label:>6}  {row.argmax():>7}  {row.max():>9.4f}")
right = (probabilities.asnumpy().argmax(axis=1) == labels).mean()
print(f"\n{right:.0%} right")

mx.viz.plot_network(symbol, title="digits", shape={"data": images.shape}).render(out / "digits", format="png", cleanup=True)
print(f"drawn to {out / 'digits.png'}")
