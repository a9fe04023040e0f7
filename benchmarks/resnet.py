"""ResNet-18 and -50 (v1, batch normalisation kept) in inference, on images of 224 x 224."""

from __future__ import annotations

import numpy as np

from benchmarks.harness.workload import Bar, Workload, draw, threads

CASES = [(depth, batch) for depth in (18, 50) for batch in (1, 8)]
work = Workload(
    "ResNet inference",
    cases={f"ResNet-{depth}, batch {batch}": {"depth": depth, "batch": batch, "side": 224, "width": 64} for depth, batch in CASES},
    tiny={"side": 32, "width": 4},
    bars=(Bar("numpy", 1.8, "MXNet"), Bar("numba", 1.4, "MXNet")),
)
REPEATS = {18: (2, 2, 2, 2), 50: (3, 4, 6, 3)}
CLASSES, EPS = 1000, 1e-5


def resnet(layers, x, depth, width):
    """Wire the network: 3 x 3 pairs, or bottlenecks with the stride in their first 1 x 1 convolution."""
    x = layers.pool(layers.convolution(x, "stem", 3, width, 7, 2, relu=True))
    channels = width
    for stage, repeats in enumerate(REPEATS[depth]):
        inner = width << stage
        outer = inner if depth < 50 else 4 * inner
        for unit in range(repeats):
            name = f"stage{stage}_unit{unit}"
            stride = 2 if stage and not unit else 1
            straight = x if channels == outer and stride == 1 else layers.convolution(x, f"{name}_skip", channels, outer, 1, stride)
            if depth < 50:
                x = layers.convolution(x, f"{name}_a", channels, inner, 3, stride, relu=True)
                x = layers.convolution(x, f"{name}_b", inner, outer, 3, 1)
            else:
                x = layers.convolution(x, f"{name}_a", channels, inner, 1, stride, relu=True)
                x = layers.convolution(x, f"{name}_b", inner, inner, 3, 1, relu=True)
                x = layers.convolution(x, f"{name}_c", inner, outer, 1, 1)
            x = layers.join(x, straight)
            channels = outer
    return layers.classes(x, channels)


class Symbols:
    """Layers as symbols, ours or MXNet's."""

    def __init__(self, sym):
        self.sym = sym

    def relu(self, x):
        return self.sym.Activation(x, act_type="relu")

    def convolution(self, x, name, below, above, kernel, stride, relu=False):
        settings = {"kernel": (kernel, kernel), "stride": (stride, stride), "pad": (kernel // 2, kernel // 2)}
        x = self.sym.Convolution(x, num_filter=above, no_bias=True, name=name, **settings)
        x = self.sym.BatchNorm(x, fix_gamma=False, eps=EPS, name=f"{name}_bn")
        return self.relu(x) if relu else x

    def pool(self, x):
        return self.sym.Pooling(x, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max")

    def join(self, x, straight):
        return self.relu(x + straight)

    def classes(self, x, channels):
        x = self.sym.Pooling(x, global_pool=True, kernel=(7, 7), pool_type="avg")
        return self.sym.FullyConnected(x, num_hidden=CLASSES, name="classes")


class Tensors:
    """Layers as torch's functions."""

    def __init__(self, torch):
        self.torch, self.parameters = torch, {}

    def parameter(self, name, *shape):
        found = self.parameters.get(name)
        if found is None:
            found = self.parameters[name] = self.torch.from_numpy(draw(name, shape))
        return found

    def convolution(self, x, name, below, above, kernel, stride, relu=False):
        x = self.torch.conv2d(x, self.parameter(f"{name}_weight", above, below, kernel, kernel), None, stride, kernel // 2)
        mean, var, gamma, beta = (self.parameter(f"{name}_bn_{part}", above) for part in ("moving_mean", "moving_var", "gamma", "beta"))
        x = self.torch.nn.functional.batch_norm(x, mean, var, gamma, beta, False, 0.0, EPS)
        return self.torch.relu_(x) if relu else x

    def pool(self, x):
        return self.torch.max_pool2d(x, 3, 2, 1)

    def join(self, x, straight):
        return self.torch.relu_(x + straight)

    def classes(self, x, channels):
        x = x.mean((2, 3))
        return self.torch.nn.functional.linear(
            x, self.parameter("classes_weight", CLASSES, channels), self.parameter("classes_bias", CLASSES)
        )


def magnitude(output):
    return np.abs(np.asarray(output, "d")).mean()


@work.ours()
@work.mxnet()
def bound(mx, depth, batch, side, width):
    symbol = resnet(Symbols(mx.sym), mx.sym.Variable("data"), depth, width)
    exe = symbol.simple_bind(mx.cpu(), data=(batch, 3, side, side), grad_req="null")
    for named in (exe.arg_dict, exe.aux_dict):
        for name, array in named.items():
            array[:] = draw(name, array.shape)

    def step():
        exe.forward(is_train=False)[0].wait_to_read()

    return step, lambda: magnitude(exe.outputs[0].asnumpy())


@work.other("torch eager")
def torch_eager(depth, batch, side, width):
    import torch

    torch.set_num_threads(threads())
    layers = Tensors(torch)
    data = torch.from_numpy(draw("data", (batch, 3, side, side)))
    kept = []

    def step():
        with torch.inference_mode():
            kept[:] = [resnet(layers, data, depth, width)]

    return step, lambda: magnitude(kept[0])
