"""Ask files from a shell: what is in them, which shapes follow, what they cost, what they compute, how they differ.

The command is ``symbind``; ``python -m symbolic.cli`` is the same. ``symbind COMMAND --help`` tells the rest.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

model = Path(__file__).parent / "models" / "digits"
Path("out").mkdir(exist_ok=True)


def symbind(*words, code=0, quiet=False):
    """Run a command, and print what one would see."""
    told = [os.path.relpath(word, Path(__file__).parents[1]) if word == model else str(word) for word in words]
    print(f"$ symbind {' '.join(told)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "symbolic.cli", *map(str, words)], capture_output=True, text=True, check=False)
    if not quiet:
        print((done.stdout + done.stderr).rstrip(), end="\n\n")
    assert done.returncode == code, done
    return done.stdout


symbind("info", model)
symbind("summary", model, "--shape", "data=1,1,8,8")
symbind("run", model, "--shape", "data=1,1,8,8", "--repeat", 20)
symbind("plot", model, "--shape", "data=1,1,8,8", "-o", "out/net.svg")
symbind("page", model, "--shape", "data=1,1,8,8", "-o", "out/net.html")

# For other programs there is --json; errors are told without a traceback, and in the exit code.
values = json.loads(symbind("infer", model, "--shape", "data=1,1,8,8", "--json", quiet=True))["values"]
print({value["name"]: value["shape"] for value in values if value["role"] == "weight"}, end="\n\n")
symbind("infer", model, "--shape", "data=1,1,4,4", code=1)
