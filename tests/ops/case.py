"""What a case of an operator is. Read by the tests and, under MXNet's own Python, by ``tests/record.py``.

Only NumPy is imported here and in the case lists, and nothing that NumPy 1.23 lacks: the recording script runs
these files beside MXNet 1.9.1, which needs it.
"""

import zlib

import numpy as np

__all__ = ["Case", "Make", "boolean", "integers", "normal", "positive", "uniform", "values"]


class Make:
    """An input that is described, not stored: the same text gives the same numbers everywhere."""

    def __init__(self, text, build, shape=None):
        self.text = text
        self._build = build
        self._shape = shape

    def __repr__(self):
        return self.text

    def array(self):
        seed = zlib.crc32(self.text.encode())
        return self._build(np.random.RandomState(seed))

    @property
    def shape(self):
        """Shape of the array, which is made only if its kind does not tell."""
        return self.array().shape if self._shape is None else self._shape


def normal(*shape, dtype="float32", seed=0, scale=1.0):
    """Draw from the normal distribution."""
    text = f"normal{(shape, dtype, seed, scale)}"
    return Make(text, lambda rs: np.asarray(rs.normal(size=shape) * scale).astype(dtype), shape)


def uniform(low, high, *shape, dtype="float32", seed=0):
    """Draw evenly between ``low`` and ``high``."""
    text = f"uniform{(low, high, shape, dtype, seed)}"
    return Make(text, lambda rs: np.asarray(rs.uniform(low, high, shape)).astype(dtype), shape)


def positive(*shape, dtype="float32", seed=0):
    """Draw evenly between 0.5 and 2."""
    return uniform(0.5, 2.0, *shape, dtype=dtype, seed=seed)


def integers(low, high, *shape, dtype="float32", seed=0):
    """Draw whole numbers from ``low`` to ``high - 1``."""
    text = f"integers{(low, high, shape, dtype, seed)}"
    return Make(text, lambda rs: np.asarray(rs.randint(low, high, size=shape)).astype(dtype), shape)


def boolean(*shape, dtype="float32", seed=0):
    """Draw zeros and ones."""
    return integers(0, 2, *shape, dtype=dtype, seed=seed)


def values(content, dtype="float32"):
    """Take ``content`` (nested lists) as it is."""
    array = np.array(content, dtype=dtype)
    return Make(f"values({array.tolist()!r}, {dtype!r}, {array.shape!r})", lambda rs: array.copy(), array.shape)


class Case:
    """One use of an operator, with what the reference computed for it.

    Parameters
    ----------
    op : str
        Operator, by its registered name.
    inputs : dict or list
        Slot -> `Make`; a list for operators with any number of inputs. Auxiliary states stand among them.
    params : dict
        Parameters, as a user would give them.
    train : bool
        Run the forward pass in training mode.
    gradient : bool or list of str
        Whether the gradients of the floating-point inputs are compared; or of which slots.
    heads : list of int, optional
        Outputs that take part in the comparison; all by default.
    onednn : bool
        Record with the reference's oneDNN kernels (its plain ones are the default, being right more often).
    eager : bool
        Record through ``nd`` instead of a bound graph (the update operators, which its front end cannot compose).
    expect : dict, optional
        Where the reference is wrong: ``"output0"``, ``"grad/data"`` -> array, by independent arithmetic.
    why : str
        The reason for ``expect``, ``rtol`` or ``atol``.
    rtol, atol : float
        Largest differences admitted; 1e-5 and 1e-6 for float32, chosen by dtype otherwise.
    finite : bool
        Whether gradients may be checked against finite differences here too.
    refused : bool, optional
        The call must raise, here as in the reference; ``None`` where the reference decides (``tests/sweep``).
    np_shape : bool
        Ask the reference under ``np_shape``, where a length of 0 is a length and ``()`` a shape.
    """

    def __init__(
        self,
        op,
        inputs,
        params=None,
        *,
        train=False,
        gradient=True,
        heads=None,
        onednn=False,
        eager=False,
        expect=None,
        why="",
        rtol=None,
        atol=None,
        finite=True,
        refused=False,
        np_shape=False,
    ):
        if (expect or rtol or atol) and not why:
            raise ValueError(f"{op}: say why")
        self.op = op
        self.inputs = inputs
        self.params = params or {}
        self.train = train
        self.gradient = gradient
        self.heads = heads
        self.onednn = onednn
        self.eager = eager
        self.expect = expect
        self.why = why
        self.rtol = rtol
        self.atol = atol
        self.finite = finite
        self.refused = refused
        self.np_shape = np_shape

    @property
    def key(self):
        """Short and stable: depends on what is computed, not on the place in the list."""
        text = repr((self.op, self.inputs, sorted(self.params.items(), key=lambda item: item[0]), self.train, self.gradient, self.heads))
        return f"{self.op}-{zlib.crc32(text.encode()):08x}"

    def __repr__(self):
        return f"Case({self.op}, {self.inputs}, {self.params})"

    def arrays(self):
        """Make the inputs: slot (or position) -> array."""
        items = self.inputs.items() if isinstance(self.inputs, dict) else enumerate(self.inputs)
        return {slot: make.array() for slot, make in items}

    def shapes(self):
        """List the shapes of the inputs."""
        return [make.shape for make in (self.inputs.values() if isinstance(self.inputs, dict) else self.inputs)]

    def head_gradient(self, index, shape, dtype):
        """Make the gradient that enters at output ``index``."""
        rs = np.random.RandomState(zlib.crc32(f"{self.key}/{index}".encode()))
        return np.asarray(rs.uniform(-1, 1, shape)).astype(dtype)
