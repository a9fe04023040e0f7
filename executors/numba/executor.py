"""The NumPy executor with its fused regions, and the kernels for which NumPy has no fast functions, in machine code."""

from __future__ import annotations

from importlib.util import find_spec
from typing import ClassVar

from executors.kernel import KernelTable
from executors.numpy.executor import NumpyExecutor
from symbolic.errors import BindError

try:
    if find_spec("numba") is None:  # loaded when an operator needs it
        raise ImportError(name="numba")
    from executors.numba.at_once import compute_composite
    from executors.numba.table import table
except ImportError as error:
    if error.name not in ("numba", "llvmlite"):
        raise
    raise BindError("the numba executor needs an extra: pip install 'symbind[numba]'") from None

__all__ = ["NumbaExecutor"]


class NumbaExecutor(NumpyExecutor):
    """Runs the plan of the NumPy executor, its regions compiled by LLVM, from single steps on small arrays on."""

    kernels: ClassVar[KernelTable] = table
    compute_composite = staticmethod(compute_composite)
