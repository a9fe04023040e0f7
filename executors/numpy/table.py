"""The kernel table of the NumPy executor; the files in ``kernels`` fill it."""

from executors.kernel import KernelTable

__all__ = ["kernel", "table", "ufuncs", "view"]

table = KernelTable("executors.numpy.kernels")
kernel = table.kernel
ufuncs = table.ufuncs
view = table.view
