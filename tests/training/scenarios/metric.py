"""Metrics: each class, option and odd corner."""

import json

import numpy as np

from tests.scenario import scenario
from tests.training.compact import compact

SIMPLE = ("acc", "f1", "mcc", "pcc", "ce", "nll_loss", "loss", "torch", "caffe")
ERRORS = ("mae", "mse", "rmse", "pearsonr")


def classes(mx, seed=0, n=20, k=2, batches=3):
    rng = np.random.RandomState(seed)
    labels = [mx.nd.array(rng.randint(0, k, n)) for _ in range(batches)]
    preds = []
    for _ in range(batches):
        p = rng.uniform(0.05, 1, (n, k))
        preds.append(mx.nd.array(p / p.sum(1, keepdims=True)))
    return labels, preds


def numbers(mx, seed=0, shape=(6,), other=None, batches=3, dtype="float32"):
    rng = np.random.RandomState(seed)
    labels = [mx.nd.array(rng.normal(size=shape), dtype=dtype) for _ in range(batches)]
    preds = [mx.nd.array(rng.normal(size=other or shape), dtype=dtype) for _ in range(batches)]
    return labels, preds


def told(metric):
    return [metric.get(), metric.get_global(), metric.get_name_value(), metric.get_global_name_value()]


def history(metric, labels, preds):
    """Update batch by batch, with a local reset after the second, and a whole one at the end."""
    out = [told(metric)]
    for place, (label, pred) in enumerate(zip(labels, preds, strict=True)):
        metric.update([label], [pred])
        out.append(told(metric))
        if place == 1:
            metric.reset_local()
            out.append(told(metric))
    metric.reset()
    out.append(told(metric))
    metric.update(labels, preds)
    out.append(told(metric))
    metric.update_dict({"a": labels[0]}, {"b": preds[0]})
    return [*out, told(metric), float(metric.num_inst), float(metric.global_num_inst), metric.name]


@compact(*SIMPLE)
def two_classes(mx, name):
    return history(mx.metric.create(name), *classes(mx))


@compact("acc", "pcc", "ce", "nll_loss", "loss")
def five_classes(mx, name):
    return history(mx.metric.create(name), *classes(mx, 1, 12, 5))


@compact("f1", "mcc")
def micro(mx, name):
    return history(mx.metric.create(name, average="micro"), *classes(mx, 2))


@compact("f1", "mcc", "pcc")
def one_class_only(mx, name):
    out = []
    for label, pred in (([0, 0], [[1, 0], [1, 0]]), ([1, 1], [[0, 1], [0, 1]]), ([1, 0], [[1, 0], [1, 0]]), ([0, 0], [[0, 1], [0, 1]])):
        metric = mx.metric.create(name)
        metric.update([mx.nd.array(label)], [mx.nd.array(pred)])
        out.append(metric.get())
    return out


@compact("f1", "mcc")
def more_than_two_classes(mx, name):
    metric = mx.metric.create(name)
    metric.update([mx.nd.array([0, 1, 2])], [mx.nd.array(np.eye(3))])


@compact()
def growing_confusion(mx):
    metric = mx.metric.PCC()
    out = []
    for k in (2, 3, 6, 4):
        metric.update(*classes(mx, k, 30, k, 2))
        out.append([metric.get(), metric.get_global(), int(metric.k), metric.lcm, metric.gcm])
    metric.reset_local()
    return [out, metric.get(), metric.get_global(), metric.lcm]


@compact()
def confusion_of_classes(mx):
    metric = mx.metric.PCC(name="mine")
    metric.update([mx.nd.array([0, 3, 1, 1])], [mx.nd.array([0, 3, 1, 2])])
    return told(metric)


@compact()
def mcc_is_pcc(mx):
    labels, preds = classes(mx, 3)
    both = mx.metric.create(["pcc", mx.metric.MCC(average="micro")])
    both.update(labels, preds)
    return both.get()


@compact(0, 1, -1, 2, -2)
def accuracy_axis(mx, axis):
    rng = np.random.RandomState(0)
    pred = mx.nd.array(rng.uniform(size=(4, 4, 4)))
    metric = mx.metric.Accuracy(axis=axis)
    metric.update([mx.nd.array(rng.randint(0, 4, (4, 4)))], [pred])
    return told(metric)


@compact()
def accuracy_axis_missing(mx):
    metric = mx.metric.Accuracy(axis=5)
    metric.update([mx.nd.array([0, 1])], [mx.nd.array([[1, 2], [3, 4]])])


