"""Gradients of gradients, against central differences in float64: what MXNet lacks for all of these."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic import registry

RANDOM = np.random.RandomState(0)
BOX = np.array([[0, 0.3, 0.4, 3.1, 2.7]])


def normal(*shape):
    return RANDOM.normal(size=shape)


def inside(*shape):
    return RANDOM.uniform(-0.9, 0.9, shape)


EXAMPLES = {
    "BilinearSampler": ({"data": normal(1, 2, 3, 4), "grid": inside(1, 2, 2, 2)}, {}, ["data", "grid"]),
    "SpatialTransformer": (
        {"data": normal(1, 1, 3, 4), "loc": inside(1, 6)},
        {"transform_type": "affine", "sampler_type": "bilinear", "target_shape": (2, 3)},
        ["data", "loc"],
    ),
    "_contrib_DeformableConvolution": (
        {"data": normal(1, 2, 3, 3), "offset": inside(1, 8, 2, 2), "weight": normal(1, 2, 2, 2)},
        {"kernel": (2, 2), "num_filter": 1, "no_bias": True},
        ["data", "offset", "weight"],
    ),
    "_contrib_ModulatedDeformableConvolution": (
        {"data": normal(1, 2, 3, 3), "offset": inside(1, 8, 2, 2), "mask": inside(1, 4, 2, 2), "weight": normal(1, 2, 2, 2)},
        {"kernel": (2, 2), "num_filter": 1, "no_bias": True},
        ["data", "offset", "mask"],
    ),
    "Correlation": ({"data1": normal(1, 1, 3, 3), "data2": normal(1, 1, 3, 3)}, {}, ["data1", "data2"]),
    "_contrib_ROIAlign": ({"data": normal(1, 1, 4, 4), "rois": BOX}, {"pooled_size": (2, 2), "spatial_scale": 1.0}, ["data"]),
    "_contrib_PSROIPooling": (
        {"data": normal(1, 4, 4, 4), "rois": BOX},
        {"pooled_size": 2, "output_dim": 1, "spatial_scale": 1.0},
        ["data"],
    ),
    "im2col": ({"data": normal(1, 1, 3, 3)}, {"kernel": (2, 2), "pad": (1, 0)}, ["data"]),
    "col2im": ({"data": normal(1, 4, 4)}, {"kernel": (2, 2), "output_size": (3, 3)}, ["data"]),
}


def value(symbol, arrays):
    arguments = {name: mx.nd.array(arrays[name], dtype="float64") for name in symbol.list_arguments()}
    return symbol.bind(mx.cpu(), arguments).forward()[0].asnumpy()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_gradient_of_a_gradient_is_its_slope(name):
    arrays, params, inputs = EXAMPLES[name]
    symbol = registry.find(name)(**{slot: mx.sym.Variable(slot) for slot in arrays}, **params)
    head, weight = "head", "weight_of_gradient"
    arrays = {**arrays, head: normal(*value(symbol, arrays).shape)}
    for slot in inputs:
        arrays[weight] = normal(*arrays[slot].shape)
        gradient = mx.sym.sum(symbol * mx.sym.Variable(head)).gradient(slot)
        total = mx.sym.sum(gradient * mx.sym.Variable(weight))
        for other in (*inputs, head):
            found = value(total.gradient(other), arrays)
            np.testing.assert_allclose(found, slopes(total, arrays, other), rtol=1e-6, atol=1e-6, err_msg=f"{name}: {slot}, {other}")


def slopes(symbol, arrays, slot, step=1e-5):
    found = np.zeros(arrays[slot].shape)
    for place in np.ndindex(*found.shape):
        sides = []
        for sign in (-1, 1):
            moved = arrays[slot].copy()
            moved[place] += sign * step
            sides.append(value(symbol, {**arrays, slot: moved})[0])
        found[place] = (sides[1] - sides[0]) / (2 * step)
    return found


def test_the_gradient_of_distances_has_none():
    one, other = mx.sym.Variable("one"), mx.sym.Variable("other")
    gradient = mx.sym.sum(mx.sym.Correlation(one, other, is_multiply=False)).gradient("one")
    with pytest.raises(mx.MXNetError, match="gradient of distances"):
        mx.sym.sum(gradient).gradient("one")
