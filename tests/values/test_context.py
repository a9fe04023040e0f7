"""Devices, which exist by name."""

from __future__ import annotations

import copy
import pickle
import threading

import pytest

import symbolic as mx
from symbolic.errors import ArgumentError, MXNetError
from symbolic.values.context import Context, context_of, current_context


def test_contexts_are_values():
    assert mx.cpu() == Context("cpu", 0) == Context(mx.cpu(0)) != mx.cpu(1)
    assert mx.cpu() != mx.gpu() and mx.cpu() != "cpu(0)"
    assert len({mx.cpu(), mx.cpu(0), mx.gpu(), mx.cpu_pinned()}) == 3
    assert [repr(c) for c in (mx.cpu(2), mx.gpu(1), mx.cpu_pinned())] == ["cpu(2)", "gpu(1)", "cpu_pinned(0)"]
    assert [c.device_typeid for c in (mx.cpu(), mx.gpu(), mx.cpu_pinned(), Context("cpu_shared"))] == [1, 2, 3, 5]
    for twin in (pickle.loads(pickle.dumps(mx.cpu(2))), copy.deepcopy(mx.cpu(2)), copy.copy(mx.cpu(2))):
        assert twin == mx.cpu(2)


@pytest.mark.parametrize("kind", ["gup", "", None, 3])
def test_there_are_four_kinds(kind):
    with pytest.raises(MXNetError, match=r"(?s)no such device.*cpu, gpu, cpu_pinned, cpu_shared") as caught:
        Context(kind)
    assert isinstance(caught.value, KeyError)


def test_with_blocks_nest_and_end():
    assert current_context() == mx.cpu()
    shared = mx.cpu(1)
    with shared:
        assert current_context() is shared
        with mx.gpu(2) as inner, shared:
            assert inner == mx.gpu(2)
            assert current_context() is shared
        assert current_context() is shared
    with pytest.raises(ZeroDivisionError), mx.cpu(5):
        raise ZeroDivisionError
    assert current_context() == mx.cpu()


def test_a_context_shared_by_threads_is_entered_by_each():
    shared, inside, leave = mx.cpu(3), threading.Event(), threading.Event()
    seen = []

    def work():
        seen.append(current_context())
        with shared:
            inside.set()
            leave.wait(10)
            seen.append(current_context())
        seen.append(current_context())

    thread = threading.Thread(target=work)
    with mx.cpu(4):
        thread.start()
        inside.wait(10)
        with shared:
            leave.set()
            thread.join()
            assert current_context() is shared
        assert current_context() == mx.cpu(4)
    assert seen == [mx.cpu(), shared, mx.cpu()]


def test_what_a_user_gives_is_checked():
    assert context_of(None) == mx.cpu()
    assert context_of(mx.gpu(1)) == mx.gpu(1)
    with mx.cpu(7):
        assert context_of(None) == mx.cpu(7)
    for wrong in ("cpu", 0, mx.cpu):
        with pytest.raises(ArgumentError, match=r"(?s)device.*Context"):
            context_of(wrong, "device")


def test_old_scripts_find_what_they_ask():
    assert mx.context.num_gpus() == mx.num_gpus() == 0
    assert Context.default_ctx == mx.cpu()
    assert Context.devstr2type["cpu"] == 1 and Context.devtype2str[2] == "gpu"
    assert mx.cpu().empty_cache() is None
