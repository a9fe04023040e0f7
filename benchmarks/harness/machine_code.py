"""Compile C and load it: what a generated kernel, or the memory's bandwidth, allows."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.workload import NotAvailable

__all__ = ["address", "build"]

FLAGS = ("-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fopenmp", "-shared", "-fPIC")


def build(source: str) -> Any:
    """Compile a C source with OpenMP and vector math; raises `NotAvailable` without gcc."""
    if shutil.which("gcc") is None:
        raise NotAvailable("gcc is not installed")
    folder = Path(tempfile.mkdtemp(prefix="benchmark"))
    try:
        (folder / "kernel.c").write_text(source)
        command = ["gcc", *FLAGS, "kernel.c", "-o", "kernel.so", "-lmvec", "-lm"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return ctypes.CDLL(str(folder / "kernel.so"))
    finally:
        shutil.rmtree(folder)


def address(array: np.ndarray) -> ctypes.c_void_p:
    """Point at the first element."""
    return ctypes.c_void_p(array.ctypes.data)
