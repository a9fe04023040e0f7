"""Graphs with loops and conditions, composed alike by MXNet 1.9.1 and here, and what becomes of them.

``/work/ref/bin/python -m tests.control.cases`` writes ``recorded.json``: for each graph its JSON text and names as MXNet
writes them; for those that it can run, too, outputs and gradients. Only NumPy is imported, and the module that is given.
"""

import json
from pathlib import Path

import numpy as np

RECORDED = Path(__file__).parent / "recorded.json"


def uniform(shape, seed):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype("float32")


def scripts(mx):
    """Yield name, symbol, shapes of arguments to run it with (or None), values that matter."""
    var, contrib, group = mx.sym.Variable, mx.sym.contrib, mx.sym.Group
    w, data, s, x, y = map(var, ("w", "data", "s", "x", "y"))
    rows = {"data": (3, 2), "s": (2,), "w": (2,)}

    def scale(row, states):
        out = row * w + states[0]
        return [out, out * 2], [out]

    outs, states = contrib.foreach(scale, data, [s])
    yield "two outputs, one the state", group(outs + states), rows, {}
    out, state = contrib.foreach(lambda row, st: (row * w + st, st * row + w), data, s, name="own")
    yield "no lists, a name", group([out, state]), rows, {}
    yield "last state alone", state, rows, {}

    def shared(row, states):
        normed = mx.sym.BatchNorm(row[0], name="bn")
        return normed + row[1] + states[1], [states[1], states[0]]

    out, states = contrib.foreach(shared, [var("d1"), var("d2")], [var("i1"), var("i2")])
    yield "states swapped, batch norm", group([out, *states]), None, {}
    halves = mx.sym.split(data, num_outputs=2, axis=1, name="sp")
    out, state = contrib.foreach(lambda row, st: (row[0] + row[1] + st, st), [halves[0], halves[1]], s)
    yield "outputs of one node as data", out, {"data": (3, 2), "s": (1,)}, {}
    out, state = contrib.foreach(lambda row, st: (row + 1, st), data, s)
    yield "nothing depends on the state", group([out, state]), rows, {}
    out, state = contrib.foreach(lambda row, st: (st, row), data, s)
    yield "shift", group([out, state]), rows, {}
    yield (
        "rows of a vector",
        contrib.foreach(lambda row, st: (row * w + st, st * row), data, s)[0],
        {"data": (3,), "s": (1,), "w": (1,)},
        {},
    )
    yield "no states", contrib.foreach(lambda row, st: (row * 2, []), data, [])[0], {"data": (3, 2)}, {}
    yield "no outputs", contrib.foreach(lambda row, st: ([], [st[0] + row]), data, [s])[1][0], rows, {}
    found = contrib.foreach(lambda row, st: ([row, [row + 1, row + 2]], st), data, [s, [s + 1]])
    yield "nested lists", group([found[0][0], *found[0][1], found[1][0], found[1][1][0]]), rows, {}
    out, state = contrib.foreach(lambda row, st: (row + mx.sym.sum(data), st * 2), data, s)
    yield "data read whole too", out, rows, {}

    def layer(row, st):
        inner = mx.sym.FullyConnected(row, num_hidden=4, name="in") + mx.sym.FullyConnected(st, num_hidden=4, name="h", no_bias=True)
        return (mx.sym.tanh(inner),) * 2

    out, state = contrib.foreach(layer, data, s)
    sizes = {"data": (3, 2, 3), "s": (2, 4), "in_weight": (4, 3), "in_bias": (4,), "h_weight": (4, 4)}
    yield "recurrent layer", group([out, state]), sizes, {}
    outside = w * 2

    def nest(row, states):
        here = mx.sym.sum(row) * outside

        def inner(cell, inner_states):
            return mx.sym.broadcast_mul(cell, here) + var("made_within"), [inner_states[0] * cell + states[0]]

        out, inner_states = contrib.foreach(inner, row, [states[0]])
        return out, [inner_states[0]]

    for name in ("nested", "nested again"):
        out, states = contrib.foreach(nest, data, [s], name="outer")
        yield name, group([out, *states]), {"data": (3, 2, 1), "s": (1,), "w": (1,), "made_within": (1,)}, {}
    with mx.AttrScope(ctx_group="g", __lr_mult__="2"), mx.name.Prefix("pre_"):
        yield "scopes", contrib.foreach(lambda row, st: (row * w + var("v"), st), data, s)[0], None, {}
    yield "dropout", contrib.foreach(lambda row, st: (mx.sym.Dropout(row), st), data, s)[0], None, {}

    i = var("i")
    out, states = contrib.while_loop(lambda i, s: i < 3, lambda i, s: (s * w, [i + 1, s * s + i * w]), [i, s], max_iterations=5)
    whole = group([out, *states])
    for start in (0, 2, -9):
        yield f"while from {start}", whole, {"i": (1,), "s": (1,), "w": (1,)}, {"i": [start]}
    out, states = contrib.while_loop(lambda i, s: i * w < var("made"), lambda i, s: (i + s, [i + 1, i + w]), [i, s], 5, name="own")
    yield "while with variables of its own", group([out, *states]), None, {}
    yield "while without outputs", contrib.while_loop(lambda i: i < 5, lambda i: (None, i + 1), i, 5)[1], {"i": (1,)}, {"i": [2]}
    states = contrib.while_loop(lambda i: i < var("z"), lambda i: (i * 2, [i + var("z")]), [i], 5)[1]
    yield "while with one name twice", group(states), None, {}
    yield (
        "while swapping",
        contrib.while_loop(lambda i, j: i < j, lambda i, j: (j, [j, i]), [i, var("j")], 5)[0],
        {"i": (1,), "j": (1,)},
        {"i": [0], "j": [1]},
    )

    choice = contrib.cond(x < y, lambda: x * w * x, lambda: x - y * y)
    for value in (-2, 2):
        yield f"cond of {value}", choice, {"x": (1,), "y": (1,), "w": (1,)}, {"x": [value]}
    pair = contrib.cond(mx.sym.sum(x) < 0, lambda: [x * w, y], lambda: [x - y * y, w * 2], name="own")
    for value in (-2, 2):
        yield f"cond of two outputs of {value}", group(pair), dict.fromkeys("xyw", (2, 3)), {"x": np.full((2, 3), value).tolist()}
    for value in (0.0, 0.5, -1.0):
        yield f"cond on {value}", contrib.cond(x, lambda: x * 2, lambda: x * 3), {"x": (1,)}, {"x": [value]}
    yield "cond of variables", contrib.cond(s * 2, lambda: data, lambda: s), None, {}
    yield "cond with variables of its own", contrib.cond(x < 1, lambda: x * var("z"), lambda: x + var("z")), {"x": (1,), "z": (1,)}, {}
    inner = contrib.cond(
        x < 1, lambda: contrib.cond(x < 2, lambda: x + 1, lambda: x + 3), lambda: contrib.foreach(lambda row, st: (row, st), x, x.sum())[0]
    )
    yield "cond of cond and foreach", inner, None, {}


