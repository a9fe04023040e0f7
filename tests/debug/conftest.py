"""What is asked of the numba executor needs its extra."""

import pytest


@pytest.fixture(autouse=True)
def numba_where_it_is_asked_for(request):
    """Skip what runs on an executor that is not installed."""
    case = getattr(request.node, "callspec", None)
    if case is not None and "numba" in case.params.values():
        pytest.importorskip("numba", reason="the numba executor needs pip install 'symbind[numba]'")
