"""Every case of every operator meets every law, on every executor.

The laws: the value is the reference's; inferred shapes and types are the produced ones; shapes of parameters are inferred
back; gradients are the reference's, written or added; states are rewritten as there; parameters survive text and JSON; inputs stay; called
on arrays the result is the same; a wrong call is refused.
"""

from __future__ import annotations

import functools
import importlib
import io
import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import symbolic as mx
from symbolic import registry
from symbolic.nd.call import on_arrays

HERE = Path(__file__).parent
RECORDED = Path(os.environ.get("SWEEP_RECORDED", HERE.parent / "recorded"))
RTOL = {"float16": 2e-3, "float32": 1e-5, "float64": 1e-9}
ATOL = {"float16": 1e-3, "float32": 1e-6, "float64": 1e-10}


def case_files():
    for path in sorted(HERE.rglob("*.py")):
        if path.name.startswith(("test_", "_")) or path.name in ("case.py", "conftest.py"):
            continue
        module = importlib.import_module("tests.ops." + ".".join(path.relative_to(HERE).with_suffix("").parts))
        if hasattr(module, "CASES"):
            yield path.relative_to(HERE.parent).with_suffix("").as_posix(), module.CASES


ALL = [pytest.param(path, case, id=f"{path[4:]}:{case.key}") for path, cases in case_files() for case in cases if not case.refused]
REFUSED = [pytest.param(path, case, id=f"{path[4:]}:{case.key}") for path, cases in case_files() for case in cases if case.refused]


@functools.cache
def archive(path):
    """Open what was recorded: the file, and the names of each case's entries. An entry is read when it is asked for."""
    file = np.load(io.BytesIO((RECORDED / f"{path}.npz").read_bytes()))
    names = defaultdict(list)
    for name in file.files:
        key, _, entry = name.partition("/")
        names[key].append(entry)
    return file, dict(names)


def recorded(path, key):
    """Read what was recorded of a case: ``output0``, ``grad/data``, ``state/n``, ``refused``."""
    file, names = archive(path)
    return {entry: file[f"{key}/{entry}"] for entry in names.get(key, ())}


def expected(path, case):
    """What the reference computed, or independent arithmetic where it is wrong: ``output0``, ``grad/data``, ``state/n``."""
    found = recorded(path, case.key)
    found.update(case.expect or {})
    assert found, "not recorded: run ref/bin/python -m tests.record " + path
    return found


def build(case):
    """Compose the operator on variables named after its slots."""
    op = registry.find(case.op)
    if isinstance(case.inputs, dict):
        variables = {slot: mx.sym.Variable(slot) for slot in case.inputs}
        return op(**variables, **case.params, name="node"), list(variables)
    names = [f"in{place}" for place in range(len(case.inputs))]
    return op(*[mx.sym.Variable(name) for name in names], **case.params, name="node"), names


def bind(case, executor, symbol=None, request="write"):
    made, names = build(case)
    symbol = made if symbol is None else symbol
    arrays = {name: mx.nd.array(value, dtype=value.dtype) for name, value in zip(names, case.arrays().values(), strict=True)}
    states = set(symbol.list_auxiliary_states())
    arguments = {name: arrays[name] for name in symbol.list_arguments()}
    before = np.nan if request == "write" else 1.0
    gradients = {name: mx.nd.array(np.full(a.shape, before), dtype=a.dtype) for name, a in arguments.items() if a._data.dtype.kind == "f"}
    bound = symbol.bind(
        mx.cpu(),
        arguments,
        gradients,
        {name: request if name in gradients else "null" for name in arguments},
        {n: arrays[n] for n in states},
        executor=executor,
    )
    return bound, names, arrays


