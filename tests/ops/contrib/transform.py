"""Cases of _contrib_fft, _contrib_ifft and _contrib_count_sketch, which the reference has on GPUs only: all are stated."""

import numpy as np

from tests.ops.case import Case, Make, normal

__all__ = ["CASES"]

FFT, IFFT, SKETCH = "_contrib_fft", "_contrib_ifft", "_contrib_count_sketch"
WHY = "the reference has it on GPUs only"


def waves(length):
    """Make the matrix of the transform, real and imaginary parts in rows next to each other: ``(2 * length, length)``."""
    turns = np.outer(np.arange(length), np.arange(length)) / length
    wave = np.exp(-2j * np.pi * turns)
    return np.stack([wave.real, wave.imag], 1).reshape(2 * length, length)


def stated(op, shape, dtype, matrix, **params):
    """State a linear map of the last axis, and its transpose as the gradient."""
    case = Case(op, {"data": normal(*shape, dtype=dtype)}, params)
    data = case.arrays()["data"].astype("float64")
    output = (data @ matrix.T).astype(dtype)
    head = case.head_gradient(0, output.shape, output.dtype).astype("float64")
    expect = {"output0": output, "grad/data": (head @ matrix).astype(dtype)}
    narrow = {"atol": 5e-3} if dtype == "float16" else {"atol": 1e-5} if dtype == "float32" else {}
    return Case(op, case.inputs, params, expect=expect, why=WHY, **narrow)


def signs(length):
    return Make(f"signs({length})", lambda random: (random.randint(0, 2, (1, length)) * 2 - 1).astype("float32"))


def places(length, count):
    return Make(f"places({length}, {count})", lambda random: random.randint(0, count, (1, length)).astype("float32"))


def sketched(shape, count, **params):
    inputs = {"data": normal(*shape), "h": places(shape[-1], count), "s": signs(shape[-1])}
    params = {"out_dim": count, **params}
    arrays = Case(SKETCH, inputs, params).arrays()
    matrix = np.zeros((count, shape[-1]))
    matrix[arrays["h"][0].astype(int), np.arange(shape[-1])] = arrays["s"][0]
    head = Case(SKETCH, inputs, params).head_gradient(0, (*shape[:-1], count), np.float32)
    expect = {"output0": (arrays["data"] @ matrix.T).astype("float32"), "grad/data": (head @ matrix).astype("float32"),
              "grad/h": np.zeros_like(arrays["h"]), "grad/s": np.zeros_like(arrays["s"])}  # fmt: skip
    return Case(SKETCH, inputs, params, expect=expect, why=WHY)


CASES = [
    *[stated(FFT, shape, "float32", waves(shape[-1])) for shape in [(2, 4), (3, 5), (1, 1), (2, 3, 2, 6), (4,)]],
    *[stated(FFT, (2, 6), dtype, waves(6), compute_size=64) for dtype in ("float64", "float16")],
    *[stated(IFFT, shape, "float32", waves(shape[-1] // 2).T) for shape in [(2, 8), (3, 10), (1, 2), (2, 3, 2, 6)]],
    *[stated(IFFT, (2, 6), dtype, waves(3).T, compute_size=64) for dtype in ("float64", "float16")],
    Case(IFFT, {"data": normal(2, 5)}, refused=True),
    *[Case(op, {"data": normal(2, 4)}, {"compute_size": "many"}, refused=True) for op in (FFT, IFFT)],
    *[sketched(shape, count) for shape, count in [((2, 5), 3), ((3, 4), 9), ((1, 1), 1), ((2, 3, 2, 4), 3)]],
    sketched((3, 6), 4, processing_batch_size=2),
    Case(SKETCH, {"data": normal(2, 5), "h": places(5, 3), "s": signs(5)}, refused=True),
    Case(SKETCH, {"data": normal(2, 5), "h": places(4, 3), "s": signs(5)}, {"out_dim": 3}, refused=True),
    Case(SKETCH, {"data": normal(2, 5), "h": places(5, 3), "s": signs(5)}, {"out_dim": 0}, refused=True),
]
