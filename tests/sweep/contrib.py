"""Operators of ``contrib`` that are no boxes: attention, masks, places, and functions whose gradient is not their slope.

A fraction as step of float16 numbers is left out, which the reference cuts off.
"""

import numpy as np

from tests.ops.case import Case, Make, integers, positive, uniform, values
from tests.sweep.draw import FLOATS, array, axis, chance, drawn, one_of, shape

SINGLE = ("float32", "float32", "float64")
LOOSE = {"rtol": 1e-4, "atol": 1e-5, "why": "sums in another order"}


def draw(rs):
    return one_of(
        rs,
        (
            attention,
            attention,
            root,
            quadratic,
            copied,
            places,
            close,
            counted,
            counted,
            straight,
            multiplier,
            mask,
            mask,
            hawkes,
            asked,
            asked,
        ),
    )(rs)


def wrong(rs, size):
    if chance(rs, 0.97) or not size:
        return size
    place = rs.randint(len(size))
    return one_of(rs, (size[:place] + size[place + 1 :], (*size[:place], size[place] + 1, *size[place + 1 :]), (1, *size)))


def attention(rs):
    heads, keys, queries, examples, length = (int(rs.randint(1, 5)) for _ in range(5))
    op = one_of(rs, ("selfatt_qk", "selfatt_valatt", "encdec_qk", "encdec_valatt"))
    if op.startswith("selfatt"):
        sizes = {"queries_keys_values": (keys, examples, heads * 3 * length), "attention": (examples * heads, keys, keys)}
    else:
        sizes = {"queries": (queries, examples, heads * length), "keys_values": (keys, examples, heads * 2 * length),
                 "attention": (examples * heads, queries, keys)}  # fmt: skip
        del sizes["queries" if op.endswith("valatt") else "attention"]
    if op == "selfatt_qk":
        del sizes["attention"]
    sizes = {slot: size[chance(rs, 0.01) :] for slot, size in sizes.items()}  # lengths are not checked there
    inputs = {slot: array(rs, size) for slot, size in sizes.items()}
    return Case(f"_contrib_interleaved_matmul_{op}", inputs, {"heads": heads if chance(rs, 0.97) else 0}, **LOOSE)


def root(rs):
    dtype = one_of(rs, (*FLOATS, "int32", "int8"))
    return Case("_contrib_div_sqrt_dim", {"data": array(rs, shape(rs), dtype, -9, 9)})


def quadratic(rs):
    params = {name: round(float(rs.uniform(-2, 2)), 2) for name in "abc" if chance(rs, 0.7)}
    return Case("_contrib_quadratic", {"data": array(rs, shape(rs, 1, 4), one_of(rs, SINGLE))}, params, **LOOSE)


def copied(rs):
    rows, rest, dtype = int(rs.randint(1, 7)), shape(rs, 0, 2), one_of(rs, (*SINGLE, "int32"))
    count = int(rs.randint(1, rows + 1))
    index = values(rs.permutation(rows)[:count].tolist(), one_of(rs, ("int32", "int64", "int32")))
    inputs = {
        "old_tensor": array(rs, (rows, *rest), dtype),
        "index_vector": index,
        "new_tensor": array(rs, wrong(rs, (count, *rest)), dtype),
    }
    return Case("_contrib_index_copy", inputs)


def places(rs):
    size = shape(rs, 1, 4)
    params = {} if chance(rs, 0.3) else {"axes": tuple(axis(rs, len(size), 0) for _ in range(rs.randint(1, 4)))}
    return Case("_contrib_index_array", {"data": array(rs, size, one_of(rs, (*FLOATS, "int32")))}, params, finite=False)


def close(rs):
    size, dtype = shape(rs, 1, 3), one_of(rs, ("float32", "float64"))
    params = {
        "rtol": float(one_of(rs, (0.0, 1e-5, 0.01, 0.5))),
        "atol": float(one_of(rs, (0.0, 1e-8, 0.01, 1.0))),
        "equal_nan": chance(rs, 0.5),
    }
    params = {name: value for name, value in params.items() if chance(rs, 0.6)}
    a = array(rs, size, dtype)
    near = a.array() * one_of(rs, (1, 1 + 3e-6, 1.05))
    return Case("_contrib_allclose", {"a": a, "b": values(near.tolist(), dtype) if near.size else a}, params, gradient=False, eager=True)


def counted(rs):
    size, dtype = shape(rs, 1, 4), one_of(rs, FLOATS)
    params = {
        "start": float(rs.randint(-3, 4)),
        "step": float(one_of(rs, (1, 2, -1) if dtype == "float16" else (1, 2, 0.5, -1))),
        "repeat": int(rs.randint(1, 4)),
    }
    params = {name: value for name, value in params.items() if chance(rs, 0.5)}
    if chance(rs, 0.6):
        params["axis"] = axis(rs, len(size))
        length = size[params["axis"]] if -len(size) <= params["axis"] < len(size) else 1
    else:
        length = int(np.prod(size))
    if length % params.get("repeat", 1):
        del params["repeat"]
    return Case("_contrib_arange_like", {"data": array(rs, size, dtype)}, params)


