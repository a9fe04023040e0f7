"""NumPy's affine map, with tiles of machine code where these are faster than BLAS."""

from functools import partial

from executors.numba.products import affine
from executors.numba.table import kernel
from executors.numpy.kernels.nn.fully_connected import fully_connected

kernel("FullyConnected", prepared=True)(partial(fully_connected, affine=affine))
