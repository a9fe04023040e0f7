"""The likelihood of events that excite each other."""

from __future__ import annotations

import numpy as np

from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, result, tensor
from symbolic.operator.rules import agreeing
from symbolic.values.shape import NO_RANK, UNKNOWN

REALS = ("lda", "alpha", "beta", "state", "lags", "valid_length", "max_time", "output", "out_state")


@operator
class _contrib_hawkesll(Operator):
    """Compute the log likelihood of sequences of events of k kinds, each of which makes more of its kind likely for a while.

    Kind ``k`` happens at a rate ``lda[k] + alpha[k] * beta[k] * sum over its past events of exp(-beta[k] * time since)``. The
    gradient is that of ``lda``, ``alpha`` and ``beta``, without what enters at ``out_state``; that of the others is zero.

    Source: Hawkes (1971), Spectra of some self-exciting and mutually exciting point processes; for the recursion, Ogata (1981),
    On Lewis' simulation method for point processes.
    """

    lda: Tensor = tensor("Rate of each kind without past events.", shape="(n, k)")
    alpha: Tensor = tensor("How many events of its kind an event makes.", shape="(k,)")
    beta: Tensor = tensor("How soon.", shape="(k,)")
    state: Tensor = tensor("Sums over past events when the sequences begin.", shape="(n, k)")
    lags: Tensor = tensor("Time since the event before.", shape="(n, t)")
    marks: Tensor = tensor("Kind of each event; int32.", shape="(n, t)")
    valid_length: Tensor = tensor("Events of each sequence.", shape="(n,)")
    max_time: Tensor = tensor("When each sequence ends.", shape="(n,)")
    output: Tensor = result("Log likelihood of each sequence.", shape="(n,)")
    out_state: Tensor = result("Sums over past events when the sequences end.", shape="(n, k)")

    def infer_shape(self, lda, alpha, beta, state, lags, marks, valid_length, max_time, output, out_state):
        axes = {"lda": "nk", "alpha": "k", "beta": "k", "state": "nk", "lags": "nt", "marks": "nt",
                "valid_length": "n", "max_time": "n", "output": "n", "out_state": "nk"}  # fmt: skip
        known = dict.fromkeys("ntk", UNKNOWN)
        shapes = (lda, alpha, beta, state, lags, marks, valid_length, max_time, output, out_state)
        for (slot, letters), shape in zip(axes.items(), shapes, strict=True):
            if shape is NO_RANK:
                continue
            if len(shape) != len(letters):
                raise ShapeError(f"{slot} {shape} has {len(shape)} axes, not {len(letters)}")
            for letter, size in zip(letters, shape, strict=True):
                known[letter] = size if known[letter] is UNKNOWN else known[letter]
        for slot, letters in axes.items():
            yield slot, tuple(known[letter] for letter in letters)

    def infer_dtype(self, lda, alpha, beta, state, lags, valid_length, max_time, output, out_state):
        yield "marks", np.dtype("int32")
        found = agreeing(lda, alpha, beta, state, lags, valid_length, max_time, output, out_state)
        if found is not None and found.kind != "f":
            raise DTypeError(f"rates must be of a floating-point type, not {found.name}")
        for slot in REALS:
            yield slot, found

    gradient = backward_op(needs=("lda", "alpha", "beta", "state", "lags", "marks", "valid_length", "max_time"), heads=("output",))
