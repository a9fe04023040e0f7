"""Cases of _contrib_div_sqrt_dim and _contrib_interleaved_matmul_*."""

import numpy as np

from tests.ops.case import Case, integers, normal

__all__ = ["CASES"]

PREFIX = "_contrib_interleaved_matmul_"


def product(name, heads, dtype="float32", **how):
    """Multiply for shapes ``name=(...)``, given in the order of the inputs."""
    shapes = {slot: shape for slot, shape in how.items() if isinstance(shape, tuple)}
    rest = {slot: value for slot, value in how.items() if slot not in shapes}
    inputs = {slot: normal(*shape, dtype=dtype, seed=seed) for seed, (slot, shape) in enumerate(shapes.items())}
    return Case(PREFIX + name, inputs, {"heads": heads}, **rest)


def self_attention(steps, examples, heads, length, **how):
    projections = (steps, examples, heads * 3 * length)
    return [
        product("selfatt_qk", heads, queries_keys_values=projections, **how),
        product("selfatt_valatt", heads, queries_keys_values=projections, attention=(examples * heads, steps, steps), **how),
    ]


def attention(queries, keys, examples, heads, length, **how):
    pairs = (keys, examples, heads * 2 * length)
    return [
        product("encdec_qk", heads, queries=(queries, examples, heads * length), keys_values=pairs, **how),
        product("encdec_valatt", heads, keys_values=pairs, attention=(examples * heads, queries, keys), **how),
    ]


def parts(array, heads, count):
    """Take projections apart: ``(t, n, heads, k)`` each."""
    split = array.reshape(*array.shape[:2], heads, count, -1)
    return [split[..., part, :] for part in range(count)]


def by_definition(name, heads, arrays):
    """Compute an output in float64."""
    if name.endswith("_qk"):
        if name.startswith("selfatt"):
            queries, keys, _ = parts(arrays["queries_keys_values"], heads, 3)
        else:
            (queries,), (keys, _) = parts(arrays["queries"], heads, 1), parts(arrays["keys_values"], heads, 2)
        output = np.einsum("qnhk,snhk->nhqs", queries, keys) / np.sqrt(keys.shape[-1])
        return output.reshape(-1, *output.shape[2:])
    *_, values = parts(arrays["queries_keys_values"], heads, 3) if name.startswith("selfatt") else parts(arrays["keys_values"], heads, 2)
    attention = arrays["attention"].reshape(-1, heads, *arrays["attention"].shape[1:])
    output = np.einsum("nhqs,snhk->qnhk", attention, values)
    return output.reshape(*output.shape[:2], -1)


def stated(case):
    """State what the reference has in float32 only; the gradient of a bilinear function by differences, which are exact."""
    name, heads = case.op[len(PREFIX) :], case.params["heads"]
    arrays = {slot: array.astype("float64") for slot, array in case.arrays().items()}
    dtype = next(iter(case.arrays().values())).dtype
    output = by_definition(name, heads, arrays)
    head = case.head_gradient(0, output.shape, dtype).astype("float64")
    expect = {"output0": output.astype(dtype)}
    for slot, array in arrays.items():
        slopes = np.zeros(array.shape)
        for place in np.ndindex(*array.shape):
            sides = [array.copy(), array.copy()]
            sides[0][place] -= 1
            sides[1][place] += 1
            before, after = (by_definition(name, heads, {**arrays, slot: side}) for side in sides)
            slopes[place] = (head * (after - before)).sum() / 2
        expect[f"grad/{slot}"] = slopes.astype(dtype)
    return Case(
        case.op,
        case.inputs,
        case.params,
        expect=expect,
        why="the reference has float32 only",
        **({"atol": 5e-3} if dtype == "float16" else {}),
    )


CASES = [
    *[case for sizes in [(3, 2, 2, 4), (4, 1, 1, 3), (1, 3, 2, 1), (5, 2, 3, 2)] for case in self_attention(*sizes)],
    *[case for sizes in [(3, 5, 2, 2, 4), (4, 2, 1, 1, 3), (1, 6, 3, 2, 1), (5, 1, 2, 3, 2)] for case in attention(*sizes)],
    *[stated(case) for dtype in ("float64", "float16") for case in self_attention(3, 2, 2, 4, dtype=dtype)],
    *[stated(case) for dtype in ("float64", "float16") for case in attention(3, 5, 2, 2, 4, dtype=dtype)],
    product("selfatt_qk", 0, queries_keys_values=(3, 2, 18), refused=True),
    product("selfatt_qk", 2, queries_keys_values=(3, 12), refused=True),
    product("selfatt_valatt", 2, queries_keys_values=(3, 2, 12), attention=(4, 3, 2), refused=True),
    product("selfatt_valatt", 2, queries_keys_values=(3, 2, 12), attention=(3, 3, 3), refused=True),
    product("encdec_qk", 2, queries=(3, 2, 8), keys_values=(5, 2, 12), refused=True),
    product("encdec_qk", 2, queries=(3, 2, 8), keys_values=(5, 1, 16), refused=True),
    product("encdec_valatt", 2, keys_values=(5, 2, 16), attention=(4, 3, 4), refused=True),
    Case(PREFIX + "selfatt_qk", {"queries_keys_values": normal(3, 2, 12)}, refused=True),
    *[Case("_contrib_div_sqrt_dim", {"data": normal(*shape)}) for shape in [(2, 3), (3,), (2, 3, 5), (4, 1)]],
    *[Case("_contrib_div_sqrt_dim", {"data": normal(2, 3, dtype=dtype)}) for dtype in ("float64", "float16")],
    *[Case("_contrib_div_sqrt_dim", {"data": integers(-9, 9, 2, 9, dtype=dtype)}) for dtype in ("int32", "int8", "int64")],
]
