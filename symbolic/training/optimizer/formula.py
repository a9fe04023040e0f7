"""What a formula of an optimizer is written with: update operators, and numbers that may be values of a graph.

The mathematics of an optimizer is stated once, ``Optimizer.formula``, in terms of weights, gradients, states and the numbers
of the step (``lr``, ``wd``, ``t``, ...). On arrays the numbers are floats, and an update operator runs as it is. In a graph
they are inputs, so that one graph serves every step; then the body of the operator is composed around them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from symbolic import nd, registry, symbol
from symbolic.nd.array import NDArray
from symbolic.nd.call import on_arrays
from symbolic.operator.fields import REQUIRED
from symbolic.symbol.handle import Symbol
from symbolic.training.optimizer.repeated import kind_of
from symbolic.training.optimizer.scalar import Number, Scalar

__all__ = ["Scalar", "applied", "as_input", "as_number", "composed", "computed", "leaves", "mapped", "stepped"]

# ------------------------------------------------------------------------------------------------------------- states


def mapped(function: Callable[[Any], Any], state: Any) -> Any:
    """Apply a function to every array of a state; a state is ``None``, an array, or a tuple (or list) of states."""
    if isinstance(state, (tuple, list)):
        return type(state)([mapped(function, part) for part in state])
    return None if state is None else function(state)


def leaves(state: Any) -> list[Any]:
    """List the arrays of a state, in order; `mapped` puts others in their places."""
    found: list[Any] = []
    mapped(found.append, state)
    return found


# ------------------------------------------------------------------------------------------------------------ updates


def computed(name: str, inputs: tuple[Any, ...], out: Any = None, **words: Any) -> tuple[Any, tuple[Any, ...]]:
    """Run an update operator on arrays, or compose its body.

    Parameters
    ----------
    name : str
        The operator: ``"sgd_mom_update"``.
    inputs : tuple of NDArray or Symbol
        Its inputs, in order.
    out : NDArray, optional
        Receives the output; no effect in a graph.
    **words
        Its parameters; those that change from step to step may be a `Scalar` or a `Number`.

    Returns
    -------
    tuple
        The output, and the new values of the states among the inputs. Arrays are rewritten, and returned; Symbols are new.
    """
    op = registry.find(name).canonical
    states = [place for place, field in enumerate(op.inputs.values()) if field.mutated]
    if isinstance(inputs[0], NDArray) and not any(isinstance(value, Number) for value in words.values()):
        return on_arrays(name)(*inputs, out=out, **words), tuple([inputs[place] for place in states])
    # Numbers of a graph, or in arrays, stand in the body where the parameters stand; the others are read by the operator's own rules.
    wired = {word: value for word, value in words.items() if isinstance(value, (Symbol, Number))}
    given = {word: value for word, value in words.items() if word not in wired}
    params = op.parameters({**{word: 1 for word in wired if op.params[word].default is REQUIRED}, **given})
    known = SimpleNamespace(**{word: getattr(params, word) for word in op.params})
    known.__dict__.update(wired)
    slots = dict(zip(op.inputs, inputs, strict=True))
    made = dict(op.body(known, slots))
    return made["output"], tuple([made.get(slot, slots[slot]) for slot in [list(slots)[place] for place in states]])


def stepped(name: str, weight: Any, grad: Any, states: tuple[Any, ...] = (), **words: Any) -> tuple[Any, tuple[Any, ...]]:
    """Do the step of an update operator: return the new weight and the new states; see `computed`."""
    return computed(name, (weight, grad, *states), weight, **words)


def as_input(value: Any) -> Any:
    """Make an input of an operator of a number; of a float, an array of float32 and of shape ``(1,)``."""
    return value if isinstance(value, (Symbol, NDArray)) else nd.array([value])


def as_number(value: Any) -> Any:
    """Make a number of the one element of an array."""
    return Scalar(value._entries) if isinstance(value, Symbol) else value.asscalar()


def composed(optimizer: Any, weight: Symbol, grad: Symbol, state: Any, scalars: Mapping[str, Symbol]) -> tuple[Symbol, Any]:
    """Compose the step of one weight into a graph.

    Parameters
    ----------
    optimizer : Optimizer
        Whose `formula` it is; options such as ``momentum`` and ``rescale_grad`` are read now, once and for all.
    weight, grad : Symbol
        The weight before the step and its gradient; of a float16 weight, float32 casts, as operators step in float32.
    state : None, Symbol or nested tuple of Symbol
        Laid out as ``optimizer.create_state`` lays it out: ``mapped(make_variable, optimizer.create_state(index, array))``.
    scalars : mapping of str to Symbol
        An input of shape ``(1,)``, of the type of the weight, for each name in ``optimizer.scalars(index)``.

    Returns
    -------
    tuple
        The new weight and the new state, as Symbols.
    """
    return optimizer.formula(symbol, weight, grad, state, **{name: Scalar(value._entries) for name, value in scalars.items()})


def applied(optimizer: Any, weight: NDArray, grad: NDArray, state: Any, scalars: Mapping[str, float]) -> None:
    """Do the step of one weight on arrays: weight and state are rewritten."""
    arrays = [weight, grad, *leaves(state)]
    kind = kind_of(optimizer, arrays, scalars)
    if kind is not None:
        kind.step(optimizer, arrays, state, scalars, leaves)
        return
    new, states = optimizer.formula(nd, weight, grad, state, **scalars)
    targets, values = [weight, *leaves(state)], [new, *leaves(states)]
    for place, (target, value) in enumerate(zip(targets, values, strict=True)):
        if value is not target and any(value is other for other in targets):
            values[place] = value.copy()  # before it is rewritten
    for target, value in zip(targets, values, strict=True):
        if value is not target:
            target[:] = value
