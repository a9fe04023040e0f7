"""NumPy's products of matrices, with tiles of machine code where these are faster."""

from functools import partial

from executors.numba.products import affine, product
from executors.numba.table import kernel
from executors.numpy.kernels import product as other
from executors.numpy.kernels.nn.fully_connected import fully_connected

kernel("dot", prepared=True)(partial(other.dot, product=product))
kernel("_backward_dot", prepared=True)(partial(other.dot_gradient, product=product))
kernel("FullyConnected", prepared=True)(partial(fully_connected, affine=affine))
