"""Measure the operators over every recorded case: ``python -m tests.docs.measure``, for ``docs/operators.md``.

``tests/recorded/measured.json`` says of each operator how many cases there are, how far outputs and gradients lie from
MXNet's, how often it can be differentiated, and the shape of each output in the letters of the inputs.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import math
import os
from collections import defaultdict
from pathlib import Path

import numpy as np

import symbolic as mx
from symbolic import registry
from symbolic.errors import GradientError
from tests.docs.operators import MEASURED, NONE, ONCE, TWICE, ZERO, read
from tests.docs.shapes import output_shape
from tests.ops import test_laws as laws

__all__ = ["LEAST", "by_operator", "derivatives", "differences", "measure", "of_float32"]

TESTS = Path(__file__).resolve().parents[1]
LEAST = 1e-7  # about one unit in the last place of float32; what lies below is rounded up to it, but for zero
recorded = functools.cache(laws.recorded)  # asked for several times of each case
MOST_DERIVED = 12  # cases of an operator that are differentiated


def case_lists():
    """List every case beside its file: those of ``tests/ops``, and those drawn at random that MXNet answers."""
    for path, cases in laws.case_files():
        yield path, [case for case in cases if not case.refused]
    for file in sorted((TESTS / "sweep").glob("*.py")):
        path = f"sweep/{file.stem}"
        if "\nCASES" in file.read_text() and (TESTS / "recorded" / f"{path}.npz").is_file():
            cases = importlib.import_module(f"tests.sweep.{file.stem}").CASES
            yield path, [case for case in cases if set(laws.archive(path)[1].get(case.key, ())) - {"refused", "crashed"}]


@functools.cache
def by_operator():
    """Group the cases by the operator that they are of: name -> list of (path, case)."""
    found = defaultdict(list)
    for path, cases in case_lists():
        for case in cases:
            found[registry.find(case.op).canonical.name].append((path, case))
    return dict(sorted(found.items()))


def difference(found, wanted):
    """How far an array lies from another: ``max |a - b| / max(1, max |b|)``; 0 where both are nan, or the same infinity."""
    found, wanted = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
    if found.shape != wanted.shape:
        return math.inf
    alike = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    if alike.all():
        return 0.0
    size = float(np.max(np.abs(wanted), initial=1, where=np.isfinite(wanted)))
    with np.errstate(invalid="ignore"):
        apart = float(np.max(np.abs(found - wanted), where=~alike, initial=0)) / size
    return apart if apart == apart else math.inf


def bound(measured):
    """Round up to a power of ten with room to the next machine: the least one that is twice as large at least."""
    if measured is None or measured == 0 or math.isinf(measured):
        return measured
    return float(f"1e{math.ceil(math.log10(max(2 * measured, LEAST)))}")


def is_float32(path, case):
    """Whether a case has no numbers of another floating-point type."""
    arrays = [*case.arrays().values(), *recorded(path, case.key).values(), *map(np.asarray, (case.expect or {}).values())]
    return not any(array.dtype.kind == "f" and array.dtype.itemsize != 4 for array in arrays)


def run_case(path, case):
    """Run one case, as `differences` does all."""
    wanted = {name: value for name, value in recorded(path, case.key).items() if name not in (case.expect or {})}
    wanted = {name: value for name, value in wanted.items() if value.dtype.name not in ("float16", "float64")}
    symbol, names = laws.build(case)
    if len(symbol):
        executor, names, arrays = laws.bind(case, "numpy", symbol)
        outputs = executor.forward(is_train=case.train)
        if case.train:
            laws.head_gradients(executor, case)
    else:
        outputs, listed = laws.on_case_arrays(case)
        arrays = dict(zip(names, listed, strict=True))
    forward = [
        difference(output.asnumpy(), wanted[f"output{place}"])
        for place, output in enumerate(outputs)
        if f"output{place}" in wanted and (case.heads is None or place in case.heads)
    ]
    written = set(symbol.list_auxiliary_states() if len(symbol) else names)
    states = {laws.slot_name(names, slot): value for slot, value in laws.part(wanted, "state").items()}
    forward += [difference(arrays[name].asnumpy(), value) for name, value in states.items() if name in written]
    return max(forward, default=None), gradient_difference(case, symbol, wanted)


def gradient_difference(case, symbol, wanted):
    """Measure the gradients of one case, as `tests.ops.test_laws` computes them."""
    gradients = laws.part(wanted, "grad")
    if not case.gradient or not gradients or not len(symbol):
        return None
    executor, names, _ = laws.bind(case, "numpy", symbol)
    outputs = executor.forward(is_train=True)
    heads = [case.head_gradient(i, o.shape, o._data.dtype) for i, o in enumerate(outputs)]
    if case.heads is not None:
        heads = [head if place in case.heads else np.zeros_like(head) for place, head in enumerate(heads)]
    executor.backward([mx.nd.array(head, dtype=head.dtype) for head in heads])
    found = {slot: executor.grad_dict.get(laws.slot_name(names, slot)) for slot in gradients}
    return max([difference(found[slot].asnumpy(), value) for slot, value in gradients.items() if found[slot] is not None], default=None)


def is_zero(entry, names):
    """Whether an entry of `Symbol.gradient` is what stands for a gradient that nothing contributes to."""
    node, _ = entry
    return node.op.name == "zeros_like" and node.inputs[0][0].name in names and node.name == f"{node.inputs[0][0].name}_grad"


def differentiated(symbol, names):
    """Differentiate with respect to ``names``; the parts that are not zero, as one Symbol, or ``None``."""
    entries = [entry for entry in symbol.gradient(names)._entries if not is_zero(entry, names)]
    return mx.sym.Group([mx.Symbol([entry]) for entry in entries]) if entries else None


def derivatives(op, cases):
    """Tell how often an operator can be differentiated, by what the gradient pass says of the graphs of its cases."""
    if not op.differentiable:
        return NONE
    if op.gradient is not None and not op.gradient.names and op.body is None and op.backward is None:
        return ZERO
    found = set()
    for _, case in cases[:: max(1, len(cases) // MOST_DERIVED)]:
        symbol, names = laws.build(case)
        values = dict(zip(names, case.arrays().values(), strict=True))
        if any(values[name].dtype.kind == "f" for name in symbol.list_arguments()):
            found.add(derivatives_of(symbol, values))
    words = [word for word in (NONE, ONCE, TWICE) if word in found]
    return " or ".join(words) or ZERO


def derivatives_of(symbol, values):
    """Differentiate one graph, and what comes out of that, which is also run."""
    try:
        first = differentiated(symbol, [name for name in symbol.list_arguments() if values[name].dtype.kind == "f"])
        if first is None:
            return ZERO
    except GradientError:
        return NONE
    try:
        second = differentiated(first, [name for name in first.list_arguments() if values[name].dtype.kind == "f"])
    except GradientError:
        return ONCE
    if second is not None:
        arrays = {name: mx.nd.array(values[name], dtype=values[name].dtype) for name in second.list_inputs()}
        states = {name: arrays.pop(name) for name in second.list_auxiliary_states()}
        second.bind(mx.cpu(), arrays, grad_req="null", aux_states=states).forward()
    return TWICE


def of_float32(cases):
    """Choose the cases that are measured: those of float32, or all if there is none."""
    return [pair for pair in cases if is_float32(*pair)] or cases


def differences(cases):
    """Run cases: the largest difference of outputs and states, and of gradients; ``None`` where MXNet's are not to be had."""
    measured = [run_case(path, case) for path, case in of_float32(cases)]
    return [max([value for value in values if value is not None], default=None) for values in zip(*measured, strict=True)]


def measure(name, cases):
    """Measure one operator."""
    outputs, gradients = map(bound, differences(cases))
    op = registry.find(name)
    return {
        "cases": len(cases),
        "outputs": outputs,
        "gradients": gradients,
        "derivatives": derivatives(op, of_float32(cases)),
        "shapes": output_shape(op, cases, recorded),
    }


def main():
    parser = argparse.ArgumentParser(description="Measure the operators over every recorded case.")
    parser.add_argument("operators", nargs="*", help="those to measure again; all by default")
    options = parser.parse_args()
    cases = by_operator()
    chosen = [registry.find(name).canonical.name for name in options.operators] or list(cases)
    found = {name: read()[name] for name in cases if name in read()} if options.operators else {}
    found.update({name: measure(name, cases[name]) for name in chosen})
    lines = [f"{json.dumps(name)}: {json.dumps(found[name], ensure_ascii=False)}" for name in sorted(found)]
    part = MEASURED.with_suffix(f".{os.getpid()}")
    part.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    os.replace(part, MEASURED)


if __name__ == "__main__":
    main()
