"""The formula of a region as one loop over its arrays, in LLVM's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from executors.fuse import Region
from executors.numba.expressions import constants_of, expression_of, simpler
from executors.numba.machine import FUSES, HAS_HALF, LANES, REGISTER, address_of
from executors.numba.vector import TYPES, Code, Vector, type_of

__all__ = ["HEADER", "Compiled", "Formula", "compiled", "looped"]

HEADER = 4  # words before the pointers: the rows and columns to compute
MOST_REMEMBERED = 4096
IN_MEMORY = {**TYPES, "b1": "i8"}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A region's machine code. It takes one argument, the address of a block of 64-bit words:

    ``first row, end, first column, end``, a pointer for each array, the ``words``, the sizes of the axes before the last,
    and for each array its strides along them, in bytes.

    Attributes
    ----------
    address : int
        Where the function lies.
    words : tuple of int
        Numbers from the parameters of operators.
    work : int
        About how many instructions it takes for each vector.
    """

    address: int
    words: tuple[int, ...]
    work: int


Formula = Callable[..., list[Vector]]
Member = tuple[str, tuple[int, ...], np.dtype, tuple[np.dtype, ...]]  # operator, what it reads, type, types of its numbers

_remembered: dict[Any, Compiled | None] = {}


def compiled(
    region: Region, dtypes: Sequence[np.dtype], stretched: tuple[bool, ...], rank: int, streamed: tuple[int, ...] = ()
) -> Compiled | None:
    """Compile a region, or look it up; ``None`` if an operator in it is left to NumPy.

    Parameters
    ----------
    stretched : tuple of bool
        Which of the arrays, read ones before written ones, repeat one element along the last axis.
    rank : int
        How many axes the loop has.
    streamed : tuple of int
        Places of written arrays, each on a cache line, that go to memory past the cache.
    """
    names = {value: place for place, value in enumerate(region.reads)}
    members: list[Member] = []
    words: list[int] = []  # numbers differ where the code is the same
    known = None
    for step in region.members:
        made = dtypes[step.writes[0]]
        if made is not known and type_of(known := made) is None:
            return None
        name = simpler(step.node.op.name, step.node.params)
        constants = constants_of(name, step.node.params, made)
        if constants is None:
            return None
        for constant in constants:
            words.append(int.from_bytes(constant.tobytes().ljust(8, b"\0"), "little", signed=True))
        members.append((name, tuple([names[value] for value in step.reads]), made, tuple([constant.dtype for constant in constants])))
        names[step.writes[0]] = len(names)
    read = tuple([dtypes[value] for value in region.reads])
    key = (read, tuple(members), tuple([names[value] for value in region.writes]), stretched, rank, streamed)
    try:
        found = _remembered[key]
    except KeyError:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        found = _remembered[key] = _compile(*key)
    return None if found is None else replace(found, words=tuple(words))


def _compile(
    read: Sequence[np.dtype],
    members: Sequence[Member],
    written: Sequence[int],
    stretched: Sequence[bool],
    rank: int,
    streamed: Sequence[int],
) -> Compiled | None:
    """Compile a region of ``members``; values are numbered: those that are ``read``, then one for each member."""
    dtypes = [*read, *[made for _, _, made, _ in members]]
    types = [type_of(dtype) or "" for dtype in dtypes]
    kinds = [*types[: len(read)], *[types[value] for value in written]]
    if "" in kinds or ("f2" in kinds and not HAS_HALF):
        return None
    code = Code(LANES, FUSES)
    values = [loaded(code, kinds[place], place, stretched[place]) for place in range(len(read))]
    numbers: list[str] = []
    for name, reads, _, constants in members:
        made = types[len(values)]
        expression = expression_of(name, [types[value] for value in reads], made)
        if expression is None:
            return None
        arguments = [values[value] for value in reads]
        for constant in constants:
            kind = type_of(constant)
            if kind is None or computed(kind) != arguments[0].kind:
                return None
            arguments.append(widened(Vector(code, kind, f"%c{len(numbers)}")))
            numbers.append(kind)
        values.append(narrowed(expression(*arguments), made))
    for place, value in enumerate(written, len(read)):
        stored(code, values[value], kinds[place], place)
    text = module(code, kinds, stretched, numbers, rank, streamed)
    return Compiled(address_of(text), (), len(code.lines))


