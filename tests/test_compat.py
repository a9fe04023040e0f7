"""The door: ``import mxnet`` in every form, scripts run as Python runs them, refusals that help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symbolic.compat.table import ALIASES, MODULES, REFUSED
from tests.compat import preambles
from tests.compat.names import FILE

ROOT = Path(__file__).resolve().parents[1]


def python(*arguments, cwd=ROOT, path="", check=True):
    """Run Python, with this library on its path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(path), str(ROOT)]))}
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env=environment)
    if check:
        assert done.returncode == 0, done.stderr
    return done


def behind_the_door(code, **words):
    return python("-c", f"from symbolic.compat import install_as_mxnet\ninstall_as_mxnet()\n{code}", **words).stdout.strip()


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    def write(text, name="script.py"):
        path = tmp_path_factory.mktemp("door") / name
        path.write_text(text)
        return path

    return write


def test_every_module_is_the_librarys_own():
    paths = sorted({*MODULES, *ALIASES})
    code = f"""
import importlib, json, sys
import symbolic as mx
failed = []
for path in {paths!r}:
    try:
        door = importlib.import_module("mxnet." + path)
        where = door.__spec__.name if door.__spec__ else ""
    except ImportError as error:
        failed.append(str(error))
    else:
        if where.startswith("mxnet"):
            failed.append(f"{{path}}: the spec was overwritten by {{where}}")
import mxnet
assert mxnet.sym is mxnet.symbol is mx.sym and mxnet.nd is mxnet.ndarray.ndarray is mx.nd and mxnet.Context is mx.Context
assert mxnet.sym.Variable is mx.sym.Variable and sys.modules["mxnet.ndarray.sparse"] is mx.nd.sparse
print(json.dumps(failed))
"""
    assert json.loads(behind_the_door(code)) == []


@pytest.fixture(scope="module")
def failing():
    code = "import json\nfrom tests.compat import preambles\nprint(json.dumps(preambles.main(exec)))"
    return json.loads(behind_the_door(code))


@pytest.mark.parametrize("page", preambles.PREAMBLES)
def test_preambles_of_unit_tests(failing, page):
    assert [f"{statement} -> {error}" for statement, error in failing.items() if statement.startswith(f"{page}:")] == []


def test_version_and_file():
    out = behind_the_door("import mxnet, mxnet.libinfo, symbolic; print(mxnet.__version__, mxnet.libinfo.__version__, mxnet.__file__)")
    assert out == f"1.9.1 1.9.1 {ROOT / 'symbolic' / '__init__.py'}"


def test_twice_is_once():
    code = "import mxnet as a; install_as_mxnet(); import sys, mxnet as b; print(a is b, sum('Door' in str(f) for f in sys.meta_path))"
    assert behind_the_door(code) == "True 1"


@pytest.mark.parametrize("path", sorted(path for path in REFUSED if path.islower()))
def test_what_is_left_out_says_what_to_use(path):
    code = f"""
try:
    import mxnet.{path}
except ImportError as error:
    print(error)
import mxnet, importlib
try:
    found = mxnet
    for part in {path.split(".")!r}:
        found = getattr(found, part)
except AttributeError as error:
    print("attribute too")
"""
    out = behind_the_door(code)
    assert REFUSED[path] in out
    if "." not in path:
        assert "attribute too" in out


def test_from_import_of_what_is_left_out():
    out = behind_the_door("try:\n    from mxnet import gluon\nexcept ImportError as error:\n    print(error)")
    assert "mx.mod.Module" in out


def test_wrong_names_get_the_right_ones():
    out = behind_the_door("import mxnet\ntry:\n    mxnet.optimiser\nexcept AttributeError as error:\n    print(error)")
    assert "optimizer" in out


def test_star_imports():
    code = "from mxnet.symbol import *\nassert FullyConnected(Variable('x'), num_hidden=2).list_outputs()\n"
    code += "from mxnet.ndarray import *\nprint(float(dot(ones((1, 2)), ones((2, 1))).asscalar()))"
    assert behind_the_door(code) == "2.0"


def test_late_refusal():
    out = behind_the_door(
        "install_as_mxnet(late=True)\nfrom mxnet import gluon\nfrom mxnet.gluon import nn\n"
        "try:\n    gluon.Trainer\nexcept AttributeError as error:\n    print(error)\n"
        "try:\n    from mxnet.gluon import Block\nexcept ImportError as error:\n    print(error)"
    )
    assert out.count("mx.mod.Module") == 2


