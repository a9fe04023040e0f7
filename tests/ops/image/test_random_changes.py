"""Random changes of pictures: they stay in their bounds, differ from draw to draw, and follow the seed."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx
from symbolic.nd.call import on_arrays

PICTURE = np.random.RandomState(0).uniform(20, 200, (6, 5, 3)).astype("float32")


def draws(op, count, **params):
    """Change one picture ``count`` times."""
    data = mx.nd.array(PICTURE)
    return np.stack([on_arrays(op)(data, **params).asnumpy() for _ in range(count)])


def test_a_factor_is_drawn_between_its_bounds():
    mx.random.seed(1)
    factors = draws("_image_random_brightness", 400, min_factor=0.5, max_factor=1.5)[:, 0, 0, 0] / PICTURE[0, 0, 0]
    assert 0.5 <= factors.min() < 0.52 and 1.48 < factors.max() <= 1.5
    assert abs(factors.mean() - 1) < 0.06


@pytest.mark.parametrize(("op", "axis"), [("_image_random_flip_left_right", 1), ("_image_random_flip_top_bottom", 0)])
def test_half_of_the_pictures_are_flipped(op, axis):
    mx.random.seed(2)
    results = draws(op, 400)
    flipped = (results == np.flip(PICTURE, axis)).all((1, 2, 3))
    assert (flipped | (results == PICTURE).all((1, 2, 3))).all()
    assert 150 < flipped.sum() < 250


def test_jitter_changes_what_is_asked_for_only():
    mx.random.seed(3)
    results = draws("_image_random_color_jitter", 50, brightness=0.2, contrast=0, saturation=0, hue=0)
    factors = results / PICTURE
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :1, :1, :1], factors.shape), rtol=1e-5)
    assert factors.min() >= 0.8 and factors.max() <= 1.2 + 1e-6 and factors.std() > 0.05


def test_jitter_takes_the_changes_in_random_order():
    mx.random.seed(4)
    data = mx.nd.array(PICTURE)
    changed = on_arrays("_image_color")
    factors, kinds = mx.nd.array([1.5, 0.5]), "brightness,contrast"
    one, other = (changed(data, factors, mx.nd.array(order), kinds=kinds).asnumpy() for order in ([0, 1], [1, 0]))
    np.testing.assert_allclose(one, other, rtol=1e-5)  # these two commute
    kinds = "brightness,saturation"
    half = mx.nd.array(PICTURE.astype("uint8"), dtype="uint8")
    one, other = (changed(half, mx.nd.array([1.9, 0.1]), mx.nd.array(order), kinds=kinds).asnumpy() for order in ([0, 1], [1, 0]))
    assert (one != other).any()  # bounded in between


def test_light_follows_the_seed():
    seen = []
    for seed in (5, 5, 6):
        mx.random.seed(seed)
        seen.append(draws("_image_random_lighting", 3, alpha_std=0.1))
    np.testing.assert_array_equal(seen[0], seen[1])
    assert (seen[0] != seen[2]).any() and (seen[0][0] != seen[0][1]).any()


def test_a_flip_sends_the_gradient_back_where_it_came_from():
    mx.random.seed(7)
    symbol = mx.sym.Variable("data")
    symbol = mx.sym.image.random_flip_left_right(symbol)
    gradient = mx.nd.zeros(PICTURE.shape)
    bound = symbol.bind(mx.cpu(), {"data": mx.nd.array(PICTURE)}, {"data": gradient})
    head = np.random.RandomState(1).normal(size=PICTURE.shape).astype("float32")
    seen = set()
    for _ in range(12):
        is_flipped = bool((bound.forward(is_train=True)[0].asnumpy() != PICTURE).any())
        bound.backward(mx.nd.array(head))
        np.testing.assert_array_equal(gradient.asnumpy(), head[:, ::-1] if is_flipped else head)
        seen.add(is_flipped)
    assert seen == {True, False}