def straight(rs):
    dtype = one_of(rs, FLOATS)
    return Case(one_of(rs, ("_contrib_round_ste", "_contrib_sign_ste")), {"data": array(rs, shape(rs), dtype, -3, 3)}, finite=False)


def multiplier(rs):
    params = {"scalar": one_of(rs, (2.0, -1.0, 0.5, 0, 3))}
    return Case("_contrib_gradientmultiplier", {"data": array(rs, shape(rs), one_of(rs, FLOATS))}, params, finite=False)


def mask(rs):
    size = tuple(max(length, 1) for length in shape(rs, 1, 3))
    dtype = one_of(rs, (*SINGLE, "int32"))
    params = {"axis": 0} if chance(rs, 0.4) else {}
    index = array(rs, wrong(rs, size[:1]), one_of(rs, ("float32", "float32", "int32")), 0, 1)
    marks = np.atleast_1d(index.array() > 0.4).astype(int)
    if not marks.any():  # no rows at all are no shape there
        marks[:1] = 1
    marks = values(marks.tolist(), str(index.array().dtype))
    return Case(
        "_contrib_boolean_mask", {"data": array(rs, size, dtype), "index": marks}, params, gradient=["data"] if dtype[0] == "f" else False
    )


def hawkes(rs):
    n, kinds, t = int(rs.randint(1, 4)), int(rs.randint(1, 4)), int(rs.randint(1, 7))
    dtype, seed = one_of(rs, SINGLE), int(rs.randint(1 << 30))
    inputs = {
        "lda": positive(n, kinds, dtype=dtype, seed=seed),
        "alpha": uniform(0.1, 0.9, kinds, dtype=dtype, seed=seed),
        "beta": positive(kinds, dtype=dtype, seed=seed + 1),
        "state": uniform(0, 1, n, kinds, dtype=dtype, seed=seed),
        "lags": Make(f"lags{(n, t, dtype, seed)}", lambda random: random.exponential(1, (n, t)).astype(dtype)),
        "marks": integers(0, kinds, n, t, dtype="int32", seed=seed),
        "valid_length": integers(0, t + 1, n, dtype=dtype, seed=seed),
        "max_time": values([30.0 + place for place in range(n)], dtype),
    }
    if chance(rs, 0.05):
        inputs[one_of(rs, ("lda", "alpha", "beta"))] = positive(kinds + 1, dtype=dtype)
    return Case("_contrib_hawkesll", inputs, gradient=["lda", "alpha", "beta"], rtol=2e-4, atol=1e-5, why="sums in float32 there")


def asked(rs):
    """Draw a shape taken from elsewhere, or a function of the values of a tensor."""
    kind = one_of(rs, ("finite", "squares", "resize", "adaptive"))
    if kind == "finite":
        data = values([one_of(rs, (1.0, -2.0, np.inf, np.nan)) if chance(rs, 0.3) else 0.5 for _ in range(4)])
        return Case("all_finite", {"data": data}, {"init_output": True} if chance(rs, 0.5) else {}, gradient=False)
    if kind == "squares":
        several = [array(rs, shape(rs, 1, 3)) for _ in range(rs.randint(1, 4))]
        return Case("multi_sum_sq", several, {"num_arrays": len(several)}, gradient=False, eager=True, **LOOSE)
    size = (int(rs.randint(1, 3)), int(rs.randint(1, 4)), int(rs.randint(1, 8)), int(rs.randint(1, 8)))
    dtype = one_of(rs, SINGLE)
    if kind == "adaptive":
        output = one_of(rs, ((), 1, (2, 3), (3, 1), 4, (1,), (7, 9)))
        return Case("_contrib_AdaptiveAvgPooling2D", {"data": array(rs, wrong(rs, size), dtype)}, {"output_size": output}, **LOOSE)
    params = {"height": int(rs.randint(1, 10)), "width": int(rs.randint(1, 10))}
    if chance(rs, 0.4):
        params = {"scale_height": float(one_of(rs, (0.5, 1.0, 2.0))), "scale_width": float(one_of(rs, (1.0, 2.0, 1.5)))}
        params["mode"] = one_of(rs, ("size", "odd_scale", "to_even_down", "to_even_up", "to_odd_down", "to_odd_up"))
    if chance(rs, 0.3):
        params["align_corners"] = one_of(rs, (True, False))
    return Case("_contrib_BilinearResize2D", {"data": array(rs, size, dtype)}, params, **LOOSE)


CASES = drawn(draw, 200)
