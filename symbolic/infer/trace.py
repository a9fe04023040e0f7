"""Where sizes and types come from: inference once more, after it failed, with what is known of each size tied to it.

A solved graph is never traced. When `solve` has found a contradiction, the same rules are run again on sizes that are
integers which remember: rules hand them on, and arithmetic on them remembers its operands. The error of that second
run tells for each of the sizes that clash the way back to a variable or a parameter.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from symbolic.errors import printable
from symbolic.graph.node import Node, name_of
from symbolic.values.shape import NO_RANK

__all__ = ["Forgetful", "Origin", "Size", "Trace", "verb_of"]

MOST_STEPS = 6  # of a chain that are shown; those in the middle are left out
MOST_LINES = 4
LONGEST_ORIGIN = 250  # characters: the path of a file is part of it, and its end matters most
_asked = threading.local()  # .pair: the sizes that were compared last in this thread


class Origin(NamedTuple):
    """One step on the way of a size: where it stands, and what it was made from.

    Attributes
    ----------
    text : str
        A value's name; or, where the way begins, a variable with its shape, or a node's parameter.
    axis : int or None
        Which axis of it, if it is a size.
    parents : tuple
        The sizes or types that it was made from; none where the way begins.
    parameter : bool
        Whether it is a node's parameter.
    """

    text: str
    axis: int | None = None
    parents: tuple[Any, ...] = ()
    parameter: bool = False


class Size(int):
    """A size that knows its origin; one that arithmetic made knows the ``roots`` it was made from."""

    origin: Origin | None
    roots: tuple[Size, ...]

    __hash__ = int.__hash__

    @classmethod
    def of(cls, value: int, origin: Origin | None, roots: tuple[Size, ...] = ()) -> Size:
        """Make one."""
        made = cls(value)
        made.origin, made.roots = origin, roots
        return made


def _reckoned(name: str) -> Callable[..., Any]:
    plain = getattr(int, name)

    def method(self: Size, *others: Any) -> Any:
        result = plain(self, *others)
        if type(result) is not int:
            return result
        roots: dict[int, Size] = {}
        for operand in (self, *others):
            if isinstance(operand, Size):
                roots.update((id(root), root) for root in operand.roots or (operand,))
        found = tuple(roots.values())
        return found[0] if len(found) == 1 and found[0] == result else Size.of(result, None, found)

    return method


def _questioned(name: str) -> Callable[..., Any]:
    plain = getattr(int, name)

    def method(self: Size, other: Any) -> Any:
        if isinstance(other, int):
            _asked.pair = (self, other)
        return plain(self, other)

    return method


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "floordiv", "rfloordiv", "mod", "rmod", "neg", "pow", "rpow"):
    setattr(Size, f"__{_name}__", _reckoned(f"__{_name}__"))


def _is_not_zero(self: Size) -> bool:
    _asked.pair = (self, 0)
    return int.__ne__(self, 0)


Size.__bool__ = _is_not_zero  # type: ignore[method-assign]
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(Size, f"__{_name}__", _questioned(f"__{_name}__"))


class Forgetful(dict[Any, Any]):
    """Remembers no answer: those of traced rules are tied to one graph."""

    def __setitem__(self, key: Any, value: Any) -> None:
        pass


class Trace:
    """The origins of one traced run."""

    def __init__(self, given: Collection[Node] = (), verb: str = "give") -> None:
        self._given, self.verb = given, verb
        self._types: dict[int, tuple[np.dtype, Origin]] = {}  # a copy of a type, by its identity
        self.depth = 0  # how many composites' bodies we are in; what happens there is the composite's doing

    # -- tying --------------------------------------------------------------------------------------------------------

    def given(self, value: Any, text: str) -> Any:
        """Tie what is known of a variable to its origin."""
        if value is NO_RANK or value is None:
            return value
        if isinstance(value, tuple):
            return tuple([Size.of(s, Origin(f"{text}", axis)) if type(s) is int else s for axis, s in enumerate(value)])
        return self._typed(value, Origin(text))

    def parameters(self, node: Node) -> Any:
        """Return a node's parameters with integers that say whose they are; rules read them."""
        _asked.pair = None
        params = node.params
        if node.op.foreign:
            return params
        twin = object.__new__(type(params))
        twin.__dict__.update(vars(params))
        for name in node.op.params:
            value = getattr(params, name)
            origin = Origin(f"{name}={value}" if self.depth else f"{node.name}'s {name}={value}", parameter=True)
            if type(value) is int:
                setattr(twin, name, Size.of(value, origin))
            elif type(value) is tuple and any(type(member) is int for member in value):
                setattr(twin, name, tuple([Size.of(v, origin) if type(v) is int else v for v in value]))
        return twin

    def plain(self, known: Sequence[Any]) -> Sequence[Any]:
        """Take the ties off, for code of the user."""
        return [tuple([int(s) if isinstance(s, Size) else s for s in value]) if isinstance(value, tuple) else value for value in known]

    def learnt(self, node: Node, known: Sequence[Any], news: tuple[tuple[int, Any], ...]) -> tuple[tuple[int, Any], ...]:
        """Tie what a node's rule has told to the node."""
        if self.depth:
            return news
        return tuple([(position, self._step(node, known, position, value)) for position, value in news])

    def _step(self, node: Node, known: Sequence[Any], position: int, value: Any) -> Any:
        count = len(node.inputs)
        place = name_of(node.inputs[position] if position < count else (node, position - count))
        if isinstance(value, np.dtype):
            return self._typed(value, Origin(place, None, self._types_below(node, known, value)))
        if value is NO_RANK or not isinstance(value, tuple):
            return value
        before = known[position]
        kept = before if before is not NO_RANK else (None,) * len(value)
        sizes = []
        for axis, (size, old) in enumerate(zip(value, kept, strict=True)):
            if isinstance(size, int) and not isinstance(old, int):
                if not isinstance(size, Size):
                    parents = self._alike(known, size)
                elif size.origin is None:
                    parents = size.roots
                else:
                    parents = (size,)
                size = Size.of(int(size), Origin(place, axis, parents))
            sizes.append(size)
        return tuple(sizes)

    def _typed(self, dtype: np.dtype, origin: Origin) -> np.dtype:
        made = np.dtype(np.dtype(dtype.type), copy=True)  # a copy is not copied once more
        if made is dtype:  # a type that NumPy does not copy
            return dtype
        self._types[id(made)] = made, origin
        return made

    def _alike(self, known: Sequence[Any], size: int) -> tuple[Any, ...]:
        """Find a size that a rule may have taken over, if it lost the tie."""
        for value in known:
            if isinstance(value, tuple):
                for other in value:
                    if isinstance(other, Size) and int.__eq__(other, size):
                        return (other,)
        return ()

    def _types_below(self, node: Node, known: Sequence[Any], dtype: np.dtype) -> tuple[Any, ...]:
        if id(dtype) in self._types:
            return (dtype,)
        for value in known:
            if isinstance(value, np.dtype) and value == dtype and id(value) in self._types:
                return (value,)
        for name in node.op.params:
            if getattr(node.params, name) == dtype:
                return (self._typed(dtype, Origin(f"{node.name}'s {name}={dtype.name}", parameter=True)),)
        return ()

    # -- telling ------------------------------------------------------------------------------------------------------

    def place(self, node: Node, known: Sequence[Any]) -> tuple[int, str] | None:
        """Find the input that a rule objected to, if it did so because a size is not equal to that of another input.

        Returns
        -------
        (int, str) or None
            The place of the input, and what is needed.
        """
        found = self._located(node, known)
        if found is None:
            return None
        ((low, low_axis), size), ((high, axis), _) = found
        return high, f"{int(size)} on axis {axis}, as {node.params._layout.inputs[low]} has on axis {low_axis}"

    def _located(self, node: Node, known: Sequence[Any]) -> list[tuple[tuple[int, int], Size]] | None:
        """Find the inputs and axes of the two sizes that were compared last, in the order of the inputs."""
        pair = getattr(_asked, "pair", None)
        if pair is None or not all(isinstance(size, Size) for size in pair) or int.__eq__(*pair):
            return None
        inputs = [(place, value) for place, value in enumerate(known[: len(node.inputs)]) if isinstance(value, tuple)]
        spots = {id(size): (place, axis) for place, value in reversed(inputs) for axis, size in enumerate(value)}
        found = sorted([(spots[id(size)], size) for size in pair if id(size) in spots], key=lambda each: each[0])
        return found if len(found) == 2 and found[0][0][0] != found[1][0][0] else None

    def hint(self, below: Node, wanted: str, what: str) -> str | None:
        """Say what to do about a variable."""
        if below.op is not None or below not in self._given or not self.verb:
            return None
        if self.verb == "bind":
            return f"bind an array of {what} {wanted} to {below.name!r}"
        return f"give {below.name!r} the {what} {wanted}, or none where it follows from the rest"

    def namesakes(self) -> list[tuple[str, str]]:
        """Say which names several of the given variables have: then what is given by name went to more than was meant, perhaps."""
        counts = Counter(node.name for node in self._given)
        shared = [f"{count} variables are called {name!r}" for name, count in counts.items() if count > 1]
        return [("same name", ", ".join(shared))] if shared else []

    def lines(self, node: Node, names: Sequence[str], known: Sequence[Any], clash: tuple[Any, Any] | None) -> Iterator[tuple[str, str]]:
        """Say where things that clash come from.

        Parameters
        ----------
        node : Node
            Whose rule objects.
        names : sequence of str
            Its slots, inputs first.
        known : sequence
            What is known of them.
        clash : pair, optional
            Two values of one slot.
        """
        told: set[str] = set()
        for key, atom in self._to_tell(node, names, known, clash):
            text = self.chain(atom, key is None)
            if text and text not in told and len(told) < MOST_LINES:
                told.add(text)
                yield f"{key or _spelled(atom)} is from", text

    def _to_tell(
        self, node: Node, names: Sequence[str], known: Sequence[Any], clash: tuple[Any, Any] | None
    ) -> Iterator[tuple[str | None, Any]]:
        if clash is not None and isinstance(clash[0], np.dtype):
            yield from ((None, atom) for atom in clash)
            return
        pair = getattr(_asked, "pair", None)
        if pair is not None and not (clash is not None and len(clash[0]) != len(clash[1])):
            found = self._located(node, known)
            for atom in pair if found is None else (found[1][1], found[0][1]):  # first what does not fit
                if isinstance(atom, Size):
                    yield from ((None, root) for root in ((atom,) if atom.origin is not None else atom.roots))
            return
        for position, (name, value) in enumerate(zip(names, known, strict=False)):
            if position >= len(node.inputs) and clash is None:
                return
            atom = value if isinstance(value, np.dtype) else None
            if isinstance(value, tuple):
                atom = next((size for size in value if isinstance(size, Size)), None)
            if atom is not None:
                yield name, atom

    def chain(self, atom: Any, with_axes: bool = True) -> str:
        """Spell the way of a size or a type, from where it begins."""
        steps: list[str] = []
        while atom is not None:
            origin = self._origin(atom)
            if origin is None:
                break
            main = next((parent for parent in origin.parents if not self._is_parameter(parent)), None) or next(iter(origin.parents), None)
            made = ""
            if main is not None and isinstance(atom, Size) and with_axes and not int.__eq__(atom, main):
                by = {o.text.partition("'s ")[2] or o.text for o in map(self._origin, origin.parents) if o is not None and o.parameter}
                of = [str(int(parent)) for parent in origin.parents if not self._is_parameter(parent)]
                made = f" = {int(atom)} (of {', '.join([*of, *sorted(by)])})"
            below = None if main is None else self._origin(main)
            moved = origin.axis is not None and (below is None or below.axis != origin.axis)
            steps.append(printable(origin.text, LONGEST_ORIGIN) + (f", axis {origin.axis}" if with_axes and moved else "") + made)
            atom = main
        steps.reverse()
        if len(steps) > MOST_STEPS:
            cut = len(steps) - MOST_STEPS + 1
            steps[MOST_STEPS // 2 : MOST_STEPS // 2 + cut] = [f"... {cut} more ..."]
        return " -> ".join(steps)

    def _is_parameter(self, atom: Any) -> bool:
        origin = self._origin(atom)
        return origin is not None and origin.parameter

    def _origin(self, atom: Any) -> Origin | None:
        if isinstance(atom, Size):
            return atom.origin
        found = self._types.get(id(atom))
        return None if found is None else found[1]


def verb_of(source: str) -> str:
    """Say what a user does who is to give something else: ``"give"``, ``"bind"``, or nothing where an operator is called on arrays."""
    return source and ("bind" if source.startswith("bound") else "give")


def _spelled(atom: Any) -> str:
    return atom.name if isinstance(atom, np.dtype) else str(int(atom))
