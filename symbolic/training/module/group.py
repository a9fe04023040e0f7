"""Executors of one network, one on each context: the batch is split over them, and they run at the same time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import Any

import numpy as np

from symbolic.errors import ArgumentError, InputError, NotReady, ShapeError, describe
from symbolic.nd.array import NDArray
from symbolic.symbol.handle import Symbol
from symbolic.training.io import DataDesc
from symbolic.training.module.parts import by_input, load
from symbolic.training.module.results import Results
from symbolic.training.module.shapes import split
from symbolic.values.context import Context
from symbolic.values.dtype import CODES

__all__ = ["DataParallelExecutorGroup"]

KEPT = 16  # sets of executors for other shapes than the first; each has buffers of its own


class DataParallelExecutorGroup(Results):
    """The executors of a module, one for each context.

    Parameters
    ----------
    symbol : Symbol
        The network.
    contexts : list of Context
        Where it runs; the batch is split over them.
    workload : list of float
        How large a part of the batch each context gets.
    data_shapes, label_shapes : list of DataDesc or (str, tuple)
        The inputs; ``label_shapes`` may be ``None``.
    param_names : list of str
        Arguments that are learned.
    for_training, inputs_need_grad : bool
        Whether there are gradients, and whether those of the data are wanted.
    shared_group : DataParallelExecutorGroup, optional
        Whose parameters, gradients and inputs' memory are used.
    fixed_param_names : list of str, optional
        Parameters without a gradient.
    grad_req : str, list or dict, default "write"
        What is done with gradients.
    state_names : list of str, optional
        Arguments that the user sets.
    group2ctxs : dict or list of dict, optional
        Contexts of the attribute ``ctx_group``, for each context of the group.

    Attributes
    ----------
    execs : list of Executor
        One for each context.
    param_arrays, grad_arrays, aux_arrays, state_arrays, input_grad_arrays : list of list of NDArray
        For each name the arrays of all contexts.
    slices : list of slice
        The part of the batch of each context.
    """

    def __init__(
        self,
        symbol: Symbol,
        contexts: Sequence[Context],
        workload: Sequence[float],
        data_shapes: Sequence[Any],
        label_shapes: Sequence[Any] | None,
        param_names: Sequence[str],
        for_training: bool,
        inputs_need_grad: bool,
        shared_group: DataParallelExecutorGroup | None = None,
        logger: Any = logging,
        fixed_param_names: Sequence[str] | None = None,
        grad_req: Any = "write",
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
    ):
        self.symbol, self.contexts, self.workload, self.logger = symbol, contexts, workload, logger
        self.param_names = param_names
        self.arg_names, self.aux_names = symbol.list_arguments(), symbol.list_auxiliary_states()
        self.output_names = symbol.list_outputs()
        self.num_outputs = len(self.output_names)
        self.output_layouts = [DataDesc.get_batch_axis(symbol[place].attr("__layout__")) for place in range(self.num_outputs)]
        self.group2ctxs = _for_each_context(group2ctxs, len(contexts))
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self.fixed_param_names = list(fixed_param_names or ())
        self.state_names = list(state_names or ())
        data = [given if isinstance(given, DataDesc) else DataDesc(*given) for given in data_shapes]
        labels = None if label_shapes is None else [given if isinstance(given, DataDesc) else DataDesc(*given) for given in label_shapes]
        self.data_names = [each.name for each in data]
        self.grad_req = self._requests(grad_req if for_training else "null")
        self.shared_data_arrays = [{} for _ in contexts] if shared_group is None else shared_group.shared_data_arrays
        self._total_exec_bytes = 0
        self._draws = any(node.op is not None and node.op.random for node in symbol.graph.nodes)
        self._threads: ThreadPoolExecutor | None = None
        self._ran: set[Any] = set()
        self.batch_size, self.slices = None, []
        self._slice(data, labels)
        self.execs = [self._bound(place, data, labels, shared_group) for place in range(len(contexts))]
        self._first = (self.execs, data, labels)
        self._others: dict[Any, list[Any]] = {}
        self._collect(data, labels)

    # -- binding ------------------------------------------------------------------------------------------------------

    def _requests(self, given: Any) -> dict[str, str]:
        """Say what is done with the gradient of each argument."""
        if isinstance(given, (list, tuple)):
            if len(given) != len(self.arg_names):
                facts = {"argument": "grad_req", "got": len(given), "expected": f"{len(self.arg_names)}: {self.arg_names}"}
                raise InputError(describe("grad_req has the wrong length", operator="bind", facts=facts))
            return dict(zip(self.arg_names, given, strict=True))
        if not isinstance(given, (str, Mapping)):
            facts = {"argument": "grad_req", "got": repr(given), "expected": "str, list or dict"}
            raise ArgumentError(describe("grad_req must be one of str, list, tuple or dict", operator="bind", facts=facts))
        usual = given if isinstance(given, str) else "write"
        learned = set(self.param_names) - set(self.fixed_param_names)
        if self.inputs_need_grad:
            learned |= set(self.data_names)
        requests = {name: usual if name in learned else "null" for name in self.arg_names}
        return requests if isinstance(given, str) else {**requests, **given}

    def _slice(self, data: Sequence[DataDesc], labels: Sequence[DataDesc] | None) -> None:
        """Find the size of the batch, and split it."""
        if not data:
            raise NotReady(describe("there is no input", operator="bind", facts={"argument": "data_shapes", "got": "[]"}))
        self.batch_size = None
        self.data_layouts = [DataDesc.get_batch_axis(each.layout) for each in data]
        self.label_layouts = None if labels is None else [DataDesc.get_batch_axis(each.layout) for each in labels]
        for each, axis in zip([*data, *(labels or ())], [*self.data_layouts, *(self.label_layouts or ())], strict=True):
            if axis == -1:
                continue
            size = each.shape[axis]
            if self.batch_size is None:
                self.batch_size, self.slices = size, split(size, self.workload)
            elif size != self.batch_size:
                facts = {
                    "argument": each.name,
                    "got": each.shape,
                    "expected": f"{self.batch_size} on axis {axis}, as the first input has",
                    **self._objection([*data, *(labels or ())]),
                }
                hint = "DataDesc(name, shape, layout='') tells of data without a batch axis"
                raise NotReady(describe("all data must have the same batch size", operator="bind", facts=facts, hint=hint))

    def _objection(self, inputs: Sequence[DataDesc]) -> dict[str, str]:
        """Ask the network which of its nodes objects to the shapes, if one does."""
        try:
            self.symbol.infer_shape_partial(**{each.name: tuple(each.shape) for each in inputs})
        except ShapeError as error:
            return {"network": str(error).partition("\n")[0]}
        return {}

    def _part(self, shapes: Sequence[DataDesc] | None, axes: Sequence[int] | None, place: int) -> dict[str, tuple[int, ...]]:
        """Cut shapes to the part of one context."""
        found = {}
        for each, axis in zip(shapes or (), axes or (), strict=True):
            shape = list(each.shape)
            if axis >= 0:
                part = self.slices[place]
                shape[axis] = part.stop - part.start
            found[each.name] = tuple(shape)
        return found

    def _parts(self, data: Sequence[DataDesc], labels: Sequence[DataDesc] | None, place: int) -> dict[str, tuple[int, ...]]:
        return {**self._part(data, self.data_layouts, place), **self._part(labels, self.label_layouts, place)}

    def _bound(self, place: int, data: Sequence[DataDesc], labels: Sequence[DataDesc] | None, shared: Any) -> Any:
        """Bind the executor of one context."""
        types = {each.name: each.dtype for each in data}
        attributes = self.symbol.attr_dict()
        for name in types:
            declared = attributes.get(name, {}).get("__dtype__", "-1")
            if declared != "-1":
                types[name] = CODES[int(declared)]
        types.update({each.name: each.dtype for each in labels or ()})
        shapes: dict[str, Any] = self._parts(data, labels, place)
        made = self.symbol.simple_bind(
            ctx=self.contexts[place],
            grad_req=self.grad_req,
            type_dict=types,
            shared_arg_names=self.param_names,
            shared_exec=None if shared is None else shared.execs[place],
            group2ctx=self.group2ctxs[place],
            shared_buffer=self.shared_data_arrays[place],
            **shapes,
        )
        arrays = [*made.arg_arrays, *made.grad_arrays, *made.aux_arrays, *made.outputs]
        self._total_exec_bytes += sum(each._data.nbytes for each in arrays if each is not None)
        return made

    def _collect(self, data: Sequence[DataDesc], labels: Sequence[DataDesc] | None) -> None:
        """List the arrays of all contexts by name."""
        self.data_shapes, self.label_shapes = data, labels
        self.data_names = [each.name for each in data]
        self.label_names = None if labels is None else [each.name for each in labels]
        arguments = [executor.arg_dict for executor in self.execs]
        parts = self.slices or [slice(place, place + 1) for place in range(len(self.execs))]

        def sliced(names: Sequence[str]) -> list[list[tuple[slice, NDArray]]]:
            return [[(part, each[name]) for part, each in zip(parts, arguments, strict=True)] for name in names]

        self.data_arrays = sliced(self.data_names)
        self.label_arrays = None if self.label_names is None else sliced(self.label_names)
        self.state_arrays = [[each[name] for each in arguments] for name in self.state_names]
        places = [place for place, name in enumerate(self.arg_names) if name in set(self.param_names)]
        self.param_arrays = [[executor.arg_arrays[place] for executor in self.execs] for place in places]
        self.grad_arrays: Any = None
        if self.for_training:
            self.grad_arrays = [[executor.grad_arrays[place] for executor in self.execs] for place in places]
        self.input_grad_arrays: Any = None
        if self.inputs_need_grad:
            places = [self.arg_names.index(name) for name in self.data_names if name in self.arg_names]
            self.input_grad_arrays = [[executor.grad_arrays[place] for executor in self.execs] for place in places]
        self.aux_arrays = [[executor.aux_arrays[place] for executor in self.execs] for place in range(len(self.aux_names))]

    def reshape(self, data_shapes: Sequence[DataDesc], label_shapes: Sequence[DataDesc] | None) -> None:
        """Take executors for other shapes; those of the last shapes are kept, for batches that alternate."""
        if _same(data_shapes, self.data_shapes) and _same(label_shapes, self.label_shapes):
            return
        self._slice(data_shapes, label_shapes)
        first, data, labels = self._first
        key = (_key(data_shapes), _key(label_shapes))
        if key == (_key(data), _key(labels)):
            self.execs = first
        else:
            found = self._others.pop(key, None)
            if found is None:
                found = [
                    each.reshape(allow_up_sizing=True, **self._shapes(place, data_shapes, label_shapes)) for place, each in enumerate(first)
                ]
            self._others[key] = self.execs = found
            while len(self._others) > KEPT:
                gone = self._others.pop(next(iter(self._others)))
                self._ran -= {(id(gone), mode) for mode in (True, False, None)}  # others may get its identity
        self._collect(data_shapes, label_shapes)

    def _shapes(self, place: int, data: Sequence[DataDesc], labels: Sequence[DataDesc] | None) -> dict[str, tuple[int, ...]]:
        """List the shapes of a context's inputs; those of labels and states that are not given follow from the data's."""
        given = self._parts(data, labels, place)
        others = [name for name in self.arg_names if name not in given and name not in set(self.param_names)]
        if others:
            found, _, _ = self.symbol.infer_shape_partial(**given)
            inferred = dict(zip(self.arg_names, found, strict=True))
            given.update({name: inferred[name] for name in others if inferred[name] and 0 not in inferred[name]})
        return given

    # -- parameters ---------------------------------------------------------------------------------------------------

    def set_params(self, arg_params: Mapping[str, NDArray], aux_params: Mapping[str, NDArray], allow_extra: bool = False) -> None:
        """Copy parameters and auxiliary states to every context."""
        for executor in self.execs:
            executor.copy_params_from(arg_params, aux_params, allow_extra_params=allow_extra)

    def get_params(self, arg_params: Mapping[str, NDArray], aux_params: Mapping[str, NDArray]) -> None:
        """Copy the mean over the contexts into arrays."""
        for names, blocks, into in (
            (self.param_names, self.param_arrays, arg_params),
            (self.aux_names, self.aux_arrays, aux_params),
        ):
            for name, block in zip(names, blocks, strict=True):
                values = block[0]._data
                if len(block) > 1:
                    values = sum([each._data for each in block[1:]], start=values) / len(block)
                np.copyto(into[name]._data, values, casting="unsafe")

    # -- running ------------------------------------------------------------------------------------------------------

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Give each context its part of a batch, and compute the outputs."""
        whole = not isinstance(data_batch, list)
        load(data_batch.data if whole else by_input(data_batch, "data"), self.data_arrays, self.data_layouts)
        labels = getattr(data_batch if whole else data_batch[0], "label", None)
        if self.label_arrays is not None and labels:
            assert self.label_layouts is not None
            load(labels if whole else by_input(data_batch, "label"), self.label_arrays, self.label_layouts)
        mode = self.for_training if is_train is None else bool(is_train)
        self._run([partial(executor.forward, mode) for executor in self.execs], mode)

    def backward(self, out_grads: Any = None) -> None:
        """Give each context its part of the outputs' gradients, and compute those of the arguments."""
        if not self.for_training:
            raise NotReady(describe("the module is not bound for training", operator="backward", hint="bind with for_training=True"))
        given = [] if out_grads is None else [out_grads] if isinstance(out_grads, NDArray) else list(out_grads)
        calls = []
        for place, executor in enumerate(self.execs):
            parts = [
                self._cut(gradient, axis, place) if gradient is not None else None
                for gradient, axis in zip(given, self.output_layouts, strict=False)
            ]
            calls.append(partial(executor.backward, parts))
        self._run(calls, None)

    def _run(self, calls: Sequence[Callable[[], Any]], mode: bool | None) -> None:
        """Run one call for each context: in threads, but where that could change the result or the first time compiles.

        Nodes of one name draw from one stream of random numbers, in an order that threads would leave to chance.
        """
        key = (id(self.execs), mode)
        if len(calls) == 1 or self._draws or key not in self._ran:
            for call in calls:
                call()
            self._ran.add(key)
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(len(calls) - 1, "symbolic-context")
        others = [self._threads.submit(call) for call in calls[1:]]
        try:
            calls[0]()
        finally:
            wait(others)
        for each in others:
            each.result()

    def install_monitor(self, mon: Any) -> None:
        """Have a monitor watch every executor."""
        for executor in self.execs:
            mon.install(executor)


def _for_each_context(given: Any, count: int) -> list[dict[str, Context] | None]:
    """Read ``group2ctxs``: one dict of group to context for each context.

    Raises
    ------
    InputError
        If a list has another length, or it is neither list nor dict.
    """
    if given is None:
        return [None] * count
    if isinstance(given, list) and len(given) == count:
        return given
    if isinstance(given, Mapping):
        wide = {
            group: [found] * count if isinstance(found, Context) else list(found) * (count if len(found) == 1 else 1)
            for group, found in given.items()
        }
        if all(len(found) == count for found in wide.values()):
            return [{group: found[place] for group, found in wide.items()} for place in range(count)]
    facts = {"argument": "group2ctxs", "got": repr(given), "contexts": count}
    hint = "give a dict of group to one context, or to one for each context, or a list of such dicts"
    raise InputError(describe("group2ctxs does not fit the contexts", operator="bind", facts=facts, hint=hint))


def _key(shapes: Sequence[Any] | None) -> Any:
    return None if shapes is None else tuple((each.name, tuple(each.shape), each.layout) for each in shapes)


def _same(left: Sequence[Any] | None, right: Sequence[Any] | None) -> bool:
    return _key(left) == _key(right)
