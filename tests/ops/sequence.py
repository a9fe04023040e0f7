"""Cases of SequenceMask, SequenceLast and SequenceReverse.

The reference does not write the gradient of the lengths, and reads outside of the data for the last step of an empty
sequence, or of one that is longer than the data.
"""

import numpy as np

from tests.ops.case import Case, integers, normal, values

CASES = []
OPERATORS = ("SequenceMask", "SequenceLast", "SequenceReverse")
LENGTHS = {"use_sequence_length": True}
ARRAY = normal(4, 3, 2).array()


def sequences(op, data, lengths=None, **params):
    """Make a case, with lengths or without."""
    inputs = {"data": data} if lengths is None else {"data": data, "sequence_length": lengths}
    gradient = params.pop("gradient", ["data"])
    return Case(op, inputs, params if lengths is None else {**params, **LENGTHS}, gradient=gradient)


for op in OPERATORS:
    CASES += [
        sequences(op, normal(4, 3, 2)),
        sequences(op, normal(4, 3, 2), values([1, 4, 2])),
        sequences(op, normal(4, 3), values([1, 4, 2])),
        sequences(op, normal(2, 3, 2, 2), values([1, 2, 1])),
        sequences(op, normal(1, 3, 2), values([1, 1, 1])),
        sequences(op, normal(3, 1, 2), values([2])),
        sequences(op, normal(4, 3, 2), values([1.7, 2.2, 3.9])),
        sequences(op, values([[[np.nan], [1]], [[np.inf], [2]], [[3], [np.nan]]]), values([1, 2]), gradient=False),
        Case(op, {"data": normal(4, 3, 2), "sequence_length": values([1, 4, 2])}, LENGTHS, train=True, gradient=["data"]),
    ]
    for dtype in ("float64", "float16", "int32", "int64", "uint8", "int8"):
        CASES += [
            sequences(op, normal(4, 3, 2, dtype=dtype) if dtype[0] == "f" else integers(0, 99, 4, 3, 2, dtype=dtype), values([1, 4, 2])),
            sequences(op, normal(4, 3, 2), values([1, 4, 2], dtype)),
        ]
    lengths = values([1, 4, 2])
    zero = {"grad/sequence_length": np.zeros(3, "float32")}
    CASES += [
        Case(op, {"data": normal(4, 3, 2), "sequence_length": lengths}, LENGTHS, finite=False, expect=zero, why="never written there"),
        Case(op, {"data": normal(4)}, refused=True),
        Case(op, {"data": normal(4, 3, 2)}, {"axis": 2}, refused=True),
        Case(op, {"data": normal(4, 3, 2)}, {"axis": -1}, refused=True),
        Case(op, {"data": normal(4, 3, 2), "sequence_length": lengths}, refused=True),
        Case(op, {"data": normal(4, 3, 2), "sequence_length": values([1, 4, 2, 2])}, LENGTHS, refused=True),
        Case(op, {"data": normal(4, 3, 2), "sequence_length": values([[1, 4, 2]])}, LENGTHS, refused=True),
    ]

for op in ("SequenceMask", "SequenceLast"):
    CASES += [
        sequences(op, normal(3, 4, 2), axis=1),
        sequences(op, normal(3, 4, 2), values([1, 4, 2]), axis=1),
        sequences(op, normal(3, 4), values([1, 4, 2]), axis=1),
        sequences(op, normal(2, 3, 2, 2), values([1, 3], "int32"), axis=1),
        sequences(op, normal(1, 1, 1), values([1]), axis=1),
    ]

# A mask may take everything, nothing, and write what it is told to.
CASES += [
    sequences("SequenceMask", normal(4, 3, 2), values([0, 4, 7])),
    sequences("SequenceMask", normal(4, 3, 2), values([4, 2, 0]), value=3.0),
    sequences("SequenceMask", normal(3, 4, 2), values([0, 4, 7]), axis=1, value=-1.5),
    sequences("SequenceMask", normal(4, 3, 2), value=3.0),
    sequences("SequenceMask", normal(4, 3, 2), values([1, 4, 2]), value=float("inf")),
    sequences("SequenceMask", normal(4, 3, 2), values([1, 4, 2]), value=float("nan")),
    sequences("SequenceMask", integers(0, 99, 4, 3, 2, dtype="int32"), values([1, 4, 2]), value=-2.7),
    sequences("SequenceMask", normal(4, 3, 2, dtype="float16"), values([1, 4, 2]), value=0.1),
    sequences("SequenceMask", values([[[np.nan], [np.inf]], [[np.nan], [np.inf]]]), values([1, 0])),
]

# Where the reference reads outside of the data.
OUTSIDE = "the reference reads outside of the data"
masked = ARRAY.copy()
masked[:, 0] = masked[2:, 1] = 0
CASES.append(
    Case(
        "SequenceMask",
        {"data": normal(4, 3, 2), "sequence_length": values([-1, 2, 4])},
        LENGTHS,
        gradient=False,
        expect={"output0": masked},
        why=OUTSIDE,
    )
)
case = sequences("SequenceLast", normal(4, 3, 2), values([0, 9, 2]))
slope = np.zeros_like(ARRAY)
slope[[3, 1], [1, 2]] = case.head_gradient(0, (3, 2), "float32")[1:]
last = np.stack([0 * ARRAY[0, 0], ARRAY[3, 1], ARRAY[1, 2]])
CASES.append(Case("SequenceLast", case.inputs, case.params, gradient=["data"], expect={"output0": last, "grad/data": slope}, why=OUTSIDE))
case = sequences("SequenceReverse", normal(4, 3, 2), values([9, 4, -2]))
head = case.head_gradient(0, (4, 3, 2), "float32")
expect = {"output0": ARRAY.copy(), "grad/data": head.copy()}
expect["output0"][:, :2], expect["grad/data"][:, :2] = ARRAY[::-1, :2], head[::-1, :2]
CASES += [
    Case("SequenceReverse", case.inputs, case.params, gradient=["data"], expect=expect, why=OUTSIDE),
    sequences("SequenceReverse", normal(4, 3, 2), values([0, 1, 3])),
]
