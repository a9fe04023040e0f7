"""What was there before `CustomOp`: `PythonOp`, `NumpyOp` and `NDArrayOp`, for scripts of that time.

An object describes and computes at once. In graphs it stands as a ``Custom`` node of this process: files with it load nowhere,
as in MXNet, which wrote an address.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from typing import Any

from symbolic import registry
from symbolic.errors import NotSupported, describe
from symbolic.operator.custom import CustomOp, CustomOpProp, register
from symbolic.scope import _stack

__all__ = ["NDArrayOp", "NumpyOp", "PythonOp"]

_numbers = itertools.count()


class PythonOp:
    """Base of operators written as one object; call it with symbols to compose a node.

    Parameters
    ----------
    need_top_grad : bool
        Whether `backward` uses the gradients of the outputs; a loss does not.
    """

    _hint = "_python"

    def __init__(self, need_top_grad: bool = True):
        self.need_top_grad_ = need_top_grad
        self._name: str | None = None
        warnings.warn(f"{type(self).__name__} is of old: CustomOp does the same", DeprecationWarning, stacklevel=2)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compose a node; see `get_symbol`."""
        return self.get_symbol(*args, **kwargs)

    def get_symbol(self, *args: Any, **kwargs: Any) -> Any:
        """Compose a node.

        Parameters
        ----------
        *args, **kwargs : Symbol
            Inputs in the order, or by the names, of `list_arguments`; those left out become variables.
        name : str, optional
            Of the node.
        """
        raise NotSupported(describe("a PythonOp cannot be composed", hint="derive from NumpyOp, NDArrayOp or CustomOp"))

    def forward(self, in_data: list[Any], out_data: list[Any]) -> None:
        """Compute the outputs into ``out_data``; here the first input is handed on."""
        out_data[0][:] = in_data[0]

    def backward(self, out_grad: list[Any], in_data: list[Any], out_data: list[Any], in_grad: list[Any]) -> None:
        """Compute the gradients of the inputs into ``in_grad``; here that of the first is 1."""
        in_grad[0][:] = 1.0

    def infer_shape(self, in_shape: list[Any]) -> tuple[list[Any], list[Any]]:
        """Return the shapes of inputs and of outputs; here both are as the first input."""
        return in_shape, [in_shape[0]]

    def list_outputs(self) -> list[str]:
        """Name the outputs."""
        return ["output"]

    def list_arguments(self) -> list[str]:
        """Name the inputs."""
        return ["data"]

    def need_top_grad(self) -> bool:
        """Tell whether `backward` uses the gradients of the outputs."""
        return self.need_top_grad_

    def _composed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._name is None:  # an object stands for one operator, however often it is composed
            self._name = f"{self._hint}_{next(_numbers)}"
            register(self._name)(_property_class(self))
        name = _stack.names[-1].get(kwargs.pop("name", None), self._hint)
        return registry.find("Custom")(*args, op_type=self._name, name=name, **kwargs)

    def _arrays(self, arrays: list[Any]) -> list[Any]:
        """Show arrays to the user's methods."""
        return arrays


class NumpyOp(PythonOp):
    """An operator whose methods get NumPy arrays, and write into them."""

    _hint = "_native"

    def get_symbol(self, *args: Any, **kwargs: Any) -> Any:
        """Compose a node; see `PythonOp.get_symbol`."""
        return self._composed(args, kwargs)

    def _arrays(self, arrays: list[Any]) -> list[Any]:
        return [array.as_numpy_view() for array in arrays]


class NDArrayOp(PythonOp):
    """An operator whose methods get arrays of this library, and write into them."""

    _hint = "_ndarray"

    def get_symbol(self, *args: Any, **kwargs: Any) -> Any:
        """Compose a node; see `PythonOp.get_symbol`."""
        return self._composed(args, kwargs)

    def declare_backward_dependency(self, out_grad: Sequence[int], in_data: Sequence[int], out_data: Sequence[int]) -> list[int]:
        """Choose from these numbers those of the arrays that `backward` reads; others need not be kept."""
        return [*(out_grad if self.need_top_grad() else ()), *in_data, *out_data]


def _property_class(described: PythonOp) -> type[CustomOpProp]:
    """Make the class that describes an object to ``Custom``."""

    class Computed(CustomOp):
        def forward(self, is_train: bool, req: Any, in_data: Any, out_data: Any, aux: Any) -> None:
            described.forward(in_data=described._arrays(in_data), out_data=described._arrays(out_data))

        def backward(self, req: Any, out_grad: Any, in_data: Any, out_data: Any, in_grad: Any, aux: Any) -> None:
            given = (described._arrays(arrays) for arrays in (out_grad, in_data, out_data, in_grad))
            described.backward(**dict(zip(("out_grad", "in_data", "out_data", "in_grad"), given, strict=True)))

    class Described(CustomOpProp):
        def __init__(self) -> None:
            super().__init__(described.need_top_grad())

        def list_arguments(self) -> list[str]:
            return described.list_arguments()

        def list_outputs(self) -> list[str]:
            return described.list_outputs()

        def infer_shape(self, in_shape: list[Any]) -> tuple[Any, ...]:
            found = described.infer_shape(in_shape)
            return found[0], found[1], []

        def declare_backward_dependency(self, out_grad: Any, in_data: Any, out_data: Any) -> list[int]:
            own = getattr(described, "declare_backward_dependency", super().declare_backward_dependency)
            return own(out_grad, in_data, out_data)

        def create_operator(self, ctx: Any, in_shapes: Any, in_dtypes: Any) -> CustomOp:
            return Computed()

    return Described
