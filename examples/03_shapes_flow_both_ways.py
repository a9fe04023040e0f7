"""Shapes are inferred forwards and backwards, in part, and with errors that say which node does not fit."""

import symbolic as mx

data = mx.sym.Variable("data")
network = mx.sym.FullyConnected(mx.sym.Convolution(data, kernel=(3, 3), num_filter=8, name="conv"), num_hidden=10, name="fc")

arguments, outputs, _ = network.infer_shape(data=(32, 3, 28, 28))
for name, shape in zip(network.list_arguments(), arguments, strict=True):
    print(f"{name:12} {shape}")
print(f"{'output':12} {outputs[0]}")

# What is not known stays open: 0 is an unknown size.
print(network.infer_shape_partial(conv_weight=(8, 3, 3, 3)))

# The batch follows from an output that is said to fit something else.
total = network + mx.sym.Variable("other", shape=(16, 10))
print(total.infer_shape_partial(data=(0, 3, 28, 28))[0][0])

try:
    network.infer_shape(data=(32, 3, 28, 28), conv_weight=(8, 4, 3, 3))
except mx.MXNetError as error:
    print(error)
