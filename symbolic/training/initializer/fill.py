"""Initializers: constants, draws, and those made for one kind of layer."""

from __future__ import annotations

import importlib
import json
from typing import Any, NoReturn

import numpy as np

from symbolic import nd
from symbolic.errors import DTypeError, InputError, ParameterError, ShapeError, describe
from symbolic.training.initializer.base import InitDesc, Initializer, alias, create, register

__all__ = ["Bilinear", "Constant", "FusedRNN", "LSTMBias", "MSRAPrelu", "Normal", "One", "Orthogonal", "Uniform", "Xavier", "Zero"]


@register
@alias("zeros")
class Zero(Initializer):
    """Begin weights with 0."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[:] = 0


@register
@alias("ones")
class One(Initializer):
    """Begin weights with 1."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[:] = 1


@register
class Constant(Initializer):
    """Begin weights with a value.

    Parameters
    ----------
    value : float, NDArray, numpy.ndarray or list
        A number, or what stretches to the shape of the weight.
    """

    def __init__(self, value: Any):
        super().__init__(value=value)
        self.value = value

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[:] = self.value

    def dumps(self) -> str:
        """Spell it as JSON; see `Initializer.dumps`."""
        value = self._kwargs["value"]
        value = value.asnumpy() if hasattr(value, "asnumpy") else value
        return json.dumps([type(self).__name__.lower(), {"value": value.tolist() if hasattr(value, "tolist") else value}])


@register
class Uniform(Initializer):
    """Draw weights evenly from ``[-scale, scale)``.

    Parameters
    ----------
    scale : float, default 0.07
        How far from zero.
    """

    def __init__(self, scale: float = 0.07):
        super().__init__(scale=scale)
        self.scale = scale

    def _init_weight(self, name: str, arr: Any) -> None:
        _draw(arr, "uniform", -self.scale, self.scale)


@register
class Normal(Initializer):
    """Draw weights from the normal distribution around 0.

    Parameters
    ----------
    sigma : float, default 0.01
        Its standard deviation.
    """

    def __init__(self, sigma: float = 0.01):
        super().__init__(sigma=sigma)
        self.sigma = sigma

    def _init_weight(self, name: str, arr: Any) -> None:
        _draw(arr, "normal", 0, self.sigma)


def _draw(arr: Any, distribution: str, *parameters: float) -> None:
    """Fill an array of any type and storage from ``mx.random``; draws are made in float32 at least."""
    if np.dtype(arr.dtype).kind in "biu":
        facts = {"got": np.dtype(arr.dtype).name, "expected": "a floating-point type"}
        raise DTypeError(describe("draws would lose their fractions in this array", operator=distribution, facts=facts))
    arr[:] = getattr(nd.random, distribution)(*parameters, shape=arr.shape, dtype="float64" if arr.dtype == np.float64 else "float32")


@register
class Orthogonal(Initializer):
    """Draw a matrix whose rows, or columns if there are less of them, are orthogonal and of equal length.

    Parameters
    ----------
    scale : float, default 1.414
        That length.
    rand_type : {"uniform", "normal"}
        What it is made from.

    Notes
    -----
    All axes of the weight but the first are taken as one. Source: Saxe, McClelland and Ganguli (2014), Exact solutions to the
    nonlinear dynamics of learning in deep linear neural networks, arXiv 1312.6120.
    """

    def __init__(self, scale: float = 1.414, rand_type: str = "uniform"):
        super().__init__(scale=scale, rand_type=rand_type)
        self.scale = scale
        self.rand_type = rand_type

    def _init_weight(self, name: str, arr: Any) -> None:
        draws = {"uniform": ("uniform", -1.0, 1.0), "normal": ("normal", 0.0, 1.0)}
        distribution, *parameters = draws.get(self.rand_type) or _refuse(self, "rand_type", self.rand_type, "uniform or normal")
        drawn = getattr(nd.random, distribution)(*parameters, shape=(arr.shape[0], int(np.prod(arr.shape[1:])))).asnumpy()
        from threadpoolctl import threadpool_limits  # only who draws so pays for the import

        with threadpool_limits(1, user_api="blas"):  # with other threads its last bits would be others
            left, _, right = np.linalg.svd(drawn, full_matrices=False)
        arr[:] = self.scale * (left if left.shape == drawn.shape else right).reshape(arr.shape)


