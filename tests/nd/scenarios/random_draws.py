"""``mx.random``: what draws look like, not what they are: shapes, types, contexts, ranges and moments; and what is refused."""

from __future__ import annotations

import numpy as np

from tests.nd.packing import scenario

COUNT = 20000


def near(found, wanted, allowed):
    return bool(abs(found - wanted) <= allowed)


DRAWS = {
    "uniform": (lambda r, **w: r.uniform(-1, 3, **w), 1, 4 / 12**0.5, -1, 3),
    "uniform plain": (lambda r, **w: r.uniform(**w), 0.5, 1 / 12**0.5, 0, 1),
    "normal": (lambda r, **w: r.normal(2, 3, **w), 2, 3, -40, 40),
    "exponential": (lambda r, **w: r.exponential(4, **w), 4, 4, 0, 1e3),
    "gamma": (lambda r, **w: r.gamma(9, 0.5, **w), 4.5, 1.5, 0, 1e3),
    "poisson": (lambda r, **w: r.poisson(4, **w), 4, 2, 0, 100),
    "negative_binomial": (lambda r, **w: r.negative_binomial(3, 0.4, **w), 4.5, (3 * 0.6 / 0.16) ** 0.5, 0, 1e3),
    "generalized_negative_binomial": (lambda r, **w: r.generalized_negative_binomial(2, 0.3, **w), 2, (2 + 4 * 0.3) ** 0.5, 0, 1e3),
}


@scenario(*DRAWS)
def drawn(mx, name):
    draw, mean, deviation, low, high = DRAWS[name]
    found = []
    for space in (mx.random, mx.nd.random):
        x = draw(space, shape=(COUNT,)).asnumpy()
        found += [
            near(x.mean(), mean, 0.05 * max(deviation, 1)),
            near(x.std(), deviation, 0.06 * max(deviation, 1)),
            bool((x >= low).all() and (x <= high).all()),
        ]
        found += [
            draw(space).shape,
            draw(space, shape=3).shape,
            draw(space, shape=(2, 3)).shape,
            draw(space, shape=(2,)).dtype,
            draw(space, shape=(2,), ctx=mx.cpu(1)).context,
        ]
        out = mx.nd.zeros((2, 3))
        found += [draw(space, out=out) is out, bool(out.asnumpy().std() > 0), draw(space, shape=(2, 3), out=out) is out]
        for dtype in ("float16", "float32", "float64"):
            found.append(draw(space, shape=(2,), dtype=dtype).dtype)
    return found


@scenario(*DRAWS)
def seeded(mx, name):
    draw = DRAWS[name][0]
    found = []
    for seed in (5, 5, 6):
        mx.random.seed(seed)
        found.append([draw(mx.random, shape=(50,)).asnumpy(), draw(mx.random, shape=(50,)).asnumpy()])
    (a, b), (c, d), (e, _) = found
    return [bool((a == c).all() and (b == d).all()), bool((a == b).all()), bool((a == e).all())]


PARAMETERS = {
    "uniform": lambda nd, **w: (nd.array([0, 10, 20]), nd.array([1, 11, 30])),
    "normal": lambda nd, **w: (nd.array([0, 10, 20]), nd.array([1, 2, 3])),
    "exponential": lambda nd, **w: (nd.array([1, 5, 10]),),
    "gamma": lambda nd, **w: (nd.array([4, 9, 16]), nd.array([1, 2, 0.5])),
    "poisson": lambda nd, **w: (nd.array([1, 4, 20]),),
    "negative_binomial": lambda nd, **w: (nd.array([1, 4, 9]), nd.array([0.3, 0.5, 0.8])),
    "generalized_negative_binomial": lambda nd, **w: (nd.array([1, 4, 9]), nd.array([0.3, 0.5, 0.8])),
}
MEANS = {
    "uniform": [0.5, 10.5, 25], "normal": [0, 10, 20], "exponential": [1, 5, 10], "gamma": [4, 18, 8], "poisson": [1, 4, 20],
    "negative_binomial": [7 / 3, 4, 2.25], "generalized_negative_binomial": [1, 4, 9],
}  # fmt: skip


@scenario(*PARAMETERS)
def drawn_for_arrays(mx, name):
    values = PARAMETERS[name](mx.nd)
    draw = getattr(mx.nd.random, name)
    x = draw(*values, shape=8000).asnumpy()
    found = [
        x.shape,
        [near(m, w, 0.1 * max(w, 1)) for m, w in zip(x.mean(axis=1), MEANS[name], strict=True)],
        draw(*values).shape,
        draw(*values, shape=(2, 3)).shape,
    ]
    out = mx.nd.zeros((3, 2))
    return [
        *found,
        draw(*values, shape=2, out=out) is out,
        draw(*values, shape=(1,)).dtype,
        draw(*[v.reshape((3, 1)) for v in values], shape=2).shape,
    ]


@scenario()
def whole_numbers(mx):
    r = mx.random
    x = r.randint(-3, 4, shape=(COUNT,))
    found = [
        x.dtype,
        sorted(set(x.asnumpy().tolist())),
        near(x.asnumpy().mean(), 0, 0.1),
        r.randint(0, 5).shape,
        r.randint(0, 5, shape=(2, 3)).shape,
    ]
    found += [
        r.randint(0, 5, shape=(2,), dtype="int64").dtype,
        r.randint(low=1, high=2, shape=(3,)),
        r.randint(0, 2**40, shape=(3,), dtype="int64").dtype,
    ]
    out = mx.nd.zeros((4,), dtype="int32")
    return [*found, r.randint(7, 8, out=out) is out, out, r.randint(0, 3, (2,), "int32", mx.cpu(1)).context]


