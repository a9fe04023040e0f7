"""Checks of operators: values and gradients against what is expected, and against finite differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symbolic import nd
from symbolic import symbol as sym_module
from symbolic.errors import ArgumentError, BindError, InputError, describe
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol
from symbolic.test_utils.compare import assert_almost_equal
from symbolic.test_utils.sparse import create_sparse_array
from symbolic.test_utils.tolerance import Tolerance, default_numeric_eps, get_tolerance
from symbolic.values.context import Context, current_context

__all__ = [
    "check_numeric_gradient",
    "check_symbolic_backward",
    "check_symbolic_forward",
    "numeric_grad",
]

FLOATS = (np.float16, np.float32, np.float64)
PROJECTION = "__random_proj"


# -- what is given ----------------------------------------------------------------------------------------------------


def _check_dtype(dtype: Any, kept: bool = True) -> None:
    if dtype not in FLOATS and not (kept and isinstance(dtype, str) and dtype == "asnumpy"):
        facts = {"argument": "dtype", "got": dtype, "expected": "numpy.float16, float32 or float64" + (", or 'asnumpy'" if kept else "")}
        raise InputError(describe("a check computes in a floating-point type", facts=facts))


def _as_array(value: Any, ctx: Context, dtype: Any) -> Any:
    """Make an NDArray of a NumPy array, in ``dtype`` or, for ``"asnumpy"``, in its own."""
    if not isinstance(value, np.ndarray):
        return value
    return nd.array(value, ctx=ctx, dtype=value.dtype if isinstance(dtype, str) else dtype)


def _named(given: Any, names: Sequence[str], what: str) -> dict[str, Any]:
    """Match values to names: a dict has just those, a sequence is in their order."""
    if not isinstance(given, Mapping):
        if not isinstance(given, (list, tuple)):
            facts = {"argument": what, "got": type(given).__name__, "expected": "dict, list or tuple"}
            raise InputError(describe("arrays are given by name, or in order", facts=facts))
        return dict(zip(names, given, strict=False))
    if set(given) != set(names):
        facts = {"got": sorted(map(str, given)), "expected": sorted(names)}
        raise BindError(describe(f"the names in {what} are not those of the Symbol", facts=facts))
    return dict(given)


def _parse_location(sym: Symbol, location: Any, ctx: Context, dtype: Any = np.float32) -> dict[str, Any]:
    """Give the values of arguments as arrays, in order of their names."""
    _check_dtype(dtype)
    named = _named(location, sym.list_arguments(), "location")
    return {name: _as_array(value, ctx, dtype) for name, value in sorted(named.items())}


def _parse_aux_states(sym: Symbol, aux_states: Any, ctx: Context, dtype: Any = np.float32) -> Any:
    """Give the values of auxiliary states as arrays."""
    _check_dtype(dtype)
    if aux_states is None:
        return None
    named = _named(aux_states, sym.list_auxiliary_states(), "aux_states")
    return {name: _as_array(np.asarray(value), ctx, dtype) for name, value in named.items()}


# -- finite differences -----------------------------------------------------------------------------------------------


def put(array: Any, value: Any) -> None:
    """Write into all of an array, a scalar included; a sparse one stores what is not zero."""
    if array.stype != "default":
        value = nd.array(value, dtype=array.dtype).tostype(array.stype)
    array[slice(None) if array.ndim else ()] = value


def numeric_grad(
    executor: Any,
    location: Mapping[str, Any],
    aux_states: Mapping[str, Any] | None = None,
    eps: float = 1e-4,
    use_forward_train: bool = True,
    dtype: Any = np.float32,
) -> dict[str, np.ndarray]:
    """Find gradients of the sum of an executor's first output by central differences.

    Parameters
    ----------
    executor : Executor
        It is run twice for each element of each argument.
    location : dict of array
        Values of arguments, where the gradients are wanted; integers have none.
    aux_states : dict of array, optional
        Values of auxiliary states, set again before each run.
    eps : float, default 1e-4
        Distance of the two runs.
    use_forward_train : bool, default True
        Run as in training.
    dtype : default numpy.float32
        Type of the arguments.

    Returns
    -------
    dict of numpy.ndarray
        ``(f(x + eps / 2) - f(x - eps / 2)) / eps`` for each element; the difference is summed in float64.
    """
    _check_dtype(dtype, kept=False)
    values = {name: np.array(value.asnumpy() if isinstance(value, NDArray) else value, order="C") for name, value in location.items()}
    states = {name: _as_array(np.asarray(value), executor._ctx, dtype) for name, value in (aux_states or {}).items()}
    for name, value in values.items():
        if executor.arg_dict[name].stype == "default":
            put(executor.arg_dict[name], value)

    def run() -> np.ndarray:
        for name, state in states.items():
            put(executor.aux_dict[name], state)
        executor.forward(is_train=use_forward_train)
        return executor.outputs[0].asnumpy().astype(np.float64)

    gradients = {name: np.zeros(value.shape, dtype=dtype) for name, value in values.items()}
    for name, value in values.items():
        if value.dtype.kind != "f":
            continue
        argument = executor.arg_dict[name]
        for place in np.ndindex(value.shape):
            before, ends = value[place], []
            for step in (eps / 2, -eps / 2):
                value[place] = before + step
                put(argument, value)
                ends.append(run())
            value[place] = before
            gradients[name][place] = (ends[0] - ends[1]).sum() / eps
        put(argument, value)
    return gradients


def _requests(grad_nodes: Any, names: Sequence[str]) -> dict[str, str]:
    if grad_nodes is None:
        return dict.fromkeys(names, "write")
    if isinstance(grad_nodes, Mapping):
        return dict(grad_nodes)
    if isinstance(grad_nodes, (list, tuple)):
        return dict.fromkeys(grad_nodes, "write")
    facts = {"argument": "grad_nodes", "got": type(grad_nodes).__name__, "expected": "list of names, or dict of name to grad_req"}
    raise ArgumentError(describe("these are no names of arguments", facts=facts))


def check_numeric_gradient(
    sym: Symbol,
    location: Any,
    aux_states: Any = None,
    numeric_eps: Tolerance = None,
    rtol: Any = None,
    atol: Any = None,
    grad_nodes: Any = None,
    use_forward_train: bool = True,
    ctx: Context | None = None,
    grad_stype_dict: Mapping[str, str] | None = None,
    dtype: Any = np.float32,
) -> None:
    """Raise AssertionError if a Symbol's gradients are not what finite differences tell.

    The output is multiplied by random numbers and summed; see `numeric_grad`.

    Parameters
    ----------
    sym : Symbol
        With one output.
    location : dict or list of array
        Values of the arguments.
    aux_states : dict or list of array, optional
        Values of the auxiliary states.
    numeric_eps : float, optional
        Distance of the two runs; by default `default_numeric_eps` of the output's type.
    rtol, atol : float, optional
        As in `assert_almost_equal`.
    grad_nodes : list or dict, optional
        Arguments whose gradients are checked, maybe with ``"write"``, ``"add"`` or ``"null"``; by default all.
    use_forward_train : bool, default True
        Run as in training.
    ctx : Context, optional
        Where.
    grad_stype_dict : dict of str, optional
        Storage types of gradients.
    dtype : default numpy.float32
        Type of the arguments.

    Source: any book on numerical analysis; for instance Press et al. (2007), Numerical recipes, section 5.7.
    """
    _check_dtype(dtype, kept=False)
    context = ctx or current_context()
    values = _parse_location(sym, location, context, dtype)
    states = _parse_aux_states(sym, aux_states, context, dtype)
    plain_states = None if states is None else {name: state.asnumpy() for name, state in states.items()}
    requests = _requests(grad_nodes, sym.list_arguments())
    shape = sym.infer_shape(**{name: value.shape for name, value in values.items()})[1][0]
    loss = sym_module.make_loss(sym * sym_module.Variable(PROJECTION))
    values[PROJECTION] = nd.array(np.random.rand(*shape) + 0.1, ctx=context, dtype=dtype)
    before = {name: np.random.normal(0, 0.01, size=values[name].shape) for name in (*requests, PROJECTION)}
    gradients = {name: nd.array(value, ctx=context, dtype=values[name].dtype) for name, value in before.items()}
    if grad_stype_dict is not None and not isinstance(grad_stype_dict, Mapping):
        facts = {"argument": "grad_stype_dict", "got": type(grad_stype_dict).__name__, "expected": "dict"}
        raise InputError(describe("storage types are given by name", facts=facts))
    for name, stype in (grad_stype_dict or {}).items():
        if name in gradients and stype in ("row_sparse", "csr"):
            gradients[name] = nd.zeros(gradients[name].shape, context, gradients[name].dtype, stype)
    executor = loss.bind(context, grad_req=requests, args=values, args_grad=gradients, aux_states=states)
    executor.forward(is_train=True)
    eps = get_tolerance(executor.outputs[0], numeric_eps, default_numeric_eps())
    if dtype != np.float64 and eps < 1e-5:
        facts = {"argument": "numeric_eps", "got": eps, "expected": "1e-5 or more, or dtype=numpy.float64"}
        raise InputError(describe(f"the step is lost in the rounding of {np.dtype(dtype).name}", facts=facts))
    executor.backward()
    found = {name: executor.grad_dict[name] for name in requests}
    plain = {name: value.asnumpy() for name, value in values.items() if name != PROJECTION}
    wanted = numeric_grad(executor, plain, plain_states, eps, use_forward_train, dtype)
    for name, request in requests.items():
        names = (f"NUMERICAL_{name}", f"BACKWARD_{name}")
        _check_gradient(wanted[name], found[name], before[name], gradients[name], request, (rtol, atol), names, name)


def _check_gradient(
    wanted: Any, found: Any, before: Any, array: Any, request: str, tolerances: tuple[Any, Any], names: tuple[str, str], name: str,
    equal_nan: bool = False,
) -> None:  # fmt: skip
    """Compare a gradient with what is wanted: written, added to what was there, or left alone."""
    if request == "add":
        found = found.asnumpy() - before
    elif request == "null":
        wanted, found = before, array if found is None else found
    elif request != "write":
        facts = {"argument": name, "got": repr(request), "expected": "'write', 'add' or 'null'"}
        raise ArgumentError(describe("there is no such grad_req", facts=facts))
    assert_almost_equal(wanted, found, *tolerances, names, equal_nan=equal_nan)


# -- values that are known --------------------------------------------------------------------------------------------


def check_symbolic_forward(
    sym: Symbol,
    location: Any,
    expected: Any,
    rtol: Any = None,
    atol: Any = None,
    aux_states: Any = None,
    ctx: Context | None = None,
    equal_nan: bool = False,
    dtype: Any = np.float32,
) -> list[NDArray]:
    """Raise AssertionError if a Symbol's outputs are not what is expected.

    Parameters
    ----------
    sym : Symbol
        What is computed, in inference.
    location : dict or list of array
        Values of the arguments.
    expected : dict or list of array
        Values of the outputs.
    rtol, atol, equal_nan
        As in `assert_almost_equal`.
    aux_states : dict or list of array, optional
        Values of the auxiliary states.
    ctx : Context, optional
        Where.
    dtype : default numpy.float32
        Type to which NumPy arrays are brought; ``"asnumpy"`` keeps their own.

    Returns
    -------
    list of NDArray
        The outputs.
    """
    context = ctx or current_context()
    values = _parse_location(sym, location, context, dtype)
    states = _parse_aux_states(sym, aux_states, context, dtype)
    wanted = [expected[name] for name in sym.list_outputs()] if isinstance(expected, Mapping) else expected
    gradients = {name: nd.zeros(value.shape, ctx=context, dtype=value.dtype) for name, value in values.items()}
    executor = sym.bind(ctx=context, args=values, args_grad=gradients, aux_states=states)
    executor.forward(is_train=False)
    for name, value, output in zip(sym.list_outputs(), wanted, executor.outputs, strict=False):
        assert_almost_equal(value, output, rtol, atol, (f"EXPECTED_{name}", f"FORWARD_{name}"), equal_nan=equal_nan)
    return executor.outputs


def check_symbolic_backward(
    sym: Symbol,
    location: Any,
    out_grads: Any,
    expected: Any,
    rtol: Any = None,
    atol: Any = None,
    aux_states: Any = None,
    grad_req: Any = "write",
    ctx: Context | None = None,
    grad_stypes: Mapping[str, str | None] | None = None,
    equal_nan: bool = False,
    dtype: Any = np.float32,
) -> dict[str, NDArray]:
    """Raise AssertionError if a Symbol's gradients are not what is expected.

    Parameters
    ----------
    sym : Symbol
        What is computed, in training.
    location : dict or list of array
        Values of the arguments.
    out_grads : list or dict of array, or None
        Gradients of the outputs.
    expected : dict or list of array
        Gradients of the arguments.
    rtol, atol, equal_nan
        As in `assert_almost_equal`.
    aux_states : dict or list of array, optional
        Values of the auxiliary states.
    grad_req : str, list or dict, default "write"
        ``"write"``, ``"add"`` or ``"null"`` for all arguments, or for each.
    ctx : Context, optional
        Where.
    grad_stypes : dict of str, optional
        Storage types of gradients.
    dtype : default numpy.float32
        Type to which NumPy arrays are brought; ``"asnumpy"`` keeps their own.

    Returns
    -------
    dict of NDArray
        The gradients.
    """
    context = ctx or current_context()
    values = _parse_location(sym, location, context, dtype)
    states = _parse_aux_states(sym, aux_states, context, dtype)
    names = sym.list_arguments()
    wanted = dict(expected) if isinstance(expected, Mapping) else dict(zip(names, expected, strict=False))
    before = {name: np.random.normal(size=value.shape) for name, value in sorted(wanted.items())}
    gradients = {}
    for name, value in before.items():
        gradients[name] = nd.array(value, ctx=context, dtype=values[name].dtype if name in values else wanted[name].dtype)
        stype = (grad_stypes or {}).get(name)
        if stype not in (None, "default"):
            gradients[name] = create_sparse_array(value.shape, stype, density=0.0)
    if isinstance(grad_req, str):
        requests = dict.fromkeys(names, grad_req)
    else:
        requests = dict(grad_req) if isinstance(grad_req, Mapping) else dict(zip(names, grad_req, strict=False))
    executor = sym.bind(ctx=context, args=values, args_grad=gradients, aux_states=states, grad_req=requests)
    executor.forward(is_train=True)
    if isinstance(out_grads, Mapping):
        out_grads = {name: _as_array(value, context, dtype) for name, value in out_grads.items()}
    elif isinstance(out_grads, (list, tuple)):
        out_grads = [_as_array(value, context, dtype) for value in out_grads]
    elif out_grads is not None:
        facts = {"argument": "out_grads", "got": type(out_grads).__name__, "expected": "list, dict or None"}
        raise InputError(describe("gradients of outputs are given in order, or by name", facts=facts))
    executor.backward(out_grads)
    for name, value in wanted.items():
        pair = (f"EXPECTED_{name}", f"BACKWARD_{name}")
        found = gradients[name]
        _check_gradient(value, found, before[name], found, requests[name], (rtol, atol), pair, name, equal_nan)
    return gradients
