"""Cases of CTCLoss.

The reference computes float32 only and does not write the gradients of labels and lengths; an alignment for which there
are too few steps has the loss 0 there, with a gradient read from unwritten memory.
"""

import itertools

import numpy as np

from tests.ops.case import Case, normal, values

CASES = []


def by_enumeration(data, label, data_length=None, blank=0):
    """Sum over every path that merges to ``label``: the loss of one sequence ``(t, c)``, and its gradient."""
    data = data.astype(np.float64)
    steps = len(data) if data_length is None else data_length
    probability = np.exp(data - data.max(1, keepdims=True))
    probability /= probability.sum(1, keepdims=True)
    total, passing = 0.0, np.zeros_like(data)
    for path in itertools.product(range(data.shape[1]), repeat=steps):
        if [c for c, _ in itertools.groupby(path) if c != blank] == list(label):
            weight = np.prod(probability[range(steps), list(path)])
            total += weight
            passing[range(steps), list(path)] += weight
    gradient = probability - passing / total
    gradient[steps:] = 0
    return -np.log(total), gradient


def enumerated(inputs, params, labels, lengths, why):
    """Make a case whose values come from enumeration; ``labels`` and ``lengths`` are what its inputs mean."""
    blank = data_classes(inputs) - 1 if params.get("blank_label") == "last" else 0
    case = Case("CTCLoss", inputs, params, gradient=["data"])
    data, dtype = case.arrays()["data"], case.arrays()["data"].dtype
    results = [by_enumeration(data[:, n], *of_one, blank) for n, of_one in enumerate(zip(labels, lengths, strict=True))]
    head = case.head_gradient(0, (len(labels),), dtype)
    gradient = np.stack([slope for _, slope in results], 1) * head[:, None]
    expect = {"output0": np.array([loss for loss, _ in results], dtype), "grad/data": gradient.astype(dtype)}
    return Case("CTCLoss", inputs, params, gradient=["data"], finite=dtype != np.float16, expect=expect, why=why)


def data_classes(inputs):
    return inputs["data"].array().shape[2]


DATA = normal(5, 3, 4)
LABELS = {
    "first": values([[1, 2, 0], [3, 3, 0], [2, 1, 3]]),
    "last": values([[0, 1, -1], [2, 2, -1], [1, 0, 2]]),
}
BOTH = {"use_data_lengths": True, "use_label_lengths": True}

for blank, labels in LABELS.items():
    params = {"blank_label": blank}
    for dtype in ("float32", "int32", "float64"):
        label = values(labels.array().tolist(), dtype)
        CASES.append(Case("CTCLoss", {"data": DATA, "label": label}, params, gradient=["data"]))
    CASES += [
        Case("CTCLoss", {"data": DATA, "label": labels}, params, gradient=["data"], train=True),
        # Labels by length: what stands behind the end does not count.
        Case(
            "CTCLoss",
            {"data": DATA, "label": values([[1, 2, 2], [1, 0, 0], [2, 1, 2]]), "label_lengths": values([2, 1, 3])},
            {**params, "use_label_lengths": True},
            gradient=["data"],
        ),
        Case(
            "CTCLoss",
            {"data": DATA, "label": labels, "data_lengths": values([5, 3, 4])},
            {**params, "use_data_lengths": True},
            gradient=["data"],
        ),
        Case(
            "CTCLoss",
            {"data": DATA, "label": labels, "data_lengths": values([2, 3, 5]), "label_lengths": values([1, 2, 0])},
            {**params, **BOTH},
            gradient=["data"],
        ),
        Case(
            "CTCLoss",
            {
                "data": DATA,
                "label": values([[1, 2, 2], [1, 1, 0], [2, 1, 2]], "int32"),
                "data_lengths": values([2, 3, 5]),
                "label_lengths": values([2, 2, 3], "int32"),
            },
            {**params, **BOTH},
            gradient=["data"],
        ),
        # No label at all: only blanks.
        enumerated(
            {"data": normal(4, 3, 4), "label": values([[0 if blank == "first" else -1] * 3] * 3)},
            params,
            [[], [], []],
            [4] * 3,
            "the reference spoils its memory",
        ),
        # One step, one label; as many labels as steps.
        Case("CTCLoss", {"data": normal(1, 2, 3), "label": values([[1], [1]])}, params, gradient=["data"]),
        Case("CTCLoss", {"data": normal(3, 2, 4), "label": values([[1, 2, 1], [2, 1, 2]])}, params, gradient=["data"]),
        # Repeated labels need a blank between them.
        Case("CTCLoss", {"data": normal(5, 1, 3), "label": values([[1, 1, 1]])}, params, gradient=["data"]),
        Case("CTCLoss", {"data": normal(12, 2, 6), "label": values([[1, 2, 3, 4], [4, 4, 2, 2]])}, params, gradient=["data"]),
        Case("CTCLoss", {"data": normal(4, 2, 4, scale=20.0), "label": values([[1, 2], [2, 2]])}, params, gradient=["data"]),
        Case("CTCLoss", {"data": normal(4, 2, 4, scale=300.0), "label": values([[1, 2], [2, 2]])}, params, gradient=False),
    ]
    spelled, labels = {"first": ([[1, 2], [1, 1]], [[1, 2], [1, 1]]), "last": ([[0, 1], [1, -1]], [[0, 1], [1]])}[blank]
    for dtype in ("float16", "float64"):
        inputs = {"data": normal(4, 2, 3, dtype=dtype), "label": values(spelled)}
        CASES.append(enumerated(inputs, params, labels, [4, 4], "the reference has float32 only"))
    params = {**params, "use_data_lengths": True}
    inputs = {"data": normal(4, 2, 3), "label": values(spelled), "data_lengths": values([3, 4], "int64")}
    CASES.append(enumerated(inputs, params, labels, [3, 4], "the reference wants these lengths in the type of the data"))
    inputs = {**inputs, "data_lengths": values([4, 9])}
    CASES.append(enumerated(inputs, params, labels, [4, 4], "the reference reads past the end of the data"))

