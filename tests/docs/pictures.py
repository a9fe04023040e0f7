"""Draw the picture of the README, and keep what it was drawn from: ``python -m tests.docs.pictures``."""

from __future__ import annotations

from pathlib import Path

import symbolic as mx

__all__ = ["FOLDER", "PICTURES", "block"]

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def block():
    """Compose a residual block with a pooled, dense head; weights hidden, shapes on the edges."""
    data = mx.sym.Variable("data")
    net = mx.sym.Convolution(data, kernel=(3, 3), pad=(1, 1), num_filter=16, no_bias=True, name="conv1")
    net = mx.sym.Activation(mx.sym.BatchNorm(net, name="bn1"), act_type="relu", name="relu1")
    net = mx.sym.Convolution(net, kernel=(3, 3), pad=(1, 1), num_filter=16, no_bias=True, name="conv2")
    net = mx.sym.Activation(mx.sym.elemwise_add(net, data, name="sum"), act_type="relu", name="relu2")
    net = mx.sym.Pooling(net, global_pool=True, kernel=(1, 1), pool_type="avg", name="pool")
    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(net, num_hidden=10, name="fc"), name="softmax")
    return mx.viz.plot_network(net, title="block", shape={"data": (32, 16, 28, 28)}, save_format="svg")


PICTURES = {"block": block}


def main():
    """Draw each picture as SVG beside its DOT source."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in PICTURES.items():
        picture = make()
        (FOLDER / f"{name}.gv").write_text(picture.source, encoding="utf-8")
        (FOLDER / f"{name}.svg").write_bytes(picture.pipe(format="svg"))
        print(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
