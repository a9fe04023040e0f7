"""A few messages as a whole, as one reads them."""

from __future__ import annotations

import pytest

import symbolic as mx
from tests.messages import nets
from tests.messages.test_table import MARKS

S, nd = mx.sym, mx.nd


def told(call):
    with mx.name.NameManager(), pytest.raises(mx.MXNetError) as caught:
        call()
    return str(caught.value)


def test_a_weight_that_does_not_fit():
    text = told(lambda: nets.mlp().infer_shape(data=(3, 6), fc2_weight=(4, 9)))
    assert (
        text
        == f"""\
fc2 (FullyConnected, made at {MARKS["fc2"]}): shape of weight does not fit: axis 1 is 9 in (4, 9) and 8 in (4, 8)
  argument    weight from variable 'fc2_weight'
  got         (4, 9)
  expected    (4, 8)
  9 is from   fc2_weight (4, 9), given to infer_shape, axis 1
  8 is from   fc1's num_hidden=8 -> fc1_output, axis 1 -> relu1_output
  data        (3, 8)
  parameters  num_hidden=4
  give 'fc2_weight' the shape (4, 8), or none where it follows from the rest"""
    )


def test_a_sum_of_what_does_not_fit():
    text = told(lambda: nets.total().infer_shape(a=(2, 3), b=(2, 4)))
    assert (
        text
        == f"""\
_plus0 (elemwise_add, made at {MARKS["plus"]}): axis 1 is 3 in (2, 3) and 4 in (2, 4)
  argument   rhs from variable 'b'
  got        (2, 4)
  expected   3 on axis 1, as lhs has on axis 1
  4 is from  b (2, 4), given to infer_shape, axis 1
  3 is from  a (2, 3), given to infer_shape, axis 1
  lhs        (2, 3)"""
    )


def test_a_loop_whose_body_does_not_fit():
    text = told(lambda: nets.loop().infer_shape(rows=(5, 2, 3), start=(2, 6)))
    assert text.splitlines()[0].startswith(f"added (elemwise_add, made at {MARKS['added']}): axis 1 is 4")
    assert text.splitlines()[-1].startswith("  within _foreach0 (_foreach, made at ")


def test_shapes_that_are_missing():
    assert (
        told(lambda: nets.mlp().simple_bind(mx.cpu()))
        == """\
softmax (simple_bind): the shapes of 4 arguments do not follow from what is given (0 is an unknown size)
  data           ()
  fc1_weight     ()
  fc2_weight     ()
  softmax_label  ()
  give data: the rest follows"""
    )


def test_a_misspelt_parameter():
    assert (
        told(lambda: S.FullyConnected(S.Variable("x"), num_hiden=3, name="fc"))
        == """\
fc (FullyConnected): unknown argument 'num_hiden'; did you mean 'num_hidden'?
  argument  num_hiden
  got       FullyConnected(..., num_hiden=3, name='fc')
  expected  data, weight, bias, num_hidden, no_bias, flatten"""
    )


def test_a_kernel_that_fails():
    text = told(lambda: nets.named("take", "a", "b", mode="raise").bind(mx.cpu(), {"a": nd.ones((3, 2)), "b": nd.array([7])}).forward())
    assert (
        text
        == f"""\
it (take, made at {MARKS["it"]}): IndexError in its kernel: indices reach from 7 to 7, the axis has 3 elements
  a           a
  indices     b
  parameters  mode=raise"""
    )


def test_names_from_files_are_escaped_and_long_ones_cut():
    name = "fc\x1b[31m\n" + "x" * 5000
    net = S.FullyConnected(S.Variable(name), num_hidden=3, name=name)
    text = told(lambda: net.infer_shape(**{name: (2, 3), f"{name}_weight": (3, 9)}))
    assert len(text) <= 2000 and "\x1b" not in text and "\\x1b[31m\\n" in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_the_notes_of_an_error_of_the_users_own_code():
    class Prop(mx.operator.CustomOpProp):
        def infer_shape(self, in_shape):
            raise KeyError("mine")

    mx.operator.register("raises_in_messages")(Prop)
    net = S.Custom(S.Variable("a"), op_type="raises_in_messages", name="own")
    with pytest.raises(KeyError) as caught:
        net.infer_shape(a=(2, 3))
    assert any("own (Custom, made at" in note for note in caught.value.__notes__)
