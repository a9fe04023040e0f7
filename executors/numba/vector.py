"""Vectors of machine code in the making: ``x * y + 1`` on them writes the instructions that compute it.

The code is text in LLVM's language. A vector has a few elements, as many as fit a register; an operation takes vectors of one
type, or a vector and a Python number, which takes the vector's type.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

__all__ = ["Code", "Vector", "type_of"]

TYPES = {
    "f2": "half", "f4": "float", "f8": "double", "b1": "i1",
    "i1": "i8", "i2": "i16", "i4": "i32", "i8": "i64", "u1": "i8", "u2": "i16", "u4": "i32", "u8": "i64",
}  # fmt: skip
SUFFIX = {"f2": "f16", "f4": "f32", "f8": "f64"}


def type_of(dtype: np.dtype) -> str | None:
    """Name a type of arrays: ``f4``, ``u1``, ``b1``; ``None`` if machine code has none like it."""
    name = f"{dtype.kind}{dtype.itemsize}"
    return name if name in TYPES and dtype.isnative else None


class Code:
    """Instructions, written one after the other.

    Attributes
    ----------
    lanes : int
        Elements of each vector.
    fuses : bool
        Whether the processor multiplies and adds at once.
    lines : list of str
        The instructions.
    declared : dict of str to str
        What other modules define, name -> declaration.
    """

    def __init__(self, lanes: int, fuses: bool = True):
        self.lanes, self.fuses = lanes, fuses
        self.lines: list[str] = []
        self.declared: dict[str, str] = {}
        self.block = "entry"
        self._count = 0

    def vector(self, kind: str) -> str:
        """Spell the type of vectors."""
        return f"<{self.lanes} x {TYPES[kind]}>"

    def name(self) -> str:
        """Make a name."""
        self._count += 1
        return f"%v{self._count}"

    def emit(self, kind: str, text: str) -> Vector:
        """Write an instruction."""
        name = self.name()
        self.lines.append(f"  {name} = {text}")
        return Vector(self, kind, name)

    def begin(self, label: str) -> None:
        """Begin another block."""
        self.lines.append(f"{label}:")
        self.block = label

    def intrinsic(self, name: str, *arguments: Vector) -> Vector:
        """Call one of LLVM's functions for vectors of this type."""
        first = arguments[0]
        full = f"@llvm.{name}.v{self.lanes}{SUFFIX[first.kind]}"
        spelt = self.vector(first.kind)
        self.declared[full] = f"declare {spelt} {full}({', '.join([spelt] * len(arguments))})"
        return self.emit(first.kind, f"call {spelt} {full}({', '.join([f'{spelt} {x.text}' for x in arguments])})")

    def each(self, name: str, *arguments: Vector) -> Vector:
        """Call a function of C's library on one element after the other: exact, and slow."""
        kind = arguments[0].kind
        scalar, spelt = TYPES[kind], self.vector(kind)
        full = f"@{name}{'f' if kind == 'f4' else ''}"
        self.declared[full] = f"declare {scalar} {full}({', '.join([scalar] * len(arguments))})"
        result = "poison"
        for lane in range(self.lanes):
            parts = [self.emit(kind, f"extractelement {spelt} {x.text}, i32 {lane}").text for x in arguments]
            value = self.emit(kind, f"call {scalar} {full}({', '.join([f'{scalar} {part}' for part in parts])})")
            result = self.emit(kind, f"insertelement {spelt} {result}, {scalar} {value.text}, i32 {lane}").text
        return Vector(self, kind, result)

    def unless(self, rare: Vector, usual: Vector, name: str, *arguments: Vector) -> Vector:
        """Choose ``usual``, but where any element of ``rare`` holds, what C's library says."""
        full = f"@llvm.vector.reduce.or.v{self.lanes}i1"
        self.declared[full] = f"declare i1 {full}({self.vector('b1')})"
        asked = self.emit("b1", f"call i1 {full}({self.vector('b1')} {rare.text})")
        here, slow, after = self.block, f"slow{self._count}", f"after{self._count}"
        self.lines.append(f"  br i1 {asked.text}, label %{slow}, label %{after}, !prof !0")
        self.begin(slow)
        careful = self.each(name, *arguments)
        self.lines.append(f"  br label %{after}")
        self.begin(after)
        spelt = self.vector(usual.kind)
        return self.emit(usual.kind, f"phi {spelt} [ {usual.text}, %{here} ], [ {careful.text}, %{slow} ]")


