"""Random graphs of any operator, from the cases of the tests of operators; random names, annotations and arrays."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import strategies as st

import symbolic as mx
from symbolic import registry
from tests.ops.test_laws import ALL

__all__ = ["arrays", "first_cases", "graphs", "names"]

LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
names = st.one_of(st.from_regex(r"[a-z]{1,8}[0-9]{0,2}", fullmatch=True), st.text(LETTERS, min_size=1, max_size=12))
DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool"]


@cache
def first_cases():
    """One case of each operator, in the order of the files."""
    found = {}
    for parameter in ALL:
        path, case = parameter.values
        found.setdefault(case.op, (path, case))
    return tuple(found.values())


@cache
def _composable():
    """Cases of which a Symbol can be made: those of operators that only rewrite their inputs have no output."""
    return tuple(parameter.values[1] for parameter in ALL if registry.find(parameter.values[1].op).canonical.name != "Custom")


@st.composite
def graphs(draw):
    """Draw a graph: operators with parameters of some case, fed by variables or earlier values, whatever their shapes."""
    fresh = iter(range(1000))

    def name():
        return f"{draw(names)}{next(fresh)}"  # told apart by the number

    def annotations():
        return {
            f"__{key}__": text
            for key, text in draw(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), names, max_size=2)).items()
        }

    values = [mx.sym.Variable(name(), attr=annotations()) for _ in range(draw(st.integers(1, 3)))]

    def value():
        place = draw(st.integers(0, len(values)))
        return values[place] if place < len(values) else mx.sym.Variable(name(), attr=annotations())

    for _ in range(draw(st.integers(1, 8))):
        case = _composable()[draw(st.integers(0, len(_composable()) - 1))]
        op = registry.find(case.op)
        mutated = {slot for slot, field in op.canonical.inputs.items() if getattr(field, "mutated", False)}
        if isinstance(case.inputs, dict):
            inputs = {slot: mx.sym.Variable(name()) if slot in mutated else value() for slot in case.inputs}
            made = op(**inputs, **case.params, name=name(), attr=annotations())
        else:
            made = op(*[value() for _ in case.inputs], **case.params, name=name())
        values.extend(made)
    heads = draw(st.lists(st.sampled_from(values), min_size=1, max_size=4))
    return mx.sym.Group(heads)


@st.composite
def arrays(draw):
    """Draw an array of any type, shape and layout that the format has."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=5)))
    content = np.frombuffer(
        draw(st.binary(min_size=int(np.prod(shape)) * dtype.itemsize, max_size=int(np.prod(shape)) * dtype.itemsize)), np.uint8
    )
    array = (content & 1).astype(bool).reshape(shape) if dtype.kind == "b" else content.view(dtype).reshape(shape)
    layout = draw(st.sampled_from(["plain", "fortran", "reversed", "strided", "swapped", "misaligned", "read-only", "broadcast"]))
    if layout == "fortran":
        return np.asfortranarray(array)
    if layout == "reversed" and array.ndim:
        return array[::-1]
    if layout == "strided" and array.ndim:
        wide = np.zeros((*shape[:-1], 2 * shape[-1]), dtype)
        wide[..., ::2] = array
        return wide[..., ::2]
    if layout == "swapped":
        return array.astype(dtype.newbyteorder(">"))
    if layout == "misaligned":
        raw = np.zeros(array.nbytes + 1, np.uint8)
        raw[1:] = np.frombuffer(array.tobytes(), np.uint8)
        return raw[1:].view(dtype).reshape(shape)
    if layout == "broadcast":
        return np.broadcast_to(array, (2, *shape))
    made = array.copy()
    made.flags.writeable = layout != "read-only"
    return made
