"""Integers that stand for real numbers: there, back, and what is computed with them."""

from tests.ops.case import Case
from tests.ops.quantized.dense import eight
from tests.sweep.draw import array, chance, drawn, one_of, shape

ONEDNN = ("fully_connected", "concat", "elemwise_add", "batch_norm", "flatten")


def seeded(rs, dtype, size):
    """Draw integers of eight bits."""
    return eight(dtype, *size, seed=int(rs.randint(1 << 20)))


def either(rs, wrong=False):
    return one_of(rs, ("int8", "uint8")) if not wrong else "int32"


def ends(rs, *names):
    """Draw ranges, each on both sides of zero: name -> array of one number."""
    found = {}
    for name in names:
        low = "min" in name
        found[name] = array(rs, (1,), "float32", -4 if low else 0.1, -0.1 if low else 4)
    return found


def calibrated(rs, probability):
    """Draw a range as parameters."""
    return (
        {"min_calib_range": one_of(rs, (-2, -0.5, 0, -6.1)), "max_calib_range": one_of(rs, (4.5, 0.75, 9))}
        if chance(rs, probability)
        else {}
    )


def convert(rs, op, wrong):
    size = shape(rs, 1, 4)
    params = {}
    if op == "dequantize":
        return {"data": seeded(rs, either(rs), size), **ends(rs, "min_range", "max_range")}, params
    kinds = ("int8", "uint8") if op == "quantize" else ("int8", "uint8", "auto")
    if chance(rs, 0.7):
        params["out_type"] = one_of(rs, kinds) if not wrong else one_of(rs, ("int32", "float32"))
    if op == "requantize":
        data = array(rs, size, "int32", -(2**30), 2**30)
    else:
        data = array(rs, size, "float32", -3, 3)
    if op != "quantize":
        params.update(calibrated(rs, 0.5))
    return {"data": data, **(ends(rs, "min_range", "max_range") if op != "quantize_v2" else {})}, params


def fully_connected(rs, op, wrong):
    data = shape(rs, 2, 3)
    hidden = int(rs.randint(1, 5))
    flat = chance(rs, 0.6)
    width = data[-1] * (data[1] if flat and len(data) == 3 else 1)
    inputs = {"data": seeded(rs, either(rs), data), "weight": seeded(rs, "uint8" if wrong else "int8", (hidden, width))}
    slots = ["data", "weight"]
    if chance(rs, 0.5):
        inputs["bias"] = seeded(rs, "int8", (hidden,))
        slots.append("bias")
    inputs.update(ends(rs, *[f"{end}_{slot}" for slot in slots for end in ("min", "max")]))
    return inputs, {"num_hidden": hidden, "flatten": flat, "no_bias": "bias" not in inputs}


def convolution(rs, op, wrong):
    channels, filters = int(rs.randint(1, 4)), int(rs.randint(1, 4))  # with four channels it saturates
    kernel = tuple(int(size) for size in rs.randint(1, 4, 2))
    params = {"kernel": kernel, "num_filter": filters}
    for word, low, high in (("stride", 1, 3), ("pad", 0, 2)):
        if chance(rs, 0.4):
            params[word] = tuple(int(size) for size in rs.randint(low, high, 2))
    sizes = tuple(int(size) + 3 for size in rs.randint(0, 4, 2))
    inputs = {
        "data": seeded(rs, "uint8", (int(rs.randint(1, 3)), channels, *sizes)),
        "weight": seeded(rs, "int8", (filters, channels + wrong, *kernel)),
    }
    slots = ["data", "weight"]
    if chance(rs, 0.5):
        inputs["bias"] = seeded(rs, "int8", (filters,))
        slots.append("bias")
    inputs.update(ends(rs, *[f"{end}_{slot}" for slot in slots for end in ("min", "max")]))
    return inputs, {**params, "no_bias": "bias" not in inputs}


