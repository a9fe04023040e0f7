"""Benchmarks run: our peers at tiny sizes, in this process; the driver, table and picture on what they make. Nothing is timed."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

from benchmarks.__main__ import main
from benchmarks.harness.driver import differing, run
from benchmarks.harness.picture import svg
from benchmarks.harness.table import markdown, target, verdicts
from benchmarks.harness.workload import OURS, WORKLOADS, Bar, load
from symbolic.backends import default_executor

EVERY = [(name, case) for name in WORKLOADS for case in load(name).cases]


def check_of(peer, sizes):
    """Run a peer one step, and read its check value."""
    step, check = peer.prepare(**sizes)
    step()
    return float(check())


@pytest.mark.parametrize(("name", "case"), EVERY, ids=[f"{name}-{case}" for name, case in EVERY])
def test_our_peers_run_and_agree_with_plain_numpy(name, case):
    work = load(name)
    sizes = work.sizes(case, tiny=True)
    ours = [peer for peer in work.peers if peer.executor == default_executor()]
    assert ours
    checks = [check_of(peer, sizes) for peer in work.peers if peer in ours or peer.name == "plain NumPy"]
    assert checks == pytest.approx([checks[0]] * len(checks), rel=work.tolerance)


@pytest.mark.parametrize("name", WORKLOADS)
def test_bars_name_peers_and_cases_that_exist(name):
    work = load(name)
    names = [peer.name for peer in work.peers]
    assert len(set(names)) == len(names)
    for bar in work.bars:
        assert bar.executor in OURS
        assert bar.peer is None or any(peer.startswith(bar.peer) for peer in names)
        assert set(bar.cases) <= set(work.cases)


def test_a_run_through_processes_is_a_table_and_a_picture(capsys, tmp_path):
    python = sys.executable
    result = run("chain", {"ours": python, "others": python}, rounds=1, seconds=0.001, only=["symbind", "plain", "MXNet"], size="tiny")
    peers = {one["peer"]: one for one in result["cases"]["4 M"]}
    assert peers["symbind numpy"]["median"] > 0
    assert "differs" not in peers["symbind numpy"]
    assert peers["MXNet"]["skipped"] == "no Python given for it (--mxnet)"
    table = markdown([result])
    assert "| chain of 12 element-wise operators, 4 M float32 | numpy | ≤ 0.08 of MXNet |  |  | not measured |" in table
    assert "skipped: no Python given" in table
    drawing = ElementTree.fromstring(svg([result]))
    assert sum(element.tag.endswith("rect") for element in drawing) > 2
    main(["list"])
    assert "rmsprop_update" in capsys.readouterr().out


def test_verdicts_take_the_fastest_way_and_skip_what_differs():
    peers = [
        {"peer": "symbind numpy, a", "median": 4.0, "check": 1.0},
        {"peer": "symbind numpy, b", "median": 2.0, "check": 1.0},
        {"peer": "symbind numpy, wrong", "median": 1.0, "check": 2.0},
        {"peer": "MXNet, a", "median": 4.0, "check": 1.0},
        {"peer": "torch eager", "over": 60},
    ]
    result = {"workload": "mlp", "cases": {"batch 128": differing(peers, 1e-3)}}
    found = {bar: (measured, met) for _, executor, bar, measured, _, met in verdicts(result) if executor == "numpy"}
    assert found == {"≤ 0.7 of MXNet": ("0.5", "met"), "≤ 1.1 of torch eager": ("< 0.0333", "met")}


def test_a_bar_without_a_peer_is_absolute():
    assert Bar("numpy", 0.6).describe("µs/node") == "≤ 0.6 µs/node"
    work = load("tiny_nodes")
    assert target(work, "1,000 nodes", "numpy", [{"peer": "jax.jit", "median": 1.0}]) == pytest.approx(0.6e-3)  # seconds for 1,000 nodes
