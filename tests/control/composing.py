"""What the tests of loops share."""

import symbolic as mx

EXECUTORS = ("numpy", "reference")
W = mx.sym.Variable("w")


def over(body):
    """Make a loop over ``data``, starting from ``s``; ``W`` is a value outside of it."""
    return mx.sym.contrib.foreach(body, mx.sym.Variable("data"), mx.sym.Variable("s"))
