"""Compute cases with MXNet 1.9.1: the child process of ``tests/record.py``, which sets its environment."""

import ctypes
import os
import pickle
import re
import struct
import sys

import mxnet as mx
import numpy as np
from mxnet import base
from mxnet._ctypes.ndarray import _imperative_invoke
from mxnet._ctypes.symbol import _symbol_creator

from tests.record import load_cases

__all__ = ["run_eagerly", "run_graph"]


def answer_questions(descriptor):
    """Record the cases that standard input names; write the answers to the pipe ``descriptor``."""
    lists = {}
    with os.fdopen(descriptor, "wb") as answers:
        while True:
            try:
                path, key = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            if path not in lists:
                lists[path] = load_cases(path)
            try:
                case = lists[path][key]
                with mx.util.np_shape(case.np_shape):
                    answer = run_eagerly(case) if case.eager else run_graph(case)
            except Exception as error:
                answer = first_line(error)
            content = pickle.dumps(answer)
            answers.write(struct.pack("<q", len(content)) + content)
            answers.flush()


def first_line(error):
    """Take the first line of a message that says something, without time and traceback."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Traceback", "  File"))] or [type(error).__name__]
    return re.sub(r"\[\d+:\d+:\d+\] |\S+\.(cc|h):\d+: |0x[0-9a-f]{6,}", "", lines[0])


class Registered:
    """An operator of the reference, found by its registered name, whether or not a front end shows it."""

    def __init__(self, name):
        self.handle = ctypes.c_void_p()
        base.check_call(base._LIB.NNGetOpHandle(base.c_str(name), ctypes.byref(self.handle)))
        texts = [ctypes.c_char_p() for _ in range(4)]
        arrays = [ctypes.POINTER(ctypes.c_char_p)() for _ in range(3)]
        count = ctypes.c_uint()
        base.check_call(
            base._LIB.MXSymbolGetAtomicSymbolInfo(
                self.handle,
                *map(ctypes.byref, (*texts[:2], count, *arrays, *texts[2:])),
            )
        )
        names, types, _ = ([array[i].decode() for i in range(count.value)] for array in arrays)
        self.inputs = [name for name, kind in zip(names, types, strict=True) if kind.startswith(("NDArray", "Symbol"))]
        self.count_parameter = (texts[2].value or b"").decode()

    def words(self, case):
        """Write the parameters as the C interface takes them: names and texts."""
        params = dict(case.params)
        if self.count_parameter and isinstance(case.inputs, list):
            params.setdefault(self.count_parameter, len(case.inputs))
        return list(params), [np.dtype(value).name if isinstance(value, type) else str(value) for value in params.values()]

    def positions(self, slots):
        """Order named inputs as the operator takes them."""
        unknown = [slot for slot in slots if slot not in self.inputs]
        if unknown:
            raise ValueError(f"no input is called {unknown[0]}, but {', '.join(self.inputs)}")
        return sorted(slots, key=self.inputs.index)

    def compose(self, case):
        """Make the graph of one node, its variables named after the slots (``at<i>`` for a list)."""
        keys, words = self.words(case)
        variables = {slot: mx.sym.var(variable_name(slot)) for slot in case.arrays()}

        def create(args, kwargs):
            return _symbol_creator(self.handle.value, args, kwargs, keys, words, "node", False)

        if isinstance(case.inputs, list):
            return create(list(variables.values()), None)
        try:
            return create(None, variables)
        except mx.base.MXNetError:
            # A few operators never registered the names that their documentation uses.
            if set(variables) - set(self.inputs) or self.names_inputs(create):
                raise
            return create([variables[slot] for slot in self.positions(variables)], None)

    def names_inputs(self, create):
        """Tell whether the operator knows its inputs by name: it makes variables for those that are left out."""
        try:
            return create(None, None).list_inputs() != ["node_data"] or self.inputs == ["data"]
        except mx.base.MXNetError:
            return False

    def call(self, case, arrays):
        """Compute on arrays at once; return the outputs."""
        order = list(arrays) if isinstance(case.inputs, list) else self.positions(arrays)
        inputs = [arrays[slot] for slot in order]
        return _imperative_invoke(self.handle.value, inputs, *self.words(case), updated_weights(case, inputs), False, True)


def updated_weights(case, inputs):
    """Make the outputs of an update of many tensors, which MXNet cannot shape by itself; ``None`` for the rest."""
    count = case.params.get("num_weights", case.params.get("num_tensors"))
    if count is None or "_update" not in case.op:
        return None
    # Behind the tensors stand learning rates and decays, or the scale of the gradient.
    shared = 2 if case.op.startswith("preloaded_") else 1 if "adamw" in case.op else 0
    return [weight.copy() for weight in inputs[: len(inputs) - shared : (len(inputs) - shared) // count]]


def variable_name(slot):
    """Name the variable in a slot; numbers would not do as names."""
    return slot if isinstance(slot, str) else f"at{slot}"


def to_reference(array):
    """Copy an array into MXNet."""
    return mx.nd.array(array, dtype=array.dtype)


def run_eagerly(case):
    """Call the operator on arrays: outputs, and the inputs that it changed."""
    mx.random.seed(0)
    before = case.arrays()
    arrays = {slot: to_reference(array) for slot, array in before.items()}
    with mx.autograd.pause(train_mode=case.train):
        outputs = Registered(case.op).call(case, arrays)
    values = {f"output{i}": output.asnumpy() for i, output in enumerate(outputs)}
    for slot, array in arrays.items():
        after = array.asnumpy()
        if not np.array_equal(after, before[slot], equal_nan=True):
            values[f"state/{slot}"] = after
    return values


class Bound:
    """The graph of a case, bound to its arrays."""

    def __init__(self, case, wanted):
        self.case = case
        symbol = Registered(case.op).compose(case)
        names = {variable_name(slot): slot for slot in case.arrays()}
        states = set(symbol.list_auxiliary_states())
        missing = [name for name in symbol.list_inputs() if name not in names]
        if missing:
            raise ValueError(f"inputs without value: {', '.join(missing)}")
        arrays = {name: to_reference(case.arrays()[slot]) for name, slot in names.items()}
        arguments = {name: array for name, array in arrays.items() if name not in states}
        self.states = {name: array for name, array in arrays.items() if name in states}
        self.gradients = {name: mx.nd.zeros_like(array) for name, array in arguments.items() if names[name] in wanted}
        self.names = names
        self.executor = symbol.bind(
            mx.cpu(), arguments, self.gradients, {name: "write" if name in self.gradients else "null" for name in arguments}, self.states
        )

    def forward(self, is_train):
        """Run from the inputs as they were given."""
        mx.random.seed(0)
        for name, slot in self.names.items():
            array = self.states[name] if name in self.states else self.executor.arg_dict[name]
            to_reference(self.case.arrays()[slot]).copyto(array)
        return [output.copy() for output in self.executor.forward(is_train=is_train)]

    def backward(self, outputs):
        """Run backward from the gradients that the case states."""
        heads = []
        for index, output in enumerate(outputs):
            head = self.case.head_gradient(index, output.shape, output.dtype)
            takes_part = self.case.heads is None or index in self.case.heads
            heads.append(to_reference(head if takes_part else np.zeros_like(head)))
        self.executor.backward(heads)

    def state_values(self):
        return {f"state/{self.names[name]}": array.asnumpy() for name, array in self.states.items()}

    def gradient_values(self):
        return {f"grad/{self.names[name]}": array.asnumpy() for name, array in self.gradients.items()}


def run_graph(case):
    """Bind the operator and run it: outputs, gradients, states."""
    floats = [slot for slot, array in case.arrays().items() if array.dtype.kind == "f"]
    wanted = case.gradient if isinstance(case.gradient, list) else floats if case.gradient else []
    bound = Bound(case, wanted)
    outputs = bound.forward(case.train)
    values = {f"output{i}": output.asnumpy() for i, output in enumerate(outputs)}
    if not case.train:
        values.update(bound.state_values())
        if bound.gradients:
            outputs = bound.forward(True)
    if bound.gradients:
        bound.backward(outputs)
        values.update(bound.gradient_values())
    if case.train:
        if not bound.gradients and bound.states:
            # BatchNorm writes its moving statistics in the backward pass, whether or not the gradient is compared.
            try:
                bound = Bound(case, floats)
                bound.backward(bound.forward(True))
            except mx.base.MXNetError:
                pass  # an update operator: it has no gradient, and has changed its states going forward
        values.update(bound.state_values())
    mx.nd.waitall()
    return values


if __name__ == "__main__":
    answer_questions(int(sys.argv[1]))
