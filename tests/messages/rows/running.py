"""Running forward and backward: wrong calls, and what each message must say."""

from __future__ import annotations

import symbolic as mx
from symbolic.errors import ArgumentError, BindError, NotReady, ShapeError, UnknownArgument, UnknownName
from tests.messages.nets import executor, linear, mlp, named
from tests.messages.row import wrong

nd = mx.nd

RUN = [
    wrong(
        lambda: executor().forward(data=nd.ones((4, 6))),
        ShapeError,
        op="forward",
        argument="data",
        got="(4, 6)",
        expected="(3, 6)",
        way="reshape",
    ),
    wrong(
        lambda: executor().forward(dta=nd.ones((3, 6))),
        TypeError,
        op="forward",
        argument="dta",
        got="NDArray of shape (3, 6)",
        expected="data, fc1_weight",
        like="data",
    ),
    wrong(lambda: executor().forward(dta=nd.ones((3, 6))), UnknownArgument, op="forward", like="data"),
    wrong(
        lambda: executor().forward(data="x"), TypeError, op="forward", argument="data", got="'x' (str)", expected="NDArray of shape (3, 6)"
    ),
    wrong(lambda: executor().forward(data=None), ArgumentError, op="forward", argument="data", got="None", expected="(3, 6)"),
    wrong(
        lambda: executor().forward(data=[[1, 2], [3]]),
        ValueError,
        op="forward",
        argument="data",
        got="[[1, 2], [3]] (list)",
        expected="(3, 6)",
    ),
    wrong(
        lambda: executor().copy_params_from({"fc1_weigth": nd.ones(1)}),
        UnknownName,
        op="copy_params_from",
        argument="fc1_weigth",
        got="shape (1,)",
        expected="fc1_weight",
        like="fc1_weight",
        way="allow_extra_params",
    ),
    wrong(
        lambda: executor().copy_params_from({"fc1_weight": nd.ones((9, 9))}),
        ShapeError,
        op="copy_params_from",
        argument="fc1_weight",
        got="(9, 9)",
        expected="(8, 6)",
    ),
    wrong(
        lambda: executor().reshape(data=(9, 6)),
        ShapeError,
        op="variable",
        node="data",
        made="data",
        argument="data",
        got="(9, 6)",
        expected="18 elements",
        way="allow_up_sizing=True",
    ),
    wrong(
        lambda: executor().reshape(data=(3, 5)),
        ShapeError,
        op="variable",
        node="fc1_weight",
        made="fc1",
        argument="fc1_weight",
        got="(8, 6)",
        expected="(8, 5)",
        way="partial_shaping=True",
    ),
    wrong(
        lambda: executor().reshape(dta=(3, 5)),
        UnknownName,
        op="reshape",
        argument="dta",
        node="softmax",
        got="(3, 5)",
        expected="data",
        like="data",
    ),
    wrong(lambda: executor().outputs[7], IndexError, op="outputs", argument="index", got="7", expected="0 to 0"),
    wrong(
        lambda: executor().arg_dict["data"].__setitem__(slice(None), nd.ones((4, 6))),
        ValueError,
        op="assignment",
        argument="value",
        got="(4, 6)",
        expected="(3, 6)",
    ),
    wrong(
        lambda: executor().set_monitor_callback(3),
        TypeError,
        op="set_monitor_callback",
        argument="callback",
        got="3 (int)",
        expected="a callable",
    ),
    wrong(
        lambda: named("take", "a", "b", mode="raise").bind(mx.cpu(), {"a": nd.ones((3, 2)), "b": nd.array([7])}).forward(),
        mx.MXNetError,
        op="take",
        node="it",
        made="it",
    ),
    wrong(
        lambda: named("linalg_potrf").bind(mx.cpu(), {"a": nd.array([[-1.0, 0], [0, 1]])}).forward(),
        mx.MXNetError,
        op="_linalg_potrf",
        node="it",
        made="it",
    ),
    wrong(
        lambda: named("Custom", op_type="nope").simple_bind(mx.cpu(), a=(2,)), mx.MXNetError, op="Custom", argument="op_type", got="nope"
    ),
]

GRADIENT = [
    wrong(lambda: linear(False).backward(), AssertionError, op="backward", node="out", way="forward(is_train=True)"),
    wrong(lambda: linear(False).backward(), NotReady, op="backward", node="out", way="forward"),
    wrong(
        lambda: linear().backward(),
        BindError,
        op="FullyConnected",
        node="out",
        made="out",
        argument="out_grads[0]",
        got="None",
        expected="(2, 2)",
        way="MakeLoss",
    ),
    wrong(
        lambda: linear().backward([nd.ones((5, 5))]), ShapeError, op="backward", argument="out_grads[0]", got="(5, 5)", expected="(2, 2)"
    ),
    wrong(
        lambda: linear().backward([nd.ones((2, 2))] * 3),
        BindError,
        op="backward",
        argument="out_grads",
        got="3",
        expected="1, for out_output",
    ),
    wrong(lambda: linear().backward("x"), TypeError, op="backward", argument="out_grads", got="'x' (str)", expected="NDArray"),
    wrong(
        lambda: linear().backward([[[1, 2], [3]]]),
        ValueError,
        op="backward",
        argument="out_grads[0]",
        got="[[1, 2], [3]]",
        expected="(2, 2)",
    ),
    wrong(
        lambda: mlp().gradient(["fc1_weigth"]),
        UnknownName,
        op="gradient",
        node="softmax",
        argument="names",
        got="fc1_weigth",
        expected="fc1_weight",
        like="fc1_weight",
    ),
    wrong(lambda: nd.ones(3).backward(), mx.MXNetError, op="backward", way="record"),
]
