"""Read and write states of optimizers as MXNet keeps them: ``{index: array, tuple or None}``, or a pair with the optimizer.

MXNet leaves the writing to Python's serializer, whose files are little programs that may import and call anything. Here a
file is read as data: few of the instructions are known, and few names. An array becomes an array; an object becomes a
`Description`, its class and attributes, of which the reader makes what it knows. Anything else is refused, and nothing that a
file names is ever imported or called.
"""

from __future__ import annotations

import pickletools  # only takes instructions apart: it has none of them done
import struct
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from symbolic.errors import ArgumentError, FormatError, describe, printable
from symbolic.files import params
from symbolic.files.layout import FILE_MAGIC

__all__ = ["Description", "StoredArray", "array_in", "read", "write"]

ARRAYS = {
    "default": ("mxnet.ndarray.ndarray", "NDArray"),
    "row_sparse": ("mxnet.ndarray.sparse", "RowSparseNDArray"),
    "csr": ("mxnet.ndarray.sparse", "CSRNDArray"),
}
ARRAY_NAMES = {*ARRAYS.values(), ("mxnet.ndarray.sparse", "BaseSparseNDArray")}
BYTES = {("builtins", "bytearray"), ("__builtin__", "bytearray"), ("_codecs", "encode")}
NUMBERS = {("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar")}
DTYPE, DICT = ("numpy", "dtype"), ("collections", "OrderedDict")

HEAD, TAIL = struct.pack("<QQQ", FILE_MAGIC, 0, 1), struct.pack("<Q", 0)  # of a ``.params`` file with one array
HINT = "save with dump_optimizer=False, and make the optimizer anew"


class StoredArray(NamedTuple):
    """An array in a file.

    Attributes
    ----------
    values : numpy.ndarray
        Its values, dense.
    storage : str
        ``"default"``, ``"row_sparse"``, or ``"csr"`` if it was read.
    """

    values: np.ndarray
    storage: str = "default"


class Description:
    """An object in a file: the name of its class, and its attributes."""

    def __init__(self, name: tuple[str, str], state: dict[str, Any]):
        self.name, self.state = name, state


# ------------------------------------------------------------------------------------------------------------- reading


class Name(NamedTuple):
    """What a file calls a class or a function."""

    module: str
    name: str


class Kind(NamedTuple):
    """A type of numbers."""

    text: str


class Raw:
    """An array whose bytes come after it."""

    storage = "default"
    content: Any = None


