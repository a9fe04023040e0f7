"""Normalisation of batches, layers, groups, examples, vectors and neighbours."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, INTEGERS, array, axis, chance, drawn, one_of, shape

OPS = ("BatchNorm", "BatchNorm", "BatchNorm_v1", "_contrib_SyncBatchNorm", "_contrib_BatchNormWithReLU")
OPS += ("LayerNorm", "LayerNorm", "GroupNorm", "InstanceNorm", "L2Normalization", "LRN")
LOOSE = {"rtol": 1e-4, "atol": 1e-5, "why": "differences of large sums of float32"}
ROUNDED = {"rtol": 1e-6, "atol": 1e-6, "why": "the reference rounds parameters to float32"}
HALF = {"rtol": 1e-2, "atol": 1e-2, "why": "the reference rounds to float16 at each step"}


def flag(rs):
    """Spell a truth value."""
    return one_of(rs, (True, False, 1, 0, "True", "false", "1"))


def batch_norm(rs, op):
    data = shape(rs, 2, 4)
    if op == "_contrib_BatchNormWithReLU":  # which is there for images only
        data = tuple(int(size) for size in rs.randint(1, 6, 4))
    elif op != "BatchNorm":  # they take batches and images, and empty ones give nan here
        data = tuple(int(size) for size in rs.randint(1, 6, one_of(rs, (2, 4))))
    params = {word: flag(rs) for word in ("fix_gamma", "use_global_stats", "output_mean_var") if chance(rs, 0.5)}
    place = 1
    if op == "BatchNorm" and chance(rs, 0.4):
        place = params["axis"] = axis(rs, len(data))
    if chance(rs, 0.5):
        params["eps"] = one_of(rs, (1e-3, 0.5, "0.25", 0.0625, 1))
    if chance(rs, 0.5):
        params["momentum"] = one_of(rs, (0.5, 0, 1, "0.75"))
    if op == "_contrib_SyncBatchNorm":
        params.update(key=f"sweep{rs.randint(1 << 30)}", ndev=1)
    channels = data[place] if -len(data) <= place < len(data) else 2
    dtype = some_type(rs) if op == "BatchNorm" else "float32"
    wide = "float64" if dtype == "float64" else "float32"
    inputs = {"data": array(rs, data, dtype), "gamma": array(rs, (channels,), wide, 0.5, 2), "beta": array(rs, (channels,), wide)}
    inputs.update(moving_mean=array(rs, (channels,), wide), moving_var=array(rs, (channels,), wide, 0.5, 2))
    return inputs, params


def layer_norm(rs, op):
    data = shape(rs, 1, 4)
    place = axis(rs, len(data))
    params = {"axis": place} if chance(rs, 0.6) else {}
    length = data[place] if -len(data) <= place < len(data) and params else data[-1]
    dtype = some_type(rs)
    return scaled(rs, data, length, {**params, **shown(rs, dtype)}, dtype)


def group_norm(rs, op):
    groups, (n, _, *sizes) = int(rs.randint(1, 4)), shape(rs, 3, 5)
    data = (n, groups * int(rs.randint(1, 4)) + int(chance(rs, 0.05)), *sizes)
    dtype = some_type(rs)
    return scaled(rs, data, groups, {"num_groups": groups, **shown(rs, dtype)}, dtype)


def instance_norm(rs, op):
    data = shape(rs, 3, 4)
    params = {"eps": one_of(rs, (1e-3, 0.5, "0.25"))} if chance(rs, 0.5) else {}
    return scaled(rs, data, data[1], params, "float32")


def shown(rs, dtype):
    """Draw what layer and group normalisation share."""
    found = (
        {"eps": one_of(rs, (1e-5, 0.5, "0.25", 1) if dtype != "float16" else (0.5, "0.25", 1))}
        if chance(rs, 0.5) or dtype == "float16"
        else {}
    )
    return {**found, "output_mean_var": flag(rs)} if chance(rs, 0.5) else found


def scaled(rs, data, length, params, dtype):
    length += chance(rs, 0.02)
    return {"data": array(rs, data, dtype), "gamma": array(rs, (length,), dtype), "beta": array(rs, (length,), dtype)}, params


def l2_normalization(rs, op):
    params = {"mode": one_of(rs, ("instance", "channel", "spatial"))} if chance(rs, 0.8) else {}
    if chance(rs, 0.3):
        params["eps"] = one_of(rs, (1e-10, 0.5, "0.25"))
    return {"data": array(rs, shape(rs, 2, 5), some_type(rs))}, params


def lrn(rs, op):
    params = {"nsize": one_of(rs, (1, 3, 5, 7)) if chance(rs, 0.95) else one_of(rs, (2, 0, -1))}
    for word, choices in (("alpha", (1e-4, 0.5, 2)), ("beta", (0.75, 0.5, 1, 2)), ("knorm", (2, 1, 0.5))):
        if chance(rs, 0.5):
            params[word] = one_of(rs, choices)
    least = params["nsize"]  # it refuses larger windows, but for oneDNN, which makes gradients of -inf of them
    data = tuple(int(size) for size in (*rs.randint((1, least), (4, least + 4)), *rs.randint(1, 5, 2)))
    return {"data": array(rs, data, "float32")}, params


def some_type(rs):
    """Draw a type, now and then one that is refused."""
    return one_of(rs, FLOATS) if chance(rs, 0.97) else one_of(rs, INTEGERS)


DRAWS = {"LayerNorm": layer_norm, "GroupNorm": group_norm, "InstanceNorm": instance_norm, "L2Normalization": l2_normalization, "LRN": lrn}


def draw(rs):
    op = one_of(rs, OPS)
    inputs, params = DRAWS.get(op, batch_norm)(rs, op)
    data = inputs["data"].array()
    if data.dtype.kind != "f" and data.size == 0:  # the reference finds out when it computes
        return draw(rs)
    name = data.dtype.name
    bounds = {"float16": HALF, "float64": ROUNDED}.get(name, LOOSE)
    if chance(rs, 0.02):
        params[one_of(rs, ("eps", "size", "axes"))] = "all"
    onednn = op == "_contrib_BatchNormWithReLU" or (chance(rs, 0.3) and op != "LRN")
    heads = [0] if op == "_contrib_SyncBatchNorm" else None  # the others are written in training only
    return Case(op, inputs, params, train=chance(rs, 0.6), onednn=onednn, heads=heads, **bounds)


CASES = drawn(draw, 160)
