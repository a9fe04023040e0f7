"""Optimizer: what all have in common. Rates of each weight, counts of steps, states, names."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from symbolic import nd
from symbolic.errors import ArgumentError, InputError, MXNetError, NotSupported, describe
from symbolic.nd.array import NDArray
from symbolic.operator.match import shown
from symbolic.training.optimizer import formula as formulas
from symbolic.training.optimizer.keywords import check_keywords
from symbolic.training.optimizer.sparse import step_rows
from symbolic.training.registry import registry_of
from symbolic.util import is_np_array

__all__ = ["Optimizer", "create", "register"]

FLOAT16, FLOAT32 = np.float16, np.float32
logger = logging.getLogger(__name__)


class FixedRate(MXNetError, UserWarning):
    """A scheduler decides on the learning rate; MXNet raises a warning."""


class Gone(NotSupported, DeprecationWarning):
    """A method of old."""


class Optimizer:
    """Base of all optimizers: a rule that changes weights by their gradients.

    A subclass says its mathematics once, for arrays and for graphs:

    ``create_state(index, weight)``
        The arrays that it keeps for a weight: ``None``, an array, or a tuple.
    ``numbers(index, lr, wd)``
        The numbers of this step, floats by name; by default ``{"lr": lr, "wd": wd}``.
    ``formula(F, weight, grad, state, **numbers)``
        ``(new weight, new state)``. ``F`` is ``mx.nd`` or ``mx.sym``.

    Or, as a user's class may, ``update(index, weight, grad, state)`` on arrays alone.

    Parameters
    ----------
    rescale_grad : float
        Factor on every gradient. Gradients are sums over the batch, so this is usually ``1 / batch_size``.
    param_idx2name : dict of int to str, optional
        Names of the weights by index. Weights other than ``*_weight`` and ``*_gamma`` then have no decay.
    wd : float
        Weight decay: share of the weight that is added to its gradient.
    clip_gradient : float, optional
        Bound on the size of each element of the rescaled gradient.
    learning_rate : float, optional
        Length of a step; by default the scheduler's, or 0.01.
    lr_scheduler : LRScheduler, optional
        Learning rate by number of updates. A ``learning_rate`` beside it becomes its ``base_lr``.
    sym : Symbol, optional
        Whose ``__lr_mult__`` and ``__wd_mult__`` attributes multiply rates and decays.
    begin_num_update : int
        Number of updates that are done already.
    multi_precision : bool
        Keep a float32 copy of each float16 weight, and step that.
    param_dict : dict, optional
        Objects with ``lr_mult`` and ``wd_mult``, by index.

    Attributes
    ----------
    aggregate_num : int
        How many weights an `Updater` hands over at once; 0 for one at a time.
    num_update : int
        The largest number of steps that any weight has done.
    """

    opt_registry: ClassVar[dict[str, type]]
    _master_first = True  # layout of a state in mixed precision: (weight32, state), else (state, weight32)
    _decayed = ("_weight", "_gamma")  # endings of the names of weights that decay
    _repeats = False  # the formula is arithmetic of arrays and numbers, which asks no array for a value
    _rows = False  # a row-sparse gradient changes only the rows that it has

    def __init__(
        self, rescale_grad: float = 1.0, param_idx2name: Mapping[Any, str] | None = None, wd: float = 0.0,
        clip_gradient: float | None = None, learning_rate: float | None = None, lr_scheduler: Any = None, sym: Any = None,
        begin_num_update: int = 0, multi_precision: bool = False, param_dict: Mapping[Any, Any] | None = None,
    ):  # fmt: skip
        if param_idx2name is not None and not isinstance(param_idx2name, Mapping):
            facts = {"argument": "param_idx2name", "got": repr(param_idx2name), "expected": "dict of index to name"}
            raise InputError(describe("names of weights come by their indices", operator=type(self).__name__, facts=facts))
        for argument, value in {"learning_rate": learning_rate, "wd": wd, "rescale_grad": rescale_grad}.items():
            if isinstance(value, (str, bytes)) or (value is not None and not hasattr(value, "__float__")):
                facts = {"argument": argument, "got": shown(value), "expected": "a number (float)"}
                raise ArgumentError(describe(f"{argument} must be a number", operator=type(self).__name__, facts=facts))
        if lr_scheduler is None and learning_rate is None:
            learning_rate = 0.01
        elif lr_scheduler is not None and learning_rate is not None and lr_scheduler.base_lr != learning_rate:
            text = "%s: lr_scheduler starts at learning_rate=%s, not at its own base_lr=%s"
            logger.warning(text, type(self).__name__, learning_rate, lr_scheduler.base_lr)
            lr_scheduler.base_lr = learning_rate
        self.rescale_grad = rescale_grad
        self.lr_scheduler, self.lr, self.wd = lr_scheduler, learning_rate, wd
        self.lr_mult: dict[Any, float] = {}
        self.wd_mult: dict[Any, float] = {}
        self.begin_num_update = self.num_update = begin_num_update
        self._all_index_update_counts: dict[int, dict[Any, int]] = {0: {}}  # by device
        self._index_update_count = self._all_index_update_counts[0]
        self.clip_gradient, self.multi_precision = clip_gradient, multi_precision
        self.aggregate_num = 0
        self.idx2name = dict(param_idx2name or {})
        self.sym_info = (sym.attr_dict(), sym.list_arguments()) if sym is not None else ()
        self.param_dict = param_dict or {}
        self.allow_np_array = is_np_array()
        self.set_lr_mult({})
        self.set_wd_mult({})

    # -- found by name ------------------------------------------------------------------------------------------------

    @staticmethod
    def register(klass: Any) -> Any:
        """Enter a class under its name in lower case, for `create`; return it, so that this decorates."""
        return _registry.register(klass)

    @staticmethod
    def create_optimizer(name: str, **kwargs: Any) -> Optimizer:
        """Make an optimizer by the name of its class, in any case.

        Raises
        ------
        UnknownName
            If no class has the name (it is also a ``ValueError``).
        """
        if not isinstance(name, str):
            facts = {"argument": "name", "got": repr(name), "expected": "str"}
            raise ArgumentError(describe("an optimizer is made by its name", operator="create", facts=facts))
        klass = _registry.find(name)
        check_keywords(klass, kwargs)
        return klass(**kwargs)

    # -- rates --------------------------------------------------------------------------------------------------------

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the next update, before multipliers."""
        return self.lr if self.lr_scheduler is None else self.lr_scheduler(self.num_update)

    def set_learning_rate(self, lr: float) -> None:
        """Set the learning rate.

        Raises
        ------
        FixedRate
            If a scheduler decides on it (it is also a ``UserWarning``).
        """
        if self.lr_scheduler is not None:
            hint = "set lr_scheduler.base_lr, or give no scheduler"
            raise FixedRate(describe("lr_scheduler decides on the learning rate", operator="set_learning_rate", hint=hint))
        self.lr = lr

    def set_lr_scale(self, args_lrscale: Any) -> None:
        """Not there any more: call `set_lr_mult`."""
        raise Gone("set_lr_scale is gone; call set_lr_mult")

    def set_lr_mult(self, args_lr_mult: Mapping[Any, float]) -> None:
        """Multiply the learning rates of some weights, by name or index, beside what the symbol's ``__lr_mult__`` say."""
        self.lr_mult = {**self._of_symbol("__lr_mult__"), **args_lr_mult}

    def set_wd_mult(self, args_wd_mult: Mapping[Any, float]) -> None:
        """Multiply the decays of some weights, by name or index; those not called ``*_weight`` or ``*_gamma`` get 0 else."""
        without = {name: 0.0 for name in self.idx2name.values() if not name.endswith(self._decayed)}
        self.wd_mult = {**without, **self._of_symbol("__wd_mult__"), **args_wd_mult}

    def _of_symbol(self, key: str) -> dict[str, float]:
        attributes, arguments = self.sym_info or ({}, [])
        return {name: float(attributes[name][key]) for name in arguments if key in attributes.get(name, ())}

    def _times(self, value: Any, indices: Sequence[Any], word: str) -> list[Any]:
        """Multiply a rate for each weight: what ``param_dict`` says comes first, then the index, then the name."""
        factors = getattr(self, word)
        return [
            value * getattr(self.param_dict[index], word)
            if index in self.param_dict
            else value * factors[index]
            if index in factors
            else value * factors.get(self.idx2name.get(index), 1.0)
            for index in indices
        ]

    def _get_lrs(self, indices: Sequence[Any]) -> list[Any]:
        """Return the learning rates of weights, for the number of updates so far."""
        return self._times(self.learning_rate, indices, "lr_mult")

    def _get_wds(self, indices: Sequence[Any]) -> list[Any]:
        """Return the decays of weights."""
        return self._times(self.wd, indices, "wd_mult")

    def _get_lr(self, index: Any) -> Any:
        return self._get_lrs([index])[0]

    def _get_wd(self, index: Any) -> Any:
        return self._get_wds([index])[0]

    # -- counts -------------------------------------------------------------------------------------------------------

    def _set_current_context(self, device_id: int) -> None:
        """Count steps for this device from now on; each counts its own."""
        self._index_update_count = self._all_index_update_counts.setdefault(device_id, {})

    def _update_count(self, index: Any) -> None:
        """Count a step of a weight, or of each of a list.

        The first says in the log what gradients are multiplied by: forgetting ``1 / batch_size`` is the usual reason for
        wild steps.
        """
        if self.num_update == self.begin_num_update:
            logger.info("%s multiplies gradients by rescale_grad=%s", type(self).__name__, self.rescale_grad)
        for one in index if isinstance(index, (list, tuple)) else (index,):
            count = self._index_update_count.get(one, self.begin_num_update) + 1
            self._index_update_count[one] = count
            self.num_update = max(count, self.num_update)

    # -- the step -----------------------------------------------------------------------------------------------------

    def create_state(self, index: Any, weight: NDArray) -> Any:
        """Make the arrays that are kept for a weight: ``None``, an NDArray, or a tuple of such."""
        return None

    def create_state_multi_precision(self, index: Any, weight: NDArray) -> Any:
        """Make the state of a weight; under ``multi_precision``, of a float16 one, with a float32 copy of it."""
        if weight.dtype != FLOAT16:
            return self.create_state(index, weight)
        if not self.multi_precision:
            text = f"{type(self).__name__} steps in float16, which is coarse; multi_precision=True keeps a float32 copy of the weight"
            warnings.warn(text, UserWarning, stacklevel=2)
            return self.create_state(index, weight)
        master = weight.astype(FLOAT32)
        state = self.create_state(index, master)
        return (master, state) if self._master_first else (state, master)

    def scalars(self, index: Any) -> dict[str, float]:
        """Count a step of a weight, and return its numbers; to be called once for each weight and step."""
        return self.scalars_of([index])[0]

    def scalars_of(self, indices: Sequence[Any]) -> list[dict[str, float]]:
        """Count a step of each weight, and return the numbers of each."""
        self._update_count(list(indices))
        rates = zip(indices, self._get_lrs(indices), self._get_wds(indices), strict=True)
        return [self.numbers(index, float(lr), float(wd)) for index, lr, wd in rates]  # of a user's NumPy numbers, too

    def numbers(self, index: Any, lr: float, wd: float) -> dict[str, float]:
        """Say what `formula` needs to know of this step, ``self._index_update_count[index]``, of one weight."""
        return {"lr": lr, "wd": wd}

    def formula(self, F: Any, weight: Any, grad: Any, state: Any, **numbers: Any) -> tuple[Any, Any]:
        """State the step: return the new weight and the new state.

        Parameters
        ----------
        F : module
            ``mx.nd`` for arrays, ``mx.sym`` for Symbols.
        weight, grad : NDArray or Symbol
            The weight and its gradient, of one type.
        state : None, NDArray, Symbol, or a tuple of these
            As `create_state` lays it out.
        **numbers
            What `numbers` returns; in a graph, each a `Scalar`.
        """
        facts = {"needed": "formula(F, weight, grad, state, **numbers), or update(index, weight, grad, state)"}
        raise NotSupported(describe("the class does not say what a step is", operator=type(self).__name__, facts=facts))

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Step a weight; or several, if all four are lists.

        Parameters
        ----------
        index : int or str
            Which weight it is: rates and counts go by that.
        weight : NDArray
            Rewritten.
        grad : NDArray
            Its gradient.
        state
            What `create_state` has returned for it; rewritten.

        Raises
        ------
        InputError
            If weight or gradient are no NDArrays.
        """
        many = isinstance(index, (list, tuple))
        indices, weights, grads, states = (index, weight, grad, state) if many else ([index], [weight], [grad], [state])
        self._check([*weights, *grads])
        for numbers, w, g, s in zip(self.scalars_of(indices), weights, grads, states, strict=True):
            self._step(w, g, s, numbers)

    def _check(self, arrays: Sequence[Any]) -> None:
        for array in arrays:
            if not isinstance(array, NDArray):
                facts = {"got": type(array).__name__, "expected": "NDArray"}
                raise InputError(describe("weights and gradients are NDArrays", operator=type(self).__name__, facts=facts))

    def _step(self, weight: NDArray, grad: NDArray, state: Any, numbers: Mapping[str, float]) -> None:
        if grad.stype == "row_sparse" and self._rows:
            step_rows(self, weight, grad, state, numbers)
        else:
            formulas.applied(self, weight, grad, state, numbers)

    def update_multi_precision(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        """Do what `update` does; of a float16 weight under ``multi_precision``, on its float32 copy, in its state."""
        many = isinstance(index, (list, tuple))
        weights: Sequence[NDArray] = weight if many else [weight]
        if not (self.multi_precision and weights and weights[0].dtype == FLOAT16):
            self.update(index, weight, grad, state)
            return
        grads = [array.astype(FLOAT32) for array in (grad if many else [grad])]
        pairs = state if many else [state]
        masters = [pair[0 if self._master_first else 1] for pair in pairs]
        states = [pair[1 if self._master_first else 0] for pair in pairs]
        if many:
            self.update(index, masters, grads, states)
        else:
            self.update(index, masters[0], grads[0], states[0])
        for target, master in zip(weights, masters, strict=True):
            target[:] = master

    # -- what formulas share -------------------------------------------------------------------------------------------

    def _zeros(self, weight: NDArray, dtype: Any = None) -> NDArray:
        """Make a state of zeros, like the weight."""
        return nd.zeros(weight.shape, ctx=weight.context, dtype=dtype or weight.dtype, stype=weight.stype)

    def _words(self, **numbers: Any) -> dict[str, Any]:
        """Make the parameters that update operators share; a ``clip_gradient`` of 0 is none to them."""
        return {**numbers, "rescale_grad": self.rescale_grad, "clip_gradient": self.clip_gradient or -1.0}

    def _clipped(self, F: Any, grad: Any) -> Any:
        return grad if self.clip_gradient is None else F.clip(grad, -self.clip_gradient, self.clip_gradient)

    # -- on the way to a file -----------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "param_dict"}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__ = {**state, "param_dict": {}}


_registry = registry_of(Optimizer, "optimizer")
Optimizer.opt_registry = _registry.found
register, create = Optimizer.register, Optimizer.create_optimizer
