"""Op: an operator as an object. Calling it composes a node; rules, body and parameters hang on it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from symbolic.errors import ParameterError, closest, describe
from symbolic.graph.node import Node
from symbolic.operator.fields import REQUIRED, Param, Rest, Result, Tensor, Tensors
from symbolic.operator.layout import Layout, has_one_layout, lay_out
from symbolic.operator.match import Call
from symbolic.operator.text import Unreadable, choices_of, reader, spell, takes_any_number, type_name
from symbolic.scope import NameManager, _stack
from symbolic.symbol.handle import Symbol

__all__ = ["Op", "Operator", "Rule"]

MOST_REMEMBERED = 4096  # sets of parameters an operator keeps


class Operator:
    """Base of the classes that declare operators; an instance holds the parameters of nodes.

    Its own attributes begin with ``_``: ``layout``, ``key`` and ``state`` are parameters of some operators.
    """

    _op: Op
    _layout: Layout
    _same: Any  # a key: one object for all spellings of the same values
    _spelled: dict[str, str] | None = None
    _rest: dict[str, str]  # further words, of operators that take any

    @property
    def _words(self) -> dict[str, str]:
        """The user's spelling, for files and `attr_dict`; of a lone number it is made when somebody asks."""
        words = self._spelled
        if words is None:
            word = self._op._number
            words = self._spelled = {word: spell(getattr(self, word))}
        return words

    def __repr__(self) -> str:
        return f"{self._op.name}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._op.params)})"