@compact()
def accuracy_shapes(mx):
    out = []
    for label, pred in (
        ([0, 1, 1], [[0.3, 0.7], [0, 1.0], [0.4, 0.6]]),
        ([[0], [1], [1]], [[0.3, 0.7], [0, 1.0], [0.4, 0.6]]),
        ([[0, 1], [1, 1]], [[0.0, 1.9], [1, 1]]),
        ([0, 1, 2], [0, 1.6, 2]),
        ([[0], [1]], [[0], [2]]),
        ([0, 0], [[1], [2]]),
        ([-1, 1], [[0.5, 0.5], [0.5, 0.5]]),
    ):
        metric = mx.metric.create("acc")
        metric.update([mx.nd.array(label)], [mx.nd.array(pred)])
        out.append([metric.get(), metric.num_inst])
    return out


@compact()
def accuracy_of_single_arrays(mx):
    metric = mx.metric.create("acc")
    metric.update(mx.nd.array([0, 1, 1]), mx.nd.array([[0.3, 0.7], [0, 1.0], [0.4, 0.6]]))
    return told(metric)


@compact("acc", "f1", "mcc", "pcc", "mae", "mse", "rmse", "pearsonr", "ce", "nll_loss")
def different_numbers_of_arrays(mx, name):
    mx.metric.create(name).update([mx.nd.ones((2,))], [mx.nd.ones((2, 2)), mx.nd.ones((2, 2))])


@compact("acc", "f1", "mcc", "mae", "mse", "rmse", "pearsonr", "ce", "nll_loss")
def different_numbers_of_samples(mx, name):
    mx.metric.create(name).update([mx.nd.ones((3,))], [mx.nd.ones((2, 4))])


@compact("acc", "f1", "mcc", "pcc", "ce", "nll_loss", "mae", "mse", "rmse", "pearsonr", "loss", "torch", "caffe", "composite")
def nothing_seen(mx, name):
    metric = mx.metric.create(name)
    first = [told(metric), str(metric)]
    metric.update([], [])
    return [first, told(metric)]


@compact(2, 3, 5)
def top_k(mx, k):
    metric = mx.metric.TopKAccuracy(top_k=k)
    return history(metric, *classes(mx, 4, 15, 6))


@compact(0, 1)
def top_k_too_small(mx, k):
    mx.metric.create("top_k_acc", top_k=k)


@compact()
def top_k_default(mx):
    mx.metric.TopKAccuracy()


@compact()
def top_k_more_than_classes(mx):
    metric = mx.metric.TopKAccuracy(5)
    metric.update([mx.nd.array([0, 1])], [mx.nd.array([[1, 2], [3, 4]])])


@compact()
def top_k_three_axes(mx):
    metric = mx.metric.TopKAccuracy(2)
    metric.update([mx.nd.array([0, 1])], [mx.nd.ones((2, 3, 4))])


@compact()
def top_k_names(mx):
    return [mx.metric.create(name, top_k=3, name="best").name for name in ("top_k_acc", "top_k_accuracy", "TopKAccuracy")]


@compact()
def top_k_column_labels(mx):
    metric = mx.metric.TopKAccuracy(top_k=2)
    metric.update([mx.nd.array([[2], [0]])], [mx.nd.array([[0.1, 0.2, 0.7], [0.2, 0.5, 0.3]])])
    return told(metric)


@compact(None, 0, 1, -1, 7)
def perplexity(mx, ignore):
    return history(mx.metric.Perplexity(ignore), *classes(mx, 5, 10, 4))


@compact(0, 1, -1)
def perplexity_axis(mx, axis):
    pred = mx.nd.array(np.random.RandomState(0).uniform(size=(3, 3)))
    metric = mx.metric.create("perplexity", None, axis=axis)
    metric.update([mx.nd.array([0, 1, 2])], [pred])
    return told(metric)


@compact()
def perplexity_in_rows(mx):
    """Labels of two axes, probabilities of as many rows in two axes."""
    pred = mx.nd.softmax(mx.nd.array(np.random.RandomState(0).normal(size=(6, 5))))
    label = mx.nd.array([[0, 1, 4], [2, 0, 0]])
    metric = mx.metric.Perplexity(ignore_label=0)
    metric.update([label], [pred])
    return told(metric)


@compact()
def perplexity_of_zero_probability(mx):
    metric = mx.metric.Perplexity(ignore_label=None)
    metric.update([mx.nd.array([0, 1])], [mx.nd.array([[0, 1], [1, 0]])])
    return told(metric)


@compact()
def perplexity_of_wrong_shape(mx):
    mx.metric.Perplexity(None).update([mx.nd.array([0, 1, 2])], [mx.nd.ones((2, 2))])


