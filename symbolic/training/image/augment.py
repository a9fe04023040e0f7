"""Changes of pictures for training: objects that are called with a picture and return another. Draws are from ``random``."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import InputError, NotSupported, describe
from symbolic.nd.array import NDArray
from symbolic.training.image import picture
from symbolic.training.image.picture import Size

__all__ = [
    "Augmenter",
    "BrightnessJitterAug",
    "CastAug",
    "CenterCropAug",
    "ColorJitterAug",
    "ColorNormalizeAug",
    "ContrastJitterAug",
    "CreateAugmenter",
    "ForceResizeAug",
    "HorizontalFlipAug",
    "HueJitterAug",
    "LightingAug",
    "RandomCropAug",
    "RandomGrayAug",
    "RandomOrderAug",
    "RandomSizedCropAug",
    "ResizeAug",
    "SaturationJitterAug",
    "SequentialAug",
]

GRAY = np.array([0.299, 0.587, 0.114], np.float32)  # how bright red, green and blue are


class Spelled:
    """Something with arguments, that spells them.

    Parameters
    ----------
    **kwargs
        Arguments of the subclass; arrays become lists.
    """

    def __init__(self, **kwargs: Any):
        self._kwargs = {
            key: value.asnumpy().tolist() if isinstance(value, NDArray) else value.tolist() if isinstance(value, np.ndarray) else value
            for key, value in kwargs.items()
        }

    def dumps(self) -> Any:
        """Spell it as JSON."""
        return json.dumps([type(self).__name__.lower(), self._kwargs])


class Augmenter(Spelled):
    """Change a picture when called with it.

    Parameters
    ----------
    **kwargs
        Arguments of the subclass, for `dumps`; arrays become lists.
    """

    def __call__(self, src: NDArray) -> NDArray:
        """Return a changed picture."""
        raise NotSupported(describe(f"{type(self).__name__} does not say how pictures are changed", operator="Augmenter"))


class _Several(Augmenter):
    def __init__(self, ts: list[Any]):
        super().__init__()
        self.ts = ts

    def dumps(self) -> Any:
        """Spell its name and those of its parts."""
        return [type(self).__name__.lower(), [one.dumps() for one in self.ts]]


class SequentialAug(_Several):
    """Change by several augmenters, one after the other."""

    def __call__(self, src: NDArray) -> NDArray:
        for one in self.ts:
            src = one(src)
        return src


class RandomOrderAug(_Several):
    """Change by several augmenters, in a new order each time."""

    def __call__(self, src: NDArray) -> NDArray:
        random.shuffle(self.ts)
        for one in self.ts:
            src = one(src)
        return src


class ResizeAug(Augmenter):
    """Resize so that the shorter side is ``size`` long."""

    def __init__(self, size: int, interp: int = 2):
        super().__init__(size=size, interp=interp)
        self.size, self.interp = size, interp

    def __call__(self, src: NDArray) -> NDArray:
        return picture.resize_short(src, self.size, self.interp)


class _Sized(Augmenter):
    def __init__(self, size: Size, interp: int = 2):
        super().__init__(size=size, interp=interp)
        self.size, self.interp = size, interp


class ForceResizeAug(_Sized):
    """Resize to ``size``, width and height."""

    def __call__(self, src: NDArray) -> NDArray:
        return picture.imresize(src, *self.size, interp=self.interp)


class RandomCropAug(_Sized):
    """Cut out a window of ``size``, width and height, anywhere."""

    def __call__(self, src: NDArray) -> NDArray:
        return picture.random_crop(src, self.size, self.interp)[0]


class CenterCropAug(_Sized):
    """Cut out the middle in ``size``, width and height."""

    def __call__(self, src: NDArray) -> NDArray:
        return picture.center_crop(src, self.size, self.interp)[0]


class RandomSizedCropAug(Augmenter):
    """Cut out a window of drawn area and ratio; see `random_size_crop`."""

    def __init__(self, size: Size, area: Any, ratio: tuple[float, float], interp: int = 2, **kwargs: Any):
        super().__init__(size=size, area=area, ratio=ratio, interp=interp)
        self.size, self.ratio, self.interp = size, ratio, interp
        self.area = kwargs.pop("min_area", area)
        if kwargs:
            facts = {"argument": next(iter(kwargs)), "expected": "size, area, ratio, interp"}
            raise InputError(describe("unknown argument", operator="RandomSizedCropAug", facts=facts))

    def __call__(self, src: NDArray) -> NDArray:
        return picture.random_size_crop(src, self.size, self.area, self.ratio, self.interp)[0]


class BrightnessJitterAug(Augmenter):
    """Make brighter or darker by up to the share ``brightness``."""

    def __init__(self, brightness: float):
        super().__init__(brightness=brightness)
        self.brightness = brightness

    def __call__(self, src: NDArray) -> NDArray:
        src *= 1.0 + random.uniform(-self.brightness, self.brightness)
        return src


class ContrastJitterAug(Augmenter):
    """Move away from the mean brightness, or towards it, by up to the share ``contrast``."""

    def __init__(self, contrast: float):
        super().__init__(contrast=contrast)
        self.contrast = contrast

    def __call__(self, src: NDArray) -> NDArray:
        alpha = 1.0 + random.uniform(-self.contrast, self.contrast)
        mean = 3.0 * (1.0 - alpha) * float((src.asnumpy() * GRAY).mean())
        src *= alpha
        src += mean
        return src


class SaturationJitterAug(Augmenter):
    """Move away from gray, or towards it, by up to the share ``saturation``."""

    def __init__(self, saturation: float):
        super().__init__(saturation=saturation)
        self.saturation = saturation

    def __call__(self, src: NDArray) -> NDArray:
        alpha = 1.0 + random.uniform(-self.saturation, self.saturation)
        gray = nd.array((src.asnumpy() * GRAY).sum(axis=2, keepdims=True) * (1.0 - alpha))
        src *= alpha
        src += gray
        return src


class HueJitterAug(Augmenter):
    """Turn the circle of colours, in the plane of YIQ's I and Q, by up to the share ``hue`` of half a turn."""

    def __init__(self, hue: float):
        super().__init__(hue=hue)
        self.hue = hue
        self.tyiq = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]])
        self.ityiq = np.array([[1.0, 0.956, 0.621], [1.0, -0.272, -0.647], [1.0, -1.107, 1.705]])

    def __call__(self, src: NDArray) -> NDArray:
        angle = random.uniform(-self.hue, self.hue) * np.pi
        cos, sin = np.cos(angle), np.sin(angle)
        turn = np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
        return nd.dot(src, nd.array((self.ityiq @ turn @ self.tyiq).T))


