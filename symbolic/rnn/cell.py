"""What recurrent cells have in common: parameters, states, and unrolling over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symbolic import nd, symbol
from symbolic.errors import InputError, NotSupported, UnknownName, closest, describe
from symbolic.symbol.handle import Symbol

__all__ = ["BaseRNNCell", "RNNParams", "laid_out"]

Sequences = Symbol | Sequence[Symbol]


class RNNParams:
    """Variables of cells, made when first asked for; cells that hold one container share weights.

    Parameters
    ----------
    prefix : str
        Put before each name.
    """

    def __init__(self, prefix: str = ""):
        self._prefix = prefix
        self._params: dict[str, Symbol] = {}

    def get(self, name: str, **kwargs: Any) -> Symbol:
        """Return the variable ``prefix + name``; ``kwargs`` are those of ``mx.sym.Variable`` if it must be made."""
        name = self._prefix + name
        if name not in self._params:
            self._params[name] = symbol.Variable(name, **kwargs)
        return self._params[name]


def laid_out(length: Any, inputs: Sequences, layout: str, merge: bool | None, in_layout: str | None = None) -> tuple[Any, int]:
    """Bring a sequence into one Symbol, or into a list with one for each step.

    Parameters
    ----------
    length : int
        Number of steps.
    inputs : Symbol or list of Symbol
        The sequence, whole or step by step.
    layout : str
        Axes of the result, as ``"NTC"``.
    merge : bool, optional
        True for one Symbol, False for a list, None for whatever it is.
    in_layout : str, optional
        Axes of ``inputs``, by default those of the result.

    Returns
    -------
    sequence : Symbol or list of Symbol
        The same, laid out anew.
    axis : int
        Axis of time in ``layout``.

    Raises
    ------
    InputError
        If there are no inputs, another number of them than steps, or a group where one output is needed.
    """
    if inputs is None:
        raise InputError(
            describe(
                "there is nothing to unroll over",
                facts={"argument": "inputs", "got": "None", "expected": "Symbol, or one for each step"},
                hint="make variables: [mx.sym.Variable(f't{t}_data') for t in range(length)]",
            )
        )
    axis = layout.find("T")
    in_axis = axis if in_layout is None else in_layout.find("T")
    if not isinstance(inputs, Symbol):
        if length is not None and len(inputs) != length:
            facts = {"argument": "inputs", "got": f"{len(inputs)} of them", "expected": length}
            raise InputError(describe("there must be one input for each step", facts=facts))
        if merge is True:
            inputs = symbol.Concat(*[symbol.expand_dims(step, axis=axis) for step in inputs], dim=axis)
            in_axis = axis
    elif merge is False:
        if len(inputs) != 1:
            facts = {"argument": "inputs", "got": f"a group of {len(inputs)}", "expected": "one output"}
            raise InputError(describe("a group cannot be split into steps", facts=facts, hint="give list(inputs)"))
        inputs = list(symbol.split(inputs, axis=in_axis, num_outputs=length, squeeze_axis=True))
    if isinstance(inputs, Symbol) and axis != in_axis:
        inputs = symbol.swapaxes(inputs, dim1=axis, dim2=in_axis)
    return inputs, axis


def _taken(args: dict[str, Any], name: str, why: str) -> Any:
    """Remove an array from a dict of weights; say which there are if it is missing."""
    if name not in args:
        known = ", ".join(map(str, args)) or "none"
        raise UnknownName(describe(f"{why}: {name!r} is missing{closest(name, map(str, args))}", facts={"got": known, "expected": name}))
    return args.pop(name)


class BaseRNNCell:
    """One step of a recurrent network, which `unroll` repeats over a sequence.

    A subclass states `state_info` and `__call__`, and if its weights are packed, ``_gate_names`` and ``_num_hidden``.

    Parameters
    ----------
    prefix : str
        Put before the names of variables, states and steps.
    params : RNNParams, optional
        Variables to share with other cells; by default the cell has its own.
    """

    def __init__(self, prefix: str = "", params: RNNParams | None = None):
        self._own_params = params is None
        self._prefix = prefix
        self._params = RNNParams(prefix) if params is None else params
        self._modified = False
        self._cells: list[BaseRNNCell] = []
        self.reset()

    def reset(self) -> None:
        """Count steps and states from zero again, before another graph is made of the cell."""
        self._init_counter = -1
        self._counter = -1
        for cell in self._cells:
            cell.reset()

    def __call__(self, inputs: Symbol, states: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
        """Compose one step.

        Parameters
        ----------
        inputs : Symbol, (n, k)
            What comes in.
        states : list of Symbol
            States of the step before, or those of `begin_state`.

        Returns
        -------
        output : Symbol
            What goes out.
        states : list of Symbol
            States after the step.
        """
        raise NotSupported(describe(f"{type(self).__name__} does not say what a step is", operator=type(self).__name__))

    @property
    def params(self) -> RNNParams:
        """The variables. Who asks for them may share them, so from then on they are not the cell's alone."""
        self._own_params = False
        return self._params

    @property
    def state_info(self) -> list[Any]:
        """Shape, with 0 for the batch, and ``__layout__`` of each state."""
        raise NotSupported(describe(f"{type(self).__name__} does not say what its states are", operator=type(self).__name__))

    @property
    def state_shape(self) -> list[tuple[int, ...]]:
        """Shape of each state."""
        return [info["shape"] for info in self.state_info]

    @property
    def _gate_names(self) -> Sequence[str]:
        return ()

    @property
    def _can_step(self) -> bool:
        """Whether it can be called, and not only unrolled."""
        return True

    def _refuse_if_modified(self) -> None:
        if self._modified:
            hint = "call the modifier, such as DropoutCell or ZoneoutCell, instead"
            raise InputError(describe("the cell was given to a modifier", operator=type(self).__name__, hint=hint))

    def begin_state(self, func: Callable[..., Symbol] = symbol.zeros, **kwargs: Any) -> list[Symbol]:
        """Make the states before the first step.

        Parameters
        ----------
        func : callable
            What makes them: ``mx.sym.zeros``, ``mx.sym.ones``, ``mx.sym.Variable`` to feed them.
        **kwargs
            Handed to ``func``, beside ``name`` and what `state_info` tells.
        """
        self._refuse_if_modified()
        states = []
        for info in self.state_info:
            self._init_counter += 1
            kwargs.update(info or {})
            states.append(func(name=f"{self._prefix}begin_state_{self._init_counter}", **kwargs))
        return states

    def unpack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Split packed weights gate by gate: ``i2h_weight`` into ``i2h_i_weight``, ``i2h_f_weight`` and so on.

        Parameters
        ----------
        args : dict of NDArray
            By name; arrays that are not the cell's stay as they are.

        Returns
        -------
        dict of NDArray
            A new one.

        Raises
        ------
        UnknownName
            If one of the cell's weights is missing.
        """
        args = dict(args)
        size = getattr(self, "_num_hidden", 0)
        for group in ("i2h", "h2h") if self._gate_names else ():
            weight, bias = [_taken(args, f"{self._prefix}{group}_{kind}", "cannot unpack weights") for kind in ("weight", "bias")]
            for place, gate in enumerate(self._gate_names):
                rows = slice(place * size, (place + 1) * size)
                args[f"{self._prefix}{group}{gate}_weight"] = weight[rows].copy()
                args[f"{self._prefix}{group}{gate}_bias"] = bias[rows].copy()
        return args

    def pack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Join weights gate by gate into packed ones: undo `unpack_weights`."""
        args = dict(args)
        for group in ("i2h", "h2h") if self._gate_names else ():
            for kind in ("weight", "bias"):
                parts = [_taken(args, f"{self._prefix}{group}{gate}_{kind}", "cannot pack weights") for gate in self._gate_names]
                args[f"{self._prefix}{group}_{kind}"] = nd.concatenate(parts)
        return args

    def unroll(
        self,
        length: int,
        inputs: Sequences,
        begin_state: list[Symbol] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Compose ``length`` steps.

        Parameters
        ----------
        length : int
            Number of steps.
        inputs : Symbol or list of Symbol
            One Symbol of the axes ``layout``, or one (n, k) for each step.
        begin_state : list of Symbol, optional
            States before the first step, by default those of `begin_state`.
        layout : {"NTC", "TNC"}
            Axes of a Symbol that holds the whole sequence: batch, time, features.
        merge_outputs : bool, optional
            Return the outputs as one Symbol (True), as a list (False), or as the cell has them (None).

        Returns
        -------
        outputs : Symbol or list of Symbol
            Outputs of the steps.
        states : list of Symbol
            States after the last step.
        """
        self.reset()
        steps, _ = laid_out(length, inputs, layout, False)
        states = self.begin_state() if begin_state is None else begin_state
        outputs = []
        for step in range(length):
            output, states = self(steps[step], states)
            outputs.append(output)
        return laid_out(length, outputs, layout, merge_outputs)[0], states

    def _get_activation(self, inputs: Symbol, activation: str | Callable[..., Symbol], **kwargs: Any) -> Symbol:
        if isinstance(activation, str):
            return symbol.Activation(inputs, **{"act_type": activation, **kwargs})
        return activation(inputs, **kwargs)
