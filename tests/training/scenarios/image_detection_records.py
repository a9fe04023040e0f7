"""Pictures with boxes out of record files, and the changes of pictures that record files are read with."""

import os
import tempfile

import numpy as np

from tests.training.compact import compact
from tests.training.scenarios.image_detection import labels
from tests.training.scenarios.io_image import HOME, KEPT, made, pixels, png


def records(mx, n=3, size=(8, 10), **words):
    path = os.path.join(tempfile.mkdtemp(dir=HOME), "x.rec")
    writer = mx.recordio.MXRecordIO(path, "w")
    for i in range(n):
        writer.write(mx.recordio.pack(mx.recordio.IRHeader(0, labels(1 + i % 3, i, **words), i + 100, 0), png(pixels(*size, 3, i))))
    writer.close()
    return path


def boxed(mx, n=3, size=(8, 10), data_shape=(3, 6, 7), batch_size=2, labelled=(), **words):
    path = records(mx, n, size, **dict(labelled))
    it = mx.io.ImageDetRecordIter(
        path_imgrec=path, data_shape=data_shape, batch_size=batch_size, preprocess_threads=1, verbose=False, **words
    )  # fmt: skip
    KEPT.append(it)
    return it


def rounds(it, number=1):
    out = []
    for _ in range(number):
        for batch in it:
            out.append([batch.data[0].asnumpy(), batch.label[0].asnumpy(), batch.pad, batch.index.tolist()])
        it.reset()
    return [out, [[d.name, list(d.shape)] for d in it.provide_data + it.provide_label], it.batch_size]


@compact(
    {},
    {"label_pad_width": 30, "label_pad_value": -7},
    {"label_pad_width": -1},
    {"mean_r": 10, "mean_g": 20, "mean_b": 30},
    {"mean_r": 10, "std_r": 2, "std_g": 4, "std_b": 8},
    {"std_g": 2, "scale": 0.5},
    {"rand_mirror_prob": 1},
    {"resize": 12},
    {"inter_method": 2},
    {"inter_method": 9},
    {"data_name": "d", "label_name": "l"},
    {"data_shape": (1, 6, 6), "mean_r": 5},
    {"data_shape": (3, 12, 14)},
    {"labelled": (("width", 6), ("before", 4))},
    {"n": 1, "label_width": 7},
    {"max_pad_scale": 1, "rand_pad_prob": 1},
    {"rand_crop_prob": 1, "num_crop_sampler": 0},
)
def boxes(mx, words):
    return rounds(boxed(mx, **words), 2)


@compact(
    ("shrink", (3, 6, 7)), ("shrink", (3, 16, 16)), ("shrink", (3, 9, 7)), ("shrink", (3, 5, 16)), ("fit", (3, 16, 16)), ("fit", (3, 5, 16)),
    ("fit", (3, 13, 7)), ("fit", (3, 6, 7)), ("force", (3, 13, 4)),
)  # fmt: skip
def resize_modes(mx, mode, shape):
    return rounds(boxed(mx, n=2, data_shape=shape, resize_mode=mode, mean_r=5))


@compact("pad", "label_width", "dtype", "scales", "kinds", "no_boxes", "width")
def wrong(mx, what):
    words = {
        "pad": {"label_pad_width": 5},
        "label_width": {"label_width": 7},
        "dtype": {"dtype": "uint8"},
        "scales": {"rand_crop_prob": 1, "min_crop_scales": 0.5, "max_crop_scales": 0.5},
        "kinds": {"rand_crop_prob": 1, "num_crop_sampler": 2, "max_crop_scales": (0.5, 0.6, 0.7)},
        "no_boxes": {"path": made},
        "width": {"labelled": (("width", 4),)},
    }[what]
    if what == "no_boxes":
        path = os.path.join(tempfile.mkdtemp(dir=HOME), "x.rec")
        writer = mx.recordio.MXRecordIO(path, "w")
        writer.write(mx.recordio.pack(mx.recordio.IRHeader(0, 3.0, 1, 0), png(pixels())))
        writer.close()
        KEPT.append(mx.io.ImageDetRecordIter(path_imgrec=path, data_shape=(3, 4, 4), batch_size=1))
        KEPT[-1].next()
    else:
        rounds(boxed(mx, **words))


