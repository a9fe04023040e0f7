"""Let MXNet 1.9.1 write the samples below, for the tests to compare with.

Run in the environment that has MXNet, from the project's folder::

    python -m tests.files.record_params

Each sample becomes ``tests/files/recorded/<name>.params``. The list of samples needs NumPy only: the tests import it.
"""

import warnings
from pathlib import Path

import numpy as np

RECORDED = Path(__file__).resolve().parent / "recorded"


def counted(shape, dtype="float32"):
    """Fill a shape with 1, 2, 3, ..."""
    return np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape).astype(dtype)


def extremes(dtype):
    """Least, greatest and special values of a type."""
    if dtype == "bool":
        return np.array([True, False, True])
    if dtype.startswith("float"):
        limits = np.finfo(dtype)
        return np.array([limits.min, limits.max, limits.tiny, -0.0, np.nan, np.inf, -np.inf], dtype)
    limits = np.iinfo(dtype)
    return np.array([limits.min, limits.max, 0, 1], dtype)


TYPES = ["float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool"]
SHAPES = [(1,), (7,), (2, 3), (1, 1, 1), (2, 1, 3, 1, 2), (1,) * 9, (0,), (0, 3), (3, 0, 2)]

# Samples that are to be written byte for byte: name -> names or None, arrays.
EXACT = {
    "types": (TYPES, [extremes(dtype) for dtype in TYPES]),
    "shapes": (None, [counted(shape) for shape in SHAPES]),
    "names": (
        ["arg:fc1_weight", "aux:bn_moving_mean", "dense0.weight", "", " ", "é漢🦉", "a\nb\t'\"\\", "n" * 300],
        [counted((2,), dtype) for dtype in TYPES],
    ),
    "mixed": (["w", "b", "v"], [counted((13, 13)), counted((2,)), counted((5, 20), "float64")]),
    "empty": (None, []),
}

# The same, written under np_shape.
EXACT_NP_SHAPE = {
    "numbers": (["a", "b", "c", "d"], [np.array(3.5, "float32"), counted((2, 2)), np.array(7, "int64"), counted((0, 3))]),
    "number": (None, [np.array(True)]),
}

# What MXNet writes outside of np_shape and cannot read (apache/mxnet#15988).
UNREADABLE = {
    "issue15988_first": (["a", "b"], [np.array(3.5, "float32"), counted((2,))]),
    "issue15988_last": (["b", "a"], [counted((2,)), np.array(0.0, "float64")]),
    "issue15988_alone": (None, [np.array(1, "uint8")]),
    "issue15988_two": (None, [np.array(0, "int32"), np.array(0, "int32")]),
}


def sparse_matrix(dtype="float32"):
    """Make a matrix with empty rows and columns."""
    matrix = np.zeros((6, 4), dtype)
    matrix[1] = [1, 2, 3, 4]
    matrix[4, 2] = 5
    return matrix


# Stored sparse: names, arrays, storage.
SPARSE = {
    "sparse": (
        ["r", "d", "c", "c64"],
        [sparse_matrix(), counted((2,)), sparse_matrix(), sparse_matrix("float64")],
        ["row_sparse", "default", "csr", "csr"],
    ),
    "sparse_zeros": (None, [np.zeros((3, 2), "float32"), np.zeros((3, 2), "float32")], ["row_sparse", "csr"]),
    "sparse_rank3": (None, [counted((2, 2, 2))], ["row_sparse"]),
}


def main():
    warnings.simplefilter("ignore")
    import mxnet as mx  # the tests import this file without having MXNet

    def save(name, names, arrays):
        path = str(RECORDED / f"{name}.params")
        mx.nd.save(path, arrays if names is None else dict(zip(names, arrays, strict=True)))
        print(path)

    def ndarray(array):
        return mx.nd.array(array, dtype=array.dtype)

    RECORDED.mkdir(exist_ok=True)
    for name, (names, arrays) in {**EXACT, **UNREADABLE}.items():
        save(name, names, [ndarray(array) for array in arrays])
    for name, (names, arrays, storage) in SPARSE.items():
        save(name, names, [ndarray(array).tostype(kind) for array, kind in zip(arrays, storage, strict=True)])
    with mx.util.np_shape(True):
        for name, (names, arrays) in EXACT_NP_SHAPE.items():
            save(name, names, [ndarray(array) for array in arrays])


if __name__ == "__main__":
    main()
