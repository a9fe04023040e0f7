"""Every case of every operator that has gradients, recorded on the tape and run backward: the reference's gradients again."""

import functools

import pytest

import symbolic as mx
from symbolic.nd.call import on_arrays
from tests.ops.test_laws import ALL, archive, close, expected, part, slot_name

nd, ag = mx.nd, mx.autograd


@functools.cache
def keys_with_gradients(path):
    return {key for key, entries in archive(path)[1].items() if any(entry.startswith("grad/") for entry in entries)}


def with_gradients():
    """List the cases that have gradients; all but the first of each operator are left to CI."""
    met = set()
    for param in ALL:
        path, case = param.values
        known = case.key in keys_with_gradients(path) or any(name.startswith("grad/") for name in case.expect or {})
        if case.gradient and not case.np_shape and known:
            yield pytest.param(path, case, id=param.id, marks=[pytest.mark.long] if case.op in met else [])
            met.add(case.op)


@pytest.mark.parametrize(("path", "case"), list(with_gradients()))
def test_gradients_are_the_reference(path, case):
    wanted = expected(path, case)
    arrays = [nd.array(value, dtype=value.dtype) for value in case.arrays().values()]
    for array in arrays:
        if array._data.dtype.kind == "f":
            array.attach_grad()
    function = on_arrays(case.op)
    named = isinstance(case.inputs, dict)
    with ag.record():
        made = function(**dict(zip(case.inputs, arrays, strict=True)), **case.params) if named else function(*arrays, **case.params)
    made = made if isinstance(made, list) else [made]
    places = [place for place in range(len(made)) if case.heads is None or place in case.heads]
    heads = [nd.array(head, dtype=head.dtype) for head in (case.head_gradient(i, made[i].shape, made[i]._data.dtype) for i in places)]
    ag.backward([made[place] for place in places], heads)
    names = list(case.inputs) if named else [f"in{place}" for place in range(len(arrays))]
    for slot, value in part(wanted, "grad").items():
        gradient = arrays[names.index(slot_name(names, slot))].grad
        if gradient is not None:
            close(gradient.asnumpy(), value, case, f"gradient of {slot}")
