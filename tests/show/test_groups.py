"""The tree of groups: by name, by what repeats, by place; and no group makes a cycle."""

import random
import time

import networkx as nx
import pytest

import symbolic as mx
from symbolic.show.cuts import Repeat, cuts, repeats
from symbolic.show.groups import MOST, grouped
from symbolic.show.runs import runs

sym = mx.sym


def chain(names, data=None):
    """One exp after the other, of these names."""
    x = sym.Variable("data") if data is None else data
    for name in names:
        x = sym.exp(x, name=name)
    return x


def residual(stages):
    """Units of named layers, as ResNets have them: the sums are named by their operator."""
    x = sym.Variable("data")
    for stage, count in enumerate(stages, 1):
        for unit in range(1, count + 1):
            name = f"stage{stage}_unit{unit}"
            y = sym.Convolution(x, kernel=(3, 3), pad=(1, 1), num_filter=8 * stage, name=f"{name}_conv1")
            y = sym.Activation(y, act_type="relu", name=f"{name}_relu1")
            if unit == 1:
                x = sym.Convolution(x, kernel=(1, 1), num_filter=8 * stage, name=f"{name}_sc")
            x = x + y
    return x


def operators(symbol):
    return [node for node in symbol.graph.nodes if node.op is not None]


def check(graph, root, shown=None):
    """Every node in one group; names unique; at every level, members do not read each other in a circle; no level is long."""
    assert sorted(map(id, root.every_node())) == sorted(map(id, graph.nodes if shown is None else shown))
    names = [group.name for group in root.walk()]
    assert len(set(names)) == len(names)
    for group in root.walk():
        member = {node: node for node in group.nodes} | {node: inner for inner in group.groups for node in inner.every_node()}
        edges = [(member[below], member[node]) for node in member for below, _ in node.inputs if below in member]
        assert nx.is_directed_acyclic_graph(nx.DiGraph([edge for edge in edges if edge[0] is not edge[1]]))
        assert group.repeats > 1 or len(group.nodes) + len(group.groups) <= MOST


def test_names_make_groups():
    net = chain(["a_1_x", "a_1_y", "a_2_x", "a_2_z_1", "a_2_z_2", "b_1", "b_2", "alone"])
    root = grouped(net.graph, operators(net))
    assert [group.name for group in root.walk()] == ["", "a", "a_1", "a_2", "a_2_z", "b"]
    assert [group.label for group in root.walk()] == ["", "a", "1", "2", "z", "b"]
    assert [node.name for node in root.nodes] == ["alone"]


@pytest.mark.parametrize("separator", "_./:-")
def test_parts_of_names_are_split_at(separator):
    net = chain([f"net{separator}{part}{separator}{place}" for part in "ab" for place in "xyz"[: 2 + (part == "b")]] + ["other"])
    root = grouped(net.graph, operators(net))
    assert [(group.name, group.label) for group in root.walk()][1:] == [
        ("net", "net"),
        (f"net{separator}a", "a"),
        (f"net{separator}b", "b"),
    ]


def test_a_name_that_operators_end_is_not_split_there():
    x = chain(["net_a_1", "net_a_2"])
    for place in range(3):
        x = sym.slice_axis(x, axis=0, begin=0, end=1, name=f"net_slice_axis{place}")
    assert [group.name for group in grouped(x.graph, operators(x)).walk()] == ["", "net_a"]


def test_equal_units_repeat_and_their_sums_are_inside():
    net = residual([1, 4])
    root = grouped(net.graph, operators(net))
    stage = next(group for group in root.walk() if group.name == "stage2")
    (unit, more) = stage.groups
    assert (unit.label, more.label, more.repeats) == ("unit1", "unit2 … unit4", 3)
    assert [copy.label for copy in more.groups] == ["unit2", "unit3", "unit4"]
    assert [node.op.name for node in more.groups[0].every_node()] == ["Convolution", "Activation", "elemwise_add"]


def test_copies_of_other_sizes_do_not_repeat():
    x = sym.Variable("data")
    for place, size in enumerate((8, 8, 9)):
        x = sym.Activation(sym.FullyConnected(x, num_hidden=size, name=f"u{place}_fc"), act_type="relu", name=f"u{place}_relu")
    root = grouped(x.graph, operators(x))
    assert [(group.label, group.repeats) for group in root.groups] == [("u0 … u1", 2), ("u2", 1)]


def test_copies_wired_differently_do_not_repeat():
    def unit(x, name, skips):
        y = sym.exp(sym.log(x, name=f"{name}_a"), name=f"{name}_b")
        return sym.elemwise_add(y, y if skips else sym.identity(y, name=f"{name}_c"), name=f"{name}_d"), skips

    x = sym.Variable("x")
    for place, skips in enumerate((True, False, True)):
        x, _ = unit(x, f"u{place}", skips)
    assert all(group.repeats == 1 for group in grouped(x.graph).walk())


def test_blocks_repeat_without_names():
    x = sym.Variable("x")
    for _ in range(200):
        x = sym.tanh(sym.exp(x) + x)
    root = grouped(x.graph, operators(x))
    assert root.repeats == 200 and len(root.groups) == 200 and not root.nodes
    assert [node.op.name for node in root.groups[7].every_node()] == ["exp", "elemwise_add", "tanh"]


def test_alike_nodes_in_a_row_are_one_group():
    x = sym.Variable("x")
    net = sym.add_n(*[sym.exp(x, name=f"branch{place}") for place in range(1000)], name="sum")
    (group,) = grouped(net.graph, operators(net)).groups
    assert (group.repeats, len(group.nodes), group.groups) == (1000, 1000, [])


