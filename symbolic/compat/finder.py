"""The door itself: a finder that answers ``import mxnet...`` with modules of this library."""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import symbolic
from symbolic.compat.internals import fill
from symbolic.compat.table import ALIASES, MODULES, REFUSED, canonical, refusal
from symbolic.errors import MXNetError, closest

__all__ = ["VERSION", "AlreadyImported", "Door", "NotCovered", "Package"]

VERSION = "1.9.1"  # the release whose behaviour the tests record


class NotCovered(MXNetError, ModuleNotFoundError):
    """A part of MXNet that this library leaves out, or a module that MXNet has not."""


class NotThere(MXNetError, AttributeError):
    """A name of MXNet that this library leaves out."""


class AlreadyImported(MXNetError, ImportError):
    """MXNet itself is at work in this process."""


class Package(ModuleType):
    """What ``import mxnet`` gives: the names of ``symbolic``, under MXNet's version."""

    def __init__(self) -> None:
        super().__init__("mxnet", symbolic.__doc__)
        self.__version__ = VERSION
        self.__file__ = symbolic.__file__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module 'mxnet' has no attribute {name!r}")
        if canonical(name) in MODULES or (canonical(name) in REFUSED and Door.late):
            return importlib.import_module(f"mxnet.{name}")
        try:
            return getattr(symbolic, name)
        except AttributeError:
            raise NotThere(refusal(name) or f"module 'mxnet' has no attribute {name!r}{closest(name, dir(self))}") from None

    def __repr__(self) -> str:
        return f"<module 'mxnet', answered by {symbolic.__file__}>"

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *symbolic.__all__, *ALIASES, *[name for name in MODULES if "." not in name]})


class Absent(ModuleType):
    """A module that is left out, where imports are let through: whatever is asked of it is refused."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotThere(refusal(f"{self.__name__}.{name}".removeprefix("mxnet.")))


class Door(MetaPathFinder, Loader):
    """Finder and loader of every name below ``mxnet``; other names are none of its business."""

    late = False  # whether what is left out is refused at its first use instead of at its import

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Answer for a module, or refuse it.

        Raises
        ------
        NotCovered
            If this library does not have it; the message says what to use instead.
        """
        first, _, rest = fullname.partition(".")
        if first != "mxnet":
            return None
        hint = refusal(rest)
        is_module = rest.rpartition(".")[2].islower()  # `from mxnet.gluon import Block` asks for a module, too
        if rest and canonical(rest) not in MODULES and not (hint and self.late and is_module):
            raise NotCovered(hint or f"MXNet has no module mxnet.{rest}, or it is not covered by symbind{closest(rest, MODULES)}")
        return ModuleSpec(fullname, self, is_package=not rest)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Look up the module of this library; it keeps its own name and spec."""
        rest = spec.name.partition(".")[2]
        if not rest:
            return Package()
        if refusal(rest):
            return Absent(spec.name)
        module, _, attribute = MODULES[canonical(rest)].partition(":")
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            raise NotCovered(f"mxnet.{rest} is not covered by symbind yet: there is no {module}") from None
        found = getattr(found, attribute) if attribute else found
        spec.loader_state = getattr(found, "__spec__", None)
        return found

    def exec_module(self, module: ModuleType) -> None:
        """Undo what the import system wrote into a module that has been there before, and answer for the files of a package."""
        spec = module.__spec__
        assert spec is not None
        if isinstance(module, (Package, Absent)):
            return
        module.__spec__ = spec.loader_state
        here = canonical(spec.name.partition(".")[2])
        fill(here, module)
        for path, target in MODULES.items():
            parent, _, child = path.rpartition(".")
            if parent == here and target == MODULES[here]:  # mx.ndarray.ndarray.NDArray needs no import of its own
                sys.modules[f"{spec.name}.{child}"] = module
                module.__dict__.setdefault(child, module)
