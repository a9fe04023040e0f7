"""Classes that are found by name: initializers, metrics; also a user's own, ``mx.registry.get_create_func``."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any

from symbolic.errors import ArgumentError, FormatError, InputError, UnknownName, closest, describe

__all__ = ["Registry", "get_alias_func", "get_create_func", "get_register_func", "get_registry"]


class Registry:
    """Subclasses of one class, by their names in lower case.

    Parameters
    ----------
    base : type
        The class.
    kind : str
        What messages call its instances, and the key of the name among keyword arguments: ``create(metric="acc")``.
    """

    def __init__(self, base: type, kind: str):
        self.base, self.kind = base, kind
        self.found: dict[str, type] = {}

    def register(self, klass: Any, name: str | None = None) -> Any:
        """Enter a class under ``name``, its own by default; return it, so that this decorates."""
        if not (isinstance(klass, type) and issubclass(klass, self.base)):
            facts = {"got": repr(klass), "expected": f"a subclass of {self.base.__name__}"}
            raise InputError(describe(f"this is no {self.kind}", operator="register", facts=facts))
        name = (name or klass.__name__).lower()
        before = self.found.get(name)
        if before is not None:
            warnings.warn(f"{self.kind} {name!r}: {_path(klass)} takes the place of {_path(before)}", UserWarning, stacklevel=2)
        self.found[name] = klass
        return klass

    def alias(self, *names: str) -> Callable[[Any], Any]:
        """Make a decorator that enters a class under further names."""

        def decorate(klass: Any) -> Any:
            for name in names:
                self.register(klass, name)
            return klass

        return decorate

    def create(self, *args: Any, **kwargs: Any) -> Any:
        """Make an instance.

        Parameters
        ----------
        *args, **kwargs
            First a name, and then what the class takes. Or nothing but an instance, which is returned; or a dict of
            keyword arguments with the name among them; or either as JSON: ``'["uniform", {"scale": 0.1}]'``.

        Raises
        ------
        UnknownName
            If nothing has this name.
        """
        if args:
            what, args = args[0], args[1:]
        elif self.kind in kwargs:
            what = kwargs.pop(self.kind)
        else:
            facts = {"got": ", ".join(kwargs) or "nothing", "expected": f"a name, or {self.kind}=..."}
            raise UnknownName(describe(f"which {self.kind}?", operator="create", facts=facts))
        if isinstance(what, (self.base, dict)) or (isinstance(what, str) and what[:1] in ("[", "{")):
            if args or kwargs:
                facts = {"argument": self.kind, "got": repr(what), "further": f"{args}, {kwargs}"}
                raise InputError(describe("further arguments go with a name only", operator="create", facts=facts))
            return what if isinstance(what, self.base) else self._from_description(what)
        if not isinstance(what, str):
            facts = {"argument": self.kind, "got": f"{what!r} ({type(what).__name__})", "expected": f"a name or a {self.base.__name__}"}
            raise InputError(describe(f"this is no {self.kind}", operator="create", facts=facts))
        return self.find(what)(*args, **kwargs)

    def find(self, name: str) -> type:
        """Return the class of this name."""
        found = self.found.get(name.lower())
        if found is None:
            facts = {"registered": ", ".join(sorted(self.found))}
            what = f"no {self.kind} is called {name!r}{closest(name.lower(), self.found)}"
            raise UnknownName(describe(what, operator="create", facts=facts, hint=f"classes of your own need @mx.{self.kind}.register"))
        return found

    def _from_description(self, what: Any) -> Any:
        try:
            described = json.loads(what) if isinstance(what, str) else what
        except (ValueError, RecursionError) as error:
            raise FormatError(describe(f"this is no JSON: {error}", operator="create", facts={"got": repr(what)})) from None
        if isinstance(described, dict):
            return self.create(**described)
        if len(described) != 2 or not isinstance(described[1], dict):
            raise ArgumentError(describe("a description is [name, {argument: value}]", operator="create", facts={"got": repr(what)}))
        return self.create(described[0], **described[1])


def _path(klass: type) -> str:
    return f"{klass.__module__}.{klass.__qualname__}"


_registries: dict[type, Registry] = {}


def registry_of(base_class: type, nickname: str = "class") -> Registry:
    """Return the registry of a class's subclasses, made when it is first asked for."""
    return _registries.setdefault(base_class, Registry(base_class, nickname))


def get_registry(base_class: type) -> dict[str, type]:
    """Copy the names and classes that are registered below ``base_class``."""
    return dict(registry_of(base_class).found)


def get_register_func(base_class: type, nickname: str) -> Callable[..., Any]:
    """Make ``register(klass, name=None)`` for subclasses of ``base_class``, which messages call ``nickname``."""
    return registry_of(base_class, nickname).register


def get_alias_func(base_class: type, nickname: str) -> Callable[..., Any]:
    """Make ``alias(*names)``, a decorator, for subclasses of ``base_class``."""
    return registry_of(base_class, nickname).alias


def get_create_func(base_class: type, nickname: str) -> Callable[..., Any]:
    """Make ``create(name, *args, **kwargs)`` for subclasses of ``base_class``; see `Registry.create`."""
    return registry_of(base_class, nickname).create
