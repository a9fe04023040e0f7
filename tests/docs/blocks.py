"""Run the code of a page and write down what it prints: ``python -m tests.docs.blocks docs/errors.md``.

On a page, a ``python`` or ``bash`` block is run, in order and in one process and folder; a ``text`` block that follows it
shows what it printed, and the value of its last line. A block whose last line says ``# raises ShapeError`` must raise that,
``# exit code 2`` must end so. ``<!-- varies -->`` before a text block says that its numbers differ from run to run.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "ROOT", "Block", "alike", "blocks_of", "filled", "outputs", "unrun"]

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ("operators.md", "differences.md", "add_an_operator.md")  # these have tests of their own
PAGES = [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in GENERATED)]
FENCE = re.compile(r"^(?P<mark><!-- [\w ]+ -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
RUN = ("python", "bash")


@dataclass(frozen=True)
class Block:
    """One fenced block: its kind, its text, where it opens and where its text stands in the page, and the comment before it."""

    kind: str
    text: str
    opens: int
    start: int
    end: int
    mark: str

    @property
    def runs(self) -> bool:
        """Whether it is code; the README's two commands, which CI runs, are not."""
        return self.kind in RUN and self.mark not in ("<!-- run -->", "<!-- test -->")


def blocks_of(page):
    """List the blocks of a page's text."""
    return [
        Block(found["kind"], found["text"], found.start(), found.start("text"), found.end("text"), (found["mark"] or "").strip())
        for found in FENCE.finditer(page)
    ]


def unrun(page):
    """List blocks that look like code and are not run; what to type into a shell to install things may be one."""
    shown = {"text", "sh", "r", "json"}
    return [block for block in blocks_of(page) if not block.runs and block.kind not in shown and not block.mark]


def outputs(page):
    """Run the blocks of a page; return what each printed.

    Raises
    ------
    AssertionError
        If a block raises, or does not raise what it says.
    """
    code = [block for block in blocks_of(page) if block.runs]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "OMP_NUM_THREADS": "1", "COLUMNS": "110"}
        command = [sys.executable, "-m", "tests.docs.session"]
        said = json.dumps([[block.kind, block.text] for block in code])
        done = subprocess.run(command, input=said, capture_output=True, text=True, cwd=folder, env=environment, timeout=140, check=False)
    assert done.returncode == 0, done.stderr
    return dict(zip(code, json.loads(done.stdout), strict=True))


def shown(page):
    """Pair each block of code with the text block that follows it."""
    blocks = blocks_of(page)
    return {
        code: text
        for code, text in itertools.pairwise(blocks)
        if code.runs and text.kind == "text" and not page[code.end + len("```") : text.opens].strip()
    }


def filled(page):
    """Return the page with what its code prints today; where that varies, what it says stays if only numbers differ."""
    printed = outputs(page)
    for code, text in reversed(shown(page).items()):
        if not (text.mark == "<!-- varies -->" and alike(text.text, printed[code], numbers=False)):
            page = page[: text.start] + printed[code] + page[text.end :]
    return page


def alike(first, second, numbers=True):
    """Whether two outputs say the same; numbers may differ in the last of four digits, or, with ``numbers=False``, at all."""
    words = [re.sub(r"[\s│─━]+", " ", NUMBER.sub("0", text)).strip() for text in (first, second)]
    if words[0] != words[1] or not numbers:
        return words[0] == words[1]
    pairs = zip(NUMBER.findall(first), NUMBER.findall(second), strict=True)
    return all(abs(a - b) <= 1e-3 * max(abs(a), abs(b)) for a, b in ([float(x.replace(",", "")) for x in pair] for pair in pairs))


def main(names):
    """Fill in the pages named, or all."""
    for path in [Path(name).resolve() for name in names] or PAGES:
        text = path.read_text(encoding="utf-8")
        new = filled(text)
        if new != text:
            path.write_text(new, encoding="utf-8")
        print(path.relative_to(ROOT), "rewritten" if new != text else "as it was")


if __name__ == "__main__":
    main(sys.argv[1:])