def cropped(mx, **words):
    """Read with windows cut out; return whether labels are what such windows make of them."""
    out = []
    for batch in boxed(mx, n=9, batch_size=9, data_shape=(3, 8, 10), rand_crop_prob=1, **words):
        for label in batch.label[0].asnumpy():
            number = int(label[3])
            rows = label[6 : 4 + number].reshape(-1, 5)
            sides = rows[:, 1:]
            out.append(
                [number % 5 == 2, len(rows) > 0, bool((sides >= 0).all() and (sides <= 1).all()), bool((rows[:, 3] > rows[:, 1]).all())]
            )
    return out


@compact(
    {},
    {"min_crop_scales": 0.3, "max_crop_scales": 0.9, "min_crop_overlaps": 0.2},
    {"num_crop_sampler": 2, "min_crop_scales": (0.3, 0.5), "max_crop_scales": (0.9, 1), "max_crop_trials": (30, 5)},
    {"min_crop_scales": 0.3, "crop_emit_mode": "overlap", "emit_overlap_thresh": 0.5},
    {"min_crop_scales": 0.3, "min_crop_aspect_ratios": 0.5, "max_crop_aspect_ratios": 2, "min_crop_object_coverages": 0.9},
    {"min_crop_scales": 0.6, "min_crop_sample_coverages": 0.3, "max_crop_sample_coverages": 0.6},
)
def windows(mx, words):
    return cropped(mx, **words)


@compact()
def borders(mx):
    """Boxes in a border keep their ratio of width to height, and become smaller."""
    out = []
    for batch in boxed(mx, n=6, batch_size=6, data_shape=(3, 16, 20), rand_pad_prob=1, max_pad_scale=2):
        for label in batch.label[0].asnumpy():
            width, height = label[9] - label[7], label[10] - label[8]
            out.append(
                [round(float(width / height), 3), bool(0.24 <= width <= 0.5), bool((label[7:11] >= 0).all() and (label[7:11] <= 1).all())]
            )
    return out


def changed(mx, shape=(3, 6, 6), size=(8, 10), n=1, **words):
    return made(mx, n=n, size=size, data_shape=shape, batch_size=n, **words).next().data[0].asnumpy()


@compact(
    *({"rotate": angle, "inter_method": way} for angle, way in ((30, 1), (45, 1), (90, 1), (200, 3), (359, 1), (10, 9))),
    {"rotate": 30, "fill_value": 7},
    {"rotate": -30},
    {"rotate": 0},
    *({"min_random_scale": scale, "max_random_scale": scale} for scale in (0.5, 0.9, 1.3, 2.2)),
    *({"min_aspect_ratio": ratio, "max_aspect_ratio": ratio} for ratio in (0.5, 0.9, 1.3, 2.2)),
    {"min_img_size": 20},
    {"max_img_size": 7},
    {"max_img_size": 9, "rotate": 20, "shape": (3, 5, 9)},
    {"min_random_scale": 1.5, "max_random_scale": 1.5, "rotate": 77, "min_aspect_ratio": 1.2, "max_aspect_ratio": 1.2, "mirror": True},
    *({"min_crop_size": side, "max_crop_size": side, "size": (9, 12)} for side in (3, 6, 9)),
    {"min_crop_size": 4, "max_crop_size": 4, "shape": (3, 5, 7)},
    {"random_resized_crop": True, "size": (4, 20)},
    {"random_resized_crop": True, "size": (20, 4), "shape": (3, 4, 6)},
    {"random_resized_crop": True, "size": (6, 6), "shape": (3, 4, 8)},
    {"rotate": 30, "shape": (1, 6, 6)},
    {"pad": 2, "rotate": 30, "resize": 12},
    {"inter_method": 9, "resize": 5},
    {"inter_method": 2, "shape": (3, 12, 9)},
    {"inter_method": 4, "shape": (3, 7, 15)},
    {"random_resized_crop": True, "size": (8, 12), "min_aspect_ratio": 1.5, "max_aspect_ratio": 1.5},
    {"random_resized_crop": True, "min_random_area": 0.999, "max_random_area": 0.999},
)
def changes(mx, words):
    return changed(mx, **words)


