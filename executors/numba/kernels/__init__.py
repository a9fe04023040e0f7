"""The kernel table of the numba executor: its own kernels, over those of the NumPy executor."""

from executors.kernel import KernelTable
from executors.numba.region import region_calls
from executors.numpy.kernels import load
from executors.numpy.table import table as numpy_table

__all__ = ["table"]

load()

table = KernelTable()
table.regions = region_calls
table.smallest_region = 1  # a step by itself costs one call either way
table.over(numpy_table)
