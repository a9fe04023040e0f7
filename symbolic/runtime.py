"""``mx.runtime``: what this library can do, in the names of MXNet's build options."""

from __future__ import annotations

import importlib.util
from collections import OrderedDict
from functools import cache
from typing import ClassVar, NamedTuple

from symbolic.errors import MXNetError, closest, describe

__all__ = ["Feature", "Features", "feature_list"]

NAMES = (
    "CUDA", "CUDNN", "NCCL", "CUDA_RTC", "TENSORRT", "CPU_SSE", "CPU_SSE2", "CPU_SSE3", "CPU_SSE4_1", "CPU_SSE4_2", "CPU_SSE4A",
    "CPU_AVX", "CPU_AVX2", "OPENMP", "SSE", "F16C", "JEMALLOC", "BLAS_OPEN", "BLAS_ATLAS", "BLAS_MKL", "BLAS_APPLE", "LAPACK",
    "MKLDNN", "OPENCV", "CAFFE", "PROFILER", "DIST_KVSTORE", "CXX14", "INT64_TENSOR_SIZE", "SIGNAL_HANDLER", "DEBUG", "TVM_OP",
)  # fmt: skip
PRESENT = {"BLAS_OPEN", "LAPACK"}  # by NumPy. Not INT64_TENSOR_SIZE: arrays may be as large, but it says that indices are int64
EXTRAS = {"OPENCV": "PIL"}  # images are read by Pillow


class Feature(NamedTuple):
    """A build option of MXNet: its name, and whether there is here what it stands for."""

    name: str
    enabled: bool

    def __repr__(self) -> str:
        return f"{'✔' if self.enabled else '✖'} {self.name}"


@cache
def _enabled(name: str) -> bool:
    return name in PRESENT or (name in EXTRAS and importlib.util.find_spec(EXTRAS[name]) is not None)


def feature_list() -> list[Feature]:
    """List the features, in MXNet's order."""
    return [Feature(name, _enabled(name)) for name in NAMES]


class Features(OrderedDict):
    """The features by name; there is one such dictionary.

    Raises
    ------
    MXNetError
        By `is_enabled`, for a feature that is not known.
    """

    instance: ClassVar[Features | None] = None

    def __new__(cls) -> Features:
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance

    def __init__(self) -> None:
        if not self:
            super().__init__((feature.name, feature) for feature in feature_list())

    def __repr__(self) -> str:
        return str(list(self.values()))

    def is_enabled(self, feature_name: str) -> bool:
        """Tell whether a feature is there; capital letters do not matter."""
        name = feature_name.upper()
        if name not in self:
            facts = {"argument": "feature_name", "got": repr(feature_name), "expected": ", ".join(self)}
            raise MXNetError(describe(f"there is no such feature{closest(name, self)}", operator="is_enabled", facts=facts))
        return self[name].enabled
