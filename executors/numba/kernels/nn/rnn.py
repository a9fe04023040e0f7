"""The fused recurrent network of the NumPy executor, with cells and a product of its own."""

from functools import partial

import numpy as np

from executors.numba.kernels.nn import gru, lstm
from executors.numba.table import kernel
from executors.numba.tiles import convolve, used
from executors.numpy.kernels.nn.rnn import CELLS, rnn, rnn_gradient
from executors.numpy.kernels.nn.rnn import map_steps as map_by_blas
from symbolic.limits import num_threads

OWN_CELLS = {**CELLS, "lstm": lstm, "gru": gru}
HERE = np.zeros(1, np.int64)  # each position reads what lies at it
LEAST_USED = 0.9


def map_steps(program, matrix, features, target, bias=None):
    """Multiply ``matrix`` to each step of ``features``, and add ``bias``: steps are images whose positions are the batch."""
    rows, batch = target.shape[1:]
    if features.size == 0 or used(batch, rows, target.dtype) < LEAST_USED or features.strides[1] != target.strides[1]:
        map_by_blas(program, matrix, features, target, bias)
        return
    if not matrix.flags.c_contiguous:
        copy = program.empty(*matrix.shape)
        program.add(np.copyto, copy, matrix)
        matrix = copy
    if bias is None:
        bias = program.empty(rows)
        program.add(bias.fill, 0)
    program.append(convolve(matrix, features, bias, target, HERE, batch, num_threads()))


kernel("RNN", prepared=True)(partial(rnn, cells=OWN_CELLS, map_steps=map_steps))
kernel("_backward_RNN", prepared=True)(partial(rnn_gradient, cells=OWN_CELLS, map_steps=map_steps))
