"""A script written for MXNet runs unchanged: ``import mxnet`` is answered by this library.

From a shell: ``python -m symbolic.compat examples/legacy/train_mlp.py --num-epochs 60``
"""

import subprocess
import sys
from pathlib import Path

script = Path(__file__).parent / "legacy" / "train_mlp.py"
command = [sys.executable, "-m", "symbolic.compat", str(script), "--num-epochs", "60"]
print("$ python", *command[1:])
done = subprocess.run(command, capture_output=True, text=True, check=True)
print(done.stdout.strip())
accuracy = float(done.stdout.split()[-1])
assert accuracy > 0.95

# In a program, the door is opened by hand; it leads to the very same modules.
from symbolic.compat import install_as_mxnet  # noqa: E402

install_as_mxnet()
import mxnet  # noqa: E402  # type: ignore[import-not-found]

import symbolic  # noqa: E402

assert mxnet.sym is symbolic.sym
print(f"mxnet.sym is symbolic.sym: {mxnet.sym is symbolic.sym}; mxnet.__version__ is {mxnet.__version__}")
