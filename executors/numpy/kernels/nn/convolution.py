"""Convolution: windows of learned weights over one, two or three spatial axes."""

from functools import partial

import numpy as np

from executors.numpy.kernels.nn.products import Triple, data_of, output_of, weight_of
from executors.numpy.kernels.nn.steps import computing_dtype, run_all
from executors.numpy.kernels.nn.windows import completed, is_channels_last
from executors.numpy.table import kernel


@kernel("Convolution", prepared=True)
def convolution(op, data, weight, bias, output, scratch):
    triple = Triple.of(completed(op), op.num_group, is_channels_last(op), data, weight, output, scratch)
    return run_all(output_of(triple, bias))


@kernel("_backward_Convolution", prepared=True)
def convolution_gradient(op, data, weight, d_output, d_data, d_weight, d_bias, scratch):
    window, channels_last = completed(op), is_channels_last(op)
    steps = []
    if d_data is not None:
        steps += data_of(Triple.of(window, op.num_group, channels_last, d_data, weight, d_output, scratch))
    if d_weight is not None:
        steps += weight_of(Triple.of(window, op.num_group, channels_last, data, d_weight, d_output, scratch))
    if d_bias is not None:
        steps.append(bias_gradient(d_output, channels_last, d_bias))
    return run_all(steps)


def bias_gradient(d_output, channels_last, d_bias):
    """Make the step that sums the gradient over everything but the channels."""
    channels = d_output.ndim - 1 if channels_last else 1
    others = tuple(axis for axis in range(d_output.ndim) if axis != channels)
    return partial(np.add.reduce, d_output, others, computing_dtype(d_output.dtype), d_bias)
