"""Draws from distributions."""

import numpy as np

from executors.numpy.table import kernel


@kernel("_random_uniform", "_random_uniform_like")
def uniform(op, output, rng):
    np.copyto(output, rng.uniform(op.low, op.high, output.shape), casting="unsafe")


@kernel("_random_normal", "_random_normal_like")
def normal(op, output, rng):
    np.copyto(output, rng.normal(op.loc, op.scale, output.shape), casting="unsafe")


def each(parameter, output):
    """Stretch a parameter over the draws for each of its elements."""
    return parameter.reshape(parameter.shape + (1,) * (output.ndim - parameter.ndim))


@kernel("_sample_uniform")
def sample_uniform(low, high, output, rng):
    np.copyto(output, rng.uniform(each(low, output), each(high, output), output.shape), casting="unsafe")


@kernel("_sample_normal")
def sample_normal(mu, sigma, output, rng):
    np.copyto(output, rng.normal(each(mu, output), each(sigma, output), output.shape), casting="unsafe")
