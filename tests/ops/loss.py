"""Cases of output heads and losses."""

import numpy as np

from tests.ops.case import Case, integers, normal, uniform, values

__all__ = ["CASES"]

# The gradient of an output head is that of a loss that it does not compute: no finite differences.


SINGLE = {"rtol": 1e-6, "atol": 1e-7, "why": "the reference divides in float32"}


def head(op, data, label=None, *, options=None, **params):
    inputs = {"data": data} if label is None else {"data": data, "label": label}
    return Case(op, inputs, params, finite=False, **(options or {}))


def softmax_output(data, label, *, options=None, **params):
    return head("SoftmaxOutput", data, label, options=options, **params)


def with_head_gradient(data, label, **params):
    """State the product with the head gradient, as documented; the reference multiplies by the output."""
    case = softmax_output(data, label, out_grad=True, **params)
    x, classes = (array.astype("float64") for array in case.arrays().values())
    axis = 1 if params.get("multi_output") else -1
    exponentials = np.exp(x)
    output = exponentials / exponentials.sum(axis=axis, keepdims=True)
    wanted = classes
    if classes.shape != x.shape:
        wanted = np.moveaxis(np.eye(x.shape[axis])[classes.astype(int)], -1, axis)
    factor = params.get("grad_scale", 1) / (x[0, 0].size if params.get("multi_output") else 1)
    gradient = (output - wanted) * factor * case.head_gradient(0, x.shape, "float32")
    options = {"expect": {"grad/data": gradient.astype("float32")}, "why": "the reference multiplies by the output"}
    return softmax_output(data, label, options=options, out_grad=True, **params)


def softmax_output_cases():
    """Classes or distributions as labels; every option by itself, and those that meet each other."""
    data, classes = normal(5, 3), values([0, 2, 1, 1, 0])
    maps, map_classes = normal(2, 3, 4), integers(0, 3, 2, 4, seed=1)
    odd = values([0, 5, -1, 1.7, -0.5])
    modes = ("null", "batch", "valid")
    yield softmax_output(data, classes)
    yield softmax_output(data, classes, options={"train": True, "gradient": ["data"]})
    yield softmax_output(normal(4, 1), values([0, 0, 0, 0]))
    yield softmax_output(data, odd)
    for ignored in (False, True):
        for normalization in modes:
            settings = {"use_ignore": ignored, "ignore_label": 1, "normalization": normalization}
            yield softmax_output(data, classes, grad_scale=2.5, **settings)
            yield softmax_output(data, odd, smooth_alpha=0.25, **settings)
            yield softmax_output(maps, map_classes, multi_output=True, grad_scale=2.5, **settings)
    yield softmax_output(data, values([1, 1, 1, 1, 1]), use_ignore=True, ignore_label=1, normalization="valid")
    yield softmax_output(data, values([-1, 0, 1, -1, 2]), use_ignore=True, normalization="valid")
    yield softmax_output(data, values([0, 1, 1.5, 2, 0]), use_ignore=True, ignore_label=1.25)
    for smooth in (0.1, 1):
        yield softmax_output(data, classes, smooth_alpha=smooth)
        yield softmax_output(maps, map_classes, multi_output=True, smooth_alpha=smooth)
    yield softmax_output(maps, integers(0, 4, 2, 3), preserve_shape=True)
    yield softmax_output(maps, integers(0, 4, 2, 3), preserve_shape=True, normalization="batch", smooth_alpha=0.1)
    yield softmax_output(maps, integers(0, 4, 2, 3), preserve_shape=True, normalization="valid", use_ignore=True, ignore_label=2)
    yield softmax_output(maps, integers(0, 4, 2, 3), options={"gradient": False})
    yield softmax_output(normal(2, 3, 2, 2), integers(0, 2, 2, 3, 2), options={"gradient": False})
    yield softmax_output(normal(2, 3), integers(0, 3, 2, 1), multi_output=True)
    for shape in [(2, 4), (2, 2, 2), (2, 1, 2, 2)]:
        yield softmax_output(normal(2, 3, 2, 2), integers(0, 3, *shape), multi_output=True)
    for params in ({}, {"multi_output": True}, {"preserve_shape": True}):
        settings = {"grad_scale": 2.0, "normalization": "batch", "use_ignore": True, "smooth_alpha": 0.5, **params}
        yield softmax_output(maps, uniform(0, 1, 2, 3, 4), **settings)
    yield softmax_output(data, uniform(0, 1, 5, 3))
    yield with_head_gradient(data, classes)
    yield with_head_gradient(data, uniform(0, 1, 5, 3), grad_scale=0.5)
    yield with_head_gradient(maps, map_classes, multi_output=True)
    yield softmax_output(normal(3, 4, dtype="float64"), values([0, 3, 1], "float64"), normalization="batch", options=SINGLE)
    half = {"rtol": 4e-3, "atol": 2e-3, "why": "the reference computes in float16"}
    yield softmax_output(normal(3, 4, dtype="float16"), values([0, 3, 1], "float16"), normalization="batch", options=half)
    yield softmax_output(values([[1000, 0, -1000], [0, -1000, -1000]]), values([1, 0]))
    yield softmax_output(values([[1, np.nan], [1, 2]]), values([0, 1]))
    yield Case("Softmax", {"data": data, "label": classes}, finite=False)
    for label in (values([0]), values([[0], [1], [2], [0], [1]]), normal(5, 2), values([0, 1, 2, 0, 1], "int32")):
        yield softmax_output(data, label, options={"refused": True})
    for label in (values([0, 1]), integers(0, 3, 2, 3), integers(0, 3, 2, 4, 1)):
        yield softmax_output(maps, label, multi_output=True, options={"refused": True})
    for params in ({"normalization": "mean"}, {"smooth_alpha": 1.5}, {"smooth_alpha": -0.1}):
        yield softmax_output(data, classes, options={"refused": True}, **params)