class Rule:
    """A shape, type or gradient rule, or a body, with the slots that it names.

    Parameters
    ----------
    function
        The method of the operator's class; a generator of ``slot, value``.
    names : tuple of str, optional
        The slots it asks for; by default its own parameters after ``self``.
    whole : bool
        It takes one mapping of all slots.
    reads : tuple of str, optional
        The only parameters that it reads, if that is known: its answers hold for nodes that differ in others.
    """

    __slots__ = ("function", "names", "reads", "whole")

    def __init__(
        self,
        function: Callable[..., Any],
        names: tuple[str, ...] | None = None,
        whole: bool = False,
        reads: tuple[str, ...] | None = None,
    ):
        self.function = function
        self.names = function.__code__.co_varnames[1 : function.__code__.co_argcount] if names is None else names
        self.whole, self.reads = whole, reads

    def __call__(self, params: Operator, slots: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        if self.whole:
            return self.function(params, slots)
        return self.function(params, *[slots[name] for name in self.names])


class Op:
    """An operator.

    Attributes
    ----------
    name : str
        As it stands in files.
    hint : str
        What automatic names are made of; an alias has its own.
    inputs, params, results : dict
        Its fields, in the order of the signature.
    aliases : tuple of str
        Other names.
    infer_shape, infer_dtype, gradient, body : Rule or None
        Its rules.
    differentiable : bool
        Whether ``gradient``, or a body's own, exists; `zero_gradient` counts as one.
    random : bool
        It draws: two nodes of other names are not alike.
    dynamic : bool
        The shape of its output depends on values.
    foreign : bool
        It runs code of the user: each node has parameters of its own, rules are asked anew, exceptions reach the caller.
    own_types : bool
        Its body computes in the types it is given, float16 too, instead of float32 at least.
    subgraphs : int
        How many graphs a node holds, in ``params._subgraphs``; inference goes through them (``params._ties``).
    """

    def __init__(self, holder: type[Operator], name: str, fields: Mapping[str, Any], aliases: tuple[str, ...]):
        self.holder = holder
        self.name = name
        self.hint = name.lower()
        self.aliases = aliases
        self.inputs: dict[str, Tensor | Tensors] = {n: f for n, f in fields.items() if isinstance(f, (Tensor, Tensors))}
        self.params: dict[str, Param] = {n: f for n, f in fields.items() if isinstance(f, Param)}
        self.results: dict[str, Result] = {n: f for n, f in fields.items() if isinstance(f, Result)}
        self.rest = any(isinstance(f, Rest) for f in fields.values())
        self.variadic = next((f for f in self.inputs.values() if isinstance(f, Tensors)), None)
        self.count_name = self.variadic.counted if self.variadic is not None else None
        self.infer_shape: Rule | None = None
        self.infer_dtype: Rule | None = None
        self.gradient: Rule | None = None
        self.body: Rule | None = None
        self.differentiable = True
        self.random = False
        self.dynamic = False
        self.foreign = False
        self.own_types = False
        self.subgraphs = 0
        self.backward: Op | None = None
        self.canonical: Op = self
        self._readers = {n: reader(f) for n, f in self.params.items()}
        self._instances: dict[Any, Operator] = {}
        self._of_numbers: dict[float, Operator] = {}
        self._canonical_instances: dict[Any, Operator] = {}
        self._templates: dict[Any, Any] = {}
        self._slots = (*self.inputs, *self.params)
        self.__name__ = self.__qualname__ = name
        self.__module__ = holder.__module__

    @cached_property
    def _doc(self) -> str:
        return inspect.cleandoc(self.holder.__doc__ or "")

    # -- composing ----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        runner = _stack.runner
        return compose(self, args, kwargs) if runner is None else runner(self, args, kwargs)

    def node(self, params: Operator, inputs: Mapping[str, Any], name: str | None = None) -> list[Any]:
        """Compose a node from read parameters and Symbols by slot; return every output, hidden ones too, as a Symbol.

        For gradient rules: nothing is looked up, named or checked as for a user.
        """
        entries = tuple([inputs[slot]._entries[0] for slot in params._layout.inputs])
        node = Node(self.canonical, params, name or NameManager.current.get(None, self.hint), entries, origin=_stack.place)
        return [Symbol(((node, index),)) for index in range(params._layout.size)]

    def hold(self, params: Any, graphs: Sequence[Symbol]) -> None:
        """Give the parameters of a node the graphs that it holds.

        Raises
        ------
        ParameterError
            If graphs and parameters do not fit together.
        """
        if len(graphs) != self.subgraphs:
            raise ParameterError(describe(f"it holds {len(graphs)} graphs, not {self.subgraphs}", operator=self.name, facts=params._words))
        params._subgraphs = list(graphs)
        params.held()

    def __repr__(self) -> str:
        return f"<operator {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return find_op, (self.name,)

    def under(self, alias: str) -> Op:
        """Return the same operator under another name: nodes are alike but for the automatic name."""
        twin = object.__new__(Op)
        twin.__dict__.update(self.__dict__)
        twin.hint = alias.lower()
        twin.__name__ = twin.__qualname__ = alias
        return twin

    @property
    def __signature__(self) -> inspect.Signature:
        from symbolic.operator.signature import signature_of

        return signature_of(self)

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        from symbolic.operator.signature import docstring_of

        return docstring_of(self)

    @cached_property
    def call(self) -> Call:
        """How arguments of calls are matched."""
        return Call(self)

    @property
    def is_composite(self) -> bool:
        """Whether a body stands for it."""
        return self.body is not None

    # -- parameters ---------------------------------------------------------------------------------------------------

    def parameters(self, words: Mapping[str, Any], node_name: str | None = None) -> Operator:
        """Read parameters, given as text or as Python values; nodes spelled alike share the instance.

        Raises
        ------
        ParameterError
            If one is missing, unknown, of the wrong kind or out of range.
        """
        if self.foreign or self.subgraphs:
            return self._read(words, node_name)
        if len(words) == 1 and type(number := words.get(self._number)) is float and number:  # not 0.0, which equals -0.0
            return self._of_numbers.get(number) or self._of_number(number)
        key: Any = ()
        try:
            for word in words.items():
                kind = type(word[1])
                # 1 equals 1.0 and True; 0.0 equals -0.0; (1, 1) equals (True, 1.0)
                key += (word, kind) if kind is not tuple and word[1] else (word, kind, repr(word))
            found = self._instances.get(key)
        except (TypeError, ValueError):  # a list, an array: no key
            key, found = None, None
        if found is None:
            found = self._read(words, node_name)
            if key is not None:
                self._remember(self._instances, key, found)
        return found

    def _read(self, words: Mapping[str, Any], node_name: str | None) -> Operator:
        holder = object.__new__(self.holder)
        spelled = {word: spell(value) for word, value in words.items()}
        parsed: list[Any] = []
        unknown = next((word for word in words if word not in self.params), None)
        if unknown is not None and not self.rest:
            raise ParameterError(
                describe(
                    f"unknown parameter {unknown!r}{closest(unknown, self._slots)}",
                    operator=self.name,
                    name=node_name,
                    facts={"argument": unknown, "got": repr(words[unknown]), "expected": ", ".join(self._slots) or "no parameter"},
                )
            )
        for name, read in self._readers.items():
            value = self._read_one(name, read, words, node_name)
            setattr(holder, name, value)  # not through __dict__, which would become an object of its own
            parsed.append(value)
            if name in words and isinstance(value, np.dtype):
                spelled[name] = value.name  # "double" and float are float64 in files
        holder._spelled = spelled
        if self.rest:
            holder._rest = {word: text for word, text in spelled.items() if word not in self.params}
        check = getattr(self.holder, "check", None)
        problem = check(holder) if check is not None else None
        if problem:
            raise ParameterError(describe(str(problem), operator=self.name, name=node_name, facts=spelled))
        key: Any = _key(parsed)
        if self._number:
            number = getattr(holder, self._number)
            if number and key == _key({**self._defaults, self._number: number}.values()):
                key = number  # as `_of_number` has it: one object less for each
        if self.rest:
            key = (*key, *sorted(holder._rest.items()))
        own = self.foreign or self.subgraphs
        twin = None if own else self._canonical_instances.get(key)
        if twin is None:
            holder._layout = lay_out(self, holder) if self._only_layout is None else self._only_layout
            holder._same = holder if own else self._remember(self._canonical_instances, key, holder)
        else:
            holder._layout = twin._layout
            holder._same = twin
        return holder

    @cached_property
    def _number(self) -> str:
        """The parameter in ``x + 0.5``: any number suits it, and all others have defaults; empty if there is none."""
        if self.foreign or self.subgraphs or self.rest or self._only_layout is None or hasattr(self.holder, "check"):
            return ""
        free = [name for name, field in self.params.items() if takes_any_number(field)]
        needed = [name for name, field in self.params.items() if field.default is REQUIRED]
        return free[0] if len(free) == 1 and needed in ([], free) else ""

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        return {name: field.default for name, field in self.params.items()}

    def _of_number(self, number: float) -> Operator:
        """Do for `_number` alone what `_read` does: nothing is to be checked, and there may be a hundred thousand different ones."""
        holder, layout = object.__new__(self.holder), self._only_layout
        assert layout is not None
        for name, value in self._defaults.items():
            setattr(holder, name, value)
        setattr(holder, self._number, number)
        holder._layout = layout
        holder._same = self._canonical_instances.get(number) or self._remember(self._canonical_instances, number, holder)
        return self._remember(self._of_numbers, number, holder)

    def _remember(self, known: dict[Any, Operator], key: Any, holder: Operator) -> Operator:
        """Keep parameters, unless there are too many. Those that all spellings share go with their spellings: others will be made."""
        if len(known) >= MOST_REMEMBERED:
            known.clear()
            if known is self._canonical_instances:
                self._instances.clear()
                self._of_numbers.clear()
        known[key] = holder
        return holder

    def _read_one(self, name: str, read: Callable[[Any], Any], words: Mapping[str, Any], node_name: str | None) -> Any:
        """Read one parameter, or take its default."""
        field = self.params[name]
        if name in words:
            given = words[name]
            try:
                return read(given)
            except Unreadable as error:
                like = closest(given, choices_of(field)) if isinstance(given, str) else ""
                what = f"parameter {name} cannot be {given!r}{like}"
                got, expected = f"{given!r} ({type(given).__name__})", f"{name}: {error}"
        elif field.default is not REQUIRED:
            return field.default
        else:
            what = f"required parameter {name} is missing"
            got, expected = "nothing", f"{type_name(field)}: {field.doc}"
        raise ParameterError(describe(what, operator=self.name, name=node_name, facts={"argument": name, "got": got, "expected": expected}))

    @cached_property
    def _only_layout(self) -> Layout | None:
        """The layout of all its nodes, if no parameter has a say in it."""
        return lay_out(self, None) if has_one_layout(self) else None

    @property
    def has_one_layout(self) -> bool:
        """Whether all its nodes have the same slots."""
        return self._only_layout is not None


def _key(values: Iterable[Any]) -> tuple[Any, ...]:
    """Tell values of the same parameters apart, each of which is of one type: 0.0 equals -0.0."""
    return tuple([value if value or type(value) is not float else repr(value) for value in values])


from symbolic.operator.compose import compose, find_op  # noqa: E402  (compose and Op need each other)
