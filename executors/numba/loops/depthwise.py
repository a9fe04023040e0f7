"""Loops over the rows of planes that are convolved each by itself, for a run of planes: what one thread does.

Planes of the output are numbered ``image * filters + filter``; ``each`` of them are made of one plane of the input.
"""

from __future__ import annotations

import numpy as np
from numba import njit  # type: ignore[import-not-found]

__all__ = ["forward", "to_data", "to_weight"]


@njit(nogil=True, cache=True, error_model="numpy")
def covered(offset, stride, size, count):  # type: ignore[no-untyped-def]
    """The positions from which a tap, ``offset`` from them, lies inside: the first one, and the end."""
    first = max(0, -(offset // stride))
    return first, max(first, min(count, (size - 1 - offset) // stride + 1))


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def forward(x, weight, bias, y, each, stride, dilate, pad, start, stop):  # type: ignore[no-untyped-def]
    """Convolve planes of the output."""
    filters = weight.shape[0]
    for plane in range(start, stop):
        f = plane % filters
        source = x[plane // each]
        for i in range(y.shape[1]):
            target = y[plane, i]
            target[:] = bias[f]
            for a in range(weight.shape[1]):
                row = i * stride[0] + a * dilate[0] - pad[0]
                if 0 <= row < x.shape[1]:
                    for b in range(weight.shape[2]):
                        offset = b * dilate[1] - pad[1]
                        first, end = covered(offset, stride[1], x.shape[2], y.shape[2])
                        factor, part, taken = weight[f, a, b], target[first:end], source[row, first * stride[1] + offset :]
                        if stride[1] == 1:
                            for j in range(part.size):
                                part[j] += factor * taken[j]
                        else:
                            for j in range(part.size):
                                part[j] += factor * taken[np.uint64(j * stride[1])]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def to_data(dy, weight, dx, each, stride, dilate, pad, start, stop):  # type: ignore[no-untyped-def]
    """Convolve the gradients of planes of the input."""
    filters = weight.shape[0]
    for plane in range(start, stop):
        dx[plane] = 0
        for other in range(plane * each, (plane + 1) * each):
            f = other % filters
            for i in range(dy.shape[1]):
                for a in range(weight.shape[1]):
                    row = i * stride[0] + a * dilate[0] - pad[0]
                    if 0 <= row < dx.shape[1]:
                        for b in range(weight.shape[2]):
                            offset = b * dilate[1] - pad[1]
                            first, end = covered(offset, stride[1], dx.shape[2], dy.shape[2])
                            factor, part, given = weight[f, a, b], dy[other, i, first:end], dx[plane, row, first * stride[1] + offset :]
                            if stride[1] == 1:
                                for j in range(part.size):
                                    given[j] += factor * part[j]
                            else:
                                for j in range(part.size):
                                    given[np.uint64(j * stride[1])] += factor * part[j]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def to_weight(dy, x, d_weight, each, stride, dilate, pad, start, stop):  # type: ignore[no-untyped-def]
    """Sum up the gradients of filters over all images."""
    filters = d_weight.shape[0]
    for f in range(start, stop):
        for a in range(d_weight.shape[1]):
            for b in range(d_weight.shape[2]):
                offset = b * dilate[1] - pad[1]
                first, end = covered(offset, stride[1], x.shape[2], dy.shape[2])
                total = 0.0
                for plane in range(f, dy.shape[0], filters):
                    source = x[plane // each]
                    for i in range(dy.shape[1]):
                        row = i * stride[0] + a * dilate[0] - pad[0]
                        if 0 <= row < x.shape[1]:
                            part, taken = dy[plane, i, first:end], source[row, first * stride[1] + offset :]
                            of_row = x.dtype.type(0)
                            for j in range(part.size):
                                of_row += part[j] * taken[np.uint64(j * stride[1])]
                            total += of_row
                d_weight[f, a, b] = total
