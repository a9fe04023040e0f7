"""Connectionist temporal classification: a loss for labels without a time of their own."""

from __future__ import annotations

from typing import Literal

from symbolic.errors import DTypeError, ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, operator
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.rules import agreeing
from symbolic.values.shape import UNKNOWN


@operator(aliases=("_contrib_CTCLoss", "_contrib_ctc_loss", "ctc_loss"))
class CTCLoss(Operator):
    """Compute ``-log P(label | softmax(data))`` of each sequence, summed over all alignments.

    An alignment gives a class to each step; merging repetitions and leaving out blanks makes it the label. Where a label
    needs more steps than there are, loss and gradient are zero.

    ``blank_label="first"``: class 0 is the blank, classes are counted from 1, and 0 ends a label. ``"last"``: the last
    class is the blank, classes are counted from 0, and -1 ends a label. With ``use_label_lengths`` the lengths say where
    labels end.

    Source: Graves et al. (2006), Connectionist temporal classification.
    """

    data: Tensor = tensor("Scores of classes before the softmax, time first.", shape="(t, n, c)")
    label: Tensor = tensor("Classes in order, and padding; at most as many as steps.", shape="(n, l)")
    data_lengths: Tensor = tensor("Steps of each sequence.", shape="(n,)", when=lambda op: op.use_data_lengths)
    label_lengths: Tensor = tensor("Classes of each label.", shape="(n,)", when=lambda op: op.use_label_lengths)
    output0: Tensor = result("Loss of each sequence.", shape="(n,)")
    output1: Tensor = result("Gradient of each loss.", shape="(t, n, c)", hidden=True)
    use_data_lengths: bool = param("Take ``data_lengths``; all steps by default.", default=False)
    use_label_lengths: bool = param("Take ``label_lengths``; up to the padding by default.", default=False)
    blank_label: Literal["first", "last"] = param("Which class is the blank.", default="first")

    def infer_shape(self, data, label, output1):
        yield "label", (UNKNOWN, UNKNOWN)
        yield "data", (UNKNOWN, UNKNOWN, UNKNOWN)
        yield "data", output1
        steps, batch, _ = data
        yield "output1", data
        for slot in ("output0", "data_lengths", "label_lengths"):
            yield slot, (batch,)
        yield "label", (batch, UNKNOWN)
        yield "data", (UNKNOWN, label[0], UNKNOWN)
        if steps is not UNKNOWN and label[1] is not UNKNOWN and steps < label[1]:
            raise ShapeError(f"labels of {label[1]} classes do not fit into {steps} steps")

    def infer_dtype(self, data, output0, output1):
        found = agreeing(data, output0, output1)
        if found is not None:
            if found.kind != "f":
                raise DTypeError(f"data must be of a floating-point type, not {found.name}")
            for slot in ("data", "output0", "output1"):
                yield slot, found

    gradient = backward_op(
        needs=("label", "data_lengths", "label_lengths", "output1"),
        only_shape={"label": True, "data_lengths": True, "label_lengths": True},
    )
