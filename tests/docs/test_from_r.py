"""``docs/from_r.md`` has every function, is current, and each of its Python lines runs."""

from __future__ import annotations

import warnings

import pytest

import symbolic as mx
from symbolic import registry
from tests.docs import from_r
from tests.docs.r_functions import PRELUDE, SECTIONS

TEXT = from_r.PAGE.read_text(encoding="utf-8")


def test_page_is_current():
    assert from_r.page(from_r.shown()) == TEXT, "run python -m tests.docs.from_r"


def test_every_operator_is_on_the_page():
    for name in registry.names():
        assert name.startswith("_") or f"`mx.symbol.{name}(" in TEXT, name


@pytest.mark.parametrize("name", from_r.names())
def test_operator_line_composes(name):
    _, line, variables = from_r.call(name)
    made = eval(line, {"mx": mx, **{variable: mx.sym.Variable(variable) for variable in variables}})
    if name == "reset_arrays":  # which has no output to look through
        assert made.list_outputs() == []
        return
    assert isinstance(made, mx.Symbol) and set(variables) <= set(made.list_inputs())
    assert made.graph.nodes[-1].op.canonical is registry.find(name).canonical


def test_other_lines_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(PRELUDE, names)
    for _, _, rows in SECTIONS:
        for r, line, _ in rows:
            if line:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    warnings.filterwarnings("ignore", "FeedForward is deprecated", DeprecationWarning)
                    try:
                        exec(line, names)
                    except Exception as error:
                        raise AssertionError(f"{r}: {line}: {error}") from error
    mx.profiler.set_state("stop")  # a line above starts it


def test_rows_without_a_line_say_why():
    for _, _, rows in SECTIONS:
        for r, line, note in rows:
            assert line or note, r
