"""Pictures with boxes: what changes both, and batches of them."""

from symbolic.training.image.detection_augment import *  # noqa: F403
from symbolic.training.image.detection_iterator import ImageDetIter as ImageDetIter
from symbolic.training.image.detection_lists import *  # noqa: F403
