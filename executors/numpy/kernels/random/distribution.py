"""Draws from distributions."""

import numpy as np

from executors.numpy.table import kernel


def each(parameter, output):
    """Stretch a parameter over the draws for each of its elements."""
    return parameter.reshape(parameter.shape + (1,) * (output.ndim - parameter.ndim))


def drawn(draw, output):
    """Let the generator fill an array of its own precision: the output, if that is one."""
    if output.dtype.itemsize < 4:
        return draw(output.shape, np.float32)
    return draw(dtype=output.dtype, out=output)


def evenly(low, high, output, rng):
    """Stretch numbers from ``[0, 1)``; rounding may reach the upper bound, which is not part of the interval."""
    unit = drawn(rng.random, output)
    np.multiply(unit, np.subtract(high, low), out=unit, casting="same_kind")
    np.add(unit, low, out=unit, casting="same_kind")
    low, high = (np.asarray(bound).astype(output.dtype) for bound in (low, high))
    np.minimum(unit, np.nextafter(high, low), out=output, casting="same_kind")


def normally(mean, deviation, output, rng):
    unit = drawn(rng.standard_normal, output)
    np.multiply(unit, deviation, out=unit, casting="same_kind")
    np.add(unit, mean, out=output, casting="same_kind")


@kernel("_random_uniform", "_random_uniform_like")
def uniform(op, output, rng):
    evenly(op.low, op.high, output, rng)


@kernel("_sample_uniform")
def uniform_each(low, high, output, rng):
    evenly(each(low, output), each(high, output), output, rng)


@kernel("_random_normal", "_random_normal_like")
def normal(op, output, rng):
    normally(op.loc, op.scale, output, rng)


@kernel("_sample_normal")
def normal_each(mu, sigma, output, rng):
    normally(each(mu, output), each(sigma, output), output, rng)


@kernel("_random_gamma", "_random_gamma_like")
def gamma(op, output, rng):
    np.copyto(output, rng.gamma(op.alpha, op.beta, output.shape), casting="same_kind")


@kernel("_sample_gamma")
def gamma_each(alpha, beta, output, rng):
    np.copyto(output, rng.gamma(each(alpha, output), each(beta, output), output.shape), casting="same_kind")


@kernel("_random_poisson", "_random_poisson_like")
def poisson(op, output, rng):
    np.copyto(output, rng.poisson(op.lam, output.shape), casting="same_kind")


@kernel("_sample_poisson")
def poisson_each(lam, output, rng):
    np.copyto(output, rng.poisson(each(lam, output), output.shape), casting="same_kind")
