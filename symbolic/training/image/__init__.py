"""Pictures: read, changed, and given in batches, with labels or with boxes. Reading needs Pillow: ``pip install symbind[image]``."""

from symbolic.training.image import detection as detection
from symbolic.training.image.augment import *  # noqa: F403
from symbolic.training.image.detection import *  # noqa: F403
from symbolic.training.image.iterator import ImageIter as ImageIter
from symbolic.training.image.picture import *  # noqa: F403

det = detection
