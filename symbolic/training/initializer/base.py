"""What all initializers share: which part of a layer a name means, and how each part begins."""

from __future__ import annotations

import json
import logging
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from symbolic import nd
from symbolic.errors import ArgumentError, IndexingError, MXNetError, NotSupported, ShapeError, UnknownName, describe
from symbolic.nd.array import NDArray
from symbolic.training.registry import registry_of

__all__ = ["InitDesc", "Initializer", "alias", "bilinear", "create", "register"]

# The end of a parameter's name, the method that fills it; the first that fits counts.
ENDINGS = (
    ("weight", "_init_weight"),
    ("bias", "_init_bias"),
    ("gamma", "_init_gamma"),
    ("beta", "_init_beta"),
    ("min", "_init_zero"),
    ("max", "_init_one"),
    ("weight_quantize", "_init_quantized_weight"),
    ("bias_quantize", "_init_quantized_bias"),
)
# The same for names that are plain strings, as scripts for the first versions of MXNet have them: a beginning and an end.
LEGACY = (
    ("upsampling", "", "_init_bilinear"),
    ("stn_loc", "weight", "_init_zero"),
    ("stn_loc", "bias", "_init_loc_bias"),
    ("", "bias", "_init_bias"),
    ("", "gamma", "_init_gamma"),
    ("", "beta", "_init_beta"),
    ("", "weight", "_init_weight"),
    ("", "moving_mean", "_init_zero"),
    ("", "moving_var", "_init_one"),
    ("", "moving_inv_var", "_init_zero"),
    ("", "moving_avg", "_init_zero"),
    ("", "min", "_init_zero"),
    ("", "max", "_init_one"),
)
HINT = "give the variable its own: mx.sym.Variable(name, init=mx.init.Zero()); or choose by name: mx.init.Mixed"


class InitDesc(str):
    """The name of a variable, and what is known of it.

    Parameters
    ----------
    name : str
        Of the variable.
    attrs : dict of str, optional
        Its attributes; ``__init__`` holds an initializer of its own, as `Initializer.dumps` spells it.
    global_init : Initializer, optional
        The one for all variables, which an initializer of a part may fall back on.
    """

    attrs: Mapping[str, str]
    global_init: Any

    def __new__(cls, name: str, attrs: Mapping[str, str] | None = None, global_init: Any = None) -> InitDesc:
        made = super().__new__(cls, name)
        made.attrs = attrs or {}
        made.global_init = global_init
        return made


