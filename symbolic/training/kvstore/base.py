"""What stores have in common, and one that keeps nothing."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from symbolic.errors import ArgumentError, InputError, NotSupported, describe
from symbolic.nd.array import NDArray
from symbolic.training.optimizer import Optimizer

__all__ = ["KVStoreBase", "TestStore"]


class KVStoreBase:
    """What stores have in common; a class of the user's, decorated by `KVStoreBase.register`, is found by its name."""

    OPTIMIZER = "optimizer"
    kv_registry: ClassVar[dict[str, type]] = {}

    @staticmethod
    def register(klass: Any) -> Any:
        """Enter a class under its name in lower case, for `create`; return it, so that this decorates."""
        if not isinstance(klass, type):
            raise InputError(describe("only a class can be registered", operator="register", facts={"got": repr(klass)}))
        name = klass.__name__.lower()
        if name in KVStoreBase.kv_registry:
            warnings.warn(f"kvstore {name!r}: {klass} takes the place of {KVStoreBase.kv_registry[name]}", UserWarning, stacklevel=2)
        KVStoreBase.kv_registry[name] = klass
        return klass

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Keep values under new keys, and copy them to ``out``."""
        raise self._missing("broadcast")

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """Add values up, and copy the result to ``out``, by default to the values."""
        raise self._missing("pushpull")

    def set_optimizer(self, optimizer: Optimizer) -> None:
        """Step what is kept by an optimizer."""
        raise self._missing("set_optimizer")

    def is_capable(self, capability: str) -> bool:
        """Tell whether the store can do something: ``"optimizer"``."""
        raise self._missing("is_capable")

    def save_optimizer_states(self, fname: Any, dump_optimizer: bool = False) -> None:
        """Write the optimizer's states to a file."""
        raise self._missing("save_optimizer_states")

    def load_optimizer_states(self, fname: Any) -> None:
        """Read the optimizer's states from a file."""
        raise self._missing("load_optimizer_states")

    @property
    def type(self) -> str:
        """Name of the kind of store."""
        raise self._missing("type")

    @property
    def rank(self) -> int:
        """Number of this worker, from 0."""
        raise self._missing("rank")

    @property
    def num_workers(self) -> int:
        """Number of workers."""
        raise self._missing("num_workers")

    def _missing(self, what: str) -> NotSupported:
        return NotSupported(describe(f"this store does not say what {what} is", operator=type(self).__name__))


@KVStoreBase.register
class TestStore(KVStoreBase):
    """A store that keeps nothing: it adds up and copies. For tests, and as an example of one's own."""

    __test__ = False  # for pytest, which collects classes of this name

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Copy a value to each of ``out``."""
        for target in out if isinstance(out, list) else [out]:
            target[:] = value

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """Add values up, and copy the result to ``out``, by default to the values."""
        if isinstance(value, NDArray):
            values, targets = [value], out
        else:
            values, targets = list(value), value if out is None else out
        total = values[0].copy()
        for other in values[1:]:
            total += other.as_in_context(total.context)
        for target in [] if targets is None else targets if isinstance(targets, list) else [targets]:
            target[:] = total

    @staticmethod
    def is_capable(capability: str) -> bool:  # type: ignore[override]
        """Tell whether it runs an ``"optimizer"``: no."""
        if capability.lower() == KVStoreBase.OPTIMIZER:
            return False
        facts = {"argument": "capability", "got": repr(capability), "expected": repr(KVStoreBase.OPTIMIZER)}
        raise ArgumentError(describe("unknown capability", operator="is_capable", facts=facts))

    @property
    def type(self) -> str:
        """Its name."""
        return "teststore"

    @property
    def rank(self) -> int:
        """Number of this worker: 0."""
        return 0

    @property
    def num_workers(self) -> int:
        """Number of workers: 1."""
        return 1
