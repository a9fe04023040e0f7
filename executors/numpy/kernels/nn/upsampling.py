"""UpSampling: pixels repeated, or a deconvolution with one window for each channel."""

from functools import partial

import numpy as np

from executors.numpy.kernels.nn.products import Triple, data_of, output_of, weight_of
from executors.numpy.kernels.nn.steps import Room, computing_dtype, narrowed, run_all, widened
from executors.numpy.kernels.nn.windows import Window, gather
from executors.numpy.table import kernel


@kernel("UpSampling", prepared=True)
def upsampling(op, data, output, scratch):
    if op.sample_type == "bilinear":
        image, weight = data
        return run_all(data_of(bilinear(op, image, weight, output, scratch)))
    if op.multi_input_mode == "sum":
        return run_all(summed(data, output, scratch))
    return run_all(step for image, part in zip(data, parts(data, output), strict=True) for step in repeated(image, part))


@kernel("_backward_UpSampling", prepared=True)
def upsampling_gradient(op, data, d_output, d_data, scratch):
    steps = []
    if op.sample_type == "bilinear":
        (image, weight), (d_image, d_weight) = data, d_data
        if d_image is not None:
            steps += output_of(bilinear(op, d_image, weight, d_output, scratch))
        if d_weight is not None:
            steps += weight_of(bilinear(op, image, d_weight, d_output, scratch))
        return run_all(steps)
    heads = [d_output] * len(data) if op.multi_input_mode == "sum" else parts(data, d_output)
    rooms = [Room(scratch, computing_dtype(d_output.dtype)) for _ in range(3)]
    for head, d_image in zip(heads, d_data, strict=True):
        if d_image is not None:
            steps += block_sums(head, d_image, *rooms)
    return run_all(steps)


def bilinear(op, image, weight, output, scratch):
    """See the deconvolution as the convolution that it transposes; the windows of ``2 scale - scale % 2`` elements overlap."""
    scale, channels = op.scale, image.shape[1]
    pad = scale // 2
    window = Window((2 * scale - scale % 2,) * 2, (scale,) * 2, (1, 1), (pad,) * 2)
    return Triple.of(window, channels, False, output, weight, image, scratch)


def parts(data, output):
    """Cut the output into the channels that come from each input."""
    ends = np.cumsum([image.shape[1] for image in data])
    return [output[:, end - image.shape[1] : end] for image, end in zip(data, ends, strict=True)]


def blocks(image, output):
    """View ``(n, c, h, w)`` of the output as ``(n, c, rows, repeats, columns, repeats)``: the pixels of an image and their copies."""
    (height, width), (rows, columns) = image.shape[2:], output.shape[2:]
    return output.reshape(*output.shape[:2], height, rows // height, width, columns // width)


def repeated(image, output):
    """Make the steps that repeat each pixel: along the rows first, then whole rows."""
    pixels = blocks(image, output)
    across, down = range(pixels.shape[5]), range(1, pixels.shape[3])
    first = pixels[:, :, :, 0]
    return [
        *(partial(np.copyto, first[..., column], image, casting="same_kind") for column in across),
        *(partial(np.copyto, pixels[:, :, :, row], first) for row in down),
    ]


def summed(data, output, scratch):
    """Make the steps that add the repeated images."""
    room = Room(scratch, computing_dtype(output.dtype))
    total = output if output.dtype == room.dtype else room.of(output.shape)
    steps = repeated(data[0], total)
    for image in data[1:]:
        pixels = blocks(image, total)
        steps.append(partial(np.add, pixels, image[:, :, :, None, :, None], out=pixels))
    return steps + narrowed(total, output)


def block_sums(head, d_image, wide, narrow, sums):
    """Make the steps that sum each block of copies: along the columns first, then along the rows."""
    steps = []
    source = widened(head, wide, steps)
    (rows, columns), (height, width) = head.shape[2:], d_image.shape[2:]
    half = sums.of((*head.shape[:2], height, columns))
    result = d_image if d_image.dtype == narrow.dtype else narrow.of(d_image.shape)
    return [
        *steps,
        *gather(np.add, 0, source, half, 2, rows // height, rows // height, 0),
        *gather(np.add, 0, half, result, 3, columns // width, columns // width, 0),
        *narrowed(result, d_image),
    ]
