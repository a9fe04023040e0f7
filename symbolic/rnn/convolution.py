"""Cells with convolutions: input and states are images."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from symbolic import symbol
from symbolic.errors import InputError, describe
from symbolic.rnn.cell import RNNParams
from symbolic.rnn.steps import GatedCell, GRUStep, LSTMStep, RNNStep
from symbolic.symbol.handle import Symbol

__all__ = ["BaseConvRNNCell", "ConvGRUCell", "ConvLSTMCell", "ConvRNNCell"]

Pair = Sequence[int]
LEAKY = functools.partial(symbol.LeakyReLU, act_type="leaky", slope=0.2)


class BaseConvRNNCell(GatedCell):
    """What cells with convolutions have in common; it is none itself.

    The state's convolution is padded so that the state keeps its size, and the state's size is that of the convolved input.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of the input at one step, with the batch.
    num_hidden : int
        Channels of the state.
    h2h_kernel, h2h_dilate : (int, int)
        Window of the state's convolution, of odd sizes, and the distance of its elements.
    i2h_kernel, i2h_stride, i2h_pad, i2h_dilate : (int, int)
        Window of the input's convolution.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer : Initializer or str, optional
        How training initialises the variables.
    activation : str or callable
        ``act_type`` of ``Activation``, or a function of a Symbol and ``name``.
    prefix : str
        Put before the names of variables and steps.
    params : RNNParams, optional
        Variables to share with other cells.
    conv_layout : str, default "NCHW"
        Axes of input and state.

    Raises
    ------
    InputError
        If a size of ``h2h_kernel`` is even.

    Source: Shi et al. (2015), Convolutional LSTM network: a machine learning approach for precipitation nowcasting.
    """

    _state_count = 2

    def __init__(
        self, input_shape: Sequence[int], num_hidden: int, h2h_kernel: Pair, h2h_dilate: Pair, i2h_kernel: Pair, i2h_stride: Pair,
        i2h_pad: Pair, i2h_dilate: Pair, i2h_weight_initializer: Any, h2h_weight_initializer: Any, i2h_bias_initializer: Any,
        h2h_bias_initializer: Any, activation: str | Callable[..., Symbol], prefix: str = "", params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ):  # fmt: skip
        super().__init__(prefix, params)
        if not all(size % 2 for size in h2h_kernel):
            facts = {"argument": "h2h_kernel", "got": tuple(h2h_kernel), "expected": "odd sizes, so that the state keeps its size"}
            raise InputError(describe("only odd sizes of a state's window are supported", operator=type(self).__name__, facts=facts))
        self._num_hidden, self._activation, self._conv_layout = num_hidden, activation, conv_layout
        self._input_shape = input_shape
        self._h2h_kernel, self._h2h_dilate = h2h_kernel, h2h_dilate
        self._h2h_pad = tuple([dilate * (size - 1) // 2 for dilate, size in zip(h2h_dilate, h2h_kernel, strict=True)])
        self._i2h_kernel, self._i2h_stride, self._i2h_pad, self._i2h_dilate = i2h_kernel, i2h_stride, i2h_pad, i2h_dilate
        self._state_layout, self._gate_axis = conv_layout, {"axis": conv_layout.find("C")}
        first = symbol.Convolution(data=symbol.Variable("data"), num_filter=num_hidden, **self._window())
        shapes = first.infer_shape(data=tuple(input_shape))[1]
        self._state_shape = (0, *shapes[0][1:])
        self._make_variables(
            i2h_weight=i2h_weight_initializer,
            h2h_weight=h2h_weight_initializer,
            i2h_bias=i2h_bias_initializer,
            h2h_bias=h2h_bias_initializer,
        )

    def _window(self) -> dict[str, Any]:
        """Give the parameters of the input's convolution."""
        return {
            "kernel": self._i2h_kernel,
            "stride": self._i2h_stride,
            "pad": self._i2h_pad,
            "dilate": self._i2h_dilate,
            "layout": self._conv_layout,
        }

    def _transform(self, inputs: Symbol, state: Symbol, name: str) -> tuple[Symbol, Symbol]:
        size = self._num_hidden * self._num_gates
        state_window = {**self._window(), "kernel": self._h2h_kernel, "dilate": self._h2h_dilate, "pad": self._h2h_pad, "stride": (1, 1)}
        i2h = symbol.Convolution(data=inputs, weight=self._iW, bias=self._iB, num_filter=size, name=f"{name}i2h", **self._window())
        h2h = symbol.Convolution(data=state, weight=self._hW, bias=self._hB, num_filter=size, name=f"{name}h2h", **state_window)
        return i2h, h2h


class _Chosen(BaseConvRNNCell):
    """The defaults that the cells have in common."""

    def __init__(
        self, input_shape: Sequence[int], num_hidden: int, h2h_kernel: Pair = (3, 3), h2h_dilate: Pair = (1, 1), i2h_kernel: Pair = (3, 3),
        i2h_stride: Pair = (1, 1), i2h_pad: Pair = (1, 1), i2h_dilate: Pair = (1, 1), i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None, i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
        activation: str | Callable[..., Symbol] = LEAKY, prefix: str | None = None, params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ):  # fmt: skip
        super().__init__(
            input_shape, num_hidden, h2h_kernel, h2h_dilate, i2h_kernel, i2h_stride, i2h_pad, i2h_dilate, i2h_weight_initializer,
            h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer, activation, self._PREFIX if prefix is None else prefix,
            params, conv_layout,
        )  # fmt: skip

    _PREFIX = ""


class ConvRNNCell(RNNStep, _Chosen):
    """A plain recurrent cell with convolutions: ``h = act(Wx * x + bx + Wh * h + bh)``; see `BaseConvRNNCell`.

    Windows are 3 by 3 by default, padded by 1; the activation is a leaky ReLU of slope 0.2, the prefix ``ConvRNN_``.
    """

    _PREFIX, _state_count = "ConvRNN_", 1


class ConvLSTMCell(LSTMStep, _Chosen):
    """A long short-term memory cell with convolutions; see `BaseConvRNNCell` and `LSTMCell`.

    Windows are 3 by 3 by default, padded by 1; the activation is a leaky ReLU of slope 0.2, the prefix ``ConvLSTM_``.
    """

    _PREFIX = "ConvLSTM_"


class ConvGRUCell(GRUStep, _Chosen):
    """A gated recurrent unit with convolutions; see `BaseConvRNNCell` and `GRUCell`.

    Windows are 3 by 3 by default, padded by 1; the activation is a leaky ReLU of slope 0.2, the prefix ``ConvGRU_``.
    """

    _PREFIX, _state_count = "ConvGRU_", 1
