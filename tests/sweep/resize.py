"""Images brought to another size."""

from tests.ops.case import Case
from tests.sweep.draw import FLOATS, array, chance, drawn, one_of

HALF = {"rtol": 5e-3, "atol": 4e-3, "why": "the reference adds up in float16"}
PLACES = {"rtol": 1e-4, "atol": 2e-5, "why": "places are computed in float32 there"}


def images(rs, wrong):
    """Draw the shape of a batch of images."""
    found = tuple(int(size) for size in (*rs.randint(1, 3, 2), *rs.randint(1, 7, 2)))
    return found[1:] if wrong and chance(rs, 0.5) else found


def upsampling(rs, dtype, wrong):
    scale = int(rs.randint(1, 5))
    n, channels, height, width = (int(size) for size in (*rs.randint(1, 3, 2), *rs.randint(1, 5, 2)))
    params = {"scale": scale, "sample_type": one_of(rs, ("nearest", "nearest", "bilinear"))}
    if params["sample_type"] == "bilinear":
        reach = 2 * scale - scale % 2 + wrong
        dtype = "float32" if dtype == "float16" else dtype
        inputs = [array(rs, (n, channels, height, width), dtype), array(rs, (channels, 1, reach, reach), dtype)]
        params["num_filter"] = channels
    else:
        mode = one_of(rs, ("concat", "sum"))
        if chance(rs, 0.7) or mode == "sum":
            params["multi_input_mode"] = mode
        inputs = [array(rs, (n, channels, height, width), dtype)]
        for _ in range(one_of(rs, (0, 0, 1, 2))):
            parts = [size for size in (1, 2, 3, 4) if scale % size == 0]
            part = one_of(rs, parts)
            other = channels if mode == "sum" else int(rs.randint(1, 3))
            inputs.append(array(rs, (n, other, height * scale // part, width * scale // part + wrong), dtype))
    return inputs, {**params, "num_args": len(inputs)}


def bilinear_resize(rs, dtype, wrong):
    data = images(rs, wrong)
    params = {"align_corners": one_of(rs, (True, False))} if chance(rs, 0.5) else {}
    inputs = {"data": array(rs, data, dtype)}
    kind = one_of(rs, ("size", "scales", "odd_scale", "like", "to_even_down", "to_even_up", "to_odd_down", "to_odd_up"))
    if kind == "size":
        params.update(height=int(rs.randint(1, 9)), width=int(rs.randint(1, 9)))
        if wrong:
            params["height"] = one_of(rs, (0, -1, "tall"))
    elif kind in ("scales", "odd_scale"):
        words = one_of(rs, (("height",), ("width",))) if wrong else ("height", "width")
        params.update({f"scale_{word}": one_of(rs, (0.5, 2, 1.5, 3, 1)) for word in words})
        params.update({} if kind == "scales" else {"mode": kind})
    elif kind == "like":
        inputs["like"] = array(rs, (*data[:2], *(int(size) for size in rs.randint(1, 8, 2))), dtype)
        params["mode"] = kind
    else:
        params["mode"] = kind if not wrong else "double"
    return inputs, params


def adaptive_pooling(rs, dtype, wrong):
    sizes = tuple(int(size) for size in rs.randint(1, 8, 2))
    size = one_of(rs, (sizes, sizes[:1], sizes[0], str(sizes), ())) if not wrong else one_of(rs, (0, (-1, 2), "all"))
    params = {"output_size": size} if chance(rs, 0.9) else {}
    return {"data": array(rs, images(rs, wrong), dtype)}, params


DRAWS = {
    "UpSampling": upsampling,
    "_contrib_BilinearResize2D": bilinear_resize,
    "_contrib_AdaptiveAvgPooling2D": adaptive_pooling,
}


def draw(rs):
    op, dtype = one_of(rs, list(DRAWS)), one_of(rs, FLOATS)
    inputs, params = DRAWS[op](rs, dtype, int(chance(rs, 0.04)))
    bounds = HALF if dtype == "float16" else PLACES if op == "_contrib_BilinearResize2D" else {}
    return Case(op, inputs, params, train=chance(rs, 0.3), onednn=chance(rs, 0.3), **bounds)


CASES = drawn(draw, 120)