@compact()
def perplexity_of_wrong_number(mx):
    mx.metric.Perplexity(None).update([mx.nd.array([0])], [])


@compact()
def perplexity_needs_ignore_label(mx):
    mx.metric.create("perplexity")


@compact(*ERRORS)
def errors(mx, name):
    return history(mx.metric.create(name), *numbers(mx))


@compact(*ERRORS)
def errors_in_columns(mx, name):
    return history(mx.metric.create(name), *numbers(mx, 1, (4, 3)))


@compact(*[(name, dtype) for name in ERRORS for dtype in ("float64", "int32", "float16")], rtol=2e-3, why="float16 sums in another order")
def errors_types(mx, name, dtype):
    return history(mx.metric.create(name), *numbers(mx, 2, (5,), dtype=dtype))


@compact("mae", "mse", "rmse")
def errors_of_row_against_column(mx, name):
    return history(mx.metric.create(name), *numbers(mx, 3, (5,), (5, 1)))


@compact("mae", "mse", "rmse")
def errors_stretch(mx, name):
    return history(mx.metric.create(name), *numbers(mx, 3, (5,), (5, 2)))


@compact("pearsonr")
def correlation_of_other_shapes(mx, name):
    mx.metric.create(name).update(*numbers(mx, 3, (6,), (3, 2)))


@compact()
def correlation_micro(mx):
    metric = mx.metric.PearsonCorrelation(average="micro")
    out = [metric.get()]
    for seed, n in enumerate((3, 17, 8)):
        metric.update(*numbers(mx, seed, (n, 2), batches=2))
        out.append([metric.get(), metric.get_name_value(), metric.num_inst, metric.global_num_inst])
    metric.reset_local()
    out.append(metric.get())
    metric.update(*numbers(mx, 9, (4,), batches=1))
    out.append(metric.get())
    metric.reset()
    out.append(metric.get())
    metric.update(*numbers(mx, 9, (4,), batches=1))
    return [*out, metric.get()]


@compact()
def correlation_of_constants(mx):
    metric = mx.metric.create("pearsonr")
    metric.update([mx.nd.ones((3,))], [mx.nd.array([1, 2, 3])])
    return metric.get()


@compact(1e-12, 0.1, 1.0)
def likelihood_eps(mx, eps):
    labels, preds = classes(mx, 6, 8, 3)
    out = []
    for name in ("ce", "nll_loss", "CrossEntropy", "NegativeLogLikelihood"):
        metric = mx.metric.create(name, eps=eps)
        metric.update(labels, preds)
        out.append(told(metric))
    return out


@compact("ce", "nll_loss")
def likelihood_of_columns(mx, name):
    metric = mx.metric.create(name)
    metric.update([mx.nd.array([[0], [1]])], [mx.nd.array([[0.25, 0.75], [0, 1]])])
    return told(metric)


@compact("ce", "nll_loss")
def likelihood_of_impossible(mx, name):
    metric = mx.metric.create(name)
    metric.update([mx.nd.array([0, 1])], [mx.nd.array([[0.0, 1], [1, 0]])])
    return told(metric)


@compact("loss", "torch", "caffe", "Loss")
def losses(mx, name):
    metric = mx.metric.create(name)
    metric.update(None, mx.nd.array([[1, 2], [3, 5]]))
    metric.update([], [mx.nd.array([7]), mx.nd.zeros((2, 3))])
    return told(metric)


@compact()
def loss_two_batches(mx):
    loss = mx.metric.Loss()
    loss.update(None, [mx.nd.array([[10]])])
    loss.update(None, [mx.nd.array([[30]])])
    return loss.get()


@compact()
def composite(mx):
    metric = mx.metric.CompositeEvalMetric()
    metric.add("acc")
    metric.add(mx.metric.F1())
    metric.add(["ce", "mcc"])
    metric.add(lambda label, pred: 2)
    out = [metric.get()]
    labels, preds = classes(mx)
    for label, pred in zip(labels, preds, strict=True):
        metric.update([label], [pred])
        out.append([metric.get(), metric.get_global(), metric.get_name_value()])
    metric.reset_local()
    out.append([metric.get(), metric.get_global(), metric.get_global_name_value(), str(metric)])
    metric.reset()
    return [*out, metric.get(), len(metric.metrics), metric.get_metric(1).name, metric.name]


@compact()
def composite_by_name(mx):
    metric = mx.metric.create("composite", metrics=["acc", "f1"], name="both")
    metric.update(*classes(mx))
    return [metric.get(), metric.name, isinstance(metric, mx.metric.CompositeEvalMetric)]


