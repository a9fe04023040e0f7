"""Colours of pictures ``(h, w, c)``: normalised and changed."""

import numpy as np

from executors.numpy.table import kernel

GREY = np.array([0.299, 0.587, 0.114], np.float32)  # luma of red, green and blue (Rec. ITU-R BT.601)

# Main components of the colours of ImageNet, each times its deviation; rows are red, green and blue.
COMPONENTS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]]) * [55.46, 4.794, 1.148]


def computing_dtype(dtype):
    """Compute in float32, or float64 if the picture is."""
    return np.dtype(np.float64) if dtype == np.float64 else np.dtype(np.float32)


def narrowed(values, dtype):
    """Cut off fractions for whole numbers; those of uint8 stop at their bounds, others go round."""
    return (values.clip(0, 255) if dtype == np.uint8 else values).astype(dtype, copy=False)


@kernel("_image_normalize")
def normalize(op, data, output):
    dtype = computing_dtype(data.dtype)
    mean, std = (np.array(numbers, dtype)[:, None, None] for numbers in (op.mean, op.std))
    np.copyto(output, (data - mean) / std, casting="unsafe")


def brightness(picture, factor):
    return picture * factor


def contrast(picture, factor):
    grey = picture @ GREY.astype(picture.dtype) if picture.shape[2] == 3 else picture
    return picture * factor + (1 - factor) * grey.mean()


def saturation(picture, factor):
    if picture.shape[2] != 3:
        return picture
    return picture * factor + (picture @ GREY.astype(picture.dtype))[..., None] * (1 - factor)


def hue(picture, factor):
    """Turn the hue where lightness and chroma stay; in the double cone, channel ``n`` (0, 8 or 4) is

    ``lightness - chroma / 2 * max(-1, min(k - 3, 9 - k, 1))`` with ``k = n + 12 hue`` round the circle of 12.
    """
    if picture.shape[2] != 3:
        return picture
    high, low = picture.max(2), picture.min(2)
    lightness, chroma = (high + low) / 2, high - low
    red, green, blue = np.moveaxis(picture / np.where(chroma == 0, 1, chroma)[..., None], 2, 0)
    place = np.where(picture[..., 0] == high, green - blue, np.where(picture[..., 1] == high, 2 + blue - red, 4 + red - green))
    k = (np.array([0, 8, 4], picture.dtype) + 2 * place[..., None] + 12 * factor) % 12
    shape = np.maximum(np.minimum(np.minimum(k - 3, 9 - k), 1), -1)
    return lightness[..., None] - chroma[..., None] / 2 * shape


CHANGES = {"brightness": brightness, "contrast": contrast, "saturation": saturation, "hue": hue}


@kernel("_image_color")
def change(op, data, factors, order, output):
    dtype = computing_dtype(data.dtype)
    kinds = op.kinds.split(",")
    for place in range(len(kinds)) if order is None else np.argsort(order, kind="stable"):
        changed = CHANGES[kinds[place]](data.astype(dtype, copy=False), dtype.type(factors[place]))
        data = narrowed(changed, output.dtype)
    np.copyto(output, data)


@kernel("_image_light")
def light(data, alpha, output):
    if data.shape[2] != 3:
        np.copyto(output, data)
        return
    dtype = computing_dtype(data.dtype)
    np.copyto(output, narrowed(data.astype(dtype, copy=False) + (COMPONENTS @ alpha).astype(dtype), output.dtype))
