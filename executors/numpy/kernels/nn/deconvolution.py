"""Deconvolution, the transpose of convolution: each element spreads a window of learned weights over the output."""

from executors.numpy.kernels.nn.convolution import bias_gradient
from executors.numpy.kernels.nn.products import Triple, data_of, output_of, weight_of
from executors.numpy.kernels.nn.steps import run_all
from executors.numpy.kernels.nn.windows import Window, completed, is_channels_last
from executors.numpy.table import kernel


def window_of(op, sizes):
    """Complete the parameters; a target shape decides the padding: what is too long is cut off evenly, the odd one in front."""
    window = completed(op)
    if not any(op.target_shape):
        return window
    spans = window.spans(sizes)
    pad = tuple((span - target + 1) // 2 for span, target in zip(spans, op.target_shape, strict=True))
    return Window(window.kernel, window.stride, window.dilate, pad)


def triple_of(op, data, weight, output, scratch):
    """See a deconvolution as the convolution that it transposes: from ``output`` to ``data``."""
    sizes = data.shape[1:-1] if is_channels_last(op) else data.shape[2:]
    return Triple.of(window_of(op, sizes), op.num_group, is_channels_last(op), output, weight, data, scratch)


@kernel("Deconvolution", prepared=True)
def deconvolution(op, data, weight, bias, output, scratch):
    return run_all(data_of(triple_of(op, data, weight, output, scratch), bias))


@kernel("_backward_Deconvolution", prepared=True)
def deconvolution_gradient(op, data, weight, d_output, d_data, d_weight, d_bias, scratch):
    steps = []
    if d_data is not None:
        steps += output_of(triple_of(op, d_data, weight, d_output, scratch))
    if d_weight is not None:
        steps += weight_of(triple_of(op, data, d_weight, d_output, scratch))
    if d_bias is not None:
        steps.append(bias_gradient(d_output, is_channels_last(op), d_bias))
    return run_all(steps)
