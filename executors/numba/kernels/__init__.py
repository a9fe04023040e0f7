"""The kernels of the numba executor, file for file as in ``executors/numpy/kernels``, over those of the NumPy executor."""

from __future__ import annotations

import importlib
import pkgutil

__all__ = ["load"]


def load() -> None:
    """Import every kernel file; each enters its kernels in the table."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not module.ispkg:
            importlib.import_module(module.name)
