"""Fourier's transform of vectors; complex numbers are pairs of reals next to each other."""

import numpy as np

from executors.numpy.table import kernel

COMPLEX = {np.dtype(np.float32): np.complex64, np.dtype(np.float64): np.complex128}


def computing_dtype(dtype):
    return np.dtype(np.float32) if dtype == np.float16 else np.dtype(dtype)


@kernel("_contrib_fft")
def to_frequencies(data, output):
    dtype = computing_dtype(data.dtype)
    if data.size:
        np.copyto(output, np.fft.fft(data.astype(dtype, copy=False)).astype(COMPLEX[dtype], copy=False).view(dtype), casting="same_kind")


@kernel("_contrib_ifft")
def from_frequencies(data, output):
    dtype = computing_dtype(data.dtype)
    if data.size:
        pairs = np.ascontiguousarray(data, dtype).view(COMPLEX[dtype])
        np.copyto(output, np.fft.ifft(pairs, norm="forward").real, casting="same_kind")
