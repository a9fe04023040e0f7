"""NumPy's products of matrices, with tiles of machine code where these are faster."""

from functools import partial

from executors.numba.products import product
from executors.numba.table import kernel
from executors.numpy.kernels import product as other

kernel("dot", prepared=True)(partial(other.dot, product=product))
kernel("_backward_dot", prepared=True)(partial(other.dot_gradient, product=product))
