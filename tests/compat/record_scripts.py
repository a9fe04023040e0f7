"""Record what the scripts print in MXNet 1.9.1:

ref/bin/python -m tests.compat.record_scripts
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FILE = HERE.parent / "recorded" / "compat" / "scripts.json"
SCRIPTS = sorted(path for path in (HERE / "scripts").glob("*.py") if path.stem not in ("start", "__init__"))


def numbers(command, path):
    """Run a script; return the numbers of its last line."""
    done = subprocess.run([*command, path], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(HERE.parents[1])})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def main():
    """Run all, and write what they told."""
    found = {path.stem: numbers([sys.executable], path) for path in SCRIPTS}
    rounded = {name: {key: [float(f"{value:.7g}") for value in values] for key, values in told.items()} for name, told in found.items()}
    FILE.write_text(json.dumps(rounded) + "\n")
    print(FILE, FILE.stat().st_size, {name: list(told) for name, told in found.items()})


if __name__ == "__main__":
    main()
