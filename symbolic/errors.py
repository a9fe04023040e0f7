"""Every exception of the library, and the one layout of their messages."""

from __future__ import annotations

import difflib
import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = [
    "ArgumentError",
    "BindError",
    "DTypeError",
    "FileError",
    "FormatError",
    "GradientError",
    "IndexingError",
    "InputError",
    "MXNetError",
    "MissingKernel",
    "NameClash",
    "NotImplementedForSymbol",
    "NotReady",
    "NotSupported",
    "OutOfMemory",
    "ParameterError",
    "ShapeError",
    "UnknownArgument",
    "UnknownName",
    "UnknownOperator",
    "WrongBatch",
    "WrongSymbol",
    "as_ours",
    "closest",
    "describe",
    "out_of_memory",
    "printable",
]

LONGEST = 2000  # characters of a message, whatever a file or a user put into it
LONGEST_ALIKE = 200  # characters of a name that may be a slip of the pen
MOST_ALIKE = 10_000  # names that are compared with it


class MXNetError(RuntimeError):
    """Base of all errors of the library; the name MXNet's users catch."""

    def __str__(self) -> str:  # KeyError, a base of some, would print the representation
        return str(self.args[0]) if self.args else ""


class ShapeError(MXNetError, ValueError):
    """Shapes do not fit together, or not enough of them is known."""


class DTypeError(MXNetError, TypeError):
    """Types do not fit together, or an operator does not take one."""


class ParameterError(MXNetError, ValueError):
    """A parameter of an operator is missing, of the wrong kind or out of range."""


class ArgumentError(MXNetError, TypeError, ValueError):
    """A call has too many, too few or the wrong kind of arguments; MXNet raised one or the other of its bases."""


class InputError(ArgumentError, AssertionError):
    """What stands in an input of an operator is no Symbol and no array; MXNet raised AssertionError."""


class WrongSymbol(ArgumentError, AttributeError):
    """What should be a Symbol is none; MXNet raised AttributeError, asking it for its arguments."""


class WrongBatch(ArgumentError, AttributeError):
    """What should be a batch, or an iterator of batches, is none; MXNet raised AttributeError, asking it for its data."""


class NameClash(MXNetError, ValueError):
    """Two things that must be told apart have one name."""


class UnknownName(MXNetError, KeyError, ValueError, IndexError):
    """No output, argument or attribute has this name."""


class UnknownArgument(UnknownName, TypeError):
    """A call has a keyword for which there is no argument; Python's own calls raise TypeError."""


class IndexingError(MXNetError, IndexError, ValueError):
    """An index does not fit an array; MXNet raised one or the other of its bases."""


class UnknownOperator(MXNetError, LookupError, AttributeError):
    """No operator has this name."""


class BindError(MXNetError, ValueError):
    """Arrays do not fit the arguments of a graph."""


class OutOfMemory(BindError, MemoryError):
    """There is no memory for a value, or for what computes it; Python raises MemoryError."""


class GradientError(MXNetError, ValueError):
    """A gradient is asked for that does not exist."""


class MissingKernel(MXNetError, NotImplementedError):
    """The executor cannot compute an operator."""


class NotSupported(MXNetError, NotImplementedError):
    """A known part of MXNet that this library leaves out."""


class NotImplementedForSymbol(NotSupported, TypeError):
    """What arrays can do and symbols, which hold no values, cannot."""


class NotReady(MXNetError, AssertionError):
    """A step is missing that must come first, as ``bind`` before ``forward``; MXNet raised AssertionError."""


class FormatError(MXNetError, ValueError):
    """A file's content is broken or not what its kind demands."""


class FileError(MXNetError, OSError):
    """A file cannot be read or written."""

    def __init__(self, message: str, cause: OSError | None = None):
        super().__init__(message)
        if cause is not None:
            self.errno, self.strerror, self.filename = cause.errno, cause.strerror, cause.filename


