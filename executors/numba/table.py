"""The kernel table of the numba executor; the files in ``kernels`` fill it, and it takes from NumPy's what they lack."""

from executors.kernel import KernelTable
from executors.numba.region import region_calls
from executors.numpy.table import table as numpy_table

__all__ = ["kernel", "table"]

table = KernelTable("executors.numba.kernels", below=numpy_table)
table.regions = region_calls
table.smallest_region = 1  # a step by itself costs one call either way
kernel = table.kernel
