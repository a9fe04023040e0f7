"""Scripts answer as they do in MXNet 1.9.1, but where a scenario says why not."""

from __future__ import annotations

import functools
import json

import numpy as np
import pytest

import symbolic as mx
from tests.scenario import answer, pages, read, scenarios_of

recorded = functools.cache(read)
ALL = [pytest.param(page, name, id=f"{page}-{name}") for page in pages() for name in scenarios_of(page)]


@pytest.mark.parametrize(("page", "name"), ALL)
def test_as_the_reference(page, name):
    scenario = scenarios_of(page)[name]
    if scenario.differs:
        assert scenario.run(mx) == scenario.expect
        return
    wanted, found = recorded(page)[name], answer(scenario, mx)
    if "raised" in wanted:
        scenario_raises(scenario, json.loads(str(wanted["raised"])))
        return
    if "raised" in found:
        scenario.run(mx)  # raise it again, with its traceback
    assert list(found) == list(wanted)
    for path, value in wanted.items():
        if value.dtype.kind in "U":
            assert str(found[path]) == str(value), path
            continue
        assert (found[path].shape, found[path].dtype) == (value.shape, value.dtype), path
        np.testing.assert_allclose(found[path], value, scenario.rtol, scenario.atol, equal_nan=True, err_msg=path)


def scenario_raises(scenario, kind):
    """Whatever class the reference raised, ours is an MXNetError too, or Python's own for a wrong call."""
    with pytest.raises((mx.MXNetError, TypeError, AttributeError, ImportError)) as caught:
        scenario.run(mx)
    names = {cls.__name__ for cls in type(caught.value).__mro__}
    assert kind in names or kind in ("AssertionError", "MXNetError"), f"{kind} in the reference, {type(caught.value).__name__} here"


def test_every_record_is_of_a_scenario():
    for page in pages():
        assert set(recorded(page)) == set(scenarios_of(page)), page