class Vector:
    """A value in the making.

    Attributes
    ----------
    kind : str
        Its elements' type: ``f4``, ``i8``, ``b1``, ...
    text : str
        How an instruction names it.
    """

    __slots__ = ("code", "kind", "text")

    def __init__(self, code: Code, kind: str, text: str):
        self.code, self.kind, self.text = code, kind, text

    def number(self, value: Any) -> Vector:
        """Make a vector like this one of a Python number."""
        if self.kind[0] == "f":
            exact = float(np.float32(value)) if self.kind == "f4" else float(value)
            literal = f"0x{struct.unpack('<Q', struct.pack('<d', exact))[0]:016X}"
        else:
            literal = str(int(value))
        return Vector(self.code, self.kind, f"splat ({TYPES[self.kind]} {literal})")

    def _like(self, other: Any) -> Vector:
        return other if isinstance(other, Vector) else self.number(other)

    def _two(self, other: Any, of_floats: str, of_integers: str) -> Vector:
        other = self._like(other)
        operation = of_floats if self.kind[0] == "f" else of_integers
        return self.code.emit(self.kind, f"{operation} {self.code.vector(self.kind)} {self.text}, {other.text}")

    def _compare(self, other: Any, of_floats: str, of_integers: str) -> Vector:
        other = self._like(other)
        if self.kind[0] == "f":
            operation = f"fcmp {of_floats}"
        else:
            sign = "" if of_integers in ("eq", "ne") else "s" if self.kind[0] == "i" else "u"
            operation = f"icmp {sign}{of_integers}"
        return self.code.emit("b1", f"{operation} {self.code.vector(self.kind)} {self.text}, {other.text}")

    def __add__(self, other: Any) -> Vector:
        return self._two(other, "fadd", "add")

    def __radd__(self, other: Any) -> Vector:
        return self.number(other) + self

    def __sub__(self, other: Any) -> Vector:
        return self._two(other, "fsub", "sub")

    def __rsub__(self, other: Any) -> Vector:
        return self.number(other) - self

    def __mul__(self, other: Any) -> Vector:
        return self._two(other, "fmul", "mul")

    def __rmul__(self, other: Any) -> Vector:
        return self.number(other) * self

    def __truediv__(self, other: Any) -> Vector:
        return self._two(other, "fdiv", "no division of integers")

    def __rtruediv__(self, other: Any) -> Vector:
        return self.number(other) / self

    def __and__(self, other: Any) -> Vector:
        return self._two(other, "no bits", "and")

    def __or__(self, other: Any) -> Vector:
        return self._two(other, "no bits", "or")

    def __xor__(self, other: Any) -> Vector:
        return self._two(other, "no bits", "xor")

    def __lshift__(self, other: Any) -> Vector:
        return self._two(other, "no bits", "shl")

    def __rshift__(self, other: Any) -> Vector:
        return self._two(other, "no bits", "ashr" if self.kind[0] == "i" else "lshr")

    def __invert__(self) -> Vector:
        return self ^ (1 if self.kind == "b1" else -1)

    def __neg__(self) -> Vector:
        if self.kind[0] == "f":
            return self.code.emit(self.kind, f"fneg {self.code.vector(self.kind)} {self.text}")
        return self.number(0) - self

    def __lt__(self, other: Any) -> Vector:
        return self._compare(other, "olt", "lt")

    def __le__(self, other: Any) -> Vector:
        return self._compare(other, "ole", "le")

    def __gt__(self, other: Any) -> Vector:
        return self._compare(other, "ogt", "gt")

    def __ge__(self, other: Any) -> Vector:
        return self._compare(other, "oge", "ge")

    def equals(self, other: Any) -> Vector:
        """Compare."""
        return self._compare(other, "oeq", "eq")

    def differs(self, other: Any) -> Vector:
        """Compare; nan differs from everything."""
        return self._compare(other, "une", "ne")

    def choose(self, first: Any, second: Any) -> Vector:
        """Take elements of ``first`` where this one is true, else of ``second``; one of them is a vector."""
        first = first if isinstance(first, Vector) else second.number(first)
        second = first._like(second)
        spelt = self.code.vector(first.kind)
        return self.code.emit(first.kind, f"select {self.code.vector('b1')} {self.text}, {spelt} {first.text}, {spelt} {second.text}")

    def times(self, factor: Any, plus: Any) -> Vector:
        """Compute ``self * factor + plus``, rounded once if the processor can."""
        if not self.code.fuses:
            return self * factor + plus
        return self.code.intrinsic("fma", self, self._like(factor), self._like(plus))

    def polynomial(self, *coefficients: float) -> Vector:
        """Evaluate ``c0 x**n + c1 x**(n - 1) + ... + cn`` by Horner's rule."""
        result = self.number(coefficients[0])
        for coefficient in coefficients[1:]:
            result = result.times(self, coefficient)
        return result

    def size(self) -> Vector:
        """Drop the sign."""
        if self.kind[0] == "f":
            return self.code.intrinsic("fabs", self)
        return self if self.kind[0] in "ub" else (self < 0).choose(-self, self)

    def with_sign(self, other: Any) -> Vector:
        """Take the sign of ``other``."""
        return self.code.intrinsic("copysign", self, self._like(other))

    def rounded(self, how: str) -> Vector:
        """Round to whole numbers: ``floor``, ``ceil``, ``trunc``, or ``rint``, to the nearest, halves to the even one."""
        return self.code.intrinsic(how, self) if self.kind[0] == "f" else self

    def root(self) -> Vector:
        """Take the square root."""
        return self.code.intrinsic("sqrt", self)

    def bits(self) -> Vector:
        """See the bits of a floating-point number as an integer."""
        kind = f"i{self.kind[1]}"
        return self.code.emit(kind, f"bitcast {self.code.vector(self.kind)} {self.text} to {self.code.vector(kind)}")

    def from_bits(self) -> Vector:
        """See an integer as the bits of a floating-point number."""
        kind = f"f{self.kind[1]}"
        return self.code.emit(kind, f"bitcast {self.code.vector(self.kind)} {self.text} to {self.code.vector(kind)}")

    def to(self, kind: str) -> Vector:
        """Convert, as C does."""
        mine, other = self.kind, kind
        if mine == other:
            return self
        if other == "b1":
            return self.differs(0)
        if mine[0] == "f" and other[0] == "f":
            operation = "fpext" if mine < other else "fptrunc"
        elif mine[0] == "f":
            wide = "i8" if int(other[1]) == 8 or other == "u4" else "i4"  # out of range, the low bits of this are C's answer
            if other != wide:
                return self.to(wide).to(other)
            operation = "fptosi"
        elif other[0] == "f":
            operation = "sitofp" if mine[0] == "i" else "uitofp"
        elif mine[1] == other[1] and mine != "b1":
            return Vector(self.code, other, self.text)
        elif mine == "b1" or int(mine[1]) < int(other[1]):
            operation = "sext" if mine[0] == "i" else "zext"
        else:
            operation = "trunc"
        return self.code.emit(other, f"{operation} {self.code.vector(mine)} {self.text} to {self.code.vector(other)}")