# Without lengths the label ends at the first padding; with them a blank among the labels is one like the others.
CASES += [
    enumerated(
        {"data": normal(4, 3, 4), "label": values([[1, 0, 2], [0, 3, 0], [2, 0, 0]])},
        {},
        [[1], [], [2]],
        [4] * 3,
        "the reference spoils its memory",
    ),
    Case(
        "CTCLoss",
        {"data": DATA, "label": values([[1, 0, 2], [0, 3, 0], [2, 3, 0]]), "label_lengths": values([3, 2, 2])},
        {"use_label_lengths": True},
        gradient=False,
    ),  # the reference subtracts such a blank from the gradient only once
]

# The gradients of labels and lengths are zero.
inputs = {"data": DATA, "label": LABELS["first"], "data_lengths": values([4, 3, 5]), "label_lengths": values([1, 2, 0])}
zero = {f"grad/{slot}": np.zeros_like(make.array()) for slot, make in inputs.items() if slot != "data"}
CASES.append(Case("CTCLoss", inputs, BOTH, expect=zero, why="the reference does not write them", finite=False))

# Too few steps: no path, no loss, no gradient. The other sequence of the batch is not affected.
short = Case("CTCLoss", {"data": normal(2, 2, 3), "label": values([[1, 1], [1, 2]])}, gradient=["data"], finite=False)
_, slope = by_enumeration(normal(2, 2, 3).array()[:, 1], [1, 2])
expect = {"grad/data": np.stack([0 * slope, slope * short.head_gradient(0, (2,), "float32")[1]], 1).astype("float32")}
CASES += [
    Case(
        "CTCLoss",
        {"data": normal(2, 2, 3), "label": values([[1, 1], [1, 2]])},
        gradient=["data"],
        finite=False,
        expect=expect,
        why="the reference reads unwritten memory",
    ),
    Case(
        "CTCLoss",
        {"data": normal(3, 2, 3), "label": values([[1, 0], [0, 0]]), "data_lengths": values([0, 0])},
        {"use_data_lengths": True},
        gradient=["data"],
        finite=False,
        expect={"output0": np.zeros(2, "float32"), "grad/data": np.zeros((3, 2, 3), "float32")},
        why="the reference says inf for an empty sequence without labels, which is certain",
    ),
]

CERTAIN, BLOCKED = [[0, 1, 2], [1, -np.inf, 0]], [[0, -np.inf, 2], [1, -np.inf, 0]]
CASES += [
    Case("CTCLoss", {"data": values([[row, row] for row in CERTAIN]), "label": values([[1], [2]])}, gradient=["data"], finite=False),
    Case("CTCLoss", {"data": values([[row, row] for row in BLOCKED]), "label": values([[1], [2]])}, gradient=False, finite=False),
    Case("CTCLoss", {"data": values([[[0, 1], [0, np.nan]], [[1, 0], [0, 0]]]), "label": values([[1], [1]])}, gradient=False, finite=False),
    enumerated({"data": normal(2, 2, 1), "label": values([[0], [0]])}, {}, [[], []], [2, 2], "the reference spoils its memory"),
]

labels = LABELS["first"]
CASES += [
    Case("CTCLoss", {"data": DATA, "label": values([[1, 2, 0], [3, 3, 0]])}, refused=True),
    Case("CTCLoss", {"data": DATA, "label": values([1, 2, 3])}, refused=True),
    Case("CTCLoss", {"data": normal(3, 4), "label": labels}, refused=True),
    Case("CTCLoss", {"data": normal(2, 3, 4), "label": labels}, refused=True),
    Case("CTCLoss", {"data": DATA, "label": labels}, {"blank_label": "middle"}, refused=True),
    Case("CTCLoss", {"data": DATA, "label": labels, "label_lengths": values([1, 2])}, {"use_label_lengths": True}, refused=True),
    Case("CTCLoss", {"data": DATA, "label": labels, "data_lengths": values([[1, 2, 3]])}, {"use_data_lengths": True}, refused=True),
    Case("CTCLoss", {"data": DATA, "label": labels, "data_lengths": values([1, 2, 3])}, refused=True),
]
