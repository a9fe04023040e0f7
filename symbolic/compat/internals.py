"""Names that are no part of MXNet's interface, but that its unit tests and some scripts import all the same."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from symbolic.errors import MXNetError
from symbolic.values.dtype import CODES

__all__ = ["fill"]

py_slice = slice
DTYPE_NP_TO_MX = {None: -1, **{np.dtype(name).type: code for code, name in CODES.items() if code <= 7}}
DTYPE_MX_TO_NP = {code: kind for kind, code in DTYPE_NP_TO_MX.items()}
STORAGE_IDS = {"undefined": -1, "default": 0, "row_sparse": 1, "csr": 2}
STORAGE_NAMES = {code: name for name, code in STORAGE_IDS.items()}
SKLEARN_INSTALLED = False  # FeedForward derives from no class of scikit-learn
BASE_ESTIMATOR = object
GRAD_REQUESTS = {"null": 0, "write": 1, "add": 3}


class ShapeScope:
    """A block with or without NumPy's reading of shapes; ``None`` leaves it as it is."""

    def __init__(self, is_np_shape: bool | None):
        self._wanted = is_np_shape
        self._before: bool | None = None

    def __enter__(self) -> None:
        if self._wanted is not None:
            self._before = bool(importlib.import_module("symbolic.util").set_np_shape(self._wanted))

    def __exit__(self, *error: object) -> None:
        if self._before is not None:
            importlib.import_module("symbolic.util").set_np_shape(self._before)


def gpu_memory_info(device_id: int = 0) -> tuple[int, int]:
    """Refuse: everything runs on the host.

    Raises
    ------
    MXNetError
        Always.
    """
    raise MXNetError(f"there is no GPU {device_id}: arrays lie in the memory of the host")


def get_last_ffi_error() -> MXNetError:
    """Return an error that says nothing: there is no compiled library to fail."""
    return MXNetError("there is no compiled library")


HERE = "symbolic.compat.internals"
INTERNALS: dict[str, dict[str, str]] = {
    "base": {"get_last_ffi_error": f"{HERE}:get_last_ffi_error"},
    "context": {"gpu_memory_info": f"{HERE}:gpu_memory_info"},
    "io": {"_init_data": "symbolic.training.io.arrays:_init_data"},
    "model": {"BASE_ESTIMATOR": f"{HERE}:BASE_ESTIMATOR", "SKLEARN_INSTALLED": f"{HERE}:SKLEARN_INSTALLED"},
    "module": {
        "DataParallelExecutorGroup": "symbolic.training.module.group:DataParallelExecutorGroup",
        "_check_input_names": "symbolic.training.module.shapes:check_input_names",
        "_parse_data_desc": "symbolic.training.module.shapes:descriptions",
    },
    "ndarray": {
        "_DTYPE_MX_TO_NP": f"{HERE}:DTYPE_MX_TO_NP",
        "_DTYPE_NP_TO_MX": f"{HERE}:DTYPE_NP_TO_MX",
        "_GRAD_REQ_MAP": f"{HERE}:GRAD_REQUESTS",
        "_STORAGE_TYPE_ID_TO_STR": f"{HERE}:STORAGE_NAMES",
        "_STORAGE_TYPE_STR_TO_ID": f"{HERE}:STORAGE_IDS",
        "py_slice": f"{HERE}:py_slice",
    },
    "symbol": {
        "_DTYPE_MX_TO_NP": f"{HERE}:DTYPE_MX_TO_NP",
        "_DTYPE_NP_TO_MX": f"{HERE}:DTYPE_NP_TO_MX",
        "_GRAD_REQ_MAP": f"{HERE}:GRAD_REQUESTS",
        "_STORAGE_TYPE_STR_TO_ID": f"{HERE}:STORAGE_IDS",
    },
    "util": {"_NumpyShapeScope": f"{HERE}:ShapeScope"},
}
"""Module below ``mxnet`` -> name -> where it is here."""


class Public(Sequence[str]):
    """What ``from mxnet.ndarray import *`` brings: every operator and function, listed when it is asked for."""

    def __init__(self, module: Any):
        self.module = module

    @cached_property
    def names(self) -> list[str]:
        return [name for name in dir(self.module) if not name.startswith("_")]

    def __getitem__(self, index: Any) -> Any:
        return self.names[index]

    def __len__(self) -> int:
        return len(self.names)


def fill(path: str, module: Any) -> None:
    """Put such names into a module; what it has already stays."""
    for name, target in INTERNALS.get(path, {}).items():
        where, _, attribute = target.partition(":")
        if name not in vars(module):
            setattr(module, name, getattr(importlib.import_module(where), attribute))
    if path in ("ndarray", "symbol"):
        module.__all__ = Public(module)