def test_names_that_begin_with_the_operator():
    """conv_3a_1, bn_3a_1, ...: Inception names its layers so; what counts is the block."""
    x = sym.Variable("data")
    for block in ("3a", "3b"):
        parts = []
        for branch in ("left", "right"):
            y = sym.Convolution(x, kernel=(1, 1), num_filter=4, name=f"conv_{block}_{branch}")
            parts.append(sym.Activation(sym.BatchNorm(y, name=f"bn_{block}_{branch}"), act_type="relu", name=f"relu_{block}_{branch}"))
        x = sym.Concat(*parts, name=f"concat_{block}")
    root = grouped(x.graph, operators(x))
    assert [copy.label for copy in root.groups] == ["3a … concat_3a", "3b … concat_3b"] and root.repeats == 2
    assert {group.label for group in root.walk()} >= {"3a", "3b", "left", "right"}


def test_a_group_that_would_read_itself_is_split():
    """a1 -> b1 -> a2: no box for a can hold both."""
    x = chain(["a_1", "a_2", "b_1", "b_2", "b_3", "a_3", "a_4"])
    root = grouped(x.graph, operators(x))
    assert [[node.name for node in group.nodes] for group in root.groups] == [["a_1", "a_2"], ["b_1", "b_2", "b_3"], ["a_3", "a_4"]]
    assert [group.name for group in root.groups] == ["a", "b", "a (2)"]


def test_gradient_and_update_are_groups_of_their_own():
    net = sym.SoftmaxOutput(sym.FullyConnected(chain(["a_1", "a_2"]), num_hidden=3, name="fc"), name="softmax")
    assert [group.name for group in grouped(net.gradient("fc_weight").graph).groups] == ["forward", "gradient"]
    step = mx.training.step(net, "sgd")
    root = grouped(step.graph)
    check(step.graph, root)
    assert [group.name for group in root.groups] == ["forward", "gradient", "update"]


@pytest.mark.parametrize("seed", range(25))
def test_no_grouping_makes_a_cycle(seed):
    draw = random.Random(seed)
    made = [sym.Variable("x")]
    for place in range(draw.choice([4, 40, 200])):
        name = draw.choice(["a", "b_c", "b_d", "e.f_g", f"s{draw.randrange(3)}_u{draw.randrange(4)}_k", "same"])
        name += str(place) if draw.random() < 0.7 else ""
        one, other = draw.choice(made[-20:]), draw.choice(made[-5:])
        made.append(sym.elemwise_add(one, other, name=name) if draw.random() < 0.5 else sym.exp(one, name=name))
    net = sym.Group(made[-4:])
    check(net.graph, grouped(net.graph))
    shown = [node for node in net.graph.nodes if draw.random() < 0.7]
    check(net.graph, grouped(net.graph, shown), shown)


def test_large_graphs_take_seconds_and_end_in_few_boxes():
    draw = random.Random(3)
    made = [sym.Variable("x")]
    for place in range(2000):
        made.append(getattr(sym, draw.choice(["exp", "tanh", "sin"]))(draw.choice(made[-9:]) + draw.choice(made[-3:]), name=f"node{place}"))
    root = grouped(made[-1].graph)
    check(made[-1].graph, root)
    x = sym.Variable("x")
    for place in range(4000):
        x = sym.exp(sym.tanh(x, name=f"unit{place}_a"), name=f"unit{place}_b") + x
    start = time.perf_counter()
    assert max(group.repeats for group in grouped(x.graph).walk()) == 4000
    assert time.perf_counter() - start < 60


def test_nothing_and_one():
    assert not list(grouped(sym.Variable("x").graph, []).every_node())
    assert [node.name for node in grouped(sym.Variable("x").graph).nodes] == ["x"]


# -- the row that is cut --------------------------------------------------------------------------------------------------


def test_repeats_are_found():
    assert repeats([1, 2, 1, 2, 1, 2, 9]) == [Repeat(0, 2, 3)]
    assert repeats([9, 5, 5, 5]) == [Repeat(1, 1, 3)]
    assert repeats([1, 2, 3, 4]) == []
    assert repeats([]) == []
    assert repeats([7, 1, 2, 3, 1, 2, 3, 8, 8, 4, 4, 4]) == [Repeat(1, 3, 2), Repeat(7, 1, 2), Repeat(9, 1, 3)]
    assert repeats([0, 0, 1, 0, 0, 1]) == [Repeat(0, 3, 2)]


def test_cuts_are_where_few_values_cross():
    assert cuts(10, [(0, 3), (1, 3), (4, 9), (5, 9)], 2) == [4]
    assert cuts(4, [], 4) == [1, 2, 3]
    found = cuts(100, [(place, place + 1) for place in range(99)], 5)
    assert len(found) == 4 and found == sorted(set(found)) and found[0] > 0 and found[-1] < 100


def test_runs_keep_names_together_where_they_can():
    # a0 b1 a2 b3, with no edges but a0 -> b1: all of a can come first
    assert runs([0, 1, 2, 3], ["a", "b", "a", "b"], [[], [0], [], []]) == [("a", [0, 2]), ("b", [1, 3])]
    # a0 -> b1 -> a2: not here
    assert runs([0, 1, 2], ["a", "b", "a"], [[], [0], [1]]) == [("a", [0]), ("b", [1]), ("a", [2])]
    assert runs([], [], []) == []
