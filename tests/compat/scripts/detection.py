"""Heads of a single-shot detector over two feature maps: targets, losses, gradients, detections."""

import mxnet as mx
import numpy as np

from start import tell

rng = np.random.RandomState(0)


def multibox_layer(from_layers, num_classes, sizes, ratios):
    places, classes, anchors = [], [], []
    for k, layer in enumerate(from_layers):
        count = len(sizes[k]) - 1 + len(ratios[k])
        place = mx.sym.Convolution(layer, name="l%d_loc" % k, kernel=(3, 3), pad=(1, 1), num_filter=count * 4)
        places.append(mx.sym.Flatten(mx.sym.transpose(place, axes=(0, 2, 3, 1))))
        kind = mx.sym.Convolution(layer, name="l%d_cls" % k, kernel=(3, 3), pad=(1, 1), num_filter=count * (num_classes + 1))
        classes.append(mx.sym.Flatten(mx.sym.transpose(kind, axes=(0, 2, 3, 1))))
        anchors.append(mx.sym.Flatten(mx.contrib.symbol.MultiBoxPrior(layer, sizes=sizes[k], ratios=ratios[k], clip=True)))
    place = mx.sym.Concat(*places, num_args=len(places), dim=1)
    kind = mx.sym.Reshape(data=mx.sym.Concat(*classes, num_args=len(classes), dim=1), shape=(0, -1, num_classes + 1))
    anchors = mx.sym.Reshape(data=mx.sym.Concat(*anchors, num_args=len(anchors), dim=1), shape=(0, -1, 4))
    return place, mx.sym.transpose(kind, axes=(0, 2, 1)), anchors


data, label = mx.sym.Variable("data"), mx.sym.Variable("label")
conv = mx.sym.Convolution(data, kernel=(3, 3), stride=(2, 2), pad=(1, 1), num_filter=4, name="base")
first = mx.sym.Activation(conv, act_type="relu")
second = mx.sym.Pooling(first, kernel=(2, 2), stride=(2, 2), pool_type="max")
place, kind, anchors = multibox_layer([first, second], 2, [[0.2, 0.3], [0.5, 0.6]], [[1, 2], [1, 0.5]])
target = mx.contrib.symbol.MultiBoxTarget(
    *[anchors, label, kind], overlap_threshold=0.5, ignore_label=-1, negative_mining_ratio=3, negative_mining_thresh=0.5
)
chosen = mx.symbol.SoftmaxOutput(
    data=kind, label=target[2], ignore_label=-1, use_ignore=True, multi_output=True, normalization="valid", name="cls_prob"
)
away = mx.symbol.smooth_l1(data=target[1] * (place - target[0]), scalar=1.0)
away = mx.symbol.MakeLoss(away, grad_scale=1.0, normalization="valid", name="loc_loss")
found = mx.contrib.symbol.MultiBoxDetection(*[chosen, place, anchors], nms_threshold=0.5, force_suppress=False, nms_topk=10)
net = mx.symbol.Group([chosen, away, mx.symbol.MakeLoss(target[2], grad_scale=0), mx.symbol.MakeLoss(found, grad_scale=0)])

shapes = {"data": (2, 3, 16, 16), "label": (2, 2, 5)}
args = {n: mx.nd.array(rng.uniform(-0.2, 0.2, s)) for n, s in zip(net.list_arguments(), net.infer_shape(**shapes)[0])}
args["data"][:] = rng.randn(2, 3, 16, 16)
args["label"][:] = np.array([[[0, 0.1, 0.1, 0.5, 0.6], [-1] * 5], [[1, 0.4, 0.3, 0.9, 0.8], [0, 0.1, 0.1, 0.3, 0.3]]])
grads = {k: mx.nd.zeros(v.shape) for k, v in args.items() if k not in shapes}
exe = net.bind(mx.cpu(), args, grads)
losses = []
for _ in range(4):
    exe.forward(is_train=True)
    exe.backward()
    losses.append(exe.outputs[1].asnumpy().sum())
    for name, grad in grads.items():
        args[name] -= 0.2 * grad
tell(losses=losses, labels=exe.outputs[2].asnumpy(), found=exe.outputs[3].asnumpy()[0, :3], weight=args["base_weight"].asnumpy()[0])