@register
class Xavier(Initializer):
    """Draw weights so that a layer keeps the size of what goes forward and of gradients that come back.

    Draws have the variance ``magnitude / n / 3`` if uniform, ``magnitude / n`` if gaussian. ``n`` is the number of inputs of a
    feature, of features that an input is for, or the mean of both; convolutions count the positions of their window.

    Parameters
    ----------
    rnd_type : {"uniform", "gaussian"}
        The distribution.
    factor_type : {"avg", "in", "out"}
        Which ``n``.
    magnitude : float, default 3
        How large.

    Raises
    ------
    ShapeError
        If the weight has less than two axes.

    Notes
    -----
    Source: Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural networks, AISTATS.
    """

    def __init__(self, rnd_type: str = "uniform", factor_type: str = "avg", magnitude: float = 3):
        super().__init__(rnd_type=rnd_type, factor_type=factor_type, magnitude=magnitude)
        self.rnd_type = rnd_type
        self.factor_type = factor_type
        self.magnitude = float(magnitude)

    def _init_weight(self, name: str, arr: Any) -> None:
        shape = arr.shape
        if len(shape) < 2:
            facts = {"got": f"shape {shape}", "expected": "two axes or more"}
            raise ShapeError(describe("a vector has no number of inputs", operator=type(self).__name__, name=str(name), facts=facts))
        window = float(np.prod(shape[2:]))
        fan_in, fan_out = shape[1] * window, shape[0] * window
        numbers = {"avg": (fan_in + fan_out) / 2, "in": fan_in, "out": fan_out}
        number = numbers.get(self.factor_type) or _refuse(self, "factor_type", self.factor_type, "avg, in or out")
        scale = float(np.sqrt(self.magnitude / number))
        if self.rnd_type == "uniform":
            _draw(arr, "uniform", -scale, scale)
        elif self.rnd_type == "gaussian":
            _draw(arr, "normal", 0, scale)
        else:
            _refuse(self, "rnd_type", self.rnd_type, "uniform or gaussian")


def _refuse(init: Initializer, argument: str, got: Any, expected: str) -> NoReturn:
    facts = {"argument": argument, "got": repr(got), "expected": expected}
    raise ParameterError(describe("this is not offered", operator=type(init).__name__, facts=facts))


@register
class MSRAPrelu(Xavier):
    """Draw weights for layers between rectifiers: `Xavier`, gaussian, with the magnitude ``2 / (1 + slope ** 2)``.

    Parameters
    ----------
    factor_type : {"avg", "in", "out"}
        See `Xavier`.
    slope : float, default 0.25
        Of the rectifier below zero.

    Notes
    -----
    Source: He, Zhang, Ren and Sun (2015), Delving deep into rectifiers, arXiv 1502.01852.
    """

    def __init__(self, factor_type: str = "avg", slope: float = 0.25):
        super().__init__("gaussian", factor_type, 2.0 / (1 + slope**2))
        self._kwargs = {"factor_type": factor_type, "slope": slope}


@register
class Bilinear(Initializer):
    """Begin the weight of a transposed convolution as linear interpolation, which makes pictures larger."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: Any) -> None:
        self._init_bilinear(name, arr)


@register
class LSTMBias(Initializer):
    """Begin the bias of an LSTM cell with 0, but that of the forget gate, the second quarter, with another value.

    Parameters
    ----------
    forget_bias : float, default 1
        That value: above zero, a cell remembers at first.

    Notes
    -----
    Source: Jozefowicz, Zaremba and Sutskever (2015), An empirical exploration of recurrent network architectures, ICML.
    """

    def __init__(self, forget_bias: float = 1.0):
        super().__init__(forget_bias=forget_bias)
        self.forget_bias = forget_bias

    def _init_weight(self, name: str, arr: Any) -> None:
        number = arr.shape[0] // 4
        arr[:] = 0
        arr[number : 2 * number] = self.forget_bias


@register
class FusedRNN(Initializer):
    """Fill the one vector of all parameters of a `FusedRNNCell`, part by part.

    Parameters
    ----------
    init : Initializer, str or None
        Fills the parts; the initializer for all variables if None.
    num_hidden, num_layers, mode, bidirectional
        Those of the cell.
    forget_bias : float, default 1
        Bias of an LSTM's forget gates.
    """

    def __init__(self, init: Any, num_hidden: int, num_layers: int, mode: str, bidirectional: bool = False, forget_bias: float = 1.0):
        init = create(init) if isinstance(init, str) else init
        super().__init__(
            init=None if init is None else init.dumps(),
            num_hidden=num_hidden,
            num_layers=num_layers,
            mode=mode,
            bidirectional=bidirectional,
            forget_bias=forget_bias,
        )
        self._init = init
        self._cell = (num_hidden, num_layers, mode, bidirectional)
        self._mode = mode
        self._forget_bias = forget_bias

    def _init_weight(self, name: str, arr: Any) -> None:
        # cells need initializers for their variables: this one finds them when it is used
        fused = importlib.import_module("symbolic.rnn").FusedRNNCell(*self._cell, forget_bias=self._forget_bias, prefix="")
        parts = fused.unpack_weights({"parameters": arr})
        outer = getattr(name, "global_init", None)
        fill = self._init or outer
        if fill is None:
            facts = {"argument": "init", "got": "None", "expected": "an initializer, here or for all variables"}
            raise InputError(describe("nothing says how the parts begin", operator="FusedRNN", name=str(name), facts=facts))
        for part, values in parts.items():
            if self._mode == "lstm" and part.endswith("_f_bias"):
                values[:] = self._forget_bias
            else:
                fill(InitDesc(part, global_init=outer), values)
        arr[:] = fused.pack_weights(parts)["parameters"]