def pooling(rs, op, wrong):
    size = tuple(int(n) for n in (*rs.randint(1, 3, 2), *rs.randint(3, 7, 2)))
    kernel = tuple(int(n) for n in rs.randint(1, 4, 2))
    params = {"kernel": kernel, "pool_type": one_of(rs, ("max", "avg") if not wrong else ("sum", "lp"))}
    if chance(rs, 0.5):
        params["stride"] = tuple(int(n) for n in rs.randint(1, 4, 2))
    if chance(rs, 0.3):
        params["pad"] = tuple(int(rs.randint(0, n)) for n in kernel)
    if chance(rs, 0.3):
        params["global_pool"] = True
    if chance(rs, 0.3):
        params["count_include_pad"] = chance(rs, 0.5)
    return {"data": seeded(rs, either(rs), size), **ends(rs, "min_data", "max_data")}, params


def act(rs, op, wrong):
    size = shape(rs, 1, 4)
    params = {"act_type": one_of(rs, ("relu", "tanh"))} if wrong else {"act_type": "relu"}
    return {"data": seeded(rs, either(rs), size), **ends(rs, "min_data", "max_data")}, params


def flatten(rs, op, wrong):
    return {"data": seeded(rs, either(rs), shape(rs, 1, 4)), **ends(rs, "min_data", "max_data")}, {}


def binary(rs, op, wrong):
    size = shape(rs, 1, 4)
    dtype = either(rs) if op == "elemwise_add" else "int8"
    other = size if not wrong else (*size, 2)
    inputs = {"lhs": seeded(rs, dtype, size), "rhs": seeded(rs, dtype, other)}
    params = calibrated(rs, 0.4) if op == "elemwise_add" else {"enable_float_output": True} if chance(rs, 0.4) else {}
    return {**inputs, **ends(rs, "lhs_min", "lhs_max", "rhs_min", "rhs_max")}, params


def concat(rs, op, wrong):
    size = list(shape(rs, 2, 4))
    dim = int(rs.randint(len(size)))
    arrays = []
    for _ in range(rs.randint(1, 4)):
        one = list(size)
        one[dim] = int(rs.randint(1, 4))
        if wrong:
            one[dim - 1] += len(arrays)
        arrays.append(seeded(rs, either(rs), one))
    limits = [ends(rs, "min", "max") for _ in arrays]
    return [*arrays, *[end for pair in limits for end in pair.values()]], {"num_args": len(arrays), "dim": dim}


def embedding(rs, op, wrong):
    rows, length = (int(n) for n in rs.randint(1, 6, 2))
    data = array(rs, shape(rs, 1, 3), one_of(rs, ("float32", "int32", "int64")), 0, rows - 0.5)
    params = {"input_dim": rows + wrong, "output_dim": length}
    return {"data": data, "weight": seeded(rs, "int8", (rows, length)), **ends(rs, "min_weight", "max_weight")}, params


def batch_norm(rs, op, wrong):
    size = shape(rs, 2, 4)
    channels = size[1]
    inputs = {"data": seeded(rs, either(rs), size), "gamma": array(rs, (channels,), "float32"), "beta": array(rs, (channels,), "float32")}
    inputs.update(moving_mean=array(rs, (channels,), "float32"), moving_var=array(rs, (channels,), "float32", 0.5, 2))
    params = {} if wrong else calibrated(rs, 1)
    if chance(rs, 0.4):
        params["eps"] = one_of(rs, (1e-5, 0.5))
    return {**inputs, **ends(rs, "min_data", "max_data")}, params


DRAWS = {
    "quantize": convert,
    "quantize_v2": convert,
    "requantize": convert,
    "dequantize": convert,
    "quantized_fully_connected": fully_connected,
    "quantized_conv": convolution,
    "quantized_pooling": pooling,
    "quantized_act": act,
    "quantized_flatten": flatten,
    "quantized_elemwise_add": binary,
    "quantized_elemwise_mul": binary,
    "quantized_concat": concat,
    "quantized_embedding": embedding,
    "quantized_batch_norm": batch_norm,
}


def draw(rs):
    op = one_of(rs, list(DRAWS))
    kind = op[len("quantized_") :] if op.startswith("quantized_") else op
    inputs, params = DRAWS[op](rs, kind, int(chance(rs, 0.04)))
    return Case(f"_contrib_{op}", inputs, params, gradient=False, onednn=kind in ONEDNN)


CASES = drawn(draw, 200)
