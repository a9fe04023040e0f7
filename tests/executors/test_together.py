"""Parts of machine code handed to helpers that are still awake."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pytest

import symbolic as mx
from executors import parallel as threads
from tests.marks import NUMBA

pytest.importorskip("numba", reason="the numba executor needs pip install 'symbind[numba]'")

from executors.numba import together
from executors.numba.inner import inner

ASLEEP, READY = (together.STATES.index(state) for state in ("ASLEEP", "READY"))
EVER = 1 << 60

pytestmark = pytest.mark.skipif(not together.HAS_YIELD, reason="this system has no sched_yield")


class Product:
    """A product of matrices in some parts."""

    def __init__(self, parts, rows=200):
        rs = np.random.RandomState(0)
        self.a, self.b = rs.randn(rows, 300).astype("f"), rs.randn(100, 300).astype("f")
        self.y, self.expected = np.zeros((rows, 100), "f"), np.zeros((rows, 100), "f")
        inner(self.a, self.b, self.expected, 1)()
        self.call = inner(self.a, self.b, self.y, parts)

    def check(self):
        np.testing.assert_array_equal(self.y, self.expected)
        self.y.fill(0)


@pytest.fixture
def slots(monkeypatch):
    """Two slots of one's own, into which no helper looks: those know theirs from here on, at the latest."""
    together._machinery()
    room = np.zeros(4 * together.SLOT, np.int64)
    start = -room.ctypes.data % (8 * together.SLOT) // 8
    monkeypatch.setattr(threads, "HELPERS", 2)
    monkeypatch.setattr(together, "_slots", room[start:].ctypes.data)
    return room[start : start + 2 * together.SLOT : together.SLOT]


def look(limit=EVER, wanted=EVER, rest=0, calls=0):
    """Look into them as a helper does."""
    together._machinery().linger(together._slots, 2, calls, limit, wanted, rest)


def lingering(*limits):
    """A helper of one's own."""
    thread = threading.Thread(target=look, args=limits)
    thread.start()
    return thread


def recall(helpers):
    while any(helper.is_alive() for helper in helpers):
        together._machinery().recall(together._slots, 2)


def test_what_a_helper_that_is_awake_gets():
    product = Product(2)
    handed, queued = product.call.args
    queued()  # wakes the helper
    product.check()
    for _ in range(1000):
        if handed():
            break
        queued()
    else:
        raise AssertionError("it never found the helper awake")
    product.check()


def test_helpers_look_into_slots_that_stay(slots):
    """Whatever a test puts in their place, which would be gone behind it."""
    (look,) = threads.linger.args
    assert together._slots not in (look.args[0], threads.recall.args[0]) and look.args[0] == threads.recall.args[0]


def test_one_part_is_a_call_of_machine_code():
    assert isinstance(Product(1).call.func, together.RELEASING)


@pytest.mark.parametrize("awake", [[], [0], [1]])
def test_all_parts_or_none(slots, awake):
    product = Product(3)
    slots[awake] = READY
    before = slots.copy()
    assert not product.call.args[0]()
    np.testing.assert_array_equal(slots, before)
    assert not product.y.any()
    product.call()
    product.check()


def test_nobody_waits_for_helpers_that_come_late(slots):
    product = Product(3)
    slots[:] = READY  # but nobody looks
    assert product.call.args[0]()
    product.check()
    assert slots.tolist() == [READY, READY]


def test_helpers_take_their_parts(slots):
    product = Product(3)
    helpers = [lingering() for _ in range(2)]
    while slots.tolist() != [READY, READY]:
        pass
    for _ in range(2000):
        assert product.call.args[0]()
        product.check()
    recall(helpers)
    assert slots.tolist() == [ASLEEP, ASLEEP]


def test_several_callers(slots):
    """Who finds a slot taken goes another way."""
    helper, found, products = lingering(), [], [Product(2, 100 + 30 * n) for n in range(4)]

    def hammer(product):
        count = 0
        for _ in range(1000):
            if product.call.args[0]():
                count += 1
            else:
                product.call.args[1]()
            product.check()
        found.append(count)

    callers = [threading.Thread(target=hammer, args=(product,)) for product in products]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    recall([helper])
    assert len(found) == 4 and sum(found)


