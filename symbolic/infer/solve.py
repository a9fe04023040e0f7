"""The solver: facts about values flow both ways through a graph until nothing new is learnt.

It serves shapes and types alike. Each node's rule yields facts, ``slot, value``; a fact is joined with what is known of
that value, and whoever makes or reads it is asked again. Rules are pure, so their answers are remembered: a node like
one seen before costs a look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from symbolic.errors import LONGEST, MXNetError, ShapeError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.loop import CELL
from symbolic.graph.node import Node
from symbolic.infer.trace import Forgetful, Trace
from symbolic.operator.body import recipe_of
from symbolic.operator.layout import slots_of
from symbolic.values.shape import NO_RANK, UNKNOWN, Undecided, is_np_shape

__all__ = ["Attribute", "carry", "explained", "says_nothing", "solve"]

MOST_REMEMBERED = 65536
MOST_SLOTS = 12  # of a node that a message shows


@dataclass
class Attribute:
    """What is solved for.

    Attributes
    ----------
    name : str
        For messages.
    unknown
        The value of which nothing is known.
    join : callable
        Unifies two values, raising an `MXNetError` if they contradict each other.
    rule : str
        The attribute of an operator that holds its rule.
    error : type
        The error to raise.
    """

    name: str
    unknown: Any
    join: Callable[[Any, Any], Any]
    rule: str
    error: type[MXNetError]
    answers: tuple[dict[Any, tuple[Any, ...]], ...] = field(default_factory=lambda: ({}, {}))  # with np_shape off, and on
    keys: dict[Any, Any] = field(default_factory=dict)  # operators met -> what of the parameters an answer depends on; None: all
    trace: Trace | None = None  # only in a second run, which explains why the first one failed

    def traced(self, trace: Trace) -> Attribute:
        """Return the same to be solved once more, with the origin of each value."""
        return replace(self, answers=(Forgetful(), Forgetful()), keys={}, trace=trace)


class Clash(Exception):
    """A fact contradicts what is known; carries slot, found, needed and why."""


def carry(graph: Graph, facts: list[Any], known: Graph, known_facts: Sequence[Any]) -> list[int]:
    """Take over what was found for another graph that shares nodes; return the places of the nodes that are new."""
    if graph is known:
        facts[:] = known_facts
        return []
    new = []
    base = known.base
    for place, (node, start, size) in enumerate(zip(graph.nodes, graph.first, graph.sizes, strict=True)):
        old = base.get(node)
        if old is not None:
            if size == 1:
                facts[start] = known_facts[old]
            else:
                facts[start : start + size] = known_facts[old : old + size]
        elif node.op is not None:
            new.append(place)
    return new


def solve(graph: Graph, facts: list[Any], attribute: Attribute, work: list[int] | None = None) -> list[Any]:
    """Fill ``facts``, one value for each number of the graph, as far as the rules go; returns it.

    Parameters
    ----------
    work : list of int, optional
        Places of the nodes to begin with, if the others' facts are complete; all by default.

    Raises
    ------
    MXNetError
        ``attribute.error``, naming the node whose slots contradict each other.
    """
    nodes, inputs, first, sizes = graph.nodes, graph.inputs, graph.first, graph.sizes
    answers, keys, fact = attribute.answers[is_np_shape()], attribute.keys, facts.__getitem__
    if work is None:
        work = [place for place, node in enumerate(nodes) if node.op is not None]
    turn = 0
    while work:
        dirty: set[int] = set()
        for place in reversed(work) if turn % 2 else work:
            if dirty:
                dirty.discard(place)
            node = nodes[place]
            numbers = inputs[place]
            start = first[place]
            size = sizes[place]
            known = (*map(fact, numbers), facts[start]) if size == 1 else (*map(fact, numbers), *facts[start : start + size])
            key = keys.get(node.op)
            learnt = answers.get((node.params._same if key is None else key(node.params), known))
            if learnt is None:
                learnt = answer(node, known, attribute)
            if not learnt:
                continue
            count = len(numbers)
            back = False  # whether it learnt something of what it reads
            for position, value in learnt:
                if position < count:
                    number, back = numbers[position], True
                else:
                    number = start + position - count
                # one value may fill two slots, each of which learnt something
                facts[number] = value if facts[number] is known[position] else _join(node, position, facts[number], value, attribute)
                if turn or position < count:  # in the first round the readers of its outputs come later in any case
                    dirty.add(graph.producers[number])
                    dirty.update(graph.readers[number])
            if back and len(set(numbers)) < count:  # else its rule has nothing to add to its own answer
                dirty.add(place)
            elif dirty:
                dirty.discard(place)
        turn += 1
        work = sorted(place for place in dirty if nodes[place].op is not None)
    return facts


def says_nothing(graph: Graph, attribute: Attribute) -> bool:
    """Whether no rule tells anything where nothing is known: each is asked once for all nodes that are alike to it."""
    keys = attribute.keys
    for op in graph.ops:
        if op.foreign or op.subgraphs:
            return False
        _key(op, attribute)
    kinds = {}
    for node in graph.nodes:
        if node.op is not None:
            key = keys[node.op]
            kinds.setdefault(node.params._same if key is None else key(node.params), node)
    answers = attribute.answers[is_np_shape()]
    for kind, node in kinds.items():
        known = (attribute.unknown,) * (len(node.inputs) + node.params._layout.size)
        learnt = answers.get((kind, known))
        if answer(node, known, attribute) if learnt is None else learnt:
            return False
    return True


def _join(node: Node, position: int, found: Any, value: Any, attribute: Attribute) -> Any:
    try:
        return attribute.join(found, value)
    except MXNetError as error:
        known = [attribute.unknown] * position + [found]
        raise _error(node, attribute, known, str(error), position, value) from None


def answer(node: Node, known: tuple[Any, ...], attribute: Attribute) -> tuple[tuple[int, Any], ...]:
    """Ask a node's rule what follows from what is known of its slots, and remember it: each slot of which more is known now."""
    try:
        found = more = _ask(node, known, attribute)
        while more and not node.op.foreign:  # what it learnt may tell it more
            more = _ask(node, more, attribute)
            found = more or found
    except Clash as clash:
        position, value, why = clash.args
        raise _error(node, attribute, known, why, position, value) from None
    except MXNetError as error:
        inner = node.op.subgraphs and hasattr(error, "_why")
        raise (_within(node, attribute, error) if inner else _error(node, attribute, known, str(error))) from None
    except Exception as error:
        if node.op.foreign:
            error.add_note(describe(f"raised by its own code, inferring the {attribute.name}", node=node))
        raise
    news = tuple([(position, value) for position, value in enumerate(found) if value is not known[position]])
    if attribute.trace is not None:
        return attribute.trace.learnt(node, known, news)
    if not (node.op.foreign or node.op.subgraphs):  # such a node's parameters are its own: nobody would ask again
        answers = attribute.answers[is_np_shape()]
        if len(answers) >= MOST_REMEMBERED:
            answers.clear()
        key = _key(node.op, attribute)
        answers[node.params._same if key is None else key(node.params), known] = news
    return news


