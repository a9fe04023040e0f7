"""Pictures: made into what networks read, cut, mirrored, resized, and their colours changed by factors that leave no choice.

Lines in the middle of a mirrored picture are left out, which the reference leaves unwritten; so are the gradients of these
and of ``to_tensor``, which it does not turn, and the grey of a saturation, for which it takes blue.
"""

from tests.ops.case import Case
from tests.sweep.draw import array, chance, drawn, one_of

TYPES = ("float32", "float32", "uint8", "uint8", "float16", "int32", "int64", "int8")
KINDS = ("brightness", "contrast", "hue")
COLOURS = {"rtol": 1e-4, "atol": 2e-3, "why": "errors are those of numbers up to 255"}


def draw(rs):
    return one_of(rs, (to_tensor, crop, mirrored, normalize, normalize, resize, resize, colour, colour, lighting, chosen))(rs)


def picture(rs, channels=(1, 3), least=1, stacked=0.4):
    size = (int(rs.randint(least, 9)), int(rs.randint(least, 9)), int(one_of(rs, channels)))
    if chance(rs, 0.02):
        return one_of(rs, (size[:2], (1, 2, *size)))
    return (int(rs.randint(1, 4)), *size) if chance(rs, stacked) else size


def pixels(rs, size, dtype):
    low, high = (-100, 120) if dtype == "int8" else (0, 255)
    return array(rs, size, dtype, low, high)


def to_tensor(rs):
    dtype = one_of(rs, ("uint8", "uint8", "float32", "float64", "int32", "int8", "int64"))
    return Case("_image_to_tensor", {"data": pixels(rs, picture(rs, (1, 2, 3, 4)), dtype)}, gradient=False)


def crop(rs):
    size = picture(rs)
    rows, columns = size[-3:-1] if len(size) > 2 else size
    height, width = int(rs.randint(1, rows + 1)), int(rs.randint(1, columns + 1))
    params = {"x": int(rs.randint(0, columns - width + 1)), "y": int(rs.randint(0, rows - height + 1)), "width": width, "height": height}
    if chance(rs, 0.05):
        params[one_of(rs, list(params))] += int(one_of(rs, (4, 9)))
    return Case("_image_crop", {"data": pixels(rs, size, one_of(rs, (*TYPES, "float64")))}, params)


def mirrored(rs):
    size = tuple(length + length % 2 if axis < 2 else length for axis, length in enumerate(picture(rs, stacked=0.03)))
    op = one_of(rs, ("_image_flip_left_right", "_image_flip_top_bottom"))
    return Case(op, {"data": pixels(rs, size, one_of(rs, (*TYPES, "float64")))}, gradient=False)


def normalize(rs):
    channels, height, width = int(one_of(rs, (1, 3, 3))), int(rs.randint(1, 6)), int(rs.randint(1, 6))
    stack = (int(rs.randint(1, 4)),) if chance(rs, 0.5) else ()
    params = {}
    for word, low in (("mean", -1.0), ("std", 0.5)):
        if chance(rs, 0.9):
            count = int(one_of(rs, (1, channels, channels, channels + 1))) if chance(rs, 0.1) else int(one_of(rs, (1, channels)))
            numbers = tuple(round(float(value), 3) for value in rs.uniform(low, 2, count))
            params[word] = one_of(rs, (numbers, str(numbers), numbers[0] if count == 1 else numbers))
    dtype = one_of(rs, ("float32", "float32", "float64"))
    how = {"rtol": 1e-5, "atol": 1e-5, "why": "the numbers are float32 there"}
    return Case("_image_normalize", {"data": array(rs, (*stack, channels, height, width), dtype, 0, 1)}, params, **how)


def resize(rs):
    dtype = one_of(rs, ("uint8", "float32", "uint8", "float32", "float64"))
    params = {}
    if chance(rs, 0.8):
        params["interp"] = int(one_of(rs, (0, 1, 1, 2, 3) if dtype == "float64" else (0, 1, 1, 2, 2, 3, 4)))
    single = chance(rs, 0.5)
    size = int(rs.randint(1, 12)) if single else (int(rs.randint(1, 12)), int(rs.randint(1, 12)))
    params["size"] = one_of(rs, (size, str(size), (size,) if single else size))
    if chance(rs, 0.4):
        params["keep_ratio"] = one_of(rs, (True, False, "True"))
    how = {"rtol": 1e-5, "atol": 1e-3, "why": "shares are float32 there"} if dtype != "uint8" else {}
    return Case("_image_resize", {"data": pixels(rs, picture(rs, (1, 2, 3)), dtype)}, params, gradient=False, **how)


def colour(rs):
    kind, dtype = one_of(rs, KINDS), one_of(rs, ("float32", "float32", "uint8", "float64", "int32"))
    if kind == "hue":
        dtype = "float32"
    factor = round(float(rs.uniform(0, 2)), 2)
    how = COLOURS if dtype.startswith("float") else {}
    return Case(f"_image_random_{kind}", {"data": pixels(rs, picture(rs, (3,) if kind == "hue" else (1, 3), stacked=0.03), dtype)},
                {"min_factor": factor, "max_factor": factor}, **how)  # fmt: skip


def lighting(rs):
    alpha = tuple(round(float(value), 3) for value in rs.uniform(-0.5, 0.5, 3))
    dtype = one_of(rs, ("float32", "float32", "float64", "int32", "uint8"))
    how = COLOURS if dtype.startswith("float") else {}
    size = picture(rs, (3,), stacked=0.03)
    return Case(
        "_image_adjust_lighting", {"data": array(rs, size, dtype, 70, 160)}, {"alpha": one_of(rs, (alpha, str(alpha), list(alpha)))}, **how
    )


def chosen(rs):
    """Draw a change by factors that the operator chooses: shapes and types alone."""
    op = one_of(rs, (*KINDS, "saturation", "color_jitter", "lighting", "flip_left_right", "flip_top_bottom"))
    if op == "color_jitter":
        params = {kind: round(float(rs.uniform(0, 0.5)), 2) for kind in (*KINDS, "saturation")}
    elif op == "lighting":
        params = {"alpha_std": float(one_of(rs, (0.05, 0.5)))} if chance(rs, 0.6) else {}
    elif op.startswith("flip"):
        params = {}
    else:
        low = round(float(rs.uniform(0, 1)), 2)
        params = {"min_factor": low, "max_factor": low + (0.5 if chance(rs, 0.95) else -0.5)}
    dtype = one_of(rs, ("float32", "float32", "uint8"))
    return Case(f"_image_random_{op}", {"data": pixels(rs, picture(rs, stacked=0.04), dtype)}, params, gradient=False, heads=[])


CASES = drawn(draw, 180)
