"""Run blocks of code one after the other, as a reader would, and tell what each prints: JSON in, JSON out."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import linecache
import os
import re
import subprocess
import sys
from pathlib import Path

__all__ = ["main"]

RAISES = re.compile(r"# raises (\w+)\s*$")
EXIT = re.compile(r"# exit code (\d+)\s*$")


def run_python(text, names, name):
    """Run a block in a namespace; return what it prints, then the value of its last line if there is one."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    tree = ast.parse(text, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    expected = RAISES.search(text.rstrip().rpartition("\n")[2])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(tree, name, "exec", dont_inherit=True), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), name, "eval", dont_inherit=True), names)
                if value is not None:
                    print(repr(value))
        except Exception as error:
            if expected is None or type(error).__name__ != expected[1]:
                raise
            print(f"{type(error).__name__}: {error}")
        else:
            assert expected is None, f"nothing was raised by\n{text}"
    return printed.getvalue()


def run_bash(text):
    """Run a block in a shell in which ``python`` and ``symbind`` are those of this process."""
    expected = EXIT.search(text.rstrip().rpartition("\n")[2])
    environment = {**os.environ, "PATH": f"{Path('bin').resolve()}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    command = ["bash", "-uc", text]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, check=False)
    wanted = int(expected[1]) if expected else 0
    assert done.returncode == wanted, f"exit code {done.returncode}, not {wanted}, of\n{text}\n{done.stdout}"
    return done.stdout


def main():
    """Read blocks, run them, write what they print."""
    Path("bin").mkdir()
    for command, words in {"python": "", "symbind": "-m symbolic.cli"}.items():
        shim = Path("bin") / command
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        shim.chmod(0o755)
    names = {"__name__": "__main__"}
    found = []
    for number, (kind, text) in enumerate(json.load(sys.stdin), start=1):
        found.append(run_bash(text) if kind == "bash" else run_python(text, names, f"block{number}.py"))
    found = [re.sub(r"[ \t]+$", "", text, flags=re.M) for text in found]
    json.dump([text if not text or text.endswith("\n") else text + "\n" for text in found], sys.stdout)


if __name__ == "__main__":
    main()
