"""What a group of executors has computed: outputs, gradients of inputs, states, and what a metric makes of them."""

from __future__ import annotations

from typing import Any

from symbolic.errors import NotReady, describe
from symbolic.nd.array import NDArray
from symbolic.training.module.parts import dense, joined, load

__all__ = ["Results"]


class Results:
    """The methods of a group that return what its executors hold, joined over the contexts or for each."""

    execs: list[Any]
    slices: list[slice]
    num_outputs: int
    output_names: list[str]
    output_layouts: list[int]
    data_layouts: list[int]
    label_names: list[str] | None
    label_layouts: list[int] | None
    input_grad_arrays: Any
    state_arrays: list[list[NDArray]]

    def get_output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """List names and shapes of the outputs, for the whole batch."""
        found = []
        for place, (name, axis) in enumerate(zip(self.output_names, self.output_layouts, strict=True)):
            shape = list(self.execs[0].outputs[place].shape)
            if 0 <= axis < len(shape):
                shape[axis] = sum(executor.outputs[place].shape[axis] for executor in self.execs)
            found.append((name, tuple(shape)))
        return found

    def get_outputs(self, merge_multi_context: bool = True, begin: int = 0, end: int | None = None) -> list[Any]:
        """Return outputs ``begin`` to ``end``: joined, or a list over the contexts for each."""
        found = [[executor.outputs[place] for executor in self.execs] for place in range(self.num_outputs)[begin:end]]
        return joined(found, self.output_layouts[begin:end]) if merge_multi_context else found

    def get_input_grads(self, merge_multi_context: bool = True) -> list[Any]:
        """Return the gradients of the inputs: joined, or a list over the contexts for each."""
        if self.input_grad_arrays is None:
            raise NotReady(describe("no gradients of inputs are kept", hint="bind with inputs_need_grad=True"))
        return joined(self.input_grad_arrays, self.data_layouts) if merge_multi_context else self.input_grad_arrays

    def get_states(self, merge_multi_context: bool = True) -> list[list[NDArray]]:
        """Return the arrays of the states, a list over the contexts for each."""
        if merge_multi_context:
            raise NotReady(describe("states are not merged", operator="get_states", hint="set merge_multi_context=False"))
        return self.state_arrays

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Set the states from arrays, as `get_states` or `get_outputs` return them, or all to one number."""
        if (states is None) == (value is None):
            raise NotReady(describe("give either states or value", operator="set_states"))
        if states is not None:
            load(states, self.state_arrays, (0,) * len(states))
            return
        for block in self.state_arrays:
            for array in block:
                array._data.fill(value)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Have a metric compare the outputs of each context with its part of the labels."""
        for place, executor in enumerate(self.execs):
            if pre_sliced:
                parts = labels[place]
            else:
                axes = self.label_layouts or [0] * len(labels or ())
                parts = [self._cut(label, axis, place) for label, axis in zip(labels or (), axes, strict=False)]
            names = self.label_names or []
            eval_metric.update_dict(dict(zip(names, parts, strict=False)), dict(zip(self.output_names, executor.outputs, strict=True)))

    def _cut(self, whole: NDArray, axis: int, place: int) -> NDArray:
        """Take the part of an array that belongs to one context."""
        if axis < 0 or len(self.execs) == 1:
            return whole
        return NDArray(dense(whole)[(slice(None),) * axis + (self.slices[place],)], whole.context)