@scenario()
def standard(mx):
    r = mx.random
    x = r.randn(100, 200, loc=1, scale=2).asnumpy()
    found = [
        near(x.mean(), 1, 0.06),
        near(x.std(), 2, 0.06),
        r.randn(2).shape,
        r.randn(2, 3, 4).shape,
        r.randn(2, dtype="float64").dtype,
    ]
    return [*found, r.randn(2, ctx=mx.cpu(1)).context, mx.nd.random.randn(3, 1, loc=mx.nd.array([1, 2]), scale=mx.nd.array([1, 1])).shape]


@scenario()
def categories(mx):
    p = mx.nd.array([[0, 0.1, 0.2, 0.7], [0.25, 0.25, 0.5, 0]])
    r = mx.random
    x = r.multinomial(p, shape=10000).asnumpy()
    shares = np.array([[(row == k).mean() for k in range(4)] for row in x])
    found = [
        x.shape,
        x.dtype.name,
        bool(np.allclose(shares, p.asnumpy(), atol=0.03)),
        r.multinomial(p).shape,
        r.multinomial(p[0]).shape,
        r.multinomial(p[0], shape=(2, 3)).shape,
    ]
    drawn, logs = r.multinomial(p, shape=5, get_prob=True)
    wanted = np.log(np.take_along_axis(p.asnumpy(), drawn.asnumpy().astype(int), 1))
    found += [drawn.shape, logs.shape, logs.dtype, bool(np.allclose(logs.asnumpy(), wanted, atol=1e-5))]
    for dtype in ("uint8", "int32", "float16", "float32", "float64"):
        found.append(r.multinomial(p, shape=2, dtype=dtype).dtype)
    return [*found, mx.nd.random.multinomial(mx.nd.array([0, 0, 1, 0]), shape=4), mx.nd.sample_multinomial(p).shape]


@scenario()
def shuffled(mx):
    x = mx.nd.arange(300).reshape((100, 3))
    y = mx.random.shuffle(x).asnumpy()
    found = [y.shape, bool((y[np.argsort(y[:, 0])] == x.asnumpy()).all()), bool((y == x.asnumpy()).all())]
    one = mx.nd.arange(50)
    return [
        *found,
        np.sort(mx.nd.random.shuffle(one).asnumpy()),
        mx.nd.shuffle(one).shape,
        mx.random.shuffle(one, out=one) is one,
        np.sort(one.asnumpy()),
    ]


REFUSED = {
    "mixed": lambda mx: mx.random.uniform(mx.nd.array([0]), 1),
    "mixed normal": lambda mx: mx.random.normal(0, mx.nd.array([1])),
    "text": lambda mx: mx.random.uniform("a", 1),
    "seed": lambda mx: mx.random.seed("a"),
    "seed of a fraction": lambda mx: mx.random.seed(3.5),
    "int type": lambda mx: mx.random.uniform(0, 1, shape=(2,), dtype="int32"),
    "float whole": lambda mx: mx.random.randint(0, 5, shape=(2,), dtype="float32"),
    "fraction of whole": lambda mx: mx.random.randint(0.5, 5.5, shape=(2,)),
    "arrays of whole": lambda mx: mx.random.randint(mx.nd.array([1]), mx.nd.array([5])),
    "no bounds": lambda mx: mx.random.randint(),
    "out shape": lambda mx: mx.random.uniform(shape=(2,), out=mx.nd.zeros((3,))),
    "scale": lambda mx: mx.random.normal(0, -1, shape=(2,)).wait_to_read(),
    "poisson": lambda mx: mx.random.poisson(-1, shape=(2,)).wait_to_read(),
    "no such": lambda mx: mx.random.no_such(),
}


@scenario(*REFUSED)
def refused(mx, name):
    REFUSED[name](mx)


@scenario()
def contexts_and_seeds(mx):
    mx.random.seed(3, ctx=mx.cpu(0))
    a = mx.random.uniform(shape=(4,)).asnumpy()
    mx.random.seed(3, ctx=mx.cpu(0))
    b = mx.random.uniform(shape=(4,)).asnumpy()
    mx.random.seed(seed_state=9, ctx="all")
    np.random.seed(1)
    c = np.random.uniform(size=3)
    return [bool((a == b).all()), c, mx.random.seed(0), mx.random.seed(np.int64(4)), mx.random.seed(-1)]


@scenario()
def operators(mx):
    nd, like = mx.nd, mx.nd.ones((2, 3))
    found = [
        nd.random_uniform(low=2, high=3, shape=(2, 2)).shape,
        nd.uniform(2, 3, shape=(2,)).shape,
        nd.random_normal(shape=(2,)).dtype,
        nd.normal(shape=3).shape,
    ]
    found += [
        nd.random_gamma(alpha=2, beta=3, shape=(2,)).shape,
        nd.random_exponential(lam=4, shape=(1,)).shape,
        nd.random_poisson(lam=4, shape=(2,)).shape,
    ]
    found += [
        nd.sample_uniform(nd.array([0, 1]), nd.array([1, 2]), shape=3).shape,
        nd.sample_normal(nd.array([0]), nd.array([1])).shape,
        nd.random.uniform_like(like).shape,
    ]
    found += [
        nd.random.normal_like(like, loc=5, scale=0.001).asnumpy().round(0),
        nd.random.exponential_like(like, lam=2).shape,
        nd.random.gamma_like(like).shape,
    ]
    return [
        *found,
        nd.random.poisson_like(like).shape,
        nd.random.negative_binomial_like(like, k=2, p=0.5).shape,
        nd.random_randint(low=0, high=2, shape=(3,)).dtype,
    ]
