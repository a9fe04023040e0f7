"""Pictures with boxes where MXNet cannot be asked: drawing them, what is left out, changes whose draws are this library's own."""

import logging
import random

import numpy as np
import pytest

import symbolic as mx
from symbolic.training.io import pictures
from tests.training.scenarios import image_detection as page
from tests.training.scenarios import image_detection_records as records
from tests.training.scenarios.io_image import pixels

DRAW = np.random.default_rng(0)


def iterator(n=3, **words):
    return mx.image.ImageDetIter(2, (3, 40, 50), aug_list=[], **page.imglist(n, size=(40, 50)), **words)


def test_boxes_are_drawn():
    it = iterator()
    drawn = list(it.draw_next(color=(10, 20, 30), thickness=1))
    assert [picture.shape for picture in drawn] == [(40, 50, 3)] * 3
    picture = drawn[0]  # its box: 0.1 to 0.6 across, 0.2 to 0.9 down
    for side in (picture[8, 5:31], picture[36, 5:31], picture[8:37, 5], picture[8:37, 30]):
        assert (side == [30, 20, 10]).all()  # blue first
    inside = picture[9:36, 6:30]
    assert (inside == pixels(40, 50, 3, 0)[9:36, 6:30, ::-1]).all()
    assert len(list(it.draw_next())) == 3  # once more, from the beginning


def test_each_box_has_its_colour_and_name():
    np.random.seed(1)
    first = next(iterator().draw_next())
    np.random.seed(1)
    named = next(iterator().draw_next(id2labels={0: "cat"}, thickness=2))
    assert (named >= first).all()  # white letters
    assert (named > first).any()


def test_drawing_undoes_what_was_normalised():
    mean, std = np.array([1.0, 2, 3]), np.array([2.0, 4, 8])
    changes = [mx.image.DetBorrowAug(mx.image.CastAug()), mx.image.DetBorrowAug(mx.image.ColorNormalizeAug(mean, std))]
    it = mx.image.ImageDetIter(1, (3, 40, 50), aug_list=changes, **page.imglist(1, size=(40, 50)))
    found = next(it.draw_next(mean=mean, std=std, thickness=1)).astype(int)
    assert abs(found[:4] - pixels(40, 50)[:4, :, ::-1]).max() <= 1
    with pytest.raises(AssertionError, match="no colour"):
        next(it.draw_next(mean=[1, 2, 3]))
    with pytest.raises(NotImplementedError, match="no windows"):
        next(it.draw_next(waitKey=0))


def test_thick_and_filled_boxes_stay_in_the_picture():
    for thickness in (1, 3, 30, -1):
        changes = [mx.image.DetBorrowAug(mx.image.ForceResizeAug((9, 7), 1))]
        it = mx.image.ImageDetIter(1, (3, 7, 9), aug_list=changes, **page.imglist(2))
        assert [picture.shape for picture in it.draw_next(thickness=thickness)] == [(7, 9, 3)] * 2


def test_pictures_that_are_left_out_are_logged(caplog):
    class Choosy(mx.image.DetAugmenter):
        def __call__(self, src, label):
            if len(label) == 2:
                raise RuntimeError("two boxes")
            return src, label

    with caplog.at_level(logging.DEBUG):
        it = mx.image.ImageDetIter(2, (3, 8, 10), aug_list=[Choosy()], **page.imglist(6))
        batches = list(it)
    assert len(batches) == 2
    assert "two boxes" in caplog.text


def test_faults_of_augmenters_are_not_passed_over():
    class Broken(mx.image.DetAugmenter):
        def __call__(self, src, label):
            return mx.nd.concat(src, mx.nd.ones((1, 2)), dim=0), label

    with pytest.raises(mx.MXNetError):
        next(mx.image.ImageDetIter(2, (3, 8, 10), aug_list=[Broken()], **page.imglist(6)))


@pytest.mark.parametrize(
    "words", [{"area_range": (0.9, 0.1)}, {"area_range": 0}, {"aspect_ratio_range": (2, 1)}, {"aspect_ratio_range": 0}]
)
def test_windows_that_cannot_be_are_warned_of(words):
    with pytest.warns(UserWarning, match="pictures stay as they are"):
        made = mx.image.DetRandomCropAug(**words)
    picture, boxes = mx.nd.array(pixels(), dtype="uint8"), page.boxes()
    assert made(picture, boxes) == (picture, boxes)
    with pytest.warns(UserWarning, match="area over 1"):
        assert not mx.image.DetRandomPadAug(area_range=1.0).enabled


