"""Arrays by key, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, FileError, InputError, MXNetError, NotSupported, UnknownName, closest, describe, printable
from symbolic.files import atomic
from symbolic.nd.array import NDArray
from symbolic.training.kvstore.base import KVStoreBase
from symbolic.training.optimizer import Optimizer, get_updater

__all__ = ["KVStore"]


class KVStore(KVStoreBase):
    """Arrays by key, in this process.

    Keys are integers or strings, not both in one store. Where a key goes, a list of keys may; where a value goes, a list of
    values, one for each device: they are added up, or all are written to.

    Parameters
    ----------
    name : str
        Its `type`.
    """

    def __init__(self, name: str = "local"):
        self._type = name
        self._updater: Callable[[Any, NDArray, NDArray], Any] | None = None
        self._kept: dict[Any, NDArray] = {}
        self._kind: type | None = None
        self._threshold: float | None = None
        self._residuals: dict[tuple[Any, int], np.ndarray] = {}

    # -- what it is ---------------------------------------------------------------------------------------------------

    @property
    def type(self) -> str:
        """Name it was made by: ``"local"``, ``"device"``, ..."""
        return self._type

    @property
    def rank(self) -> int:
        """Number of this worker: 0."""
        return 0

    @property
    def num_workers(self) -> int:
        """Number of workers: 1."""
        return 1

    def is_capable(self, capability: str) -> bool:
        """Tell whether the store can do something; it can run an ``"optimizer"``.

        Raises
        ------
        ArgumentError
            If nobody knows what that is.
        """
        if capability.lower() == self.OPTIMIZER:
            return True
        facts = {"argument": "capability", "got": repr(capability), "expected": repr(self.OPTIMIZER)}
        raise ArgumentError(describe("unknown capability", operator="is_capable", facts=facts))

    # -- keys and values ----------------------------------------------------------------------------------------------

    def init(self, key: Any, value: Any) -> None:
        """Keep a copy of an array under a new key; or of each of a list.

        Raises
        ------
        ArgumentError
            If a key is there already.
        """
        for one, values in self._pairs("init", key, value):
            if one in self._kept or len(values) > 1:
                hint = "init and broadcast begin a key, push changes what is under it"
                raise ArgumentError(describe(f"the key {one!r} is there already", operator="init", hint=hint))
            self._kept[one] = values[0].copy()

    def push(self, key: Any, value: Any, priority: int = 0) -> None:
        """Add up what all devices give for a key; then let the updater change what is kept, or replace it.

        Parameters
        ----------
        key : int or str, or a list of these
            Where.
        value : NDArray, list of NDArray, or a list of these
            Gradients, one for each device.
        priority : int
            No effect.
        """
        for one, values in self._pairs("push", key, value):
            kept = self._find(one, "push")
            added = self._added(one, values)
            self._check_shape(one, kept, added, "push")
            if self._updater is not None:
                self._updater(one, added, kept)
            elif added.stype == kept.stype:
                self._kept[one] = (added.copy() if len(values) == 1 else added).astype(kept.dtype, copy=False)
            else:
                kept[:] = added.tostype("default")

    def pull(self, key: Any, out: Any = None, priority: int = 0, ignore_sparse: bool = True) -> None:
        """Copy what is kept to arrays.

        Parameters
        ----------
        key : int or str, or a list of these
            Where.
        out : NDArray, list of NDArray, or a list of these
            Written to; all in a list get the same.
        priority : int
            No effect.
        ignore_sparse : bool
            Leave sparse arrays of ``out`` as they are; `row_sparse_pull` is for these.
        """
        self._need(out, "out", "pull")
        for one, targets in self._pairs("pull", key, out):
            self._write(one, [target for target in targets if target.stype == "default" or not ignore_sparse], "pull")

    def _write(self, key: Any, targets: Sequence[NDArray], operator: str) -> None:
        kept = self._find(key, operator)
        for target in targets:
            self._check_shape(key, target, kept, operator)
            kept.copyto(target) if kept.stype == target.stype else kept.tostype("default").copyto(target)

    def pushpull(self, key: Any, value: Any, out: Any = None, priority: int = 0) -> None:
        """Push, then pull into ``out``, by default into the values.

        Parameters
        ----------
        key, value, out, priority
            As for `push` and `pull`.
        """
        self.push(key, value, priority)
        self.pull(key, value if out is None else out, priority, ignore_sparse=False)

    def broadcast(self, key: Any, value: Any, out: Any, priority: int = 0) -> None:
        """Keep values under new keys, and copy them to arrays.

        Parameters
        ----------
        key, value, out, priority
            As for `init` and `pull`.
        """
        self.init(key, value)
        self.pull(key, out, priority, ignore_sparse=False)

    def row_sparse_pull(self, key: Any, out: Any = None, priority: int = 0, row_ids: Any = None) -> None:
        """Copy some rows of row-sparse arrays that are kept.

        Parameters
        ----------
        key : int or str, or a list of these
            Where.
        out : RowSparseNDArray, list of them, or a list of these
            Gets these rows, and zeros elsewhere.
        priority : int
            No effect.
        row_ids : NDArray or list of NDArray
            Numbers of rows; one array for all of ``out``, or one for each.
        """
        self._need(out, "out", "row_sparse_pull")
        self._need(row_ids, "row_ids", "row_sparse_pull")
        outs = list(self._pairs("row_sparse_pull", key, out))
        shared = isinstance(row_ids, NDArray) or (len(row_ids) == 1 and isinstance(row_ids[0], NDArray))
        if shared:
            only = row_ids if isinstance(row_ids, NDArray) else row_ids[0]
            ids = [[only] * len(targets) for _, targets in outs]
        else:
            ids = [rows for _, rows in self._pairs("row_sparse_pull", key, row_ids)]
        for (one, targets), rows in zip(outs, ids, strict=True):
            kept = self._find(one, "row_sparse_pull")
            if len(rows) != len(targets):
                facts = {"argument": "row_ids", "got": len(rows), "expected": len(targets)}
                raise InputError(describe("an array of row numbers is needed for each of out", operator="row_sparse_pull", facts=facts))
            for target, some in zip(targets, rows, strict=True):
                self._pull_rows(one, kept, target, some)

    def _pull_rows(self, key: Any, kept: NDArray, target: NDArray, rows: NDArray) -> None:
        for what, array in (("what is kept", kept), ("out", target)):
            if array.stype != "row_sparse":
                facts = {"key": key, "got": f"stype {array.stype}", "expected": "row_sparse"}
                raise ArgumentError(describe(f"{what} is not row-sparse", operator="row_sparse_pull", facts=facts, hint="call pull"))
        self._check_shape(key, target, kept, "row_sparse_pull")
        values = kept.asnumpy()
        picked = np.zeros_like(values)
        some = np.unique(rows.asnumpy().astype(np.int64).ravel())
        picked[some] = values[some]
        target[:] = picked

    def _pairs(self, operator: str, key: Any, value: Any) -> Iterator[tuple[Any, list[NDArray]]]:
        """List each key with its values, one for each device; a key that stands twice in a list has the values of both."""
        keys, values = (list(key), value) if isinstance(key, (list, tuple)) else ([key], [value])
        if len(keys) != len(values):
            facts = {"keys": len(keys), "values": len(values)}
            raise InputError(describe("there is not a value for each key", operator=operator, facts=facts))
        together: dict[Any, list[NDArray]] = {}
        for one, given in zip(keys, values, strict=True):
            together.setdefault(self._checked_key(one, operator), []).extend(
                self._checked_value(array, operator) for array in (given if isinstance(given, (list, tuple)) else [given])
            )
        yield from together.items()

    def _checked_key(self, key: Any, operator: str) -> Any:
        if isinstance(key, np.integer):
            key = int(key)
        if not isinstance(key, (int, str)):
            raise InputError(describe("keys are integers or strings", operator=operator, facts={"got": f"{key!r} ({type(key).__name__})"}))
        kind = str if isinstance(key, str) else int
        if self._kind not in (None, kind):
            facts = {"got": repr(key), "expected": f"{'str' if self._kind is str else 'int'}, as the keys before"}
            raise InputError(describe("keys are integers or strings, not both in one store", operator=operator, facts=facts))
        self._kind = kind
        return key

    def _checked_value(self, value: Any, operator: str) -> NDArray:
        if not isinstance(value, NDArray):
            facts = {"got": type(value).__name__, "expected": "NDArray, or a list of them"}
            raise InputError(describe("values are NDArrays", operator=operator, facts=facts))
        return value

    def _need(self, value: Any, argument: str, operator: str) -> None:
        if value is None:
            raise InputError(describe(f"{argument} is missing", operator=operator, facts={"argument": argument, "expected": "NDArray"}))

    def _find(self, key: Any, operator: str) -> NDArray:
        found = self._kept.get(key)
        if found is None:
            near = closest(key, [k for k in self._kept if isinstance(k, str)]) if isinstance(key, str) else ""
            raise UnknownName(describe(f"there is no key {key!r}{near}", operator=operator, hint="call init, or broadcast, first"))
        return found

    def _check_shape(self, key: Any, first: NDArray, second: NDArray, operator: str) -> None:
        if first.shape != second.shape:
            facts = {"key": key, "got": second.shape, "expected": first.shape}
            raise ArgumentError(describe("the array has another shape", operator=operator, facts=facts))

    # -- adding up ----------------------------------------------------------------------------------------------------

    def _added(self, key: Any, values: list[NDArray]) -> NDArray:
        """Add up what the devices give; compressed, if that is asked for and there are several."""
        if len(values) == 1:
            return values[0]
        if self._threshold is not None:
            values = [self._compressed(key, place, value) for place, value in enumerate(values)]
        total = values[0].copy()
        for value in values[1:]:
            self._check_shape(key, total, value, "push")
            total += value.as_in_context(total.context)
        return total

    def _compressed(self, key: Any, device: int, value: NDArray) -> NDArray:
        """Reduce each element to the threshold, its opposite or zero; what is lost is added to the next gradient."""
        bound: Any = self._threshold
        left = self._residuals.get((key, device), 0) + value.asnumpy()
        sent = np.where(left >= bound, bound, np.where(left <= -bound, -bound, 0)).astype(left.dtype)
        self._residuals[key, device] = left - sent
        made = value.copy()
        made[:] = sent
        return made

    def set_gradient_compression(self, compression_params: Mapping[str, Any]) -> None:
        """Compress what devices push, where there are several, to two bits for each element.

        Parameters
        ----------
        compression_params : dict
            ``{"type": "2bit", "threshold": 0.5}``: elements become the threshold, its opposite or zero, and what is lost is
            kept for the next push.

        Raises
        ------
        ArgumentError
            If the type is unknown, or the threshold not positive.
        NotSupported
            If the store adds gradients up on the host.
        """
        if "device" not in self.type:
            facts = {"got": self.type, "expected": "device"}
            raise NotSupported(describe("this store compresses nothing", operator="set_gradient_compression", facts=facts))
        words = dict(compression_params)
        kind, threshold = words.pop("type", None), float(words.pop("threshold", 0.5))
        if kind != "2bit" or threshold <= 0 or words:
            facts = {"got": dict(compression_params), "expected": "{'type': '2bit', 'threshold': a number above 0}"}
            raise ArgumentError(describe("gradients cannot be compressed so", operator="set_gradient_compression", facts=facts))
        self._threshold = threshold
        self._residuals.clear()

    # -- updates ------------------------------------------------------------------------------------------------------

    def set_optimizer(self, optimizer: Optimizer) -> None:
        """Step what is kept by an optimizer at each push."""
        self._set_updater(get_updater(optimizer))

    def _set_updater(self, updater: Callable[[Any, NDArray, NDArray], Any]) -> None:
        """Call ``updater(key, added up, kept)`` at each push, which rewrites what is kept."""
        self._updater = updater

    set_updater = _set_updater

    def save_optimizer_states(self, fname: Any, dump_optimizer: bool = False) -> None:
        """Write the optimizer's states to a file that MXNet reads, too; whole or not at all.

        Parameters
        ----------
        fname : path
            The file.
        dump_optimizer : bool
            Write the optimizer with them.
        """
        atomic.write(fname, [self._states("save_optimizer_states").get_states(dump_optimizer)])

    def load_optimizer_states(self, fname: Any) -> None:
        """Read the optimizer's states from a file of this library's or MXNet's.

        Raises
        ------
        FileError
            If the file cannot be read.
        FormatError
            If it holds something else.
        """
        updater = self._states("load_optimizer_states")
        try:
            with open(fname, "rb") as file:
                content = file.read()
        except OSError as error:
            raise FileError(f"cannot read '{printable(fname, 300)}': {error.strerror or error}", error) from error
        updater.set_states(content)

    def _states(self, operator: str) -> Any:
        if not hasattr(self._updater, "get_states"):
            raise InputError(describe("there is no optimizer whose states these are", operator=operator, hint="call set_optimizer first"))
        return self._updater

    # -- several processes --------------------------------------------------------------------------------------------

    def _barrier(self) -> None:
        """Wait for the other workers: there are none."""

    def _send_command_to_servers(self, head: int, body: str) -> None:
        raise MXNetError(describe("there are no servers", operator=self.type))
