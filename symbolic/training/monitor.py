"""Monitor: a look at inner values while training."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable
from typing import Any

from symbolic.errors import InputError, describe
from symbolic.nd.array import NDArray

__all__ = ["Monitor"]


class Monitor:
    """Measures the values of a network every few batches: outputs of nodes, their gradients, parameters and states.

    Parameters
    ----------
    interval : int
        How many batches lie between.
    stat_func : function, optional
        Told an NDArray, returns the measure, an NDArray or a list of them; by default the root mean square.
    pattern : str, default ".*"
        Regular expression; values whose names begin with a match are measured.
    sort : bool, default False
        Sort the measures by name.
    monitor_all : bool, default False
        Measure the inputs of nodes too.

    Attributes
    ----------
    queue : list of (int, str, NDArray)
        Step, name and measure since `tic`.
    """

    def __init__(
        self,
        interval: int,
        stat_func: Callable[[NDArray], Any] | None = None,
        pattern: str = ".*",
        sort: bool = False,
        monitor_all: bool = False,
    ):
        self.stat_func = stat_func or root_mean_square
        self.interval = interval
        self.activated = False
        self.queue: list[tuple[int, str, Any]] = []
        self.step = 0
        self.exes: list[Any] = []
        self.re_prog = re.compile(pattern)
        self.sort = sort
        self.monitor_all = monitor_all

    def stat_helper(self, name: str, array: NDArray) -> None:
        """Measure a value, if this step is watched and the name matches; executors call it."""
        if self.activated and self.re_prog.match(name):
            self.queue.append((self.step, name, self.stat_func(array)))

    def install(self, exe: Any) -> None:
        """Watch an executor."""
        exe.set_monitor_callback(self.stat_helper, self.monitor_all)
        self.exes.append(exe)

    def tic(self) -> None:
        """Begin a step; it is watched if its turn has come."""
        if self.step % self.interval == 0:
            self.queue = []
            self.activated = True
        self.step += 1

    def toc(self) -> list[tuple[int, str, str]]:
        """End a step.

        Returns
        -------
        list of (int, str, str)
            Step, name and measure as text; empty if the step is not watched.
        """
        if not self.activated:
            return []
        for exe in self.exes:
            symbol = exe._symbol
            for names, arrays in ((symbol.list_arguments(), exe.arg_arrays), (symbol.list_auxiliary_states(), exe.aux_arrays)):
                for name, array in zip(names, arrays, strict=True):
                    self.stat_helper(name, array)
        self.activated = False
        if self.sort:
            self.queue.sort(key=lambda found: found[1])
        measured = [(step, name, self._text(name, found)) for step, name, found in self.queue]
        self.queue = []
        return measured

    def _text(self, name: str, found: Any) -> str:
        """Spell a measure, each array followed by a tab."""
        arrays = found if isinstance(found, list) else [found]
        for array in arrays:
            if not isinstance(array, NDArray):
                facts = {"value": name, "got": type(array).__name__, "expected": "NDArray or list of NDArray"}
                raise InputError(describe("stat_func must return an NDArray", operator="Monitor", facts=facts))
        return "".join(str(array.asscalar() if array.shape == (1,) else array.asnumpy()) + "\t" for array in arrays)

    def toc_print(self) -> None:
        """End a step, and log its measures."""
        for step, name, text in self.toc():
            logging.info("Batch: %7d %-30s %s", step, name, text)


def root_mean_square(array: NDArray) -> NDArray:
    """Return the norm over the root of the number of elements."""
    return array.norm() / math.sqrt(array.size)
