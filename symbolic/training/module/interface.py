"""What every module can be asked for."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symbolic.errors import FormatError, NotReady, NotSupported, describe, printable
from symbolic.nd.array import NDArray
from symbolic.nd.files import load, save
from symbolic.symbol.handle import Symbol
from symbolic.training.initializer import Uniform

__all__ = ["Interface"]

Shapes = Sequence[Any]  # of DataDesc, or (name, shape)
Parameters = dict[str, NDArray]


class Interface:
    """What a module is asked for; each kind defines what it can do.

    Parameters
    ----------
    logger : logging.Logger or module, default logging
        Where progress is told.

    Attributes
    ----------
    binded, params_initialized, optimizer_initialized : bool
        Which of the three steps are done.
    for_training, inputs_need_grad : bool
        As given to `bind`.
    """

    def __init__(self, logger: Any = logging):
        self.logger = logger
        self.binded = False
        self.for_training = False
        self.inputs_need_grad = False
        self.params_initialized = False
        self.optimizer_initialized = False
        self._symbol: Symbol | None = None
        self._total_exec_bytes = 0

    def _require(self, *steps: str) -> None:
        """Check that steps are done: ``"binded"``, ``"params_initialized"``, ``"optimizer_initialized"``.

        Raises
        ------
        NotReady
            If one is not.
        """
        for step in steps:
            if not getattr(self, step):
                what, call = _STEPS[step]
                asked = sys._getframe(1).f_code.co_name
                raise NotReady(describe(f"the module {what}", operator=f"{type(self).__name__}.{asked}", hint=f"call {call} first"))

    # -- what it takes and gives --------------------------------------------------------------------------------------

    @property
    def symbol(self) -> Symbol | None:
        """The graph, if there is one; of a module with buckets the present one."""
        return self._symbol

    @property
    def data_names(self) -> list[str]:
        """Names of the inputs."""
        raise self._missing("data_names")

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs."""
        raise self._missing("output_names")

    @property
    def data_shapes(self) -> list[Any]:
        """Names and shapes of the inputs."""
        raise self._missing("data_shapes")

    @property
    def label_shapes(self) -> list[Any] | None:
        """Names and shapes of the labels, ``None`` if it takes none."""
        raise self._missing("label_shapes")

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of the outputs."""
        raise self._missing("output_shapes")

    def _missing(self, what: str) -> NotSupported:
        return NotSupported(describe(f"this kind of module defines no {what}", operator=type(self).__name__))

    # -- parameters ---------------------------------------------------------------------------------------------------

    def get_params(self) -> tuple[Parameters, Parameters]:
        """Return parameters and auxiliary states by name."""
        raise self._missing("get_params")

    def init_params(
        self,
        initializer: Any = Uniform(0.01),  # noqa: B008
        arg_params: Mapping[str, NDArray] | None = None,
        aux_params: Mapping[str, NDArray] | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Give parameters and auxiliary states their first values.

        Parameters
        ----------
        initializer : Initializer, default Uniform(0.01)
            Called as ``initializer(InitDesc(name, attributes), array)``.
        arg_params, aux_params : dict of NDArray, optional
            Values taken instead.
        allow_missing : bool, default False
            Whether the initializer may fill what they leave out.
        force_init : bool, default False
            Do it again if it is done.
        allow_extra : bool, default False
            Whether they may hold names that the network does not have.
        """
        raise self._missing("init_params")

    def set_params(
        self,
        arg_params: Mapping[str, NDArray] | None,
        aux_params: Mapping[str, NDArray] | None,
        allow_missing: bool = False,
        force_init: bool = True,
        allow_extra: bool = False,
    ) -> None:
        """Set parameters and auxiliary states; see `init_params`."""
        self.init_params(
            initializer=None,
            arg_params=arg_params,
            aux_params=aux_params,
            allow_missing=allow_missing,
            force_init=force_init,
            allow_extra=allow_extra,
        )

    def save_params(self, fname: Any) -> None:
        """Write parameters and auxiliary states to a ``.params`` file, whole or not at all."""
        arg_params, aux_params = self.get_params()
        save(fname, {f"arg:{name}": value for name, value in arg_params.items()} | {f"aux:{name}": v for name, v in aux_params.items()})

    def load_params(self, fname: Any) -> None:
        """Set parameters and auxiliary states from a ``.params`` file.

        Raises
        ------
        FormatError
            If a name does not tell of which kind its array is.
        """
        kinds: dict[str, Parameters] = {"arg": {}, "aux": {}}
        found = load(fname)
        for name, value in found.items() if isinstance(found, dict) else [("", value) for value in found]:
            kind, _, rest = name.partition(":")
            if kind not in kinds:
                facts = {"found": repr(name), "needed": "a name that begins with 'arg:' or 'aux:'"}
                raise FormatError(describe(f"{printable(fname, 300)}: not the parameters of a module", facts=facts))
            kinds[kind][rest] = value
        self.set_params(kinds["arg"], kinds["aux"])

    def get_states(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the arrays of ``state_names``; this kind of module has none."""
        self._require("binded", "params_initialized")
        if merge_multi_context:
            raise NotReady(describe("states are not merged", operator="get_states", hint="set merge_multi_context=False"))
        return []

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the arrays of ``state_names``; this kind of module has none."""
        self._require("binded", "params_initialized")
        if states or value:
            raise NotReady(describe("this module has no states", operator="set_states"))

    # -- steps --------------------------------------------------------------------------------------------------------

    def install_monitor(self, mon: Any) -> None:
        """Have a monitor watch every executor."""
        raise self._missing("install_monitor")

    def prepare(self, data_batch: Any, sparse_row_id_fn: Callable[[Any], Any] | None = None) -> None:
        """Make ready for a batch.

        Parameters
        ----------
        data_batch : DataBatch
            The next batch.
        sparse_row_id_fn : function, optional
            Told the batch, it says which rows of row-sparse parameters to fetch: a dict of name to row numbers.
        """
        if sparse_row_id_fn is not None:
            warnings.warn(f"{type(self).__name__} does not call sparse_row_id_fn", UserWarning, stacklevel=2)

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute the outputs.

        Parameters
        ----------
        data_batch : DataBatch, or anything with ``data`` and, for a loss, ``label``
            Lists of NDArray. Another shape than the one bound is bound on the fly.
        is_train : bool, optional
            The mode; ``for_training`` by default.
        """
        raise self._missing("forward")

    def backward(self, out_grads: Any = None) -> None:
        """Compute the gradients.

        Parameters
        ----------
        out_grads : NDArray or list of NDArray, optional
            Gradients of the outputs; losses need none.
        """
        raise self._missing("backward")

    def get_outputs(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the outputs of the last forward run.

        Parameters
        ----------
        merge_multi_context : bool, default True
            Join what the contexts made; otherwise each output is a list with one array for each context.
        """
        raise self._missing("get_outputs")

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the gradients of the inputs; see `get_outputs`."""
        raise self._missing("get_input_grads")

    def update(self) -> None:
        """Have the optimizer step the parameters along their gradients."""
        raise self._missing("update")

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Have a metric compare the outputs with labels.

        Parameters
        ----------
        eval_metric : EvalMetric
            What measures.
        labels : list of NDArray
            Those of the batch; with ``pre_sliced`` a list of such lists, one for each context.
        """
        raise self._missing("update_metric")

    # -- making ready -------------------------------------------------------------------------------------------------

    def bind(
        self,
        data_shapes: Shapes,
        label_shapes: Shapes | None = None,
        for_training: bool = True,
        inputs_need_grad: bool = False,
        force_rebind: bool = False,
        shared_module: Any = None,
        grad_req: Any = "write",
    ) -> None:
        """Give every array its shape and memory.

        Parameters
        ----------
        data_shapes, label_shapes : list of DataDesc or (str, tuple)
            As an iterator's ``provide_data`` and ``provide_label``.
        for_training : bool, default True
            Whether there will be gradients.
        inputs_need_grad : bool, default False
            Whether those of the inputs are wanted.
        force_rebind : bool, default False
            Bind again if it is bound; otherwise a second call does nothing.
        shared_module : Module, optional
            A bound module whose parameters, gradients and memory are used.
        grad_req : str, list or dict, default "write"
            ``"write"``, ``"add"`` or ``"null"``, for all or for each argument.
        """
        raise self._missing("bind")

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = (("learning_rate", 0.01),),
        force_init: bool = False,
    ) -> None:
        """Choose the optimizer.

        Parameters
        ----------
        kvstore : str or KVStore, default "local"
            Where the gradients of several contexts meet.
        optimizer : str or Optimizer, default "sgd"
            What steps.
        optimizer_params : dict or pairs
            Its parameters, if it is given by name. Unless ``rescale_grad`` is among them, gradients are divided by the
            size of the batch.
        force_init : bool, default False
            Choose again if it is chosen.
        """
        raise self._missing("init_optimizer")


_STEPS = {
    "binded": ("is not bound", "bind"),
    "params_initialized": ("has no parameters yet", "init_params"),
    "optimizer_initialized": ("has no optimizer yet", "init_optimizer"),
    "inputs_need_grad": ("keeps no gradients of its inputs", "bind(..., inputs_need_grad=True)"),
}
