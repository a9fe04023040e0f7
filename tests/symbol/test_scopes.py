"""Names and attributes that scopes give, in several threads at once."""

import threading

import pytest

import symbolic as mx
from symbolic.errors import ArgumentError

x = mx.sym.Variable("x")


def in_threads(functions):
    """Run functions at the same time; return what they return, in order."""
    found = [None] * len(functions)
    barrier = threading.Barrier(len(functions))

    def run(place):
        barrier.wait()
        found[place] = functions[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_each_thread_counts_for_itself():
    found = in_threads([lambda: [mx.sym.exp(x).name for _ in range(500)]] * 8)
    assert all(names == [f"exp{i}" for i in range(500)] for names in found)


def test_scopes_of_other_threads_are_not_seen():
    def composed(mark):
        def run():
            with mx.AttrScope(__mark__=mark), mx.name.Prefix(f"{mark}_"):
                return [(s.name, s.attr("__mark__")) for s in [mx.sym.exp(x) for _ in range(300)]]

        return run

    for mark, found in zip("abcd", in_threads([composed(mark) for mark in "abcd"]), strict=True):
        assert found == [(f"{mark}_exp{i}", mark) for i in range(300)]


def test_one_scope_object_entered_by_two_threads_one_after_the_other():
    shared = mx.AttrScope(a="1")
    with shared:
        [seen] = in_threads([lambda: mx.sym.exp(x).list_attr()])
    assert seen == {}
    assert shared._attr == {"a": "1"}


def test_a_scope_leaves_nothing_behind_when_its_block_fails():
    with pytest.raises(ZeroDivisionError), mx.AttrScope(a="1"), mx.name.Prefix("p_"):
        raise ZeroDivisionError
    assert mx.AttrScope.current.get(None) == {}
    assert mx.sym.exp(x, name="e").name == "e"


def test_prefix_is_for_operators_and_what_they_make_not_for_variables():
    with mx.name.Prefix("p_"):
        assert mx.sym.Variable("v").name == "v"
        fc = mx.sym.FullyConnected(x, num_hidden=2, name="fc")
    assert fc.list_arguments() == ["x", "p_fc_weight", "p_fc_bias"]


def test_manager_of_the_user_names_everything():
    class Upper(mx.name.NameManager):
        def get(self, name, hint):
            return super().get(name, hint).upper()

    with Upper() as manager:
        assert mx.name.NameManager.current is manager
        assert [mx.sym.exp(x).name, (x + 1).name, mx.sym.exp(x, name="n").name] == ["EXP0", "_PLUSSCALAR0", "N"]


def test_attributes_that_are_parameters_reach_the_operator():
    with mx.AttrScope(num_hidden="7"):
        assert mx.sym.FullyConnected(x, name="fc").infer_shape(x=(2, 3))[1] == [(2, 7)]
    with mx.AttrScope(act_type="tanh"):
        assert mx.sym.Activation(x).attr("act_type") == "tanh"


def test_annotation_that_mxnet_could_not_load_is_refused():
    with mx.AttrScope(mood="so so"), pytest.raises(ValueError, match="unknown argument 'mood'"):
        mx.sym.FullyConnected(x, num_hidden=2)
    with mx.AttrScope(mood="so so"):
        assert mx.sym.exp(x).attr("mood") == "so so"  # an operator without parameters checks none


@pytest.mark.parametrize("make", [lambda: mx.AttrScope(a=1), lambda: mx.name.Prefix(3), lambda: mx.sym.Variable("v", attr={"a": 1})])
def test_scopes_and_annotations_are_text(make):
    with pytest.raises(ArgumentError, match="must be a string"):
        make()
