"""Operators that a test declares."""

from __future__ import annotations

import pytest

from symbolic import registry
from symbolic.operator.declare import Operator, declare, not_differentiable
from symbolic.operator.fields import Tensor


@pytest.fixture(autouse=True)
def own_table(monkeypatch):
    """What a test declares is forgotten after it."""
    monkeypatch.setattr(registry, "_table", dict(registry._table))


class Primitive:
    """Members of a class that declares a whole operator."""

    data = Tensor("Input.")

    def infer_shape(self, data):
        yield "output", data

    gradient = not_differentiable


def made(**members):
    """Declare an operator ``own`` of these members and those of `Primitive`; ``None`` leaves one out."""
    kept = {name: value for name, value in vars(Primitive).items() if not name.startswith("__")}
    return declare(
        type("Own", (Operator,), {"__annotations__": {}, **{n: v for n, v in {**kept, **members}.items() if v is not None}}), "own"
    )


def composite(body, **members):
    """Declare an operator ``own`` that stands for what its body composes."""
    return made(body=body, infer_shape=None, gradient=None, **members)
