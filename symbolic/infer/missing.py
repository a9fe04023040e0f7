"""What a user has to give so that every shape, or type, is known: found by trying it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from symbolic.errors import MXNetError, printable
from symbolic.graph.graph import Graph
from symbolic.graph.node import Node
from symbolic.infer.solve import Attribute, solve
from symbolic.values.shape import NO_RANK, UNKNOWN, complete

__all__ = ["advice", "settling"]

RANKS = (2, 4, 3, 5, 1)  # of arrays of which not even the number of axes is known
BATCH, SIZE = 8, 64  # of the first axis, and of the others
MOST_BATCHES = 5  # sizes of the first axis that are tried
MOST_VISITS = 60_000  # of nodes, in all trials together
MOST_GIVEN = 4  # in one proposal
MOST_PROPOSALS = 3
MOST_TRIED = 12  # variables, one after the other, for a place in a proposal


def settling(graph: Graph, facts: Sequence[Any], attribute: Attribute) -> list[list[Node]]:
    """Find small sets of variables that settle all others once they are given.

    Parameters
    ----------
    facts : sequence
        What `solve` made of what is given.
    attribute : Attribute
        What is solved for: shapes or types.

    Returns
    -------
    list of list of Node
        The smallest set found, then others of the same size; empty if the trials find none.
    """
    trials = _Trials(graph, attribute)
    chosen: list[Node] = []
    now = list(facts)
    while open_ := trials.open(now):
        if len(chosen) == MOST_GIVEN:
            return []
        best: tuple[int, Node, list[Any]] | None = None
        for node in open_[:MOST_TRIED]:
            found = trials.given(now, node)
            if found is not None and (best is None or found[0] < best[0]):
                best = (found[0], node, found[1])
            if best is not None and not best[0]:
                break
        if best is None:
            return []
        chosen.append(best[1])
        now = best[2]
    proposals = [chosen] if chosen else []
    if len(chosen) == 1:
        for node in trials.open(list(facts))[:MOST_TRIED]:
            if len(proposals) == MOST_PROPOSALS:
                break
            found = trials.given(list(facts), node) if node is not chosen[0] else None
            if found is not None and not found[0]:
                proposals.append([node])
    return proposals


def advice(graph: Graph, facts: Sequence[Any], attribute: Attribute) -> str:
    """Say what to give: ``"give x, or fc1_weight: the rest follows"``."""
    proposals = settling(graph, facts, attribute)
    if not proposals:
        return "give some of them"
    spelled = [" and ".join(printable(node.name) for node in proposal) for proposal in proposals]
    count = sum(1 for node in graph.variables if not _known(facts[graph.number((node, 0))]))
    return f"give {', or '.join(spelled)}" + (": the rest follows" if count > len(proposals[0]) else "")


class _Trials:
    """Solves a graph again and again, with something made up for a variable."""

    def __init__(self, graph: Graph, attribute: Attribute):
        self.graph = graph
        self.attribute = replace(attribute, answers=({}, {}), keys={})  # no answer about a made up size is kept
        self.operators = [place for place, node in enumerate(graph.nodes) if node.op is not None]
        self.left = MOST_VISITS

    def open(self, facts: Sequence[Any]) -> list[Node]:
        """List the variables that are not known."""
        return [node for node in self.graph.variables if not _known(facts[self.graph.number((node, 0))])]

    def given(self, facts: list[Any], node: Node) -> tuple[int, list[Any]] | None:
        """Give a variable something; return how many others are open then, and what is known, or None if nothing fits."""
        number = self.graph.number((node, 0))
        readers = self.graph.readers[number]
        if not readers:
            trial = list(facts)
            trial[number] = next(self._made_up(facts[number], [BATCH]))
            return len(self.open(trial)), trial
        work = [place for place in self.operators if place >= min(readers)]
        best: tuple[int, list[Any]] | None = None
        for value in self._made_up(facts[number], self._batches(facts)):
            if self.left <= 0:
                break
            self.left -= len(self.graph.nodes)
            trial = list(facts)
            trial[number] = value
            try:
                solve(self.graph, trial, self.attribute, work)
            except (MXNetError, ArithmeticError, ValueError, TypeError, IndexError):
                continue
            count = len(self.open(trial))
            if best is None or count < best[0]:
                best = count, trial
            if not count:
                break
        return best

    def _batches(self, facts: Sequence[Any]) -> list[int]:
        """List sizes for the first axis: any, that of the other axes, or that of an array which is given, such as a label."""
        given = [facts[self.graph.number((node, 0))] for node in self.graph.variables]
        return list(dict.fromkeys([BATCH, SIZE, *[shape[0] for shape in given if isinstance(shape, tuple) and shape and _known(shape)]]))[
            :MOST_BATCHES
        ]

    def _made_up(self, known: Any, batches: Sequence[int]) -> Iterator[Any]:
        if known is None:
            yield np.dtype(np.float32)
            return
        for rank in RANKS if known is NO_RANK else (len(known),):
            for batch in batches:
                shape = (UNKNOWN,) * rank if known is NO_RANK else known
                yield tuple([(SIZE if axis else batch) if size is UNKNOWN else size for axis, size in enumerate(shape)])


def _known(value: Any) -> bool:
    return isinstance(value, np.dtype) or (value is not None and complete(value))
