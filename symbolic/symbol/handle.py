"""Symbol: a handle on some values of a graph; what users compose, ask and bind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symbolic.errors import ArgumentError, NameClash, NotImplementedForSymbol, NotSupported, ShapeError, UnknownName, closest, describe
from symbolic.fluent import Fluent
from symbolic.graph.graph import Graph, depth_first, resting_collector
from symbolic.graph.node import Entry, Node, name_of, output_names
from symbolic.graph.rewrite import mapped, rebuild
from symbolic.symbol.annotations import annotate, attributes_of
from symbolic.symbol.arithmetic import Arithmetic
from symbolic.symbol.indexing import by_elements, part
from symbolic.symbol.looking import Looking
from symbolic.symbol.protocols import Protocols
from symbolic.symbol.running import Running
from symbolic.symbol.substitution import substituted

__all__ = ["Group", "Symbol"]


class Symbol(Arithmetic, Fluent, Protocols, Looking, Running):
    """Some values of a graph, in order: the outputs of an operator, or a group.

    Symbols are made by ``mx.sym.Variable`` and by calling operators; they never change, but for `_set_attr`.
    """

    __slots__ = ("__weakref__", "_entries", "_graph")
    __hash__ = None  # type: ignore[assignment]  # == composes

    def __init__(self, entries: Sequence[Entry]):
        self._entries = tuple(entries)
        self._graph: Graph | None = None

    # -- names and structure ------------------------------------------------------------------------------------------

    @property
    def name(self) -> str | None:
        """Name of the node, ``None`` for a group."""
        node = self._node
        return node.name if node is not None else None

    @property
    def _node(self) -> Node | None:
        """The one node whose outputs these are."""
        first = self._entries[0][0] if self._entries else None  # an update of states alone has no output
        return first if all(node is first for node, _ in self._entries) else None

    @property
    def graph(self) -> Graph:
        """The graph below, with nodes in order and values numbered."""
        if self._graph is None:
            self._graph = Graph(self._entries)
        return self._graph

    def __repr__(self) -> str:
        if self.name is not None:
            return f"<Symbol {self.name}>"
        return f"<Symbol group [{', '.join(node.name for node, _ in self._entries)}]>"

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Symbol]:
        return iter([Symbol((entry,)) for entry in self._entries])

    def __bool__(self) -> bool:
        raise NotImplementedForSymbol(
            describe("a Symbol has no truth value before it runs", name=self.name, hint="compare results, or compose mx.sym.where")
        )

    def __getitem__(self, index: Any) -> Symbol:
        """Pick outputs by position, name or slice; elements of the value under ``with mx.sym.np_indexing():``.

        Raises
        ------
        UnknownName
            If there is no such output (it is also an ``IndexError``, ``KeyError`` and ``ValueError``).
        NameClash
            If several outputs have the name.
        """
        if isinstance(index, str):
            return Symbol((self._entries[self._place(index)],))
        if by_elements():
            return part(self, index)
        try:
            picked = self._entries[index] if isinstance(index, slice) else (self._entries[index],)
        except IndexError:
            picked = ()
        except TypeError:
            raise ArgumentError(
                describe(
                    "index a symbol by position, name or slice",
                    name=self.name,
                    facts={"got": repr(index), "expected": "int, str or slice, which pick outputs"},
                    hint="with mx.sym.np_indexing(): symbol[key] picks elements, as of a NumPy array",
                )
            ) from None
        if not picked:
            raise UnknownName(
                describe(
                    f"there is no output [{index}]", name=self.name, facts={"got": index, "expected": f"0, or a position below {len(self)}"}
                )
            )
        return Symbol(picked)

    def _place(self, name: str) -> int:
        """Find the position of the output with a name."""
        names = self.list_outputs()
        found = [place for place, known in enumerate(names) if known == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise NameClash(
                describe(f"{len(found)} outputs are called {name!r}; index by position", name=self.name, facts={"found": found})
            )
        similar = [known for known in names if known.startswith(f"{name}_")]
        hint = f"outputs of {name!r} are {', '.join(similar)}" if similar else None
        if hint is None and len(self._entries) == 1 and self._node is not None and self._node.inputs:
            hint = "get_internals() has the outputs of inner nodes, too"
        raise UnknownName(
            describe(
                f"there is no output called {name!r}{closest(name, names)}",
                operator="indexing",
                name=self.name,
                facts={"argument": "index", "got": name, "expected": ", ".join(names)},
                hint=hint,
            )
        )

    def list_outputs(self) -> list[str]:
        """List the names of the outputs."""
        return [name_of(entry) for entry in self._entries]

    def list_arguments(self) -> list[str]:
        """List the names of the variables that are to be bound, in the order of `bind`'s ``args``."""
        return [node.name for node in self.graph.arguments]

    def list_auxiliary_states(self) -> list[str]:
        """List the names of the variables that operators rewrite: moving means, an optimizer's memory."""
        return [node.name for node in self.graph.states]

    def list_inputs(self) -> list[str]:
        """List the names of all variables, arguments and auxiliary states."""
        return [node.name for node in self.graph.variables]

    @property
    def num_outputs(self) -> int:
        """How many outputs there are."""
        return len(self._entries)

    def get_internals(self) -> Symbol:
        """Return every visible value of the graph as one group; pick by name: ``s.get_internals()["fc1_output"]``."""
        return Symbol([(node, index) for node in self.graph.nodes for index in range(len(output_names(node)))])

    def get_children(self) -> Symbol | None:
        """Return the inputs of the node, or nodes, as a group; ``None`` for a variable."""
        nodes = list(dict.fromkeys(node for node, _ in self._entries))
        entries = [entry for node in nodes for entry in node.inputs]
        return Symbol(entries) if entries else None

    # -- attributes ---------------------------------------------------------------------------------------------------

    def attr(self, key: str) -> str | None:
        """Return an attribute or a parameter of the node as text, ``None`` if it has none."""
        return self.list_attr().get(key)

    def list_attr(self, recursive: bool = False) -> dict[str, str]:
        """Return the attributes and parameters of the node as text."""
        if recursive:
            raise NotSupported("list_attr(recursive=True) is gone; use attr_dict()")
        node = self._node
        return {} if node is None else attributes_of(node)

    @resting_collector()
    def attr_dict(self) -> dict[str, dict[str, str]]:
        """Return the attributes of every node that has some: name -> attributes."""
        return {node.name: shown for node in self.graph.nodes if (shown := attributes_of(node))}

    def _set_attr(self, **attributes: str) -> None:
        """Annotate the node, seen by everybody who holds it.

        Raises
        ------
        ArgumentError
            If a value is no string, or the symbol is a group.
        NotSupported
            If a key is a parameter of the operator: those are fixed when the node is made.
        """
        if self._node is None:
            raise ArgumentError(describe("a group has no attributes; set those of its members", name=repr(self)))
        annotate(self._node, attributes)

    # -- composing ----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Symbol, name: str | None = None, **kwargs: Symbol) -> Symbol:
        """Put symbols in the place of variables, by position (the order of `list_arguments`) or by name.

        Parameters
        ----------
        *args, **kwargs : Symbol
            What stands for the variables; others stay.
        name : str, optional
            A new name for the node of the first output.

        Raises
        ------
        ArgumentError
            If both ways are used, too many are given, or one is no symbol with one output.
        UnknownName
            If a name is no variable's.
        """
        return Symbol(substituted(self.graph, args, kwargs, self.name, name))

    def _gen_atomic_symbol(self) -> Symbol:
        """Compose the operator of this node alone, on variables named as its inputs are; MXNet's own tests ask for it."""
        node = self._node
        if node is None or node.op is None:
            return self
        inputs = tuple([(Node(None, None, slot), 0) for slot in node.params._layout.inputs])
        twin = Node(node.op, node.params, node.name, inputs)
        return Symbol([(twin, index) for index in range(len(node.params._layout.outputs))])

    def __copy__(self) -> Symbol:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: Any) -> Symbol:
        def copied(node: Node, inputs: tuple[Entry, ...]) -> Sequence[Entry]:
            twin = Node(node.op, node.params, node.name, inputs, node.attrs, node.origin)
            return [(twin, index) for index in range(1 if node.op is None else node.params._layout.size)]

        replaced = rebuild(depth_first(self._entries), copied)
        return Symbol([mapped(entry, replaced) for entry in self._entries])

    def __reduce__(self) -> tuple[Any, ...]:
        from symbolic.files.json import pickled, unpickled

        return unpickled, (pickled(self),)

    # -- shapes and types ---------------------------------------------------------------------------------------------

    def infer_shape(self, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
        """Infer all shapes from some: ``(argument shapes, output shapes, auxiliary shapes)``.

        Returns ``(None, None, None)``, with a warning that names them, if some stay unknown.

        Raises
        ------
        ShapeError
            If shapes do not fit together.
        """
        from symbolic.infer.shape import infer_for_user

        try:
            return infer_for_user(self, args, kwargs, partial=False)
        except ShapeError:
            other = self._stretched(args, kwargs)
            if other is None:
                raise
        return infer_for_user(other, args, kwargs, partial=False)

    def infer_shape_partial(self, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
        """Infer what can be inferred; unknown sizes are 0, an unknown rank is ``()`` (see ``mx.util.np_shape``)."""
        from symbolic.infer.shape import infer_for_user

        try:
            return infer_for_user(self, args, kwargs, partial=True)
        except ShapeError:
            other = self._stretched(args, kwargs)
            if other is None:
                raise
        return infer_for_user(other, args, kwargs, partial=True)

    def infer_type(self, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
        """Infer all types from some: ``(argument types, output types, auxiliary types)``."""
        from symbolic.infer.dtype import infer_for_user

        return infer_for_user(self, args, kwargs, partial=False)

    def infer_type_partial(self, *args: Any, **kwargs: Any) -> tuple[Any, Any, Any]:
        """Infer what can be inferred; unknown types are ``None``."""
        from symbolic.infer.dtype import infer_for_user

        return infer_for_user(self, args, kwargs, partial=True)

    # -- gradients ----------------------------------------------------------------------------------------------------

    def gradient(self, wrt: str | Sequence[str]) -> Symbol:
        """Differentiate the sum of the outputs: a Symbol with one output for each name in ``wrt``."""
        from symbolic.autodiff.gradient import gradient_symbol

        return gradient_symbol(self, [wrt] if isinstance(wrt, str) else list(wrt))

    grad = gradient

    # -- files --------------------------------------------------------------------------------------------------------

    def tojson(self, remove_amp_cast: bool = True) -> str:
        """Write the graph as JSON text that MXNet 1.9.1 loads."""
        from symbolic.files.json import to_json

        return to_json(self, remove_amp_cast)

    def save(self, fname: Any, remove_amp_cast: bool = True) -> None:
        """Write the graph to a file, whole or not at all."""
        from symbolic.files.json import save

        save(self, fname, remove_amp_cast)

    # -- looking ------------------------------------------------------------------------------------------------------

    def debug_str(self) -> str:
        """Describe the graph as text, a node at a time."""
        from symbolic.show.text import debug_str

        return debug_str(self)


def Group(symbols: Sequence[Symbol], create_fn: Any = Symbol) -> Symbol:
    """Join the outputs of several symbols into one symbol.

    Parameters
    ----------
    symbols : list or tuple of Symbol
        At least one.
    create_fn : callable, optional
        Makes the symbol of a list of values.

    Raises
    ------
    ArgumentError
        If ``symbols`` is empty or holds anything but symbols.
    """
    members = list(symbols) if isinstance(symbols, (list, tuple, Symbol)) else []
    strangers = [member for member in members if not isinstance(member, Symbol)]
    if strangers or not members:
        raise ArgumentError(
            describe(
                "a group is made of a list of Symbols",
                operator="Group",
                facts={
                    "argument": "symbols",
                    "got": repr(strangers[0] if strangers else symbols),
                    "expected": "at least one Symbol, and nothing else",
                },
            )
        )
    return create_fn([entry for member in members for entry in member._entries])