def test_it_refuses_where_mxnet_is_at_work(tmp_path):
    (tmp_path / "mxnet").mkdir()
    (tmp_path / "mxnet" / "__init__.py").write_text("__version__ = '1.9.1'")
    code = "import mxnet\nfrom symbolic.compat import install_as_mxnet\ninstall_as_mxnet()"
    done = python("-c", code, path=tmp_path, check=False)
    assert done.returncode == 1 and "AlreadyImported" in done.stderr and str(tmp_path) in done.stderr


def test_it_stands_before_an_installed_mxnet(tmp_path):
    (tmp_path / "mxnet").mkdir()
    (tmp_path / "mxnet" / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    assert behind_the_door("import mxnet; print(mxnet.sym.Variable('x').name)", path=tmp_path) == "x"


SCRIPT = """
import sys
import mxnet as mx
print(__name__, __file__, sys.argv[1:], sys.path[0])
print(sys.modules["__main__"].mx is mx, mx.nd.ones((2,)).asnumpy().sum())
"""


def test_a_script_sees_what_python_would_show(script, tmp_path):
    path = script(SCRIPT)
    done = python("-m", "symbolic.compat", path, "-x", "1", cwd=tmp_path, path=ROOT)
    assert done.stdout.splitlines() == [f"__main__ {path} ['-x', '1'] {path.parent}", "True 2.0"]
    assert not (path.parent / "__pycache__").exists()


def test_by_a_relative_path(script):
    path = script("print(__file__)\nimport sys\nprint(sys.argv[0])\n1 / 0\n")
    ours, pythons = (python(*words, path.name, cwd=path.parent, check=False) for words in (("-m", "symbolic.compat"), ()))
    assert (ours.stdout, ours.stderr) == (pythons.stdout, pythons.stderr)


def test_code_on_the_command_line(tmp_path):
    code = "import sys, mxnet; print(mxnet.__version__, sys.argv, __name__, '__file__' in globals())\n1 / 0"
    done = python("-m", "symbolic.compat", "-c", code, "a", cwd=tmp_path, check=False)
    assert done.stdout.strip() == "1.9.1 ['-c', 'a'] __main__ False"
    assert done.stderr == python("-c", "\n1 / 0", check=False).stderr


def test_a_module_too(script):
    path = script(SCRIPT, "legacy.py")
    done = python("-m", "symbolic.compat", "-m", "legacy", "a", cwd=path.parent)
    assert done.stdout.splitlines()[0] == f"__main__ {path} ['a'] {path.parent}"


@pytest.mark.parametrize(
    ("text", "code"),
    [("import sys; sys.exit(3)", 3), ("raise SystemExit('no')", 1), ("pass", 0), ("1 / 0", 1), ("import sys; sys.exit()", 0)],
)
def test_exit_codes(script, text, code):
    path = script(text)
    assert python("-m", "symbolic.compat", path, check=False).returncode == code == python(path, check=False).returncode


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    1 / 0\nf()\n",
        "x = (\n",
        "import nothing_of_the_kind\n",
        "try:\n    1 / 0\nexcept Exception as e:\n    raise KeyError from e\n",
    ],
)
def test_tracebacks_are_pythons_own(script, text):
    path = script(text)
    assert python("-m", "symbolic.compat", path, check=False).stderr == python(path, check=False).stderr


def test_processes_that_it_starts(script):
    path = script("""
import multiprocessing, subprocess, sys
import mxnet as mx

def work(n):
    return float(mx.nd.ones((n,)).sum().asscalar())

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [3]))
    print(subprocess.run([sys.executable, "-c", "import mxnet; print(mxnet.__version__)"], capture_output=True, text=True).stdout.strip())
""")
    assert python("-m", "symbolic.compat", path).stdout.split() == ["[3.0]", "1.9.1"]


def test_names_that_numpy_dropped(script):
    path = script("import numpy as np\nprint(np.zeros(1, np.float).dtype, np.bool(1), np.int(2.5), np.product([2, 3]), np.isnan(np.NaN))")
    assert python("-m", "symbolic.compat", path).stdout.split() == ["float64", "True", "2", "6", "True"]
    assert python("-m", "symbolic.compat", "--no-numpy-names", path, check=False).returncode == 1
    assert behind_the_door("import numpy as np; print(hasattr(np, 'float'))") == "False"


