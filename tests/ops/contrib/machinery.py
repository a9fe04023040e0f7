"""Cases of _CrossDeviceCopy, _copyto, _onehot_encode, _set_value and _NoGradient."""

import numpy as np

from tests.ops.case import Case, integers, normal, values

__all__ = ["CASES"]


def copied(op, *shape, dtype="float32"):
    """State what the reference does not bind."""
    inputs = {"data": integers(-9, 9, *shape, dtype=dtype)}
    case = Case(op, inputs)
    expect = {"output0": case.arrays()["data"]}
    if np.dtype(dtype).kind == "f":
        expect["grad/data"] = case.head_gradient(0, shape, np.dtype(dtype))
    return Case(op, inputs, expect=expect, why="the reference copies between arrays, or devices, only")


CASES = [
    *[copied(op, 2, 3, dtype=dtype) for op in ("_CrossDeviceCopy", "_copyto") for dtype in ("float32", "float64", "float16", "int32", "uint8")],
    Case("_onehot_encode", {"lhs": values([0, 2, 1, 5, -1]), "rhs": normal(5, 3)}, gradient=False,
         expect={"output0": np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0], [0, 0, 0]], "float32")}, why="the reference calls it on arrays only"),
    *[Case(op, {}, params, gradient=False, expect={"output0": np.array([number], "float32")}, why="the reference writes to given arrays only")
      for op, params, number in [("_set_value", {"src": 2.5}, 2.5), ("_set_value", {}, 0), ("_NoGradient", {}, 0)]],
]  # fmt: skip