class Initializer:
    """Fill arrays by the names of their variables.

    A subclass says how weights begin, ``_init_weight(self, name, array)``, and maybe ``_init_bias``, ``_init_gamma``,
    ``_init_beta`` and ``_init_default``, for names that end otherwise.

    Parameters
    ----------
    **kwargs
        Arguments of the subclass, for `dumps`.
    """

    def __init__(self, **kwargs: Any):
        self._kwargs = kwargs
        self._verbose = False
        self._print_func: Callable[[Any], str] | None = None

    def set_verbosity(self, verbose: bool = False, print_func: Callable[[Any], str] | None = None) -> Initializer:
        """Log what is filled.

        Parameters
        ----------
        verbose : bool
            Whether to.
        print_func : callable, optional
            Makes the text about an array; its norm over the root of its size by default.
        """
        self._verbose = verbose
        self._print_func = print_func or _root_mean_square
        return self

    def _verbose_print(self, desc: str, init: str, arr: Any) -> None:
        if self._verbose and self._print_func:
            logging.info("initialized %s as %s: %s", desc, init, self._print_func(arr))

    def dumps(self) -> str:
        """Spell it as JSON, which `create` reads.

        Examples
        --------
        >>> Initializer(scale=0.1).dumps()
        '["initializer", {"scale": 0.1}]'
        """
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, desc: str, arr: Any) -> None:
        """Fill an array.

        Parameters
        ----------
        desc : InitDesc
            Its name and attributes. A plain string has further endings, as ``moving_mean``.
        arr : NDArray
            The array.

        Raises
        ------
        UnknownName
            If the name's end means nothing, and there is no attribute ``__init__``.
        ArgumentError
            If that attribute names an initializer and gives it what it does not take.
        """
        if not isinstance(desc, InitDesc):
            self._legacy_init(desc, arr)
            return
        if desc.global_init is None:
            desc.global_init = self
        own = desc.attrs.get("__init__")
        if own:
            try:
                create(own)._init_weight(desc, arr)
            except MXNetError:
                raise
            except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:  # the words may be those of a file
                facts = {"__init__": own, "expected": '["uniform", {"scale": 0.1}], a name and what the class takes'}
                raise ArgumentError(describe(f"its own initializer fails: {error}", name=str(desc), facts=facts)) from error
            self._verbose_print(desc, own, arr)
            return
        for end, method in ENDINGS:
            if desc.endswith(end):
                getattr(self, method)(desc, arr)
                self._verbose_print(desc, end, arr)
                return
        self._init_default(desc, arr)

    def _legacy_init(self, name: str, arr: Any) -> None:
        what = "an initializer is called with a plain name; say init(mx.init.InitDesc(name), array)"
        warnings.warn(what, DeprecationWarning, stacklevel=3)
        for argument, value, kind in (("name", name, str), ("arr", arr, NDArray)):
            if not isinstance(value, kind):
                facts = {"argument": argument, "got": type(value).__name__, "expected": kind.__name__}
                raise ArgumentError(describe("an initializer takes a name and an array", operator=type(self).__name__, facts=facts))
        methods = (method for start, end, method in LEGACY if name.startswith(start) and name.endswith(end))
        getattr(self, next(methods, "_init_default"))(name, arr)

    def _init_weight(self, name: str, arr: Any) -> None:
        raise NotSupported(describe("this initializer does not say how weights begin", operator=type(self).__name__, name=str(name)))

    def _init_default(self, name: str, _: Any) -> None:
        facts = {"got": name, "known ends": ", ".join(end for end, _ in ENDINGS)}
        raise UnknownName(
            describe("the end of this name says nothing of how to begin", operator=type(self).__name__, facts=facts, hint=HINT)
        )

    def _init_zero(self, _: str, arr: Any) -> None:
        arr[:] = 0

    def _init_one(self, _: str, arr: Any) -> None:
        arr[:] = 1

    def _init_bias(self, _: str, arr: Any) -> None:
        arr[:] = 0

    def _init_gamma(self, _: str, arr: Any) -> None:
        arr[:] = 1

    def _init_beta(self, _: str, arr: Any) -> None:
        arr[:] = 0

    def _init_quantized_bias(self, _: str, arr: Any) -> None:
        arr[:] = 0

    def _init_quantized_weight(self, _: str, arr: Any) -> None:
        arr[:] = nd.random.randint(-127, 127, shape=arr.shape, dtype="int32").astype("int8")

    def _init_bilinear(self, name: str, arr: Any) -> None:
        arr[:] = bilinear(arr.shape, name)

    def _init_loc_bias(self, name: str, arr: Any) -> None:
        if arr.shape[0] != 6:
            facts = {"got": arr.shape, "expected": (6,)}
            raise ShapeError(
                describe("an affine map of the plane has six numbers", operator=type(self).__name__, name=str(name), facts=facts)
            )
        arr[:] = np.array([1.0, 0, 0, 0, 1.0, 0])  # the map that moves nothing

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Initializer):
            return NotImplemented
        return type(self) is type(other) and json.loads(self.dumps()) == json.loads(other.dumps())

    __hash__ = None  # type: ignore[assignment]


def _root_mean_square(array: Any) -> str:
    return str(float(np.sqrt(np.mean(np.square(array.asnumpy(), dtype=np.float64)))) if array.size else math.nan)


def bilinear(shape: tuple[int, ...], name: str) -> np.ndarray:
    """Make windows that, in a transposed convolution, stretch a picture by linear interpolation.

    The height of the tent is counted along the width of the window, also downwards, as in the reference.
    """
    if len(shape) < 4:
        facts = {"got": shape, "expected": "(filters, channels, height, width)"}
        raise IndexingError(describe("bilinear windows have four axes", operator="Bilinear", name=str(name), facts=facts))
    half = math.ceil(shape[3] / 2)
    middle = (2 * half - 1 - half % 2) / (2 * half)
    down, right = (1 - np.abs(np.arange(size) / half - middle) for size in shape[2:4])
    return np.broadcast_to((down[:, None] * right).astype(np.float32), shape)


registry = registry_of(Initializer, "initializer")
alias, create = registry.alias, registry.create


def register(klass: Any) -> Any:
    """Enter a class of your own, so that `create`, ``Module.init_params`` and JSON find it by its name in lower case.

    Examples
    --------
    >>> @register
    ... class Tenth(Initializer):
    ...     def _init_weight(self, name, arr):
    ...         arr[:] = 0.1
    >>> type(create("tenth")).__name__
    'Tenth'
    """
    return registry.register(klass)
