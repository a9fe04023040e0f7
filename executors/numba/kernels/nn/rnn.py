"""The fused recurrent network of the NumPy executor, with cells of its own."""

from functools import partial

from executors.numba.kernels.nn import gru, lstm
from executors.numba.table import kernel
from executors.numpy.kernels.nn.rnn import CELLS, rnn, rnn_gradient

OWN_CELLS = {**CELLS, "lstm": lstm, "gru": gru}

kernel("RNN", prepared=True)(partial(rnn, cells=OWN_CELLS))
kernel("_backward_RNN", prepared=True)(partial(rnn_gradient, cells=OWN_CELLS))