MARK = object()
LITERALS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
VALUES = {
    *("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
    *("SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "SHORT_BINSTRING", "BINSTRING", "BYTEARRAY8"),
}
NO_EFFECT = {"PROTO", "FRAME", "STOP"}


def read(content: bytes, known: Callable[[tuple[str, str]], bool]) -> Any:
    """Read a file of states.

    Parameters
    ----------
    content : bytes
        All of it.
    known : callable
        Whether the reader knows a class, ``(module, name)``.

    Returns
    -------
    object
        Made of dicts, lists, tuples, numbers, text, bytes, `StoredArray` and `Description`. What is one object in the file
        is one here.

    Raises
    ------
    FormatError
        If the content is broken, or names what is not known.
    """
    if not isinstance(content, (bytes, bytearray, memoryview)):
        facts = {"got": type(content).__name__, "expected": "bytes"}
        raise ArgumentError(describe("states are read from bytes", operator="set_states", facts=facts))
    reader = Reader(known)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of names with a backslash
            for instruction, argument, _ in pickletools.genops(bytes(content)):
                reader.do(instruction.name, argument)
        (value,) = reader.stack
    except FormatError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, UnicodeError, struct.error, OverflowError) as error:
        raise _broken(f"they are cut short or damaged ({printable(error)})") from error
    try:
        return _finished(value)
    except RecursionError as error:  # the caller's own stack is deep, or low
        raise _broken("they nest deeper than Python's stack has left") from error


class Reader:
    """The values that a file has built so far."""

    def __init__(self, known: Callable[[tuple[str, str]], bool]):
        self.known = known
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def do(self, name: str, argument: Any) -> None:
        """Follow an instruction."""
        if name in VALUES:
            self.stack.append(argument)
        elif name in LITERALS:
            self.stack.append(LITERALS[name])
        elif name in ("MEMOIZE", "BINPUT", "LONG_BINPUT"):
            self.memo[len(self.memo) if argument is None else argument] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            self.stack.append(self.memo[argument])
        elif name not in NO_EFFECT:
            method = getattr(self, f"do_{name.lower()}", None)
            if method is None:
                raise _broken(f"they hold the instruction {name}, which no file of states has")
            method(argument)

    def pop(self, kind: type | tuple[type, ...] = object) -> Any:
        value = self.stack.pop()
        if not isinstance(value, kind):
            raise _broken("a value is not of the kind that belongs there")
        return value

    def popped_to_mark(self) -> list[Any]:
        start = len(self.stack) - 1 - self.stack[::-1].index(MARK)
        found = self.stack[start + 1 :]
        del self.stack[start:]
        return found

    def top(self, kind: type) -> Any:
        if not isinstance(self.stack[-1], kind):
            raise _broken("a value is not of the kind that belongs there")
        return self.stack[-1]

    def do_mark(self, _: Any) -> None:
        self.stack.append(MARK)

    def do_empty_list(self, _: Any) -> None:
        self.stack.append([])

    def do_append(self, _: Any) -> None:
        value = self.pop()
        self.top(list).append(value)

    def do_appends(self, _: Any) -> None:
        values = self.popped_to_mark()
        self.top(list).extend(values)

    def do_empty_dict(self, _: Any) -> None:
        self.stack.append({})

    def do_setitem(self, _: Any) -> None:
        value, key = self.pop(), self.pop((str, int, float, tuple))
        self.top(dict)[key] = value

    def do_setitems(self, _: Any) -> None:
        values = self.popped_to_mark()
        self.top(dict).update(zip(values[::2], values[1::2], strict=True))

    def do_tuple(self, _: Any) -> None:
        self.stack.append(tuple(self.popped_to_mark()))

    def do_tuple1(self, _: Any) -> None:
        self.stack[-1:] = [tuple(self.stack[-1:])]

    def do_tuple2(self, _: Any) -> None:
        self.stack[-2:] = [(self.stack[-2], self.stack[-1])]

    def do_tuple3(self, _: Any) -> None:
        self.stack[-3:] = [(self.stack[-3], self.stack[-2], self.stack[-1])]

    def do_global(self, argument: str) -> None:
        self.name(*argument.split(" ", 1))

    def do_stack_global(self, _: Any) -> None:
        name, module = self.pop(str), self.pop(str)
        self.name(module, name)

    def name(self, module: str, name: str) -> None:
        found = Name(module, name)
        if found not in ARRAY_NAMES | BYTES | NUMBERS | {DTYPE, DICT} and not self.known(found):
            shown = printable(f"{module}.{name}")
            raise _broken(f"they name {shown}, which is unknown here", hint=f"import the module that registers {shown}; or {HINT}")
        self.stack.append(found)

    def do_reduce(self, _: Any) -> None:
        arguments, name = self.pop(tuple), self.pop(Name)
        if name in ARRAY_NAMES:
            self.stack.append(Raw())
        elif name in BYTES:
            value = arguments[0] if arguments else b""
            self.stack.append(value.encode("latin-1") if isinstance(value, str) else bytes(memoryview(value)))
        elif name in NUMBERS:
            kind, data = arguments
            self.stack.append(np.frombuffer(data, np.dtype(kind.text))[0].item())
        elif name == DTYPE:
            if arguments[0] not in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"):
                raise _broken("a number has an unknown type")
            self.stack.append(Kind(arguments[0]))
        elif name == DICT and not arguments:
            self.stack.append({})
        else:
            raise _broken(f"they make a {printable(name.name)} in a way that is unknown here", hint=HINT)

    def do_newobj(self, _: Any) -> None:
        arguments, name = self.pop(tuple), self.pop(Name)
        if arguments or not self.known(name):
            raise _broken(f"they make a {printable(name.name)} in a way that is unknown here", hint=HINT)
        self.stack.append(Description(name, {}))

    def do_build(self, _: Any) -> None:
        state, target = self.pop(), self.stack[-1]
        if isinstance(target, Raw) and isinstance(state, dict):
            target.content = state["handle"]
        elif isinstance(target, Description) and isinstance(state, dict):
            target.state.update(state)
        elif not isinstance(target, Kind):  # byte order and such, of a type
            raise _broken("attributes are not of the kind that belongs there")


def _finished(value: Any) -> Any:
    """Replace the bytes of arrays by arrays, in everything that was read; each object once."""
    done: dict[int, Any] = {}
    open_now: set[int] = set()

    def finish(value: Any, depth: int) -> Any:
        if value is None or isinstance(value, (bool, int, float, str, bytes)):
            return value
        if id(value) in done:
            return done[id(value)]
        if id(value) in open_now or depth > 60:
            raise _broken("they hold themselves, or nest too deeply")
        open_now.add(id(value))
        if isinstance(value, Raw):
            made: Any = array_in(value.content)
        elif type(value) is dict:
            made = {finish(key, depth + 1): finish(member, depth + 1) for key, member in value.items()}
        elif type(value) in (list, tuple):
            made = type(value)([finish(member, depth + 1) for member in value])
        elif isinstance(value, Description):
            made = Description(value.name, finish(value.state, depth + 1))
        elif isinstance(value, bytearray):
            made = bytes(value)
        else:
            raise _broken("a name or a mark stands where a value belongs")
        open_now.discard(id(value))
        done[id(value)] = made
        return made

    return finish(value, 0)


def array_in(content: Any) -> StoredArray:
    """Read an array: it lies there as it would in a ``.params`` file."""
    if not isinstance(content, (bytes, bytearray)):
        raise _broken("an array has no content")
    found = params.load(HEAD + content + TAIL)
    (values,), (storage,) = found.arrays, found.storage
    return StoredArray(np.zeros(0, np.float32) if values is None else values, "default" if storage == "none" else storage)


def _broken(what: str, hint: str | None = None) -> FormatError:
    return FormatError(describe(f"these are no states of an optimizer: {what}", hint=hint))


# ------------------------------------------------------------------------------------------------------------- writing

# How each is begun, opened and closed.
FILLED = {list: (b"]", b"(", b"e"), dict: (b"}", b"(", b"u"), Description: (b")\x81", b"}(", b"ub")}


def write(value: Any) -> bytes:
    """Write states so that Python's own serializer reads them, as MXNet does: protocol 4, without frames.

    Parameters
    ----------
    value : object
        Made of dicts, lists, tuples, numbers, text, bytes, `StoredArray` and `Description`. Dicts and lists that occur
        twice are one object in the file.
    """
    return b"".join([b"\x80\x04", *_written(value, {}, 0), b"."])


def _written(value: Any, memo: dict[int, int], depth: int) -> Iterator[bytes]:
    if depth > 60:
        raise ArgumentError(describe("states hold themselves, or nest too deeply", operator="get_states"))
    if value is None or isinstance(value, bool):
        yield {None: b"N", True: b"\x88", False: b"\x89"}[value]
    elif isinstance(value, int):
        if -(1 << 31) <= value < 1 << 31:
            yield b"J" + struct.pack("<i", value)
        else:
            data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
            yield b"\x8b" + struct.pack("<i", len(data)) + data
    elif isinstance(value, float):
        yield b"G" + struct.pack(">d", value)
    elif isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        yield b"X" + struct.pack("<I", len(data)) + data
    elif isinstance(value, bytes):
        yield b"\x8e" + struct.pack("<Q", len(value)) + value
    elif isinstance(value, StoredArray):
        yield from _name(ARRAYS[value.storage])
        yield b"N\x85R}"
        yield from _written("handle", memo, depth + 1)
        yield from _name(("builtins", "bytearray"))
        yield from _written(_content(value), memo, depth + 1)
        yield b"\x85Rsb"
    elif id(value) in memo:
        yield b"j" + struct.pack("<I", memo[id(value)])
    elif isinstance(value, tuple):
        yield b"("
        for member in value:
            yield from _written(member, memo, depth + 1)
        yield b"t"
    elif isinstance(value, (list, dict, Description)):
        yield from _filled(value, memo, depth)
    else:
        raise ArgumentError(describe("this cannot be kept in a file of states", facts={"got": repr(value)}, hint=HINT))


def _content(array: StoredArray) -> bytes:
    """Write an array as it would lie in a ``.params`` file; a row-sparse one with all its rows, as MXNet keeps states."""
    values: Any = array.values
    if array.storage == "row_sparse":
        values = params.Stored("row_sparse", values.shape, values, (np.arange(len(values)),))
    return b"".join(params._chunks([], [values]))[len(HEAD) :][: -len(TAIL)]


def _filled(value: Any, memo: dict[int, int], depth: int) -> Iterator[bytes]:
    """Write what may be met again: begin it, note it, fill it."""
    if isinstance(value, Description):
        yield from _name(value.name)
    begin, open_, close = FILLED[type(value)]
    memo[id(value)] = len(memo)
    yield begin + b"\x94" + open_
    if isinstance(value, list):
        members = iter(value)
    else:
        pairs = (value.state if isinstance(value, Description) else value).items()
        members = (part for pair in pairs for part in pair)
    for member in members:
        yield from _written(member, memo, depth + 1)
    yield close


def _name(name: tuple[str, str]) -> Iterator[bytes]:
    for part in name:
        data = part.encode()
        yield b"X" + struct.pack("<I", len(data)) + data
    yield b"\x93"
