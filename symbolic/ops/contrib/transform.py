"""Transforms of vectors: Fourier's, and the count sketch."""

from __future__ import annotations

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.ops.spatial.rules import floats_alike
from symbolic.values.shape import NO_RANK, UNKNOWN

COMPUTE_SIZE = param("No effect.", default=128)


@operator
class _contrib_fft(Operator):
    """Transform vectors to frequencies: ``sum over t of data[t] * exp(-2 pi i f t / k)``.

    Real and imaginary parts of each frequency lie next to each other.
    """

    data: Tensor = tensor("Vectors.", shape="(*n, k)")
    output: Tensor = result("Frequencies.", shape="(*n, 2 * k)")
    compute_size: int = COMPUTE_SIZE

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            yield "output", (*data[:-1], data[-1] * 2)
        yield "data", (*output[:-1], output[-1] // 2)

    def gradient(self, d_output):
        yield "data", ops._contrib_ifft(d_output)


@operator
class _contrib_ifft(Operator):
    """Transform frequencies back to vectors: the real part of ``sum over f of data[f] * exp(2 pi i f t / k)``.

    There is no division by ``k``: after `fft`, vectors are ``k`` times what they were.
    """

    data: Tensor = tensor("Frequencies, real and imaginary parts next to each other.", shape="(*n, 2 * k)")
    output: Tensor = result("Vectors.", shape="(*n, k)")
    compute_size: int = COMPUTE_SIZE

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        if output is not NO_RANK:
            yield "data", (*output[:-1], output[-1] * 2)
        if data[-1] is not UNKNOWN and data[-1] % 2:
            raise ShapeError(f"{data} does not end in pairs of real and imaginary parts")
        yield "output", (*data[:-1], data[-1] // 2)

    def gradient(self, d_output):
        yield "data", ops._contrib_fft(d_output)


@operator
class _contrib_count_sketch(Operator):
    """Add up elements, with signs, in a few places: ``output[n, h[i]] += s[i] * data[n, i]``.

    ``h`` and ``s``, which are drawn once, have no gradient.

    Source: Gao, Beijbom, Zhang and Darrell (2016), Compact bilinear pooling, algorithm 2.
    """

    data: Tensor = tensor("Vectors.", shape="(*n, k)")
    h: Tensor = tensor("Place of each element.", shape="(1, k)")
    s: Tensor = tensor("Its sign, 1 or -1.", shape="(1, k)")
    output: Tensor = result("Sketches.", shape="(*n, out_dim)")
    out_dim: int = param("Number of places.", ge=1)
    processing_batch_size: int = param("No effect.", default=32)

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        if data is not NO_RANK:
            yield "h", (1, data[-1])
            yield "s", (1, data[-1])
            yield "output", (*data[:-1], self.out_dim)
        yield "data", (*output[:-1], UNKNOWN)

    def body(self, data, h, s):
        like = ops.repeat(ops.slice_axis(data, axis=-1, begin=0, end=1), axis=-1, repeats=self.out_dim)
        yield "output", ops._scatter_add(ops.broadcast_mul(data, s), ops.reshape(h, shape=(-1,)), like, axis=-1)

    def gradient(self, h, s, d_output):
        yield "data", ops.broadcast_mul(ops.take(d_output, ops.reshape(h, shape=(-1,)), axis=-1), s)
