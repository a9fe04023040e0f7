"""The kernels of the numba executor, file for file as in ``executors/numpy/kernels``, over those of the NumPy executor."""
