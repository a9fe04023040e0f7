"""Several contexts do run at the same time, and what one does; see also ``scenarios/contexts.py``."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import symbolic as mx


@pytest.mark.parametrize("count", [2, 3])
def test_they_run_at_the_same_time(count):
    """Each run waits until all contexts are inside theirs: one after the other, the first would wait in vain."""
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=4, name="fc")
    mod = mx.mod.Module(mx.sym.SoftmaxOutput(x, name="softmax"), context=[mx.cpu(place) for place in range(count)])
    mod.bind([("data", (6, 5))], [("softmax_label", (6,))])
    mod.init_params()
    mod.init_optimizer()
    one = mx.io.DataBatch([mx.nd.ones((6, 5))], [mx.nd.ones((6,))])
    mod.forward_backward(one)  # the first time compiles, in one thread
    met, threads = threading.Barrier(count), set()

    def meeting(run):
        def met_first(*args):
            met.wait(10)
            threads.add(threading.get_ident())
            run(*args)
            met.wait(10)

        return met_first

    for executor in mod._exec_group.execs:
        executor.forward, executor.backward = meeting(executor.forward), meeting(executor.backward)
    for _ in range(3):
        mod.forward_backward(one)
        mod.update()
    assert len(threads) == count


def test_threads_end_with_the_module():
    before = threading.active_count()
    for _ in range(5):
        mod = mx.mod.Module(mx.sym.Variable("data") * 2, label_names=None, context=[mx.cpu(place) for place in range(4)])
        mod.bind([("data", (8, 2))], for_training=False)
        mod.init_params()
        for _ in range(3):
            mod.forward(mx.io.DataBatch([mx.nd.ones((8, 2))]))
        np.testing.assert_array_equal(mod.get_outputs()[0].asnumpy(), np.full((8, 2), 2))
        del mod
    assert threading.active_count() - before <= 6  # those of the last, which may not have ended yet
