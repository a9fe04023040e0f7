"""Every case drawn at random meets every law, or is refused where the reference refuses it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.ops.test_laws import expected, is_refused, meets_every_law

HERE = Path(__file__).parent
FAMILIES = sorted(path.stem for path in HERE.glob("*.py") if "\nCASES" in path.read_text())


def cases(family):
    return importlib.import_module(f"tests.sweep.{family}").CASES


@pytest.mark.parametrize(
    ("family", "case"), [pytest.param(family, case, id=f"{family}:{case.key}") for family in FAMILIES for case in cases(family)]
)
def test_drawn(family, case):
    answered(f"sweep/{family}", case)


def answered(path, case):
    """Compare with what the reference answered: values, or a refusal.

    Nothing follows from its death, nor from its refusing an empty array, which this library may well take.
    """
    wanted = expected(path, case)
    if "crashed" in wanted or ("refused" in wanted and case.np_shape):
        return
    if "refused" in wanted:
        is_refused(case)
    else:
        meets_every_law(case, wanted)
