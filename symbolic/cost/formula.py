"""What a graph costs as formulas of its dimensions, and how large a dimension may be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from symbolic.cost.amount import read_bytes
from symbolic.cost.counted import Counts, Network, OpenShape
from symbolic.cost.dimension import at, names_in, read_shapes
from symbolic.cost.fit import NotPolynomial, Sample, fit
from symbolic.cost.polynomial import Polynomial
from symbolic.cost.quantity import Formula
from symbolic.errors import ArgumentError, BindError, MXNetError, ShapeError, UnknownName, closest, describe
from symbolic.infer.stretch import stretching
from symbolic.show.roles import checked_symbol

__all__ = ["CostFormula", "cost"]

STARTS = (2, 8, 32, 128)  # where formulas may begin to hold: small sizes may not fit, or meet edges
PERIODS = (2, 3, 4, 5, 6, 7, 8, 12, 14, 16, 24, 32, 64, 128)
LARGEST = 2**40
IDEAL = "ideal"  # in the place of an executor's name
FIRST_LOOK = 8  # a plan is first asked for this part of the ideal size: binding takes longer the larger it is


class CostFormula:
    """What `cost` makes: formulas, and answers drawn from them.

    Attributes
    ----------
    names : tuple of str
        The dimensions.
    parameters : Formula
        Elements of the parameters, shared ones once.
    flops : Formula or None
        Floating-point operations of a run (`symbolic.cost.rules` says what counts); ``None`` where an operator's work is
        not known (`Custom`).
    parameter_bytes, state_bytes, input_bytes, output_bytes : Formula
        Bytes of the arrays that a bound graph has: parameters, auxiliary states, inputs and labels, outputs.
    gradient_bytes : Formula
        Bytes of the gradients that the user gets; 0 without ``grad``.
    activation_bytes : Formula
        Bytes of all values that the nodes make, as if each was kept.
    live_bytes : Formula
        The most bytes of values, outputs too, that lie in memory at a time; see `symbolic.cost.memory`.
    peak_bytes : Formula
        Parameters, states, inputs and gradients, and ``live_bytes``: what an ideal executor takes. A real one needs room to
        work in, too, and leaves gaps: `planned_bytes` asks it.
    """

    def __init__(self, network: Network, names: tuple[str, ...], formulas: Mapping[str, Formula | None]):
        self.names = names
        self._network = network
        self._formulas = dict(formulas)

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__.get("_formulas", {})
        if name in found:
            return found[name]
        raise AttributeError(f"CostFormula has no attribute {name!r}{closest(name, found)}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._formulas]

    def __call__(self, *values: int, **dimensions: int) -> dict[str, int | None]:
        """Evaluate all formulas: name -> value."""
        return {name: None if formula is None else formula(*values, **dimensions) for name, formula in self._formulas.items()}

    def to_dict(self) -> dict[str, str | None]:
        """Spell all formulas with all digits: name -> text."""
        return {name: None if formula is None else repr(formula) for name, formula in self._formulas.items()}

    def __str__(self) -> str:
        width = max(map(len, self._formulas))
        said = [f"{name.replace('_', ' '):{width}}  {'?' if formula is None else formula}" for name, formula in self._formulas.items()]
        start = self.peak_bytes.start
        if any(least > 1 for least in start):
            said.append("for " + ", ".join(f"{name} from {least}" for name, least in zip(self.names, start, strict=True)))
        return "\n".join(said)

    def __repr__(self) -> str:
        return f"<CostFormula of {', '.join(self.names) or 'no dimension'}: {self.flops} FLOPs, {self.peak_bytes} bytes at most>"

    def largest(self, name: str | None = None, bytes: Any = None, executor: str | None = None, **others: int) -> int:
        """Find the largest value of a dimension with which a run fits into memory.

        Parameters
        ----------
        name : str, optional
            The dimension; the only one by default.
        bytes : int or str
            The memory: ``"2 GB"``, ``"512 MiB"``.
        executor : str, optional
            Whose plan has to fit (`planned_bytes`); by default that of the executor which `bind` uses. It is bound for a few
            sizes, which takes seconds for a large network. ``"ideal"`` asks none: ``peak_bytes`` has to fit, at once; real
            executors need up to twice as much.
        **others : int
            Values of the other dimensions.

        Returns
        -------
        int
            It fits, and one more does not; 0 if the smallest value does not fit.

        Raises
        ------
        ArgumentError
            If an argument is wrong, or the bytes do not grow with the dimension, or the executor does not plan.
        BindError
            If this machine has not that much memory, so that nothing can be bound.
        """
        if name is None and len(self.names) == 1:
            name = self.names[0]
        if name is None or name not in self.names:
            facts = {"argument": "name", "got": repr(name), "expected": list(self.names)}
            raise UnknownName(describe(f"no dimension is called {name!r}", name="largest", facts=facts))
        budget = read_bytes(bytes)
        place = self.names.index(name)
        point = list(self.peak_bytes.point((), {name: self.peak_bytes.start[place], **others}))

        def by_formula(value: int) -> int:
            return self.peak_bytes(*point[:place], value, *point[place + 1 :])

        ideal = _largest_within(by_formula, budget, point[place], name)
        if executor == IDEAL or not ideal:
            return ideal
        refused: dict[int, Exception] = {}

        def by_plan(value: int) -> int:
            try:
                return self.planned_bytes(executor, **{**others, name: value})
            except (BindError, MemoryError) as error:
                refused[value] = error
                return budget + 1

        found = _largest_within(by_plan, budget, point[place], name, ideal)
        if found + 1 in refused:
            what = f"this machine has too little memory to bind {name} = {found + 1}, for which {bytes} would be enough"
            hint = f"largest({name!r}, bytes=..., executor={IDEAL!r}) binds nothing"
            raise BindError(describe(what, name="largest", hint=hint)) from refused[found + 1]
        return found

    def planned_bytes(self, executor: str | None = None, **dimensions: int) -> int:
        """Bind, and count the bytes of arrays and of what the executor plans: its buffers, working room, prepared weights.

        Nothing runs; memory is asked for, and hardly touched.

        Raises
        ------
        ArgumentError
            If the executor does not plan: ``"reference"``.
        """
        point = dict(zip(self.names, self.peak_bytes.point((), dimensions), strict=True))
        return self._network.planned_bytes(point, executor)


def _largest_within(needed: Callable[[int], int], budget: int, least: int, name: str, guess: int | None = None) -> int:
    """Find the largest value with which no more is needed than there is, in few evaluations where needs grow evenly.

    Parameters
    ----------
    guess : int, optional
        About what it is. Small values are looked at first: they take less time.
    """
    low, before = least, (least, needed(least))
    if before[1] > budget:
        return 0
    value = 2 * least if guess is None else max(guess // FIRST_LOOK, least + 1)
    high: int | None = None  # does not fit
    looks = fits = 0
    while high is None or high - low > 1:
        if value > LARGEST:
            facts = {"argument": "name", "got": repr(name), "needs": f"{before[1]} bytes for {before[0]}"}
            raise ArgumentError(describe(f"the bytes do not grow with {name}", name="largest", facts=facts))
        last = (value, needed(value))
        looks += 1
        if last[1] > budget:
            high = value
        else:
            low, fits = value, fits + 1
        run, rise = last[0] - before[0], last[1] - before[1]
        line = last[0] + (budget - last[1]) * run // rise if run * rise > 0 else 2 * low
        if high is None:  # where the line through the last two says, but on in growing steps
            value = max(line, low + 2**fits // 16, low + 1)
            value = value if guess is None else min(value, 2 * max(guess, low))
        elif looks % 4:
            value = min(max(line, low + 1), high - 1)
        else:
            value = (low + high) // 2
        before = last
    return low


def _small_shapes(arguments: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Give the shapes for which `cost` is asked, where each dimension is one of the numbers that it tries."""
    read = read_shapes({**(arguments.get("shape") or {}), **arguments.get("shapes", {})})
    names = names_in(read)
    for least in STARTS:
        yield at(read, dict.fromkeys(names, least))


