"""``import mxnet`` answered by this library.

In a program, before anything imports MXNet::

    from symbolic.compat import install_as_mxnet

    install_as_mxnet()
    import mxnet as mx  # the modules of symbolic: mx.sym is symbolic.sym

or for a script as it is, and for every process that it starts::

    python -m symbolic.compat SCRIPT ARGS
    python -m symbolic.compat -m MODULE ARGS
"""

from __future__ import annotations

import sys
from pathlib import Path

from symbolic.compat.finder import VERSION, AlreadyImported, Door, NotCovered, Package
from symbolic.compat.numpy_names import restore_numpy_names

__all__ = ["DOORWAY", "VERSION", "AlreadyImported", "NotCovered", "install_as_mxnet", "restore_numpy_names"]

DOORWAY = str(Path(__file__).parent / "doorway")
"""A folder that, on the path of another process, opens the door there at ``import mxnet``."""


def install_as_mxnet(*, numpy_names: bool = False, late: bool = False) -> None:
    """Answer ``import mxnet`` and every import below it with the modules of this library; doing it twice is harmless.

    MXNet may be installed, but not imported. Processes that ``multiprocessing`` spawns find the door too.

    Parameters
    ----------
    numpy_names : bool
        Give NumPy the names back that it has dropped since: ``np.bool``, ``np.float``, ... (`restore_numpy_names`).
    late : bool
        Refuse what is not covered (``mxnet.gluon``, ``mxnet.np``, ...) not when it is imported but when it is used, for
        files that import more than they use.

    Raises
    ------
    AlreadyImported
        If MXNet itself is imported; it is also an ``ImportError``.
    """
    found = sys.modules.get("mxnet")
    if found is not None and not isinstance(found, Package):
        where = getattr(found, "__file__", None) or "an unknown place"
        raise AlreadyImported(f"mxnet is imported already, from {where}: call install_as_mxnet() before anything imports it")
    if not any(isinstance(finder, Door) for finder in sys.meta_path):
        sys.meta_path.insert(0, Door())
    if DOORWAY not in sys.path:
        sys.path.insert(1, DOORWAY)  # a spawned process gets this path; here the finder is asked first
    Door.late = Door.late or late
    if numpy_names:
        restore_numpy_names()