def _key(op: Any, attribute: Attribute) -> Any:
    """Find what reads off a node's parameters all that a rule's answer depends on; ``None`` if that may be anything."""
    if op not in attribute.keys:
        rule = getattr(op, attribute.rule)
        reads = rule.reads if rule is not None and op.has_one_layout else None
        attribute.keys[op] = None if reads is None else attrgetter("_op", *reads)
    return attribute.keys[op]


def _ask(node: Node, known: tuple[Any, ...], attribute: Attribute) -> tuple[Any, ...]:
    op, params = node.op, node.params
    rule = getattr(op, attribute.rule)
    if op.subgraphs:
        return _through_graphs(params, known, attribute)
    if rule is None:
        return _through_body(node, known, attribute) if op.body is not None else ()
    learnt = list(known)
    places = params._layout.places
    seen = known
    if attribute.trace is not None:
        params, seen = attribute.trace.parameters(node), attribute.trace.plain(known) if op.foreign else known
    facts = rule(params, slots_of(params._layout, seen))
    try:
        for slot, value in facts:
            try:
                place = places[slot]
            except KeyError:
                raise TypeError(f"{op.name}: {attribute.rule} yields {slot!r}, which is no slot") from None
            if place is None or value is None:
                continue
            for position, member in zip(place, value, strict=True) if isinstance(place, range) else ((place, value),):
                try:
                    learnt[position] = attribute.join(learnt[position], member)
                except MXNetError as error:
                    raise Clash(position, member, str(error)) from None
    except Undecided:
        pass
    # a state's new value is like the old one
    start = len(params._layout.inputs)
    for position, version in params._layout.versions:
        try:
            learnt[position] = learnt[start + version] = attribute.join(learnt[position], learnt[start + version])
        except MXNetError as error:
            raise Clash(position, learnt[start + version], str(error)) from None
    return () if all(a is b for a, b in zip(learnt, known, strict=True)) else tuple(learnt)