@compact((77, 2), (200, 4), atol=1.1, why="weights of pixels are rounded to 15 bits there")
def changes_by_far_neighbours(mx, angle, way):
    return changed(mx, rotate=angle, inter_method=way)


@compact("min", "small", "both", "scale", "rand_crop")
def changes_wrong(mx, what):
    words = {
        "min": {"min_crop_size": 4},
        "small": {"min_crop_size": 4, "max_crop_size": 9},
        "both": {"random_resized_crop": True, "min_crop_size": 4, "max_crop_size": 4},
        "scale": {"random_resized_crop": True, "max_random_scale": 2},
        "rand_crop": {"random_resized_crop": True, "rand_crop": True},
    }[what]
    changed(mx, **words)


def among(found, known):
    return [any(np.abs(one - other).max() < 1e-3 for other in known) for one in found]


@compact()
def drawn_angles(mx):
    """Each picture is turned by a whole angle."""
    known = [changed(mx, n=7), *(changed(mx, n=7, rotate=angle) for angle in (1, 2, 3, 357, 358, 359))]
    found = changed(mx, n=7, max_rotate_angle=3)
    return [among(found[i : i + 1], [k[i] for k in known]) for i in range(7)]


@compact(False, True)
def drawn_sides(mx, anywhere):
    found = changed(mx, n=7, min_crop_size=3, max_crop_size=5, rand_crop=anywhere)
    known = [changed(mx, n=7, min_crop_size=side, max_crop_size=side) for side in (3, 4, 5)]
    return [found.shape, [among(found[i : i + 1], [k[i] for k in known]) for i in range(7)] if not anywhere else None]


@compact({"min_random_area": 0.8, "max_random_area": 0.8}, {"min_aspect_ratio": 1.25, "max_aspect_ratio": 1.25})
def drawn_windows(mx, words):
    """Each picture is a window of a known size, upright or not, at a place that differs."""
    found = changed(mx, n=7, shape=(3, 8, 8), random_resized_crop=True, **words)
    whole = changed(mx, n=7, shape=(3, 8, 10))
    return [found.shape, [any((f == w[:, :, i : i + 8]).all() for i in range(3)) for f, w in zip(found, whole, strict=True)]]


@compact()
def mean_picture(mx):
    """It is made, kept in a file, and read from there."""
    path = os.path.join(tempfile.mkdtemp(dir=HOME), "mean.bin")
    first = changed(mx, n=5, mean_img=path)
    kept = dict(mx.nd.load(path))
    again = [changed(mx, n=5, mean_img=path, **words) for words in ({}, {"scale": 0.5, "std_r": 2, "mean_r": 7}, {"mirror": True})]
    return [first, kept, again]


@compact({"random_h": 5}, {"random_s": 20}, {"random_l": 20}, {"pca_noise": 0.05}, {"max_shear_ratio": 0.2})
def recoloured(mx, words):
    """Each picture is near what it was, and not the same."""
    found, before = changed(mx, n=7, **words), changed(mx, n=7)
    away = np.abs(found - before).mean(axis=(1, 2, 3))
    return [found.shape, bool((away > 0).sum() > 3), bool((away < 40).all()), bool((found == np.rint(found)).all())]
