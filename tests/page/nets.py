"""Networks whose pages are tested: a perceptron, ResNet-50, a detector, thousands of nodes, loops, a whole training step."""

from __future__ import annotations

import symbolic as mx

sym = mx.sym


def perceptron(prefix=""):
    x = sym.Variable("data")
    for number, units in enumerate((128, 64), start=1):
        x = sym.FullyConnected(x, num_hidden=units, name=f"{prefix}fc{number}")
        x = sym.Activation(x, act_type="relu", name=f"{prefix}relu{number}")
    return sym.SoftmaxOutput(sym.FullyConnected(x, num_hidden=10, name=f"{prefix}fc3"), name="softmax")


def convolution(x, name, filters, size, stride=1):
    pad = size // 2
    return sym.Convolution(
        x, num_filter=filters, kernel=(size, size), stride=(stride, stride), pad=(pad, pad), no_bias=True, name=f"{name}"
    )


def normalised(x, name):
    return sym.Activation(sym.BatchNorm(x, fix_gamma=False, name=f"{name}_bn"), act_type="relu", name=f"{name}_relu")


def resnet50(classes=1000):
    x = convolution(sym.Variable("data"), "conv0", 64, 7, 2)
    x = sym.Pooling(normalised(x, "first"), kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max", name="pool0")
    for stage, (units, filters) in enumerate(zip((3, 4, 6, 3), (256, 512, 1024, 2048), strict=True), start=1):
        for unit in range(1, units + 1):
            name = f"stage{stage}_unit{unit}"
            stride = 2 if unit == 1 and stage > 1 else 1
            inner = normalised(x, f"{name}_a")
            short = convolution(inner, f"{name}_sc", filters, 1, stride) if unit == 1 else x
            inner = normalised(convolution(inner, f"{name}_conv1", filters // 4, 1), f"{name}_b")
            inner = normalised(convolution(inner, f"{name}_conv2", filters // 4, 3, stride), f"{name}_c")
            x = sym.elemwise_add(convolution(inner, f"{name}_conv3", filters, 1), short, name=f"{name}_plus")
    x = sym.Pooling(normalised(x, "last"), global_pool=True, kernel=(7, 7), pool_type="avg", name="pool1")
    return sym.SoftmaxOutput(sym.FullyConnected(sym.Flatten(x, name="flat"), num_hidden=classes, name="fc1"), name="softmax")


def detector(classes=20):
    """A small single-shot detector: boxes and classes from three scales, matched for training."""
    label = sym.Variable("label")
    x = sym.Variable("data")
    scales = []
    for number, filters in enumerate((32, 64, 128, 128), start=1):
        x = normalised(convolution(x, f"body{number}_conv", filters, 3), f"body{number}")
        x = sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max", name=f"body{number}_pool")
        if number > 1:
            scales.append(x)
    scores, offsets, anchors = [], [], []
    for number, scale in enumerate(scales):
        score = sym.Convolution(scale, num_filter=4 * (classes + 1), kernel=(3, 3), pad=(1, 1), name=f"scale{number}_score")
        offset = sym.Convolution(scale, num_filter=4 * 4, kernel=(3, 3), pad=(1, 1), name=f"scale{number}_offset")
        scores.append(sym.Flatten(sym.transpose(score, axes=(0, 2, 3, 1), name=f"scale{number}_last"), name=f"scale{number}_flat"))
        offsets.append(sym.Flatten(sym.transpose(offset, axes=(0, 2, 3, 1), name=f"scale{number}_last2"), name=f"scale{number}_flat2"))
        anchors.append(sym.contrib.MultiBoxPrior(scale, sizes=(0.2 + 0.2 * number, 0.3), ratios=(1, 2, 0.5), name=f"scale{number}_anchors"))
    scores = sym.Reshape(sym.Concat(*scores, dim=1, name="scores"), shape=(0, -1, classes + 1), name="scores_by_box")
    scores = sym.transpose(scores, axes=(0, 2, 1), name="scores_last")
    offsets = sym.Concat(*offsets, dim=1, name="offsets")
    anchors = sym.Concat(*anchors, dim=1, name="anchors")
    target = sym.contrib.MultiBoxTarget(anchors, label, scores, name="target")
    chosen = sym.SoftmaxOutput(scores, target[2], multi_output=True, use_ignore=True, ignore_label=-1, name="class_prob")
    loss = sym.MakeLoss(sym.smooth_l1(target[1] * (offsets - target[0]), scalar=1, name="distance"), name="box_loss")
    found = sym.contrib.MultiBoxDetection(chosen, offsets, anchors, name="detection")
    return sym.Group([chosen, loss, sym.BlockGrad(found, name="found")])


def thousands(count=5000):
    """A chain with skips, of nodes that names tell nothing about."""
    x = sym.Variable("data")
    kept = [x]
    for number in range(count - 1):
        x = sym.exp(x, name=f"n{number}") if number % 3 else sym.elemwise_add(x, kept[-min(7, len(kept))], name=f"n{number}")
        kept.append(x)
    return x


def loops():
    rows, start = sym.Variable("rows"), sym.Variable("start")

    def step(row, memory):
        new = sym.tanh(sym.FullyConnected(row, num_hidden=8, name="mix") + memory, name="new")
        return new * 2, new

    made, last = sym.contrib.foreach(step, rows, start, name="walk")
    return sym.Group([sym.sum(made, name="total"), sym.relu(last, name="end")])


def whole_step():
    """Forward pass, gradient and update as one graph."""
    net = sym.SoftmaxOutput(sym.FullyConnected(sym.Variable("data"), num_hidden=4, name="fc"), name="softmax")
    gradient = net.gradient(["fc_weight"])
    weight = sym.Variable("fc_weight")
    return sym.Group([net, sym.sgd_update(weight, gradient[0], lr=0.1, name="update")])
