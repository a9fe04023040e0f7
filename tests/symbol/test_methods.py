"""Methods are the operators of the same meaning: the same node, the same signature but for the first input."""

import inspect
import pydoc

import pytest

import symbolic as mx
from symbolic.fluent import Fluent, Method
from symbolic.symbol.handle import Symbol

x, y = mx.sym.Variable("x"), mx.sym.Variable("y")
METHODS = {name: member.operator for name, member in vars(Fluent).items() if isinstance(member, Method)}
WORDS = {
    "astype": {"dtype": "float16"},
    "broadcast_axes": {"axis": 0, "size": 2},
    "broadcast_to": {"shape": (2, 3)},
    "clip": {"a_min": 0, "a_max": 1},
    "depth_to_space": {"block_size": 2},
    "flip": {"axis": 0},
    "one_hot": {"depth": 3},
    "pad": {"mode": "edge", "pad_width": (0, 0, 0, 0, 1, 1, 1, 1)},
    "repeat": {"repeats": 2},
    "slice": {"begin": (0,), "end": (1,)},
    "slice_axis": {"axis": 0, "begin": 0, "end": 1},
    "space_to_depth": {"block_size": 2},
    "split": {"num_outputs": 2},
    "tile": {"reps": (2,)},
}
SECOND = {"broadcast_like": "rhs", "pick": "index", "reshape_like": "rhs", "slice_like": "shape_like", "take": "indices"}


def graph(symbol):
    return symbol.tojson()


@pytest.mark.parametrize("method", METHODS)
def test_method_is_the_function(method):
    words = WORDS.get(method, {}) | ({SECOND[method]: y} if method in SECOND else {})
    function = getattr(mx.sym, METHODS[method])
    assert graph(getattr(x, method)(name="n", **words)) == graph(function(x, name="n", **words))
    assert graph(
        getattr(x, method)(*words.values() if method not in ("pad",) else (), **(words if method == "pad" else {}), name="n")
    ) == graph(function(x, name="n", **words))


@pytest.mark.parametrize("method", METHODS)
def test_method_has_the_signature_and_the_text_of_the_function(method):
    function, bound = getattr(mx.sym, METHODS[method]), getattr(x, method)
    assert list(inspect.signature(bound).parameters) == list(inspect.signature(function).parameters)[1:]
    assert bound.__name__ == method and bound.__doc__ == function.__doc__
    assert function.__doc__.splitlines()[0] in pydoc.render_doc(bound)
    assert inspect.signature(getattr(Symbol, method)) == inspect.signature(function)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda: x.reshape(2, -1, name="n"), lambda: mx.sym.reshape(x, shape=(2, -1), name="n")),
        (lambda: x.reshape((0, -3), reverse=True, name="n"), lambda: mx.sym.reshape(x, shape=(0, -3), reverse=True, name="n")),
        (lambda: x.transpose(1, 0, name="n"), lambda: mx.sym.transpose(x, axes=(1, 0), name="n")),
        (lambda: x.transpose(name="n"), lambda: mx.sym.transpose(x, name="n")),
        (lambda: x.expand_dims(1, inplace=True, name="n"), lambda: mx.sym.expand_dims(x, axis=1, name="n")),
        (lambda: x.squeeze((0, 1), name="n"), lambda: mx.sym.squeeze(x, axis=(0, 1), name="n")),
        (lambda: x.flatten(inplace=True, name="n"), lambda: mx.sym.flatten(x, name="n")),
        (lambda: x.diag(1, name="n"), lambda: mx.sym.diag(x, k=1, name="n")),
        (lambda: x.detach(name="n"), lambda: mx.sym.BlockGrad(x, name="n")),
    ],
)
def test_methods_with_a_form_of_their_own(ours, theirs):
    assert graph(ours()) == graph(theirs())


def test_split_v2():
    with mx.name.NameManager():
        by_method = x.split_v2((1, 3), axis=1)
    with mx.name.NameManager():
        by_function = mx.sym.split_v2(x, (1, 3), axis=1)
    assert graph(by_method) == graph(by_function)
    assert by_method.infer_shape(x=(2, 5))[1] == [(2, 1), (2, 2), (2, 2)]


@pytest.mark.parametrize("method", ["asnumpy", "asscalar", "copy", "backward", "wait_to_read"])
def test_what_only_arrays_can_do(method):
    with pytest.raises(mx.base.NotImplementedForSymbol, match="holds no values"):
        getattr(x, method)()
