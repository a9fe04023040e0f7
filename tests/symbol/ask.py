"""Ask a library questions about symbols: expressions, evaluated in order; the answers are plain data.

The same code runs under MXNet (``tests/symbol/record.py``) and under this library (``tests/symbol/test_answers.py``).
"""

import contextlib
import copy
import json
import pickle
import threading
import warnings

import numpy as np

__all__ = ["answers", "questions_of"]


def within(function, *scopes):
    """Call a function inside some scopes."""
    with contextlib.ExitStack() as stack:
        entered = [stack.enter_context(scope) for scope in scopes]
        return function(*entered[: function.__code__.co_argcount])


def elsewhere(function):
    """Call a function in another thread."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def plain(value):
    """Spell an answer as JSON can hold it."""
    if hasattr(value, "list_outputs"):
        return {"symbol": repr(value), "arguments": value.list_arguments(), "outputs": value.list_outputs()}
    if isinstance(value, type):
        return f"<{value.__name__}>"
    if isinstance(value, dict):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    if isinstance(value, (str, bool, int, float, type(None))):
        return value
    return f"{type(value).__name__} {value!r}"


def questions_of(text):
    """List the lines of a topic: ``! statement`` or an expression; ``#`` begins a comment."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def answers(mx, text):
    """Answer the questions of a topic.

    Parameters
    ----------
    mx : module
        MXNet, or this library.
    text : str
        A line each; names are counted from zero in every one.

    Returns
    -------
    dict
        Expression -> ``{"value": ...}``, or ``{"error": names}`` with the classes of what was raised.
    """
    scope = {"mx": mx, "S": mx.sym, "nd": mx.nd, "np": np, "copy": copy, "pickle": pickle, "json": json}
    scope |= {"within": within, "elsewhere": elsewhere}
    found = {}
    for line in questions_of(text):
        with mx.name.NameManager(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if line.startswith("! "):
                exec(line[2:], scope)
                continue
            try:
                found[line] = {"value": plain(eval(line, scope))}
            except Exception as error:
                names = [cls.__name__ for cls in type(error).__mro__]
                found[line] = {"error": [name for name in names if name not in ("object", "BaseException", "Exception")]}
    return found
