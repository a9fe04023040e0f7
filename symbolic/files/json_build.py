"""From checked text to a graph: find out what operators say, compare it with the file, then make the nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from symbolic import registry
from symbolic.errors import FormatError, MXNetError
from symbolic.files.json_layout import VARIABLE, GraphText, NodeText
from symbolic.files.json_text import Limits, broken, refused, shown
from symbolic.files.upgrade import INPUTS_LISTED_SINCE, STARTS_STATED_SINCE, TARGETS_UNTIL, is_annotation, target_of
from symbolic.graph.node import NO_ATTRS, Node
from symbolic.operator.custom import is_registered
from symbolic.operator.op import Op, Operator
from symbolic.operator.opaque import Opaque, opaque_operator, opaque_parameters
from symbolic.symbol.handle import Symbol

__all__ = ["build"]

# Their parameters are addresses in the memory of the process that saved the file.
_UNLOADABLE = ("_Native", "_NDArray", "_CustomFunction")


class _Meaning(NamedTuple):
    """What nodes that are spelled alike mean.

    Attributes
    ----------
    op, params
        Of the node.
    slots, outputs : int
        How many inputs it has, those that a file may leave out too; how many outputs in files.
    annotations : mapping of str to str
        The node's own.
    of_inputs : tuple of (int, dict, dict)
        Which input, annotations of the variable there, and those it gets if it has none under that key.
    """

    op: Op
    params: Operator
    slots: int
    outputs: int
    annotations: Mapping[str, str]
    of_inputs: tuple[tuple[int, dict[str, str], dict[str, str]], ...] = ()


def build(graphs: list[GraphText], name: str, limits: Limits, exact: bool = False) -> Symbol:
    """Make the first of some graphs, in whose nodes the others stand.

    Parameters
    ----------
    exact : bool
        Whether the text is that of a pickle: operators' attributes that are no parameters are annotations, not mistakes.
    """
    file = _File(name, limits, exact)
    plans = [_Plan(graph, file) for graph in graphs]
    for plan in plans:
        plan.prepare()
    made: dict[int, Symbol] = {}
    for plan in reversed(plans):  # inner graphs first
        made[id(plan.graph)] = plan.symbol(made)
    return made[id(graphs[0])]


class _File:
    """What the graphs of a file share."""

    def __init__(self, name: str, limits: Limits, exact: bool):
        self.name = name
        self.limits = limits
        self.exact = exact
        self.outputs_left = limits.outputs
        self.unknown: dict[str, Op] = {}  # operators nobody knows


class _Plan:
    """One graph on its way from text to nodes."""

    def __init__(self, graph: GraphText, file: _File):
        self.graph = graph
        self.file = file
        self.meanings: list[_Meaning | None] = []  # None for variables
        self.order: Iterable[int] = range(len(graph.nodes))

    def prepare(self) -> None:
        """Check all that can be checked, making nothing."""
        nodes = self.graph.nodes
        known: dict[Any, _Meaning] = {}
        counted = self.graph.outputs or self.count_outputs()
        for number, node in enumerate(nodes):
            if node.op == VARIABLE:
                self.meanings.append(None)
                continue
            key = (node.op, len(node.inputs), counted[number], *node.attributes.items())
            meaning = known.get(key)
            if meaning is None or node.subgraphs:
                meaning = self.meaning(number, node, counted[number])
                if not (node.subgraphs or meaning.op.foreign):
                    known[key] = meaning
            for position, said, initial in meaning.of_inputs:
                self.annotate(number, node, position, said, initial)
            self.meanings.append(meaning)
        self.check_outputs()

    def count_outputs(self) -> list[int]:
        """Count the outputs that are in use, where the file does not tell how many there are."""
        counts = [1] * len(self.graph.nodes)
        for node in self.graph.nodes:
            for number, index, *_ in node.inputs:
                if index:
                    counts[number] = max(counts[number], index + 1)
        for number, index, *_ in self.graph.heads:
            counts[number] = max(counts[number], index + 1)
        return counts

    def meaning(self, number: int, node: NodeText, outputs: int) -> _Meaning:
        """Find out what a node's operator says to its attributes and inputs."""
        if node.op in _UNLOADABLE:
            facts = [("found", node.op), ("needed", "an operator without addresses")]
            raise self.broken(number, "", "an operator that means memory of another process is never loaded", facts)
        if not _is_known(node):
            return self.unknown(number, node, outputs)
        op = registry.find(node.op).canonical
        if len(node.subgraphs) != op.subgraphs:
            facts = [("operator", op.name), ("found", f"{len(node.subgraphs)} subgraphs"), ("needed", op.subgraphs or "none")]
            raise self.broken(number, "", "this operator takes no graphs", facts)
        words: dict[str, str] = {}
        annotations: dict[str, str] = {}
        said: dict[str, dict[str, str]] = {}
        for key, text in node.attributes.items():
            if key in op.params:
                words[key] = text
            elif (self.file.exact and not op.rest) or is_annotation(key):
                annotations[key] = text
            elif self.graph.version < TARGETS_UNTIL and (target := target_of(key)) is not None:
                said.setdefault(target[0], {})[target[1]] = text
            else:
                words[key] = text
        try:
            params = op.parameters(words, node.name)
        except MXNetError as error:
            raise refused(self.file.name, self.graph.shown(number), error) from None
        layout = params._layout
        made = layout.size - len(layout.versions)  # new values of states are no outputs in files
        self.count(number, node, made)
        self.check_inputs(number, node, op, params)
        return _Meaning(op, params, len(layout.inputs), made, annotations or NO_ATTRS, self.of_inputs(number, op, params, said))

    def of_inputs(
        self, number: int, op: Op, params: Operator, said: dict[str, dict[str, str]]
    ) -> tuple[tuple[int, dict[str, str], dict[str, str]], ...]:
        """Find the inputs that get annotations: those of ``said``, and in old files those with an initial value."""
        slots = params._layout.inputs
        initial = op.call.initial if self.graph.version < STARTS_STATED_SINCE else {}
        for slot in said:
            if slot not in slots:
                facts = [
                    ("operator", op.name),
                    ("found", f"{', '.join(said[slot])} of {shown(slot)}"),
                    ("needed", f"one of {', '.join(slots)}"),
                ]
                raise self.broken(number, "", "an attribute of an input that is not there", facts)
        return tuple(
            (place, said.get(slot, {}), initial.get(slot, {})) for place, slot in enumerate(slots) if slot in said or slot in initial
        )

    def unknown(self, number: int, node: NodeText, outputs: int) -> _Meaning:
        """Take a node of an operator nobody knows as it is."""
        self.count(number, node, outputs)
        op = self.file.unknown.get(node.op)
        if op is None:
            op = self.file.unknown[node.op] = opaque_operator(node.op)
        annotations = {key: text for key, text in node.attributes.items() if is_annotation(key)}
        words = {key: text for key, text in node.attributes.items() if key not in annotations}
        count = len(node.inputs)
        return _Meaning(op, opaque_parameters(op, words, count, outputs), count, outputs, annotations or NO_ATTRS)

    def count(self, number: int, node: NodeText, outputs: int) -> None:
        """Keep to the limit of outputs in all."""
        self.file.outputs_left -= outputs
        if self.file.outputs_left < 0:
            facts = [("operator", node.op), ("found", f"{outputs} outputs here"), ("needed", f"at most {self.file.limits.outputs} in all")]
            raise self.broken(number, "", "too many outputs", facts, "limits=Limits(outputs=...) allows more")

    def check_inputs(self, number: int, node: NodeText, op: Op, params: Operator) -> None:
        """Compare the number of inputs with that of the operator's slots."""
        count, slots = len(node.inputs), params._layout.inputs
        if count > len(slots) or (count < len(slots) and self.graph.version >= INPUTS_LISTED_SINCE):
            what = "too many inputs" if count > len(slots) else "too few inputs"
            needed = f"{len(slots)}: {', '.join(slots[:8])}{', ...' if len(slots) > 8 else ''}"
            facts = [("operator", op.name), ("found", count), ("needed", needed)]
            raise self.broken(number, "inputs", what, facts)

    def annotate(self, number: int, node: NodeText, position: int, said: dict[str, str], initial: dict[str, str]) -> None:
        """Hand annotations on to the variable that they are about."""
        if position >= len(node.inputs):
            return  # a variable that is still to be made
        variable = self.graph.nodes[node.inputs[position][0]]
        if variable.op == VARIABLE:
            variable.attributes = {**initial, **variable.attributes, **said}
        elif said:
            facts = [("found", f"{', '.join(said)} of {variable.op} {shown(variable.name)}"), ("needed", "a variable there")]
            raise self.broken(number, f"inputs[{position}]", "a computed value has no annotations", facts)

    def check_outputs(self) -> None:
        """Check that the outputs which are read exist, and find an order in which to make the nodes."""
        sizes = [1 if meaning is None else meaning.outputs for meaning in self.meanings]
        ordered = True
        for place, node in enumerate(self.graph.nodes):
            for position, entry in enumerate(node.inputs):
                if entry[1] >= sizes[entry[0]]:
                    raise self.no_output(f"{self.graph.shown(place)} inputs[{position}]", entry, sizes)
                if entry[0] >= place:
                    ordered = False
        for position, entry in enumerate(self.graph.heads):
            if entry[1] >= sizes[entry[0]]:
                raise self.no_output(f"{self.graph.place}heads[{position}]", entry, sizes)
        if not ordered:
            self.order = self.topological()

    def no_output(self, place: str, entry: list[int], sizes: list[int]) -> FormatError:
        facts = [("found", f"output {entry[1]}"), ("needed", f"0 to {sizes[entry[0]] - 1}")]
        return broken(self.file.name, place, f"{self.graph.shown(entry[0])} has no such output", facts)

    def topological(self) -> list[int]:
        """Order the nodes so that inputs come first.

        Raises
        ------
        FormatError
            If there is a cycle; it is spelled out.
        """
        nodes = self.graph.nodes
        begun, done = 1, 2
        state = bytearray(len(nodes))
        order: list[int] = []
        for start in range(len(nodes)):
            if state[start]:
                continue
            state[start] = begun
            stack = [(start, iter(nodes[start].inputs))]
            while stack:
                place, rest = stack[-1]
                for number, *_ in rest:
                    if state[number] == begun:
                        raise self.cycle([*(p for p, _ in stack), number])
                    if not state[number]:
                        state[number] = begun
                        stack.append((number, iter(nodes[number].inputs)))
                        break
                else:
                    state[place] = done
                    order.append(place)
                    stack.pop()
        return order

    def cycle(self, path: list[int]) -> FormatError:
        """Make the error about nodes that read one another; ``path`` ends where it was before."""
        ring = path[path.index(path[-1]) :]
        names = [self.graph.shown(number) for number in reversed(ring)]
        way = names if len(names) < 7 else [*names[:3], f"{len(names) - 6} more", *names[-3:]]
        facts = [("found", " feeds ".join(way)), ("needed", "no node that its own value feeds")]
        return self.broken(ring[-2], "inputs", "the graph has a cycle", facts)

    def broken(self, number: int, part: str, what: str, facts: list[tuple[str, Any]], hint: str | None = None) -> FormatError:
        return broken(self.file.name, f"{self.graph.shown(number)} {part}".rstrip(), what, facts, hint)

    def symbol(self, inner: dict[int, Symbol]) -> Symbol:
        """Make the nodes."""
        made: list[Any] = [None] * len(self.graph.nodes)
        nodes, meanings = self.graph.nodes, self.meanings
        for place in self.order:
            node, meaning = nodes[place], meanings[place]
            if meaning is None:
                made[place] = Node(None, None, node.name, (), node.attributes or NO_ATTRS)
                continue
            inputs = tuple([(made[entry[0]], entry[1]) for entry in node.inputs])
            if len(inputs) < meaning.slots:
                inputs += tuple((variable, 0) for variable in _left_out(node, meaning))
            if node.subgraphs and isinstance(meaning.params, Opaque):
                meaning.params._subgraphs = [inner[id(graph)] for graph in node.subgraphs]
            elif node.subgraphs:
                try:
                    meaning.op.hold(meaning.params, [inner[id(graph)] for graph in node.subgraphs])
                except MXNetError as error:
                    raise refused(self.file.name, self.graph.shown(place), error) from None
            made[place] = Node(meaning.op, meaning.params, node.name, inputs, meaning.annotations)
        return Symbol([(made[entry[0]], entry[1]) for entry in self.graph.heads])


def _is_known(node: NodeText) -> bool:
    """Whether the operator is one of the library's, or one that the user has registered."""
    if node.op in ("Custom", "_backward_Custom"):
        return registry.known(node.op) and is_registered(node.attributes.get("op_type", ""))
    return registry.known(node.op)


def _left_out(node: NodeText, meaning: _Meaning) -> Iterable[Node]:
    """Make the variables for inputs that the file leaves out; they show the operator's attributes, as composed ones do."""
    own = {position: {**initial, **said} for position, said, initial in meaning.of_inputs}
    for position in range(len(node.inputs), len(meaning.params._layout.inputs)):
        slot = meaning.params._layout.inputs[position]
        attributes = {**meaning.params._words, **meaning.annotations, **own.get(position, {})}
        yield Node(None, None, f"{node.name}_{slot}" if node.name else slot, (), attributes or NO_ATTRS)