def test_a_helper_goes_to_sleep(slots):
    helper = lingering(1000)
    helper.join(60)
    assert not helper.is_alive() and slots.tolist() == [ASLEEP, ASLEEP]


def test_a_helper_leaves_the_processor_to_others(slots):
    """Where letting others go first took longer than it may, it does not look for a while."""
    room = np.ctypeslib.as_array((together.ctypes.c_int64 * together.SLOT).from_address(together._slots))
    look(EVER, -1, EVER >> 1)  # it always took longer
    until = together.WORDS["UNTIL"]
    assert room[until] > EVER >> 1 and slots[0] == ASLEEP
    before = room[until]
    look()  # would not return otherwise
    assert room[until] == before


def test_nobody_looks_who_was_recalled_before(slots):
    together._machinery().recall(together._slots, 2)
    look(calls=0)  # there is work since; would not return otherwise
    assert slots.tolist() == [ASLEEP, ASLEEP]


def test_other_work_recalls_helpers(monkeypatch):
    """A helper that would look for ever helps nevertheless."""
    product = Product(2)
    monkeypatch.setattr(together, "LIMIT", EVER)
    monkeypatch.setattr(together, "WANTED", EVER)
    meeting = threading.Barrier(min(3, threads.HELPERS + 1))
    for _ in range(20):
        product.call()
        product.check()
        threads.parallel([partial(meeting.wait, 60) for _ in range(meeting.parties)])()  # all at the same time, or never
    monkeypatch.undo()
    threads.recall()


SCRIPT = """
import os
import numpy as np
import symbolic as mx
from executors.numba import together
mx.set_num_threads(2)
x = mx.sym.Variable("x")
net = mx.sym.FullyConnected(mx.sym.tanh(x), num_hidden=300, name="fc")
exe = net.simple_bind(mx.cpu(), x=(800, 700), executor="numba")
for array in exe.arg_arrays:
    array[:] = np.random.RandomState(0).rand(*array.shape)
expected = exe.forward()[0].asnumpy()
together.LIMIT = together.WANTED = 1 << 60
for _ in range(5):
    exe.forward()
"""
FORK = """
child = os.fork()
for _ in range(5):
    assert (exe.forward()[0].asnumpy() == expected).all()
if not child:
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
print("both")
"""


@pytest.mark.parametrize(("end", "said"), [("print('out')", "out"), (FORK, "both")], ids=["exit", "fork"])
def test_while_a_helper_looks(end, said):
    """A process ends, or becomes two."""
    if "fork" in end and sys.platform == "win32":
        pytest.skip("there is no fork on this system")
    command = [sys.executable, "-X", "dev", "-W", "ignore::DeprecationWarning", "-c", SCRIPT + end]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (result.returncode, result.stdout.strip(), result.stderr) == (0, said, "")


@pytest.mark.parametrize("executor", [NUMBA])
def test_steps_do_not_depend_on_who_is_awake(executor):
    """Networks side by side in threads of the user's, each as it is alone."""
    x = mx.sym.Variable("x")
    net = mx.sym.softmax(
        mx.sym.FullyConnected(mx.sym.relu(mx.sym.FullyConnected(x, num_hidden=200, name="one")), num_hidden=300, name="two")
    )
    mx.set_num_threads(2)
    try:
        exes, expected = [], []
        for seed in range(6):
            exe = net.simple_bind(mx.cpu(), x=(250, 300), executor=executor)
            for array in exe.arg_arrays:
                array[:] = np.random.RandomState(seed).rand(*array.shape)
            exes.append(exe)
            expected.append([exe.forward(is_train=True)[0].asnumpy(), *gradients(exe)])
        found = [None] * len(exes)

        def train(place):
            for _ in range(30):
                found[place] = [exes[place].forward(is_train=True)[0].asnumpy(), *gradients(exes[place])]

        users = [threading.Thread(target=train, args=(place,)) for place in range(len(exes))]
        for user in users:
            user.start()
        for user in users:
            user.join()
    finally:
        mx.set_num_threads(None)
    for one, other in zip(found, expected, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def gradients(exe):
    exe.backward([mx.nd.ones(exe.outputs[0].shape)])
    return [array.asnumpy() for array in exe.grad_arrays]
