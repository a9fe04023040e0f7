"""``mx.rnn.rnn_cell``: the cells, where old scripts import them from."""

from symbolic.rnn.basic import GRUCell, LSTMCell, RNNCell
from symbolic.rnn.cell import BaseRNNCell, RNNParams
from symbolic.rnn.containers import BidirectionalCell, SequentialRNNCell
from symbolic.rnn.convolution import BaseConvRNNCell, ConvGRUCell, ConvLSTMCell, ConvRNNCell
from symbolic.rnn.fused import FusedRNNCell
from symbolic.rnn.modifiers import DropoutCell, ModifierCell, ResidualCell, ZoneoutCell

__all__ = [
    "BaseConvRNNCell",
    "BaseRNNCell",
    "BidirectionalCell",
    "ConvGRUCell",
    "ConvLSTMCell",
    "ConvRNNCell",
    "DropoutCell",
    "FusedRNNCell",
    "GRUCell",
    "LSTMCell",
    "ModifierCell",
    "RNNCell",
    "RNNParams",
    "ResidualCell",
    "SequentialRNNCell",
    "ZoneoutCell",
]
