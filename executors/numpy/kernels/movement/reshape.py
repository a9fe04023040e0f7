"""The same elements under another shape."""

from math import prod

from executors.numpy.table import view

view("Reshape", "reshape_like", "Flatten", "expand_dims", "squeeze")


def same_size(op, source, target):
    """Tell whether an operator that only leaves out or repeats elements does neither."""
    return prod(source) == prod(target)
