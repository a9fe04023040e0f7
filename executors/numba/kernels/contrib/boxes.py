"""Boxes that overlap better ones, dropped in one loop."""

import importlib
from functools import partial

import numpy as np

from executors.numba.table import kernel
from executors.numpy.kernels.contrib.boxes import areas, box_nms, edges


def survivors(boxes, kinds, form, threshold):
    """List which boxes stay; see `executors.numpy.kernels.contrib.boxes.survivors`."""
    loops = importlib.import_module("executors.numba.loops.boxes")  # numba takes longer to load than most graphs
    kinds = np.zeros(len(boxes), boxes.dtype) if kinds is None else kinds.astype(boxes.dtype)
    return loops.survivors(np.stack(edges(boxes, form)), np.ascontiguousarray(areas(boxes, form)), kinds, boxes.dtype.type(threshold))


kernel("_contrib_box_nms")(partial(box_nms, survive=survivors))
