"""A Digraph that draws itself wherever Python runs: with the program ``dot``, else with ``graphviz-pure``, and PDF with ``cairosvg``.

Letters: ``graphviz-pure`` has Latin, Greek and Cyrillic ones. In SVG and in pages the viewer's own fonts show the others, in PDF
those of the system; in PNG, where it would draw empty boxes, ``cairosvg`` draws if it is installed.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import graphviz

from symbolic.errors import FileError, MXNetError, NotSupported, describe
from symbolic.files import atomic

__all__ = ["Picture", "draw", "find_program"]

PURE = "graphviz-pure"
PURE_FORMATS = {
    *("svg", "png", "jpg", "jpeg", "jpe", "json", "json0", "dot_json", "xdot_json"),
    *("dot", "gv", "canon", "plain", "plain-ext", "xdot", "xdot1.2", "xdot1.4"),
}
PAPER_FORMATS = ("pdf", "ps", "eps")  # by cairosvg, of the SVG
INSTALL_PURE = f"pip install {PURE}"
INSTALL_PDF = "pip install 'symbind[pdf]'  (cairosvg)"
INSTALL_DOT = "sudo apt-get install graphviz (conda install -c conda-forge graphviz; brew install graphviz)"

_FOREIGN = re.compile("[\u0530-\u1dff\u2e80-\ua63f\ua6a0-\ufaff\U00010000-\U0010ffff]")  # letters that graphviz-pure cannot draw


class Picture(graphviz.Digraph):
    """A `graphviz.Digraph` whose ``render``, ``view`` and ``pipe`` need nothing but pip, and which notebooks show.

    Attributes
    ----------
    timeout : float
        Seconds that drawing may take.
    """

    timeout = 300.0

    # graphviz calls its program through these three, which are there to be replaced (``backend/mixins.py``, since 0.18)

    def _render(
        self,
        engine: str,
        format: str,
        filepath: str | os.PathLike[str],
        *,
        outfile: str | os.PathLike[str] | None = None,
        raise_if_result_exists: bool = False,
        overwrite_filepath: bool = False,
        **options: Any,
    ) -> str:
        kinds = (options.get("formatter"), options.get("renderer"), format)
        target = Path(outfile or ".".join([os.fspath(filepath), *filter(None, kinds)]))
        if raise_if_result_exists and target.exists():
            raise graphviz.FileExistsError(f"the picture exists: {os.fspath(target)!r}")
        if not overwrite_filepath and _is_same(target, filepath):
            raise ValueError(f"the picture would overwrite its source: {os.fspath(target)!r}")
        source = Path(filepath)
        atomic.write(target, [draw(source.read_bytes(), format, engine, folder=source.parent, timeout=self.timeout, **options)])
        return os.fspath(target)

    def _pipe_lines(self, engine: str, format: str, input_lines: Iterable[str], *, input_encoding: str, **options: Any) -> bytes:
        return draw("".join(input_lines).encode(input_encoding), format, engine, timeout=self.timeout, **options)

    def _pipe_lines_string(self, engine: str, format: str, input_lines: Iterable[str], *, encoding: str, **options: Any) -> str:
        return self._pipe_lines(engine, format, input_lines, input_encoding=encoding, **options).decode(encoding)

    def _repr_svg_(self) -> str:
        return self.pipe(format="svg", encoding="utf-8")


def _is_same(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them is missing; or writing will tell
        return False


def find_program(name: str) -> str | None:
    """Find a program on ``PATH``, or where pip puts programs of this Python: a notebook's ``PATH`` often lacks that folder."""
    folders = [
        os.path.dirname(sys.executable or ""),
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")),
    ]
    found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders))
    return found and os.path.abspath(found)


def draw(
    source: bytes,
    format: str,
    engine: str = "dot",
    *,
    renderer: str | None = None,
    formatter: str | None = None,
    neato_no_op: bool | int | None = None,
    quiet: bool = False,
    folder: Path | None = None,
    timeout: float | None = None,
) -> bytes:
    """Lay out a DOT source and return the picture.

    Parameters
    ----------
    source : bytes
        DOT text.
    format : str
        ``"svg"``, ``"png"``, ``"pdf"``; the last needs ``dot`` or ``cairosvg``, rarer ones ``dot``.
    engine, renderer, formatter, neato_no_op, quiet
        As in `graphviz.pipe`. Warnings of the program are not shown in any case.
    folder : Path, optional
        Where images that the source names are looked for.
    timeout : float, optional
        Seconds.

    Raises
    ------
    NotSupported
        If the program found cannot draw this format.
    FileError
        If there is no program.
    MXNetError
        If the program refuses the source, or takes too long.
    """
    format = format.lower()
    dot = find_program("dot")
    program = dot or find_program(PURE)
    if program is None:
        raise FileError(
            describe(
                "a picture needs a program that lays it out, and none is found",
                name="plot_network",
                facts={"looked for": f"dot, {PURE}", "install": INSTALL_PURE, "or": INSTALL_DOT},
            )
        )
    if dot is None and not (renderer or formatter):
        foreign = format == "png" and _FOREIGN.search(source.decode("utf-8", "replace")) is not None
        convert = _converter(format) if format in PAPER_FORMATS or foreign else None
        if convert is not None:
            options: dict[str, Any] = {"neato_no_op": neato_no_op, "folder": folder, "timeout": timeout}
            return convert(bytestring=draw(source, "svg", engine, **options))
    if dot is None and format not in PURE_FORMATS:
        paper = {"or": INSTALL_PDF} if format in PAPER_FORMATS else {}
        raise NotSupported(
            describe(
                f"{format} needs the program dot{' or the package cairosvg' if paper else ''}, not found; "
                f"{PURE}, which is, draws svg and png",
                name="plot_network",
                facts={
                    "got": f"format {format!r}",
                    "either": f"save_format='svg' (or 'png'), or .render(format='svg'); {INSTALL_PURE} is all it takes",
                    **paper,
                    "or else" if paper else "or": INSTALL_DOT,
                },
            )
        )
    command = [program, f"-K{engine}", "-T" + ":".join(filter(None, (format, renderer, formatter)))]
    if neato_no_op:
        command.append(f"-n{int(neato_no_op)}")
    try:
        done = subprocess.run(command, input=source, capture_output=True, timeout=timeout, cwd=folder, check=False)
    except subprocess.TimeoutExpired:
        raise MXNetError(
            describe(
                f"{os.path.basename(program)} did not finish within {timeout:g} seconds",
                name="plot_network",
                facts={"source": f"{len(source)} bytes"},
                hint="plot a part, symbol.get_internals()['name_output'], or give it longer: picture.timeout = 3600",
            )
        ) from None
    except OSError as error:
        raise FileError(f"cannot run {program}: {error.strerror}", error) from None
    if done.returncode:
        raise MXNetError(
            describe(
                f"{os.path.basename(program)} refuses the picture",
                name="plot_network",
                facts={"format": format, "says": done.stderr.decode("utf-8", "replace").strip()},
            )
        )
    return done.stdout


def _converter(format: str) -> Callable[..., bytes] | None:
    """Find what makes another format of an SVG; ``None`` without ``cairosvg``, or where its library is missing."""
    try:
        module = importlib.import_module("cairosvg")
    except (ImportError, OSError):
        return None
    return getattr(module, f"svg2{format}")