def test_usage():
    assert "SCRIPT" in python("-m", "symbolic.compat", check=False).stderr
    assert "SCRIPT" in python("-m", "symbolic.compat", "--help").stdout
    assert "--late" in python("-m", "symbolic.compat", "--what", check=False).stderr


def test_profiler_means_what_it_says(tmp_path):
    code = f"""
import json, mxnet as mx
from mxnet import profiler
profiler.set_config(profile_all=True, filename={str(tmp_path / "p.json")!r})
domain = profiler.Domain("d")
with domain.new_task("before"):
    pass
profiler.set_state("run")
with domain.new_task("within"):
    pass
counter = domain.new_counter("c", 1)
counter += 2
domain.new_marker("m").mark()
print("within" in profiler.dumps(), "before" in profiler.dumps(), json.loads(profiler.dumps(format="json"))["Time"]["d"]["c"]["Max"])
profiler.dump()
print([e["ph"] for e in json.load(open({str(tmp_path / "p.json")!r}))["traceEvents"]])
"""
    assert behind_the_door(code).splitlines() == ["True False 3", "['X', 'C', 'C', 'i']"]


def test_pickles_of_arrays_that_mxnet_wrote(tmp_path):
    """They name ``mxnet.ndarray.ndarray.NDArray``; states of optimizers are written so here, too."""
    code = """
import pickle, mxnet as mx
updater = mx.optimizer.get_updater(mx.optimizer.SGD(momentum=0.5, learning_rate=0.1))
updater(0, mx.nd.array([3.0, 4.0]), mx.nd.array([1.0, 2.0]))
state = pickle.loads(updater.get_states())[0]
print(type(state) is mx.nd.NDArray, state.dtype.__name__, *(round(float(x), 6) for x in state.asnumpy()))
"""
    assert behind_the_door(code) == "True float32 -0.3 -0.4"


# What MXNet has and this library has not, and why: nobody would miss it.
IMPORTED = {"string_types", "numeric_types", "integer_types"}  # names that a module imports, and does not define
LEFT_OUT = {
    "base": {"MXCallbackList", "c2pyerror", "ctypes2numpy_shared"},  # of the compiled library
    "context": {"Context.device_type"},  # each instance has it
    "executor": {"Executor.get_optimized_symbol"},
    "kvstore": {"KVStoreServer"},  # one process
    "metric": {"PearsonCorrelation.reset_micro", "PearsonCorrelation.update_cov", "PearsonCorrelation.update_variance"},
    "ndarray": {"get_indexing_dispatch_code", "get_oshape_of_gather_nd_op", "indexing_key_expand_implicit_axes"},
    "operator": {"OperatorArguments", "get_operator_arguments"},
    "symbol": {"Symbol.handle", "Symbol.optimize_for", "Symbol.get_backend_symbol"},  # compiled backends
    "util": {"np_ufunc_legal_option", "wrap_np_binary_func", "wrap_np_unary_func"},  # of mx.np
}


@pytest.fixture(scope="module")
def missing():
    code = f"""
import importlib, json
missing = {{}}
for path, names in json.load(open({str(FILE)!r})).items():
    module = importlib.import_module("mxnet." + path)
    missing[path] = [name for name in names if not hasattr(module, name)]
    for name, what in names.items():
        if hasattr(module, name):
            missing[path] += [f"{{name}}.{{method}}" for method in what.get("class", ()) if not hasattr(getattr(module, name), method)]
print(json.dumps(missing))
"""
    return json.loads(behind_the_door(code))


@pytest.mark.parametrize("path", json.loads(FILE.read_text()))
def test_no_public_name_is_missing(missing, path):
    found = {name for name in missing[path] if "dgl_" not in name and not name.startswith("backward_")}
    assert found - IMPORTED - LEFT_OUT.get(path, set()) == set()


def test_what_is_left_out_is_refused_by_an_error_of_ours():
    """Of the class that Python's own would be of, so that ``hasattr`` goes on working."""
    code = """
import mxnet as mx
from mxnet.base import MXNetError
for look in (lambda: mx.np, lambda: mx.executor_manager.DataParallelExecutorManager, lambda: __import__("mxnet.gluon")):
    try:
        look()
    except MXNetError as error:
        print(isinstance(error, (AttributeError, ImportError)), "not covered" in str(error))
print(hasattr(mx, "np"))
"""
    done = subprocess.run([sys.executable, "-m", "symbolic.compat", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "True True\n" * 3 + "False\n"