def as_ours(error: Exception) -> Exception:
    """Return an exception of the user's code, or of NumPy, as one that is of its class and an `MXNetError`, with the same traceback and notes.

    MXNet's users catch MXNetError, Python's the class that they have raised. A class that allows no such mixture stays as it is.
    """
    if isinstance(error, MXNetError):
        return error
    try:
        kind = _mixed(type(error))
        solid = next(base for base in _bases(kind) if base.__module__ == "builtins")
        made = solid.__new__(kind, *error.args)
        next(base for base in type(error).__mro__ if base.__module__ == "builtins").__init__(made, *error.args)
    except TypeError:
        return error
    made.args = error.args
    if isinstance(error, OSError) and isinstance(made, OSError):
        made.filename = error.filename  # it is not among the arguments
    made.__dict__.update(error.__dict__)
    made.__cause__, made.__context__, made.__suppress_context__ = error.__cause__, error.__context__, error.__suppress_context__
    return made.with_traceback(error.__traceback__)


def _bases(kind: type) -> Iterator[type]:
    """Walk down the classes whose memory an object of this one extends."""
    while kind.__base__ is not None:
        kind = kind.__base__
        yield kind


@functools.cache
def _mixed(kind: type[Exception]) -> type[Exception]:
    return type(
        kind.__name__, (MXNetError, kind), {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__str__": kind.__str__}
    )


def printable(text: Any, limit: int = 80) -> str:
    """Spell ``text`` on one line without control characters, shortened to ``limit`` characters."""
    text = str(text)
    if len(text) > limit:
        text = f"{text[: limit - 15]}... ({len(text)} long)"
    return text if text.isprintable() else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def closest(name: str, known: Iterable[str]) -> str:
    """Say which of ``known`` look like ``name``: ``"; did you mean 'a' or 'b'?"``, or nothing.

    Names may come from a file: long ones are left out, and so is what comes after very many, for comparing takes time.
    """
    if len(name) > LONGEST_ALIKE:
        return ""
    short = itertools.islice((other for other in known if len(other) <= LONGEST_ALIKE), MOST_ALIKE)
    found = difflib.get_close_matches(name, short, n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(repr(f) for f in found)}?" if found else ""


def out_of_memory(
    error: BaseException, what: str = "there is no memory for this value", *, node: Any = None, operator: str | None = None, **facts: Any
) -> OutOfMemory:
    """Make the error about an allocation that failed, at a node or in an operator: what was wanted, and how many bytes that is.

    Parameters
    ----------
    error : MemoryError
        What was raised; NumPy's knows shape and type of the array.
    **facts
        ``got`` and ``needs``, where the caller knows better than NumPy.
    """
    shape, dtype = getattr(error, "shape", None), getattr(error, "dtype", None)
    if not facts and isinstance(shape, tuple) and dtype is not None:
        facts = {"got": f"{shape} {dtype}", "needs": f"{math.prod(shape) * dtype.itemsize} bytes"}
    return OutOfMemory(describe(what, node=node, operator=operator, facts=facts))


def describe(
    what: str,
    *,
    node: Any = None,
    operator: str | None = None,
    name: str | None = None,
    facts: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
    hint: str | None = None,
) -> str:
    """Lay out a message: who and where, what is wrong, the facts in a column, a way out.

    Parameters
    ----------
    what : str
        One sentence: what is wrong.
    node : Node, optional
        Where; gives name, operator and the user's line.
    operator, name : str, optional
        The same for a node that does not exist yet.
    facts : mapping or pairs
        What was found and what is needed.
    hint : str, optional
        What to do.
    """
    place = ""
    if node is not None:
        name, operator = node.name, node.op.name if node.op is not None else "variable"
        line = node.line
        place = f", made at {line}" if line else ""
    if operator is not None:
        who = f"{printable(name)} ({printable(operator)}{place}): " if name else f"{printable(operator)}: "
    else:
        who = f"{printable(name)}: " if name else ""
    pairs = list(facts.items() if isinstance(facts, Mapping) else facts)
    width = max((len(key) for key, _ in pairs), default=0)
    lines = [who + what, *(f"  {key:<{width}}  {printable(value, 300)}" for key, value in pairs)]
    if hint:
        lines.append(f"  {hint}")
    text = "\n".join(lines)
    return text if len(text) <= LONGEST else text[: LONGEST - 4] + " ..."