def prepared(mx, symbol, shapes, values):
    """Make arrays for the arguments."""
    found = {name: mx.nd.array(uniform(shape, seed)) for seed, (name, shape) in enumerate(sorted(shapes.items()))}
    found.update({name: mx.nd.array(value) for name, value in values.items()})
    return {name: found[name] for name in symbol.list_arguments()}


def computed(mx, symbol, shapes, values, **how):
    """Run forwards and backwards: outputs, and gradients by name."""
    arguments = prepared(mx, symbol, shapes, values)
    gradients = {name: mx.nd.zeros(array.shape) for name, array in arguments.items()}
    bound = symbol.bind(mx.cpu(), arguments, gradients, **how)
    outputs = [output.asnumpy().tolist() for output in bound.forward(is_train=True)]
    bound.backward([mx.nd.array(uniform(output.shape, 100 + place)) for place, output in enumerate(bound.outputs)])
    return outputs, {name: array.asnumpy().tolist() for name, array in bound.grad_dict.items()}


def described(symbol):
    return {
        "json": symbol.tojson(),
        "arguments": symbol.list_arguments(),
        "states": symbol.list_auxiliary_states(),
        "outputs": symbol.list_outputs(),
    }


def main():
    import mxnet as mx

    found = {}
    for name, symbol, shapes, values in scripts(mx):
        found[name] = described(symbol)
        if shapes is not None:
            try:
                found[name]["values"], found[name]["gradients"] = computed(mx, symbol, shapes, values)
                if name.startswith("while from"):  # rows of steps that are not made are undefined there
                    rows = found[name]["values"][0]
                    steps = max(0, 3 - values["i"][0])
                    rows[steps:] = [[0.0]] * (len(rows) - min(steps, len(rows)))
            except mx.MXNetError as error:  # its loops have holes
                print(f"{name}: {str(error).strip().splitlines()[-1]}")
    RECORDED.write_text(json.dumps(found, indent=0) + "\n")
    print(f"{len(found)} graphs, {RECORDED.stat().st_size} bytes")


if __name__ == "__main__":
    main()
