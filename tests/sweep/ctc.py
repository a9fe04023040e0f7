"""The CTC loss: labels that fit into their sequences."""

import numpy as np

from tests.ops.case import Case, Make
from tests.sweep.draw import array, chance, drawn, one_of


def labels(rs, batch, width, classes, blank):
    """Draw one class to ``width`` for each sequence, and padding; no class twice in a row, which needs a step more."""
    seed = int(rs.randint(1 << 30))

    def build(state):
        state = np.random.RandomState(seed)
        found = np.full((batch, width), 0 if blank == "first" else -1, "float32")
        for row in found:
            for place in range(state.randint(1, width + 1)):
                row[place] = (row[place - 1] if place else 0) + 1 if not place else row[place - 1] + 1
            shift = state.randint(0, classes)
            count = int((row != (0 if blank == "first" else -1)).sum())
            row[:count] = (row[:count] + shift) % (classes - 1) + (1 if blank == "first" else 0)
        return found

    return Make(f"labels{(batch, width, classes, blank, seed)}", build)


def draw(rs):
    blank = one_of(rs, ("first", "last"))
    batch, classes, width = (int(rs.randint(low, high)) for low, high in ((1, 4), (3, 7), (1, 4)))
    steps = 2 * width + int(rs.randint(1, 4))
    params = {"blank_label": blank} if blank == "last" or chance(rs, 0.5) else {}
    inputs = {"data": array(rs, (steps, batch, classes)), "label": labels(rs, batch, width, classes, blank)}
    if chance(rs, 0.4):
        params["use_data_lengths"] = True
        inputs["data_lengths"] = array(rs, (batch + chance(rs, 0.05),), "float32", 2 * width, 2 * width)
    if chance(rs, 0.4):
        params["use_label_lengths"] = True
        inputs["label_lengths"] = array(rs, (batch,), "float32", 1, 1)
    if chance(rs, 0.04):
        params = {**params, **one_of(rs, ({"blank_label": "middle"}, {"use_data_lengths": "perhaps"}, {"padding": 1}))}
    op = one_of(rs, ("CTCLoss", "_contrib_CTCLoss", "ctc_loss"))
    return Case(op, inputs, params, gradient=["data"], train=chance(rs, 0.3), rtol=1e-4, atol=1e-5, why="sums of logarithms in float32")


CASES = drawn(draw, 100)
