"""The usual lists of changes of pictures with boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbolic.errors import InputError, describe
from symbolic.training.image import augment
from symbolic.training.image.detection_augment import (
    DetAugmenter,
    DetBorrowAug,
    DetHorizontalFlipAug,
    DetRandomCropAug,
    DetRandomPadAug,
    DetRandomSelectAug,
)

__all__ = ["CreateDetAugmenter", "CreateMultiRandCropAugmenter"]


def CreateMultiRandCropAugmenter(
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = (0.75, 1.33),
    area_range: Any = (0.05, 1.0),
    min_eject_coverage: Any = 0.3,
    max_attempts: Any = 50,
    skip_prob: float = 0,
) -> DetRandomSelectAug:
    """Make an augmenter that cuts out windows of several kinds, one of them each time.

    Parameters
    ----------
    min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts
        Those of `DetRandomCropAug`, or lists of them, all of one length.
    skip_prob : float
        Probability that nothing is cut.

    Examples
    --------
    >>> one_of_three = CreateMultiRandCropAugmenter(min_object_covered=[0.1, 0.5, 0.9], skip_prob=0.5)
    """
    given = (min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts)
    lists = [one if isinstance(one, list) else [one] for one in given]
    number = max(map(len, lists))
    if not {len(one) for one in lists} <= {1, number}:
        facts = {"lengths": [len(one) for one in lists], "expected": f"1 or {number}"}
        raise InputError(describe("lists have several lengths", operator="CreateMultiRandCropAugmenter", facts=facts))
    kinds = zip(*(one * number if len(one) == 1 else one for one in lists), strict=True)
    return DetRandomSelectAug([DetRandomCropAug(*kind) for kind in kinds], skip_prob)


def CreateDetAugmenter(
    data_shape: tuple[int, int, int],
    resize: int = 0,
    rand_crop: float = 0,
    rand_pad: float = 0,
    rand_gray: float = 0,
    rand_mirror: bool = False,
    mean: Any = None,
    std: Any = None,
    brightness: float = 0,
    contrast: float = 0,
    saturation: float = 0,
    pca_noise: float = 0,
    hue: float = 0,
    inter_method: int = 2,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = (0.75, 1.33),
    area_range: Any = (0.05, 3.0),
    min_eject_coverage: Any = 0.3,
    max_attempts: Any = 50,
    pad_val: Any = (127, 127, 127),
) -> list[DetAugmenter]:
    """Make the usual list of augmenters of pictures with boxes.

    Parameters
    ----------
    data_shape : (int, int, int)
        Of the result: channels, height, width. Pictures are stretched to it.
    resize : int
        Length of the shorter side before anything else.
    rand_crop, rand_pad, rand_gray : float
        Probabilities that a window is cut out, that a border is added, that the picture becomes gray.
    rand_mirror : bool
        Swap left and right of every other picture, at random.
    mean, std : True, or array of 3
        What to subtract and to divide by; True for those of ImageNet.
    brightness, contrast, saturation, pca_noise, hue : float
        How strong these changes are; see the augmenters.
    inter_method : int
        See `imresize`.
    min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts
        See `CreateMultiRandCropAugmenter`. Borders enlarge by up to the larger bound of the area.
    pad_val : (float, float, float)
        Colour of the border.
    """
    made: list[DetAugmenter] = [DetBorrowAug(augment.ResizeAug(resize, inter_method))] if resize > 0 else []
    if rand_crop > 0:
        kinds = (min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts)
        made.append(CreateMultiRandCropAugmenter(*kinds, skip_prob=1 - rand_crop))
    if rand_mirror:
        made.append(DetHorizontalFlipAug(0.5))
    if rand_pad > 0:
        border = DetRandomPadAug(aspect_ratio_range, (1.0, area_range[1]), max_attempts, pad_val)
        made.append(DetRandomSelectAug([border], 1 - rand_pad))
    after: list[augment.Augmenter] = [augment.ForceResizeAug((data_shape[2], data_shape[1]), inter_method), augment.CastAug()]
    mean, std = (
        augment.colour(given, np.array(default), "CreateDetAugmenter") for given, default in ((mean, augment.MEAN), (std, augment.DEVIATION))
    )  # fmt: skip
    if brightness or contrast or saturation:
        after.append(augment.ColorJitterAug(brightness, contrast, saturation))
    if hue:
        after.append(augment.HueJitterAug(hue))
    if pca_noise > 0:
        after.append(augment.LightingAug(pca_noise, augment.EIGENVALUES, augment.EIGENVECTORS))
    if rand_gray > 0:
        after.append(augment.RandomGrayAug(rand_gray))
    if mean is not None or std is not None:
        after.append(augment.ColorNormalizeAug(mean, std))
    return made + [DetBorrowAug(one) for one in after]
