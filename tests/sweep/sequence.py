"""Batches of sequences of several lengths."""

from tests.ops.case import Case
from tests.sweep.draw import array, chance, drawn, one_of, shape


def draw(rs):
    op = one_of(rs, ("SequenceMask", "SequenceLast", "SequenceReverse"))
    size = tuple(max(length, 1) for length in shape(rs, 2, 5, 4))
    if chance(rs, 0.02):
        size = size[:1]
    params = {}
    if op != "SequenceReverse" and chance(rs, 0.5):
        params["axis"] = int(chance(rs, 0.6))
    if op == "SequenceMask" and chance(rs, 0.5):
        params["value"] = one_of(rs, (-1, 0.5, "2"))
    kind = one_of(rs, ("float32", "float32", "float64", "float16"))
    inputs = {"data": array(rs, size, kind)}
    if chance(rs, 0.7):
        params["use_sequence_length"] = one_of(rs, (True, 1, "True"))
        time = params.get("axis", 0)
        batch = size[(1 - time) % len(size)]
        if chance(rs, 0.04):
            batch += 1
        # lengths outside the data make MXNet read elsewhere
        inputs["sequence_length"] = array(rs, (batch,), one_of(rs, ("float32", "int32", "int64", kind)), 1, size[time % len(size)])
    return Case(op, inputs, params, gradient=["data"])


CASES = drawn(draw, 110)