@compact()
def composite_names(mx):
    labels, preds = classes(mx, batches=2)
    metric = mx.metric.CompositeEvalMetric(
        [mx.metric.create("acc", output_names=["a"], label_names=["x"]), mx.metric.create("ce", output_names=["b"], label_names=["y"])],
        output_names=["a", "b"],
        label_names=["x", "y"],
    )
    metric.update_dict({"x": labels[0], "y": labels[1], "z": labels[0]}, {"b": preds[1], "c": preds[0], "a": preds[0]})
    return metric.get()


@compact()
def empty_composite(mx):
    metric = mx.metric.create([])
    metric.update([], [])
    return [metric.get(), metric.get_name_value(), str(metric), metric.get_config()]


@scenario(differs="an index that is too large raises; the reference returns an exception", expect="IndexError")
def composite_index(mx):
    try:
        return mx.metric.create(["acc"]).get_metric(3)
    except IndexError:
        return "IndexError"


@compact()
def names_of_outputs(mx):
    labels, preds = classes(mx, batches=2)
    metric = mx.metric.create("acc", output_names=["p"], label_names=["l"], name="right")
    metric.update_dict({"other": labels[1], "l": labels[0]}, {"p": preds[0], "q": preds[1]})
    return [metric.get(), metric.output_names, metric.label_names, metric.get_config()]


@compact()
def name_of_no_output(mx):
    mx.metric.create("acc", output_names=["p"]).update_dict({"l": mx.nd.ones((2,))}, {"q": mx.nd.ones((2, 2))})


@compact()
def custom(mx):
    def share(label, pred):
        return float((label == pred.argmax(1)).mean())

    def counted(label, pred):
        return (label == pred.argmax(1)).sum(), len(label)

    labels, preds = classes(mx, 8)
    out = []
    for metric in (
        mx.metric.create(share),
        mx.metric.CustomMetric(counted),
        mx.metric.np(share),
        mx.metric.np(counted, name="counted so"),
        mx.metric.CustomMetric(lambda label, pred: pred.sum()),
        mx.metric.np(lambda label, pred: label.mean()),
        mx.metric.CustomMetric(share, "named", output_names=["b"], label_names=["a"]),
    ):
        out.append(history(metric, labels, preds))
    return out


@compact()
def custom_extra_outputs(mx):
    metric = mx.metric.np(lambda label, pred: float(pred.sum()), allow_extra_outputs=True)
    metric.update([mx.nd.ones((2,))], [mx.nd.ones((2, 3)), mx.nd.ones((9,))])
    return told(metric)


@compact()
def custom_refuses_extra_outputs(mx):
    metric = mx.metric.np(lambda label, pred: float(pred.sum()))
    metric.update([mx.nd.ones((2,))], [mx.nd.ones((2, 3)), mx.nd.ones((9,))])


@compact()
def custom_has_no_config(mx):
    mx.metric.np(lambda label, pred: 1).get_config()


@compact()
def custom_gets_copies(mx):
    def spoil(label, pred):
        pred[:] = 0
        return 1.0

    pred = mx.nd.ones((2, 2))
    mx.metric.np(spoil).update([mx.nd.ones((2,))], [pred])
    return pred


@compact("acc", "pcc", "ce", "nll_loss", "mae", "mse", "rmse", "loss", "torch", "caffe")
def configs(mx, name):
    metric = mx.metric.create(name)
    config = metric.get_config()
    again = mx.metric.create(json.dumps(config))
    third = mx.metric.create(config)
    return [config, again.get_config() == config, type(third) is type(metric)]


@compact("f1", "mcc", "pearsonr")
def configs_made_again(mx, name):
    config = mx.metric.create(name, name="n", average="micro").get_config()
    again = mx.metric.create(json.dumps(config))
    return [config["metric"], config["name"], again.get_config() == config]


@compact()
def config_of_composite(mx):
    config = mx.metric.create(["acc", "ce"]).get_config()
    again = mx.metric.create(json.dumps(config))
    return [config, again.get_config() == config, again.get()]


@compact()
def config_of_perplexity(mx):
    config = mx.metric.create("perplexity", -1).get_config()
    again = mx.metric.create(json.dumps(config))
    return [config["ignore_label"], again.get_config() == config]


@scenario(
    differs="a description keeps average, axis and a name without _k: what is made of it measures alike",
    expect=["micro", 0, "top_k_accuracy_3"],
)
def descriptions_are_whole(mx):
    made = [
        mx.metric.create(metric.get_config())
        for metric in (mx.metric.F1(average="micro"), mx.metric.Perplexity(None, axis=0), mx.metric.TopKAccuracy(3))
    ]
    return [made[0].average, made[1].axis, made[2].name]