def regression_cases():
    """Three heads whose output has the shape of the data, and whose label may leave out axes of size one."""
    nan = values([[1, 2, np.nan, np.inf, -200, 200]]), values([[1, 5, 5, 0, 0, 0]])
    for op in ("LinearRegressionOutput", "LogisticRegressionOutput", "MAERegressionOutput"):
        for shape, label in [((2, 3), (2, 3)), ((4,), (4,)), ((4, 1), (4,)), ((4, 1), (4, 1)), ((4,), (4, 1)), ((2, 3, 2), (2, 3, 2))]:
            yield head(op, normal(*shape), normal(*label, seed=1))
        yield head(op, normal(4, 1, 1), normal(4, seed=1))
        yield head(op, normal(2, 3), normal(2, 3, seed=1), grad_scale=2.5)
        yield head(op, normal(2, 3, 2), normal(2, 3, 2, seed=1), grad_scale=-0.5)
        yield head(op, normal(2, 3, dtype="float64"), normal(2, 3, dtype="float64", seed=1), options=SINGLE)
        half = {"rtol": 4e-3, "atol": 2e-3, "why": "the reference rounds between steps"}
        yield head(op, normal(2, 3, dtype="float16"), normal(2, 3, dtype="float16", seed=1), options=half)
        yield head(op, values([[1, 2, 3]]), values([[1, 3, 2]]))
        yield head(op, *nan, options={"gradient": False})
        for label in [(2,), (3, 2), (6,)]:
            yield head(op, normal(2, 3), normal(*label), options={"refused": True})
        yield head(op, normal(2, 3), normal(2, 3, dtype="float64"), options={"refused": True})


def make_loss_cases():
    data = values([[-1, 0, 0.5, 1], [2, np.nan, -0.25, np.inf]])
    for op in ("make_loss", "BlockGrad"):
        yield head(op, data)
        for dtype in ("float16", "float64", "int32", "uint8"):
            yield head(op, integers(0, 5, 2, 3, dtype=dtype))
    for params in ({}, {"grad_scale": 2.5}, {"normalization": "batch"}, {"normalization": "valid"}):
        yield head("MakeLoss", data, **params)
    for threshold in (0.6, 100, -1):
        yield head("MakeLoss", data, normalization="valid", valid_thresh=threshold, grad_scale=3)
    for shape in [(5,), (2, 3, 4)]:  # divided by the number of rows, the last axis being a row
        yield head("MakeLoss", normal(*shape), normalization="batch")
    yield head("MakeLoss", normal(2, 3, dtype="float64"), normalization="batch")
    yield head("MakeLoss", normal(2, 3, dtype="float16"), normalization="batch")
    yield head("MakeLoss", normal(2), normalization="mean", options={"refused": True})


