"""Ask a library questions about symbols: expressions, evaluated in order; the answers are plain data.

The questions are the lines of ``tests/symbol/questions/<topic>.txt``: ``! statement``, or an expression. The same code
asks MXNet (``tests/symbol/record.py``) and this library (``tests/symbol/test_answers.py``).
"""

import contextlib
import copy
import json
import pickle
import threading
import warnings
from pathlib import Path

import numpy as np

__all__ = ["answers", "questions_of", "topics"]

QUESTIONS = Path(__file__).with_name("questions")


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


def topics():
    """Name all topics."""
    return sorted(path.stem for path in QUESTIONS.glob("*.txt"))


def questions_of(topic):
    """List the lines of a topic."""
    return (QUESTIONS / f"{topic}.txt").read_text(encoding="utf-8").splitlines()


def answers(mx, topic):
    """Answer the questions of a topic; names are counted from zero in every one.

    Parameters
    ----------
    mx : module
        MXNet, or this library.
    topic : str
        Name of the file of questions.

    Returns
    -------
    dict
        Expression -> ``{"value": ...}``, or ``{"error": names}`` with the classes of what was raised.
    """
    scope = {"mx": mx, "S": mx.sym, "nd": mx.nd, "np": np, "copy": copy, "pickle": pickle, "json": json}
    scope |= {"within": within, "elsewhere": elsewhere}
    found = {}
    for line in questions_of(topic):
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