def looped(formula: Formula, kinds: tuple[str, ...], stretched: tuple[bool, ...], rank: int) -> Compiled:
    """Compile a loop for a formula: a function from vectors to a list of vectors, some read and some written.

    Parameters
    ----------
    kinds : tuple of str
        The types of the arrays, read ones before written ones.
    """
    key = (formula, kinds, stretched, rank)
    found = _remembered.get(key)
    if found is None:
        code = Code(LANES, FUSES)
        reads = formula.__code__.co_argcount
        made = formula(*[loaded(code, kinds[place], place, stretched[place]) for place in range(reads)])
        for place, value in enumerate(made, reads):
            stored(code, value, kinds[place], place)
        found = Compiled(address_of(module(code, kinds, stretched, [], rank)), (), len(code.lines))
        _remembered[key] = found
    return found


def computed(kind: str) -> str:
    """The type in which numbers of a type are computed: float16 in float32, each result rounded."""
    return "f4" if kind == "f2" else kind


def widened(x: Vector) -> Vector:
    return x.to(computed(x.kind))


def narrowed(x: Vector, kind: str) -> Vector:
    return x.to(kind).to(computed(kind))


def loaded(code: Code, kind: str, place: int, stretched: bool) -> Vector:
    """Read the array of this place."""
    if stretched:
        return widened(Vector(code, kind, f"%s{place}"))
    memory = f"<{code.lanes} x {IN_MEMORY[kind]}>"
    suffix = f"v{code.lanes}{IN_MEMORY[kind] if kind[0] not in 'f' else 'f' + str(8 * int(kind[1]))}"
    name = f"@llvm.masked.load.{suffix}.p0"
    code.declared[name] = f"declare {memory} {name}(ptr, i32, <{code.lanes} x i1>, {memory})"
    call = f"call {memory} {name}(ptr %p{place}, i32 {kind[1]}, <{code.lanes} x i1> %mask, {memory} zeroinitializer)"
    if kind == "b1":
        return code.emit("u1", call).to("b1")
    return widened(code.emit(kind, call))


def stored(code: Code, x: Vector, kind: str, place: int) -> None:
    """Write to the array of this place."""
    x = x.to("u1" if kind == "b1" else kind)
    memory = f"<{code.lanes} x {IN_MEMORY[kind]}>"
    suffix = f"v{code.lanes}{IN_MEMORY[kind] if kind[0] not in 'f' else 'f' + str(8 * int(kind[1]))}"
    name = f"@llvm.masked.store.{suffix}.p0"
    code.declared[name] = f"declare void {name}({memory}, ptr, i32, <{code.lanes} x i1>)"
    code.lines.append(f"  call void {name}({memory} {x.text}, ptr %p{place}, i32 {kind[1]}, <{code.lanes} x i1> %mask)")


