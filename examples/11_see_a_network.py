"""See a network: as a picture, as a page for the browser, as a table, and what it costs as a formula of the batch size.

``out/network.html`` is one file that needs no network connection: search in it, fold blocks, click a node for its details.
"""

from pathlib import Path

import symbolic as mx

out = Path("out")
out.mkdir(exist_ok=True)


def unit(net, width, name):
    """Add two convolutions to what goes in."""
    with mx.name.Prefix(f"{name}_"):
        part = mx.sym.Convolution(net, kernel=(3, 3), pad=(1, 1), num_filter=width, no_bias=True, name="conv1")
        part = mx.sym.Activation(mx.sym.BatchNorm(part, name="bn"), act_type="relu", name="relu")
        part = mx.sym.Convolution(part, kernel=(3, 3), pad=(1, 1), num_filter=width, no_bias=True, name="conv2")
        return mx.sym.elemwise_add(net, part, name="sum")


net = mx.sym.Convolution(mx.sym.Variable("data"), kernel=(3, 3), pad=(1, 1), num_filter=16, name="stem")
for number in (1, 2):
    net = unit(net, 16, f"stage1_unit{number}")
net = mx.sym.Pooling(net, kernel=(1, 1), global_pool=True, pool_type="avg", name="pool")
net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=10, name="fc"), name="softmax")
shape = {"data": (32, 3, 32, 32)}

# A table. Weights that are shared count once.
print(net.summary(shape))

# What a run takes, as formulas of the batch size N; with gradients, too.
cost = net.cost(data=("N", 3, 32, 32), grad=True)
print(f"\nfor a batch of N: {cost.flops} FLOPs, {cost.parameters} parameters")
print(f"for a batch of 32: {cost.flops(N=32) / 1e9:.2f} GFLOP")
print(f"the largest batch that trains in 500 MB: {cost.largest('N', bytes='500 MB')}")

# Pictures: the whole, coloured by the FLOPs of each node; and with each block of repeated names folded to one box.
net.plot(title="network", shape=shape, heat="flops").render(out / "network", format="svg", cleanup=True)
net.plot(title="folded", shape=shape, collapse=True).render(out / "folded", format="svg", cleanup=True)

# A page.
mx.viz.save_page(net, out / "network.html", shape=shape, title="A small residual network")
print(f"\ndrawn to {out / 'network.svg'} and {out / 'folded.svg'}; the page is {out / 'network.html'}")