class ColorJitterAug(RandomOrderAug):
    """Change brightness, contrast and saturation, in any order; shares of 0 are left out."""

    def __init__(self, brightness: float, contrast: float, saturation: float):
        kinds = ((BrightnessJitterAug, brightness), (ContrastJitterAug, contrast), (SaturationJitterAug, saturation))
        super().__init__([kind(share) for kind, share in kinds if share > 0])


class LightingAug(Augmenter):
    """Add a colour drawn along the main directions of colours, from ``np.random``.

    Parameters
    ----------
    alphastd : float
        Standard deviation of the draws.
    eigval, eigvec : numpy.ndarray
        Lengths and directions, of the covariance of colours.

    Notes
    -----
    Source: Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional neural networks.
    """

    def __init__(self, alphastd: float, eigval: Any, eigvec: Any):
        super().__init__(alphastd=alphastd, eigval=eigval, eigvec=eigvec)
        self.alphastd, self.eigval, self.eigvec = alphastd, eigval, eigvec

    def __call__(self, src: NDArray) -> NDArray:
        drawn = np.random.normal(0, self.alphastd, size=(3,))
        src += nd.array(np.dot(self.eigvec * drawn, self.eigval))
        return src


class ColorNormalizeAug(Augmenter):
    """Subtract a mean colour and divide by a standard deviation; either may be None."""

    def __init__(self, mean: Any, std: Any):
        super().__init__(mean=mean, std=std)
        self.mean, self.std = (x if x is None or isinstance(x, NDArray) else nd.array(x) for x in (mean, std))

    def __call__(self, src: NDArray) -> NDArray:
        return picture.color_normalize(src, self.mean, self.std)


