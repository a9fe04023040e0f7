"""Connectionist temporal classification: the probability that a sequence of labels is what remains of a path when its
repetitions are merged and its blanks left out (Graves et al. 2006, *Connectionist temporal classification*).

Labels are interleaved with blanks, ``_ a _ b _``, to ``s = 2 labels + 1`` positions. All sequences and positions advance
together, one step of time after the other; logarithms are in float64, since differences of long sums become factors.
"""

import numpy as np

from executors.numpy.kernels.nn.steps import computing_dtype
from executors.numpy.table import kernel

IMPOSSIBLE = -1e30  # logarithm of nothing: finite, so that differences of two are not nan
CERTAINLY_IMPOSSIBLE = -1e29


@kernel("CTCLoss", prepared=True)
def ctc_loss(op, data, label, data_lengths, label_lengths, output0, output1, scratch):
    alignment = Alignment(op, data, label.shape[1], scratch)

    def run():
        alignment.read_lengths(label, data_lengths, label_lengths)
        alignment.read_labels(label)
        alignment.read_data(data)
        alignment.run_forward()
        np.copyto(output0, alignment.loss)
        if output1 is not None:
            alignment.run_backward()
            np.copyto(output1, alignment.gradient())

    return run


@kernel("_backward_CTCLoss")
def ctc_loss_gradient(output1, d_output0, d_data, d_label, d_data_lengths, d_label_lengths):
    if d_data is not None:
        np.multiply(output1, d_output0[:, None], out=d_data)
    for d_other in (d_label, d_data_lengths, d_label_lengths):
        if d_other is not None:
            d_other.fill(0)


