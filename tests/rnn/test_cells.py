"""Cells, where they do more or other than the reference."""

from __future__ import annotations

import numpy as np
import pytest

import symbolic as mx

rnn = mx.rnn


def bound(net, **shapes):
    """Bind a network with arguments that are far from equal."""
    executor = net.simple_bind(mx.cpu(), **shapes)
    rng = np.random.default_rng(0)
    for array in executor.arg_dict.values():
        array[:] = rng.normal(size=array.shape)
    return executor


def test_unfused_cells_keep_the_forget_bias():
    cell = rnn.FusedRNNCell(3, forget_bias=2.5, prefix="f_").unfuse()
    assert "2.5" in cell.params._params["f_l0_i2h_bias"].attr("__init__")


def test_forget_bias_reaches_a_module():
    stack = rnn.SequentialRNNCell()
    stack.add(rnn.LSTMCell(4, forget_bias=2.0, prefix="l0_"))
    stack.add(rnn.LSTMCell(4, forget_bias=2.0, prefix="l1_"))
    net, _ = stack.unroll(1, mx.sym.Variable("data"), merge_outputs=True)
    module = mx.mod.Module(net, label_names=None, context=mx.cpu())
    module.bind(data_shapes=[("data", (3, 1, 5))], label_shapes=None)
    module.init_params()
    bias = module.get_params()[0]["l0_i2h_bias"].asnumpy()
    assert bias.tolist() == [0] * 4 + [2] * 4 + [0] * 8


def test_modified_containers_have_begin_states():
    """In MXNet a modifier could not ask a stack or a bidirectional cell for states."""
    both = rnn.BidirectionalCell(rnn.GRUCell(2, "l_"), rnn.LSTMCell(2, "r_"))
    assert [state.name for state in rnn.ResidualCell(both).begin_state()] == ["l_begin_state_0", "r_begin_state_0", "r_begin_state_1"]
    with pytest.raises(AssertionError, match="given to a modifier"):
        both.begin_state()


def test_zoneout_of_a_stack():
    """In MXNet this failed on an attribute that stacks did not have."""
    stack = rnn.SequentialRNNCell()
    stack.add(rnn.GRUCell(3, "a_"))
    stack.add(rnn.GRUCell(3, "b_"))
    outputs, _ = rnn.ZoneoutCell(stack, zoneout_outputs=0.5).unroll(2, mx.sym.Variable("data"), merge_outputs=True)
    assert outputs.infer_shape(data=(5, 2, 4))[1] == [(5, 2, 3)]
    stack.add(rnn.FusedRNNCell(3))
    with pytest.raises(AssertionError, match="cannot be stepped"):
        rnn.ZoneoutCell(stack)


def test_zoneout_of_convolutions():
    """In MXNet the output before the first step had two axes always."""
    cell = rnn.ZoneoutCell(rnn.ConvGRUCell((1, 2, 5, 5), 3), zoneout_outputs=0.5)
    outputs, _ = cell.unroll(2, [mx.sym.Variable("a"), mx.sym.Variable("b")])
    assert mx.sym.Group(outputs).infer_shape(a=(1, 2, 5, 5), b=(1, 2, 5, 5))[1] == [(1, 3, 5, 5)] * 2


def test_zoneout_mixes_in_training():
    """Each element of a state is the new one or the old one; about as many as asked for are old."""
    cell = rnn.ZoneoutCell(rnn.RNNCell(200), zoneout_states=0.3)
    begin = cell.begin_state(mx.sym.Variable)
    _, (state,) = cell.unroll(1, [mx.sym.Variable("x")], begin_state=begin)
    executor = bound(state, x=(50, 3), rnn_begin_state_0=(50, 200))
    new = executor.forward(is_train=False)[0].asnumpy()
    found = executor.forward(is_train=True)[0].asnumpy()
    old = executor.arg_dict["rnn_begin_state_0"].asnumpy()
    assert np.isin(found, np.concatenate([new, old])).all()
    assert 0.27 < (found == old).mean() < 0.33
    assert (np.where(found == old, old, new) == found).all()


def test_residual_dropout_in_training():
    cell = rnn.SequentialRNNCell()
    cell.add(rnn.ResidualCell(rnn.GRUCell(100, "a_")))
    cell.add(rnn.DropoutCell(0.5))
    net, _ = cell.unroll(2, mx.sym.Variable("data"), merge_outputs=True)
    executor = bound(net, data=(4, 2, 100))
    whole = executor.forward(is_train=False)[0].asnumpy()
    found = executor.forward(is_train=True)[0].asnumpy()
    assert 0.4 < (found == 0).mean() < 0.6
    np.testing.assert_allclose(found[found != 0], 2 * whole[found != 0], rtol=1e-5)


