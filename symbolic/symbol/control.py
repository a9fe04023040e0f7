"""``mx.sym.contrib.foreach``, ``while_loop`` and ``cond``: functions of symbols become graphs that a node holds.

What a function composes is told from the rest by an annotation, ``__subgraph_name__``, as in MXNet. Where it reads a value
from outside, the graph is cut: a variable stands there, and the value becomes an input of the node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from symbolic import registry
from symbolic.errors import ArgumentError, InputError, describe
from symbolic.graph.graph import depth_first
from symbolic.graph.node import NO_ATTRS, Entry, Node, name_of
from symbolic.graph.rewrite import Replacement, mapped, rebuild
from symbolic.scope import AttrScope, NameManager, hide, origin
from symbolic.symbol.functions import Variable
from symbolic.symbol.handle import Symbol

__all__ = ["OWN", "at_least_one", "cond", "flattened", "foreach", "regrouped", "while_loop"]

KEY = "__subgraph_name__"
_counted: Counter[str] = Counter()  # how many graphs of a name there are


def foreach(body: Callable[[Any, Any], tuple[Any, Any]], data: Any, init_states: Any, name: str = "foreach") -> tuple[Any, Any]:
    """Run a function on each row of some symbols, handing states from one run to the next.

    Parameters
    ----------
    body : callable
        Takes one row of ``data`` and the states, each in the form in which they are given (a symbol, or nested lists);
        returns outputs, in any form, and the new states. It is called once, on variables; it uses each of them.
    data : Symbol or nested list of Symbol
        What is taken apart along its first axis.
    init_states : Symbol or nested list of Symbol
        The states before the first run.
    name : str
        What the graph of the body is called.

    Returns
    -------
    outputs, states
        The outputs of all runs stacked along a new first axis, in the form in which ``body`` returns them; and the last states.
    """
    rows, row_form = flattened(data, Symbol, "foreach", "data")
    states, state_form = flattened(init_states, Symbol, "foreach", "init_states")
    if not rows:
        raise ArgumentError(
            describe("there is nothing to loop over", operator="foreach", facts={"argument": "data", "expected": "one Symbol or more"})
        )
    title = _title(name)
    with AttrScope(**{KEY: title}):
        inner = [Variable(_inner_name(symbol)) for symbol in (*rows, *states)]
        made = body(regrouped(inner[: len(rows)], row_form), regrouped(inner[len(rows) :], state_form))
        outputs, output_form, new = _outputs(made, state_form, "foreach", "init_states")
        heads = _heads(outputs, new, title)
    graph = _Cut(heads, title, "foreach")
    own = {_inner_name(symbol): symbol for symbol in (*rows, *states)}
    locs = [graph.place(_inner_name(symbol), "foreach") for symbol in (*rows, *states)]
    rest = [place for place, variable in enumerate(graph.variables) if variable.name not in own]
    entries = [_entry(symbol, "foreach") for symbol in (*rows, *states)] + [graph.source(place) for place in rest]
    words = {
        "num_args": len(entries) + 1,
        "num_outputs": len(heads),
        "num_out_data": len(outputs),
        "in_state_locs": locs[len(rows) :],
        "in_data_locs": locs[: len(rows)],
        "remain_locs": rest,
    }
    found = _node("_foreach", words, [graph.symbol], entries)
    return regrouped(found[: len(outputs)], output_form), regrouped(found[len(outputs) :], state_form)


def while_loop(
    cond: Callable[..., Any],
    func: Callable[..., tuple[Any, Any]],
    loop_vars: Any,
    max_iterations: int | None = None,
    name: str = "while_loop",
) -> tuple[Any, Any]:
    """Run a function again and again while another says so.

    Parameters
    ----------
    cond : callable
        Takes the variables of the loop; the loop goes on as long as the symbol that it returns, of one element, is not zero.
    func : callable
        Takes the variables of the loop; returns outputs (``None``, a symbol or nested lists) and the variables' new values.
    loop_vars : Symbol or list of Symbol
        Where the variables start.
    max_iterations : int
        The largest number of runs.
    name : str
        What the graphs are called, with ``_cond`` and ``_func`` after it.

    Returns
    -------
    outputs, states
        The outputs of all runs stacked along a new first axis of size ``max_iterations``, zero in the rows of runs that
        were not made; and the last values of the variables.
    """
    limit = limit_of(max_iterations)
    states, form = flattened(loop_vars, Symbol, "while_loop", "loop_vars")
    at_least_one(states)

    def graph_of(function: Callable[..., Any], kind: str) -> tuple[_Cut, int, Any]:
        title = _title(f"{name}_{kind}")
        with AttrScope(**{KEY: title}):
            inner = regrouped([Variable(_inner_name(symbol)) for symbol in states], form)
            made = function(*inner) if isinstance(inner, list) else function(inner)
            if kind == "cond":
                outputs, outputs_form, new = [made], None, []
            else:
                outputs, outputs_form, new = _outputs(made, form, "while_loop", "loop_vars")
            heads = _heads(outputs, new, title)
        return _Cut(heads, title, "while_loop"), len(outputs), outputs_form

    test, _, _ = graph_of(cond, "cond")
    step, count, output_form = graph_of(func, "func")
    own = {_inner_name(symbol): _entry(symbol, "while_loop") for symbol in states}
    entries: list[Entry] = []
    places: dict[str, int] = {}

    def locs_of(graph: _Cut) -> list[int]:
        locs = []
        for place, variable in enumerate(graph.variables):
            if variable.name in places:
                locs.append(places[variable.name])
                continue
            locs.append(len(entries))
            if variable.name in own:
                places[variable.name] = len(entries)
                entries.append(own[variable.name])
            else:
                entries.append(graph.source(place))
        return locs

    words = {
        "cond_input_locs": locs_of(test),
        "func_input_locs": locs_of(step),
        "num_args": len(entries) + 2,
        "num_outputs": len(step.symbol),
        "num_out_data": count,
        "max_iterations": limit,
        "func_var_locs": [step.place(_inner_name(symbol), "while_loop") for symbol in states],
    }
    found = _node("_while_loop", words, [test.symbol, step.symbol], entries)
    return regrouped(found[:count], output_form), regrouped(found[count:], form)


def cond(pred: Symbol, then_func: Callable[[], Any], else_func: Callable[[], Any], name: str = "cond") -> Any:
    """Run one of two functions.

    Parameters
    ----------
    pred : Symbol
        One element: whether it is not zero decides.
    then_func, else_func : callable
        Without arguments; they return a symbol or nested lists of symbols, alike in number, shape and type.
    name : str
        What the graphs are called, with ``_pred``, ``_then`` and ``_else`` after it.

    Returns
    -------
    Symbol or list of Symbol
        What the function that ran returns.
    """
    graphs = []
    forms = []
    for kind, function in (("pred", lambda: pred), ("then", then_func), ("else", else_func)):
        title = _title(f"{name}_{kind}")
        with AttrScope(**{KEY: title}):
            outputs, form = flattened(function(), Symbol, "cond", f"{kind}_func" if kind != "pred" else "pred")
            heads = _heads(outputs, [], title)
        graphs.append(_Cut(heads, title, "cond"))
        forms.append(form)
    decision, then, other = graphs
    if len(decision.symbol) != 1 or len(then.symbol) != len(other.symbol) or not len(then.symbol):
        facts = {
            "got": f"{len(then.symbol)} and {len(other.symbol)}, for a pred of {len(decision.symbol)}",
            "expected": "as many outputs, and one pred",
        }
        raise ArgumentError(describe("both branches must have the same number of outputs", operator="cond", facts=facts))
    entries: list[Entry] = []
    places: dict[str, int] = {}
    locs = []
    for graph in graphs:
        for place, variable in enumerate(graph.variables):
            if variable.name not in places:
                places[variable.name] = len(entries)
                entries.append(graph.source(place))
        locs.append([places[variable.name] for variable in graph.variables])
    words = {
        "num_args": len(entries) + 3,
        "num_outputs": len(then.symbol),
        "cond_input_locs": locs[0],
        "then_input_locs": locs[1],
        "else_input_locs": locs[2],
    }
    return regrouped(_node("_cond", words, [graph.symbol for graph in graphs], entries), forms[1])


OWN = {"cond": cond, "foreach": foreach, "while_loop": while_loop}

# -- the form of arguments, for arrays too ------------------------------------------------------------------------------


def flattened(value: Any, kind: type, operator: str, argument: str) -> tuple[list[Any], Any]:
    """Take nested lists apart: the members in a row, and the form that `regrouped` needs: ``None`` for a single one."""
    if isinstance(value, kind):
        return [value], None
    if not isinstance(value, (list, tuple)):
        facts = {
            "argument": argument,
            "got": f"{value!r} ({type(value).__name__})",
            "expected": f"{kind.__name__}, or nested lists of them",
        }
        raise InputError(describe(f"this is no {kind.__name__}", operator=operator, facts=facts))
    parts = [flattened(member, kind, operator, argument) for member in value]
    return [member for members, _ in parts for member in members], [(len(members), form) for members, form in parts]


def regrouped(members: Sequence[Any], form: Any) -> Any:
    """Put members into the form from which `flattened` took them."""
    if form is None:
        return members[0]
    grouped = []
    for count, inner in form:
        grouped.append(regrouped(members[:count], inner))
        members = members[count:]
    return grouped


def limit_of(max_iterations: Any) -> int:
    """Read the largest number of runs."""
    facts = {"argument": "max_iterations", "got": repr(max_iterations), "expected": "int"}
    if max_iterations is None:
        raise ArgumentError(describe("say how many runs there are at most", operator="while_loop", facts=facts))
    try:
        return int(max_iterations)
    except (TypeError, ValueError):
        raise ArgumentError(describe("max_iterations is no number", operator="while_loop", facts=facts)) from None


def at_least_one(states: Sequence[Any]) -> None:
    if not states:
        raise ArgumentError(
            describe(
                "a loop needs a variable", operator="while_loop", facts={"argument": "loop_vars", "got": "none", "expected": "one or more"}
            )
        )


# -- graphs of functions ------------------------------------------------------------------------------------------------


def _title(name: str) -> str:
    """Make a name that no other graph has: ``foreach0``, within it ``foreach0$foreach0``."""
    outside = AttrScope.current._attr.get(KEY, "")
    title = f"{outside}${name}" if outside else name
    _counted[title] += 1
    return f"{title}{_counted[title] - 1}"


def _entry(symbol: Symbol, operator: str) -> Entry:
    if len(symbol._entries) != 1:
        facts = {"got": symbol.list_outputs(), "expected": "a Symbol with one output"}
        raise InputError(describe("an input takes one value", operator=operator, facts=facts, hint="pick one output: symbol[0]"))
    return symbol._entries[0]


def _inner_name(symbol: Symbol) -> str:
    """Name the variable that stands for a value within: ``data-0`` for the first output of ``data``."""
    node, index = _entry(symbol, "contrib")
    return f"{node.name}-{index}"


def _outputs(made: Any, form: Any, operator: str, argument: str) -> tuple[list[Symbol], Any, list[Symbol]]:
    """Take apart what a function returned: outputs, their form, new states."""
    if not isinstance(made, (tuple, list)) or len(made) != 2:
        raise ArgumentError(
            describe("the function must return outputs and states", operator=operator, facts={"got": repr(made), "expected": "a pair"})
        )
    outputs, output_form = flattened([] if made[0] is None else made[0], Symbol, operator, "outputs")
    new, new_form = flattened(made[1], Symbol, operator, "states")
    if (operator == "foreach" and new_form != form) or len(new) != len(flattened_places(form)):
        facts = {"argument": argument, "got": f"{len(new)} states", "expected": f"{len(flattened_places(form))}, in the same form"}
        raise InputError(describe("the new states do not have the form of those before", operator=operator, facts=facts))
    return outputs, output_form, new


def flattened_places(form: Any) -> list[int]:
    """Count the members of a form, as a list."""
    return [0] if form is None else [place for count, _ in form for place in range(count)]


def _heads(outputs: Sequence[Symbol], new: Sequence[Symbol], title: str) -> list[Entry]:
    """Make the outputs of a graph: nodes of its own, each in one role; what is not is copied."""
    inputs = {node.name for node in depth_first([entry for symbol in (*outputs, *new) for entry in symbol._entries]) if node.op is None}
    taken = {symbol.name for symbol in outputs}

    def own(symbol: Symbol, twice: bool) -> Entry:
        node = _entry(symbol, "contrib")[0]
        if twice or node.name in inputs or node.attrs.get(KEY, "") != title:
            symbol = registry.find("identity")(symbol)
        return symbol._entries[0]

    return [own(symbol, False) for symbol in outputs] + [own(symbol, symbol.name in taken) for symbol in new]


class _Cut:
    """A graph cut off from what is outside.

    Attributes
    ----------
    symbol : Symbol
        Its outputs.
    variables : list of Node
        Its variables.
    """

    def __init__(self, heads: Sequence[Entry], title: str, operator: str):
        replaced: Replacement = {}
        self.outside: dict[Node, Entry] = {}
        inside = [node for node in depth_first(heads) if node.attrs.get(KEY, "") == title]
        for node in inside:
            for below, _ in node.inputs:
                if below not in replaced and below.attrs.get(KEY, "") != title:
                    replaced[below] = [
                        self._variable((below, index)) for index in range(1 if below.op is None else below.params._layout.size)
                    ]
        rebuild(inside, lambda node, inputs: None, replaced)
        self.symbol = Symbol([mapped(entry, replaced) for entry in heads])
        self.variables = self.symbol.graph.variables if heads else []
        names = [variable.name for variable in self.variables]
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            facts = {"got": names, "expected": "different names"}
            raise InputError(describe(f"inputs of the graph have the same name: {', '.join(twice)}", operator=operator, facts=facts))
        self.places = {name: place for place, name in enumerate(names)}

    def _variable(self, entry: Entry) -> Entry:
        variable = Node(None, None, name_of(entry))
        self.outside[variable] = entry
        return variable, 0

    def place(self, name: str, operator: str) -> int:
        """Find the place of a variable of the loop.

        Raises
        ------
        InputError
            If the function makes no use of it.
        """
        found = self.places.get(name)
        if found is None:
            raise InputError(
                describe(
                    f"the function makes no use of {name.rpartition('-')[0]!r}", operator=operator, facts={"expected": "each input is used"}
                )
            )
        return found

    def source(self, place: int) -> Entry:
        """Return the value outside for which a variable stands; one that the function made itself is made again outside."""
        variable = self.variables[place]
        return self.outside.get(variable) or (Node(None, None, variable.name, (), variable.attrs, variable.origin), 0)


def _node(op_name: str, words: dict[str, Any], graphs: Sequence[Symbol], entries: Sequence[Entry]) -> list[Symbol]:
    """Make the node; return its outputs."""
    op = registry.find(op_name)
    name = NameManager.current.get(None, op.hint)
    params = op.parameters(words, name)
    op.hold(params, graphs)
    attrs = {hide(key): value for key, value in AttrScope.current.get(None).items()}
    node = Node(op, params, name, tuple(entries), attrs or NO_ATTRS, origin(1))
    return [Symbol([(node, place)]) for place in range(len(params._layout.outputs))]
