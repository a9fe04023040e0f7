"""What sparse arrays share: stored parts, and dense memory only once it is asked for."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np

from symbolic.base import NotSupportedForSparseNDArray, numeric_types
from symbolic.errors import ArgumentError, FormatError, IndexingError, NotSupported, ShapeError, describe
from symbolic.nd.array import Later, NDArray, wrap
from symbolic.values.context import Context
from symbolic.values.dtype import dtype_of

__all__ = ["BaseSparseNDArray", "Parts", "met", "no_way", "stored"]

Parts = tuple[np.ndarray, ...]  # values first, then where they stand
met: list[bool] = []  # not empty once there was a sparse array; before that, no call has to look for one

rules = Later("symbolic.nd.by_storage")
storage = Later("symbolic.nd.storage")


class BaseSparseNDArray(NDArray):
    """An array that stores a part of its elements; the others are zero.

    Operators that know of storage work on what is stored. All else sees dense memory, `_data`, which is made when it is
    first asked for and from then on *is* the array: what is written to it counts, and the parts follow.
    """

    __slots__ = ("_dense", "_parts", "_sizes", "_type")
    stype = "sparse"
    _dense: np.ndarray | None
    _parts: Parts | None
    _sizes: tuple[int, ...]
    _type: np.dtype

    # -- the two forms ------------------------------------------------------------------------------------------------

    @property
    def _data(self) -> np.ndarray:  # type: ignore[override]
        if self._dense is None:
            self._dense = self._spread()
        return self._dense

    @_data.setter
    def _data(self, dense: np.ndarray) -> None:
        self._dense, self._parts, self._sizes, self._type = dense, None, dense.shape, dense.dtype
        if not met:
            met.append(True)

    def _stored(self) -> Parts:
        """Return values and places, as they are now."""
        dense = self._dense
        if self._parts is None or (dense is not None and not np.array_equal(self._spread(), dense, equal_nan=dense.dtype.kind == "f")):
            assert dense is not None
            self._parts = self._picked(dense)
        return self._parts

    def _whole(self) -> np.ndarray:
        """Return the dense values to be read only: no memory is kept for them."""
        return self._spread() if self._dense is None else self._dense

    def _take(self, source: NDArray) -> None:
        """Take over the values of another array of this shape; the type is converted."""
        if source.shape != self.shape:
            facts = {"argument": "other", "got": self.shape, "expected": source.shape}
            raise ShapeError(describe("the array to write to has another shape than the values", operator="copyto", facts=facts))
        if source.stype not in ("default", self.stype):
            raise no_way(source.stype, self.stype, "copyto")
        with np.errstate(all="ignore"):
            if isinstance(source, BaseSparseNDArray):
                values, *places = source._stored()
                self._parts = (values.astype(self._type), *[place.copy() for place in places])
            else:
                self._parts = self._picked(source._data.astype(self._type, copy=False))
        if self._dense is not None:
            self._dense[...] = self._spread()

    @staticmethod
    def _picked(dense: np.ndarray) -> Parts:
        """Pick what is to be stored of a dense array."""
        raise NotImplementedError

    def _spread(self) -> np.ndarray:
        """Make a dense array of what is stored."""
        raise NotImplementedError

    def _flaw(self, full: bool) -> str | None:
        """Say what is wrong with the places."""
        raise NotImplementedError

    # -- what it is ---------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        return self._sizes

    @property
    def dtype(self) -> type:
        """Type of the elements, as a NumPy scalar class."""
        return self._type.type

    @property
    def size(self) -> int:
        """Number of elements, stored or not."""
        return math.prod(self._sizes)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._sizes)

    def __len__(self) -> int:
        return self._sizes[0]

    def __repr__(self) -> str:
        return f"\n<{type(self).__name__} {'x'.join(map(str, self.shape))} @{self._context}>"

    @property
    def data(self) -> NDArray:
        """The stored values, a copy."""
        return wrap(self._stored()[0].copy(), self._context)

    @property
    def indices(self) -> NDArray:
        """Where they stand, a copy, int64: row numbers, or column numbers of a matrix."""
        return wrap(self._stored()[1].copy(), self._context)

    @property
    def _num_aux(self) -> int:
        return len(self._stored()) - 1

    @property
    def _aux_types(self) -> list[type]:
        return [np.int64] * self._num_aux

    def check_format(self, full_check: bool = True) -> None:
        """See that the places are right: in range, ascending, as many as values.

        Parameters
        ----------
        full_check : bool
            Look at every place, not only at the lengths.

        Raises
        ------
        FormatError
            If they are not.
        """
        flaw = self._flaw(full_check)
        if flaw:
            facts = {"shape": self.shape, "stored": [part.shape for part in self._stored()]}
            raise FormatError(describe(flaw, operator="check_format", facts=facts))

    # -- values out, and copies ---------------------------------------------------------------------------------------

    def asnumpy(self) -> np.ndarray:
        """Copy the values into a new, dense NumPy array."""
        return self._spread() if self._dense is None else self._dense.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        found = self.asnumpy()
        return found if dtype is None else found.astype(dtype, copy=False)

    def copy(self) -> Any:
        """Copy it."""
        return stored(type(self), tuple([part.copy() for part in self._stored()]), self._sizes, self._context)

    __copy__ = copy

    def detach(self) -> Any:
        """Return a copy without its place in a recorded computation."""
        return self.copy()

    def copyto(self, other: NDArray | Context) -> Any:
        """Copy the values into another array of this shape, of this storage or a dense one, or into a new one on a context."""
        if isinstance(other, Context):
            return stored(type(self), tuple([part.copy() for part in self._stored()]), self._sizes, other)
        if isinstance(other, NDArray) and other.stype not in ("default", self.stype):
            raise no_way(self.stype, other.stype, "copyto")
        return super().copyto(other)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """Convert the elements to another type; without ``copy``, the same array if it has that type."""
        wanted = dtype_of(np.float32 if dtype is None else dtype)
        if not copy and wanted == self._type:
            return self
        values, *places = self._stored()
        with np.errstate(all="ignore"):
            return stored(type(self), (values.astype(wanted), *[place.copy() for place in places]), self._sizes, self._context)

    def tostype(self, stype: str) -> Any:
        """Return a copy stored as ``"default"``, that is dense, or as it is."""
        return storage.cast(self, stype, "tostype")

    def __reduce__(self) -> tuple[Any, ...]:
        device = (self._context.device_type, self._context.device_id)
        return _rebuilt, (self.stype, self._stored(), self._sizes, *device)

    # -- parts --------------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        """Return itself for ``x[:]``; of a CSR matrix, rows."""
        if isinstance(key, slice) and key == slice(None):
            return self
        raise self._not_here(key, "x[:]")

    def __setitem__(self, key: Any, value: Any) -> None:
        if not (isinstance(key, slice) and key == slice(None)):
            raise self._not_here(key, "x[:] = value")
        if isinstance(value, numeric_types):
            value = self._full(value)
        elif isinstance(value, np.ndarray):
            value = wrap(value.astype(self._type), self._context)
        if not isinstance(value, NDArray):
            facts = {"argument": "value", "got": type(value).__name__, "expected": "NDArray or numpy.ndarray"}
            raise ArgumentError(describe("this cannot be assigned to a sparse array", operator="assignment", facts=facts))
        if value is not self:
            self._take(value)

    def _full(self, value: Any) -> NDArray:
        return wrap(np.full(self._sizes, value, self._type), self._context)

    def _not_here(self, key: Any, instead: str) -> Exception:
        kind = ArgumentError if isinstance(key, (int, tuple)) or key is None else NotSupported
        facts = {"argument": "key", "got": repr(key), "expected": instead}
        return SparseIndexError(describe(f"no such part of a {self.stype} array can be taken", operator=kind.__name__, facts=facts))

    def _refused(self, *args: Any, **_: Any) -> NoReturn:
        raise NotSupportedForSparseNDArray(self._refused, None, *args)

    reshape = _slice = _at = _sync_copyfrom = _refused

    # -- operators ----------------------------------------------------------------------------------------------------

    def _operator(self, name: str) -> Any:
        return rules.aware(name)

    @staticmethod
    def _of_two(name: str, lhs: Any, rhs: Any) -> NDArray:
        return rules.of_two(name, lhs, rhs)

    def __neg__(self) -> Any:
        return self._operator("negative")(self)

    def _put(self, result: NDArray) -> NDArray:
        if result.stype not in ("default", self.stype):
            raise no_way(result.stype, self.stype, "assignment in place")
        self._take(result)
        return self


class SparseIndexError(IndexingError, NotSupported, TypeError):
    """A part that sparse arrays do not give; MXNet raised this or that."""


def stored(kind: type[Any], parts: Parts, shape: tuple[int, ...], context: Context) -> Any:
    """Make a sparse array of values and places: nothing is checked, nothing copied."""
    array: Any = wrap(parts[0], context, kind)
    array._dense, array._parts, array._sizes, array._type = None, parts, tuple(map(int, shape)), parts[0].dtype
    return array


def no_way(found: str, wanted: str, operator: str) -> ArgumentError:
    facts = {"got": found, "expected": f"default or {wanted}"}
    return ArgumentError(describe(f"{found} does not become {wanted}", operator=operator, facts=facts, hint="go through 'default'"))


def _rebuilt(stype: str, parts: Parts, shape: tuple[int, ...], device: str, number: int) -> Any:
    return stored(storage.STORAGE[stype], parts, shape, Context(device, number))
