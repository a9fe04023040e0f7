"""Operators that users write in Python, called with arrays over the executor's own memory."""

from functools import partial

import numpy as np

from executors.numpy.table import kernel
from symbolic.nd.array import wrap
from symbolic.ops.custom import dtypes_of, shapes_of
from symbolic.values.context import current_context
from symbolic.values.dtype import code_of


def operator_of(params, owner, kept, data, states):
    """Make the object that computes a node, or find it: forward and backward runs of one executor share it."""
    found = kept.get(owner)
    if found is None:
        arrays = [*data, *states]
        shapes = [list(array.shape) for array in arrays]
        params._prop.infer_shape([list(array.shape) for array in data])  # a class may note there what it needs here
        found = params._prop.create_operator(current_context(), shapes, [code_of(array.dtype) for array in arrays])
        kept[owner] = found
    return found


def wrapped(arrays):
    context = current_context()
    return [wrap(array, context) for array in arrays]


def versions(old, new):
    """Give the user's code the new versions of states to write to, with the old values in them."""
    arrays = [np.empty_like(source) if target is None else target for source, target in zip(old, new, strict=True)]
    return wrapped(arrays), list(zip(arrays, old, strict=True))


@kernel("Custom", prepared=True)
def custom(node, inputs, outputs, is_train, kept):
    op = node.params
    count, made = len(op._arguments), len(op._outputs)
    data, old = inputs[:count], inputs[count:]
    results = outputs[:made]
    if any(array is None for array in results):  # nobody reads it; the user's code writes it all the same
        shapes, dtypes = shapes_of(op, [x.shape for x in data])[1], dtypes_of(op, [x.dtype for x in data])[1]
        results = [np.empty(s, t) if a is None else a for a, s, t in zip(results, shapes, dtypes, strict=True)]
    aux, copies = versions(old, outputs[made:])
    return partial(run_forward, op, (op, node.name), kept, is_train, data, wrapped(data), wrapped(results), aux, copies)


def run_forward(op, owner, kept, is_train, arrays, data, results, aux, copies):
    for target, source in copies:
        np.copyto(target, source)
    operator = operator_of(op, owner, kept, arrays, [target for target, _ in copies])
    operator.forward(is_train=is_train, req=["write"] * len(results), in_data=list(data), out_data=list(results), aux=list(aux))


@kernel("_backward_Custom", prepared=True)
def custom_gradient(node, d_output, data, output, state, d_data, outputs, kept):
    op = node.params
    nothing = np.zeros(())  # stands for what the class does not ask for
    heads = [nothing] * len(op._outputs)
    for place, array in zip(op._needs[0], d_output, strict=True):
        heads[place] = array
    inputs = data if op._needs[1] else [nothing] * len(data)
    made = output if op._needs[2] else [nothing] * len(output)
    gradients = [np.empty(x.shape, x.dtype) if d is None else d for x, d in zip(data, d_data, strict=True)]
    requests = ["null" if d is None else "write" for d in d_data]
    aux, copies = versions(state, outputs[len(d_data) :])
    given = [wrapped(arrays) for arrays in (heads, inputs, made, gradients)]
    return partial(run_backward, op, op._forward or (op, node.name), kept, data, requests, given, gradients, aux, copies)


def run_backward(op, owner, kept, data, requests, given, gradients, aux, copies):
    for target, source in copies:
        np.copyto(target, source)
    for array in gradients:
        array.fill(0)
    params = owner[0]
    operator = operator_of(params, owner, kept, data, [target for target, _ in copies])
    heads, inputs, made, targets = (list(arrays) for arrays in given)
    operator.backward(req=list(requests), in_data=inputs, out_data=made, in_grad=targets, out_grad=heads, aux=list(aux))