def close(found, wanted, case, what, added=False):
    """Compare; what one was ``added`` to may have cancelled it: rtol * (1 + size) is at most rtol * (size of the sum + 2)."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape, f"{what}: shape {found.shape}, not {wanted.shape}"
    assert found.dtype == wanted.dtype, f"{what}: type {found.dtype}, not {wanted.dtype}"
    if wanted.dtype.kind != "f":
        np.testing.assert_array_equal(found, wanted, err_msg=what)
        return
    name = wanted.dtype.name
    rtol, atol = case.rtol or RTOL[name], ATOL[name] if case.atol is None else case.atol
    if added:
        atol += 2 * rtol
    np.testing.assert_allclose(found, wanted, rtol=rtol, atol=atol, err_msg=what, equal_nan=True)


def slot_name(names, slot):
    return names[int(slot)] if slot.isdigit() and slot not in names else slot


def part(wanted, kind):
    """Pick the recorded values of one kind: ``grad/data`` -> ``data``."""
    return {name[len(kind) + 1 :]: value for name, value in wanted.items() if name.startswith(kind + "/")}


@pytest.mark.parametrize(("path", "case"), ALL)
def test_case(path, case):
    meets_every_law(case, expected(path, case))


def meets_every_law(case, wanted):
    symbol, names = build(case)
    if not len(symbol):  # only rewrites its inputs: nothing to bind
        arrays_give_the_same(case, wanted)
        return
    inference_tells_what_is_made(symbol, names, case, wanted)
    text_keeps_everything(symbol)
    for executor in ("numpy", "reference"):
        values_are_the_reference(symbol, case, wanted, executor)
        if case.gradient and part(wanted, "grad"):
            gradients_are_the_reference(symbol, case, wanted, executor)
    if case.gradient and part(wanted, "grad"):
        gradients_add_up(symbol, case, wanted)
    if not case.train:
        arrays_give_the_same(case, wanted)


def inference_tells_what_is_made(symbol, names, case, wanted):
    values = dict(zip(names, case.arrays().values(), strict=True))
    with mx.np_shape():
        infer = symbol.infer_shape_partial if registry.find(case.op).dynamic else symbol.infer_shape
        _, shapes, _ = infer(**{name: value.shape for name, value in values.items()})
    _, types, _ = symbol.infer_type(**{name: value.dtype for name, value in values.items()})
    for place, (shape, dtype) in enumerate(zip(shapes, types, strict=True)):
        value = wanted.get(f"output{place}")
        if value is not None:
            assert shape == value.shape or -1 in shape
            assert np.dtype(dtype) == value.dtype


def text_keeps_everything(symbol):
    twin = mx.sym.load_json(symbol.tojson())
    assert twin.tojson() == symbol.tojson()
    assert twin.list_arguments() == symbol.list_arguments()
    assert twin.list_auxiliary_states() == symbol.list_auxiliary_states()
    assert twin.list_outputs() == symbol.list_outputs()


def outputs_close(outputs, case, wanted):
    for place, output in enumerate(outputs):
        if f"output{place}" in wanted and (case.heads is None or place in case.heads):
            close(output.asnumpy(), wanted[f"output{place}"], case, f"output {place}")


def values_are_the_reference(symbol, case, wanted, executor):
    bound, names, arrays = bind(case, executor, symbol)
    before = {name: array.asnumpy() for name, array in arrays.items()}
    outputs_close(bound.forward(is_train=case.train), case, wanted)
    if case.train:
        head_gradients(bound, case)
    for name in bound.arg_dict:
        np.testing.assert_array_equal(arrays[name].asnumpy(), before[name], err_msg=f"argument {name} was changed")
    for slot, value in part(wanted, "state").items():
        name = slot_name(names, slot)
        if name in bound.aux_dict:
            close(arrays[name].asnumpy(), value, case, f"state {slot}")


def head_gradients(bound, case):
    try:
        bound.backward([mx.nd.array(case.head_gradient(i, o.shape, o._data.dtype), dtype=o.dtype) for i, o in enumerate(bound.outputs)])
    except mx.base.GradientError:
        assert not case.gradient


def gradients_are_the_reference(symbol, case, wanted, executor):
    for slot, found, value in gradients(symbol, case, wanted, executor, "write"):
        close(found, value, case, f"gradient of {slot}")


def gradients_add_up(symbol, case, wanted):
    """With ``grad_req="add"`` a buffer of ones ends as the gradient and one."""
    for slot, found, value in gradients(symbol, case, wanted, "numpy", "add"):
        close(found, (1 + value).astype(value.dtype), case, f"gradient of {slot}, added to one", added=True)


def gradients(symbol, case, wanted, executor, request):
    """Run backward from the gradients that the case states: slot, gradient found, gradient recorded."""
    bound, names, _ = bind(case, executor, symbol, request)
    outputs = bound.forward(is_train=True)
    heads = [case.head_gradient(i, o.shape, o._data.dtype) for i, o in enumerate(outputs)]
    if case.heads is not None:
        heads = [head if place in case.heads else np.zeros_like(head) for place, head in enumerate(heads)]
    bound.backward([mx.nd.array(head, dtype=head.dtype) for head in heads])
    for slot, value in part(wanted, "grad").items():
        found = bound.grad_dict.get(slot_name(names, slot))
        if found is not None:
            yield slot, found.asnumpy(), value


def on_case_arrays(case):
    arrays = [mx.nd.array(value, dtype=value.dtype) for value in case.arrays().values()]
    function = on_arrays(case.op)
    result = (
        function(**dict(zip(case.inputs, arrays, strict=True)), **case.params)
        if isinstance(case.inputs, dict)
        else function(*arrays, **case.params)
    )
    return result if isinstance(result, list) else [result], arrays


def arrays_give_the_same(case, wanted):
    outputs, arrays = on_case_arrays(case)
    outputs_close(outputs, case, wanted)
    if isinstance(case.inputs, list):
        for slot, value in part(wanted, "state").items():
            close(arrays[int(slot)].asnumpy(), value, case, f"state {slot}")


@pytest.mark.parametrize(("path", "case"), REFUSED)
def test_wrong_calls_are_refused(path, case):
    is_refused(case)


def is_refused(case):
    """What the reference refuses is refused, by the graph or, where an input is left out, by the call on arrays."""
    slots = case.inputs if isinstance(case.inputs, dict) else ()
    assert not set(slots) & set(case.params), "the case names one argument twice"
    with pytest.raises(mx.MXNetError):
        symbol, names = build(case)
        if set(symbol.list_inputs()) <= set(names):
            bind(case, "numpy", symbol)[0].forward()
        else:
            on_case_arrays(case)
