"""Symbols of MXNet 1.x on today's NumPy: compose, infer, differentiate, save, draw, bind and run.

``import symbolic as mx``, then as ever: ``mx.sym.Variable``, ``mx.sym.FullyConnected``, ``symbol.simple_bind``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from symbolic import base, symbol, util
from symbolic import scope as attribute
from symbolic import scope as name
from symbolic.backends import set_default_executor
from symbolic.errors import MXNetError
from symbolic.limits import memory_budget, num_threads, set_memory_budget, set_num_threads
from symbolic.scope import AttrScope
from symbolic.switches import rewrites
from symbolic.symbol.handle import Symbol
from symbolic.util import is_np_array, is_np_shape, np_array, np_shape, set_np_shape, use_np, use_np_array, use_np_shape
from symbolic.values import context
from symbolic.values.context import Context, cpu, cpu_pinned, current_context, gpu, num_gpus

if TYPE_CHECKING:  # loaded when they are first asked for
    from symbolic import model, nd, operator, random
    from symbolic import visualization as viz
    from symbolic.nd.array import NDArray

    ndarray, visualization = nd, viz

sym = symbol

__version__ = "0.1.0"
__all__ = [
    "AttrScope",
    "Context",
    "MXNetError",
    "NDArray",
    "Symbol",
    "attribute",
    "base",
    "context",
    "cpu",
    "cpu_pinned",
    "current_context",
    "gpu",
    "is_np_array",
    "is_np_shape",
    "memory_budget",
    "model",
    "name",
    "nd",
    "ndarray",
    "np_array",
    "np_shape",
    "num_gpus",
    "num_threads",
    "operator",
    "random",
    "rewrites",
    "set_default_executor",
    "set_memory_budget",
    "set_np_shape",
    "set_num_threads",
    "sym",
    "symbol",
    "use_np",
    "use_np_array",
    "use_np_shape",
    "util",
    "visualization",
    "viz",
]

_LATER = {
    "nd": "nd",
    "ndarray": "nd",
    "autograd": "autograd",
    "model": "model",
    "mod": "training.module",
    "module": "training.module",
    "optimizer": "training.optimizer",
    "opt": "training.optimizer",
    "lr_scheduler": "training.lr_scheduler",
    "kv": "training.kvstore",
    "kvstore": "training.kvstore",
    "init": "training.initializer",
    "initializer": "training.initializer",
    "metric": "training.metric",
    "callback": "training.callback",
    "mon": "training.monitor",
    "monitor": "training.monitor",
    "io": "training.io",
    "recordio": "training.recordio",
    "image": "training.image",
    "img": "training.image",
    "training": "training",
    "rnn": "rnn",
    "viz": "visualization",
    "visualization": "visualization",
    "debug": "debug",
    "profiler": "profiler",
    "random": "random",
    "rnd": "random",
    "operator": "operator",
    "contrib": "contrib",
    "engine": "engine",
    "runtime": "runtime",
    "test_utils": "test_utils",
}


def __getattr__(attribute_name: str) -> Any:
    if attribute_name == "NDArray":
        return importlib.import_module("symbolic.nd").NDArray
    module = _LATER.get(attribute_name)
    if module is None:
        raise AttributeError(f"module 'symbolic' has no attribute {attribute_name!r}")
    found = globals()[attribute_name] = importlib.import_module(f"symbolic.{module}")
    return found
