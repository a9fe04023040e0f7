"""Arrays made from nothing; constants, as far as a run is concerned."""

import numpy as np

from executors.numpy.table import kernel


@kernel("_zeros", "_zeros_without_dtype", "zeros_like")
def zeros(output):
    output.fill(0)


@kernel("_ones", "ones_like")
def ones(output):
    output.fill(1)


@kernel("_full")
def full(op, output):
    np.copyto(output, op.value, casting="unsafe")


@kernel("_arange")
def arange(op, output):
    start = op.start if op.stop is not None or op.infer_range else 0.0
    kind = output.dtype.type if output.dtype.kind in "iu" else np.float64
    steps = np.arange(output.size, dtype=kind) // kind(op.repeat)
    np.copyto(output, kind(start) + steps * kind(op.step), casting="unsafe")


@kernel("_linspace")
def linspace(op, output):
    np.copyto(output, np.linspace(op.start, op.stop, op.num, op.endpoint), casting="unsafe")


@kernel("_eye")
def eye(op, output):
    np.copyto(output, np.eye(output.shape[0], output.shape[1], op.k), casting="unsafe")


@kernel("shape_array")
def shape_array(data, output):
    output[...] = data.shape


@kernel("size_array")
def size_array(data, output):
    output[...] = data.size


@kernel("_constant")
def constant(op, output):
    np.copyto(output, op.array())