@stretching(_small_shapes)
def cost(
    symbol: Any,
    shape: Mapping[str, Any] | None = None,
    *,
    dtype: Mapping[str, Any] | None = None,
    grad: bool | Collection[str] = False,
    is_train: bool | None = None,
    **shapes: Any,
) -> CostFormula:
    """Count parameters, bytes and FLOPs of a run as formulas of the dimensions that shapes name.

    Parameters
    ----------
    symbol : Symbol
        The network.
    shape : dict of str to tuple, optional
        Shapes of inputs; a size may be a name, ``"N"``, or such as ``"32*H"`` or ``"2*T+1"``. A name stands for the same
        number wherever it appears. Shapes of weights are inferred.
    dtype : dict of str to type, optional
        Types of inputs; an unknown type counts as float32.
    grad : bool or list of str
        Whether a run includes the gradients of all parameters, or which arguments' gradients.
    is_train : bool, optional
        The mode; that of ``grad`` by default.
    **shapes : tuple
        Shapes of inputs, by name.

    Returns
    -------
    CostFormula
        Formulas to print and to call, ``cost.flops(N=8)``; and ``cost.largest("N", bytes="2 GB")``.

    Raises
    ------
    ArgumentError
        If an argument is wrong, or costs are no polynomials in a dimension: strides round sizes down. The message says of
        what it should be a multiple.
    ShapeError
        If a shape does not fit, or does not follow from those that are given.

    Notes
    -----
    The graph is measured at whole numbers, polynomials are put through the values exactly, and checked at further ones.
    ``peak_bytes`` is the largest of some: at one step or another most is in memory, depending on the dimensions.

    Examples
    --------
    >>> import symbolic as mx
    >>> net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=10, name="fc")
    >>> needs = net.cost(data=("N", 100))
    >>> print(needs.flops, "and", needs.peak_bytes)
    2010*N and 440*N + 4040
    >>> needs.largest("N", bytes="1 MB")
    2263
    """
    symbol = checked_symbol(symbol, "cost")
    if shape is not None and not isinstance(shape, Mapping):
        facts = {"argument": "shape", "got": repr(shape), "expected": "dict, such as {'data': ('N', 3, 224, 224)}"}
        raise ArgumentError(describe("shape must be a dict, argument name -> shape", name="cost", facts=facts))
    read = read_shapes({**(shape or {}), **shapes})
    names = names_in(read)
    network = Network(symbol, read, {} if dtype is None else dtype, grad, bool(grad) if is_train is None else bool(is_train))
    counts: dict[tuple[int, ...], Counts] = {}

    def sample(point: tuple[int, ...]) -> list[int]:
        if point not in counts:
            counts[point] = network.count(dict(zip(names, point, strict=True)))
        return counts[point].vector()

    polynomials, start = _fitted(network, sample, names)
    start = _lowered(sample, polynomials, start)
    some = counts[next(iter(counts))]
    formulas: dict[str, Formula | None] = {
        name: Formula([polynomial], start) for name, polynomial in zip(some.names(), polynomials, strict=False)
    }
    if some.flops is None:
        formulas["flops"] = None
    live = Formula(_greatest(polynomials[len(some.names()) :] or [Polynomial(names, {})], start), start)
    held = [formulas[name] for name in ("parameter_bytes", "state_bytes", "input_bytes", "gradient_bytes")]
    formulas["live_bytes"] = live
    *_, peak = accumulate([live, *[each for each in held if each is not None]], Formula.__add__)
    formulas["peak_bytes"] = peak
    return CostFormula(network, names, formulas)


