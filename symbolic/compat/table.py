"""Which name of MXNet is answered by what, and what stands for the parts that are left out."""

from __future__ import annotations

__all__ = ["ALIASES", "MODULES", "REFUSED", "canonical", "refusal"]

ALIASES = {
    "nd": "ndarray",
    "sym": "symbol",
    "mod": "module",
    "opt": "optimizer",
    "kv": "kvstore",
    "init": "initializer",
    "mon": "monitor",
    "img": "image",
    "rnd": "random",
    "viz": "visualization",
}
"""Short names of top-level modules."""

MODULES: dict[str, str] = {
    "attribute": "symbolic.scope",
    "autograd": "symbolic.autograd",
    "base": "symbolic.base",
    "callback": "symbolic.training.callback",
    "context": "symbolic.values.context",
    "contrib": "symbolic.contrib",
    "contrib.autograd": "symbolic.contrib.autograd",
    "contrib.nd": "symbolic.nd:contrib",
    "contrib.ndarray": "symbolic.nd:contrib",
    "contrib.sym": "symbolic.symbol:contrib",
    "contrib.symbol": "symbolic.symbol:contrib",
    "contrib.tensorboard": "symbolic.contrib.tensorboard",
    "engine": "symbolic.engine",
    "error": "symbolic.compat.error",
    "executor": "symbolic.compat.executor",
    "executor_manager": "symbolic.compat.executor_manager",
    "image": "symbolic.training.image",
    "initializer": "symbolic.training.initializer",
    "io": "symbolic.training.io",
    "kvstore": "symbolic.training.kvstore",
    "libinfo": "symbolic.compat.libinfo",
    "log": "symbolic.compat.log",
    "lr_scheduler": "symbolic.training.lr_scheduler",
    "metric": "symbolic.training.metric",
    "model": "symbolic.model",
    "module": "symbolic.training.module",
    "monitor": "symbolic.training.monitor",
    "name": "symbolic.scope",
    "ndarray": "symbolic.nd",
    "operator": "symbolic.operator",
    "optimizer": "symbolic.training.optimizer",
    "profiler": "symbolic.profiler",
    "random": "symbolic.random",
    "recordio": "symbolic.training.recordio",
    "registry": "symbolic.training.registry",
    "rnn": "symbolic.rnn",
    "runtime": "symbolic.runtime",
    "symbol": "symbolic.symbol",
    "test_utils": "symbolic.test_utils",
    "util": "symbolic.util",
    "visualization": "symbolic.visualization",
}
"""Dotted name below ``mxnet`` -> module of this library, or ``module:attribute``."""

SPACES = ("contrib", "linalg", "image", "sparse", "random", "op", "_internal")  # of operators, in mx.nd and mx.sym
MODULES |= {f"{parent}.{space}": f"{MODULES[parent]}:{space}" for parent in ("ndarray", "symbol") for space in SPACES}

# Files of MXNet whose content users meet one level up: there it is here.
FILES = {
    "image": ("detection", "image"),
    "io": ("io", "utils"),
    "kvstore": ("base", "kvstore", "kvstore_server"),
    "module": ("base_module", "bucketing_module", "executor_group", "module", "python_module", "sequential_module"),
    "ndarray": ("ndarray", "utils"),
    "optimizer": ("contrib", "optimizer"),
    "rnn": ("io", "rnn", "rnn_cell"),
    "symbol": ("symbol",),
}
MODULES |= {f"{parent}.{file}": MODULES[parent] for parent, files in FILES.items() for file in files}

_COMPOSE = "compose with mx.sym and train with mx.mod.Module"
_IMPERATIVE = "use mx.nd and mx.sym, or NumPy itself"
REFUSED: dict[str, str] = {
    "contrib.amp": "cast with mx.sym.Cast or amp_cast, and train float16 weights with multi_precision=True",
    "contrib.io": "wrap the data in mx.io.NDArrayIter",
    "contrib.onnx": "save with symbol.save and mx.nd.save",
    "contrib.quantization": "compose the operators of mx.sym.contrib, quantize and dequantize among them",
    "contrib.svrg_optimization": "train with mx.mod.Module and one of mx.optimizer",
    "contrib.tensorrt": "bind with executor='numba'",
    "contrib.text": "count tokens with collections.Counter and encode them with mx.rnn.encode_sentences",
    "cython": "there is no compiled part",
    "gluon": _COMPOSE,
    "library": "write an operator as a class with mx.operator.CustomOp",
    "misc": "use mx.lr_scheduler",
    "notebook": "use the callbacks of mx.callback",
    "np": _IMPERATIVE,
    "np_symbol": _IMPERATIVE,
    "npx": _IMPERATIVE,
    "numpy": _IMPERATIVE,
    "numpy_extension": _IMPERATIVE,
    "ndarray.numpy": _IMPERATIVE,
    "ndarray.numpy_extension": _IMPERATIVE,
    "onnx": "save with symbol.save and mx.nd.save",
    "rtc": "write an operator as a class with mx.operator.CustomOp",
    "symbol.numpy": _IMPERATIVE,
    "symbol.numpy_extension": _IMPERATIVE,
    "tensorrt": "bind with executor='numba'",
    "th": "exchange arrays through NumPy",
    "torch": "exchange arrays through NumPy",
    "tvmop": "write an operator as a class with mx.operator.CustomOp",
}
"""What is left out, with everything below it -> what to do instead."""


def canonical(path: str) -> str:
    """Spell a dotted name below ``mxnet`` with the long name of its module: ``nd.random`` is ``ndarray.random``."""
    first, dot, rest = path.partition(".")
    return ALIASES.get(first, first) + dot + rest


def refusal(path: str) -> str | None:
    """Say what to use instead of a module that is left out; ``None`` if it is not one of these."""
    parts = canonical(path).split(".")
    for length in range(len(parts), 0, -1):
        hint = REFUSED.get(".".join(parts[:length]))
        if hint is not None:
            return f"mxnet.{path} is not covered by symbind; {hint}"
    return None
