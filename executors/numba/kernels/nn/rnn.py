"""The fused recurrent network of the NumPy executor, with cells and products of its own."""

from functools import partial

from executors.numba.kernels.nn import gru, lstm
from executors.numba.table import kernel
from executors.numba.tiles import multiplied, summed, used
from executors.numpy.kernels.nn.rnn import CELLS, rnn, rnn_gradient
from executors.numpy.kernels.nn.rnn import map_steps as map_by_blas
from executors.numpy.kernels.nn.rnn import sum_steps as sum_by_blas
from symbolic.limits import num_threads

OWN_CELLS = {**CELLS, "lstm": lstm, "gru": gru}
LEAST_USED = 0.9


def map_steps(program, matrix, features, target, bias=None):
    """Multiply ``matrix`` to each step of ``features``, and add ``bias``: steps are images whose positions are the batch."""
    rows, batch = target.shape[1:]
    if features.size == 0 or used(batch, rows, target.dtype) < LEAST_USED or features.strides[1] != target.strides[1]:
        map_by_blas(program, matrix, features, target, bias)
        return
    program.append(multiplied(matrix, features, target, num_threads(), bias))


def sum_steps(network, d_gates, sums):
    """Write ``sum over t of d_gates[t, rows] @ x[t]`` for each of ``sums``, which are rows, ``x`` and target."""
    steps, _, batch = d_gates.shape
    if d_gates.size == 0 or any(not x.size or used(x.shape[1], len(target), target.dtype) < LEAST_USED for _, x, target in sums):
        sum_by_blas(network, d_gates, sums)
        return
    for rows, x, target in sums:
        network.program.append(summed(d_gates[:, rows], x.reshape(steps, batch, -1), target, num_threads()))


kernel("RNN", prepared=True)(partial(rnn, cells=OWN_CELLS, map_steps=map_steps))
kernel("_backward_RNN", prepared=True)(partial(rnn_gradient, cells=OWN_CELLS, map_steps=map_steps, sum_steps=sum_steps))
