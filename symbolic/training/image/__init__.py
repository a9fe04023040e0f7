"""Pictures: read, changed, and given in batches. Reading needs Pillow: ``pip install symbind[image]``."""

from typing import Any

from symbolic.training.image.augment import *  # noqa: F403
from symbolic.training.image.iterator import ImageIter as ImageIter
from symbolic.training.image.picture import *  # noqa: F403


def __getattr__(name: str) -> Any:
    if "Det" in name or name == "CreateMultiRandCropAugmenter":
        what = "pictures with boxes are left out: use ImageIter with boxes as labels, label_width=..., and augmenters of your own"
        raise AttributeError(f"mx.image has no {name}: {what}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