def _through_body(node: Node, known: tuple[Any, ...], attribute: Attribute) -> tuple[Any, ...]:
    """Solve a composite's body with what is known of its slots."""
    recipe = recipe_of(node.op, node.params)
    graph = recipe.graph
    facts = [attribute.unknown] * graph.size
    numbers = [graph.number((variable, 0)) for variable in recipe.inputs] + [graph.number(entry) for entry in recipe.results]
    for position, number in enumerate(numbers):
        try:
            facts[number] = attribute.join(facts[number], known[position])
        except MXNetError as error:
            raise Clash(position, facts[number], str(error)) from None
    if attribute.trace is not None:
        attribute.trace.depth += 1
    try:
        solve(graph, facts, attribute)
    except MXNetError as error:
        raise attribute.error(getattr(error, "_why", None) or str(error)) from None  # the node is ours, whichever step of the body objects
    if attribute.trace is not None:
        attribute.trace.depth -= 1
    learnt = tuple([facts[number] for number in numbers])
    return () if all(a is b for a, b in zip(learnt, known, strict=True)) else learnt


def _through_graphs(params: Any, known: tuple[Any, ...], attribute: Attribute) -> tuple[Any, ...]:
    """Solve the graphs that a node holds, again and again: what one teaches may be news to another."""
    if not hasattr(params, "_ties"):  # called on arrays, which cannot be: there are no graphs
        return ()
    shapes = attribute.unknown is NO_RANK
    learnt = list(known)
    for place, fixed in params._fixed.items():
        learnt[place] = attribute.join(learnt[place], fixed[0 if shapes else 1])
    length = UNKNOWN if params._length is None else params._length  # of all that has a row for each step
    before: list[Any] = []
    while before != [id(value) for value in learnt]:
        before = [id(value) for value in learnt]
        for graph, ties in params._ties:
            facts = [attribute.unknown] * graph.size
            for place, entry, kind in ties:
                value = learnt[place]
                if kind and shapes and value is not NO_RANK:
                    if not value:
                        raise ShapeError("a scalar has no rows to loop over")
                    length = attribute.join((length,), value[:1])[0]
                    value = (1,) if kind == CELL and len(value) == 1 else value[1:]
                number = graph.number(entry)
                facts[number] = attribute.join(facts[number], value)
            solve(graph, facts, attribute)
            for place, entry, kind in ties:
                value = facts[graph.number(entry)]
                if kind and shapes and value is not NO_RANK:
                    if kind == CELL and len(value) == 1 and (value[0] is UNKNOWN or value[0] == 1):  # rows of a vector, or of a matrix
                        if learnt[place] is NO_RANK:
                            continue
                        value = value if len(learnt[place]) == 2 else ()
                    value = (length, *value)
                learnt[place] = attribute.join(learnt[place], value)
        for position, version in params._layout.versions:
            place = len(params._layout.inputs) + version
            learnt[position] = learnt[place] = attribute.join(learnt[position], learnt[place])
    return () if all(a is b for a, b in zip(learnt, known, strict=True)) else tuple(learnt)


