"""Ways to run a symbol: bind arrays of one's own, bind new ones, evaluate once. Each reaches up to an executor by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symbolic.errors import ShapeError
from symbolic.values.context import current_context

__all__ = ["Running"]


class Running:
    """The methods of a Symbol that run it."""

    __slots__ = ()

    def bind(
        self,
        ctx: Any = None,
        args: Any = None,
        args_grad: Any = None,
        grad_req: Any = "write",
        aux_states: Any = None,
        group2ctx: Any = None,
        shared_exec: Any = None,
        executor: str | None = None,
    ) -> Any:
        """Bind arrays to the variables and return an executor.

        Parameters
        ----------
        ctx : Context
            Accepted as in MXNet; everything runs on the host.
        args : list or dict of NDArray
            One for each argument.
        args_grad : list or dict of NDArray, optional
            Where gradients go; an argument without one gets none.
        grad_req : str, list or dict
            ``"write"``, ``"add"`` or ``"null"``, for all or for each argument.
        aux_states : list or dict of NDArray, optional
            One for each auxiliary state.
        executor : str, optional
            Which executor; ``"numpy"`` by default.

        Raises
        ------
        BindError
            If an array is missing, unknown, or does not fit.
        """
        from symbolic.backends import executor_class

        kind = executor_class(executor)
        try:
            return kind.bind(self, ctx, args, args_grad, grad_req, aux_states, group2ctx, shared_exec)
        except ShapeError:
            other = self._stretched((), args) if isinstance(args, Mapping) else self._stretched(args, {})
            if other is None:
                raise
        return kind.bind(other, ctx, args, args_grad, grad_req, aux_states, group2ctx, shared_exec)

    def simple_bind(
        self,
        ctx: Any = None,
        grad_req: Any = "write",
        type_dict: Any = None,
        stype_dict: Any = None,
        group2ctx: Any = None,
        shared_arg_names: Any = None,
        shared_exec: Any = None,
        shared_buffer: Any = None,
        executor: str | None = None,
        **shapes: Any,
    ) -> Any:
        """Infer all shapes from ``shapes``, allocate every array, and bind."""
        from symbolic.backends import executor_class

        kind = executor_class(executor)
        rest = (ctx, grad_req, type_dict, stype_dict, group2ctx, shared_arg_names, shared_exec, shared_buffer, shapes)
        try:
            return kind.simple_bind(self, *rest)
        except ShapeError:
            other = self._stretched((), shapes)
            if other is None:
                raise
        return kind.simple_bind(other, *rest)

    def eval(self, ctx: Any = None, **kwargs: Any) -> list[Any]:
        """Bind the arrays in ``kwargs``, run once in inference, return the outputs; MXNet's name, no text is evaluated."""
        return self.bind(current_context() if ctx is None else ctx, kwargs, grad_req="null", aux_states=kwargs).forward()

    def _stretched(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Let ``+`` of unequal shapes stretch them, where the reference fails; ``None`` if that is not what is wrong."""
        from symbolic.infer.stretch import stretched

        symbol: Any = self
        return stretched(symbol, args, kwargs)