def svm_output_cases():
    data, classes = values([[0.5, -0.25, 1.5], [-1.5, 0.25, 2], [0, 1, -1], [1, 1, 1]]), values([0, 1, 2, 5])
    for params in ({}, {"margin": 0.5}, {"regularization_coefficient": 2}, {"margin": 2, "regularization_coefficient": 0.5}):
        for linear in (False, True):
            yield head("SVMOutput", data, classes, use_linear=linear, **params)
    yield head("SVMOutput", data, values([-1, 0.7, 1.9, -0.5]))
    yield head("SVMOutput", values([[1, -1, 0], [1, -1, 0]]), values([0, 1]), use_linear=True)
    yield head("SVMOutput", normal(2, 3, 2), integers(0, 2, 2, 3))
    yield head("SVMOutput", normal(3, 4, dtype="float64"), values([0, 3, 1], "float64"))
    yield head("SVMOutput", normal(3, 4, dtype="float16"), values([0, 3, 1], "float16"))
    for label in (values([0, 1]), normal(4, 3), values([0, 1, 2, 0], "int32")):
        yield head("SVMOutput", data, label, options={"refused": True})


def sparse_regularisation_cases():
    """The running mean is recorded after the backward pass of a case with ``train=True``: there the reference writes it."""
    inputs = {"data": uniform(0.1, 0.9, 4, 3), "moving_avg": uniform(0.2, 0.6, 3)}
    all_three = {"sparseness_target": 0.3, "penalty": 0.5, "momentum": 0.5}
    for params in ({}, {"penalty": 0.5}, all_three, {"momentum": 0}, {"sparseness_target": 0}):
        for train in (True, False):
            yield Case("IdentityAttachKLSparseReg", inputs, params, train=train, finite=False)
    for params in ({"momentum": 1.5}, {"sparseness_target": -0.5}):
        yield Case("IdentityAttachKLSparseReg", inputs, params, refused=True)


def cross_entropy_cases():
    def cross_entropy(data, classes, dtype="float32", **options):
        return Case("softmax_cross_entropy", {"data": data, "label": values(classes, dtype)}, **{"gradient": ["data"], **options})

    yield cross_entropy(normal(3, 4), [0, 1, 3])
    yield cross_entropy(normal(1, 1), [0])
    yield cross_entropy(normal(3, 4), [0.5, 1.9, 2.0])
    yield cross_entropy(normal(3, 4, dtype="float64"), [0, 1, 3], "float64")
    yield cross_entropy(normal(3, 4, dtype="float16"), [0, 1, 3], "float16", rtol=4e-3, atol=4e-3, why="the reference computes in float16")
    yield cross_entropy(values([[0, 20], [0, 1000], [3, 3]]), [0, 0, 1], finite=False)  # a probability counts as 1e-8 at least
    yield cross_entropy(values([[0, np.nan]]), [0], finite=False)
    yield cross_entropy(normal(3, 4), [0, 1], refused=True)
    yield cross_entropy(normal(3, 4, 2), [0, 1, 2], refused=True)
    yield cross_entropy(normal(3, 4), [[0], [1], [2]], refused=True)
    yield cross_entropy(normal(3, 4), [0, 1, 2], "int32", refused=True)


def smooth_l1_cases():
    data = values([-3, -1, -0.5, -0.25, -0.1, 0, 0.1, 0.25, 0.3, 1, 2])

    def smooth_l1(data, *, options=None, **params):
        return Case("smooth_l1", {"data": data}, params, **(options or {}))

    yield smooth_l1(normal(3, 4))
    for scalar in (1.0, 2.0, 0.5, -2.0):
        yield smooth_l1(data, scalar=scalar, options={"finite": False})
    yield smooth_l1(normal(2, 3, dtype="float64"), scalar=2.0)
    yield smooth_l1(normal(2, 3, dtype="float16"), scalar=2.0, options={"rtol": 3e-3, "atol": 2e-3, "why": "rounded between steps"})
    yield smooth_l1(normal(2, 3), scalar=0.0)
    yield smooth_l1(values([np.nan, np.inf, -np.inf]), scalar=1.0, options={"finite": False})


CASES = [
    *softmax_output_cases(),
    *regression_cases(),
    *make_loss_cases(),
    *svm_output_cases(),
    *sparse_regularisation_cases(),
    *cross_entropy_cases(),
    *smooth_l1_cases(),
]