def test_one_number_is_the_colour_of_a_border():
    random.seed(0)
    picture = mx.image.DetRandomPadAug(pad_val=9, area_range=(2, 3))(mx.nd.array(pixels(), dtype="uint8"), page.boxes())[0]
    assert picture.shape > (9, 14, 3)
    assert (picture.asnumpy() == 9).all(2).any()


@pytest.mark.parametrize("way", range(5))
def test_warping_by_nothing_changes_nothing(way):
    picture = pixels(8, 10)
    matrix = pictures.tilted(0, 0, 1, 1, picture.shape, (8, 10))
    assert (pictures.warped(picture, matrix, 8, 10, way, 255) == picture).all()


def test_shear_moves_rows():
    picture = np.zeros((9, 21, 3), np.uint8)
    picture[:, 10] = 200
    sheared = pictures.warped(picture, pictures.tilted(0, 1, 1, 1, picture.shape, (9, 21)), 9, 21, 1, 0)[..., 0]
    centre = (sheared * np.arange(21)).sum(1) / sheared.sum(1)
    assert np.allclose(np.diff(centre), 1, atol=0.1)


def test_hue_lightness_and_saturation():
    picture = pixels(16, 16)
    assert abs(pictures.shifted_in_hls(picture, 0, 0, 0).astype(int) - picture).max() <= 4
    red = np.zeros((1, 1, 3), np.uint8)
    red[..., 0] = 255
    assert np.allclose(pictures.shifted_in_hls(red, 60, 0, 0), [0, 255, 0], atol=1)
    assert np.allclose(pictures.shifted_in_hls(red, 120, 0, 0), [0, 0, 255], atol=1)
    assert pictures.shifted_in_hls(red, 0, 127, 0).min() >= 254
    assert np.ptp(pictures.shifted_in_hls(red, 0, 0, -255)) == 0


def test_interpolation_by_chance_and_by_sizes():
    assert {pictures.chosen(10, DRAW, (4, 4), (8, 8)) for _ in range(99)} == {0, 1, 2, 3, 4}
    assert [pictures.chosen(9, DRAW, (4, 4), new) for new in ((8, 8), (2, 2), (2, 8), (4, 4))] == [2, 3, 1, 1]


@pytest.mark.parametrize("words", [{"max_rotate_angle": 90}, {"max_shear_ratio": 0.3}, {"random_h": 9, "random_s": 9}, {"pca_noise": 0.2}])
def test_draws_repeat_with_the_seed(words):
    first, again, other = (records.changed(mx, n=5, seed_aug=seed, **words) for seed in (1, 1, 2))
    assert (first == again).all()
    assert not (first == other).all()


def test_noise_of_colours_has_its_deviation():
    found = records.changed(mx, n=60, pca_noise=0.1, size=(6, 6)) - records.changed(mx, n=60, size=(6, 6))
    noise = np.median(found, axis=(2, 3))  # of each picture, but for what is cut at 0 and 255
    assert 1.5 < noise.std() < 6  # the longest direction: 0.1 * 55.46 * 0.58


def test_a_mean_picture_of_another_shape(tmp_path):
    path = str(tmp_path / "mean.bin")
    mx.nd.save(path, {"mean_img": mx.nd.ones((3, 5, 5))})
    with pytest.raises(ValueError, match="another shape"):
        records.changed(mx, mean_img=path)


def test_windows_of_records_show_what_they_must():
    """Of pictures that are wholly in the box, nothing but the box is cut out."""
    words = {"rand_crop_prob": 1, "min_crop_scales": 0.4, "max_crop_scales": 0.8, "min_crop_object_coverages": 0.6, "max_crop_trials": 200}
    (batch,) = records.boxed(mx, n=8, batch_size=8, size=(40, 50), data_shape=(3, 40, 50), **words)
    for label in batch.label[0].asnumpy():
        rows = label[6 : 4 + int(label[3])].reshape(-1, 5)
        assert len(rows)
        assert (rows[:, 3] > rows[:, 1]).all()
        assert (rows[:, 1:] >= 0).all()
        assert (rows[:, 1:] <= 1).all()


def test_one_channel_and_mean_pictures_with_boxes(tmp_path):
    path = str(tmp_path / "mean.bin")
    first = [batch.data[0].asnumpy() for batch in records.boxed(mx, n=4, data_shape=(1, 16, 16), resize_mode="fit", mean_img=path)]
    again = [batch.data[0].asnumpy() for batch in records.boxed(mx, n=4, data_shape=(1, 16, 16), resize_mode="fit", mean_img=path)]
    assert np.array_equal(first, again)
    assert np.allclose(np.concatenate(first).mean(0), 0, atol=1e-4)