def module(
    code: Code, kinds: Sequence[str], stretched: Sequence[bool], numbers: Sequence[str], rank: int, streamed: Sequence[int] = ()
) -> str:
    """Write the loop around the instructions: whole vectors, and for the rest of each row one that is partly masked."""
    lanes = code.lanes
    mask = f"<{lanes} x i1>"
    formal = [f"<{lanes} x {TYPES[k]}> %s{n}" if s else f"ptr %p{n}" for n, (k, s) in enumerate(zip(kinds, stretched, strict=True))]
    formal += [f"<{lanes} x {TYPES[kind]}> %c{n}" for n, kind in enumerate(numbers)]
    lines = [*code.declared.values()]
    for name, body in (("body", code.lines), ("whole", streaming(code.lines, streamed))):
        lines += [f"define internal void @{name}({', '.join([*formal, f'{mask} %mask'])}) alwaysinline {{", "entry:", *body]
        lines += ["  ret void", "}"]
    lines += ["define void @NAME(ptr noalias %block) {", "entry:"]

    def word(name: str, place: int, kind: str = "i64") -> None:
        lines.append(f"  %{name}.at = getelementptr i64, ptr %block, i64 {place}")
        lines.append(f"  %{name} = load {kind}, ptr %{name}.at, align 8")

    def spread(name: str, kind: str, source: str) -> None:
        spelt = f"<{lanes} x {TYPES[kind]}>"
        lines.append(f"  %{name}.one = insertelement {spelt} poison, {TYPES[kind]} {source}, i32 0")
        lines.append(f"  %{name} = shufflevector {spelt} %{name}.one, {spelt} poison, <{lanes} x i32> zeroinitializer")

    for place, name in enumerate(("row0", "row1", "column0", "column1")):
        word(name, place)
    for n in range(len(kinds)):
        word(f"b{n}", HEADER + n, "ptr")
    behind = HEADER + len(kinds)
    for n, kind in enumerate(numbers):
        word(f"c{n}.number", behind + n, IN_MEMORY[kind])
        spread(f"c{n}", kind, f"%c{n}.number")
    behind += len(numbers)
    axes = rank - 1
    for axis in range(axes):
        word(f"size{axis}", behind + axis)
    behind += axes
    for n in range(len(kinds)):
        for axis in range(axes):
            word(f"stride{n}.{axis}", behind + n * axes + axis)
    lines += ["  %none = icmp sge i64 %row0, %row1", "  br i1 %none, label %done, label %row", "row:"]
    lines.append("  %r = phi i64 [ %row0, %entry ], [ %r.next, %row.end ]")
    left = "%r"
    for axis in range(axes - 1, 0, -1):
        lines.append(f"  %i{axis} = urem i64 {left}, %size{axis}")
        lines.append(f"  %left{axis} = udiv i64 {left}, %size{axis}")
        left = f"%left{axis}"
    for n, (kind, repeats) in enumerate(zip(kinds, stretched, strict=True)):
        start = f"%b{n}"
        for axis in range(axes):
            lines.append(f"  %o{n}.{axis} = mul i64 {left if axis == 0 else f'%i{axis}'}, %stride{n}.{axis}")
            lines.append(f"  %a{n}.{axis} = getelementptr i8, ptr {start}, i64 %o{n}.{axis}")
            start = f"%a{n}.{axis}"
        lines.append(f"  %a{n} = getelementptr i8, ptr {start}, i64 0")
        if repeats:
            lines.append(f"  %s{n}.load = load {IN_MEMORY[kind]}, ptr %a{n}, align {kind[1]}")
            element = f"%s{n}.load"
            if kind == "b1":
                lines.append(f"  %s{n}.true = icmp ne i8 {element}, 0")
                element = f"%s{n}.true"
            spread(f"s{n}", kind, element)
    whole = f"  %end = and i64 %length, {-lanes}"
    lines += ["  %length = sub i64 %column1, %column0", whole, "  %stop = add i64 %column0, %end"]
    lines += ["  %some = icmp sgt i64 %end, 0", "  br i1 %some, label %full, label %rest"]

    def step(body: str, label: str, column: str, masked: str) -> None:
        actual = []
        for n, (kind, repeats) in enumerate(zip(kinds, stretched, strict=True)):
            if repeats:
                actual.append(f"<{lanes} x {TYPES[kind]}> %s{n}")
            else:
                lines.append(f"  %{label}{n} = getelementptr {IN_MEMORY[kind]}, ptr %a{n}, i64 {column}")
                actual.append(f"ptr %{label}{n}")
        actual += [f"<{lanes} x {TYPES[kind]}> %c{n}" for n, kind in enumerate(numbers)]
        lines.append(f"  call void @{body}({', '.join([*actual, f'{mask} {masked}'])})")

    lines += ["full:", "  %j = phi i64 [ %column0, %row ], [ %j.next, %full ]"]
    step("whole", "f", "%j", "splat (i1 true)")
    lines += [f"  %j.next = add i64 %j, {lanes}", "  %more = icmp slt i64 %j.next, %stop", "  br i1 %more, label %full, label %rest"]
    lines += ["rest:", "  %some.left = icmp slt i64 %stop, %column1", "  br i1 %some.left, label %part, label %row.end", "part:"]
    lines += ["  %left = sub i64 %column1, %stop", "  %left.short = trunc i64 %left to i32"]
    lines.append(f"  %left.one = insertelement <{lanes} x i32> poison, i32 %left.short, i32 0")
    lines.append(f"  %left.all = shufflevector <{lanes} x i32> %left.one, <{lanes} x i32> poison, <{lanes} x i32> zeroinitializer")
    lines.append(f"  %mask = icmp ugt <{lanes} x i32> %left.all, <{', '.join([f'i32 {n}' for n in range(lanes)])}>")
    step("body", "m", "%stop", "%mask")
    lines += ["  br label %row.end", "row.end:", "  %r.next = add i64 %r, 1", "  %again = icmp slt i64 %r.next, %row1"]
    lines += ["  br i1 %again, label %row, label %done", "done:", *["  fence seq_cst"] * bool(streamed), "  ret void", "}"]
    return "\n".join([*lines, '!0 = !{!"branch_weights", i32 1, i32 1000}', "!1 = !{i32 1}", ""])


def streaming(body: Sequence[str], places: Sequence[int]) -> list[str]:
    """Write whole vectors to some arrays past the cache: their lines are not read first, and drive nothing out."""
    lines = list(body)
    for place in places:
        for number, line in enumerate(lines):
            if "@llvm.masked.store" in line and f"ptr %p{place}," in line:
                value = line[line.index("(") + 1 : line.index(", ptr ")]
                lines[number] = f"  store {value}, ptr %p{place}, align {REGISTER}, !nontemporal !1"
    return lines
