"""Cells with products: plain, LSTM, GRU."""

from __future__ import annotations

from collections.abc import Callable

from symbolic import symbol
from symbolic.rnn.cell import RNNParams
from symbolic.rnn.steps import GatedCell, GRUStep, LSTMStep, RNNStep
from symbolic.symbol.handle import Symbol
from symbolic.training import initializer

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class _DenseCell(GatedCell):
    """A cell that transforms by ``FullyConnected``."""

    def __init__(self, num_hidden: int, prefix: str, params: RNNParams | None):
        super().__init__(prefix, params)
        self._num_hidden = num_hidden
        self._state_shape = (0, num_hidden)

    def _transform(self, inputs: Symbol, state: Symbol, name: str) -> tuple[Symbol, Symbol]:
        size = self._num_hidden * self._num_gates
        return (
            symbol.FullyConnected(data=inputs, weight=self._iW, bias=self._iB, num_hidden=size, name=f"{name}i2h"),
            symbol.FullyConnected(data=state, weight=self._hW, bias=self._hB, num_hidden=size, name=f"{name}h2h"),
        )


class RNNCell(RNNStep, _DenseCell):
    """A plain recurrent cell: ``h = act(Wx x + bx + Wh h + bh)``.

    Parameters
    ----------
    num_hidden : int
        Features of the state, which is the output.
    activation : str or callable, default "tanh"
        ``act_type`` of ``Activation``, or a function of a Symbol and ``name``.
    prefix : str, default "rnn_"
        Put before the names of variables and steps.
    params : RNNParams, optional
        Variables to share with other cells.

    Source: Elman (1990), Finding structure in time.
    """

    def __init__(
        self, num_hidden: int, activation: str | Callable[..., Symbol] = "tanh", prefix: str = "rnn_", params: RNNParams | None = None
    ):
        super().__init__(num_hidden, prefix, params)
        self._activation = activation
        self._make_variables()


class LSTMCell(LSTMStep, _DenseCell):
    """A long short-term memory cell; its states are the output and the cell.

    With i, f, g, o from ``Wx x + bx + Wh h + bh``: ``c = sigmoid(f) c + sigmoid(i) tanh(g)``, ``h = sigmoid(o) tanh(c)``.

    Parameters
    ----------
    num_hidden : int
        Features of the output, and of the cell.
    prefix : str, default "lstm_"
        Put before the names of variables and steps.
    params : RNNParams, optional
        Variables to share with other cells.
    forget_bias : float, default 1
        Where the forget gate's part of ``i2h_bias`` starts, so that a fresh cell keeps what it holds.

    Source: Hochreiter and Schmidhuber (1997), Long short-term memory; Jozefowicz et al. (2015), An empirical exploration of
    recurrent network architectures (the bias).
    """

    def __init__(self, num_hidden: int, prefix: str = "lstm_", params: RNNParams | None = None, forget_bias: float = 1.0):
        super().__init__(num_hidden, prefix, params)
        self._make_variables(i2h_bias=initializer.LSTMBias(forget_bias=forget_bias))


class GRUCell(GRUStep, _DenseCell):
    """A gated recurrent unit, in the form of cuDNN: the reset gate acts on the transformed state.

    With r, z, n from ``Wx x + bx`` and u, v, w from ``Wh h + bh``: ``m = tanh(n + sigmoid(r + u) w)``,
    ``h = (1 - sigmoid(z + v)) m + sigmoid(z + v) h``.

    Parameters
    ----------
    num_hidden : int
        Features of the state, which is the output.
    prefix : str, default "gru_"
        Put before the names of variables and steps.
    params : RNNParams, optional
        Variables to share with other cells.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder.
    """

    _gate_mark = "_"

    def __init__(self, num_hidden: int, prefix: str = "gru_", params: RNNParams | None = None):
        super().__init__(num_hidden, prefix, params)
        self._make_variables()