def explained(
    error: MXNetError, graph: Graph, facts: list[Any], attribute: Attribute, texts: Mapping[Node, str], given: Collection[Node], verb: str
) -> MXNetError:
    """Return the error of `solve` with the way of each size, or type, that clashes.

    The graph is solved once more, with what is given tied to where it is from; a good inference costs nothing.

    Parameters
    ----------
    error : MXNetError
        What `solve` raised.
    facts : list
        As they were before that.
    attribute : Attribute
        What is solved for.
    texts : mapping of Node to str
        For variables: how to call what is known of them.
    given : collection of Node
        The variables of which the user says something in this call.
    verb : str
        What the user does with them: ``"give"`` or ``"bind"``.
    """
    trace = Trace(given, verb)
    traced = attribute.traced(trace)
    for node, start in zip(graph.nodes, graph.first, strict=True):
        if node.op is None:
            facts[start] = trace.given(facts[start], texts.get(node) or node.name)
    try:
        solve(graph, facts, traced)
    except type(error) as found:
        return found.with_traceback(None)
    except Exception:  # code of the user that raises something else the second time
        return error
    return error


def _error(node: Node, attribute: Attribute, known: Sequence[Any], why: str, position: int | None = None, value: Any = None) -> MXNetError:
    """Say what is wrong at a node: the slot that clashes, what is known of the others, and the parameters."""
    layout, trace = node.params._layout, attribute.trace
    names = (*layout.inputs, *layout.outputs, *layout.hidden)
    clash = None if position is None else (known[position], value)
    needed = _shown(value)
    if clash is None and trace is not None:
        found = trace.place(node, known)
        if found is not None:
            position, needed = found
    facts: list[tuple[str, Any]] = []
    hint = None
    if position is not None:
        source = ""
        if position < len(node.inputs):
            below, index = node.inputs[position]
            source = f" from variable {below.name!r}" if below.op is None else f" from {below.name!r} ({below.op.name}), output {index}"
            if trace is not None and not trace.verb:  # the operator is called on arrays
                source = ""
            if trace is not None and clash is not None:
                hint = trace.hint(below, needed, attribute.name)
        facts = [("argument", names[position] + source), ("got", _shown(known[position])), ("expected", needed)]
    if clash is not None:
        why = f"{attribute.name} of {names[position]} does not fit: {why}"  # type: ignore[index]
    if trace is not None and not trace.depth:
        facts += [*trace.lines(node, names, known, clash), *trace.namesakes()]
    for place, (name, other) in enumerate(zip(names, known, strict=False)):
        if place != position and other is not attribute.unknown and len(facts) < MOST_SLOTS:
            facts.append((name, _shown(other)))
    words = ", ".join(f"{key}={word}" for key, word in node.params._words.items())
    if words:
        facts.append(("parameters", words))
    error = attribute.error(describe(why, node=node, facts=facts, hint=hint))
    error._why = why  # type: ignore[attr-defined]  # for the node of whose body this one is a part
    return error


def _within(node: Node, attribute: Attribute, error: MXNetError) -> MXNetError:
    """Say in which node the graph is whose node objects."""
    within = attribute.error(f"{error}\n  within {describe('', node=node).rstrip(': ')}"[:LONGEST])
    within._why = getattr(error, "_why", None)  # type: ignore[attr-defined]
    return within


def _shown(value: Any) -> str:
    if isinstance(value, tuple) and value and all(size is UNKNOWN for size in value):
        return f"{len(value)} axes: {value}"
    return getattr(value, "name", None) or str(value)
