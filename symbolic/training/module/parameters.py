"""What of a module is about its parameters: their first values, setting them, and reading them from the executors."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from symbolic.errors import InputError, describe
from symbolic.nd.array import NDArray
from symbolic.nd.creation import arange
from symbolic.training.initializer import InitDesc, Uniform
from symbolic.training.module.checks import check_initializer, check_value, not_presented
from symbolic.training.module.optimizing import Optimizing

__all__ = ["Parameters"]


class Parameters(Optimizing):
    """A module that keeps parameters and auxiliary states by name, and copies them to its executors and back."""

    def get_params(self) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
        """Return parameters and auxiliary states by name; with several contexts, their mean."""
        self._require("params_initialized")
        if self._params_dirty:
            self._sync_params_from_devices()
        return self._arg_params, self._aux_params

    def init_params(
        self,
        initializer: Any = Uniform(0.01),  # noqa: B008
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Give parameters and auxiliary states their first values; see `BaseModule`."""
        if self.params_initialized and not force_init:
            warnings.warn("the parameters have values already; init_params does nothing unless force_init=True", stacklevel=2)
            return
        self._require("binded")
        check_initializer(initializer)
        attributes = self._symbol.attr_dict()
        for arrays, given, argument in ((self._arg_params, arg_params, "arg_params"), (self._aux_params, aux_params, "aux_params")):
            for name, array in sorted(arrays.items()):
                value = None if given is None else given.get(name)
                if value is not None:
                    if value is not array:
                        check_value(name, value, array, argument)
                        value.copyto(array)
                    continue
                if given is not None and not allow_missing:
                    raise not_presented(argument, given, arrays)
                if initializer is not None:
                    initializer(InitDesc(name, attributes.get(name)), array)
                elif given is None:
                    raise InputError(describe(f"there is no value for {name!r}", operator="init_params", hint="give an initializer"))
        self.params_initialized = True
        self._params_dirty = False
        self._exec_group.set_params(self._arg_params, self._aux_params, allow_extra=allow_extra)

    def set_params(
        self,
        arg_params: Mapping[str, NDArray] | None,
        aux_params: Mapping[str, NDArray] | None,
        allow_missing: bool = False,
        force_init: bool = True,
        allow_extra: bool = False,
    ) -> None:
        """Set parameters and auxiliary states.

        Parameters
        ----------
        arg_params, aux_params : dict of NDArray
            The values.
        allow_missing : bool, default False
            Whether some may be left out; those stay as they are.
        force_init : bool, default True
            Set them even if they have values.
        allow_extra : bool, default False
            Whether there may be names that the network does not have.
        """
        if not allow_missing:
            super().set_params(arg_params, aux_params, allow_missing, force_init, allow_extra)
            return
        if self.params_initialized and not force_init:
            warnings.warn("the parameters have values already; set_params does nothing unless force_init=True", stacklevel=2)
            return
        self._require("binded")
        self._exec_group.set_params(arg_params, aux_params, allow_extra=allow_extra)
        self._params_dirty = True
        self.params_initialized = True

    def _sync_params_from_devices(self) -> None:
        """Copy the executors' parameters."""
        self._exec_group.get_params(self._arg_params, self._aux_params)
        if self._kvstore and self._update_on_kvstore:
            for name, value in sorted(self._arg_params.items()):
                if value.stype == "row_sparse":
                    self._kvstore.row_sparse_pull(name, value, row_ids=arange(0, value.shape[0], dtype="int64"))
        self._params_dirty = False