class Alignment:
    """Sums over all paths that spell the labels of each sequence.

    Arrays of positions are ``(t, s, n)``: a step is one block of memory, and the neighbours of all positions are another.
    """

    def __init__(self, op, data, labels, scratch):
        self.steps, self.batch, self.classes = data.shape
        self.labels, self.positions = labels, 2 * labels + 1
        self.has_blank_first = op.blank_label == "first"
        self.blank = 0 if self.has_blank_first else self.classes - 1
        steps, batch, positions = self.steps, self.batch, self.positions
        dtype = computing_dtype(data.dtype)
        self.exponentials = scratch(data.shape, dtype)
        self.gathered = scratch((steps, positions, batch), dtype)
        self.emission = scratch((steps, positions, batch), np.float64)
        self.alpha = scratch((steps, positions + 2, batch), np.float64)  # two rows in front that stand for no path
        self.beta = scratch((positions, batch), np.float64)
        self.terms = scratch((4, positions, batch), np.float64)
        self.places = scratch((steps, positions, batch), np.intp)
        self.skip = np.empty((positions + 2, batch))  # two rows behind, likewise
        self.reached = np.full((positions + 2, batch), IMPOSSIBLE)
        self.spelled = np.full((positions, batch), self.blank, np.intp)
        self.loss = np.empty(batch)
        self.each = np.arange(batch)
        self.first_places = np.arange(steps)[:, None, None] * (batch * self.classes)

    def read_lengths(self, label, data_lengths, label_lengths):
        """Take the lengths that are given, at most what there is; else all steps, and the labels up to the padding."""
        self.length = np.full(self.batch, self.steps) if data_lengths is None else np.clip(data_lengths.astype(np.intp), 0, self.steps)
        if label_lengths is not None:
            self.count = np.clip(label_lengths.astype(np.intp), 0, self.labels)
        else:
            is_padding = label < 1 if self.has_blank_first else label < 0
            self.count = np.logical_and.accumulate(~is_padding, 1).sum(1)

    def read_labels(self, label):
        """Interleave labels and blanks; find which positions may be reached past a blank, and which sequences by no path."""
        labels = label.astype(np.intp)
        self.is_outside = ((labels < 0) | (labels >= self.classes)).T
        labels = np.clip(labels, 0, self.classes - 1)
        self.spelled[1::2] = labels.T
        may_skip = self.skip[3 : self.positions : 2]
        self.skip.fill(IMPOSSIBLE)
        repeats = labels[:, 1:] == labels[:, :-1]
        np.copyto(may_skip, 0, where=~(repeats | (labels[:, 1:] == self.blank)).T)
        repeats &= np.arange(1, self.labels) < self.count[:, None]
        self.is_too_short = self.count + repeats.sum(1) > self.length

    def read_data(self, data):
        """Find the logarithm of the probability of each position at each step; keep the exponentials for the gradient."""
        shifted, places = self.exponentials, self.spelled + self.each * self.classes
        np.subtract(data, data.max(2, keepdims=True), shifted)
        shifted.reshape(self.steps, self.batch * self.classes).take(places, 1, self.gathered, "clip")
        np.exp(shifted, shifted)
        self.total = shifted.sum(2, keepdims=True)
        np.subtract(self.gathered, np.log(self.total.transpose(0, 2, 1), dtype=np.float64), self.emission)
        np.maximum(self.emission, IMPOSSIBLE, out=self.emission)
        np.copyto(self.emission[:, 1::2], IMPOSSIBLE, where=self.is_outside)

    def run_forward(self):
        """Sum over the paths that arrive at each position, and with them over all; ``alpha`` of Graves et al."""
        alpha, emission, skip = self.alpha, self.emission, self.skip[: self.positions]
        alpha[:, :2] = IMPOSSIBLE
        if self.steps:
            alpha[0] = IMPOSSIBLE
            alpha[0, 2:4] = emission[0, :2]
        for t in range(1, self.steps):
            before, after = alpha[t - 1], alpha[t, 2:]
            self.add_up(before[2:], before[1:-1], before[:-2], skip, after)
            np.add(after, emission[t], after)
        last = self.length - 1
        ends = (alpha[last, 2 * self.count + 1 + shift, self.each] for shift in (0, 1)) if self.steps else (self.loss, self.loss)
        np.negative(np.logaddexp(*ends), self.loss)
        np.copyto(self.loss, np.inf, where=self.loss > -CERTAINLY_IMPOSSIBLE)
        # The reference lets a sequence count for nothing if no path is long enough; without steps, the empty one is certain.
        np.copyto(self.loss, 0, where=self.is_too_short | (self.length == 0))

    def run_backward(self):
        """Sum over the paths that go on from each position; turn ``alpha`` into the probability to pass there."""
        beta, reached, skip = self.beta, self.reached, self.skip[2:]
        beta.fill(IMPOSSIBLE)
        for t in range(self.steps - 1, -1, -1):
            if t + 1 < self.steps:
                np.add(beta, self.emission[t + 1], reached[:-2])
                self.add_up(reached[:-2], reached[1:-1], reached[2:], skip, beta)
            ending = np.flatnonzero(self.length == t + 1)
            beta[:, ending] = IMPOSSIBLE
            beta[2 * self.count[ending], ending] = 0
            beta[np.maximum(2 * self.count[ending] - 1, 0), ending] = 0
            np.add(self.alpha[t, 2:], beta, self.alpha[t, 2:])

    def add_up(self, here, next_to, past_blank, skip, target):
        """Write the logarithm of the sum of three: ``log(exp(a) + exp(b) + exp(c))``."""
        most, total, term, past = self.terms
        np.add(past_blank, skip, past)
        np.maximum(here, next_to, out=most)
        np.maximum(most, past, out=most)
        np.subtract(here, most, total)
        np.exp(total, total)
        for other in (next_to, past):
            np.subtract(other, most, term)
            np.exp(term, term)
            np.add(total, term, total)
        np.log(total, total)
        np.add(total, most, target)

    def gradient(self):
        """Subtract from the softmax the probability to pass through each class: the gradient of the loss."""
        gradient, passing = np.divide(self.exponentials, self.total, self.exponentials), self.emission
        np.add(self.alpha[:, 2:], self.loss, passing)
        np.exp(passing, passing)
        is_ended = (np.arange(self.steps)[:, None] >= self.length) | self.is_too_short | np.isposinf(self.loss)
        np.copyto(passing, 0, where=is_ended[:, None])
        np.add(self.first_places, self.spelled + self.each * self.classes, self.places)
        np.copyto(self.gathered, passing, casting="same_kind")
        np.subtract.at(gradient.reshape(-1), self.places.reshape(-1), self.gathered.reshape(-1))
        np.copyto(gradient, 0, where=is_ended[:, :, None])
        return gradient
