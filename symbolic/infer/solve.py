"""The solver: facts about values flow both ways through a graph until nothing new is learnt.

It serves shapes and types alike. Each node's rule yields facts, ``slot, value``; a fact is joined with what is known of
that value, and whoever makes or reads it is asked again. Rules are pure, so their answers are remembered: a node like
one seen before costs a look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from symbolic.errors import MXNetError, ShapeError, describe
from symbolic.graph.graph import Graph
from symbolic.graph.loop import CELL
from symbolic.graph.node import Node
from symbolic.operator.body import recipe_of
from symbolic.operator.layout import slots_of
from symbolic.values.shape import NO_RANK, UNKNOWN, Undecided, is_np_shape

__all__ = ["Attribute", "carry", "solve"]

MOST_REMEMBERED = 65536


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
    general: dict[Any, bool] = field(default_factory=dict)  # operators met -> whether an answer holds whatever the parameters


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
    answers, general, fact = attribute.answers[is_np_shape()], attribute.general, facts.__getitem__
    if work is None:
        work = [place for place, node in enumerate(nodes) if node.op is not None]
    turn = 0
    while work:
        dirty: set[int] = set()
        for place in reversed(work) if turn % 2 else work:
            dirty.discard(place)
            node = nodes[place]
            numbers = inputs[place]
            start = first[place]
            known = (*map(fact, numbers), *facts[start : start + sizes[place]])
            learnt = answers.get((node.op if general.get(node.op) else node.params._same, known))
            if learnt is None:
                learnt = answer(node, known, attribute)
            if not learnt:
                continue
            count = len(numbers)
            for position, value in learnt:
                number = numbers[position] if position < count else start + position - count
                # one value may fill two slots, each of which learnt something
                facts[number] = value if facts[number] is known[position] else _join(node, position, facts[number], value, attribute)
                if turn or position < count:  # in the first round the readers of its outputs come later in any case
                    dirty.add(graph.producers[number])
                    dirty.update(graph.readers[number])
            if count > 1 and len(set(numbers)) < count:  # else its rule has nothing to add to its own answer
                dirty.add(place)
            else:
                dirty.discard(place)
        turn += 1
        work = sorted(place for place in dirty if nodes[place].op is not None)
    return facts


def _join(node: Node, position: int, found: Any, value: Any, attribute: Attribute) -> Any:
    try:
        return attribute.join(found, value)
    except MXNetError as error:
        known = [attribute.unknown] * position + [found]
        raise attribute.error(_message(node, attribute, known, str(error), position, value)) from None


def answer(node: Node, known: tuple[Any, ...], attribute: Attribute) -> tuple[tuple[int, Any], ...]:
    """Ask a node's rule what follows from what is known of its slots, and remember it: each slot of which more is known now."""
    try:
        found = more = _ask(node, known, attribute)
        while more and not node.op.foreign:  # what it learnt may tell it more
            more = _ask(node, more, attribute)
            found = more or found
    except Clash as clash:
        position, value, why = clash.args
        raise attribute.error(_message(node, attribute, known, why, position, value)) from None
    except MXNetError as error:
        if getattr(error, "_placed", False):
            raise
        raise attribute.error(_message(node, attribute, known, str(error))) from None
    except Exception as error:
        if node.op.foreign:
            error.add_note(describe(f"raised by its own code, inferring the {attribute.name}", node=node))
        raise
    news = tuple([(position, value) for position, value in enumerate(found) if value is not known[position]])
    if not node.op.foreign:
        answers = attribute.answers[is_np_shape()]
        if len(answers) >= MOST_REMEMBERED:
            answers.clear()
        answers[node.op if _is_general(node.op, attribute) else node.params._same, known] = news
    return news


def _is_general(op: Any, attribute: Attribute) -> bool:
    found = attribute.general.get(op)
    if found is None:
        rule = getattr(op, attribute.rule)
        found = attribute.general[op] = rule is not None and rule.general and op.has_one_layout
    return found


def _ask(node: Node, known: tuple[Any, ...], attribute: Attribute) -> tuple[Any, ...]:
    op, params = node.op, node.params
    rule = getattr(op, attribute.rule)
    if op.subgraphs:
        return _through_graphs(params, known, attribute)
    if rule is None:
        return _through_body(node, known, attribute) if op.body is not None else ()
    learnt = list(known)
    places = params._layout.places
    facts = rule(params, slots_of(params._layout, known))
    try:
        for slot, value in facts:
            try:
                place = places[slot]
            except KeyError:
                if slot in op.inputs or slot in op.results:
                    continue
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
    solve(graph, facts, attribute)
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


def _message(node: Node, attribute: Attribute, known: Sequence[Any], why: str, position: int | None = None, value: Any = None) -> str:
    """Say what is wrong at a node: the slot that clashes, what is known of the others, and the parameters."""
    layout = node.params._layout
    names = (*layout.inputs, *layout.outputs, *layout.hidden)
    facts = []
    if position is not None:
        slot = names[position]
        source = ""
        if position < len(node.inputs):
            below, index = node.inputs[position]
            source = f" from variable {below.name!r}" if below.op is None else f" from {below.name!r} ({below.op.name}), output {index}"
        facts = [("argument", slot + source), ("got", _shown(known[position])), ("expected", _shown(value))]
        why = f"{attribute.name} of {slot} does not fit: {why}"
    for place, (name, found) in enumerate(zip(names, known, strict=False)):
        if place != position and found is not attribute.unknown:
            facts.append((name, _shown(found)))
    words = ", ".join(f"{key}={value}" for key, value in node.params._words.items())
    if words:
        facts.append(("parameters", words))
    return describe(why, node=node, facts=facts)


def _shown(value: Any) -> str:
    return getattr(value, "name", None) or str(value)