@scenario(differs="the global account of micro is the coefficient; the reference says 0", expect=True)
def correlation_micro_global(mx):
    metric = mx.metric.PearsonCorrelation(average="micro")
    metric.update(*numbers(mx))
    return metric.get_global() == metric.get()


@compact("nothing", 3, None, "", "[1]")
def create_unknown(mx, what):
    mx.metric.create(what)


@compact()
def create_instance(mx):
    metric = mx.metric.MAE()
    return mx.metric.create(metric) is metric


@compact()
def create_instance_with_arguments(mx):
    mx.metric.create(mx.metric.MAE(), name="x")


@compact("acc", "Accuracy", "accuracy", "ACC", "mae", "MAE", "Composite", "crossentropy", "negativeloglikelihood", "pearsoncorrelation")
def names_of_all_cases(mx, name):
    return [type(mx.metric.create(name)).__name__, mx.metric.create(name).name]


@compact()
def create_list_with_arguments(mx):
    return [metric.get_config() for metric in mx.metric.create(["acc", "mae"], output_names=["o"]).metrics]


@compact()
def registered(mx):
    @mx.metric.register
    @mx.metric.alias("my_half", "MyHalves")
    class Half(mx.metric.EvalMetric):
        def __init__(self, name="half", **kwargs):
            super().__init__(name, **kwargs)

        def update(self, labels, preds):
            self.sum_metric += 1
            self.num_inst += 2

    out = []
    for name in ("half", "HALF", "my_half", "myhalves"):
        metric = mx.metric.create(name)
        metric.update(None, None)
        out.append(told(metric))
    metric = mx.metric.create("half", has_global_stats=True)
    return [out, told(metric), metric.get_config()]


@compact()
def register_no_metric(mx):
    mx.metric.register(dict)


@compact()
def base_class(mx):
    metric = mx.metric.EvalMetric("base", output_names=["o"], extra=3)
    return [told(metric), metric.get_config(), str(metric)]


@compact()
def base_has_no_update(mx):
    mx.metric.EvalMetric("base").update([], [])


@compact()
def names_that_are_lists(mx):
    class Two(mx.metric.EvalMetric):
        def get(self):
            return ["a", "b"], [1.0, 2.0]

    both = mx.metric.create([Two("two"), "acc"])
    return [Two("t").get_name_value(), both.get(), both.get_name_value(), Two(3).name]


@compact()
def label_shapes(mx):
    check = mx.metric.check_label_shapes
    x, y = mx.nd.ones((2, 3)), mx.nd.ones((2, 4))
    plain = check([x], [y])
    wrapped = check(x, y, True)
    return [len(plain[0]), type(wrapped[0]), len(wrapped[1]), check([x], [y], wrap=True) is None, check(x, x, shape=True)[0]]


@compact((True,), (False,))
def label_shapes_differ(mx, shape):
    x, y = mx.nd.ones((2, 3)), mx.nd.ones((2, 4) if shape else (3, 3))
    mx.metric.check_label_shapes(x, y, False, shape)


@compact()
def positional(mx):
    m = mx.metric
    made = [
        m.Accuracy(0, "n", ["o"], ["l"]),
        m.TopKAccuracy(2, "n", ["o"], ["l"]),
        m.Perplexity(0, 1, "n", ["o"], ["l"]),
        m.CrossEntropy(0.1, "n", ["o"], ["l"]),
        m.NegativeLogLikelihood(0.1, "n", ["o"], ["l"]),
        *[kind("n", ["o"], ["l"]) for kind in (m.F1, m.MCC, m.MAE, m.MSE, m.RMSE, m.PearsonCorrelation, m.PCC, m.Loss, m.Torch, m.Caffe)],
        m.CompositeEvalMetric(["acc"], "n", ["o"], ["l"]),
        m.CustomMetric(max, "n", True, ["o"], ["l"]),
    ]
    return [[metric.name, metric.output_names, metric.label_names] for metric in made]


@compact()
def many_batches_in_float32(mx):
    """Sums of many batches lose no digits."""
    metric = mx.metric.create(["mse", "ce", "loss"])
    pred = mx.nd.array([[0.1, 0.9]])
    for _ in range(300):
        metric.metrics[0].update([mx.nd.array([0.1])], [mx.nd.array([0.4])])
        metric.metrics[1].update([mx.nd.array([0])], [pred])
        metric.metrics[2].update(None, [pred])
    return metric.get()
