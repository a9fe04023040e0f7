"""Run a script for MXNet with this library: ``python -m symbolic.compat [options] SCRIPT | -m MODULE | -c CODE [ARGS]``.

The script sees what it would see if Python ran it: its own ``__main__``, ``__file__``, ``sys.argv`` and ``sys.path[0]``, its
exit code, and tracebacks that begin in it. Processes that it starts find the door, too (through ``PYTHONPATH``).

options:
  --no-numpy-names  leave NumPy as it is; without this, names that NumPy has dropped (np.bool, np.float, np.NaN, ...) are
                    put back, since scripts of that time use them
  --late            let modules that are not covered (mxnet.gluon, ...) be imported, and refuse them where they are used
"""

from __future__ import annotations

import os
import runpy
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from symbolic.compat import DOORWAY, install_as_mxnet

HOME = str(Path(__file__).parents[2])
OPTIONS = ("--no-numpy-names", "--late")


class Script(SourceFileLoader):
    """Reads a script; like Python, it leaves no compiled copy beside it."""

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Keep nothing."""


class Command(Script):
    """Reads what stands on the command line."""

    def __init__(self, code: str):
        super().__init__("__main__", "<string>")
        self.code = code

    def path_stats(self, path: str) -> Any:
        """Tell that there is no file."""
        raise FileNotFoundError(path)

    def get_data(self, path: str) -> bytes:
        """Return the code."""
        return self.code.encode()


def main(arguments: list[str]) -> None:
    """Read the command line and run what it says."""
    options = set()
    while arguments and arguments[0] in OPTIONS:
        options.add(arguments.pop(0))
    helped = arguments[:1] in (["-h"], ["--help"])
    if helped or arguments in ([], ["-m"], ["-c"]):
        print(__doc__, file=sys.stdout if helped else sys.stderr)
        sys.exit(0 if helped else 2)
    if arguments[0][:1] == "-" and arguments[0] not in ("-m", "-c"):
        sys.exit(f"symbolic.compat: unknown option {arguments[0]!r}; options are {', '.join(OPTIONS)}")
    install_as_mxnet(numpy_names="--no-numpy-names" not in options, late="--late" in options)
    if HOME not in sys.path:  # Python's path begins with the script's folder from here on, not with the one of this library
        sys.path.append(HOME)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [DOORWAY, os.environ.get("PYTHONPATH")]))
    hide_runner()
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    elif arguments[0] == "-c":
        sys.argv = ["-c", *arguments[2:]]
        sys.path[0] = ""
        run(Command(arguments[1]))
    elif os.path.isfile(arguments[0]) and not arguments[0].endswith((".zip", ".pyz")):
        sys.argv = arguments
        path = os.path.abspath(arguments[0])  # Python, too, tells the script its whole path
        sys.path[0] = os.path.dirname(os.path.realpath(path))
        run(Script("__main__", path), path)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


def run(loader: Script, path: str | None = None) -> None:
    """Run what a loader reads as the main module."""
    module = ModuleType("__main__")
    if path is not None:
        module.__file__ = path
        module.__dict__["__cached__"] = None
    module.__loader__ = loader
    module.__dict__.update(__builtins__=__builtins__, __spec__=None)
    sys.modules["__main__"] = module
    loader.exec_module(module)


def hide_runner() -> None:
    """Let tracebacks begin in the script."""
    show = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
        while trace is not None and of_runner(trace.tb_frame.f_code.co_filename):
            trace = trace.tb_next
        show(kind, error.with_traceback(trace), trace)

    sys.excepthook = hook


def of_runner(file: str) -> bool:
    """Whether a frame of this file stands between Python and the script."""
    return file in (__file__, runpy.__file__) or file.startswith("<frozen ")


if __name__ == "__main__":
    main(sys.argv[1:])
