"""How parameters begin: ``mx.init.Xavier()``, ``mx.sym.Variable("w", init=mx.init.One())``."""

from symbolic.training.initializer.base import InitDesc, Initializer, alias, create, register
from symbolic.training.initializer.chosen import Load, Mixed
from symbolic.training.initializer.fill import (
    Bilinear,
    Constant,
    FusedRNN,
    LSTMBias,
    MSRAPrelu,
    Normal,
    One,
    Orthogonal,
    Uniform,
    Xavier,
    Zero,
)

__all__ = [
    "Bilinear",
    "Constant",
    "FusedRNN",
    "InitDesc",
    "Initializer",
    "LSTMBias",
    "Load",
    "MSRAPrelu",
    "Mixed",
    "Normal",
    "One",
    "Orthogonal",
    "Uniform",
    "Xavier",
    "Zero",
    "alias",
    "create",
    "register",
]
