"""FeedForward: fit to arrays and iterators, predicted, scored, saved."""

import tempfile
import warnings

import numpy as np

from tests.scenario import scenario

WHY = "sums of a different order, over several steps"


def values(*shape, seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype("f")


def quietly(function, *args, **kwargs):
    """It warns that it is deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)


def mlp(mx):
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=8, name="fc1")
    x = mx.sym.BatchNorm(mx.sym.Activation(x, act_type="tanh"), name="bn", fix_gamma=False)
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=3, name="fc2"), name="softmax")


def parameters(mx):
    shapes = {"fc1_weight": (8, 5), "fc1_bias": (8,), "bn_gamma": (8,), "bn_beta": (8,), "fc2_weight": (3, 8), "fc2_bias": (3,)}
    arguments = {name: mx.nd.array(values(*shape, seed=len(name))) for name, shape in shapes.items()}
    return arguments, {"bn_moving_mean": mx.nd.zeros((8,)), "bn_moving_var": mx.nd.ones((8,))}


def model(mx, **words):
    arguments, states = parameters(mx)
    return quietly(mx.model.FeedForward, mlp(mx), arg_params=arguments, aux_params=states, **words)


def data(mx, rows=17, size=5):
    return mx.io.NDArrayIter(values(rows, 5, seed=4), np.arange(rows) % 3, size)


def dumped(found):
    return [{name: each[name] for name in sorted(each)} for each in (found.arg_params, found.aux_params)]


@scenario(
    {"learning_rate": 0.2},
    {"learning_rate": 0.2, "momentum": 0.9, "epoch_size": 3},
    {"optimizer": "adam", "learning_rate": 0.01, "begin_epoch": 1},
    rtol=5e-4,
    atol=5e-5,
    why=WHY,
)
def fit(mx, words):
    found, told = model(mx, num_epoch=3, **words), []
    found.fit(
        data(mx),
        eval_data=data(mx, 7),
        batch_end_callback=lambda p: told.append((p.epoch, p.nbatch, p.eval_metric.get()[1])),
        epoch_end_callback=lambda epoch, symbol, *params: told.append((epoch, symbol.name, sorted(params[0]))),
        eval_end_callback=lambda p: told.append((p.epoch, p.nbatch, p.eval_metric.get()[1])),
    )
    return told, dumped(found), found.predict(data(mx)), found.score(data(mx))


@scenario()
def arrays(mx):
    found = model(mx, num_epoch=1, numpy_batch_size=4, learning_rate=0.1)
    x, y = values(17, 5, seed=4), np.arange(17) % 3
    return (
        found.predict(x),
        found.predict(mx.nd.array(x)),
        found.predict(x, num_batch=2),
        found.predict(data(mx), return_data=True),
        found.score(data(mx), num_batch=2),
        found.score(data(mx), "mse") if False else found.score(data(mx), mx.metric.CrossEntropy()),
        found._init_iter(x, y, True).batch_size,
        found._init_iter(x, y[:, None], False).provide_label[0].shape,
    )


@scenario("labels", "lengths", "kinds", "axes", "list", "eval", "epochs", "net")
def wrongly(mx, what):
    found = model(mx, num_epoch=None if what == "epochs" else 1)
    x, y = values(17, 5), np.zeros(17)
    if what == "labels":
        return found.fit(x)
    if what == "lengths":
        return found.fit(x, y[:3])
    if what == "kinds":
        return found.fit(x, list(y))
    if what == "axes":
        return found.fit(x, np.zeros((17, 2)))
    if what == "list":
        return found.predict([1, 2])
    if what == "eval":
        return found.fit(x, y, eval_data=3)
    if what == "net":
        return quietly(mx.model.FeedForward, 3)
    return found.fit(x, y)


@scenario(rtol=1e-4, atol=1e-5, why=WHY)
def saved(mx):
    prefix = tempfile.mkdtemp() + "/f"
    found = model(mx, num_epoch=2, learning_rate=0.1)
    found.fit(data(mx))
    found.save(prefix)
    found.save(prefix, 7)
    other = mx.model.FeedForward.load(prefix, 2, num_epoch=3, learning_rate=0.1)
    before = other.predict(data(mx))
    other.fit(data(mx))
    return before, other.begin_epoch, dumped(other), sorted(mx.model.load_params(prefix, 7)[0]), mx.model.load_checkpoint(prefix, 7)[0].name


@scenario()
def created(mx):
    found = mx.model.FeedForward.create(
        mlp(mx), values(20, 5), np.arange(20) % 3, num_epoch=2, learning_rate=0.1, initializer=mx.init.One(), numpy_batch_size=5
    )
    return (
        type(found).__name__,
        found.predict(values(20, 5)).shape,
        sorted(found.arg_params),
        found.num_epoch,
        found.optimizer,
        found.epoch_size,
    )


@scenario()
def extra_parameters(mx):
    arguments, states = parameters(mx)
    arguments["other"] = mx.nd.ones((2,))
    found = mx.model.FeedForward(mlp(mx), arg_params=arguments, aux_params=states, allow_extra_params=True)
    return sorted(found.arg_params), found.predict(values(4, 5))


@scenario(rtol=5e-4, atol=5e-5, why=WHY)
def two_contexts(mx):
    found = model(mx, num_epoch=2, learning_rate=0.1, ctx=[mx.cpu(0), mx.cpu(1)])
    found.fit(data(mx, 18, 6))
    return dumped(found)[0], found.predict(data(mx))


@scenario()
def attributes(mx):
    found = model(mx, num_epoch=3, momentum=0.5)
    return (
        found.num_epoch,
        found.epoch_size,
        found.optimizer,
        found.numpy_batch_size,
        found.begin_epoch,
        [str(c) for c in found.ctx],
        found.kwargs,
    )


@scenario()
def kept_by_pickle(mx):
    found = model(mx)
    found.predict(values(4, 5))
    return found.__getstate__()["_pred_exec"], sorted(found.__getstate__())
