"""``mx.kvstore``: arrays by key, to which several devices push gradients and from which they pull weights.

One process keeps them all: ``local`` and ``device`` say where MXNet added gradients up, here they are one. With an updater
(``set_optimizer``), a push changes the weight that is kept; without, it replaces it.
"""

from __future__ import annotations

from typing import Any

from symbolic.errors import ArgumentError, NotSupported, UnknownName, closest, describe
from symbolic.training.kvstore.base import KVStoreBase
from symbolic.training.kvstore.local import KVStore

__all__ = ["KVStore", "KVStoreBase", "create"]

LOCAL = ("local", "local_update_cpu", "local_allreduce_cpu", "device", "local_allreduce_device")
DISTRIBUTED = (
    "dist",
    "dist_sync",
    "dist_async",
    "dist_sync_device",
    "dist_async_device",
    "dist_device_sync",
    "p3",
    "horovod",
    "byteps",
    "nccl",
)


def create(name: str = "local") -> Any:
    """Make a store.

    Parameters
    ----------
    name : str
        ``"local"``, ``"device"``, MXNet's longer spellings of these, or the name of a class that is registered; in any case.

    Raises
    ------
    ArgumentError
        If the name is no string.
    NotSupported
        If it is a store of several processes or machines.
    UnknownName
        If it is no store.
    """
    if not isinstance(name, str):
        facts = {"argument": "name", "got": repr(name), "expected": "str"}
        raise ArgumentError(describe("a store is made by its name", operator="kvstore.create", facts=facts))
    lower = name.lower()
    if lower in KVStoreBase.kv_registry:
        return KVStoreBase.kv_registry[lower]()
    if lower in LOCAL:
        return KVStore(lower)
    if lower in DISTRIBUTED or lower.startswith("dist"):
        hint = "use 'local': several contexts of one process share it, as Module does with context=[mx.cpu(0), mx.cpu(1)]"
        raise NotSupported(describe(f"there is no {name!r} store: training runs in one process", operator="kvstore.create", hint=hint))
    known = (*LOCAL, *KVStoreBase.kv_registry)
    raise UnknownName(describe(f"no store is called {name!r}{closest(lower, known)}", operator="kvstore.create", facts={"known": known}))
