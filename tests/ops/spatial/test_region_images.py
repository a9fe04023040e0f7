"""Regions of images that do not exist: MXNet reads before the first image, or behind the last."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic import registry

BOX = [1, 1, 4, 4]
POOLED = {"pooled_size": (2, 2), "spatial_scale": 1.0}
APART = {"pooled_size": 2, "spatial_scale": 1.0, "output_dim": 1}
OPERATORS = {
    "ROIPooling": POOLED,
    "_contrib_ROIAlign": POOLED,
    "_contrib_RROIAlign": POOLED,
    "_contrib_PSROIPooling": APART,
    "_contrib_DeformablePSROIPooling": {**APART, "group_size": 2, "no_trans": True, "sample_per_part": 2},
}
DATA = np.random.RandomState(0).normal(size=(2, 4, 6, 6)).astype("float32")


def pooled(name, numbers, heads=None):
    """Pool one box of the images with these numbers; return the output and the gradient of the data."""
    box = [*BOX, 30] if name == "_contrib_RROIAlign" else BOX
    rois = np.array([[number, *box] for number in numbers], "float32")
    symbol = registry.find(name)(data=mx.sym.Variable("data"), rois=mx.sym.Variable("rois"), **OPERATORS[name])
    gradient = mx.nd.zeros(DATA.shape)
    has_gradient = name != "_contrib_RROIAlign"
    bound = symbol.bind(mx.cpu(), {"data": mx.nd.array(DATA), "rois": mx.nd.array(rois)}, {"data": gradient} if has_gradient else None)
    output = bound.forward(is_train=True)[0].asnumpy()
    if has_gradient:
        bound.backward(mx.nd.array(np.ones_like(output)))
    return output, gradient.asnumpy()


@pytest.mark.parametrize("name", OPERATORS)
def test_an_image_below_zero_gives_zeros(name):
    output, gradient = pooled(name, [-1, 1, -2])
    alone, gradient_alone = pooled(name, [1])
    np.testing.assert_array_equal(output[[0, 2]], 0)
    np.testing.assert_allclose(output[1:2], alone, rtol=1e-6)
    np.testing.assert_allclose(gradient, gradient_alone, rtol=1e-6)
    assert np.abs(alone).sum() > 0


@pytest.mark.parametrize("name", OPERATORS)
def test_an_image_behind_the_last_is_refused(name):
    with pytest.raises(mx.MXNetError, match="image 2, there are 2"):
        pooled(name, [0, 2])