@pytest.mark.parametrize("mode", ["lstm", "gru", "rnn_tanh", "rnn_relu"])
def test_checkpoints_of_fused_cells_load_in_unfused_ones(mode, tmp_path):
    fused = rnn.FusedRNNCell(4, 2, mode, bidirectional=True, prefix="f_")
    net, _ = fused.unroll(3, mx.sym.Variable("data"), layout="TNC", merge_outputs=True)
    executor = bound(net, data=(3, 2, 5))
    args = {name: value for name, value in executor.arg_dict.items() if name != "data"}
    rnn.save_rnn_checkpoint(fused, tmp_path / "model", 1, net, args, {})
    stack = fused.unfuse()
    _, found, _ = rnn.load_rnn_checkpoint(stack, tmp_path / "model", 1)
    other, _ = stack.unroll(3, mx.sym.Variable("data"), layout="TNC", merge_outputs=True)
    assert set(other.list_arguments()) == {"data", *found}
    second = other.bind(mx.cpu(), {"data": executor.arg_dict["data"], **found}).forward()[0]
    np.testing.assert_allclose(executor.forward()[0].asnumpy(), second.asnumpy(), rtol=1e-4, atol=1e-5)


def test_fused_and_unfused_gradients_agree():
    fused = rnn.FusedRNNCell(3, 2, "gru", bidirectional=True, prefix="f_")
    stack = fused.unfuse()
    shapes = {"data": (4, 2, 5)}
    one, _ = fused.unroll(4, mx.sym.Variable("data"), layout="TNC", merge_outputs=True)
    two, _ = stack.unroll(4, mx.sym.Variable("data"), layout="TNC", merge_outputs=True)
    first, second = bound(one, **shapes), bound(two, **shapes)
    unpacked = fused.unpack_weights({"f_parameters": first.arg_dict["f_parameters"]})
    second.copy_params_from({"data": first.arg_dict["data"], **stack.pack_weights(unpacked)})
    for executor in (first, second):
        executor.forward(is_train=True)
        executor.backward([mx.nd.ones((4, 2, 6))])
    wanted = fused.unpack_weights({"f_parameters": first.grad_dict["f_parameters"]})
    found = stack.unpack_weights({name: value for name, value in second.grad_dict.items() if name != "data"})
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name].asnumpy(), value.asnumpy(), rtol=1e-4, atol=1e-5, err_msg=name)


def test_old_name_of_unroll():
    with pytest.warns(UserWarning, match="cell.unroll"):
        outputs, states = rnn.rnn_unroll(rnn.RNNCell(3), 2, mx.sym.Variable("data"), input_prefix="old_")
    assert len(outputs) == 2
    assert len(states) == 1


def test_layout_that_costs_a_transposition_is_mentioned():
    with pytest.warns(UserWarning, match="TNC"):
        rnn.FusedRNNCell(3).unroll(2, mx.sym.Variable("data"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rnn.FusedRNNCell(3, mode="lsmt"), "did you mean 'lstm'"),
        (lambda: rnn.RNNCell(3).unroll(2, None), "nothing to unroll over"),
        (lambda: rnn.RNNCell(3).unroll(3, [mx.sym.Variable("x")]), "one input for each step"),
        (lambda: rnn.LSTMCell(3).unpack_weights({"lstm_i2h_weigt": None}), "did you mean 'lstm_i2h_weigt'"),
        (lambda: rnn.FusedRNNCell(3).unpack_weights({"lstm_parameters": mx.nd.ones((7,))}), "does not fit the cell"),
        (lambda: rnn.ConvRNNCell((1, 2, 4, 4), 2, h2h_kernel=(2, 2)), "odd sizes"),
        (lambda: rnn.encode_sentences([["a"]], {"b": 1}), "unknown_token"),
        (lambda: rnn.BucketSentenceIter([[1, 2, 3]], 5), "no bucket holds a sentence"),
    ],
)
def test_messages(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


def test_pack_refuses_weights_of_another_size():
    cell = rnn.FusedRNNCell(3, mode="gru")
    net, _ = cell.unroll(1, mx.sym.Variable("data"), layout="TNC")
    size = net.infer_shape(data=(1, 1, 2))[0][1]
    unpacked = cell.unpack_weights({"gru_parameters": mx.nd.ones(size)})
    with pytest.raises(mx.MXNetError, match="does not fit the cell"):
        cell.pack_weights({**unpacked, "gru_l0_h2h_z_weight": mx.nd.ones((3, 4))})


def test_buckets_of_the_user_stay_as_they_are(caplog):
    buckets = [5, 2]
    iterator = rnn.BucketSentenceIter([[1, 2], [3, 4, 5], [1] * 9], 1, buckets=buckets)
    assert buckets == [5, 2]
    assert iterator.buckets == [2, 5]
    assert "leaves out 1 sentences" in caplog.text
