"""What surrounds a test: contexts, environment variables, standard error, seeds, repetition."""

from __future__ import annotations

import functools
import os
import platform
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

import symbolic.random
from symbolic.errors import InputError, NotSupported, describe
from symbolic.training.io import DataIter
from symbolic.values import context
from symbolic.values.context import Context, current_context, num_gpus

__all__ = [
    "DummyIter",
    "EnvManager",
    "assert_exception",
    "check_gluon_hybridize_consistency",
    "default_context",
    "discard_stderr",
    "environment",
    "has_tvm_ops",
    "is_aarch64_run",
    "is_cd_run",
    "is_op_runnable",
    "list_gpus",
    "random_seed",
    "retry",
    "set_default_context",
    "set_env_var",
]


def default_context() -> Context:
    """Return the context of tests: the current one."""
    return current_context()


def set_default_context(ctx: Context) -> None:
    """Make ``ctx`` the current context, until the ``with`` block ends that this is called in."""
    context._entered.contexts[-1] = context.context_of(ctx)


# -- environment variables --------------------------------------------------------------------------------------------


def _put(variables: dict[str, str | None]) -> dict[str, str | None]:
    """Set variables, remove those that are None; return what they were."""
    before = {name: os.environ.get(name) for name in variables}
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return before


@contextmanager
def environment(*args: Any) -> Iterator[None]:
    """Set environment variables within the block: a name and a value, or a dict of them; None removes one."""
    if not (len(args) == 2 or (len(args) == 1 and isinstance(args[0], dict))):
        raise InputError(describe("give a name and a value, or a dict", operator="environment", facts={"got": args}))
    wanted: dict[str, str | None] = dict(args[0]) if len(args) == 1 else dict([args])
    before = _put(wanted)
    try:
        yield
    finally:
        _put(before)


class EnvManager:
    """Set one environment variable within the block."""

    def __init__(self, key: str, val: str | None):
        self._wanted = {key: val}
        self._before: dict[str, str | None] = {}

    def __enter__(self) -> None:
        self._before = _put(self._wanted)

    def __exit__(self, *_: Any) -> None:
        _put(self._before)


def set_env_var(key: str, val: str, default_val: str = "") -> str:
    """Set an environment variable; return what it was, or ``default_val``."""
    return _put({key: val})[key] or default_val


def is_cd_run() -> bool:
    """Whether ``CD_JOB`` is 1 in the environment."""
    return os.environ.get("CD_JOB") == "1"


def is_aarch64_run() -> bool:
    """Whether this machine's processor is of the ARM family."""
    return platform.machine() == "aarch64"


def has_tvm_ops() -> bool:
    """Whether there are operators made by TVM: there are none."""
    return False


def is_op_runnable() -> bool:
    """Whether operators run on this machine: they do."""
    return True


def list_gpus() -> range:
    """List the numbers of graphics cards: there are none."""
    return range(num_gpus())


# -- tests ------------------------------------------------------------------------------------------------------------


def assert_exception(f: Callable[..., Any], exception_type: Any, *args: Any, **kwargs: Any) -> None:
    """Raise AssertionError unless ``f(*args, **kwargs)`` raises ``exception_type``."""
    try:
        f(*args, **kwargs)
    except exception_type:
        return
    raise AssertionError(f"{getattr(f, '__name__', f)} raised nothing, where {exception_type} was expected")


def retry(n: int) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Decorate a test that fails now and then: it passes if it does once in ``n`` times."""
    if n <= 0:
        raise InputError(describe("a test must run once", operator="retry", facts={"argument": "n", "got": n, "expected": "1 or more"}))

    def decorate(function: Callable[..., Any]) -> Callable[..., None]:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> None:
            for left in range(n - 1, -1, -1):
                try:
                    function(*args, **kwargs)
                    return
                except AssertionError:
                    if not left:
                        raise

        return wrapped

    return decorate


@contextmanager
def random_seed(seed: int | None = None) -> Iterator[None]:
    """Seed all generators within the block, Python's, NumPy's and this library's; afterwards they go on at random."""
    after = np.random.randint(0, np.iinfo(np.int32).max)
    try:
        _seed(int.from_bytes(os.urandom(4), "little") >> 1 if seed is None else seed)
        yield
    finally:
        _seed(after)


def _seed(number: int) -> None:
    random.seed(number)
    np.random.seed(number)
    symbolic.random.seed(number)


@contextmanager
def discard_stderr() -> Iterator[None]:
    """Throw away what is written to standard error within the block, by Python or below it."""
    numbers = {2}
    with suppress(AttributeError, OSError, ValueError):  # replaced by something that is no file
        numbers.add(sys.stderr.fileno())
        sys.stderr.flush()
    before = {number: os.dup(number) for number in numbers}
    try:
        with open(os.devnull, "w") as nowhere:
            for number in numbers:
                os.dup2(nowhere.fileno(), number)
        yield
    finally:
        with suppress(AttributeError, OSError, ValueError):
            sys.stderr.flush()
        for number, copy in before.items():
            os.dup2(copy, number)
            os.close(copy)


class DummyIter(DataIter):
    """Give the first batch of another iterator again and again, to measure without the time of reading.

    Parameters
    ----------
    real_iter : DataIter
        The other iterator.
    """

    def __init__(self, real_iter: Any):
        super().__init__()
        self.real_iter = real_iter
        self.provide_data = real_iter.provide_data
        self.provide_label = real_iter.provide_label
        self.batch_size = real_iter.batch_size
        self.the_batch = next(real_iter)

    def __iter__(self) -> DummyIter:
        return self

    def next(self) -> Any:
        return self.the_batch


def check_gluon_hybridize_consistency(*_: Any, **__: Any) -> None:
    """Not there: this library has no Gluon."""
    raise NotSupported(describe("there is no Gluon in this library", operator="check_gluon_hybridize_consistency"))
