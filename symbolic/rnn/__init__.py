"""Recurrent cells that unroll into symbols, iterators over sentences, and checkpoints of cells: ``mx.rnn``."""

from symbolic.rnn import checkpoint as rnn
from symbolic.rnn import io, rnn_cell
from symbolic.rnn.basic import GRUCell, LSTMCell, RNNCell
from symbolic.rnn.cell import BaseRNNCell, RNNParams
from symbolic.rnn.checkpoint import do_rnn_checkpoint, load_rnn_checkpoint, rnn_unroll, save_rnn_checkpoint
from symbolic.rnn.containers import BidirectionalCell, SequentialRNNCell
from symbolic.rnn.convolution import BaseConvRNNCell, ConvGRUCell, ConvLSTMCell, ConvRNNCell
from symbolic.rnn.fused import FusedRNNCell
from symbolic.rnn.io import BucketSentenceIter, encode_sentences
from symbolic.rnn.modifiers import DropoutCell, ModifierCell, ResidualCell, ZoneoutCell

__all__ = [
    "BaseConvRNNCell",
    "BaseRNNCell",
    "BidirectionalCell",
    "BucketSentenceIter",
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
    "do_rnn_checkpoint",
    "encode_sentences",
    "io",
    "load_rnn_checkpoint",
    "rnn",
    "rnn_cell",
    "rnn_unroll",
    "save_rnn_checkpoint",
]