class RandomGrayAug(Augmenter):
    """Make gray, with the probability ``p``."""

    def __init__(self, p: float):
        super().__init__(p=p)
        self.p = p
        self.mat = nd.array(np.repeat([[0.21], [0.72], [0.07]], 3, axis=1))

    def __call__(self, src: NDArray) -> NDArray:
        return nd.dot(src, self.mat) if random.random() < self.p else src


class HorizontalFlipAug(Augmenter):
    """Swap left and right, with the probability ``p``."""

    def __init__(self, p: float):
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: NDArray) -> NDArray:
        return nd.flip(src, axis=1) if random.random() < self.p else src


class CastAug(Augmenter):
    """Change the type of the elements."""

    def __init__(self, typ: str = "float32"):
        super().__init__(type=typ)
        self.typ = typ

    def __call__(self, src: NDArray) -> NDArray:
        return src.astype(self.typ)


EIGENVALUES = np.array([55.46, 4.794, 1.148])  # of the colours of ImageNet
EIGENVECTORS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
MEAN, DEVIATION = (123.68, 116.28, 103.53), (58.395, 57.12, 57.375)


def CreateAugmenter(
    data_shape: tuple[int, int, int],
    resize: int = 0,
    rand_crop: bool = False,
    rand_resize: bool = False,
    rand_mirror: bool = False,
    mean: Any = None,
    std: Any = None,
    brightness: float = 0,
    contrast: float = 0,
    saturation: float = 0,
    hue: float = 0,
    pca_noise: float = 0,
    rand_gray: float = 0,
    inter_method: int = 2,
) -> list[Augmenter]:
    """Make the usual list of augmenters.

    Parameters
    ----------
    data_shape : (int, int, int)
        Of the result: channels, height, width.
    resize : int
        Length of the shorter side before a window is cut out.
    rand_crop, rand_resize, rand_mirror : bool
        Whether the window lies anywhere, has a drawn size, is mirrored.
    mean, std : True, or array of 3
        What to subtract and to divide by; True for those of ImageNet.
    brightness, contrast, saturation, hue, pca_noise, rand_gray : float
        How strong these changes are; see the augmenters.
    inter_method : int
        See `imresize`.
    """
    size = (data_shape[2], data_shape[1])
    made: list[Augmenter] = [ResizeAug(resize, inter_method)] if resize > 0 else []
    if rand_resize:
        if not rand_crop:
            raise InputError(describe("rand_resize draws windows: it needs rand_crop", operator="CreateAugmenter"))
        made.append(RandomSizedCropAug(size, 0.08, (3 / 4, 4 / 3), inter_method))
    else:
        made.append((RandomCropAug if rand_crop else CenterCropAug)(size, inter_method))
    if rand_mirror:
        made.append(HorizontalFlipAug(0.5))
    made.append(CastAug())
    if brightness or contrast or saturation:
        made.append(ColorJitterAug(brightness, contrast, saturation))
    if hue:
        made.append(HueJitterAug(hue))
    if pca_noise > 0:
        made.append(LightingAug(pca_noise, EIGENVALUES, EIGENVECTORS))
    if rand_gray > 0:
        made.append(RandomGrayAug(rand_gray))
    mean, std = (colour(x, nd.array(default), "CreateAugmenter") for x, default in ((mean, MEAN), (std, DEVIATION)))
    if mean is not None or std is not None:
        made.append(ColorNormalizeAug(mean, std))
    return made


def colour(given: Any, default: Any, operator: str) -> Any:
    """Check a mean or a deviation; True stands for the default."""
    if given is True:
        return default
    if given is not None and not (isinstance(given, (np.ndarray, NDArray)) and given.shape[0] in (1, 3)):
        facts = {"got": repr(given), "expected": "True, or an array of one number or three"}
        raise InputError(describe("this is no colour", operator=operator, facts=facts))
    return given