def _fitted(network: Network, sample: Sample, names: tuple[str, ...]) -> tuple[list[Polynomial], tuple[int, ...]]:
    """Fit from the smallest start that works."""
    failed: Exception | None = None
    for least in STARTS:
        start = (least,) * len(names)
        try:
            return fit(sample, names, start), start
        except NotPolynomial as error:
            failed = error
        except OpenShape:
            raise
        except ShapeError as error:
            failed = failed if isinstance(failed, NotPolynomial) else error
        if not names:
            break
    assert failed is not None
    raise _not_polynomial(network, names, failed) from None


def _not_polynomial(network: Network, names: tuple[str, ...], failed: Exception) -> Exception:
    """Say which dimension is rounded, where, and what it should be a multiple of."""
    others = dict.fromkeys(names, 128)
    for name in names:
        problem = network.rounding(name, others)
        if problem is None:
            continue
        for period in PERIODS:
            if network.rounding(name, {**others, name: -(-128 // period) * period}, period) is None:
                hint = f"write '{period}*{name}' for '{name}', which then counts steps of {period}"
                facts = {"dimension": name, "where": problem, "expected": f"a multiple of {period}"}
                return ArgumentError(describe(f"costs are no polynomial in {name}: sizes are rounded", name="cost", facts=facts, hint=hint))
        if isinstance(failed, MXNetError):
            continue
        facts = {"dimension": name, "where": problem}
        hint = f"give a number for {name}"
        return ArgumentError(describe(f"costs are no polynomial in {name}", name="cost", facts=facts, hint=hint))
    if isinstance(failed, MXNetError):
        return failed
    for name in names:
        problem = network.uneven(name, others)
        if problem is not None:
            facts = {"dimension": name, "where": problem}
            return ArgumentError(describe(f"costs are no polynomial in {name}", name="cost", facts=facts, hint=f"give a number for {name}"))
    hint = f"give a number for {' or '.join(names)}"
    return ArgumentError(describe(f"costs are no polynomials in {', '.join(names)}", name="cost", hint=hint))


def _lowered(sample: Sample, polynomials: Sequence[Polynomial], start: tuple[int, ...]) -> tuple[int, ...]:
    """Find how far below ``start`` the formulas hold, dimension by dimension, down to 1 at best."""
    once = len(Counts.names())
    found = list(start)
    for place in range(len(start)):
        for value in range(found[place] - 1, max(0, found[place] - 9), -1):
            point = (*found[:place], value, *found[place + 1 :])
            try:
                values = sample(point)
            except MXNetError:
                break
            said = [polynomial.at(point) for polynomial in polynomials]
            if said[:once] != values[:once] or max(said[once:], default=0) != max(values[once:], default=0):
                break
            found[place] = value
    return tuple(found)


def _greatest(polynomials: Sequence[Polynomial], start: tuple[int, ...]) -> list[Polynomial]:
    """Leave out polynomials that another is nowhere below, from ``start`` on."""
    far = tuple([1000 * least for least in start])
    kept: list[Polynomial] = []
    for candidate in sorted(dict.fromkeys(polynomials), key=lambda polynomial: polynomial.at(far), reverse=True):
        if not any((other - candidate).never_negative(start) for other in kept):
            kept.append(candidate)
    return kept
