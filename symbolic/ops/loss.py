"""Output heads, whose gradient is that of a loss that they do not compute, and losses.

The head gradient that a user passes to ``backward`` is left alone, unless said otherwise, and labels have no gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, Literal

from symbolic import ops
from symbolic.errors import ShapeError
from symbolic.operator.backward import backward_op
from symbolic.operator.declare import Operator, declare, not_differentiable, operator, zero_gradient
from symbolic.operator.fields import Tensor, param, result, tensor
from symbolic.operator.op import Op
from symbolic.operator.rules import all_alike, floats_alike, same_shapes
from symbolic.values.shape import NO_RANK, unify

GRAD_SCALE = param("Factor of the gradient.", default=1.0)


@operator
class _count(Operator):
    """Count the elements along axes: the number that a mean over them divides by."""

    data: Tensor = tensor("Input.", only_shape=True)
    axis: tuple[int, ...] | None = param("Axes; all if None.", default=None)
    exclude: bool = param("Take the other axes instead.", default=False)

    gradient = zero_gradient
    infer_dtype = all_alike

    def infer_shape(self, data):
        yield "output", (1,)


def first_fitting(found: Any, *shapes: Any) -> Any:
    """Choose the first of ``shapes`` that does not contradict what is known.

    Raises
    ------
    ShapeError
        If there is none.
    """
    for shape in shapes:
        try:
            return unify(found, shape)
        except ShapeError:
            continue
    raise ShapeError(f"a label of shape {found} does not fit; needed is {' or '.join(map(str, shapes))}")


@operator(aliases=("Softmax",))
class SoftmaxOutput(Operator):
    """Compute `softmax`, with the gradient of the cross entropy: ``output - wanted``.

    A label is a class, of which all is wanted, or, where its shape is that of the data, the wanted distribution; the
    options about labels and normalization are for classes. Without ``multi_output`` or ``preserve_shape``, all axes
    but the first make one distribution.
    """

    data: Tensor = tensor("Input.", shape="(n, k), (n, k, *x) or (*n, k)")
    label: Tensor = tensor("Classes, or distributions in the shape of the data.", shape="(n,), (n, *x) or (*n)")
    grad_scale: float = GRAD_SCALE
    ignore_label: float = param("Class that gives no gradient if ``use_ignore``, and does not count as valid.", default=-1.0)
    multi_output: bool = param("Softmax along axis 1; the gradient is divided by the number of places.", default=False)
    use_ignore: bool = param("Leave out what is labelled ``ignore_label``.", default=False)
    preserve_shape: bool = param("Softmax along the last axis.", default=False)
    normalization: Literal["null", "batch", "valid"] = param("Divide by one, the number of labels, or of valid ones.", default="null")
    out_grad: bool = param("Multiply by the head gradient.", default=False)
    smooth_alpha: float = param("Share taken from the class and spread over the others.", default=0.0, ge=0, le=1)

    infer_dtype = floats_alike

    def infer_shape(self, data, label, output):
        yield "output", data
        yield "data", output
        if self.multi_output:
            if len(data) < 2:
                raise ShapeError(f"data {data} has no axis of classes")
            n, _, *places = data
            yield "label", first_fitting(label, (n, prod(places)), (n, *places), (n, 1, *places), data)
        else:
            yield "label", first_fitting(label, data[:-1], data, data[:1])

    def body(self, data):
        if self.multi_output or self.preserve_shape:
            yield "output", ops.softmax(data, axis=1 if self.multi_output else -1)
        else:
            yield "output", ops.reshape_like(ops.softmax(ops.reshape(data, shape=(0, -1))), data)

    gradient = backward_op(needs=("label", "output"), heads={"output": lambda op: op.out_grad})


def regression_output(name: str, doc: str, link: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Op:
    """Declare a head ``link(data)`` with gradient ``slope(output - label) * grad_scale / k``.

    ``k`` is the number of outputs of an example: every axis of the data but the first.
    """

    class Head(Operator):
        data: Tensor = tensor("Input.", shape="(n, *x)")
        label: Tensor = tensor("What is wanted.", shape="(n, *x); axes of size one may be missing")
        grad_scale: float = GRAD_SCALE

        infer_dtype = floats_alike

        def infer_shape(self, data, label, output):
            yield "output", data
            yield "data", output
            if label is NO_RANK:
                yield "label", data[:1] if len(data) == 2 and data[1] == 1 else data
            elif label[:1] != data[:1] or prod(label) != prod(data):
                raise ShapeError(f"a label of shape {label} does not fit data of shape {data}")

        def body(self, data):
            yield "output", link(data)

        def gradient(self, label, output):
            difference = slope(output - ops.reshape_like(label, output))
            yield "data", ops.broadcast_div(difference * self.grad_scale, ops._count(output, axis=0, exclude=True))

    Head.__doc__ = doc
    return declare(Head, name, (f"_sparse_{name}",))


LinearRegressionOutput = regression_output(
    "LinearRegressionOutput",
    "Pass the data; the gradient is that of half the squared error, ``grad_scale / k * (output - label)``.",
    link=lambda x: ops.identity(x),
    slope=lambda difference: difference,
)
LogisticRegressionOutput = regression_output(
    "LogisticRegressionOutput",
    "Compute the sigmoid; the gradient is that of the cross entropy, ``grad_scale / k * (output - label)``.",
    link=lambda x: ops.sigmoid(x),
    slope=lambda difference: difference,
)
MAERegressionOutput = regression_output(
    "MAERegressionOutput",
    "Pass the data; the gradient is that of the absolute error, ``grad_scale / k`` times 1 above, -1 up to ``label``.",
    link=lambda x: ops.identity(x),
    slope=lambda difference: 2 * (difference > 0) - 1,
)


@operator
class MakeLoss(Operator):
    """Pass a loss; its gradient is ``grad_scale``, divided as ``normalization`` says."""

    data: Tensor = tensor("Loss of each example, or part of it.", shape="(n, *x)")
    grad_scale: float = GRAD_SCALE
    valid_thresh: float = param("What is larger counts as valid.", default=0.0)
    normalization: Literal["null", "batch", "valid"] = param(
        "Divide by one, by the number of rows (all axes but the last), or by that of valid elements.", default="null"
    )

    infer_shape = same_shapes
    infer_dtype = floats_alike

    def body(self, data):
        yield "output", ops.identity(data)

    def gradient(self, data):
        ones = ops.ones_like(data) * self.grad_scale
        if self.normalization == "batch":
            ones = ops.broadcast_div(ones, ops._count(data, axis=-1, exclude=True))
        elif self.normalization == "valid":
            ones = ops.broadcast_div(ones, ops._maximum_scalar(ops.sum(data > self.valid_thresh), scalar=1))
        yield "data", ones


@operator(aliases=("_sparse_make_loss",))
class make_loss(Operator):
    """Pass a loss; its gradient is one."""

    data: Tensor = tensor("Loss.", shape="(*x)")
    loss: Tensor = result("The same.")

    infer_shape = same_shapes
    infer_dtype = all_alike

    def body(self, data):
        yield "loss", ops.identity(data)

    def gradient(self, data):
        yield "data", ops.ones_like(data)


@operator(aliases=("stop_gradient", "_sparse_stop_gradient"))
class BlockGrad(Operator):
    """Pass the data, but no gradient."""

    data: Tensor = tensor("Input.", shape="(*x)")

    infer_shape = same_shapes
    infer_dtype = all_alike
    gradient = zero_gradient

    def body(self, data):
        yield "output", ops.identity(data)


@operator
class SVMOutput(Operator):
    """Pass scores; the gradient is that of the hinge loss, squared unless ``use_linear``.

    With ``s = -1`` for the score of the class and ``s = 1`` for the others, the loss of a score is
    ``regularization_coefficient * max(0, margin + s * score)``, or that squared (without the coefficient).

    Source: Tang (2013), Deep learning using linear support vector machines, equations 5 and 6.
    """

    data: Tensor = tensor("Scores.", shape="(*n, k)")
    label: Tensor = tensor("Classes.", shape="(*n)")
    margin: float = param("How far the class should be from zero, and the others on the other side.", default=1.0)
    regularization_coefficient: float = param("Factor of the gradient.", default=1.0)
    use_linear: bool = param("Hinge loss, not its square.", default=False)

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        yield "label", data[:-1]

    def body(self, data):
        yield "output", ops.identity(data)

    def gradient(self, data, label):
        places = ops._contrib_arange_like(data, axis=-1)
        is_class = ops.broadcast_equal(places, ops.expand_dims(ops.trunc(label), axis=-1))
        sign = 1 - 2 * is_class
        reach = self.margin + sign * data
        slope = (reach > 0) if self.use_linear else 2 * ops.relu(reach)
        yield "data", self.regularization_coefficient * sign * slope


@operator
class IdentityAttachKLSparseReg(Operator):
    """Pass the data; add to the gradient that of a penalty on units active too often.

    The penalty is ``KL(sparseness_target, moving_avg)`` of Bernoulli distributions, where ``moving_avg`` is the running
    mean of a unit, in (0, 1); its new value is computed with the gradient.

    Source: Hinton (2010), A practical guide to training restricted Boltzmann machines, section 11.
    """

    data: Tensor = tensor("Activations, say of a sigmoid.", shape="(n, c)")
    moving_avg: Tensor = tensor("Running mean of each unit.", shape="(c,)", auxiliary=True, init='["zero", {}]')
    sparseness_target: float = param("Share of the time that a unit should be active.", default=0.1, ge=0, le=1)
    penalty: float = param("Factor of the penalty.", default=1e-3)
    momentum: float = param("Share of the running mean that is kept at each step.", default=0.9, ge=0, le=1)

    infer_dtype = floats_alike

    def infer_shape(self, data, output):
        yield "output", data
        yield "data", output
        yield "moving_avg", (data[1],)

    def body(self, data):
        yield "output", ops.identity(data)

    def gradient(self, data, moving_avg, d_output):
        yield (
            "data",
            ops._backward_IdentityAttachKLSparseReg(
                d_output,
                data,
                moving_avg,
                sparseness_target=self.sparseness_target,
                penalty=self.penalty,
                momentum=self.momentum,
            ),
        )


@operator
class _backward_IdentityAttachKLSparseReg(Operator):
    """Add the gradient of the penalty of `IdentityAttachKLSparseReg`.

    ``d_output + penalty * ((1 - target) / (1 - mean) - target / mean)``, with the new mean.
    """

    d_output: Tensor = tensor("Gradient with respect to ``output``.")
    data: Tensor = tensor("Activations.", shape="(n, c)")
    moving_avg: Tensor = tensor("Running mean of each unit.", shape="(c,)", mutated=True)
    sparseness_target: float = param("Share of the time that a unit should be active.")
    penalty: float = param("Factor of the penalty.")
    momentum: float = param("Share of the running mean that is kept at each step.")

    gradient = not_differentiable

    def body(self, d_output, data, moving_avg):
        moving = self.momentum * moving_avg + (1 - self.momentum) * ops.mean(data, axis=1, exclude=True)
        slope = (1 - self.sparseness_target) / (1 - moving) - self.sparseness_target / moving
        yield "moving_avg", moving
        yield "output", ops.broadcast_add(d_output, ops._on_axis(self.penalty * slope, data, axis=1))


@operator
class softmax_cross_entropy(Operator):
    """Sum the cross entropy of probabilities and classes: ``-sum(log(softmax(data)[i, label[i]]))``.

    A probability counts as 1e-8 at least; the gradient does not know of that.
    """

    data: Tensor = tensor("Input.", shape="(n, k)")
    label: Tensor = tensor("Classes.", shape="(n,)")
    output: Tensor = result("The sum.", shape="(1,)")

    infer_dtype = floats_alike

    def infer_shape(self, data, label):
        yield "output", (1,)
        if len(data) != 2:
            raise ShapeError(f"data {data} has {len(data)} axes, not 2")
        yield "label", data[:1]
        yield "data", (*label, data[1])

    def body(self, data, label):
        probability = ops._maximum_scalar(ops.pick(ops.softmax(data), label), scalar=1e-8)
        yield "output", -ops.sum(ops.log(probability))

    def gradient(self, data, label, d_output):
        slope, _ = ops._backward_SoftmaxOutput(label=label, output=ops.softmax(data))
        yield "data", ops.broadcast_mul(slope, d_output)
